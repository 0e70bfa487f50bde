//! The suite: what Muster promises, tested through its public interface.

mod api;
mod browser;
mod cli;
mod delivery;
mod faults;
mod fuzz;
mod nodes;
mod postgres;
mod relay;
mod robots;
mod simulation;
mod stores;
mod terminal;
mod work;
