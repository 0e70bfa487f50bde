//! The suite: what Muster promises, tested through its public interface.

mod api;
mod browser;
mod cli;
mod console_pages;
mod delivery;
mod faults;
mod fuzz;
mod nodes;
mod page;
mod people;
mod postgres;
mod relay;
mod robots;
mod simulation;
mod stores;
mod terminal;
mod work;
