//! The command line as people and programs meet it: the real binary in a folder of its own.

mod begin;
mod chinese;
pub(crate) mod environment;
mod json;
mod run;
mod tell;
mod usage;
