//! Text in several languages: what is missing is a warning, what translates nothing an error.

use super::{LEAST, check, found, sound};
use crate::locale::Locale;
use crate::runbook::{FactDefault, StepKind};

/// The least runbook in two languages, with these translations.
fn translated(head: &str, translations: &str) -> String {
    let text = LEAST.replace("# HEAD", &format!("locales: [en, zh-Hans]\n{head}"));
    format!("{text}translations:\n{translations}")
}

#[test]
fn a_missing_translation_is_a_warning() {
    let text = translated("facts: { impact: It fails }", "  zh-Hans:\n    title: 一例\n");
    let checked = check(text.as_bytes());
    assert!(checked.runbook.is_some());
    assert_eq!(found(&text), ["missing_translation 5:18+8"]);
    assert_eq!(checked.problems[0].help.as_deref(), Some("add `impact` to `translations` under `zh-Hans`"));
}

#[test]
fn a_translation_of_nothing_is_an_error() {
    let with = |translations: &str| {
        found(&translated(
            "facts: { impact: It fails }",
            &format!("  zh-Hans:\n    title: 一例\n    impact: 失败\n{translations}"),
        ))
    };
    assert_eq!(with(""), [""; 0]);
    assert_eq!(with("    one: 第一步\n"), [""; 0], "an untitled step's id stands for its title");
    for (lines, expected) in [
        ("    imapct: 失败\n", "unknown_translation 19:5+6"),
        ("    one.detail: 细节\n", "unknown_translation 19:5+10"),
        ("    summary: 概要\n", "unknown_translation 19:5+7"),
        ("    one: 1\n", "not_text 19:10+1"),
        ("  fr:\n    title: Un cas\n", "unknown_locale 19:3+2"),
        ("  en:\n    title: A case\n", "own_locale 19:3+2"),
    ] {
        assert_eq!(with(lines), [expected], "{lines}");
    }
}

#[test]
fn lists_are_translated_in_their_order() {
    let step = "  - accept: x\n    title: Accept\n    confirm: [One, Two]\n";
    let text = |list: &str| {
        let text = translated("", &format!("  zh-Hans:\n    title: 一例\n    x: 验收\n    x.confirm: {list}\n"));
        text.replace("# MID\n", step)
    };
    assert_eq!(found(&text("[一, 二]")), [""; 0]);
    assert_eq!(found(&text("[一]")), ["missing_translation 13:14+10"]);
    assert_eq!(found(&text("[一, 二, 三]")), ["unknown_translation 21:16+9"]);
    assert_eq!(found(&text("一")), ["missing_translation 13:14+10", "not_a_list 21:16+1"]);
}

#[test]
fn every_part_that_is_text_can_be_translated() {
    let head = "\
summary: Summary
severities: { high: { means: Bad, first_notice: 5m, update_every: 5m, mail_every: 5m } }
roles: { finance: Finance }
facts:
  impact: It fails
  region: { choices: { cn: Mainland }, title: Region }
fallbacks: { desk: { title: Desk } }
ready: { book: { title: Book } }";
    let translations = "  zh-Hans: { title: 一例, summary: 概要, high.means: 很糟, finance: 财务, impact: 失败, region: 地区, \
        region.cn: 大陆, desk: 柜台, book: 名册, q: 问, q.a: 甲, q.b: 乙, q.detail: 细节, c.lift: 重开, r.follow_ups: [告警] }\n";
    let steps = "  - decide: q\n    title: Ask\n    detail: How\n    answers: { a: A, b: B }\n  - contain: c\n    lift: Open\n  - retrospective: r\n    follow_ups: [Alert]\n";
    let runbook = sound(&translated(head, translations).replace("# POST\n", steps));
    let reader = Locale::chinese();
    let StepKind::Decide { answers } = &runbook.steps["q"].kind else { unreachable!("a question") };
    let Some(FactDefault::Text(impact)) = &runbook.facts["impact"].default else { unreachable!("a text") };
    let read = [
        &runbook.title,
        &runbook.severities[0].means,
        &runbook.roles["finance"].title,
        impact,
        &runbook.facts["region"].title,
        &runbook.fallbacks["desk"].title,
        &runbook.ready["book"].title,
        &runbook.steps["q"].title,
        &answers["a"],
    ];
    assert_eq!(
        read.map(|text| text.get(&reader)),
        ["一例", "很糟", "财务", "失败", "地区", "柜台", "名册", "问", "甲"]
    );
    assert_eq!(found(&translated(head, translations).replace("# POST\n", steps)), [""; 0]);
}
