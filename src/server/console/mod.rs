//! The console: a file per page.

mod contacts;
mod drilled;
mod drills;
mod flow;
mod follow_ups;
mod reach;
mod ready;
mod retrospective;
mod runbooks;
mod snippet;
