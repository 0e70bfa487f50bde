//! The timeline: one calm row for what happened, in the order it happened, gaps shown as gaps.

mod fold;
pub mod gaps;
mod tell;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use indexmap::IndexMap;
use serde::Serialize;

use super::names::Roles;
use super::words::{Words, say};
use crate::clock::Timestamp;
use crate::incident::event::{Event, FactValue, Recorded};
use crate::runbook::{Phase, Runbook, StepId};
use fold::Fold;
use tell::{Teller, Told};

/// Facts told within this many seconds of each other are told together.
const TOGETHER: i64 = 90;
/// Fallbacks switched, and facts settled, within this many seconds are told together.
const IN_ONE_GO: i64 = 30 * 60;

/// The group of facts, and of the step that asked for them.
const FACTS: &str = "facts";

/// What sort of thing a row tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The impact, and the incident's own beginnings and ends.
    Milestone,
    Step,
    Fact,
    Decision,
    Measure,
    Approval,
    Notice,
    Note,
    Deviation,
    /// A deadline or an update that passed its moment.
    Late,
    /// Nothing was recorded for long.
    Gap,
}

/// A correction: what a row said before, and why it says something else now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// The correcting event.
    pub seq: u64,
    pub original: String,
    pub reason: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The events it rests on; several where like ones are told together, none for a gap.
    pub seqs: Vec<u64>,
    /// When it happened; notes may be placed before they were written.
    pub occurred_at: Timestamp,
    /// When it was recorded.
    pub at: Timestamp,
    pub phase: Phase,
    /// The role's title; never a person.
    pub role: Option<String>,
    pub step: Option<StepId>,
    pub what: String,
    pub evidence: Option<String>,
    pub kind: Kind,
    /// Whether it is the team's own, left out of the public edition.
    pub internal: bool,
    pub correction: Option<Correction>,
    /// More of it, in brackets, for the team alone.
    pub aside: Option<String>,
    #[serde(skip)]
    switched: Vec<(String, bool)>,
    #[serde(skip)]
    group: Option<String>,
}

/// Tells an incident's events as rows, in the order things happened.
pub fn rows(runbook: &Runbook, events: &[Recorded], roles: &Roles, words: &Words) -> Vec<Row> {
    let notices = events.iter().filter_map(|recorded| match &recorded.event {
        Event::NoticeDrafted(draft) => Some((draft.id, &**draft)),
        _ => None,
    });
    let teller = Teller { runbook, roles, words, notices: notices.collect() };
    let mut rows: Vec<Row> = Vec::new();
    let mut at_seq: HashMap<u64, usize> = HashMap::new();
    let mut phase = Phase::Pre;
    for recorded in events {
        if let Event::PhaseEntered { phase: entered } = recorded.event {
            phase = entered;
        }
        if let Event::EventCorrected { seq, text, reason } = &recorded.event {
            correct(&mut rows, at_seq.get(seq).copied(), recorded, (text, reason), roles);
            continue;
        }
        let told = impact(recorded, words).or_else(|| teller.tell(recorded).map(|told| (recorded.at, told)));
        let Some((occurred_at, told)) = told else { continue };
        let row = row(recorded, occurred_at, phase, told, roles);
        let index = place(&mut rows, row, words);
        at_seq.insert(recorded.seq, index);
    }
    let mut rows = Fold::new(&teller, rows, at_seq).folded(events);
    first_sent(&mut rows, events, &teller);
    rows.sort_by_key(|row| row.occurred_at);
    rows
}

fn row(recorded: &Recorded, occurred_at: Timestamp, phase: Phase, told: Told, roles: &Roles) -> Row {
    let occurred_at = match &recorded.event {
        Event::NoteAdded { occurred_at: Some(moment), .. } => *moment,
        _ => occurred_at,
    };
    Row {
        seqs: vec![recorded.seq],
        occurred_at,
        at: recorded.at,
        phase,
        role: roles.actor(recorded),
        step: told.step,
        what: told.what,
        evidence: told.evidence,
        kind: told.kind,
        internal: told.internal,
        correction: None,
        aside: None,
        switched: told.switched.into_iter().collect(),
        group: told.group,
    }
}

/// Adds a row, or joins it to the one before where both tell the same thing.
fn place(rows: &mut Vec<Row>, row: Row, words: &Words) -> usize {
    if let Some(last) = rows.last_mut()
        && row.group.is_some()
        && last.group == row.group
        && last.role == row.role
        && (row.at - last.at).num_seconds() <= together(&row)
        && (last.kind == Kind::Fact || row.group.as_deref() != Some(FACTS))
    {
        if row.kind == Kind::Fact {
            last.what = format!("{}{}{}", last.what, words.pick("；", "; "), row.what);
            last.at = row.at;
        }
        if !row.switched.is_empty() {
            last.switched.extend(row.switched);
            last.at = row.at;
            last.what = fallbacks(last, words);
        }
        last.seqs.extend(row.seqs);
        return rows.len() - 1;
    }
    rows.push(row);
    rows.len() - 1
}

/// How long after the row before it a row may still be told with it, in seconds.
fn together(row: &Row) -> i64 {
    match row.kind {
        Kind::Fact => TOGETHER,
        _ if row.group.as_deref() == Some(FACTS) || !row.switched.is_empty() => IN_ONE_GO,
        _ => i64::MAX,
    }
}

/// Fallbacks put in and out of use one after the other, in one sentence; each as it ended up.
fn fallbacks(row: &Row, words: &Words) -> String {
    let mut state: IndexMap<&str, bool> = IndexMap::new();
    for (fallback, on) in &row.switched {
        state.insert(fallback, *on);
    }
    let named =
        |wanted: bool| words.list(state.iter().filter(|(_, on)| **on == wanted).map(|(name, _)| format!("“{name}”")));
    let (used, unused, until) = (named(true), named(false), words.time(row.at));
    let mut said = Vec::new();
    if !used.is_empty() {
        said.push(say!(words, "启用替代办法：{used}", "Fallbacks in use: {used}"));
    }
    if !unused.is_empty() {
        said.push(say!(words, "停用：{unused}", "not in use: {unused}"));
    }
    let said = said.join(words.pick("；", "; "));
    if words.time(row.occurred_at) == until {
        said
    } else {
        say!(words, "{said}（到 {until}）", "{said} (until {until})")
    }
}

/// Puts the corrected wording into the row it corrects, and keeps what stood there.
fn correct(rows: &mut [Row], index: Option<usize>, by: &Recorded, said: (&str, &str), roles: &Roles) {
    let (text, reason) = (roles.replace(said.0), roles.replace(said.1));
    if let Some(row) = index.and_then(|index| rows.get_mut(index)) {
        let original = match row.correction.take() {
            Some(earlier) => earlier.original,
            None => std::mem::take(&mut row.what),
        };
        row.what = text;
        row.correction = Some(Correction { seq: by.seq, original, reason });
    }
}

/// When the impact began and ended, as stated: placed where it happened, not where it was said.
fn impact(recorded: &Recorded, words: &Words) -> Option<(Timestamp, Told)> {
    let Event::FactStated { fact, value: FactValue::Datetime(moment), .. } = &recorded.event else { return None };
    let what = match fact.as_str() {
        "started_at" => words.pick("影响开始", "The impact began"),
        "ended_at" => words.pick("影响结束", "The impact ended"),
        _ => return None,
    };
    Some((*moment, Told::milestone(what.to_owned())))
}

/// Tells the moment the first notice to customers really left.
fn first_sent(rows: &mut Vec<Row>, events: &[Recorded], teller: &Teller<'_>) {
    let first = events.iter().find_map(|recorded| match &recorded.event {
        Event::NoticeFirstSent { notice, step, sent_at } => {
            let to_customers = teller.notices.get(notice).is_some_and(|draft| draft.to_customers);
            to_customers.then_some((recorded, step, *sent_at))
        }
        _ => None,
    });
    let Some((recorded, step, sent_at)) = first else { return };
    if rows.iter().any(|row| row.seqs.contains(&recorded.seq)) {
        return;
    }
    let words = teller.words;
    let what = words.pick("第一封通知送出", "The first notice left").to_owned();
    let phase = rows.iter().rev().find(|row| row.at <= recorded.at).map_or(Phase::Pre, |row| row.phase);
    let mut told = Told::milestone(what);
    told.step = Some(step.clone());
    rows.push(row(recorded, sent_at, phase, told, teller.roles));
}

/// Rows a person can read in one sitting: where there are too many, runs of everyday ones become one.
pub fn condensed(rows: Vec<Row>, most: usize, words: &Words) -> Vec<Row> {
    if rows.len() <= most {
        return rows;
    }
    let keep = most / 2;
    let weighty = rows.iter().filter(|row| row.weighs()).count();
    // With too many weighty rows, every n-th of them stays.
    let every = weighty.div_ceil(keep.max(1)).max(1);
    let mut condensed: Vec<Row> = Vec::with_capacity(most);
    let (mut nth, mut run): (usize, Vec<Row>) = (0, Vec::new());
    for row in rows {
        let milestone = row.kind == Kind::Milestone && !row.internal;
        nth += usize::from(row.weighs());
        if milestone || (row.weighs() && nth.is_multiple_of(every)) {
            condensed.extend(counted(std::mem::take(&mut run), words));
            condensed.push(row);
        } else {
            run.push(row);
        }
    }
    condensed.extend(counted(run, words));
    condensed
}

impl Row {
    fn weighs(&self) -> bool {
        match self.kind {
            Kind::Milestone
            | Kind::Decision
            | Kind::Measure
            | Kind::Notice
            | Kind::Deviation
            | Kind::Late
            | Kind::Gap => true,
            Kind::Step | Kind::Fact | Kind::Approval | Kind::Note => false,
        }
    }
}

/// A run of rows as one that counts them; short runs stay as they are.
fn counted(run: Vec<Row>, words: &Words) -> Vec<Row> {
    if run.len() < 3 {
        return run;
    }
    let notes = run.iter().filter(|row| row.kind == Kind::Note).count();
    let (count, others) = (run.len(), run.len() - notes);
    let until = run.last().map(|row| words.time(row.occurred_at)).unwrap_or_default();
    let what = match (notes, others) {
        (0, _) => say!(words, "到 {until} 为止另有 {count} 件事", "{count} more entries until {until}"),
        (_, 0) => say!(words, "到 {until} 为止另有 {count} 条记录", "{count} more notes until {until}"),
        _ => say!(
            words,
            "到 {until} 为止另有 {count} 件事，其中记录 {notes} 条",
            "{count} more entries until {until}, {notes} of them notes"
        ),
    };
    let internal = run.iter().all(|row| row.internal);
    let last_seq = run.iter().rev().find_map(|row| row.seqs.last().copied());
    let Some(first) = run.into_iter().next() else { return Vec::new() };
    let seqs = first.seqs.first().copied().into_iter().chain(last_seq).collect();
    vec![Row {
        seqs,
        what,
        internal,
        role: None,
        step: None,
        evidence: None,
        correction: None,
        aside: None,
        kind: Kind::Note,
        ..first
    }]
}
