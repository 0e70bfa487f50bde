//! The suite: what Muster promises, tested through its public interface.

mod cli;
mod faults;
mod relay;
mod stores;
mod terminal;
