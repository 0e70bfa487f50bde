//! Outbound addresses: which of them nothing may be sent to, however they are spelt.

/// The addresses that may be reached although they are refused by default.
#[derive(Debug, Clone, Default)]
pub struct Guard {}
