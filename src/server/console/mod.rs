//! The console: a file per page.

mod book;
mod contacts;
mod desk;
mod drill;
mod drilled;
mod drills;
mod flow;
mod follow_ups;
mod incident;
mod learn;
mod plan;
mod reach;
mod ready;
mod retrospective;
mod runbooks;
mod shelf;
mod snippet;
mod trial;

pub(crate) use desk::routes;
