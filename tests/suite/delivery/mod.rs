//! Delivery under faults: Postfix's sink behind a faulty proxy, workers killed, stopped and starved, clocks that jump.

mod crash;
mod fan;
mod nodes;
mod proxy;
mod sink;
mod verbs;
