//! Workers and the team: what a standing worker does, what a send leaves to it, how both are stopped, and whom they nudge.

mod nudges;
mod site;
mod worker;
