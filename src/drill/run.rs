//! Playing: moment after moment, whatever comes first, at the pace asked for.

use std::collections::VecDeque;
use std::time::Duration;

use super::player::{Look, Player};
use super::scenario::{Moment, Scenario};
use super::stage::Stage;
use super::{Error, Pace};
use crate::app::{self, Stop};
use crate::incident::state::Lifecycle;

/// More deeds than any story and runbook can ask for; beyond it nothing moves any more.
const MOST: usize = 20_000;
/// How far the clock goes where nothing is to come.
const IDLE: Duration = Duration::from_secs(60);

/// Plays moment after moment, whatever comes first: the story, the people left to themselves, the clock.
pub(super) async fn run(stage: &Stage<'_>, scenario: &Scenario, seed: u64, pace: &Pace) -> Result<Vec<String>, Error> {
    let mut pending: VecDeque<Moment> = scenario.story.clone().into();
    let mut player = Player::new(scenario, seed);
    let mut remarks = Vec::new();
    let mut deeds = 0;
    while deeds < MOST && !pace.is_stopped() {
        stage.app.tick().await?;
        stage.app.carry_out().await?;
        stage.app.deliver(false, &|_| {}, &Stop::default()).await?;
        let loaded = stage.load().await?;
        if matches!(loaded.incident.lifecycle, Lifecycle::Closed { .. }) {
            remarks.extend(pending.iter().map(|moment| format!("`{}` never came about", moment.words)));
            remarks.extend(unmet(stage, scenario).await?);
            return Ok(remarks);
        }
        let now = stage.now();
        let look =
            Look { runbook: &loaded.runbook, incident: &loaded.incident, pending: pending.make_contiguous(), now };
        let told = (0..look.pending.len()).find(|index| look.allows(&look.pending[*index]));
        let told = told.map(|index| (look.moment(&look.pending[index]).max(now), index));
        let own = player.next(&look);
        let due = stage.app.next_due(stage.incident).await?.filter(|due| *due > now);
        let first = [told.map(|(at, _)| at), own.as_ref().map(|own| own.at.max(now)), due].into_iter().flatten().min();
        // Who only watches may still act, and so the clock goes on.
        let first = match (first, pace) {
            (Some(first), _) => first,
            (None, Pace::Watched(_)) => now + IDLE,
            (None, Pace::AtOnce) => return Err(Error::Halted(halted(&look))),
        };
        pace.toward(stage.app.clock(), first).await;
        if stage.now() < first {
            continue;
        }
        deeds += 1;
        // The clock's own business is done at the top of the next round.
        if due == Some(first) {
            continue;
        }
        if let Some((_, index)) = told.filter(|(at, _)| *at == first) {
            let Some(moment) = pending.remove(index) else { continue };
            remarks.extend(act(stage, &moment).await?);
        } else if let Some(own) = own.filter(|own| own.at.max(now) == first) {
            let look = Look { runbook: &loaded.runbook, incident: &loaded.incident, pending: &[], now };
            match stage.perform(&own.by, None, &own.deed).await {
                Ok(()) => player.done(&look, &own),
                Err(error) if matches!(error.kind(), app::Kind::Refused | app::Kind::NotFound) => {
                    if !player.refused(&own, first) {
                        return Err(Error::Halted(format!("`{}`: {error}", own.key)));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    if pace.is_stopped() { Ok(remarks) } else { Err(Error::Halted("too much happened".to_owned())) }
}

/// Plays a moment of the story; what was refused, or was to be and was not, is a remark.
async fn act(stage: &Stage<'_>, moment: &Moment) -> Result<Option<String>, Error> {
    match (stage.perform(&moment.by, moment.early.as_ref(), &moment.deed).await, &moment.refused) {
        (Ok(()), None) => Ok(None),
        (Ok(()), Some(code)) => Ok(Some(format!("`{}` was to be refused as `{code}`, but was done", moment.words))),
        (Err(error), Some(code)) if error.code() == code => Ok(None),
        (Err(error), _) if error.kind() == app::Kind::Fault => Err(error.into()),
        (Err(error), _) => Ok(Some(format!("`{}` was refused: {error}", moment.words))),
    }
}

/// What the scenario expected that did not come about.
async fn unmet(stage: &Stage<'_>, scenario: &Scenario) -> Result<Vec<String>, Error> {
    let show = stage.app.show(stage.incident, &scenario.locale).await?;
    let mut remarks = Vec::new();
    let of = |step: &crate::runbook::StepId| show.steps.iter().find(|line| line.id == step.as_str());
    for (step, outcome) in &scenario.expect.outcomes {
        let ended = of(step).and_then(|line| line.outcome);
        if ended != Some(outcome.as_str()) {
            let ended = ended.unwrap_or("no outcome");
            remarks.push(format!("`{step}` was expected to end as {}, and has {ended}", outcome.as_str()));
        }
    }
    for step in &scenario.expect.not_applicable {
        let state = of(step).map_or("unknown", |line| line.state);
        if state != "not_applicable" {
            remarks.push(format!("`{step}` was expected not to apply, and is {state}"));
        }
    }
    if let Some(expected) = scenario.expect.uncovered {
        let uncovered = stage.app.coverage(stage.incident, &scenario.locale).await?.uncovered;
        if uncovered != expected {
            remarks.push(format!("{expected} contacts were expected to be uncovered, {uncovered} are"));
        }
    }
    Ok(remarks)
}

fn halted(look: &Look<'_>) -> String {
    let open: Vec<String> =
        look.runbook.steps.keys().filter(|step| look.incident.is_open(step)).map(|step| format!("`{step}`")).collect();
    if open.is_empty() {
        "nothing is open, and nobody does anything".to_owned()
    } else {
        format!("nobody ends {}", open.join(", "))
    }
}
