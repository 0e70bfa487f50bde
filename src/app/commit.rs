//! Load, decide, commit: the one way in which anything becomes true of an incident.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::view::{Change, EventHead};
use super::{App, Caller, Error, Fallback, Loaded, Result};
use crate::incident::Outcome as StepOutcome;
use crate::incident::{Command, Event, Incident, IncidentId, IncidentNumber, Recorded, Request, apply, decide, due};
use crate::locale::Locale;
use crate::runbook::{Runbook, check};
use crate::store::Store;
use crate::store::journal::{Commit, Head, KeyedAnswer, RowChange, Which};
use crate::store::outbox::QueuedAction;

/// How often a decision is made again after someone else was first.
const ATTEMPTS: usize = 16;

/// What a request came to: the incident as it stands now, and what the request made true.
pub(super) struct Outcome {
    pub(super) loaded: Arc<Loaded>,
    pub(super) events: Vec<Recorded>,
}

impl App {
    /// Finds the incident meant: by number (`INC-7`, `7`), by id, or by default.
    pub async fn which(&self, named: Option<&str>, otherwise: Fallback) -> Result<IncidentId> {
        let store = self.reader().await?;
        if let Some(named) = named {
            let missing = || Error::no_incident(named);
            let which = parse_which(named).ok_or_else(missing)?;
            let head = match store {
                Some(store) => store.find(which).await?,
                None => None,
            };
            return Ok(head.ok_or_else(missing)?.id);
        }
        let heads = match store {
            Some(store) => store.heads(otherwise == Fallback::LastClosed).await?,
            None => Vec::new(),
        };
        let (closed, going): (Vec<_>, Vec<_>) = heads.into_iter().partition(|head| head.closed_at.is_some());
        match going.as_slice() {
            [only] => Ok(only.id),
            [] => closed.iter().max_by_key(|head| head.closed_at).map(|head| head.id).ok_or_else(Error::none_open),
            several => Err(Error::several_open(several.iter().map(|head| head.number))),
        }
    }

    /// The incident as it stands, with its runbook.
    pub async fn load(&self, id: IncidentId) -> Result<Arc<Loaded>> {
        let store = self.reader().await?.ok_or_else(|| Error::no_incident(&id.to_string()))?;
        self.load_from(store, id).await
    }

    async fn load_from(&self, store: &Store, id: IncidentId) -> Result<Arc<Loaded>> {
        let seen = self.seen.lock().await.get(&id).cloned();
        let events = store.events(id, seen.as_ref().map_or(0, |loaded| loaded.incident.seq)).await?;
        let loaded = match seen {
            Some(loaded) if events.is_empty() => return Ok(loaded),
            Some(loaded) => {
                let mut incident = loaded.incident.clone();
                for event in &events {
                    apply(&mut incident, event)?;
                }
                Loaded { runbook: Arc::clone(&loaded.runbook), incident }
            }
            None => {
                let first = events.first().ok_or_else(|| Error::no_incident(&id.to_string()))?;
                let runbook = Arc::new(pinned(first)?);
                Loaded { runbook, incident: Incident::replay(&events)? }
            }
        };
        Ok(self.remember(loaded).await)
    }

    pub(super) async fn remember(&self, loaded: Loaded) -> Arc<Loaded> {
        let loaded = Arc::new(loaded);
        self.seen.lock().await.insert(loaded.incident.id, Arc::clone(&loaded));
        loaded
    }

    /// Ticks, decides, commits. Every command of a person comes through here.
    pub async fn act(&self, caller: &Caller, incident: IncidentId, command: Command) -> Result<Change> {
        let mut described = format!("{command:?}");
        if let Some(reason) = &caller.early {
            described.push_str(&format!(" early {reason:?}"));
        }
        self.act_with(caller, incident, &described, command, Vec::new()).await
    }

    /// The same with rows that are committed along; `described` is what a key stands for.
    pub(super) async fn act_with(
        &self,
        caller: &Caller,
        id: IncidentId,
        described: &str,
        command: Command,
        rows: Vec<RowChange>,
    ) -> Result<Change> {
        self.tick_before(id).await?;
        let request = Request { actor: caller.actor(), early: caller.early.clone(), command };
        if let Some(change) = self.answered(caller, id, described).await? {
            return Ok(change);
        }
        if let Command::FinishStep { step, outcome, .. } = &request.command
            && *outcome != Some(StepOutcome::Failed)
            && self.load(id).await?.incident.is_open(step)
        {
            self.probe(id, step).await?;
        }
        if let Command::FinishStep { step, .. } = &request.command {
            self.fit_to_publish(id, step, &caller.locale).await?;
        }
        let key = caller.key.as_deref().map(|key| (key, described));
        match self.commit(id, &request, key, rows).await {
            Ok(outcome) => Ok(change_of(&outcome.loaded, &outcome.events, &caller.locale)),
            Err(Error::KeyTaken) => self.answered(caller, id, described).await?.ok_or(Error::KeyTaken),
            Err(error) => Err(error),
        }
    }

    /// Whether any request was answered under this key.
    pub async fn knows_key(&self, key: &str) -> Result<bool> {
        let Some(store) = self.reader().await? else { return Ok(false) };
        Ok(matches!(store.answered(key, "").await, Ok(Some(_)) | Err(crate::store::Error::KeyReused(_))))
    }

    /// The answer this caller's key was given before, if it was.
    pub(super) async fn answered(&self, caller: &Caller, id: IncidentId, described: &str) -> Result<Option<Change>> {
        let Some(key) = &caller.key else { return Ok(None) };
        let Some(answer) = self.writer().await?.answered(key, &digest(id, described)).await? else { return Ok(None) };
        let (first, last) = parse_answer(&answer)?;
        let events = self.writer().await?.events(id, 0).await?;
        let until = &events[..usize::try_from(last).unwrap_or(usize::MAX).min(events.len())];
        let declared = until.first().ok_or_else(|| Error::no_incident(&id.to_string()))?;
        let loaded = Loaded { runbook: Arc::new(pinned(declared)?), incident: Incident::replay(until)? };
        let own: Vec<_> = until.iter().filter(|event| event.seq >= first).cloned().collect();
        Ok(Some(change_of(&loaded, &own, &caller.locale)))
    }

    /// Decides against the newest state and commits; decides again when someone else was first.
    pub(super) async fn commit(
        &self,
        id: IncidentId,
        request: &Request,
        key: Option<(&str, &str)>,
        rows: Vec<RowChange>,
    ) -> Result<Outcome> {
        let store = self.writer().await?;
        for attempt in 0..ATTEMPTS {
            // What is remembered serves first: if it is out of date, the commit conflicts. It may not refuse anyone.
            let remembered = if attempt == 0 { self.seen.lock().await.get(&id).cloned() } else { None };
            let certain = remembered.is_none();
            let loaded = match remembered {
                Some(loaded) => loaded,
                None => self.load_from(store, id).await?,
            };
            let events = match decide(&loaded.runbook, self.clock.now(), &loaded.incident, request.clone()) {
                Ok(events) if events.is_empty() && certain => return Ok(Outcome { loaded, events }),
                Err(rejection) if certain => return Err(rejection.into()),
                Ok(events) if !events.is_empty() => events,
                Ok(_) | Err(_) => continue,
            };
            let mut incident = loaded.incident.clone();
            for event in &events {
                apply(&mut incident, event)?;
            }
            let decided = Loaded { runbook: Arc::clone(&loaded.runbook), incident };
            let answer = key.map(|(key, described)| KeyedAnswer {
                key: key.to_owned(),
                request: digest(id, described),
                answer: format!("{}..{}", loaded.incident.seq + 1, decided.incident.seq),
            });
            let mut rows = rows.clone();
            rows.extend(self.nudges(store, Some(&loaded.incident), &decided, &request.actor).await?);
            match store_decided(store, loaded.incident.seq, &decided, &events, answer, rows).await {
                Ok(()) => return Ok(Outcome { loaded: self.remember(decided).await, events }),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Fault(format!("{id} kept moving on; the command was not carried out")))
    }
}

/// Stores decided events with everything that follows from them, in one transaction.
pub(super) async fn store_decided(
    store: &Store,
    expected_seq: u64,
    decided: &Loaded,
    events: &[Recorded],
    answer: Option<KeyedAnswer>,
    mut rows: Vec<RowChange>,
) -> std::result::Result<(), crate::store::Error> {
    let incident = &decided.incident;
    rows.extend(events.iter().filter_map(|recorded| row_of(incident, &recorded.event)));
    let rank = decided.runbook.severity(incident.severity.as_str()).map_or(0, |(_, rank)| rank);
    let commit = Commit {
        at: incident.at,
        expected_seq,
        events,
        head: Head::of(incident, rank),
        next_due: due(&decided.runbook, incident).map(|due| due.at),
        answer,
        rows,
    };
    store.commit(commit).await
}

/// The row that follows from an event, where one does.
fn row_of(incident: &Incident, event: &Event) -> Option<RowChange> {
    match event {
        Event::NoticeQueued(queued) => Some(RowChange::QueueNotice {
            notice: queued.notice,
            step: queued.step.clone(),
            tells_status: incident.notice(queued.notice).is_some_and(|notice| notice.draft.status.is_some()),
        }),
        Event::NoticeCancelled { notice, .. } | Event::NoticeVoided { notice, .. } => {
            Some(RowChange::CancelNotice { notice: *notice })
        }
        Event::NoticePaused { notice, .. } => Some(RowChange::PauseNotice { notice: *notice }),
        Event::NoticeResumed { notice, .. } => Some(RowChange::ResumeNotice { notice: *notice }),
        Event::NoticeResent { notice, .. } => Some(RowChange::ResendNotice { notice: *notice }),
        Event::NoticeFirstSent { notice, .. } => Some(RowChange::ToldFirstSent { notice: *notice }),
        Event::NoticeSettled { notice, .. } => Some(RowChange::ToldSettled { notice: *notice }),
        Event::ActionQueued { step, run, action, with } => Some(RowChange::QueueAction(QueuedAction {
            incident: incident.id,
            step: step.clone(),
            run: *run,
            action: action.clone(),
            with: with.clone(),
        })),
        Event::ContactsReached { step, contacts, by, .. } => {
            Some(RowChange::ReachByHand { step: step.clone(), contacts: contacts.clone(), by: by.clone() })
        }
        _ => None,
    }
}

/// The runbook an incident began with; changing its file since has changed nothing.
pub(super) fn pinned(first: &Recorded) -> Result<Runbook> {
    let Event::IncidentDeclared(declared) = &first.event else {
        return Err(Error::Fault("a journal that does not begin with a declaration".to_owned()));
    };
    check::pinned(&declared.runbook_source).map_err(|problems| Error::Problems {
        file: format!("the runbook of {}", declared.number),
        source_text: declared.runbook_source.to_string(),
        problems,
    })
}

/// What a command that changes an incident answers.
pub(super) fn change_of(loaded: &Loaded, events: &[Recorded], locale: &Locale) -> Change {
    Change {
        incident: loaded.incident.number,
        events: events.iter().map(|recorded| head_of(loaded, recorded, locale)).collect(),
        open: super::run::open_steps(loaded),
    }
}

fn head_of(loaded: &Loaded, recorded: &Recorded, locale: &Locale) -> EventHead {
    EventHead {
        seq: recorded.seq,
        r#type: recorded.event.type_name().to_owned(),
        at: recorded.at.into(),
        text: recorded.event.summary(&loaded.runbook, locale, loaded.incident.timezone),
    }
}

fn parse_which(named: &str) -> Option<Which> {
    let digits = named.strip_prefix("INC-").or_else(|| named.strip_prefix("inc-")).unwrap_or(named);
    if let Ok(number) = digits.parse() {
        return Some(Which::Number(IncidentNumber(number)));
    }
    named.parse().ok().map(|uuid| Which::Id(IncidentId(uuid)))
}

/// What a key stands for: this request to this incident.
pub(super) fn digest(incident: IncidentId, described: &str) -> String {
    use std::fmt::Write as _;
    let hash = Sha256::new().chain_update(incident.to_string()).chain_update("\n").chain_update(described).finalize();
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn parse_answer(answer: &str) -> Result<(u64, u64)> {
    answer
        .split_once("..")
        .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)))
        .ok_or_else(|| Error::Fault(format!("a stored answer `{answer}` can't be read")))
}
