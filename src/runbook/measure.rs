//! Durations and rates as people write them: `90s`, `5m`, `1h 30m`, `3d`; `60/h`.

use std::time::Duration;

use super::Rate;

/// Reads a duration such as `1h 30m`; none if it is not one, or longer than ten years.
pub fn duration(_written: &str) -> Option<Duration> {
    unimplemented!("runbook")
}

/// Reads a rate such as `60/h`.
pub fn rate(_written: &str) -> Option<Rate> {
    unimplemented!("runbook")
}

/// Writes a duration the way a runbook does: `1h 30m`.
pub fn written(_span: Duration) -> String {
    unimplemented!("runbook")
}
