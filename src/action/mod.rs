//! Actions: carries out the operations and probes that the settings name, from durable rows.
//!
//! An action is carried out at least once: a worker that dies leaves its row to the next one.

mod command;
mod http;
mod placeholder;
mod probe;

use indexmap::IndexMap;

use crate::delivery::guard::Guard;
use crate::delivery::http::LazyHttp;
use crate::settings::{Action, Operation, Probe, Secret};

/// The longest account of what an action said that is kept, in bytes.
const LONGEST_DETAIL: usize = 2_000;

/// What an action or a probe came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub worked: bool,
    /// What it said: bounded, without control characters, and without the secrets it was given.
    pub detail: String,
}

/// The values that placeholders such as `{facts.region}` stand for, under their full names.
pub type Values = IndexMap<String, String>;

/// Carries out what the settings allow, and nothing else.
#[derive(Debug, Clone, Default)]
pub struct Hand {
    http: LazyHttp,
}

impl Hand {
    /// A hand that calls only addresses the settings allow, in CIDR notation.
    pub fn new(outbound_allow: &[String]) -> Self {
        Self { http: LazyHttp::new(Guard::new(outbound_allow)) }
    }

    /// Carries out an action once.
    pub async fn run(&self, action: &Action, values: &Values) -> Answer {
        match &action.operation {
            Operation::Command(argv) => command::run(argv, values, action.timeout).await,
            Operation::Http(call) => http::run(&self.http, call, values, action.timeout).await,
        }
    }

    /// Asks a probe once.
    pub async fn probe(&self, probe: &Probe, values: &Values) -> Answer {
        probe::ask(&self.http, probe, values).await
    }
}

impl Answer {
    fn failed(detail: impl Into<String>) -> Self {
        Self { worked: false, detail: detail.into() }
    }
}

/// Makes what an operation said fit to be kept: bounded, printable, its secrets blotted out.
fn account(said: &str, secrets: &[Secret]) -> String {
    let mut said = said.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.reveal().is_empty()) {
        said = said.replace(secret.reveal(), "…");
    }
    let printable: String = said.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    if printable.len() <= LONGEST_DETAIL {
        return printable;
    }
    let end = printable.floor_char_boundary(LONGEST_DETAIL);
    format!("{}…", &printable[..end])
}

#[cfg(test)]
mod tests;
