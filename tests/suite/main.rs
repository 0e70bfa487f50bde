//! The suite: what Muster promises, tested through its public interface.

mod api;
#[expect(
    clippy::panic,
    clippy::result_large_err,
    reason = "a browser that does not answer fails the test there and then"
)]
mod browser;
mod cli;
#[expect(clippy::panic, reason = "a server that does not begin fails the test there and then")]
mod console_pages;
mod delivery;
mod faults;
mod fuzz;
mod nodes;
mod page;
#[expect(clippy::panic, reason = "a server that does not begin fails the test there and then")]
mod people;
mod postgres;
mod relay;
mod robots;
mod simulation;
mod stores;
mod terminal;
mod work;
