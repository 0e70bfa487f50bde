//! The server: the console, the interface for other systems and the public page; it translates, nothing else.

pub(crate) mod page;
mod views;
