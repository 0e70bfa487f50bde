//! Tells what belongs together once: a notice with its approval, promise and arrival; a measure with its approval.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use super::Row;
use super::tell::Teller;
use crate::clock::{Timestamp, between};
use crate::incident::NoticeId;
use crate::incident::event::{DraftedNotice, Event, QueuedNotice, Recorded};
use crate::retrospective::words::say;
use crate::runbook::{Phase, StepId};

/// A first message that left within this many seconds of being queued needs no row of its own.
const AT_ONCE: u64 = 60;

/// What the journal says about one notice that was sent.
struct Sent<'a> {
    row: usize,
    at: Timestamp,
    queued: &'a QueuedNotice,
    status: Option<&'a Recorded>,
    settled: Option<&'a IndexMap<String, u64>>,
    /// The events told by its row besides its own.
    seqs: Vec<u64>,
    approvers: Vec<String>,
}

/// Rows as they are gathered, and where each event went.
pub(super) struct Fold<'a, 'b> {
    pub(super) teller: &'a Teller<'b>,
    pub(super) rows: Vec<Row>,
    pub(super) at_seq: HashMap<u64, usize>,
    gone: HashSet<usize>,
}

impl<'a, 'b> Fold<'a, 'b> {
    pub(super) fn new(teller: &'a Teller<'b>, rows: Vec<Row>, at_seq: HashMap<u64, usize>) -> Self {
        Self { teller, rows, at_seq, gone: HashSet::new() }
    }

    /// The rows with what belongs together joined; rows that somebody corrected stay by themselves.
    pub(super) fn folded(mut self, events: &[Recorded]) -> Vec<Row> {
        self.notices(events);
        self.measures(events);
        let gone = self.gone;
        let kept = self.rows.into_iter().enumerate().filter(|(index, _)| !gone.contains(index));
        kept.map(|(_, row)| row).collect()
    }

    fn notices(&mut self, events: &[Recorded]) {
        let mut approvals: HashMap<NoticeId, Vec<&Recorded>> = HashMap::new();
        let mut sent: IndexMap<NoticeId, Sent<'_>> = IndexMap::new();
        let mut newest: Option<NoticeId> = None;
        for recorded in events {
            match &recorded.event {
                Event::Approved { notice: Some(notice), alone: None, .. } => {
                    approvals.entry(*notice).or_default().push(recorded);
                }
                Event::NoticeQueued(queued) => {
                    let Some(row) = self.row_of(recorded.seq) else { continue };
                    let (at, seqs) = (recorded.at, Vec::new());
                    newest = Some(queued.notice);
                    let queued = &**queued;
                    let mut told = Sent { row, at, queued, status: None, settled: None, seqs, approvers: Vec::new() };
                    for approval in approvals.remove(&queued.notice).unwrap_or_default() {
                        if self.absorb(approval.seq, row) {
                            told.seqs.push(approval.seq);
                            told.approvers.extend(self.teller.roles.actor(approval));
                        }
                    }
                    sent.insert(queued.notice, told);
                }
                Event::StatusChanged { .. } => {
                    let Some(told) = newest.and_then(|notice| sent.get_mut(&notice)) else { continue };
                    if told.at == recorded.at && told.status.is_none() && self.absorb(recorded.seq, told.row) {
                        told.status = Some(recorded);
                        told.seqs.push(recorded.seq);
                    }
                }
                Event::NoticeFirstSent { notice, sent_at, .. } => {
                    if let Some(told) = sent.get_mut(notice)
                        && at_once(told.at, *sent_at)
                    {
                        told.seqs.push(recorded.seq);
                    }
                }
                Event::NoticeSettled { notice, counts, .. } => {
                    if let Some(told) = sent.get_mut(notice)
                        && self.absorb(recorded.seq, told.row)
                    {
                        told.settled = Some(counts);
                        told.seqs.push(recorded.seq);
                    }
                }
                _ => {}
            }
        }
        for (notice, told) in &sent {
            self.tell(*notice, told);
        }
    }

    fn tell(&mut self, notice: NoticeId, told: &Sent<'_>) {
        let words = self.teller.words;
        let draft = self.teller.notices.get(&notice).copied();
        let Some(row) = self.rows.get_mut(told.row) else { return };
        let mut parts =
            vec![format!("{}{}", row.what, draft.map(|draft| self.teller.to_whom(draft)).unwrap_or_default())];
        if let Some(next) = told.queued.next_update_at {
            parts.push(self.teller.promise(next, draft.and_then(|draft| draft.next_mail_at)));
        }
        if let Some(Event::StatusChanged { to, .. }) = told.status.map(|recorded| &recorded.event) {
            let to = words.status(*to);
            parts.push(say!(words, "对外状态：{to}", "public status: {to}"));
        }
        row.what = parts.join(words.pick("；", "; "));
        let mut aside = Vec::new();
        if !told.approvers.is_empty() {
            let by = words.list(&told.approvers);
            aside.push(say!(words, "{by}批准", "approved by {by}"));
        }
        if let Some(counts) = told.settled.filter(|counts| counts.values().any(|count| *count > 0)) {
            aside.push(self.teller.counts(notice, counts));
        }
        row.aside = (!aside.is_empty()).then(|| aside.join(words.pick("；", "; ")));
        row.seqs.extend(&told.seqs);
        row.seqs.sort_unstable();
    }

    /// Measures with their approvals, acceptances with the new attempt, the end with the review's beginning.
    fn measures(&mut self, events: &[Recorded]) {
        let words = self.teller.words;
        let mut asked: HashMap<&StepId, usize> = HashMap::new();
        let mut resolved: Option<(Timestamp, usize)> = None;
        for recorded in events {
            match &recorded.event {
                Event::MeasureRequested { step, .. } => {
                    drop(self.row_of(recorded.seq).map(|row| asked.insert(step, row)))
                }
                Event::Approved { step, notice: None, alone: None, .. } => {
                    let Some(row) = asked.get(step).copied() else { continue };
                    let by = self.teller.roles.actor(recorded).unwrap_or_default();
                    let at = words.time(recorded.at);
                    self.add(recorded.seq, row, &say!(words, "{at} {by}批准", "approved by {by} at {at}"));
                }
                Event::StepEnded { step, .. } => drop(self.row_of(recorded.seq).map(|row| asked.insert(step, row))),
                Event::AttemptRestarted { because, attempt, .. } => {
                    let Some(row) = asked.get(because).copied() else { continue };
                    self.add(recorded.seq, row, &say!(words, "第 {attempt} 次处理开始", "attempt {attempt} began"));
                }
                Event::IncidentResolved { .. } => {
                    resolved = self.row_of(recorded.seq).map(|row| (recorded.at, row));
                }
                Event::PhaseEntered { phase: Phase::Post } => {
                    if let Some((_, row)) = resolved.filter(|(at, _)| *at == recorded.at)
                        && self.absorb(recorded.seq, row)
                    {
                        self.rows[row].seqs.push(recorded.seq);
                    }
                }
                _ => {}
            }
        }
    }

    /// Takes an event's own row away and tells it in brackets behind another.
    fn add(&mut self, seq: u64, row: usize, aside: &str) {
        if !self.absorb(seq, row) {
            return;
        }
        let and = self.teller.words.pick("；", "; ");
        let into = &mut self.rows[row];
        into.seqs.push(seq);
        into.aside = Some(into.aside.take().map_or_else(|| aside.to_owned(), |said| format!("{said}{and}{aside}")));
    }

    /// Whether an event's row can go, because another tells it: one that tells nothing else and was not corrected.
    fn absorb(&mut self, seq: u64, into: usize) -> bool {
        let Some(row) = self.row_of(seq).filter(|row| *row != into && !self.gone.contains(row)) else { return false };
        if self.rows[row].seqs != [seq] {
            return false;
        }
        self.gone.insert(row)
    }

    fn row_of(&self, seq: u64) -> Option<usize> {
        let index = self.at_seq.get(&seq).copied()?;
        self.rows.get(index).is_some_and(|row| row.correction.is_none()).then_some(index)
    }
}

/// Whether a first message left as good as at once.
fn at_once(queued: Timestamp, sent: Timestamp) -> bool {
    between(queued, sent).as_secs() < AT_ONCE
}

impl Teller<'_> {
    fn to_whom(&self, draft: &DraftedNotice) -> String {
        let words = self.words;
        let (rows, organisations, paced) =
            (draft.recipients.rows, draft.recipients.organisations, draft.left_out.paced);
        match (rows, paced) {
            (0, 0) => String::new(),
            (0, _) => say!(words, "，{paced} 个收件地址未到邮件间隔，这次不发", ", with nobody due a mail yet"),
            _ if words.is_chinese() => format!("，共 {rows} 个收件地址，涉及 {organisations} 家机构"),
            _ => {
                let (rows, organisations) = (words.many(rows, "recipient"), words.many(organisations, "organisation"));
                format!(" to {rows} in {organisations}")
            }
        }
    }

    fn promise(&self, next: Timestamp, mail: Option<Timestamp>) -> String {
        let words = self.words;
        let at = words.time(next);
        match mail.filter(|mail| *mail > next).map(|mail| words.time(mail)) {
            Some(mail) => say!(
                words,
                "约定 {at} 前更新，邮件最迟 {mail}",
                "next update promised by {at}, by mail at the latest by {mail}"
            ),
            None => say!(words, "约定 {at} 前更新", "next update promised by {at}"),
        }
    }

    /// What became of a notice's deliveries; who has no address at all is counted apart from what failed.
    pub(super) fn counts(&self, notice: NoticeId, counts: &IndexMap<String, u64>) -> String {
        let no_address = self.notices.get(&notice).map_or(0, |draft| draft.left_out.no_address);
        let no_address = no_address.min(counts.get("failed").copied().unwrap_or_default());
        let told: Vec<(&str, u64)> = counts
            .iter()
            .flat_map(|(state, count)| match state.as_str() {
                "failed" => [("failed", count - no_address), ("no_address", no_address)],
                other => [(other, *count), (other, 0)],
            })
            .filter(|(_, count)| *count > 0)
            .collect();
        self.words.deliveries(&told)
    }
}
