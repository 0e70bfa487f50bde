//! Facts stated, worded in several languages, gathered, confirmed and bounded.

use super::given::{declaration, declared, done, given, id, say, set, text};
use super::sample::{gather, runbook, task};
use crate::incident::command::{Command, StatedFact};
use crate::incident::event::FactValue;
use crate::locale::{Locale, Text};
use crate::runbook::FactId;

fn confirm(facts: Vec<StatedFact>) -> Command {
    Command::StateFacts { facts, confirm: true }
}

#[test]
fn done_confirms_prepared_wording_and_names_what_is_missing() {
    let mut g = given(runbook([gather("what", &["impact", "affected", "unaffected", "workaround"])], [], []));
    let refused = g.rejection(done("what"));
    assert_eq!(refused.code, "facts_missing");
    assert_eq!(refused.message, "`what` still needs `affected`, `workaround`");
    assert_eq!(refused.help.as_deref(), Some("muster set affected=… workaround=…"));
    g.when(say("affected", "All customers"));
    g.when(say("workaround", "none"));
    assert_eq!(g.when(done("what"))[..2], ["FactsConfirmed", "StepEnded what done"]);
    assert!(g.incident.fact("impact").is_some());
}

#[test]
fn facts_stated_earlier_count() {
    let mut g = given(runbook([task("a"), gather("what", &["impact"])], [], []));
    g.when(say("impact", "Nobody can withdraw"));
    g.when(done("a"));
    assert_eq!(g.when(done("what"))[0], "StepEnded what done", "nothing is left to confirm");
    let Some(FactValue::Text(impact)) = g.incident.fact("impact") else { panic!("stated") };
    assert_eq!(impact.original(), "Nobody can withdraw");
}

#[test]
fn facts_stated_with_the_declaration_count() {
    let mut declaration = declaration("sev2", &[]);
    declaration.facts =
        vec![StatedFact { fact: FactId::new("impact"), value: text(&Locale::english(), "Nobody can withdraw") }];
    let mut g = declared(runbook([gather("what", &["impact"])], [], []), declaration);
    assert_eq!(g.when(done("what"))[0], "StepEnded what done");
}

#[test]
fn confirm_takes_the_prepared_wording_of_the_gathers_that_are_open() {
    let mut g = given(runbook([gather("what", &["impact", "affected"]), gather("more", &["unaffected"])], [], []));
    let affected = StatedFact { fact: FactId::new("affected"), value: text(&Locale::english(), "All customers") };
    assert_eq!(g.when(confirm(vec![affected])), ["FactStated affected", "FactsConfirmed"]);
    assert!(g.incident.fact("impact").is_some());
    assert!(g.incident.fact("unaffected").is_none(), "not open yet");
    assert_eq!(g.refused(confirm(Vec::new())), "nothing_stated");
}

#[test]
fn an_incident_began_when_it_was_declared_unless_people_know_better() {
    let mut g = given(runbook([gather("what", &["started_at"])], [], []));
    g.at(10).when(done("what"));
    assert_eq!(g.incident.fact("started_at"), Some(&FactValue::Datetime(super::given::start())));
}

fn stale(g: &super::given::Given) -> Vec<String> {
    g.incident.facts["impact"].stale.iter().map(ToString::to_string).collect()
}

#[test]
fn changing_one_locale_marks_the_others_stale_and_catching_up_does_not() {
    let (english, chinese) = (Locale::english(), Locale::chinese());
    let mut g = given(runbook([], [], []));
    g.when(set("impact", text(&english, "Nobody can withdraw")));
    assert_eq!(stale(&g), ["zh-Hans"], "the prepared wording is older");
    let Some(FactValue::Text(impact)) = g.incident.fact("impact") else { panic!("stated") };
    assert_eq!((impact.get(&english), impact.get(&chinese)), ("Nobody can withdraw", "出金失败"));
    assert_eq!(g.incident.facts["impact"].locale, Some(english.clone()));
    g.when(set("impact", text(&chinese, "所有客户无法出金")));
    assert_eq!(stale(&g), Vec::<String>::new(), "the translation has caught up");
    g.when(set("impact", text(&chinese, "部分客户无法出金")));
    assert_eq!(stale(&g), ["en"]);
    assert_eq!(g.incident.facts["impact"].locale, Some(chinese));
}

#[test]
fn saying_what_was_prepared_leaves_its_translation_fresh() {
    let (english, chinese) = (Locale::english(), Locale::chinese());
    let mut g = given(runbook([], [], []));
    g.when(set("impact", text(&english, "Withdrawals fail")));
    assert_eq!(stale(&g), Vec::<String>::new());
    let Some(FactValue::Text(impact)) = g.incident.fact("impact") else { panic!("stated") };
    assert_eq!(impact.get(&chinese), "出金失败");
}

#[test]
fn one_statement_in_several_languages_leaves_none_stale() {
    let mut both = Text::new(Locale::english(), "Nobody can withdraw");
    both.set(Locale::chinese(), "所有客户无法出金");
    let mut g = given(runbook([], [], []));
    g.when(set("impact", FactValue::Text(both)));
    assert_eq!(stale(&g), Vec::<String>::new());
    let said = |locale: Locale, words: &str| StatedFact { fact: FactId::new("impact"), value: text(&locale, words) };
    let apart = vec![said(Locale::english(), "Again"), said(Locale::chinese(), "又来了")];
    assert_eq!(g.when(Command::StateFacts { facts: apart, confirm: false }), ["FactStated impact"]);
    assert_eq!(stale(&g), Vec::<String>::new());
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut g = given(runbook([], [], []));
    for (command, code) in [
        (say("nonesuch", "x"), "unknown_fact"),
        (say("impact", " "), "empty_text"),
        (say("impact", "a\0b"), "text_has_nul"),
        (say("impact", &"长".repeat(30_000)), "text_too_long"),
        (set("impact", FactValue::Number(1.0)), "wrong_value"),
        (set("region", FactValue::Choice("mars".to_owned())), "wrong_value"),
        (set("eta", FactValue::Percent(5.0)), "wrong_value"),
        (Command::StateFacts { facts: Vec::new(), confirm: false }, "nothing_stated"),
    ] {
        assert_eq!(g.refused(command.clone()), code, "{command:?}");
    }
}

#[test]
fn markup_in_a_fact_is_just_text() {
    let mut g = given(runbook([], [], []));
    let hostile = "{{impact}} <script>alert(1)</script>\n.\n\r\nSubject: x";
    g.when(say("impact", hostile));
    let Some(FactValue::Text(impact)) = g.incident.fact("impact") else { panic!("stated") };
    assert_eq!(impact.original(), hostile);
}

#[test]
fn unknown_levels_refuse_a_declaration() {
    let refused = |declaration| {
        let now = super::given::start();
        crate::incident::decide::declare(&runbook([], [], []), now, &super::given::person("ann"), declaration)
            .expect_err("refused")
            .code
    };
    assert_eq!(refused(declaration("sev9", &[])), "unknown_severity");
    assert_eq!(refused(declaration("sev1", &[("chef", &["ann"])])), "unknown_role");
    let mut stated = declaration("sev1", &[]);
    stated.facts = vec![StatedFact { fact: FactId::new("nonesuch"), value: FactValue::Number(1.0) }];
    assert_eq!(refused(stated), "unknown_fact");
}

#[test]
fn a_raise_to_the_same_level_is_refused() {
    let mut g = given(runbook([], [], []));
    assert_eq!(g.refused(super::given::severity("sev2")), "unchanged");
    assert_eq!(g.refused(super::given::severity("sev9")), "unknown_severity");
    let cause = Command::ClassifyCause { cause: crate::runbook::Cause::Platform };
    g.when(cause.clone());
    assert_eq!(g.refused(cause), "unchanged");
    assert!(!g.incident.is_open(&id("nonesuch")));
}
