//! Conditions: what they answer, and every fault found before anything runs.

use std::collections::BTreeMap;
use std::time::Duration;

use indexmap::IndexMap;

use super::*;
use crate::contact::ContactId;
use crate::locale::{Locale, Text};
use crate::runbook::{AnswerId, Fact, FactId, FactKind, StepKind, builtin};

/// Compiles against a small runbook: severities `sev1`, `sev2`; some facts; the steps `change`
/// (a question) and `rollback` (an action), `later` after it and `beside` next to it.
fn compiled(source: &str) -> Result<Condition, Vec<super::compile::Fault>> {
    let text = |text: &str| Text::new(Locale::english(), text);
    let answers = IndexMap::from([(AnswerId::new("changed"), text("Yes")), (AnswerId::new("unchanged"), text("No"))]);
    let question = StepKind::Decide { answers };
    let measure = StepKind::Contain { approve: None, run: None, lift: None };
    let mut facts: IndexMap<FactId, Fact> =
        builtin::facts(&Locale::english()).into_iter().map(|fact| (fact.id.clone(), fact)).collect();
    for (id, kind) in [("count", FactKind::Number), ("span", FactKind::Duration)] {
        let fact = Fact { id: FactId::new(id), title: text(id), kind, default: None, built_in: false };
        facts.insert(fact.id.clone(), fact);
    }
    let step = |id: &str| match id {
        "change" => Found::Before(&question),
        "rollback" => Found::Before(&measure),
        "later" => Found::Later,
        "beside" => Found::Beside,
        _ => Found::Unknown,
    };
    let near = |wrong: &str| crate::runbook::near::nearest(wrong, ["change", "rollback"]).map(str::to_owned);
    let severities = ["sev1".to_owned(), "sev2".to_owned()];
    compile(source, &Speaks::Incident(Names { severities: &severities, facts: &facts, step: &step, near: &near }))
}

fn condition(source: &str) -> Condition {
    compiled(source).unwrap_or_else(|faults| panic!("{source}: {faults:?}"))
}

/// The same condition as a pinned runbook has it: not compiled before it is asked.
fn asked_first(condition: &Condition) -> Condition {
    Condition { compiled: Arc::default(), ..condition.clone() }
}

/// The names a condition speaks, once it is compiled.
fn names_of(condition: &Condition) -> String {
    let compiled = condition.compiled.get().and_then(Option::as_ref).expect("compiled");
    format!("{:?} {:?}", compiled.roots, compiled.members)
}

/// The faults as `code: the characters meant`.
fn faults(result: Result<Condition, Vec<super::compile::Fault>>, source: &str) -> Vec<String> {
    let faults = result.expect_err(source);
    let meant = |f: &super::compile::Fault| {
        source.chars().skip(f.characters.start).take(f.characters.len()).collect::<String>()
    };
    faults.iter().map(|fault| format!("{}: {}", fault.code, meant(fault))).collect()
}

fn scope() -> IncidentScope {
    IncidentScope {
        severity: "sev1".to_owned(),
        rank: 1,
        phase: "mid".to_owned(),
        facts: BTreeMap::from([
            ("count".to_owned(), Value::Number(50.0)),
            ("impact".to_owned(), Value::Text("出金失败".to_owned())),
            ("started_at".to_owned(), Value::Datetime("2026-11-02T00:00:00Z".parse().expect("a moment"))),
            ("ended_at".to_owned(), Value::Datetime("2026-11-02T01:30:00Z".parse().expect("a moment"))),
            ("span".to_owned(), Value::Duration(Duration::from_secs(1_800))),
        ]),
        answers: BTreeMap::from([("change".to_owned(), "changed".to_owned())]),
        ..IncidentScope::default()
    }
}

#[test]
fn an_incident_answers() {
    for (source, expected) in [
        ("rank == 1", true),
        ("rank < 2 && severity == 'sev1'", true),
        ("severity in ['sev1', 'sev2']", true),
        ("cause == ''", true),
        ("status == 'resolved'", false),
        ("phase == 'mid'", true),
        ("answers.change == 'changed'", true),
        ("outcomes.rollback == ''", true),
        ("outcomes.rollback != 'worked'", true),
        ("facts.count > 49", true),
        ("facts.count == 50", true),
        ("facts.count / 4 == 12.5", true),
        ("facts.count * 2 > 99.5", true),
        ("facts.impact.contains('出金')", true),
        ("size(facts.impact) > 3", true),
        ("facts.impact.size() + rank == 5", true),
        ("facts.workaround == null", true),
        ("facts.workaround != null && facts.workaround.startsWith('a')", false),
        ("facts.data_loss != 'none'", true),
        ("facts.ended_at - facts.started_at > duration('1h')", true),
        ("facts.started_at < timestamp('2026-11-02T08:00:01+08:00')", true),
        ("facts.span == duration('30m')", true),
        ("rank == 1 ? cause == '' : false", true),
        ("facts['impact'] != ''", true),
    ] {
        let condition = condition(source);
        assert_eq!(condition.holds(&scope()).expect(source), expected, "{source}");
        let again = asked_first(&condition);
        assert_eq!(again.holds(&scope()).expect(source), expected, "{source}");
        assert_eq!(names_of(&again), names_of(&condition), "{source}");
    }
}

#[test]
fn an_unstated_number_is_no_answer_unless_the_rest_decides() {
    let mut scope = scope();
    scope.facts.clear();
    for source in
        ["facts.count > 5", "!(facts.count > 5)", "facts.impact.contains('a')", "facts.ended_at > facts.started_at"]
    {
        let error = condition(source).holds(&scope).expect_err(source);
        assert!(error.to_string().starts_with(&format!("the condition `{source}` cannot be answered")), "{error}");
    }
    assert!(condition("facts.count > 5 || rank == 1").holds(&scope).expect("rank decides"));
    assert!(!condition("facts.count > 5 && rank == 2").holds(&scope).expect("rank decides"));
}

fn contact() -> Contact {
    Contact {
        id: ContactId::new("c1"),
        org: "华东证券".to_owned(),
        name: String::new(),
        kind: "customer".to_owned(),
        locale: Some(Locale::chinese()),
        emails: vec!["a@example.com".to_owned()],
        phone: "1".to_owned(),
        webhook: String::new(),
        duty: String::new(),
        tags: vec!["vip".to_owned()],
        attributes: IndexMap::from([("等级".to_owned(), "A".to_owned())]),
    }
}

#[test]
fn a_contact_answers() {
    for (source, expected) in [
        ("phone != ''", true),
        ("size(emails) > 0", true),
        ("emails[0].endsWith('example.com')", true),
        ("'vip' in tags", true),
        ("tags.exists(t, t.startsWith('v'))", true),
        ("tags.all(t, t == 'x')", false),
        ("size(tags.filter(t, t == 'vip')) == 1", true),
        ("org.contains('华东') && kind == 'customer'", true),
        ("locale == 'zh-Hans'", true),
        ("attributes['等级'] == 'A'", true),
        ("attributes.region == ''", true),
    ] {
        let condition = compile(source, &Speaks::Contact).unwrap_or_else(|faults| panic!("{source}: {faults:?}"));
        assert_eq!(condition.selects(&contact()).expect(source), expected, "{source}");
        let again = asked_first(&condition);
        assert_eq!(again.selects(&contact()).expect(source), expected, "{source}");
        assert_eq!(names_of(&again), names_of(&condition), "{source}");
    }
    let second = compile("emails[1] == 'b'", &Speaks::Contact).expect("a condition");
    assert!(second.selects(&contact()).is_err());
}

#[test]
fn names_that_mean_nothing_are_found() {
    for (source, expected) in [
        ("rnak == 1", "unknown_name: rnak"),
        ("phone != ''", "unknown_name: phone"),
        ("facts == null", "unknown_name: facts"),
        ("rank.first == 1", "unknown_name: first"),
        ("facts.impact.first == 1", "unknown_name: first"),
        ("facts.imapct == ''", "unknown_fact: imapct"),
        ("facts['imapct'] == ''", "unknown_fact: imapct"),
        ("answers.chnage == ''", "unknown_step: chnage"),
        ("answers.rollback == ''", "unknown_step: rollback"),
        ("outcomes.later == ''", "step_not_before: later"),
        ("outcomes.beside == ''", "sibling_branch: beside"),
        ("answers.change == 'cahnged'", "unknown_answer: 'cahnged'"),
        ("'x' == answers.change", "unknown_answer: 'x'"),
        ("facts.data_loss == 'lots'", "unknown_choice: 'lots'"),
        ("outcomes.rollback == 'done'", "unknown_outcome: 'done'"),
        ("outcomes.change == 'worked'", "unknown_outcome: 'worked'"),
        ("severity == 'sev9'", "unknown_severity: 'sev9'"),
        ("severity in ['sev1', 'sev9']", "unknown_severity: 'sev9'"),
        ("status == 'broken'", "unknown_status: 'broken'"),
        ("cause == 'weather'", "unknown_cause: 'weather'"),
        ("phase == 'now'", "unknown_phase: 'now'"),
        ("lower(severity) == 'sev1'", "unknown_function: ("),
        ("has(facts.impact)", "unknown_function: facts.impact"),
        ("rank % 2 == 1", "unknown_function: %"),
    ] {
        assert_eq!(faults(compiled(source), source), [expected], "{source}");
    }
}

#[test]
fn values_that_cannot_be_compared_are_found() {
    for (source, expected) in [
        ("rank == '1'", "condition_type: '1'"),
        ("severity == 1", "condition_type: 1"),
        ("severity > 'sev2'", "condition_type: 'sev2'"),
        ("facts.count == 'many'", "condition_type: 'many'"),
        ("facts.count > null", "condition_type: null"),
        ("rank == null", "condition_type: null"),
        ("answers.change == null", "condition_type: null"),
        ("facts.started_at > '2026-11-02'", "condition_type: '2026-11-02'"),
        ("facts.span > 30", "condition_type: 30"),
        ("facts.span > duration('soon')", "condition_type: 'soon'"),
        ("facts.started_at > timestamp('today')", "condition_type: 'today'"),
        ("rank in ['1']", "condition_type: '1'"),
        ("rank in severity", "condition_type: severity"),
        ("rank == 1 && severity", "condition_type: severity"),
        ("!rank", "condition_type: rank"),
        ("rank + severity == 2", "condition_type: +"),
        ("rank == 1 ? true : 'no'", "condition_type: 'no'"),
        ("rank == [1]", "condition_type: ["),
        ("severity", "not_a_condition: severity"),
        ("'yes'", "not_a_condition: 'yes'"),
    ] {
        assert_eq!(faults(compiled(source), source), [expected], "{source}");
    }
    let several = "rank == '1' || sevrity == 'sev1' || facts.count == 'x'";
    assert_eq!(
        faults(compiled(several), several),
        ["condition_type: '1'", "unknown_name: sevrity", "condition_type: 'x'"]
    );
}

#[test]
fn what_would_cost_too_much_is_refused() {
    let for_contacts = |source: &str| faults(compile(source, &Speaks::Contact), source);
    assert_eq!(for_contacts("attributes[name] == 'x'"), ["dynamic_index: name"]);
    assert_eq!(for_contacts("tags[size(tags)] == 'x'"), ["dynamic_index: ("]);
    assert_eq!(for_contacts("tags.exists(t, emails.exists(e, e == t))"), ["nested_comprehension: ("]);
    let code = |source: &str| compiled(source).expect_err(source)[0].code;
    assert_eq!(code(&format!("rank == 1{}", " || rank == 1".repeat(100))), "condition_too_long");
    assert_eq!(code(&"(".repeat(900)), "condition_too_deep");
    assert_eq!(code(&format!("{}rank == 1{}", "(".repeat(21), ")".repeat(21))), "condition_too_deep");
    assert_eq!(code(&format!("rank{} == 1", " + 1".repeat(30))), "condition_too_deep");
    assert_eq!(code(&format!("{}true", "true ? true : ".repeat(60))), "condition_too_deep");
    // A long row is not deep.
    condition(&format!("rank == 1{}", " || rank == 2".repeat(60)));
    condition(&format!("{}rank == 1{}", "(".repeat(20), ")".repeat(20)));
    condition("facts.impact.contains('((((((((((((((((((((((((')");
}

#[test]
fn syntax_errors_say_where_and_how_it_is_written() {
    for (source, at, help) in [
        ("rank = 1", "=", "equality is written `==`"),
        ("rank == 1 and severity == 'sev1'", "and", "`and` is written `&&`, `or` is written `||`"),
        ("严重 == 1", "严", "for example: rank == 1 && answers.recent_change == 'changed'"),
        ("rank ==", "=", "for example: rank == 1 && answers.recent_change == 'changed'"),
    ] {
        let fault = compiled(source).expect_err(source).remove(0);
        assert_eq!(fault.code, "condition_syntax");
        let from: String = source.chars().skip(fault.characters.start).collect();
        assert!(from.starts_with(at), "{source}: {from}");
        assert_eq!(fault.help.as_deref(), Some(help), "{source}");
    }
}
