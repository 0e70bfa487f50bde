//! Small runbooks, put together for a test.

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use crate::locale::{Locale, Text};
use crate::runbook::{
    AnswerId, AudienceId, Condition, Fact, FactDefault, FactId, FactKind, Fallback, FallbackId, Gate, Item, List,
    ListIndex, NoticeSpec, Phase, ProbeFor, Requirement, RoleId, Run, Runbook, RunbookId, Scope, Status, Step, StepId,
    StepKind, Via, WaitFor, builtin,
};

pub(in crate::incident) fn english(words: &str) -> Text {
    Text::new(Locale::english(), words)
}

pub(in crate::incident) fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// One entry of a list.
#[derive(Clone)]
pub(in crate::incident) enum Entry {
    Step(Box<Draft>),
    Together(Vec<Vec<Entry>>),
}

#[derive(Clone)]
pub(in crate::incident) struct Draft {
    id: &'static str,
    role: &'static str,
    within: Option<Duration>,
    when: Option<Condition>,
    kind: StepKind,
}

pub(in crate::incident) fn step(id: &'static str, kind: StepKind) -> Entry {
    Entry::Step(Box::new(Draft { id, role: "lead", within: None, when: None, kind }))
}

impl Entry {
    fn draft(self, change: impl FnOnce(&mut Draft)) -> Self {
        match self {
            Self::Step(mut draft) => {
                change(&mut draft);
                Self::Step(draft)
            }
            Self::Together(_) => panic!("only a step"),
        }
    }

    pub(in crate::incident) fn role(self, role: &'static str) -> Self {
        self.draft(|draft| draft.role = role)
    }

    pub(in crate::incident) fn within(self, within: Duration) -> Self {
        self.draft(|draft| draft.within = Some(within))
    }

    /// Asks for an approval.
    pub(in crate::incident) fn approve(self, by: &[&str], quorum: u32, within: Option<Duration>) -> Self {
        let by = by.iter().map(RoleId::new).collect();
        let given = Gate { by, quorum, within };
        self.draft(|draft| match &mut draft.kind {
            StepKind::Approval { gate } => *gate = given,
            StepKind::Contain { approve, .. } | StepKind::Action { approve, .. } => *approve = Some(given),
            StepKind::Notice(spec) | StepKind::Updates { notice: spec, .. } => spec.approve = Some(given),
            StepKind::Task { .. }
            | StepKind::Gather { .. }
            | StepKind::Decide { .. }
            | StepKind::Accept { .. }
            | StepKind::Cover { .. }
            | StepKind::Reach { .. }
            | StepKind::Wait(_)
            | StepKind::Retrospective { .. } => panic!("has no approval"),
        })
    }

    pub(in crate::incident) fn run(self, action: &str, with: &[(&str, &str)], retries: u32) -> Self {
        let with = with.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let given = Run { action: action.to_owned(), with, retries };
        self.draft(|draft| {
            if let StepKind::Contain { run, .. } = &mut draft.kind {
                *run = Some(given);
            } else if let StepKind::Action { run, .. } = &mut draft.kind {
                *run = given;
            }
        })
    }

    pub(in crate::incident) fn to(self, audience: &[&str]) -> Self {
        let given = audience.iter().map(AudienceId::new).collect();
        self.draft(|draft| {
            if let StepKind::Notice(spec) | StepKind::Updates { notice: spec, .. } = &mut draft.kind {
                spec.audience = given;
            }
        })
    }
}

pub(in crate::incident) fn task(id: &'static str) -> Entry {
    step(id, StepKind::Task { evidence_required: false })
}

pub(in crate::incident) fn evident(id: &'static str) -> Entry {
    step(id, StepKind::Task { evidence_required: true })
}

pub(in crate::incident) fn gather(id: &'static str, facts: &[&str]) -> Entry {
    step(id, StepKind::Gather { facts: facts.iter().map(FactId::new).collect() })
}

pub(in crate::incident) fn question(id: &'static str, answers: &[&str]) -> Entry {
    step(id, StepKind::Decide { answers: answers.iter().map(|a| (AnswerId::new(a), english(a))).collect() })
}

pub(in crate::incident) fn gate(id: &'static str, by: &str) -> Entry {
    step(id, StepKind::Approval { gate: Gate { by: vec![RoleId::new(by)], quorum: 1, within: None } })
}

/// A containment that is to be lifted.
pub(in crate::incident) fn contain(id: &'static str) -> Entry {
    step(id, StepKind::Contain { approve: None, run: None, lift: Some(english("Open it again")) })
}

pub(in crate::incident) fn action(id: &'static str) -> Entry {
    let run = Run { action: id.to_owned(), with: IndexMap::new(), retries: 0 };
    step(id, StepKind::Action { approve: None, run })
}

pub(in crate::incident) fn accept(id: &'static str, on_fail: Option<&str>) -> Entry {
    step(id, StepKind::Accept { confirm: vec![english("It works")], probe: None, on_fail: on_fail.map(StepId::new) })
}

pub(in crate::incident) fn probed(id: &'static str) -> Entry {
    let probe = Some(ProbeFor { probe: "health".to_owned(), hold: Some(Duration::from_secs(300)) });
    step(id, StepKind::Accept { confirm: Vec::new(), probe, on_fail: None })
}

fn spec(status: Option<Status>) -> NoticeSpec {
    NoticeSpec {
        status,
        audience: vec![AudienceId::new("affected"), AudienceId::new("page")],
        template: "update".to_owned(),
        via: vec![Via::Mail, Via::Webhook, Via::Page],
        approve: None,
    }
}

pub(in crate::incident) fn notice(id: &'static str, status: Status) -> Entry {
    step(id, StepKind::Notice(spec(Some(status)))).role("comms")
}

pub(in crate::incident) fn updates(id: &'static str, until: &str) -> Entry {
    step(id, StepKind::Updates { notice: spec(None), until: StepId::new(until) }).role("comms")
}

pub(in crate::incident) fn cover(id: &'static str) -> Entry {
    step(id, StepKind::Cover { fallbacks: vec![FallbackId::new("phone_desk"), FallbackId::new("mail_desk")] })
}

pub(in crate::incident) fn reach(id: &'static str) -> Entry {
    step(id, StepKind::Reach { audience: vec![AudienceId::new("uncovered")] }).role("support")
}

pub(in crate::incident) fn pause(id: &'static str, span: Duration) -> Entry {
    step(id, StepKind::Wait(WaitFor::Time(span)))
}

pub(in crate::incident) fn awaited(id: &'static str) -> Entry {
    step(id, StepKind::Wait(WaitFor::Signal))
}

pub(in crate::incident) fn review(id: &'static str, follow_ups: &[&str], require: &[Requirement]) -> Entry {
    let follow_ups = follow_ups.iter().map(|text| english(text)).collect();
    step(id, StepKind::Retrospective { template: "six_steps".to_owned(), follow_ups, require: require.to_vec() })
}

pub(in crate::incident) fn together(branches: impl IntoIterator<Item = Vec<Entry>>) -> Entry {
    Entry::Together(branches.into_iter().collect())
}

/// Puts a runbook together; a phase left empty gets a task named after it.
pub(in crate::incident) fn runbook(
    pre: impl Into<Vec<Entry>>,
    mid: impl Into<Vec<Entry>>,
    post: impl Into<Vec<Entry>>,
) -> Runbook {
    let mut building = Building { lists: Vec::new(), steps: IndexMap::new() };
    let phases = [pre.into(), mid.into(), post.into()];
    for phase in Phase::ALL {
        building.lists.push(List { phase, parent: None, branch: None, items: Vec::new() });
    }
    let names = ["before", "during", "after"];
    for (((index, phase), entries), name) in Phase::ALL.into_iter().enumerate().zip(phases).zip(names) {
        let entries = if entries.is_empty() { vec![task(name)] } else { entries };
        building.fill(ListIndex(index), phase, entries);
    }
    let locale = Locale::english();
    let fallback = |id: &str, select: Option<Condition>| {
        (FallbackId::new(id), Fallback { id: FallbackId::new(id), title: english(id), select, capacity: None })
    };
    let mut facts: IndexMap<_, _> = builtin::facts(&locale).into_iter().map(|fact| (fact.id.clone(), fact)).collect();
    prepare(&mut facts);
    Runbook {
        id: RunbookId::new("sample"),
        title: english("Sample"),
        summary: None,
        locales: vec![locale.clone(), Locale::chinese()],
        cause: None,
        components: Vec::new(),
        severities: builtin::severities(&locale),
        roles: builtin::roles(&locale).into_iter().map(|role| (role.id.clone(), role)).collect(),
        facts,
        audiences: builtin::audiences().into_iter().map(|audience| (audience.id.clone(), audience)).collect(),
        fallbacks: [fallback("phone_desk", None), fallback("mail_desk", None)].into_iter().collect(),
        ready: IndexMap::new(),
        steps: building.steps,
        lists: building.lists,
        mentions: Vec::new(),
        hash: "0".repeat(64),
        source: Arc::from("muster: 1\n"),
    }
}

/// Prepared wording for `impact` and `unaffected`, and a fact of the runbook's own.
fn prepare(facts: &mut IndexMap<FactId, Fact>) {
    let mut impact = english("Withdrawals fail");
    impact.set(Locale::chinese(), "出金失败");
    for (id, text) in [("impact", impact), ("unaffected", english("Deposits work"))] {
        facts.get_mut(id).expect("built in").default = Some(FactDefault::Text(text));
    }
    let region = FactId::new("region");
    let choices = [("cn".to_owned(), english("Mainland")), ("hk".to_owned(), english("Hong Kong"))];
    let kind = FactKind::Choice(choices.into_iter().collect());
    let fact = Fact { id: region.clone(), title: english("Region"), kind, default: None, built_in: false };
    facts.insert(region, fact);
}

struct Building {
    lists: Vec<List>,
    steps: IndexMap<StepId, Step>,
}

impl Building {
    fn fill(&mut self, list: ListIndex, phase: Phase, entries: Vec<Entry>) {
        for (position, entry) in entries.into_iter().enumerate() {
            let item = match entry {
                Entry::Step(draft) => self.add(list, position, phase, *draft),
                Entry::Together(branches) => {
                    let mut indices = Vec::new();
                    for (number, branch) in branches.into_iter().enumerate() {
                        let index = ListIndex(self.lists.len());
                        let parent = Some((list, position));
                        self.lists.push(List { phase, parent, branch: Some(format!("b{number}")), items: Vec::new() });
                        self.fill(index, phase, branch);
                        indices.push(index);
                    }
                    Item::Together(indices)
                }
            };
            self.lists[list.0].items.push(item);
        }
    }

    fn add(&mut self, list: ListIndex, position: usize, phase: Phase, draft: Draft) -> Item {
        let id = StepId::new(draft.id);
        let step = Step {
            id: id.clone(),
            phase,
            list,
            position,
            title: english(draft.id),
            detail: None,
            role: RoleId::new(draft.role),
            within: draft.within,
            when: draft.when,
            scope: Scope::Internal,
            kind: draft.kind,
        };
        assert!(self.steps.insert(id.clone(), step).is_none(), "`{id}` twice");
        Item::Step(id)
    }
}
