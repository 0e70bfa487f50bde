//! What people wrote into the document, as the journal keeps it, and what the wording lint says to it.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::incident::FollowUpId;
use crate::incident::event::{Event, Recorded};
use crate::locale::Locale;
use crate::retrospective::Edition;
use crate::retrospective::blame::{Finding, Level, Lexicon, Profile};
use crate::retrospective::names::Roles;

/// Nobody rewords more than this at a sitting; the rest is found when these are settled.
const MOST_FINDINGS: usize = 1_000;

/// A text of people, by the event that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words<'a> {
    pub(super) seq: u64,
    pub(super) text: &'a str,
}

/// A contributing factor: the event that named it, and how it reads now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Factor<'a> {
    of: u64,
    pub(super) words: Words<'a>,
}

/// Sections, factors and kept phrases of one incident.
#[derive(Debug, Default)]
pub(super) struct Written<'a> {
    /// The newest text of each section, in each locale it was written in.
    pub(super) sections: IndexMap<&'a str, IndexMap<&'a Locale, Words<'a>>>,
    pub(super) factors: Vec<Factor<'a>>,
    /// Rule and phrase an author keeps, with a reason.
    kept: HashSet<(&'a str, &'a str)>,
}

impl<'a> Written<'a> {
    pub(super) fn of(events: &'a [Recorded]) -> Self {
        let mut written = Self::default();
        for recorded in events {
            match &recorded.event {
                Event::SectionEdited { section, locale, text } => {
                    let texts = written.sections.entry(section.as_str()).or_default();
                    texts.insert(locale, Words { seq: recorded.seq, text });
                }
                Event::FactorAdded { text } => {
                    written.factors.push(Factor { of: recorded.seq, words: Words { seq: recorded.seq, text } });
                }
                // A factor is read as it was corrected to; a note's correction stands beside it.
                Event::EventCorrected { seq, text, .. } => {
                    if let Some(factor) =
                        written.factors.iter_mut().find(|factor| factor.of == *seq || factor.words.seq == *seq)
                    {
                        factor.words = Words { seq: recorded.seq, text };
                    }
                }
                Event::PhraseKept { rule, text, .. } => {
                    written.kept.insert((rule, text));
                }
                _ => {}
            }
        }
        written
    }

    /// A section's text as this reader best understands it.
    pub(super) fn section(&self, id: &str, locale: &Locale) -> Option<&Words<'a>> {
        let texts = self.sections.get(id)?;
        let best = locale.best(texts.keys().copied()).or_else(|| texts.keys().next().copied())?;
        texts.get(best).filter(|words| !words.text.trim().is_empty())
    }

    /// Reads everything people wrote that this edition prints.
    pub(super) fn findings(
        &self,
        events: &'a [Recorded],
        lexicon: &Lexicon,
        edition: Edition,
        locale: &Locale,
        roles: &Roles,
    ) -> Vec<Finding> {
        let mut read: IndexMap<&str, Vec<Finding>> = IndexMap::new();
        let mut findings = Vec::new();
        for (seq, text) in self.texts(events, edition) {
            if findings.len() >= MOST_FINDINGS {
                break;
            }
            let found = read.entry(text).or_insert_with(|| lexicon.lint(text, Profile::Retrospective, locale));
            findings.extend(found.iter().map(|finding| Finding { seq: Some(seq), ..finding.clone() }));
        }
        // Whoever keeps a phrase has it as it stands, or as the document shows it.
        let is_kept = |finding: &Finding| self.kept.contains(&(finding.rule.as_str(), finding.text.as_str()));
        findings.retain(|finding| !is_kept(finding));
        for finding in &mut findings {
            finding.text = roles.replace(&finding.text);
        }
        findings.retain(|finding| !is_kept(finding));
        findings
    }

    /// The texts that a document of this edition shows; corrected ones as they read now.
    fn texts(&self, events: &'a [Recorded], edition: Edition) -> Vec<(u64, &'a str)> {
        let mut texts = Vec::new();
        if edition == Edition::Internal {
            let corrected: HashSet<u64> = events
                .iter()
                .filter_map(|recorded| match recorded.event {
                    Event::EventCorrected { seq, .. } => Some(seq),
                    _ => None,
                })
                .collect();
            for recorded in events.iter().filter(|recorded| !corrected.contains(&recorded.seq)) {
                texts.extend(of_event(&recorded.event).into_iter().map(|text| (recorded.seq, text)));
            }
        }
        texts.extend(self.sections.values().flat_map(|texts| texts.values()).map(|words| (words.seq, words.text)));
        texts.extend(self.factors.iter().map(|factor| (factor.words.seq, factor.words.text)));
        texts.extend(planned(events));
        texts.sort_by_key(|(seq, _)| *seq);
        texts
    }
}

/// What follow-ups say, each as it was last planned, with the event that says it.
fn planned(events: &[Recorded]) -> impl Iterator<Item = (u64, &str)> {
    let mut newest: IndexMap<(FollowUpId, bool), (u64, &str)> = IndexMap::new();
    for recorded in events {
        if let Event::FollowUpAdded { id, plan, .. } | Event::FollowUpPlanned { id, plan } = &recorded.event {
            for (is_check, text) in [(false, &plan.text), (true, &plan.check)] {
                if let Some(text) = text {
                    newest.insert((*id, is_check), (recorded.seq, text));
                }
            }
        }
    }
    newest.into_values()
}

/// Whether nothing blames a person, as far as everything was read.
pub(super) fn may_be_published(findings: &[Finding]) -> bool {
    findings.len() < MOST_FINDINGS && findings.iter().all(|finding| finding.level != Level::Error)
}

/// What people wrote into an event as it happened.
fn of_event(event: &Event) -> Vec<&str> {
    match event {
        Event::NoteAdded { text, .. } | Event::EventCorrected { text, .. } => vec![text],
        Event::StepEnded { note, reason, .. } => note.iter().chain(reason).map(String::as_str).collect(),
        Event::StepTakenEarly { reason, .. }
        | Event::Rejected { reason, .. }
        | Event::ObligationKept { reason, .. }
        | Event::SeverityChanged { reason, .. }
        | Event::IncidentReopened { reason, .. } => vec![reason],
        Event::Approved { alone: Some(reason), .. } => vec![reason],
        Event::IncidentResolved { reason: Some(reason) } | Event::IncidentClosed { reason: Some(reason) } => {
            vec![reason]
        }
        Event::ContactsReached { note: Some(note), .. } => vec![note],
        _ => Vec::new(),
    }
}
