//! The settings: what `muster.toml` and the environment say about this installation.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use indexmap::IndexMap;

use crate::locale::Locale;

mod address;
pub mod environment;
pub mod example;
mod page;
mod postgres;
pub mod read;
mod reader;
mod sections;
#[cfg(test)]
mod tests;

pub use environment::{Missing, terminal_locale, timezone, user};
pub use example::example;
pub use page::Page;
pub use postgres::Postgres;
pub use read::{Error, Overrides, load};

/// Everything the operator decides; without a file, defaults under which everything still works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file it came from; none when defaults serve.
    pub file: Option<PathBuf>,
    /// The text of that file, for pointing at a place in it.
    pub text: String,
    pub store: StoreUrl,
    pub locale: Locale,
    pub timezone: Tz,
    /// The user's folders; what is missing there comes from the binary.
    pub runbooks: Option<PathBuf>,
    pub templates: Option<PathBuf>,
    pub mail: Mail,
    pub page: Page,
    pub console: Console,
    pub people: IndexMap<String, Person>,
    pub webhooks: IndexMap<String, Webhook>,
    /// Address ranges in CIDR notation that may be reached although they are refused by default.
    pub outbound_allow: Vec<String>,
    pub actions: IndexMap<String, Action>,
    pub probes: IndexMap<String, Probe>,
}

/// Where everything is kept that must not be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A file, for one node.
    Sqlite(PathBuf),
    /// A server, for one node or several.
    Postgres(Postgres),
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "{}", file.display()),
            Self::Postgres(server) => f.write_str(server.place()),
        }
    }
}

/// A secret read from the environment or a file; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A secret by where it is kept; read only when it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    Environment(String),
    File(PathBuf),
}

#[derive(Debug, Clone)]
pub struct Mail {
    pub relay: Relay,
    pub username: Option<String>,
    pub password: Option<SecretSource>,
    /// As in a `From` header: `Example Status <status@example.com>`.
    pub from: String,
    /// Connections to the relay at a time.
    pub sessions: usize,
    /// Messages a second, over all connections.
    pub per_second: u32,
    pub on_unknown: OnUnknown,
}

/// Where mail is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relay {
    /// A folder of `.eml` files: practice, nothing leaves this machine.
    Folder(PathBuf),
    Smtp {
        host: String,
        port: u16,
        security: Security,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    Plain,
    /// Required, never downgraded.
    StartTls,
    ImplicitTls,
}

/// What to do with a message of which nobody can know whether it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    Resend,
    Hold,
}

/// How the console is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Console {
    /// The address its users type, without a slash at the end; none where it is reached on this machine alone.
    pub url: Option<String>,
    /// Address ranges in CIDR notation of proxies that say on whose behalf they ask; this machine always may.
    pub proxies: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Person {
    pub name: String,
    pub email: Option<String>,
    pub roles: Vec<String>,
    /// Where nudges go: webhook names, or `mail`.
    pub reach: Vec<String>,
    /// The language they are nudged in; the installation's where none is given.
    pub locale: Option<Locale>,
}

#[derive(Debug, Clone)]
pub struct Webhook {
    pub kind: WebhookKind,
    pub url: UrlSource,
    pub secret: Option<SecretSource>,
    /// Names of the audiences whose notices it receives.
    pub audience: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlSource {
    Written(String),
    Environment(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookKind {
    /// Standard Webhooks 1.0.
    Standard,
    Slack,
    Teams,
    Feishu,
    Dingtalk,
    Wecom,
}

/// What an action of a runbook really runs; placeholders such as `{facts.region}` are filled in.
#[derive(Debug, Clone)]
pub struct Action {
    pub operation: Operation,
    pub timeout: Duration,
}

#[derive(Debug, Clone)]
pub enum Operation {
    /// A program and its arguments; no shell reads them.
    Command(Vec<String>),
    Http(HttpCall),
}

#[derive(Debug, Clone)]
pub struct HttpCall {
    pub method: String,
    pub url: String,
    pub headers: IndexMap<String, String>,
    pub body: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Probe {
    pub call: HttpCall,
    pub expect_status: u16,
    /// A condition over `status` and `body` (JSON).
    pub expect: Option<String>,
    pub timeout: Duration,
}
