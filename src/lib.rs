//! Muster: an incident-response runbook engine.
//!
//! The modules stand in layer order; each uses only itself and those above it, and
//! `tests/architecture.rs` holds them to it. See `docs/architecture.md`.

pub mod problem;
pub mod locale;
pub mod clock;
pub mod settings;
pub mod contact;
pub mod runbook;
pub mod incident;
pub mod notice;
pub mod retrospective;
pub mod library;
pub mod store;
pub mod delivery;
pub mod action;
pub mod app;
pub mod drill;
pub mod server;
pub mod cli;
