//! Given, when, then: every rule of how a runbook runs.

pub(in crate::incident) mod given;
pub(in crate::incident) mod sample;

mod acceptance;
mod applicability;
mod approvals;
mod containment;
mod early;
mod ends;
mod facts;
mod first_notice;
mod laws;
mod learning;
mod notices;
mod order;
mod steps;
mod ticks;
mod updates;
