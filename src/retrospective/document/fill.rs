//! Gathers what each section says, from the journal and from what people wrote.

use std::collections::{HashMap, HashSet};

use super::data::{
    Causes, Cited, Closing, Data, Deadline, Earlier, Goals, Missing, Notice, Patterns, People, Phrase, Process,
    TimelineRow,
};
use super::follow_ups::FollowUp;
use super::goals::{severity_line, targets};
use super::markdown::{block, cite, inline, quoted};
use super::patterns::{Differed, Lesson, diff, differed, shared};
use super::results;
use super::written::Written;
use crate::incident::NoticeId;
use crate::incident::event::{DraftedNotice, Event, Recorded};
use crate::retrospective::names::Roles;
use crate::retrospective::timeline::{self, Kind, Row};
use crate::retrospective::words::{Words, say};
use crate::retrospective::{Edition, Figures, Finding, Sources};
use crate::runbook::{Cause, RoleId, StepKind};

/// A timeline longer than this is condensed.
const MOST_ROWS: usize = 300;
/// Gaps, notices and the like beyond this many are counted, not listed.
const MOST_LISTED: usize = 50;

pub(super) struct Parts<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) edition: Edition,
    pub(super) words: &'a Words,
    pub(super) roles: &'a Roles,
    pub(super) written: &'a Written<'a>,
}

impl Parts<'_> {
    pub(super) fn data(
        &self,
        rows: Vec<Row>,
        figures: &Figures,
        findings: &[Finding],
        follow_ups: &[FollowUp],
    ) -> Data {
        let (incident, words) = (self.sources.incident, self.words);
        let cause = incident.cause.map(|cause| words.cause(cause).to_owned());
        let differed = match self.edition {
            Edition::Internal => differed(self.sources.events),
            Edition::Public => Vec::new(),
        };
        Data {
            number: incident.number.to_string(),
            title: self.said(incident.title.get(&words.locale)),
            unfinished: incident.resolved_at().is_none(),
            drill: incident.drill,
            public: self.is_public(),
            runbook: self.said(self.sources.runbook.title.get(&words.locale)),
            severity: inline(&severity_line(self.sources, words)),
            cause: cause.clone(),
            declared: words.moment(incident.declared_at),
            resolved: incident.resolved_at().map(|at| words.moment(at)),
            closed: incident.closed_at().map(|at| words.moment(at)),
            written_at: words.moment(self.sources.now),
            story: results::story(self.sources, figures, words),
            goals: self.goals(),
            causes: self.causes(cause, &rows),
            process: self.process(rows),
            results: results::results(self.sources, figures, words, self.people("results", "support")),
            patterns: self.patterns(&differed),
            document: self.closing(findings, follow_ups),
        }
    }

    fn is_public(&self) -> bool {
        self.edition == Edition::Public
    }

    /// A text of people, with roles for names, on one line.
    fn said(&self, text: &str) -> String {
        inline(&self.roles.replace(text))
    }

    fn people(&self, section: &str, who: &str) -> People {
        let words = self.words;
        let written = self.written.section(section, &words.locale);
        let title = self.roles.title(&RoleId::new(who));
        People {
            text: written.map(|written| block(&self.roles.replace(written.text))),
            cite: written.map(|written| cite(&[written.seq])).unwrap_or_default(),
            other_language: written
                .filter(|text| words.is_foreign(text.text))
                .map(|_| words.pick("以下内容目前只有英文：", "So far this exists in Chinese only:").to_owned()),
            who: inline(&title),
        }
    }

    fn goals(&self) -> Goals {
        let (runbook, words) = (self.sources.runbook, self.words);
        let severity = runbook.severity(self.sources.incident.severity.as_str()).map(|(severity, _)| severity);
        let deadline = |step: &crate::runbook::Step| {
            Some(Deadline {
                step: inline(step.title.get(&words.locale)),
                role: inline(&self.roles.title(&step.role)),
                within: words.duration(step.within?),
            })
        };
        let reached = |step: &&crate::runbook::Step| self.sources.incident.steps.contains_key(&step.id);
        Goals {
            summary: runbook.summary.as_ref().map(|summary| self.said(summary.get(&words.locale))),
            targets: targets(self.sources, words),
            first_notice: severity.map(|s| words.duration(s.first_notice)).unwrap_or_default(),
            update_every: severity.map(|s| words.duration(s.update_every)).unwrap_or_default(),
            deadlines: runbook.steps.values().filter(reached).filter_map(deadline).take(MOST_LISTED).collect(),
            people: self.people("goals", "product"),
        }
    }

    fn process(&self, rows: Vec<Row>) -> Process {
        let rows = timeline::condensed(rows, MOST_ROWS, self.words);
        let mut missing = Vec::new();
        if !self.is_public() {
            let gaps = timeline::gaps::gaps(self.sources.runbook, self.sources.events, self.roles, self.words);
            missing = gaps
                .into_iter()
                .take(MOST_LISTED)
                .map(|gap| Missing { what: inline(&gap.what), who: inline(&gap.who), cite: cite(&gap.seqs) })
                .collect();
        }
        let words = self.words;
        let foreign = rows.iter().any(|row| words.is_foreign(&row.what));
        Process {
            zone: words.zone(self.sources.incident.declared_at),
            other_language: foreign.then(|| {
                let line = "部分内容只有英文记录，按原文呈现。";
                words.pick(line, "Some of it was recorded in Chinese only and stands as it was written.").to_owned()
            }),
            rows: rows.into_iter().map(|row| self.row(row)).collect(),
            gaps: missing,
            people: self.people("process", "ops"),
        }
    }

    fn row(&self, row: Row) -> TimelineRow {
        let words = self.words;
        let corrected = row.correction.filter(|_| !self.is_public()).map(|correction| {
            let (original, seq) = (inline(&correction.original), correction.seq);
            let reason = inline(&correction.reason);
            say!(
                words,
                "#{seq} 更正，原记录：{original}；理由：{reason}",
                "corrected by #{seq}; it first read: {original}; because: {reason}"
            )
        });
        TimelineRow {
            time: words.time(row.occurred_at),
            phase: words.phase(row.phase).to_owned(),
            role: row.role.map(|role| inline(&role)).unwrap_or_default(),
            what: inline(&row.what),
            aside: row.aside.map(|aside| inline(&self.roles.replace(&aside))),
            evidence: row.evidence.filter(|_| !self.is_public()).map(|evidence| inline(&evidence)),
            corrected,
            cite: cite(&row.seqs),
            gap: row.kind == Kind::Gap,
        }
    }

    fn causes(&self, class: Option<String>, rows: &[Row]) -> Causes {
        let deviations: HashSet<u64> =
            self.sources.events.iter().filter(|e| e.event.deviation().is_some()).map(|e| e.seq).collect();
        let listed = |wanted: &dyn Fn(&Row) -> bool| {
            let rows = rows.iter().filter(|row| wanted(row) && !self.is_public());
            rows.take(MOST_LISTED).map(|row| Cited { text: inline(&row.what), cite: cite(&row.seqs) }).collect()
        };
        let factors = self.written.factors.iter();
        Causes {
            class,
            human: self.sources.incident.cause == Some(Cause::Human),
            conditions: if self.is_public() { Vec::new() } else { self.conditions() },
            deviations: listed(&|row| row.seqs.iter().any(|seq| deviations.contains(seq))),
            late: listed(&|row| row.kind == Kind::Late),
            factors: factors
                .map(|factor| Cited { text: self.said(factor.words.text), cite: cite(&[factor.words.seq]) })
                .collect(),
            needs_factors: self.written.factors.len() < 2,
            people: self.people("causes", "dev"),
        }
    }

    /// Decisions as they were answered, and the facts of the runbook's own that were stated.
    fn conditions(&self) -> Vec<Cited> {
        let (runbook, incident, words) = (self.sources.runbook, self.sources.incident, self.words);
        let mut facts: HashMap<&str, u64> = HashMap::new();
        let mut answers: HashMap<&str, u64> = HashMap::new();
        for recorded in self.sources.events {
            match &recorded.event {
                Event::FactStated { fact, .. } => drop(facts.insert(fact.as_str(), recorded.seq)),
                Event::FactsConfirmed { facts: confirmed } => {
                    facts.extend(confirmed.keys().map(|fact| (fact.as_str(), recorded.seq)));
                }
                Event::DecisionAnswered { step, .. } => drop(answers.insert(step.as_str(), recorded.seq)),
                _ => {}
            }
        }
        let answered = incident.answers.iter().filter_map(|(step, answer)| {
            let known = runbook.steps.get(step)?;
            let StepKind::Decide { answers: texts } = &known.kind else { return None };
            let (question, answer) = (known.title.get(&words.locale), texts.get(answer)?.get(&words.locale));
            let text = say!(words, "{question}{answer}。", "{question} {answer}.");
            Some(Cited {
                text: self.said(&text),
                cite: answers.get(step.as_str()).map(|seq| cite(&[*seq])).unwrap_or_default(),
            })
        });
        let stated = incident.facts.iter().filter_map(|(id, state)| {
            let fact = runbook.facts.get(id)?;
            let seq = facts.get(id.as_str())?;
            let title = fact.title.get(&words.locale);
            let value = words.fact(runbook, id.as_str(), &state.value);
            let text = say!(words, "{title}：{value}", "{title}: {value}");
            (!value.trim().is_empty()).then(|| Cited { text: self.said(&text), cite: cite(&[*seq]) })
        });
        answered.chain(stated).collect()
    }

    fn patterns(&self, differed: &[Differed]) -> Patterns {
        let (sources, words) = (self.sources, self.words);
        let factors: Vec<&str> = self.written.factors.iter().map(|factor| factor.words.text).collect();
        let alike = |earlier: &crate::retrospective::EarlierIncident| {
            let shared = shared(sources, earlier, &factors, words);
            (!shared.is_empty()).then(|| Earlier {
                number: earlier.number.to_string(),
                title: self.said(&earlier.title),
                date: earlier
                    .declared_at
                    .with_timezone(&words.timezone)
                    .format(words.pick("%Y年%-m月%-d日", "%-d %B %Y"))
                    .to_string(),
                shared: self.said(&shared.join(words.pick("；", "; "))),
                open: earlier.open_follow_ups.iter().map(|text| self.said(text)).collect(),
            })
        };
        let earlier = match self.edition {
            Edition::Internal => sources.earlier.iter().filter_map(alike).take(MOST_LISTED).collect(),
            Edition::Public => Vec::new(),
        };
        let differed = &differed[..differed.len().min(MOST_LISTED)];
        Patterns {
            earlier,
            differed: differed.iter().map(|differed| self.lesson(differed)).collect(),
            diff: diff(sources.runbook, sources.incident, differed, self.roles, words)
                .map(|diff| diff.trim_end().to_owned()),
            people: self.people("patterns", "product"),
        }
    }

    fn lesson(&self, differed: &Differed) -> Cited {
        let words = self.words;
        let step = self.sources.runbook.steps.get(&differed.step);
        let title = step.map_or(differed.step.as_str(), |step| step.title.get(&words.locale));
        let text = match &differed.lesson {
            Lesson::Late { took } => {
                let took = words.duration(*took);
                match step.and_then(|step| step.within).map(|within| words.duration(within)) {
                    Some(within) if within == took => {
                        say!(words, "“{title}”刚刚超过 {within}的时限", "“{title}” ran just past its limit of {within}")
                    }
                    Some(within) => say!(
                        words,
                        "“{title}”用了 {took}，时限是 {within}",
                        "“{title}” took {took}; its limit is {within}"
                    ),
                    None => say!(words, "“{title}”用了 {took}，超过了时限", "“{title}” took {took}, past its limit"),
                }
            }
            Lesson::Skipped { reason } => say!(words, "“{title}”跳过了：{reason}", "“{title}” was skipped: {reason}"),
            Lesson::Early { reason } => {
                say!(words, "“{title}”提前做了：{reason}", "“{title}” was done early: {reason}")
            }
        };
        Cited { text: self.said(&text), cite: cite(&[differed.seq]) }
    }

    fn closing(&self, findings: &[Finding], follow_ups: &[FollowUp]) -> Closing {
        let phrases = findings.iter().take(MOST_LISTED).map(|finding| Phrase {
            text: inline(&finding.text),
            suggest: inline(&finding.suggest),
            cite: finding.seq.map(|seq| cite(&[seq])).unwrap_or_default(),
        });
        Closing {
            follow_ups: follow_ups.iter().map(|follow_up| follow_up.shown.clone()).collect(),
            notices: self.notices(),
            events: self.sources.events.len() as u64,
            head: self.sources.journal_head.map(str::to_owned),
            runbook_hash: self.sources.incident.runbook_hash.clone(),
            phrases: if self.is_public() { Vec::new() } else { phrases.collect() },
            people: self.people("document", "lead"),
        }
    }

    /// Every notice that was queued, as it was sent; customers' alone in the public edition.
    fn notices(&self) -> Vec<Notice> {
        let mut drafts: HashMap<NoticeId, &DraftedNotice> = HashMap::new();
        let mut notices = Vec::new();
        for recorded in self.sources.events {
            match &recorded.event {
                Event::NoticeDrafted(draft) => drop(drafts.insert(draft.id, draft)),
                Event::NoticeQueued(queued) => {
                    let Some(draft) = drafts.get(&queued.notice) else { continue };
                    if draft.to_customers || !self.is_public() {
                        notices.extend(self.sent(draft, recorded));
                    }
                }
                _ => {}
            }
        }
        notices
    }

    fn sent(&self, draft: &DraftedNotice, queued: &Recorded) -> Option<Notice> {
        let words = self.words;
        let best = words.locale.best(draft.messages.iter().map(|message| &message.locale));
        let message = draft.messages.iter().find(|message| Some(&message.locale) == best).or(draft.messages.first())?;
        let (rows, organisations) = (draft.recipients.rows, draft.recipients.organisations);
        Some(Notice {
            subject: self.said(&message.subject),
            when: words.moment(queued.at),
            recipients: match (rows, words.is_chinese()) {
                (0, true) => "这次没有需要发邮件的收件人".to_owned(),
                (0, false) => "nobody was due a mail".to_owned(),
                (_, true) => format!("{rows} 个收件地址，{organisations} 家机构"),
                (_, false) => {
                    format!("{}, {}", words.many(rows, "recipient"), words.many(organisations, "organisation"))
                }
            },
            body: quoted(&self.roles.replace(&message.markdown)),
            cite: cite(&[queued.seq]),
        })
    }
}
