//! The console: a file per page.

mod drills;
mod flow;
