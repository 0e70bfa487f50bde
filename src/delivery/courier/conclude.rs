//! Conclusions: what the verdict on a try becomes in the ledger, and whether mail goes on. Pure.

use super::{Stall, letter};
use crate::clock::Timestamp;
use crate::delivery::Verdict;
use crate::delivery::retry::{self, Decision, Try};
use crate::settings::OnUnknown;
use crate::store::ledger::{Leased, Settled};

/// What follows from one try of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// What the ledger is told.
    pub settled: Settled,
    /// That its notice waits for a person, where the relay refuses it for everyone.
    pub stall: Option<Stall>,
}

/// Concludes what a verdict means for the row that was tried.
pub fn conclude(row: &Leased, verdict: Verdict, now: Timestamp, on_unknown: OnUnknown) -> Conclusion {
    let delivery = letter::name(row);
    // A nudge that the relay refuses pauses nothing: it is tried again while it still makes sense.
    let verdict = match verdict {
        Verdict::Stalled { reason } if row.nudge.is_some() => Verdict::later(reason),
        verdict => verdict,
    };
    let tried = Try { delivery: &delivery, attempts: row.attempts, since: row.date, now, on_unknown };
    let settled = match retry::decide(verdict, &tried) {
        Decision::Sent { reply } => Settled::Sent { reply },
        // An endpoint has no address of its own in the ledger to suppress.
        Decision::Failed { reply, suppress } => {
            Settled::Failed { reply, suppress: suppress && !row.address.is_empty() }
        }
        Decision::Again { at, reply } => Settled::Later { again_at: at, reply },
        Decision::Deferred { at, reply } => Settled::Deferred { again_at: at, reply },
        Decision::Suppressed { reply } => Settled::Suppressed { reply },
        Decision::Unknown { again_at, reply } => Settled::Unknown { again_at, reply },
        Decision::Stall { reason } => {
            let stall = Stall { incident: row.incident, notice: row.notice, reason };
            return Conclusion { settled: Settled::Released, stall: Some(stall) };
        }
    };
    Conclusion { settled, stall: None }
}
