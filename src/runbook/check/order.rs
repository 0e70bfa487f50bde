//! What joins steps: order, `until`, `on_fail`, conditions, and the time left for the first notice.

use std::time::Duration;

use indexmap::IndexMap;

use super::checker::{Checker, is_id};
use super::steps::{Read, near_step};
use crate::problem::Place;
use crate::runbook::condition::{Found, IncidentScope, Names, Speaks};
use crate::runbook::source::Node;
use crate::runbook::{
    Audience, AudienceId, Condition, Fact, FactId, Item, List, ListIndex, Phase, Severity, Step, StepId, StepKind,
    WaitFor, measure,
};

/// How one step stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Before,
    /// In another branch of the same `together`.
    Beside,
    /// After it, or the same step.
    After,
}

type Steps = IndexMap<StepId, Step>;

/// Checks what joins the steps, and hands them back complete.
pub(super) fn check<'s>(
    checker: &mut Checker<'s>,
    read: Read<'_, 's>,
    severities: &[Severity],
    facts: &IndexMap<FactId, Fact>,
    audiences: &IndexMap<AudienceId, Audience>,
) -> (Steps, Vec<List>) {
    let Read { mut steps, lists, places, when, until, on_fail } = read;
    for (id, node) in until {
        if let Some(target) = check_until(checker, &steps, &lists, &id, node)
            && let Some(StepKind::Updates { until, .. }) = steps.get_mut(&id).map(|step| &mut step.kind)
        {
            *until = target;
        }
    }
    let messages = if on_fail.is_empty() { Vec::new() } else { messages(&steps, &lists) };
    for (id, node) in on_fail {
        if let Some(target) = check_on_fail(checker, &steps, &messages, &id, node)
            && let Some(StepKind::Accept { on_fail, .. }) = steps.get_mut(&id).map(|step| &mut step.kind)
        {
            *on_fail = Some(target);
        }
    }
    let levels: Vec<_> = severities.iter().map(|severity| severity.id.as_str().to_owned()).collect();
    for (id, node) in when {
        let condition = check_when(checker, &steps, &lists, (&levels, facts), &id, node);
        if let Some(step) = steps.get_mut(&id) {
            step.when = condition;
        }
    }
    updates_after_the_end(checker, &steps, &places);
    first_notice(checker, (&steps, &lists, &places), severities, audiences);
    (steps, lists)
}

/// The lists a step stands in, outermost first, with its position in each.
fn chain(step: &Step, lists: &[List]) -> Vec<(ListIndex, usize)> {
    let mut chain = vec![(step.list, step.position)];
    while let Some((list, position)) = chain.last().and_then(|(list, _)| lists[list.0].parent) {
        chain.push((list, position));
    }
    chain.reverse();
    chain
}

/// How `one` stands to `other`.
fn order(one: &Step, other: &Step, lists: &[List]) -> Order {
    let before = |earlier: bool| if earlier { Order::Before } else { Order::After };
    for ((list, position), (other_list, other_position)) in chain(one, lists).into_iter().zip(chain(other, lists)) {
        if list != other_list {
            let phases = (lists[list.0].phase, lists[other_list.0].phase);
            return if phases.0 == phases.1 { Order::Beside } else { before(phases.0 < phases.1) };
        }
        if position != other_position {
            return before(position < other_position);
        }
    }
    Order::After
}

/// The step a node refers to.
fn target<'t>(checker: &mut Checker<'_>, steps: &'t Steps, node: &Node<'_>) -> Option<&'t Step> {
    let id = node.scalar().map(|scalar| scalar.text.as_ref().to_owned()).filter(|id| is_id(id));
    let Some(id) = id else {
        let message = format!("the id of a step is expected, and this is {}", node.what());
        checker.error("unknown_step", node.place, message, None);
        return None;
    };
    let found = steps.get(id.as_str());
    if found.is_none() {
        let help = near_step(&checker.suggestions, &id, steps).map(|near| format!("did you mean `{near}`?"));
        checker.error("unknown_step", node.place, format!("there is no step `{id}`"), help);
    }
    found
}

fn check_until(
    checker: &mut Checker<'_>,
    steps: &Steps,
    lists: &[List],
    id: &StepId,
    node: &Node<'_>,
) -> Option<StepId> {
    let updates = steps.get(id)?;
    let target = target(checker, steps, node)?;
    let (message, help) = if target.id == *id {
        (format!("`{id}` cannot wait for itself"), "name the step that ends the updates, such as the acceptance")
    } else if matches!(target.kind, StepKind::Updates { .. }) {
        (format!("`{}` ends nothing: it runs in the background itself", target.id), "name a step that somebody ends")
    } else if order(target, updates, lists) == Order::Before {
        (format!("`{}` has ended before these updates begin", target.id), "name a step that comes later")
    } else if target.phase == Phase::Post {
        (format!("updates end with `mid`, before `{}` opens", target.id), "name a step of `pre` or `mid`")
    } else {
        return Some(target.id.clone());
    };
    checker.error("bad_until", node.place, message, Some(help.to_owned()));
    None
}

fn check_on_fail(
    checker: &mut Checker<'_>,
    steps: &Steps,
    messages: &[Vec<(usize, StepId)>],
    id: &StepId,
    node: &Node<'_>,
) -> Option<StepId> {
    let accept = steps.get(id)?;
    let target = target(checker, steps, node)?;
    if target.list != accept.list || target.position >= accept.position {
        let message = format!("`{}` is not an earlier step of this list", target.id);
        let help = Some("a failed acceptance starts over from a step before it in the same list".to_owned());
        checker.error("bad_on_fail", node.place, message, help);
        return None;
    }
    let messages = &messages[accept.list.0];
    let next = messages.partition_point(|(position, _)| *position < target.position);
    let cannot_repeat = messages.get(next).filter(|(position, _)| *position < accept.position).map(|(_, id)| id);
    if let Some(step) = cannot_repeat {
        let message = format!("`{step}` lies between `{}` and this acceptance, and cannot be done over", target.id);
        let help = Some("start over from a later step, or move the message elsewhere".to_owned());
        checker.error("bad_on_fail", node.place, message, help);
        return None;
    }
    Some(target.id.clone())
}

/// For each list, where what cannot be done over stands: the position, and the first such step in it.
fn messages(steps: &Steps, lists: &[List]) -> Vec<Vec<(usize, StepId)>> {
    let is_message = |id: &StepId| {
        let kind = steps.get(id).map(|step| &step.kind);
        matches!(kind, Some(StepKind::Notice(_) | StepKind::Updates { .. } | StepKind::Retrospective { .. }))
    };
    let mut found: Vec<Vec<(usize, StepId)>> = vec![Vec::new(); lists.len()];
    // A branch comes after the list it stands in, so that going backwards its own are known.
    for (index, list) in lists.iter().enumerate().rev() {
        let first = |item: &Item| match item {
            Item::Step(id) => is_message(id).then(|| id.clone()),
            Item::Together(branches) => branches.iter().find_map(|branch| Some(found[branch.0].first()?.1.clone())),
        };
        let own = list.items.iter().enumerate().filter_map(|(position, item)| Some((position, first(item)?)));
        found[index] = own.collect();
    }
    found
}

fn check_when<'s>(
    checker: &mut Checker<'s>,
    steps: &Steps,
    lists: &[List],
    (severities, facts): (&[String], &IndexMap<FactId, Fact>),
    id: &StepId,
    node: &Node<'s>,
) -> Option<Condition> {
    let from = steps.get(id)?;
    let step = |wanted: &str| match steps.get(wanted) {
        None => Found::Unknown,
        Some(step) => match order(step, from, lists) {
            Order::Before => Found::Before(&step.kind),
            Order::Beside => Found::Beside,
            Order::After => Found::Later,
        },
    };
    let left = checker.suggestions.clone();
    let near = |wrong: &str| near_step(&left, wrong, steps);
    checker.condition(node, &Speaks::Incident(Names { severities, facts, step: &step, near: &near }))
}

fn updates_after_the_end(checker: &mut Checker<'_>, steps: &Steps, places: &[Place]) {
    for (step, place) in steps.values().zip(places) {
        if step.phase == Phase::Post && matches!(step.kind, StepKind::Updates { .. }) {
            let message = format!("the updates `{}` would end at once: updates end with `mid`", step.id);
            checker.error("bad_until", *place, message, Some("move them to `pre` or `mid`".to_owned()));
        }
    }
}

/// Reports the deadlines ahead of the first notice to customers that leave it no time.
fn first_notice(
    checker: &mut Checker<'_>,
    (steps, lists, places): (&Steps, &[List], &[Place]),
    severities: &[Severity],
    audiences: &IndexMap<AudienceId, Audience>,
) {
    let to_customers = |step: &&Step| {
        let audience = step.kind.notice().map(|notice| notice.audience.as_slice()).unwrap_or_default();
        audience.iter().any(|id| audiences.get(id).is_some_and(|audience| !audience.is_staff_only()))
    };
    let Some(first) = steps.values().find(to_customers).filter(|step| step.within.is_none()) else { return };
    let place = steps.get_index_of(&first.id).and_then(|index| places.get(index)).copied().unwrap_or_default();
    for (index, severity) in severities.iter().enumerate() {
        let scope = IncidentScope {
            severity: severity.id.as_str().to_owned(),
            rank: i64::try_from(index + 1).unwrap_or(i64::MAX),
            phase: Phase::Pre.as_str().to_owned(),
            ..IncidentScope::default()
        };
        let applies = |step: &Step| step.when.as_ref().is_none_or(|when| when.holds(&scope).unwrap_or(false));
        if !applies(first) {
            continue;
        }
        let ahead = Ahead { steps, lists, applies: &applies };
        let (taken, longest) = ahead.of(first);
        if taken >= severity.first_notice && !taken.is_zero() {
            let message = format!(
                "the deadlines ahead of `{}` take {}, and {} promises the first notice within {}",
                first.id,
                measure::written(taken),
                severity.id,
                measure::written(severity.first_notice)
            );
            let help = longest.map_or_else(
                || "move the notice up".to_owned(),
                |(id, span)| format!("shorten `{id}` ({}), or move the notice up", measure::written(span)),
            );
            checker.warning("no_time_for_first_notice", place, message, help);
        }
    }
}

/// Adds up the deadlines ahead of a step.
struct Ahead<'a> {
    steps: &'a Steps,
    lists: &'a [List],
    applies: &'a dyn Fn(&Step) -> bool,
}

type Longest<'a> = Option<(&'a StepId, Duration)>;

impl<'a> Ahead<'a> {
    /// How long all that must end before a step may take, and the longest part of it.
    fn of(&self, step: &Step) -> (Duration, Longest<'a>) {
        let mut sum = (Duration::ZERO, None);
        for phase in Phase::ALL.into_iter().take_while(|phase| *phase < step.phase) {
            sum = add(sum, self.items(&self.lists[phase as usize].items));
        }
        for (list, position) in chain(step, self.lists) {
            let items = &self.lists[list.0].items;
            sum = add(sum, self.items(&items[..position.min(items.len())]));
        }
        sum
    }

    fn items(&self, items: &'a [Item]) -> (Duration, Longest<'a>) {
        items.iter().map(|item| self.item(item)).fold((Duration::ZERO, None), add)
    }

    fn item(&self, item: &'a Item) -> (Duration, Longest<'a>) {
        match item {
            Item::Together(branches) => {
                let spans = branches.iter().map(|branch| self.items(&self.lists[branch.0].items));
                spans.max_by_key(|(span, _)| *span).unwrap_or_default()
            }
            Item::Step(id) => {
                let Some(step) = self.steps.get(id).filter(|step| (self.applies)(step)) else {
                    return Default::default();
                };
                let span = match &step.kind {
                    StepKind::Updates { .. } => Duration::ZERO,
                    StepKind::Wait(WaitFor::Time(span)) => *span,
                    _ => step.within.unwrap_or_default(),
                };
                (span, Some((id, span)))
            }
        }
    }
}

fn add<'a>(one: (Duration, Longest<'a>), other: (Duration, Longest<'a>)) -> (Duration, Longest<'a>) {
    let longest = [one.1, other.1].into_iter().flatten().max_by_key(|(_, span)| *span);
    (one.0.saturating_add(other.0), longest)
}
