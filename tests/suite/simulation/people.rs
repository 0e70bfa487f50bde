//! People: they draft, approve, send, pause, cancel and correct, in any order and not always wisely.

use fastrand::Rng;
use muster::app::{App, Caller, Drafting, Kind, Start, Written};
use muster::incident::state::Stage;
use muster::incident::{Command, IncidentId, NoticeId, PersonId};
use muster::locale::Locale;
use muster::runbook::{Status, StepId};

use super::record::{Broken, Record};

/// Two customers share an address, one has none, and one holds the tag `key` as well.
pub(super) const CONTACTS: &[u8] = b"\
id,org,name,kind,locale,emails,tags
ann,Acme,Ann,customer,en,ann@acme.example,key
bo,Boyuan,Bo,customer,en,bo@boyuan.example,
cy,Cyan,Cy,customer,en,cy@cyan.example,key
di,Cyan,Di,customer,en,di@cyan.example,
eve,Eiger,Eve,customer,en,,
";
const ADDRESSES: [&str; 4] = ["ann@acme.example", "bo@boyuan.example", "cy@cyan.example", "di@cyan.example"];
/// Rendering a draft is most of what a night costs.
const DRAFTS: u32 = 8;
const STEPS: [&str; 6] = ["progress", "progress", "progress", "progress", "key_notice", "resolved"];

pub(super) struct People {
    pub(super) incident: IncidentId,
    changes: u32,
    /// Drafts that they still have it in them to write.
    drafts: u32,
    has_ended: bool,
    /// The fingerprint that the approver last looked at.
    seen: Option<(&'static str, String)>,
}

type Told = Result<String, Broken>;

impl People {
    /// Declares the night's incident.
    pub(super) async fn begin(app: &App) -> Result<Self, Broken> {
        app.import_contacts(CONTACTS).await.map_err(refused)?;
        let start = Start {
            runbook: concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/simulation/night.yaml").to_owned(),
            severity: "high".to_owned(),
            ..Start::default()
        };
        let incident = app.start(&who("kim"), start).await.map_err(refused)?.id;
        let people = Self { incident, changes: 0, drafts: DRAFTS, has_ended: false, seen: None };
        people.act(app, "kim", finish("first_facts")).await?;
        Ok(people)
    }

    /// One of them does something; what the engine refuses is no fault.
    pub(super) async fn do_something(&mut self, app: &App, random: &mut Rng, record: &mut Record, step: u64) -> Told {
        // Nothing goes out before the first notice.
        let about = if record.queued.is_empty() { "first_notice" } else { random.choice(STEPS).unwrap_or_default() };
        if random.u8(..5) < 3 {
            let mut told = String::new();
            // Often in one go, now and then with anything in between.
            for _ in 0..random.u8(1..4) {
                told = self.take_further(app, about, random, record, step).await?;
                if told.contains("refused") || told.contains("sends") {
                    break;
                }
            }
            return Ok(told);
        }
        match random.u8(..30) {
            0..=6 => self.draft(app, about, random).await,
            7..=12 => self.approve(app, about, random).await,
            13..=19 => self.queue(app, about, record, step).await,
            20 => self.act(app, "dana", Command::PauseNotice { step: StepId::new(about), reason: None }).await,
            21..=22 => self.act(app, "dana", Command::ResumeNotice { step: StepId::new(about) }).await,
            23 => self.cancel(app, about, record, step).await,
            24 => self.resend(app, about, record, step).await,
            25 => {
                let address = random.choice(ADDRESSES).unwrap_or_default();
                app.suppress(address).await.map_err(refused)?;
                record.suppressed.entry(address.to_owned()).or_insert(step);
                Ok(format!("{address} unsubscribes"))
            }
            26 => self.state_change(app).await,
            27 => self.act(app, "dana", reject(about)).await,
            28 => self.act(app, "kim", finish(random.choice(["close_form", "repair"]).unwrap_or_default())).await,
            _ => {
                let outcome = [("ended_at", "2026-11-22T03:00:00Z"), ("data_loss", "none")];
                let facts = outcome.map(|(fact, value)| written(fact, value));
                match app.set(&who("kim"), self.incident, &facts, true).await {
                    Ok(_) => {
                        self.has_ended = true;
                        self.act(app, "kim", finish("outcome")).await
                    }
                    Err(error) => answered(&error, "states the outcome"),
                }
            }
        }
    }

    /// Does what brings a notice out next.
    async fn take_further(
        &mut self,
        app: &App,
        about: &'static str,
        random: &mut Rng,
        record: &mut Record,
        step: u64,
    ) -> Told {
        let loaded = app.load(self.incident).await.map_err(refused)?;
        let notice = loaded.incident.newest_notice(&StepId::new(about));
        match notice.map(|notice| notice.stage) {
            Some(Stage::Draft) => {
                let hash = notice.map(|notice| notice.draft.hash.clone());
                self.act(app, "dana", Command::Approve { step: StepId::new(about), hash, alone: None }).await
            }
            Some(Stage::Approved) => self.queue(app, about, record, step).await,
            Some(Stage::Queued | Stage::Settled) if about != "progress" => Ok(format!("{about} is out")),
            None | Some(Stage::Voided | Stage::Cancelled | Stage::Queued | Stage::Settled) => {
                self.draft(app, about, random).await
            }
        }
    }

    /// Lets everything go on that was paused, so that the night can end; says whether anything was.
    pub(super) async fn resume_all(&self, app: &App) -> Result<bool, Broken> {
        let loaded = app.load(self.incident).await.map_err(refused)?;
        let paused = loaded.incident.notices.iter().filter(|notice| notice.paused && notice.stage == Stage::Queued);
        let mut any = false;
        for notice in paused {
            let step = notice.draft.step.clone();
            app.act(&who("dana"), self.incident, Command::ResumeNotice { step }).await.map_err(refused)?;
            any = true;
        }
        Ok(any)
    }

    async fn state_change(&mut self, app: &App) -> Told {
        self.changes += 1;
        let facts = [written("changed", &format!("Change number {}", self.changes))];
        match app.set(&who("kim"), self.incident, &facts, false).await {
            Ok(_) => Ok(format!("kim states change {}", self.changes)),
            Err(error) => answered(&error, "states what changed"),
        }
    }

    async fn draft(&mut self, app: &App, about: &'static str, random: &mut Rng) -> Told {
        let drafting = match (about, random.u8(..4)) {
            ("progress", 0) => Drafting { status: Some(Status::Identified), nothing_new: false },
            ("progress", 1) => Drafting { status: Some(Status::Monitoring), nothing_new: true },
            _ => Drafting { status: None, nothing_new: random.bool() },
        };
        if self.drafts == 0 || (about == "resolved" && !self.has_ended) {
            return Ok("nobody has anything to add".to_owned());
        }
        if about == "progress" && !drafting.nothing_new {
            self.state_change(app).await?;
        }
        match app.draft(&who("kim"), self.incident, about, drafting).await {
            Ok(view) => {
                self.drafts -= 1;
                // Now and then nobody looks again.
                if let Some(hash) = &view.hash
                    && random.u8(..3) > 0
                {
                    self.seen = Some((about, hash.clone()));
                }
                let problems: Vec<_> = view.problems.iter().map(|problem| problem.code.as_str()).collect();
                Ok(format!("kim drafts {about} for {}: {problems:?}", view.recipients))
            }
            Err(error) => answered(&error, &format!("drafts {about}")),
        }
    }

    /// Approves what was last looked at, or, carelessly, whatever stands.
    async fn approve(&mut self, app: &App, about: &'static str, random: &mut Rng) -> Told {
        let (about, hash) = match &self.seen {
            Some((seen, hash)) if random.u8(..4) > 0 => (*seen, Some(hash.clone())),
            Some(_) | None => (about, None),
        };
        let person = if random.u8(..8) == 0 { "kim" } else { "dana" };
        let command = Command::Approve { step: StepId::new(about), hash: hash.clone(), alone: None };
        match app.act(&who(person), self.incident, command).await {
            Ok(_) => {
                let loaded = app.load(self.incident).await.map_err(refused)?;
                let stands = loaded.incident.newest_notice(&StepId::new(about)).map(|notice| notice.draft.hash.clone());
                match hash {
                    Some(seen) if Some(&seen) != stands.as_ref() => {
                        Err(format!("{person} approved what nobody showed"))
                    }
                    Some(_) | None => Ok(format!("{person} approves {about}")),
                }
            }
            Err(error) => answered(&error, &format!("approves {about}")),
        }
    }

    async fn queue(&self, app: &App, about: &str, record: &mut Record, step: u64) -> Told {
        let command = Command::QueueNotice { step: StepId::new(about), recipients: None };
        match app.act(&who("kim"), self.incident, command).await {
            Ok(_) => {
                record.queued.insert(self.newest(app, about).await?, step);
                Ok(format!("kim sends {about}"))
            }
            Err(error) => answered(&error, &format!("sends {about}")),
        }
    }

    async fn cancel(&self, app: &App, about: &str, record: &mut Record, step: u64) -> Told {
        let command = Command::CancelNotice { step: StepId::new(about) };
        match app.act(&who("dana"), self.incident, command).await {
            Ok(_) => {
                let loaded = app.load(self.incident).await.map_err(refused)?;
                for notice in loaded.incident.notices.iter().filter(|notice| notice.stage == Stage::Cancelled) {
                    record.cancelled.entry(notice.id()).or_insert(step);
                }
                Ok(format!("dana cancels {about}"))
            }
            Err(error) => answered(&error, &format!("cancels {about}")),
        }
    }

    async fn resend(&self, app: &App, about: &str, record: &mut Record, step: u64) -> Told {
        let loaded = app.load(self.incident).await.map_err(refused)?;
        let Some(notice) = loaded.incident.newest_sent(&StepId::new(about)).map(|notice| notice.id()) else {
            return Ok("nothing to send again".to_owned());
        };
        match app.requeue(&who("kim"), self.incident, about).await {
            Ok((_, rows)) => {
                record.resent.insert(notice, step);
                Ok(format!("kim sends {rows} of {about} again"))
            }
            Err(error) => answered(&error, &format!("sends {about} again")),
        }
    }

    async fn newest(&self, app: &App, about: &str) -> Result<NoticeId, Broken> {
        let loaded = app.load(self.incident).await.map_err(refused)?;
        let notice = loaded.incident.newest_notice(&StepId::new(about)).map(|notice| notice.id());
        notice.ok_or_else(|| format!("{about} has no notice"))
    }

    async fn act(&self, app: &App, person: &str, command: Command) -> Told {
        let told = format!("{command:?}").replace(self.incident.to_string().as_str(), "the incident");
        match app.act(&who(person), self.incident, command).await {
            Ok(_) => Ok(format!("{person}: {told}")),
            Err(error) => answered(&error, &told),
        }
    }
}

fn who(person: &str) -> Caller {
    Caller { person: PersonId(person.to_owned()), locale: Locale::english(), key: None, early: None }
}

fn written(fact: &str, value: &str) -> Written {
    Written { fact: fact.to_owned(), locale: None, value: value.to_owned() }
}

fn finish(step: &str) -> Command {
    Command::FinishStep { step: StepId::new(step), outcome: None, note: None, evidence: None }
}

fn reject(step: &str) -> Command {
    Command::Reject { step: StepId::new(step), reason: "not like this".to_owned() }
}

fn refused(error: muster::app::Error) -> Broken {
    format!("a command failed: {error}")
}

/// A refusal is an answer; anything else is a fault of Muster's own.
fn answered(error: &muster::app::Error, what: &str) -> Told {
    match error.kind() {
        Kind::Refused | Kind::NotFound => Ok(format!("{what}: refused as {}", error.code())),
        Kind::StoreUnavailable | Kind::Fault => Err(format!("{what}: {error}")),
    }
}
