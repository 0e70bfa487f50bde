//! The timeline as a picture: an SVG that reads in light and dark, with a title for those who listen.

use super::timeline::Row;
use crate::incident::event::Recorded;
use crate::locale::Locale;
use crate::runbook::Runbook;

/// Draws the timeline of an incident.
pub fn draw(_runbook: &Runbook, _events: &[Recorded], _rows: &[Row], _locale: &Locale, _tz: chrono_tz::Tz) -> String {
    unimplemented!("retrospective")
}
