//! What happened in a run, line by line, and the one hash by which two runs are compared.

use muster::clock::{Timestamp, rfc3339};
use sha2::{Digest, Sha256};

#[derive(Debug, Default)]
pub(super) struct Trace {
    lines: Vec<String>,
}

impl Trace {
    pub(super) fn note(&mut self, step: u64, at: Timestamp, what: impl std::fmt::Display) {
        self.lines.push(format!("{step:4} {} {what}", rfc3339(at)));
    }

    /// The hash of every line.
    pub(super) fn hash(&self) -> String {
        let digest = Sha256::digest(self.lines.join("\n"));
        digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The newest lines.
    pub(super) fn tail(&self, lines: usize) -> String {
        self.lines[self.lines.len().saturating_sub(lines)..].join("\n")
    }
}
