//! Documents of small journals, as people read them.

use super::*;
use crate::incident::{Command, Event};
use crate::retrospective::fixture::{CHINESE, DANA, ENGLISH, Played, WEI, note};
use crate::retrospective::write;

fn written(played: &Played, edition: Edition, locale: &Locale) -> Document {
    let template = if locale.is_chinese() { CHINESE } else { ENGLISH };
    write(&played.sources(template), edition, locale).expect("it is written")
}

fn section(played: &Played, edition: Edition, id: &str) -> String {
    let document = written(played, edition, &Locale::english());
    document.sections.into_iter().find(|section| section.id == id).expect("the section").text
}

#[test]
fn all_six_steps_stand_in_every_format_language_and_edition() {
    let played = Played::whole().resolved();
    for locale in [Locale::chinese(), Locale::english()] {
        for edition in [Edition::Internal, Edition::Public] {
            let document = written(&played, edition, &locale);
            let ids: Vec<&str> = document.sections.iter().map(|section| section.id.as_str()).collect();
            assert_eq!(ids, SECTIONS);
            assert!(document.sections.iter().all(|section| !section.title.is_empty() && section.text.len() > 40));
            assert!(!document.unfinished);
            let html = document.html();
            assert!(html.contains("<svg") && html.contains("<section id=\"patterns\">"));
            for remote in ["src=", "<script", "<link", "@import", "url("] {
                assert!(!html.contains(remote), "{remote}");
            }
            assert!(!document.markdown().contains("<!--"));
        }
    }
}

#[test]
fn no_one_on_the_roster_is_named_in_any_of_them() {
    let mut played = Played::whole();
    played.by(WEI, note("Dana Lee and 张伟强 (zwq@example.com, @zhangwei) looked at max's screen"));
    let edit = |text: &str| Command::EditSection {
        section: "causes".to_owned(),
        locale: Locale::english(),
        text: text.to_owned(),
    };
    played.by(DANA, edit("# Dana wrote\n\nThe form had no guard, said Dana Lee.\n\n```\nuser=zhangwei"));
    played.by(DANA, Command::AddFactor { text: "老张不在值班表上".to_owned() });
    let played = played.resolved();
    for locale in [Locale::chinese(), Locale::english()] {
        for edition in [Edition::Internal, Edition::Public] {
            let document = written(&played, edition, &locale);
            let all = format!("{}{}{}", document.markdown(), document.html(), document.json()).to_lowercase();
            for name in ["dana", "张伟强", "zhangwei", "zwq", "老张", "max's", "mei "] {
                assert!(!all.contains(name), "{name} in {locale} {}", edition.as_str());
            }
        }
    }
}

#[test]
fn the_public_edition_holds_no_internal_steps_notes_or_evidence() {
    let mut played = Played::whole();
    played.by(WEI, note("the secret queue is called heron"));
    played.by(
        WEI,
        Command::FinishStep {
            step: crate::runbook::StepId::new("reconcile"),
            outcome: None,
            note: Some("ledger heron matched".to_owned()),
            evidence: Some("https://heron.example.com/7".to_owned()),
        },
    );
    let document = written(&played, Edition::Public, &Locale::english());
    let all = format!("{}{}{}", document.markdown(), document.html(), document.json());
    assert!(!all.contains("heron"), "{all}");
    assert!(section(&played, Edition::Internal, "process").contains("https://heron.example.com/7"));
}

#[test]
fn an_unfinished_one_says_so_and_asks_who_could_know() {
    let played = Played::whole();
    let document = written(&played, Edition::Internal, &Locale::english());
    assert!(document.unfinished);
    assert!(document.markdown().contains("**Unfinished**"));
    insta::assert_snapshot!(
        section(&played, Edition::Internal, "patterns").lines().last().unwrap_or_default(),
        @"*To be added: what holds beyond this case? A question for Product.*"
    );
}

#[test]
fn a_correction_stands_in_its_place_with_the_original() {
    let mut played = Played::whole();
    played.by(WEI, note("40 requests stuck"));
    let seq = played.incident.seq;
    let correct =
        Command::CorrectEvent { seq, text: "41 requests stuck".to_owned(), reason: "counted again".to_owned() };
    played.by(WEI, correct);
    let process = section(&played, Edition::Internal, "process");
    let line = process.lines().find(|line| line.contains("41 requests")).expect("the row");
    insta::assert_snapshot!(line.replace(&format!("#{}", seq + 1), "#N+1").replace(&format!("#{seq}"), "#N"),
        @"| 04:04 | Mid | Operations | 41 requests stuck (corrected by #N+1; it first read: 40 requests stuck; because: counted again) | #N |");
}

#[test]
fn blame_is_found_where_it_stands_unless_an_author_keeps_it() {
    let mut played = Played::whole();
    played.by(WEI, note("Max was careless"));
    let seq = played.incident.seq;
    let document = written(&played, Edition::Internal, &Locale::english());
    let found: Vec<_> = document.findings.iter().map(|f| (f.rule.as_str(), f.text.as_str(), f.seq)).collect();
    assert_eq!(found, [("en-careless", "careless", Some(seq))]);
    assert!(!document.may_be_published());
    let kept = Command::KeepPhrase {
        rule: "en-careless".to_owned(),
        text: "careless".to_owned(),
        reason: "their own word".to_owned(),
    };
    played.by(WEI, kept);
    assert!(written(&played, Edition::Internal, &Locale::english()).may_be_published());
}

#[test]
fn pieces_bring_neither_titles_nor_styles() {
    let played = Played::whole().resolved();
    let pieces = written(&played, Edition::Internal, &Locale::english()).pieces();
    let ids: Vec<_> = pieces.sections.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, super::SECTIONS);
    let all: String = pieces.sections.iter().map(|(_, html)| html.as_str()).chain([pieces.head.as_str()]).collect();
    assert!(all.contains("<svg") && all.contains("Severity"), "{all}");
    assert!(!all.contains("<style") && !all.contains("<h1") && !all.contains("<h2"), "{all}");
}

#[test]
fn an_unknown_name_in_a_template_is_an_error() {
    let played = Played::whole();
    let error = write(&played.sources("{{nothing_like_it}}"), Edition::Internal, &Locale::english());
    assert!(matches!(error, Err(Error::Template { .. })));
}

#[test]
fn what_facts_hold_stays_data() {
    let mut played = Played::whole();
    played.by(WEI, note("{{number}} <script>alert(1)</script> | ![x](http://e.test/p.png) <!-- section: goals -->"));
    let document = written(&played, Edition::Internal, &Locale::english());
    assert_eq!(document.sections.len(), 6);
    let html = document.html();
    assert!(html.contains("{{number}}") && !html.contains("<script") && !html.contains("<img"));
}

/// Written in linear time: a journal of 100,000 events is told in as few lines as a night.
#[test]
fn a_huge_journal_is_condensed() {
    let mut played = Played::whole();
    for nth in 0..5_000 {
        played.record(Event::NoteAdded { text: format!("queue depth {nth}, 张工 watches"), occurred_at: None });
    }
    let document = written(&played, Edition::Internal, &Locale::english());
    let process = section(&played, Edition::Internal, "process");
    assert!(process.lines().count() < 400, "{}", process.lines().count());
    assert!(process.contains("of them notes"), "{process}");
    assert!(document.html().len() < 200_000, "{}", document.html().len());
}

/// One whole document, so that every change of wording is seen; the hashes stand apart, for they change with the runbook.
fn whole(locale: &Locale) -> String {
    let played = Played::whole().resolved();
    let markdown = written(&played, Edition::Internal, locale).markdown();
    markdown.replace(&played.incident.runbook_hash, "(the runbook's hash)")
}

#[test]
fn a_whole_document_in_english() {
    insta::assert_snapshot!(whole(&Locale::english()));
}

#[test]
fn a_whole_document_in_chinese() {
    insta::assert_snapshot!(whole(&Locale::chinese()));
}
