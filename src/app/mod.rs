//! The one conductor: loads, decides, commits; drafts, delivers, ticks, checks.

pub mod view;
