//! The suite: what Muster promises, tested through its public interface.

mod cli;
mod faults;
mod postgres;
mod relay;
mod stores;
mod terminal;
