//! The interface over real HTTP, as other systems meet it: the binary serves, accounts are real, nothing is faked.

mod documented;
mod incident;
mod refused;
mod schema;
mod site;
mod stream;
