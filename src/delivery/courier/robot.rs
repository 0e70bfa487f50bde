//! A robot's rows: those for which there is room go one by one; those that a limit would delay go as one digest.

use std::time::Duration;

use futures_util::future::join_all;

use super::{Round, hooks};
use crate::clock::{Timestamp, after, between};
use crate::delivery::http::Http;
use crate::delivery::webhook::{self, Endpoint};
use crate::delivery::{Letter, Verdict, digest, robots};
use crate::settings::Webhook;
use crate::store::book::endpoint_key;
use crate::store::ledger::Leased;
use crate::store::limits::{Limit, Room, span};

/// How long a worker may stay with a robot for the parts of one message; every other wait is the ledger's.
const PATIENCE: Duration = Duration::from_secs(10);

/// A robot that is being told something.
struct Robot<'r> {
    round: &'r Round<'r>,
    /// As the settings call it.
    name: &'r str,
    endpoint: Endpoint,
    http: Http,
    limits: Vec<Limit>,
}

/// Whether a row has waited for room: it was taken in hand before and is untried all the same.
fn was_delayed(row: &Leased, now: Timestamp) -> bool {
    row.attempts == 0 && between(row.date, now) >= Duration::from_secs(1)
}

/// Rows that go together, in one message.
struct Bundle {
    rows: Vec<(Leased, Letter)>,
    form: Form,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// The newest in full, the others in short; one row alone as it is.
    Whole,
    /// All in short: the newest in full has no room beside them.
    Short,
}

/// Tells a robot what these rows say, and records what became of each.
pub(super) async fn tell(round: &Round<'_>, name: &str, webhook: &Webhook, rows: Vec<Leased>) {
    let robot = match Robot::new(round, name, webhook).await {
        Ok(robot) => robot,
        Err(verdict) => {
            join_all(rows.iter().map(|row| round.put_aside(&round.hooks, row, verdict.clone()))).await;
            return;
        }
    };
    let mut letters = Vec::with_capacity(rows.len());
    for row in rows {
        match hooks::letter(round, &row).await {
            Ok(letter) => letters.push((row, letter)),
            Err(verdict) => round.put_aside(&round.hooks, &row, verdict).await,
        }
    }
    letters.sort_by_key(|(row, _)| (row.notice.0, row.id));
    robot.tell(letters).await;
}

impl<'r> Robot<'r> {
    async fn new(round: &'r Round<'r>, name: &'r str, webhook: &Webhook) -> Result<Self, Verdict> {
        let endpoint = hooks::configured(webhook)?;
        hooks::enabled(round, &endpoint_key(name, &endpoint.fingerprint())).await?;
        let http = round.courier.http.get().map_err(|error| Verdict::failed(error.to_string()))?;
        let limits = robots::limits(endpoint.kind);
        Ok(Self { round, name, endpoint, http, limits })
    }

    async fn tell(&self, letters: Vec<(Leased, Letter)>) {
        // What was told in part is told to its end before anything else.
        let (begun, fresh): (Vec<_>, Vec<_>) = letters.into_iter().partition(|(row, _)| row.parts > 0);
        let mut bundles: Vec<Bundle> = begun.into_iter().map(Bundle::of_one).collect();
        let now = self.now();
        let delayed = !bundles.is_empty() || fresh.iter().any(|(row, _)| was_delayed(row, now));
        if fresh.len() > 1 && (delayed || !self.has_room_for_all(&fresh).await) {
            bundles.extend(self.bundled(fresh));
        } else {
            bundles.extend(fresh.into_iter().map(Bundle::of_one));
        }
        let mut bundles = bundles.into_iter();
        while let Some(bundle) = bundles.next() {
            if let Some(rest) = self.deliver(bundle).await {
                for bundle in bundles.by_ref() {
                    bundle.conclude(self.round, &rest).await;
                }
            }
        }
    }

    /// Whether each of these may be told on its own, now. Another worker may be faster: then those left over wait.
    async fn has_room_for_all(&self, letters: &[(Leased, Letter)]) -> bool {
        let now = self.now();
        let calls = letters.iter().map(|(_, letter)| webhook::parts(&self.endpoint, letter, now)).sum();
        let courier = self.round.courier;
        let room = courier.store.room_for_calls(&self.id(), &self.limits, calls, now).await;
        room.is_ok_and(|first_and_last| first_and_last <= now)
    }

    /// As few messages as say all of it, each in one call as far as that goes.
    fn bundled(&self, mut rows: Vec<(Leased, Letter)>) -> Vec<Bundle> {
        let fits = |rows: &[(Leased, Letter)], form| {
            let letter = composed(rows, form, self.page());
            letter.is_some_and(|letter| webhook::parts(&self.endpoint, &letter, self.now()) <= 1)
        };
        if fits(&rows, Form::Whole) {
            return vec![Bundle { rows, form: Form::Whole }];
        }
        let newest = rows.pop();
        let mut bundles = Vec::new();
        while !rows.is_empty() {
            let most = (1..=rows.len()).rev().find(|most| fits(&rows[..*most], Form::Short)).unwrap_or(1);
            let rest = rows.split_off(most);
            bundles.push(Bundle { rows: std::mem::replace(&mut rows, rest), form: Form::Short });
        }
        bundles.extend(newest.map(Bundle::of_one));
        bundles
    }

    /// Tells one message; gives back what those still waiting are spared, where it is as good as known.
    async fn deliver(&self, bundle: Bundle) -> Option<Verdict> {
        let moments = match self.take_room(&bundle).await {
            Ok(moments) => moments,
            Err(verdict) => {
                bundle.conclude(self.round, &verdict).await;
                return Some(verdict);
            }
        };
        // Durable before the first call; what was cancelled meanwhile is left out.
        let begun = join_all(bundle.rows.iter().map(|(row, _)| self.round.desk.record(None, Some(row)))).await;
        let (rows, refused): (Vec<_>, Vec<_>) = bundle.rows.into_iter().zip(begun).partition(|(_, begun)| *begun);
        let rows: Vec<_> = rows.into_iter().map(|(row, _)| row).collect();
        let round = self.round;
        join_all(refused.iter().map(|((row, _), _)| round.finish(&round.hooks, Some(round.given_back(row))))).await;
        let bundle = Bundle { rows, form: bundle.form };
        let letter = bundle.letter(self.page())?;
        let Some(told) = self.call(&bundle, &letter, &moments).await else {
            self.round.hooks.done(bundle.rows.len());
            return None;
        };
        let is_gone = matches!(told, Verdict::Disabled { .. });
        let verdict = self.heeded(told).await;
        bundle.conclude(self.round, &verdict).await;
        match verdict {
            Verdict::Limited { .. } | Verdict::Later { .. } => Some(verdict),
            Verdict::Failed { reason, .. } if is_gone => Some(Verdict::Suppressed { reason }),
            _ => None,
        }
    }

    /// Counts the calls that a message takes, or says until when it waits.
    async fn take_room(&self, bundle: &Bundle) -> Result<Vec<Timestamp>, Verdict> {
        let now = self.now();
        let all = bundle.letter(self.page()).map_or(0, |letter| webhook::parts(&self.endpoint, &letter, now));
        let calls = all.saturating_sub(bundle.parts_taken()).max(1);
        let stay = if calls == 1 { Duration::ZERO } else { PATIENCE.max(span(&self.limits, calls)) };
        let latest = after(now, stay);
        match self.round.courier.store.take_calls(&self.id(), &self.limits, calls, now, latest).await {
            Ok(Room::Taken(moments)) => Ok(moments),
            Ok(Room::NotBefore(at)) => Err(Verdict::Limited {
                reason: "waits until this robot may be called again".to_owned(),
                wait: between(now, at),
            }),
            Err(error) => Err(Verdict::later(error.to_string())),
        }
    }

    /// Makes the calls, each at its moment; none where the rows are somebody else's by now.
    async fn call(&self, bundle: &Bundle, letter: &Letter, moments: &[Timestamp]) -> Option<Verdict> {
        let courier = self.round.courier;
        let parts = webhook::parts(&self.endpoint, letter, self.now());
        let alone = if let [(row, _)] = &bundle.rows[..] { Some(row) } else { None };
        let first = alone.map_or(0, |row| row.parts as usize);
        let mut last = Verdict::failed("there was nothing to say");
        for (part, moment) in (first..parts.max(first + 1)).zip(moments) {
            courier.clock.wait(between(self.now(), *moment)).await;
            last = webhook::send_part(&self.http, &self.endpoint, letter, part, self.now()).await;
            if !matches!(last, Verdict::Sent { .. }) {
                break;
            }
            if let Some(row) = alone.filter(|_| part + 1 < parts) {
                let taken = u32::try_from(part + 1).unwrap_or(u32::MAX);
                match courier.store.parts_taken(row.id, row.lease, taken).await {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => return Some(Verdict::later(error.to_string())),
                }
            }
        }
        Some(last)
    }

    /// Does what a verdict means for the robot as such; gives back what it means for its rows.
    async fn heeded(&self, verdict: Verdict) -> Verdict {
        if let Verdict::Limited { wait, .. } = &verdict {
            let until = after(self.now(), *wait);
            // Where it cannot be kept the rows at hand are deferred all the same.
            let _ = self.round.courier.store.hold_robot(&self.id(), until, self.now()).await;
        }
        hooks::heeded(self.round, self.name, &endpoint_key(self.name, &self.id()), verdict).await
    }

    fn now(&self) -> Timestamp {
        self.round.courier.clock.now()
    }

    fn page(&self) -> Option<&str> {
        self.round.courier.page.as_deref()
    }

    /// What its calls are counted under: the robot is where it is called, whatever the settings call it.
    fn id(&self) -> String {
        self.endpoint.fingerprint()
    }
}

impl Bundle {
    fn of_one(row: (Leased, Letter)) -> Self {
        Self { rows: vec![row], form: Form::Whole }
    }

    fn parts_taken(&self) -> usize {
        if let [(row, _)] = &self.rows[..] { row.parts as usize } else { 0 }
    }

    /// What it says.
    fn letter(&self, page: Option<&str>) -> Option<Letter> {
        composed(&self.rows, self.form, page)
    }

    async fn conclude(&self, round: &Round<'_>, verdict: &Verdict) {
        join_all(self.rows.iter().map(|(row, _)| round.put_aside(&round.hooks, row, verdict.clone()))).await;
    }
}

fn composed(rows: &[(Leased, Letter)], form: Form, page: Option<&str>) -> Option<Letter> {
    let letters: Vec<&Letter> = rows.iter().map(|(_, letter)| letter).collect();
    match form {
        Form::Whole => digest::digest(&letters, page),
        Form::Short => digest::in_short(&letters, page),
    }
}
