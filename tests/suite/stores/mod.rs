//! One contract for every store: each test takes a store from [`fixture`], so that a second kind can run them all.

mod book;
mod files;
mod fixture;
mod journal;
mod laws;
mod ledger;
mod limits;
mod look;
mod outage;
mod outbox;
mod people;
mod server;
mod tampering;
mod workers;
