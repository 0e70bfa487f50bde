//! The console: a file per page.

mod book;
mod commands;
mod contacts;
mod desk;
mod drill;
mod drilled;
mod drills;
mod flow;
mod follow_ups;
mod home;
mod incident;
mod learn;
mod names;
mod notice;
mod plan;
mod reach;
mod ready;
mod refused;
mod retrospective;
mod runbooks;
mod shelf;
mod snippet;
mod start;
mod step;
mod trial;

#[cfg(test)]
mod tests;

pub(crate) use desk::routes;
pub(crate) use refused::Refused;
