//! Which form a step needs to be worked, and what stands in it.

use serde::Serialize;

use super::fields::{self, FactFields, Prepared};
use super::sight::Sight;
use crate::app::view::{FallbackLine, Moment};
use crate::incident::due;
use crate::incident::review::{self, Unmet};
use crate::incident::state::{NoticeState, RunState, Stage};
use crate::locale::Text;
use crate::retrospective::Words;
use crate::runbook::{AnswerId, FallbackId, Gate, ProbeFor, Run, Step, StepId, StepKind, WaitFor};

/// A step's own part of its card; each has a template of its name.
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub(crate) enum Work {
    Task {
        evidence_required: bool,
    },
    Gather {
        fields: FactFields,
    },
    Decide {
        answers: Vec<Answer>,
    },
    /// An approval asked for by the runbook itself: its form is the approval's.
    Gate,
    Measure(Measure),
    Accept {
        confirm: Vec<String>,
        probe: Option<Probe>,
        back_to: Option<String>,
    },
    Notice(Notice),
    Updates {
        notice: Notice,
        until: String,
        missed: u32,
    },
    Cover {
        fallbacks: Vec<Fallback>,
        decided: bool,
        reaches: Vec<Link>,
    },
    Reach,
    Wait {
        until: Option<Moment>,
    },
    Signal,
    Retrospective {
        unmet: Vec<&'static str>,
    },
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Answer {
    id: String,
    title: String,
}

/// A containment or a system operation.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Measure {
    /// Whose approval is to be asked for before anything else.
    ask: Option<String>,
    approved: bool,
    /// The operation that it runs; none where people carry it out.
    action: Option<String>,
    under_way: bool,
    failed: bool,
    retries_left: Option<u32>,
    /// Whether people may say that it worked, and whether that it failed.
    may_work: bool,
    may_fail: bool,
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Probe {
    /// None before its first answer.
    passed: Option<bool>,
    since: Option<Moment>,
    hold: Option<String>,
}

/// How far a notice has come.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Notice {
    pub(crate) stage: &'static str,
    /// The key of what its link says.
    link: &'static str,
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Fallback {
    id: String,
    title: String,
    on: bool,
    decided: bool,
    /// Whether whom it covers is imported rather than selected.
    imports: bool,
    #[serde(flatten)]
    count: Count,
}

/// Whom a fallback serves, where that is known.
#[derive(Debug, Default, PartialEq, Serialize)]
struct Count {
    reach: Option<u64>,
    adds: Option<u64>,
    capacity: Option<String>,
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) title: String,
}

impl Work {
    pub(crate) fn of(sight: &Sight<'_>, step: &Step) -> Self {
        match &step.kind {
            StepKind::Task { evidence_required } => Self::Task { evidence_required: *evidence_required },
            StepKind::Gather { facts } => {
                let known = facts.iter().filter_map(|id| sight.runbook().facts.get(id));
                Self::Gather { fields: fields::fields(sight, known, |_| Prepared::Confirmed) }
            }
            StepKind::Decide { answers } => {
                Self::Decide { answers: answers.iter().map(|a| answer(sight, a)).collect() }
            }
            StepKind::Approval { .. } => Self::Gate,
            StepKind::Contain { approve, run, .. } => {
                Self::Measure(measure(sight, step, approve.as_ref(), run.as_ref()))
            }
            StepKind::Action { approve, run } => Self::Measure(measure(sight, step, approve.as_ref(), Some(run))),
            StepKind::Accept { confirm, probe, on_fail } => Self::Accept {
                confirm: confirm.iter().map(|text| text.get(sight.locale).to_owned()).collect(),
                probe: probe.as_ref().map(|probe| self::probe(sight, step, probe)),
                back_to: on_fail.as_ref().map(|step| sight.step_title(step)),
            },
            StepKind::Notice(_) => Self::Notice(notice(sight, &step.id)),
            StepKind::Updates { until, .. } => Self::Updates {
                notice: notice(sight, &step.id),
                until: sight.step_title(until),
                missed: sight.incident().updates.get(&step.id).map_or(0, |updates| updates.missed),
            },
            StepKind::Cover { fallbacks } => cover(sight, fallbacks),
            StepKind::Reach { .. } => Self::Reach,
            StepKind::Wait(WaitFor::Time(_)) => {
                Self::Wait { until: due::wait_ends(sight.incident(), step).map(Into::into) }
            }
            StepKind::Wait(WaitFor::Signal) => Self::Signal,
            StepKind::Retrospective { require, .. } => {
                let unmet = review::unmet(sight.incident(), require);
                Self::Retrospective { unmet: unmet.iter().map(lacks).collect() }
            }
        }
    }

    /// The template that shows it.
    pub(crate) fn template(&self) -> &'static str {
        match self {
            Self::Task { .. } => "_step_task",
            Self::Gather { .. } => "_step_gather",
            Self::Decide { .. } => "_step_decide",
            Self::Gate => "_step_gate",
            Self::Measure(_) => "_step_measure",
            Self::Accept { .. } => "_step_accept",
            Self::Notice(_) => "_step_notice",
            Self::Updates { .. } => "_step_updates",
            Self::Cover { .. } => "_step_cover",
            Self::Reach => "_step_reach",
            Self::Wait { .. } => "_step_wait",
            Self::Signal => "_step_signal",
            Self::Retrospective { .. } => "_step_retrospective",
        }
    }
}

fn answer(sight: &Sight<'_>, (id, title): (&AnswerId, &Text)) -> Answer {
    Answer { id: id.to_string(), title: title.get(sight.locale).to_owned() }
}

fn measure(sight: &Sight<'_>, step: &Step, gate: Option<&Gate>, run: Option<&Run>) -> Measure {
    let state = sight.incident().step(&step.id);
    let approved = state.and_then(|state| state.approval.as_ref()).is_some_and(|approval| approval.complete);
    let asked = sight.pending.iter().any(|pending| pending.step == step.id);
    let allowed = gate.is_none() || approved;
    let ran = state.and_then(|state| state.run.as_ref());
    let under_way = ran.is_some_and(RunState::is_under_way);
    let by_hand = matches!(step.kind, StepKind::Contain { .. });
    Measure {
        ask: gate.filter(|_| !approved && !asked).map(|gate| sight.roles(&gate.by)),
        approved: gate.is_some() && approved,
        action: run.map(|run| run.action.clone()),
        under_way,
        failed: matches!(ran, Some(RunState::Failed { .. })),
        retries_left: state.and_then(|state| state.retries_left),
        may_work: allowed && by_hand && !under_way,
        may_fail: !under_way && (allowed || ran.is_some()),
    }
}

fn probe(sight: &Sight<'_>, step: &Step, asked: &ProbeFor) -> Probe {
    let answered = sight.incident().step(&step.id).and_then(|state| state.probe);
    let words = Words { locale: sight.locale.clone(), timezone: sight.incident().timezone, day: None };
    Probe {
        passed: answered.map(|probe| probe.passed),
        since: answered.map(|probe| probe.since.into()),
        hold: asked.hold.map(|span| words.duration(span)),
    }
}

/// How far the newest notice of a step has come.
pub(crate) fn notice(sight: &Sight<'_>, step: &StepId) -> Notice {
    let Some(newest) = sight.incident().newest_notice(step) else {
        return Notice { stage: "none", link: "write" };
    };
    Notice { stage: stage(newest), link: link(newest.stage) }
}

fn stage(notice: &NoticeState) -> &'static str {
    match notice.stage {
        Stage::Draft => "draft",
        Stage::Approved => "approved",
        Stage::Voided => "voided",
        Stage::Cancelled => "cancelled",
        Stage::Queued => "queued",
        Stage::Settled => "settled",
    }
}

fn link(stage: Stage) -> &'static str {
    match stage {
        Stage::Draft => "read",
        Stage::Approved => "send",
        Stage::Voided | Stage::Cancelled => "write",
        Stage::Queued | Stage::Settled => "show",
    }
}

fn cover(sight: &Sight<'_>, fallbacks: &[FallbackId]) -> Work {
    let fallbacks: Vec<Fallback> = fallbacks.iter().filter_map(|id| fallback(sight, id)).collect();
    let decided = fallbacks.iter().all(|fallback| fallback.decided);
    Work::Cover { fallbacks, decided, reaches: reaches(sight) }
}

fn fallback(sight: &Sight<'_>, id: &FallbackId) -> Option<Fallback> {
    let known = sight.runbook().fallbacks.get(id)?;
    let state = sight.incident().fallbacks.get(id);
    let counted = sight.coverage.and_then(|coverage| coverage.fallbacks.iter().find(|line| line.id == id.as_str()));
    let count =
        |line: &FallbackLine| Count { reach: Some(line.reach), adds: Some(line.adds), capacity: line.capacity.clone() };
    Some(Fallback {
        id: id.to_string(),
        title: known.title.get(sight.locale).to_owned(),
        on: state.is_some_and(|state| state.on),
        decided: state.is_some_and(|state| state.decided),
        imports: known.select.is_none(),
        count: counted.map(count).unwrap_or_default(),
    })
}

/// The lists of those whom nothing reaches.
pub(crate) fn reaches(sight: &Sight<'_>) -> Vec<Link> {
    let steps = sight.runbook().steps.values().filter(|step| matches!(step.kind, StepKind::Reach { .. }));
    steps.map(|step| Link { id: step.id.to_string(), title: step.title.get(sight.locale).to_owned() }).collect()
}

fn lacks(unmet: &Unmet) -> &'static str {
    match unmet {
        Unmet::Factors(_) => "factors",
        Unmet::FollowUps(_) => "follow_ups",
        Unmet::Sections(_) => "sections",
    }
}
