//! Open steps as pages show them: a card with the form that works it, a fact as a field, and what is best done next.

mod card;
pub(super) mod fields;
mod sight;
mod work;

pub(super) use card::{Approval, Card};
pub(super) use sight::{Known, Sight};
pub(super) use work::{Link, notice, reaches};
