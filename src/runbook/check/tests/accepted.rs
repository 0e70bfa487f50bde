//! What a checked runbook holds: the example, the defaults, and every accepted way of writing.

use super::{EXAMPLE, check, sound};

#[test]
fn the_example_checks_without_an_error() {
    let checked = check(EXAMPLE.as_bytes());
    let codes: std::collections::BTreeSet<_> = checked.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["missing_translation"], "{:#?}", checked.problems);
    let runbook = sound(EXAMPLE);
    assert_eq!(runbook.id.as_str(), "crm-withdrawals");
}

use super::with;
use crate::runbook::{
    AudienceId, Cause, FactDefault, Gate, Item, Named, Phase, Rate, RoleId, Scope, Select, Status, StepKind, Via,
    WaitFor,
};
use std::time::Duration;

fn minutes(minutes: u64) -> Option<Duration> {
    Some(Duration::from_secs(minutes * 60))
}

fn ids(audience: &[AudienceId]) -> Vec<&str> {
    audience.iter().map(AudienceId::as_str).collect()
}

#[test]
fn the_example_says_what_it_says() {
    let runbook = sound(EXAMPLE);
    assert_eq!(runbook.cause, Some(Cause::System));
    assert_eq!(runbook.components, ["crm", "withdrawals"]);
    assert_eq!(runbook.severities.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["sev1", "sev2", "sev3"]);
    assert_eq!(runbook.severity("sev2").map(|(s, rank)| (s.first_notice, rank)), Some((Duration::from_secs(900), 2)));
    assert_eq!(runbook.roles["finance"].backup.as_str(), "lead");
    assert_eq!(runbook.fallbacks["phone_desk"].capacity, Some(Rate { count: 60, per: Duration::from_secs(3600) }));
    assert_eq!(runbook.audiences["affected"].select, Select::Tag("withdrawals".to_owned()));
    let StepKind::Updates { until, notice } = &runbook.steps["progress"].kind else { unreachable!("updates") };
    assert_eq!((until.as_str(), notice.template.as_str()), ("accepted", "update"));
    assert_eq!(notice.approve, Some(Gate { by: vec![RoleId::new("lead")], quorum: 1, within: minutes(2) }));
    let StepKind::Accept { on_fail, confirm, .. } = &runbook.steps["accepted"].kind else {
        unreachable!("an acceptance")
    };
    assert_eq!(on_fail.as_ref().map(|id| id.as_str()), Some("investigate"));
    assert_eq!(confirm[1].get(&crate::locale::Locale::chinese()), "15 分钟内无新增投诉");
    assert_eq!(runbook.steps["close_form"].when.as_ref().map(|when| when.as_str()), Some("rank == 1"));
    assert_eq!(runbook.actions().map(|mention| mention.name.as_str()).collect::<Vec<_>>(), ["rollback"]);
}

#[test]
fn lists_know_where_they_stand() {
    let runbook = sound(EXAMPLE);
    let pre = runbook.list(runbook.phase_list(Phase::Pre));
    let Some(Item::Together(branches)) = pre.items.get(2) else { unreachable!("branches") };
    let containment = runbook.list(branches[1]);
    assert_eq!(
        (containment.branch.as_deref(), containment.parent),
        (Some("containment"), Some((runbook.phase_list(Phase::Pre), 2)))
    );
    for step in runbook.steps.values() {
        assert_eq!(runbook.list(step.list).items[step.position], Item::Step(step.id.clone()), "{}", step.id);
        assert_eq!(runbook.list(step.list).phase, step.phase);
    }
}

#[test]
fn defaults_follow_the_kind() {
    let steps = "  - notice: told\n    status: identified\n  - notice: inside\n    status: identified\n    audience: staff\n  - updates: more\n    until: two\n  - reach: called\n  - wait: w\n    signal: true\n  - contain: stop\n  - retrospective: learn\n";
    let text = with("PRE", steps).replace("# HEAD", "approve: product");
    let runbook = sound(&text);
    let step = |id: &str| &runbook.steps[id];
    for (id, role, scope) in [
        ("one", "lead", Scope::Internal),
        ("told", "comms", Scope::External),
        ("inside", "comms", Scope::Internal),
        ("more", "comms", Scope::External),
        ("called", "support", Scope::External),
        ("stop", "lead", Scope::Internal),
    ] {
        assert_eq!((step(id).role.as_str(), step(id).scope), (role, scope), "{id}");
        assert_eq!(step(id).title.original(), id);
    }
    let told = step("told").kind.notice().expect("a notice");
    assert_eq!(
        (told.status, ids(&told.audience), told.template.as_str()),
        (Some(Status::Identified), vec!["affected", "page"], "identified")
    );
    assert_eq!(told.via, [Via::Mail, Via::Webhook, Via::Page]);
    assert_eq!(told.approve.as_ref().map(|gate| gate.by[0].as_str()), Some("product"));
    // The default approval is for notices to customers.
    assert_eq!(step("inside").kind.gate(), None);
    assert_eq!(step("stop").kind.gate(), None);
    let StepKind::Reach { audience } = &step("called").kind else { unreachable!("reach") };
    assert_eq!(ids(audience), ["uncovered"]);
    assert!(matches!(step("w").kind, StepKind::Wait(WaitFor::Signal)));
    let names: Vec<_> = runbook.mentions.iter().map(|m| (m.of, m.name.as_str(), m.place.line)).collect();
    assert_eq!(
        names,
        [
            (Named::NoticeTemplate, "identified", 8),
            (Named::NoticeTemplate, "identified", 10),
            (Named::NoticeTemplate, "update", 12),
            (Named::RetrospectiveTemplate, "six_steps", 18),
        ]
    );
}

#[test]
fn approve_is_a_role_a_map_or_none() {
    let gate = |approve: &str| {
        let text = with("PRE", &format!("  - notice: told\n    status: identified\n    approve: {approve}"));
        sound(&text.replace("# HEAD", "approve: lead")).steps["told"].kind.gate().cloned()
    };
    let by = |role: &str| vec![RoleId::new(role)];
    assert_eq!(gate("ops"), Some(Gate { by: by("ops"), quorum: 1, within: None }));
    assert_eq!(gate("none"), None);
    assert_eq!(
        gate("{ by: [ops], quorum: 2, within: 1m }"),
        Some(Gate { by: by("ops"), quorum: 2, within: minutes(1) })
    );
}

#[test]
fn facts_keep_their_kind_and_what_is_prepared() {
    let head = "facts:\n  impact: It fails\n  data_loss: none\n  share: { type: percent, default: 40 }\n  eta: { title: Back by }";
    let runbook = sound(&with("HEAD", head));
    let written = |text: &str| Some(FactDefault::Written(text.to_owned()));
    assert_eq!(runbook.facts["data_loss"].default, written("none"));
    assert_eq!(runbook.facts["share"].default, written("40"));
    assert_eq!(runbook.facts["eta"].kind, crate::runbook::FactKind::Datetime { upcoming: true });
    assert!(runbook.facts["eta"].built_in && !runbook.facts["share"].built_in);
    assert_eq!(
        runbook.facts.keys().take(4).map(|id| id.as_str()).collect::<Vec<_>>(),
        ["impact", "data_loss", "share", "eta"]
    );
    assert!(runbook.facts.contains_key("workaround"), "what is built in stays");
}

#[test]
fn the_kept_text_reads_the_same_and_has_the_hash_of_its_bytes() {
    let runbook = crate::runbook::check::pinned(EXAMPLE).expect("a runbook");
    assert_eq!(runbook.source.as_ref(), EXAMPLE);
    assert_eq!(runbook.hash, sound(EXAMPLE).hash);
    assert_eq!(
        sound("\u{feff}muster: 1\nid: a\ntitle: A\npre: [{ task: b }]\nmid: [{ task: c }]\npost: [{ task: d }]")
            .source
            .chars()
            .next(),
        Some('\u{feff}')
    );
    assert_eq!(sound(super::LEAST).hash.len(), 64);
    assert!(crate::runbook::check::pinned("muster: 2").is_err());
}
