//! Delivery under faults: Postfix's sink behind a faulty proxy, workers killed, stopped and starved, clocks that jump.

mod clock;
mod crash;
mod disk;
mod fan;
mod nodes;
mod proxy;
pub(crate) mod sink;
mod verbs;
