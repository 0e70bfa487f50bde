//! Wording that a notice should not go out with: machines, estimates nobody authorised, promises too sure.

use std::sync::LazyLock;

use fancy_regex::Regex;

/// What is wrong with a wording: a stable code, what it does, the words themselves, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) code: &'static str,
    pub(super) does: &'static str,
    pub(super) words: String,
    pub(super) instead: String,
}

struct Rule {
    code: &'static str,
    does: &'static str,
    instead: &'static str,
    pattern: LazyLock<Regex>,
}

macro_rules! rule {
    ($code:literal, $does:literal, $instead:literal, $pattern:literal) => {
        Rule {
            code: $code,
            does: $does,
            instead: $instead,
            pattern: LazyLock::new(|| Regex::new($pattern).expect("a pattern that compiles")),
        }
    };
}

/// An address of the network, v4 or v6, with no more digits or colons around it.
static ADDRESS: Rule = rule!(
    "machine_address",
    "names the address of a machine",
    "say what customers notice instead",
    r"(?i)(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)|(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]{1,4}(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}:){0,5}[0-9a-f]{1,4}(?![\w:])"
);

/// A host of one's own: an internal suffix, or a machine's usual name with its number.
static HOST: Rule = rule!(
    "host_name",
    "names a machine",
    "say what customers notice instead",
    r"(?i)(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:internal|local|localdomain|lan|intranet|corp|svc|consul)(?![\w-])|(?<![\w@.-])(?:ip-\d+-\d+-\d+-\d+|(?:[a-z0-9]+-)*(?:db|dbs|srv|server|node|host|prod|prd|stg|k8s|pod|vm|redis|mysql|mongo|postgres|pg|kafka|nginx|web|app|api|cache|gw|gateway|worker|queue|mq|es|lb|bastion)(?:-[a-z0-9]+)*-?\d+)(?![\w-])|(?<!\w)localhost(?!\w)"
);

/// An end that only an authorised `eta` may promise.
static ESTIMATE: Rule = rule!(
    "estimate_in_words",
    "promises an end that nobody has authorised",
    "state it as `eta` with `eta_by`, or leave it out",
    r"(?i)\b(?:fixed|restored|back|resolved|solved|working again|up again)\b.{0,20}\b(?:in|by|within|before)\b.{0,12}\d|\b(?:in|within) (?:about |around )?\d+ ?(?:min|minute|hour|h)s?\b.{0,30}\b(?:fix|restor|resolv|back)|预[计計].{0,16}(?:恢[复復]|修[复復]|解[决決]|完成)|(?:将|將|会|會)?(?:于|在)?.{0,10}(?:分[钟鐘]|小[时時]|点|點)(?:内|內|前|左右)?(?:恢[复復]|修[复復]|解[决決])"
);

/// More certain than anyone can be.
static TOO_SURE: Rule = rule!(
    "surer_than_known",
    "is surer than anyone can be",
    "say what is known and how",
    r"(?i)\b(?:never (?:again|happen)|guarantee[ds]?|100 ?%|definitely|certainly|absolutely|completely (?:safe|fixed))(?!\w)|[绝絕](?:不会|不會|对|對)|保[证證](?:不|绝|絕)|百分之百|100 ?[%％]|彻底(?:解决|修复)|徹底(?:解決|修復)|万无一失|萬無一失"
);

/// A limit drawn while the cause is still being looked for.
static TOO_NARROW: Rule = rule!(
    "narrower_than_known",
    "draws a limit while the problem is still being investigated",
    "leave `affected` out: the notice then says that some customers are affected",
    r"(?i)\b(?:only|solely|just|no one else|nobody else|limited to)\b|仅|僅|只有|只影响|只影響|仅限|个别|個別|极少数|極少數"
);

/// What surrounds a wording while it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// Whether an estimate was authorised.
    pub(super) authorised: bool,
    /// Whether this limits who is affected, while that is still being investigated.
    pub(super) limits: bool,
    /// Whether it is how customers reach the team: it may name hosts.
    pub(super) reaches_us: bool,
}

/// Finds what a wording should not say.
pub(super) fn read(text: &str, reading: Reading) -> Vec<Finding> {
    let rules = [
        (&ADDRESS, !reading.reaches_us),
        (&HOST, !reading.reaches_us),
        (&ESTIMATE, !reading.authorised),
        (&TOO_SURE, true),
        (&TOO_NARROW, reading.limits),
    ];
    rules
        .into_iter()
        .filter(|(_, asked)| *asked)
        .filter_map(|(rule, _)| {
            let words = first_match(&rule.pattern, text)?;
            Some(Finding { code: rule.code, does: rule.does, words, instead: rule.instead.to_owned() })
        })
        .collect()
}

/// A pattern that gives up on a text finds nothing in it: these are warnings.
fn first_match(pattern: &Regex, text: &str) -> Option<String> {
    pattern.find(text).ok().flatten().map(|found| found.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str, limits: bool) -> Vec<&'static str> {
        let reading = Reading { authorised: false, limits, reaches_us: false };
        read(text, reading).into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn machines_estimates_and_promises_are_noticed() {
        for (text, found) in [
            ("Withdrawals fail on 10.0.12.7", vec!["machine_address"]),
            ("节点 fe80::1ff:fe23:4567 无响应", vec!["machine_address"]),
            ("db-prod-01 is down", vec!["host_name"]),
            ("订单库 mysql-07 主从延迟", vec!["host_name"]),
            ("api.payments.internal answers slowly", vec!["host_name"]),
            ("It will be fixed within 30 minutes", vec!["estimate_in_words"]),
            ("预计 30 分钟内恢复", vec!["estimate_in_words"]),
            ("This will never happen again", vec!["surer_than_known"]),
            ("我们保证不会再发生", vec!["surer_than_known"]),
        ] {
            assert_eq!(codes(text, false), found, "{text}");
        }
    }

    #[test]
    fn ordinary_wording_is_left_alone() {
        for text in [
            "Withdrawal requests fail",
            "Deposits, trading and balances work as usual",
            "Phone 400-000-0000 or mail support@example.com",
            "Version 3.14.15 of the app is not affected",
            "Between 14:05 and 16:10 requests failed",
            "出金申请提交失败，充值与交易不受影响",
            "We rolled back the release from 13:40 and see withdrawals succeed",
            "我们已回滚 13:40 的发布",
            "See https://status.example.com/incidents/7",
        ] {
            assert_eq!(codes(text, true), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_limit_is_noticed_only_where_it_limits_who_is_affected() {
        assert_eq!(codes("Only customers in Hong Kong", true), ["narrower_than_known"]);
        assert_eq!(codes("仅影响个别商户", true), ["narrower_than_known"]);
        assert_eq!(codes("Only customers in Hong Kong", false), Vec::<&str>::new());
    }
}
