//! People over real HTTP, with the real binary: who gets in, who does not, and what strangers' requests come to.

mod doors;
mod links;
mod others;
mod sign_in;
mod site;
