//! What may hold beyond one case: earlier incidents that are alike, and changes to the runbook as a diff.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use similar::TextDiff;

use crate::clock::{Timestamp, between};
use crate::incident::event::{Event, Recorded};
use crate::incident::{Incident, Outcome};
use crate::retrospective::names::Roles;
use crate::retrospective::words::{Words, say};
use crate::retrospective::{EarlierIncident, Sources};
use crate::runbook::{Runbook, StepId};

/// Why a step may deserve a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lesson {
    Late { took: Duration },
    Skipped { reason: String },
    Early { reason: String },
}

/// A step whose run differed from the runbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Differed {
    pub(super) step: StepId,
    pub(super) lesson: Lesson,
    pub(super) seq: u64,
}

/// Steps that ran late, were skipped or done early, in the order it happened; each once.
pub(super) fn differed(events: &[Recorded]) -> Vec<Differed> {
    let mut opened: HashMap<&StepId, Timestamp> = HashMap::new();
    let mut late: HashMap<&StepId, u64> = HashMap::new();
    let mut found: Vec<Differed> = Vec::new();
    let mut told = HashSet::new();
    let mut add = |step: &StepId, lesson: Lesson, seq: u64| {
        if told.insert((step.clone(), std::mem::discriminant(&lesson))) {
            found.push(Differed { step: step.clone(), lesson, seq });
        }
    };
    for recorded in events {
        match &recorded.event {
            Event::StepOpened { step, .. } => drop(opened.insert(step, recorded.at)),
            Event::DeadlineMissed { step, .. } => drop(late.insert(step, recorded.seq)),
            Event::StepTakenEarly { step, reason, .. } => {
                add(step, Lesson::Early { reason: reason.clone() }, recorded.seq);
            }
            Event::StepEnded { step, outcome: Outcome::Skipped, reason, .. } => {
                add(step, Lesson::Skipped { reason: reason.clone().unwrap_or_default() }, recorded.seq);
            }
            Event::StepEnded { step, .. } => {
                if let (Some(seq), Some(from)) = (late.remove(step), opened.get(step)) {
                    add(step, Lesson::Late { took: between(*from, recorded.at) }, seq);
                }
            }
            _ => {}
        }
    }
    found
}

/// The runbook with those lessons written in, as a unified diff; none where there is nothing to propose.
pub(super) fn diff(
    runbook: &Runbook,
    incident: &Incident,
    differed: &[Differed],
    roles: &Roles,
    words: &Words,
) -> Option<String> {
    let mut lines: Vec<String> = runbook.source.lines().map(str::to_owned).collect();
    for differed in differed {
        propose(&mut lines, differed, incident, roles, words);
    }
    let mut proposed = lines.join("\n");
    if runbook.source.ends_with('\n') {
        proposed.push('\n');
    }
    let name = format!("{}.yaml", runbook.id);
    let diff = TextDiff::from_lines(runbook.source.as_ref(), proposed.as_str());
    let text = diff.unified_diff().context_radius(1).header(&name, &name).to_string();
    (!text.trim().is_empty()).then_some(text)
}

fn propose(lines: &mut Vec<String>, differed: &Differed, incident: &Incident, roles: &Roles, words: &Words) {
    let Some(at) = lines.iter().position(|line| begins(line, differed.step.as_str())) else { return };
    let indent = " ".repeat(lines[at].len() - lines[at].trim_start().len());
    let number = incident.number;
    let comment = match &differed.lesson {
        Lesson::Late { took } => {
            let took = words.duration(*took);
            say!(
                words,
                "{number}：用了 {took}，给足时间，还是少一道等待？",
                "{number}: took {took}; allow for it, or find what it waited for?"
            )
        }
        Lesson::Skipped { reason } => {
            let reason = one_line(&roles.replace(reason));
            say!(
                words,
                "{number}：跳过（{reason}），是否该写明 when？",
                "{number}: skipped ({reason}); does it need a when?"
            )
        }
        Lesson::Early { reason } => {
            let reason = one_line(&roles.replace(reason));
            say!(
                words,
                "{number}：提前做了（{reason}），是否该往前移？",
                "{number}: done early ({reason}); should it stand further up?"
            )
        }
    };
    if let Lesson::Late { took } = &differed.lesson {
        let body = lines.iter().enumerate().skip(at + 1);
        let own = body.take_while(|(_, line)| line.trim().is_empty() || leading(line) > indent.len());
        let within = own.filter(|(_, line)| line.trim_start().starts_with("within:")).map(|(index, _)| index).next();
        if let Some(index) = within {
            let inset = " ".repeat(leading(&lines[index]));
            lines[index] = format!("{inset}within: {}", rounded(*took));
        }
    }
    lines.insert(at, format!("{indent}# {comment}"));
}

fn leading(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line begins the step: `- task: investigate`.
fn begins(line: &str, step: &str) -> bool {
    let Some((kind, id)) = line.trim_start().strip_prefix("- ").and_then(|line| line.split_once(':')) else {
        return false;
    };
    let id = id.split('#').next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    id == step && kind.bytes().all(|b| b.is_ascii_lowercase())
}

fn one_line(text: &str) -> String {
    let short: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match short.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &short[..at]),
        None => short,
    }
}

/// A span as a runbook would write it, rounded up so that the same run would have been in time.
fn rounded(took: Duration) -> String {
    let minutes = took.as_secs().div_ceil(60).max(1);
    match minutes {
        ..=15 => format!("{minutes}m"),
        16..=120 => format!("{}m", minutes.div_ceil(5) * 5),
        _ => format!("{}h", minutes.div_ceil(60)),
    }
}

/// What an earlier incident has in common with this one.
pub(super) fn shared(sources: &Sources<'_>, earlier: &EarlierIncident, factors: &[&str], words: &Words) -> Vec<String> {
    let mut shared = Vec::new();
    if let (Some(cause), true) =
        (sources.incident.cause, earlier.cause.is_some() && earlier.cause == sources.incident.cause)
    {
        let cause = words.cause(cause);
        shared.push(say!(words, "同属{cause}原因", "the same class of cause, {cause}"));
    }
    let components = earlier.components.iter().filter(|component| sources.runbook.components.contains(component));
    let components = words.list(components);
    if !components.is_empty() {
        shared.push(say!(words, "同一组件：{components}", "the same component: {components}"));
    }
    let same = |factor: &&String| factors.iter().any(|mine| normal(mine) == normal(factor));
    for factor in earlier.factors.iter().filter(same) {
        shared.push(say!(words, "同一促成因素再次出现：{factor}", "the same factor came back: {factor}"));
    }
    shared
}

fn normal(factor: &str) -> String {
    factor.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
