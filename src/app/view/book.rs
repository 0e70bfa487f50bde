//! Pages of the contact book: a screen's worth of it, with what the whole adds up to.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::contact::Contact;

/// Some contacts of the book, in the order of their ids.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct ContactPage {
    pub contacts: Vec<ContactLine>,
    /// The id to go on after; none where this is the end.
    pub next: Option<String>,
    /// Of the whole book, whatever was looked for.
    pub total: u64,
    pub organisations: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContactLine {
    #[serde(flatten)]
    pub contact: Contact,
    /// Whether the address that mail would go to is suppressed.
    pub suppressed: bool,
}

/// Some of the addresses and endpoints that nothing is sent to, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuppressedPage {
    pub lines: Vec<Suppressed>,
    pub next: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    pub address: String,
    pub reason: String,
    pub at: Timestamp,
}

/// Whom a `reach` step asks to be reached by hand: a screen's worth of those still to be reached, and who was.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReachPage {
    pub to_reach: Vec<Contact>,
    /// The id to go on after; none where this is the end.
    pub next: Option<String>,
    pub left: u64,
    pub left_organisations: u64,
    /// The newest first.
    pub reached: Vec<Touched>,
    pub reached_count: u64,
    pub reached_organisations: u64,
}

/// A contact whom someone reached by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    pub contact: Contact,
    /// How; empty where it was in another step.
    pub by: String,
    pub at: Option<Timestamp>,
}
