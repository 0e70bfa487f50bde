//! What an onlooker writes down: every try of every row, what was accepted, and who asked for what when.

use std::collections::HashMap;

use muster::incident::NoticeId;
use muster::store::ledger::{Channel, DeliveryId, Leased};

/// A law that did not hold.
pub(super) type Broken = String;

/// One worker's dealings with one row under one lease.
#[derive(Debug, Clone)]
pub(super) struct Try {
    pub(super) row: Leased,
    pub(super) node: usize,
    /// The steps of the run at which it was leased, begun and accepted.
    pub(super) leased_at: u64,
    pub(super) begun_at: Option<u64>,
    pub(super) accepted_at: Option<u64>,
    /// Whether its worker was killed or stopped, the clock jumped, or the connection was lost: a second may follow.
    pub(super) excused: bool,
    pub(super) ended: bool,
}

#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) tries: Vec<Try>,
    /// The bytes of each row's message, the same on every try.
    pub(super) messages: HashMap<DeliveryId, Vec<u8>>,
    /// When each notice was queued and cancelled, and each address suppressed.
    pub(super) queued: HashMap<NoticeId, u64>,
    pub(super) cancelled: HashMap<NoticeId, u64>,
    pub(super) suppressed: HashMap<String, u64>,
    pub(super) resent: HashMap<NoticeId, u64>,
    /// Whether a mail in doubt waits for a person instead of being sent again.
    pub(super) holds: bool,
}

impl Record {
    /// Notes a lease; gives the number of the try that begins with it.
    pub(super) fn leased(&mut self, row: Leased, node: usize, step: u64) -> usize {
        self.tries.push(Try {
            row,
            node,
            leased_at: step,
            begun_at: None,
            accepted_at: None,
            excused: false,
            ended: false,
        });
        self.tries.len() - 1
    }

    /// Excuses every try that is under way, of one node or of all.
    pub(super) fn excuse(&mut self, node: Option<usize>) {
        for one in self.tries.iter_mut().filter(|one| !one.ended && node.is_none_or(|node| one.node == node)) {
            one.excused = true;
        }
    }

    /// Notes that the world took a message, and holds that against everything promised of it.
    pub(super) fn accepted(&mut self, number: usize, bytes: &[u8], step: u64) -> Result<(), Broken> {
        let one = self.tries[number].clone();
        let who = one.row.recipient.as_str();
        if !self.queued.contains_key(&one.row.notice) && one.row.nudge.is_none() {
            return Err(format!("{who} was sent a notice that was never queued"));
        }
        let Some(begun) = one.begun_at else {
            return Err(format!("{who} was sent a message that the ledger does not know to be under way"));
        };
        if self.cancelled.get(&one.row.notice).is_some_and(|cancelled| *cancelled < begun) {
            return Err(format!("{who} was sent a notice after it was cancelled"));
        }
        let address = one.row.address.to_lowercase();
        if self.suppressed.get(&address).is_some_and(|suppressed| *suppressed < one.leased_at) {
            return Err(format!("{who} was written to after {address} was suppressed"));
        }
        let known = self.messages.entry(one.row.id).or_insert_with(|| bytes.to_vec());
        if known != bytes {
            return Err(format!("{who} was sent other bytes than on the first try"));
        }
        let mut earlier = self.tries.iter().filter(|other| other.row.id == one.row.id && other.accepted_at.is_some());
        if let Some(other) = earlier.find(|other| !other.excused && !one.excused) {
            return Err(format!(
                "{who} was sent the same message twice, at {} and {step}, though nothing had gone wrong",
                other.accepted_at.unwrap_or_default()
            ));
        }
        let held = self.holds && one.row.channel == Channel::Mail && !self.resent.contains_key(&one.row.notice);
        if held && self.was_accepted(one.row.id) {
            return Err(format!("{who} was sent a second message, though those in doubt are to be held"));
        }
        self.tries[number].accepted_at = Some(step);
        Ok(())
    }

    /// Whether any try of a row was accepted.
    pub(super) fn was_accepted(&self, row: DeliveryId) -> bool {
        self.tries.iter().any(|one| one.row.id == row && one.accepted_at.is_some())
    }

    /// Whether a row's acceptance was learned by nobody, so that the ledger may say otherwise.
    pub(super) fn is_in_doubt(&self, row: DeliveryId) -> bool {
        self.tries.iter().any(|one| one.row.id == row && one.accepted_at.is_some() && one.excused)
    }
}
