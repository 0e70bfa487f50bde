//! The review at a desk: the document with what people wrote into it, what it lacks, and what is yet to be translated.

use std::collections::{HashMap, HashSet};

use super::{App, Error, Loaded, Result};
use crate::clock::Timestamp;
use crate::incident::review::{self, Unmet};
use crate::incident::state::Progress;
use crate::incident::{Event, IncidentId, Recorded, translate};
use crate::locale::Locale;
use crate::retrospective::{Document, Edition, Finding, Words, blame, document::SECTIONS};
use crate::runbook::{StepId, StepKind};

/// The retrospective with everything that one who writes into it needs beside it.
#[derive(Debug, Clone)]
pub struct Review {
    pub document: Document,
    /// The six, in order.
    pub sections: Vec<WrittenSection>,
    pub factors: Vec<WrittenText>,
    /// The document's findings, each with where it stands.
    pub findings: Vec<Placed>,
    pub kept: Vec<Kept>,
    /// What people wrote in another language than the reader's and nobody translated.
    pub untranslated: Vec<WrittenText>,
    /// The step that ends with the review; none where the runbook has none.
    pub step: Option<ReviewStep>,
}

/// What people wrote into a section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrittenSection {
    pub id: &'static str,
    /// In the reader's language.
    pub own: Option<String>,
    /// In others.
    pub others: Vec<(Locale, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenText {
    pub seq: u64,
    pub at: Timestamp,
    pub text: String,
}

/// Where a flagged phrase stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    Section(&'static str),
    Factor,
    FollowUp,
    /// A note, a reason: something written as it happened.
    Event,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub finding: Finding,
    pub spot: Spot,
    /// The whole text it stands in, as it reads now.
    pub text: String,
}

/// A phrase that an author keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub phrase: String,
    pub reason: String,
}

/// The step that ends with the review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewStep {
    pub id: StepId,
    pub state: ReviewState,
    /// What the runbook requires and is not there.
    pub unmet: Vec<Unmet>,
    /// Phrases of the internal edition that blame a person.
    pub blaming: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewState {
    /// Its turn has not come.
    Waiting,
    Open,
    Ended,
}

impl App {
    /// The retrospective of an incident with what is needed to write it.
    pub async fn review(&self, id: IncidentId, edition: Edition, locale: &Locale) -> Result<Review> {
        let document = self.retrospective(id, edition, locale).await?;
        let blaming = match edition {
            Edition::Internal => blaming(&document.findings).count(),
            Edition::Public => blaming(&self.retrospective(id, Edition::Internal, locale).await?.findings).count(),
        };
        let loaded = self.load(id).await?;
        let store = self.reader().await?.ok_or_else(|| Error::no_incident(&id.to_string()))?;
        let events = store.events(id, 0).await?;
        let factors = factors(&events);
        Ok(Review {
            sections: sections(&events, locale),
            findings: document.findings.iter().map(|finding| placed(finding, &events, &factors)).collect(),
            factors,
            kept: events.iter().filter_map(kept).collect(),
            untranslated: untranslated(&events, locale, &loaded),
            step: review_step(&loaded, blaming),
            document,
        })
    }

    /// A review is published by ending its step: not while a phrase in it blames somebody.
    pub(super) async fn fit_to_publish(&self, id: IncidentId, step: &StepId, locale: &Locale) -> Result<()> {
        let loaded = self.load(id).await?;
        let Some(StepKind::Retrospective { require, .. }) = loaded.runbook.step(step.as_str()).map(|step| &step.kind)
        else {
            return Ok(());
        };
        // What else it lacks is the engine's to say.
        if !loaded.incident.is_open(step) || !review::unmet(&loaded.incident, require).is_empty() {
            return Ok(());
        }
        let document = self.retrospective(id, Edition::Internal, locale).await?;
        if document.may_be_published() {
            return Ok(());
        }
        let mut phrases: Vec<String> = Vec::new();
        for finding in blaming(&document.findings) {
            let phrase = format!("`{}`", finding.text);
            if !phrases.contains(&phrase) && phrases.len() < 5 {
                phrases.push(phrase);
            }
        }
        Err(Error::refused(
            "blaming_words",
            format!("`{step}` is done once nothing in the review blames a person; this does: {}", phrases.join(", ")),
            "reword it with `muster correct` or `muster retro edit`, or say why it stays: `muster retro keep RULE PHRASE --reason \"…\"`",
        ))
    }
}

fn blaming(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    findings.iter().filter(|finding| finding.level == blame::Level::Error)
}

fn text(recorded: &Recorded) -> Option<WrittenText> {
    Some(WrittenText { seq: recorded.seq, at: recorded.at, text: translate::written(&recorded.event)? })
}

fn sections(events: &[Recorded], locale: &Locale) -> Vec<WrittenSection> {
    let section = |id: &'static str| {
        let mut texts: indexmap::IndexMap<&Locale, &str> = indexmap::IndexMap::new();
        for recorded in events {
            if let Event::SectionEdited { section, locale, text } = &recorded.event
                && section == id
            {
                texts.insert(locale, text);
            }
        }
        let is_own = |known: &Locale| known.language() == locale.language();
        WrittenSection {
            id,
            own: texts.iter().rev().find(|(known, _)| is_own(known)).map(|(_, text)| (*text).to_owned()),
            others: texts
                .iter()
                .filter(|(known, _)| !is_own(known))
                .map(|(known, text)| ((*known).clone(), (*text).to_owned()))
                .collect(),
        }
    };
    SECTIONS.into_iter().map(section).collect()
}

/// The factors as they read now, each by the event that holds that wording.
fn factors(events: &[Recorded]) -> Vec<WrittenText> {
    let mut factors: Vec<(u64, WrittenText)> = Vec::new();
    for recorded in events {
        match &recorded.event {
            Event::FactorAdded { text } => {
                factors.push((recorded.seq, WrittenText { seq: recorded.seq, at: recorded.at, text: text.clone() }));
            }
            Event::EventCorrected { seq, text, .. } => {
                if let Some((_, factor)) = factors.iter_mut().find(|(of, factor)| of == seq || factor.seq == *seq) {
                    *factor = WrittenText { seq: recorded.seq, at: recorded.at, text: text.clone() };
                }
            }
            _ => {}
        }
    }
    factors.into_iter().map(|(_, factor)| factor).collect()
}

fn placed(finding: &Finding, events: &[Recorded], factors: &[WrittenText]) -> Placed {
    let at = finding.seq.and_then(|seq| events.iter().find(|recorded| recorded.seq == seq));
    let spot = match at.map(|recorded| &recorded.event) {
        Some(Event::SectionEdited { section, .. }) => {
            SECTIONS.into_iter().find(|known| known == section).map_or(Spot::Event, Spot::Section)
        }
        Some(_) if factors.iter().any(|factor| Some(factor.seq) == finding.seq) => Spot::Factor,
        Some(Event::FollowUpAdded { .. } | Event::FollowUpPlanned { .. }) => Spot::FollowUp,
        Some(_) | None => Spot::Event,
    };
    let text = at.and_then(|recorded| match &recorded.event {
        Event::SectionEdited { text, .. } => Some(text.clone()),
        other => translate::written(other),
    });
    Placed { finding: finding.clone(), spot, text: text.unwrap_or_default() }
}

fn kept(recorded: &Recorded) -> Option<Kept> {
    match &recorded.event {
        Event::PhraseKept { text, reason, .. } => Some(Kept { phrase: text.clone(), reason: reason.clone() }),
        _ => None,
    }
}

/// What stands in another language than the reader's, the oldest first.
fn untranslated(events: &[Recorded], locale: &Locale, loaded: &Loaded) -> Vec<WrittenText> {
    let mut settled: HashSet<u64> = HashSet::new();
    let mut newest: HashMap<u64, u64> = HashMap::new();
    for recorded in events {
        match &recorded.event {
            Event::EventTranslated { seq, locale: into, .. } if into.language() == locale.language() => {
                settled.insert(*seq);
            }
            // What was corrected is read as it was corrected to.
            Event::EventCorrected { seq, .. } => {
                newest.insert(*seq, recorded.seq);
            }
            _ => {}
        }
    }
    let words = Words { locale: locale.clone(), timezone: loaded.incident.timezone, day: None };
    let open = events.iter().filter(|recorded| !settled.contains(&recorded.seq) && !newest.contains_key(&recorded.seq));
    open.filter_map(text).filter(|written| words.is_foreign(&written.text)).collect()
}

fn review_step(loaded: &Loaded, blaming: usize) -> Option<ReviewStep> {
    let incident = &loaded.incident;
    loaded.runbook.steps.values().find_map(|step| match &step.kind {
        StepKind::Retrospective { require, .. } => Some(ReviewStep {
            id: step.id.clone(),
            state: match incident.progress(&step.id) {
                Progress::Waiting => ReviewState::Waiting,
                Progress::Open => ReviewState::Open,
                Progress::Ended { .. } | Progress::NotApplicable => ReviewState::Ended,
            },
            unmet: review::unmet(incident, require),
            blaming,
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Caller, Outlet, Start};
    use crate::clock::Clock;
    use crate::incident::{Command, PersonId};
    use crate::settings::{Overrides, load};
    use crate::store::Store;

    async fn resolved() -> (App, Caller, IncidentId) {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = load(folder.path(), &Overrides::default()).expect("settings");
        let clock = Clock::virtual_at("2026-11-22T03:00:00Z".parse().expect("a moment"), 1);
        let app = App::on(Store::in_memory().await.expect("a store"), settings, clock, Outlet::World);
        let person = PersonId("dana".to_owned());
        let caller = Caller { person, locale: Locale::english(), key: None, early: None };
        let start = Start { runbook: "general".to_owned(), severity: "sev2".to_owned(), ..Start::default() };
        let id = app.start(&caller, start).await.expect("declared").id;
        act(&app, &caller, id, Command::Resolve { reason: "it works".to_owned() }).await.expect("resolved");
        (app, caller, id)
    }

    async fn act(app: &App, caller: &Caller, id: IncidentId, command: Command) -> std::result::Result<(), String> {
        app.act(caller, id, command).await.map(drop).map_err(|error| error.code().to_owned())
    }

    #[tokio::test]
    async fn a_review_is_published_once_it_is_whole_and_blames_nobody() {
        let (app, caller, id) = resolved().await;
        let step = app.review(id, Edition::Internal, &caller.locale).await.expect("written").step.expect("a step");
        for open in app.load(id).await.expect("loaded").runbook.steps.keys() {
            if app.load(id).await.expect("loaded").incident.is_open(open) && *open != step.id {
                let skip = Command::SkipStep { step: open.clone(), reason: "not now".to_owned() };
                act(&app, &caller, id, skip).await.expect("skipped");
            }
        }
        let done = || Command::FinishStep { step: step.id.clone(), outcome: None, note: None, evidence: None };
        act(&app, &caller, id, Command::AddNote { text: "Max was careless".to_owned(), occurred_at: None })
            .await
            .expect("noted");
        assert_eq!(act(&app, &caller, id, done()).await, Err("review_unfinished".to_owned()));
        for text in ["nothing asked twice", "the check ran once a day"] {
            act(&app, &caller, id, Command::AddFactor { text: text.to_owned() }).await.expect("added");
        }
        for follow_up in app.load(id).await.expect("loaded").incident.follow_ups.keys() {
            let plan = crate::incident::command::FollowUpPlan {
                owner: Some(crate::runbook::RoleId::new("lead")),
                due: "2026-12-01".parse().ok(),
                check: Some("seen at the next audit".to_owned()),
                ..Default::default()
            };
            act(&app, &caller, id, Command::PlanFollowUp { id: *follow_up, plan }).await.expect("planned");
        }
        assert_eq!(act(&app, &caller, id, done()).await, Err("blaming_words".to_owned()));
        let review = app.review(id, Edition::Internal, &caller.locale).await.expect("written");
        let found: Vec<_> =
            review.findings.iter().map(|p| (p.finding.text.as_str(), p.text.as_str(), &p.spot)).collect();
        assert_eq!(found, [("careless", "Max was careless", &Spot::Event)]);
        let step_now = review.step.expect("a step");
        assert_eq!((step_now.state, step_now.unmet.len(), step_now.blaming), (ReviewState::Open, 0, 1));
        let seq = review.findings[0].finding.seq.expect("an event");
        let text = "nothing told Max that it was the last copy".to_owned();
        act(&app, &caller, id, Command::CorrectEvent { seq, text, reason: "wording".to_owned() })
            .await
            .expect("corrected");
        assert_eq!(act(&app, &caller, id, done()).await, Ok(()));
    }

    #[tokio::test]
    async fn a_factor_reads_as_it_was_corrected_to_and_notes_in_another_language_wait_for_a_translation() {
        let (app, caller, id) = resolved().await;
        act(&app, &caller, id, Command::AddFactor { text: "Max was careless".to_owned() }).await.expect("added");
        act(&app, &caller, id, Command::AddNote { text: "队列堵了十分钟".to_owned(), occurred_at: None })
            .await
            .expect("noted");
        let review = app.review(id, Edition::Public, &caller.locale).await.expect("written");
        assert_eq!(review.findings.iter().map(|p| &p.spot).collect::<Vec<_>>(), [&Spot::Factor]);
        let (factor, note) = (review.factors[0].seq, review.untranslated[0].seq);
        assert_eq!(review.untranslated.len(), 1);
        let correct =
            |seq, text: &str| Command::CorrectEvent { seq, text: text.to_owned(), reason: "wording".to_owned() };
        act(&app, &caller, id, correct(factor, "Max forgot it")).await.expect("corrected");
        let again = app.review(id, Edition::Public, &caller.locale).await.expect("written").factors[0].seq;
        act(&app, &caller, id, correct(again, "nothing asked twice")).await.expect("corrected");
        let text = "the queue was stuck for ten minutes".to_owned();
        let translate = Command::TranslateEvent { seq: note, locale: Locale::english(), text };
        act(&app, &caller, id, translate).await.expect("translated");
        let review = app.review(id, Edition::Public, &caller.locale).await.expect("written");
        assert_eq!(
            review.factors.iter().map(|factor| factor.text.as_str()).collect::<Vec<_>>(),
            ["nothing asked twice"]
        );
        assert_eq!((review.findings, review.untranslated), (Vec::new(), Vec::new()));
    }
}
