//! Given, when, then: every rule of how a runbook runs.

pub(in crate::incident) mod given;
pub(in crate::incident) mod sample;

mod acceptance;
mod containment;
mod ends;
mod first_notice;
mod order;
mod updates;
