//! Names in every form a note may contain, and words that only look like names.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::retrospective::fixture::Played;

fn roles(locale: &Locale) -> Roles {
    let played = Played::declared("sev1");
    Roles::new(&played.runbook, &played.events, &played.roster, locale)
}

#[test]
fn a_person_becomes_a_role_in_every_form() {
    let roles = roles(&Locale::english());
    for (note, shown) in [
        ("asked @dana to look", "asked the incident lead to look"),
        ("Dana's laptop", "The incident lead's laptop"),
        ("call DANA LEE now", "call the incident lead now"),
        ("Lee, Dana answered", "The incident lead answered"),
        ("D. Lee answered", "The incident lead answered"),
        ("mail <dana.lee@EXAMPLE.com>", "mail <the incident lead>"),
        ("mail mailto:Dana.Lee@example.com.", "mail the incident lead."),
        ("user=dana ok", "user=the incident lead ok"),
        ("ｄａｎａ looked", "The incident lead looked"),
        ("Da\u{200b}na looked", "The incident lead looked"),
        ("dana_tmp was dropped", "The incident lead_tmp was dropped"),
        ("找dana看", "找 Incident lead 看"),
        ("see https://x.test/u/dana/7", "see https://x.test/u/lead/7"),
        ("Will said so", "A colleague said so"),
        ("mei sent it", "The communications sent it"),
    ] {
        assert_eq!(roles.replace(note), shown, "{note}");
    }
    let roles = self::roles(&Locale::chinese());
    for (note, shown) in [
        ("张伟强重启了", "运维重启了"),
        ("伟强说好了", "运维说好了"),
        ("张工、老张、小张、张总", "运维、运维、运维、运维"),
        ("问 Dana's 意见", "问 总负责人的意见"),
    ] {
        assert_eq!(roles.replace(note), shown, "{note}");
    }
}

#[test]
fn words_that_only_look_like_names_stay() {
    let roles = roles(&Locale::english());
    for note in [
        "max_connections reached the maximum",
        "it will recover, we will see",
        "danaus and bandana are words",
        "纸张工艺，小程序和周总结",
        "Paris Falcon Quartz were never on the roster",
    ] {
        assert_eq!(roles.replace(note), note);
    }
}

static ROLES: LazyLock<[Roles; 2]> = LazyLock::new(|| [roles(&Locale::chinese()), roles(&Locale::english())]);

proptest! {
    /// No name, handle or address on the roster is left standing, whatever surrounds it.
    #[test]
    fn nobody_on_the_roster_is_left(
        before in "[a-z ,.，。（\\n张工看]{0,12}",
        after in "('s)?[ ,.!，。）\\n的]{0,5}",
        person in prop::sample::select(vec!["Dana Lee", "dana", "DANA", "@dana", "dana.lee@example.com", "Ｄana", "张伟强", "伟强", "zhangwei", "zwq@example.com", "ZhangWei"]),
        english in any::<bool>(),
    ) {
        let joined = before.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        let gap = if joined { " " } else { "" };
        let shown = ROLES[usize::from(english)].replace(&format!("{before}{gap}{person}{after}")).to_lowercase();
        for form in ["dana", "张伟强", "伟强", "zhangwei", "zwq"] {
            prop_assert!(!shown.contains(form), "{shown:?}");
        }
    }
}
