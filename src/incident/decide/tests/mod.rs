//! Given, when, then: every rule of how a runbook runs.
