//! What the sentences read like.

use insta::assert_snapshot;

use crate::incident::Command;
use crate::incident::decide::tests::given::{
    Given, answered, approve, done, ended_as, given, id, lift, queue, reopen, run, say, severity, skip,
};
use crate::incident::decide::tests::sample::{
    accept, action, contain, minutes, notice, review, runbook, task, together, updates,
};
use crate::incident::{Event, Outcome};
use crate::locale::Locale;
use crate::runbook::{FallbackId, RoleId, Status};

/// A night on which nearly everything happens.
fn night() -> Given {
    let mut g = given(runbook(
        [
            task("Take the lead").within(minutes(2)),
            together([
                vec![
                    notice("First notice", Status::Investigating).approve(&["lead"], 1, None),
                    updates("News", "Accepted"),
                ],
                vec![contain("Close the form")],
            ]),
        ],
        [action("Roll back"), task("Find it"), accept("Accepted", Some("Find it"))],
        [review("Review", &["Alert on failures"], &[])],
    ));
    g.at(3).tick();
    g.when(done("Take the lead"));
    g.when(say("impact", "Nobody can withdraw"));
    let draft = g.draft("First notice");
    g.by("lea").when(Command::DraftNotice(Box::new(draft)));
    g.when(severity("sev1"));
    let draft = g.draft("First notice");
    g.when(Command::DraftNotice(Box::new(draft)));
    g.by("pat").early();
    assert_eq!(g.refused(approve("First notice")), "not_an_approver");
    g.when(Command::AssignRole { role: RoleId::new("lead"), people: Vec::new() });
    g.by("lea").when(Command::AssignRole { role: RoleId::new("product"), people: Vec::new() });
    g.by("ann").when(approve("First notice"));
    g.when(queue("First notice"));
    g.when(done("Close the form"));
    g.when(run("Roll back"));
    g.when(answered("Roll back", 1, false));
    g.when(ended_as("Roll back", Outcome::Failed));
    g.when(Command::SwitchFallback { fallback: FallbackId::new("phone_desk"), on: true });
    g.when(skip("Find it"));
    g.when(ended_as("Accepted", Outcome::Failed));
    g.when(done("Find it"));
    g.when(lift("Close the form"));
    g.when(done("Accepted"));
    g.when(Command::AddNote { text: "The vendor wrote back.".to_owned(), occurred_at: None });
    g.when(done("Review"));
    g.when(reopen());
    g
}

fn told(g: &Given, locale: &Locale) -> String {
    let sentences: Vec<String> = g.journal.iter().map(|recorded| recorded.event.summary(&g.runbook, locale)).collect();
    sentences.join("\n")
}

#[test]
fn a_night_in_english() {
    assert_snapshot!(told(&night(), &Locale::english()), @"");
}

#[test]
fn a_night_in_chinese() {
    assert_snapshot!(told(&night(), &Locale::chinese()), @"");
}

#[test]
fn people_are_never_named_and_every_sentence_ends() {
    let g = night();
    for locale in [Locale::english(), Locale::chinese()] {
        for recorded in &g.journal {
            let sentence = recorded.event.summary(&g.runbook, &locale);
            for name in ["lea", "ann", "pat", "cam", "ola", "sam"] {
                let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).collect();
                assert!(!words.contains(&name), "{sentence}");
            }
            assert!(sentence.ends_with(['.', '。', '!', '?', '！', '？']), "{sentence}");
            assert!(!sentence.contains("..") && !sentence.contains("。。"), "{sentence}");
        }
    }
}

#[test]
fn approving_alone_is_told_with_its_reason() {
    let event = Event::Approved {
        step: id("First notice"),
        notice: None,
        hash: None,
        complete: true,
        alone: Some("nobody else is awake".to_owned()),
    };
    let g = given(runbook([notice("First notice", Status::Investigating)], [], []));
    assert_snapshot!(
        event.summary(&g.runbook, &Locale::english()),
        @""
    );
    assert_snapshot!(event.summary(&g.runbook, &Locale::chinese()), @"");
}
