//! What every runbook has without declaring it: severities, roles, audiences and the contract facts.

use std::time::Duration;

use super::{Audience, AudienceId, Fact, FactId, FactKind, Role, RoleId, Select, Severity, SeverityId};
use crate::locale::{Locale, Text};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Id, meaning in English and Chinese, and the promises in seconds: first notice, updates, mail.
const SEVERITIES: [(&str, &str, &str, [u64; 3]); 3] = [
    ("sev1", "No customer can use the service", "全部客户无法使用", [5 * MINUTE, 20 * MINUTE, 2 * HOUR]),
    ("sev2", "Some customers cannot use the service", "部分客户无法使用", [15 * MINUTE, 30 * MINUTE, 2 * HOUR]),
    ("sev3", "A workaround serves everyone", "有替代办法，客户仍可办理", [HOUR, 2 * HOUR, 4 * HOUR]),
];

/// Id, title in English and Chinese, backup.
const ROLES: [(&str, &str, &str, &str); 6] = [
    ("lead", "Incident lead", "总负责人", "product"),
    ("comms", "Communications", "对外沟通", "lead"),
    ("ops", "Operations", "运维", "lead"),
    ("dev", "Development", "研发", "lead"),
    ("support", "Support", "客服", "lead"),
    ("product", "Product", "产品", "lead"),
];

/// What a contract fact is, as a table can say it.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Datetime,
    Upcoming,
    /// Id, title in English and Chinese.
    Choice(&'static [(&'static str, &'static str, &'static str)]),
}

/// In the order in which a notice speaks of them: id, title in English and Chinese, kind.
const FACTS: [(&str, &str, &str, Kind); 15] = [
    ("started_at", "Since when", "开始时间", Kind::Datetime),
    ("ended_at", "Until when", "恢复时间", Kind::Datetime),
    ("impact", "What customers see", "客户看到的影响", Kind::Text),
    ("affected", "Who is affected", "受影响的客户", Kind::Text),
    ("unaffected", "What still works", "不受影响的部分", Kind::Text),
    ("workaround", "What customers can do meanwhile", "临时办法", Kind::Text),
    ("contact", "How to reach us", "联系方式", Kind::Text),
    ("changed", "What has changed since the last notice", "上次通知以来的进展", Kind::Text),
    (
        "data_loss",
        "Was data lost",
        "数据是否丢失",
        Kind::Choice(&[
            ("none", "None", "没有丢失"),
            ("some", "Some", "有部分丢失"),
            ("unknown", "Not known yet", "尚不确定"),
        ]),
    ),
    ("safe_to_retry", "What is safe to try again", "哪些操作可以重新提交", Kind::Text),
    (
        "review",
        "Will a review be published",
        "是否公布复盘",
        Kind::Choice(&[("yes", "Yes", "会公布"), ("no", "No", "不公布")]),
    ),
    ("eta", "Expected end", "预计恢复时间", Kind::Upcoming),
    ("eta_by", "Who authorised the expected end", "预计恢复时间由谁确认", Kind::Text),
    ("claim", "What is being claimed", "流传的说法", Kind::Text),
    ("truth", "What is true", "事实", Kind::Text),
];

/// A text in both languages, the runbook's own first.
fn text(first: &Locale, english: &str, chinese: &str) -> Text {
    let mut pair = [(Locale::english(), english), (Locale::chinese(), chinese)];
    if first.is_chinese() {
        pair.reverse();
    }
    let [(locale, words), (other, others)] = pair;
    let mut text = Text::new(locale, words);
    text.set(other, others);
    text
}

/// The three levels of a runbook that declares none, highest first.
pub fn severities(first: &Locale) -> Vec<Severity> {
    let severity = |(id, english, chinese, [notice, update, mail]): (&str, &str, &str, [u64; 3])| Severity {
        id: SeverityId::new(id),
        means: text(first, english, chinese),
        first_notice: Duration::from_secs(notice),
        update_every: Duration::from_secs(update),
        mail_every: Duration::from_secs(mail),
    };
    SEVERITIES.into_iter().map(severity).collect()
}

/// The parts everyone knows: lead, comms, ops, dev, support, product.
pub fn roles(first: &Locale) -> Vec<Role> {
    let role = |(id, english, chinese, backup): (&str, &str, &str, &str)| Role {
        id: RoleId::new(id),
        title: text(first, english, chinese),
        backup: RoleId::new(backup),
    };
    ROLES.into_iter().map(role).collect()
}

/// The facts that the notice contract draws on.
pub fn facts(first: &Locale) -> Vec<Fact> {
    let fact = |(id, english, chinese, kind): (&str, &str, &str, Kind)| Fact {
        id: FactId::new(id),
        title: text(first, english, chinese),
        kind: match kind {
            Kind::Text => FactKind::Text,
            Kind::Datetime => FactKind::Datetime { upcoming: false },
            Kind::Upcoming => FactKind::Datetime { upcoming: true },
            Kind::Choice(choices) => FactKind::Choice(
                choices
                    .iter()
                    .map(|(id, english, chinese)| ((*id).to_owned(), text(first, english, chinese)))
                    .collect(),
            ),
        },
        default: None,
        built_in: true,
    };
    FACTS.into_iter().map(fact).collect()
}

/// The status page, the affected, the uncovered and the staff.
pub fn audiences() -> Vec<Audience> {
    let audience = |(id, select): (&str, Select)| Audience { id: AudienceId::new(id), select };
    [
        ("page", Select::Page),
        ("affected", Select::Customers),
        ("uncovered", Select::Uncovered),
        ("staff", Select::Kind("staff".to_owned())),
    ]
    .into_iter()
    .map(audience)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_text_is_in_both_languages_the_runbooks_own_first() {
        for (first, original) in [(Locale::english(), "Incident lead"), (Locale::chinese(), "总负责人")] {
            let lead = &roles(&first)[0];
            assert_eq!(lead.title.original(), original);
            assert_eq!(lead.title.locales().count(), 2);
        }
    }

    #[test]
    fn the_lead_is_backed_by_product_and_everyone_else_by_the_lead() {
        for role in roles(&Locale::english()) {
            let backup = if role.id.as_str() == "lead" { "product" } else { "lead" };
            assert_eq!(role.backup.as_str(), backup, "{}", role.id);
        }
    }

    #[test]
    fn only_the_expected_end_lies_ahead() {
        let ahead: Vec<_> = facts(&Locale::english())
            .into_iter()
            .filter(|fact| fact.kind == FactKind::Datetime { upcoming: true })
            .map(|fact| fact.id)
            .collect();
        assert_eq!(ahead, [FactId::new("eta")]);
    }
}
