//! Robots: their limits kept by several couriers together, their signatures read by another language.

mod digest;
mod fake;
mod limits;
mod room;
mod split;
