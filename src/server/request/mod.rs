//! What can be asked of an incident over HTTP: the commands of the command line, their options as fields.
//!
//! The interface reads it from JSON, the console from its forms (see [`form`]); both are carried out here.

mod carry;
pub(crate) mod form;
mod start;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

pub(crate) use carry::{Answer, carry_out};
pub(crate) use start::{Declaration, declare};

use crate::locale::Locale;
use crate::runbook::{Cause, Status};

/// A command with what any of them may carry.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) asked: Asked,
    /// Why, where a reason is asked for.
    pub(crate) reason: Option<String>,
    /// Acts on a step before its turn; the reason says why.
    pub(crate) early: bool,
    /// The language of what is written; the caller's own where none is named.
    pub(crate) locale: Option<Locale>,
}

/// A command of the command line. Where it asks for a reason, the field `reason` beside it gives it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "command", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Asked {
    /// Ends a step.
    Done {
        step: String,
        #[serde(default)]
        outcome: Option<Worked>,
        #[serde(default)]
        note: Option<String>,
        #[serde(default)]
        evidence: Option<String>,
    },
    /// Leaves a step out; needs a reason.
    Skip {
        step: String,
    },
    Answer {
        step: String,
        answer: String,
    },
    Run {
        step: String,
    },
    Signal {
        step: String,
    },
    /// Lifts a containment.
    Lift {
        step: String,
    },
    /// Keeps a containment in place; needs a reason.
    Keep {
        step: String,
    },
    /// Approves a step or a notice; `hash` binds it to what was shown, `alone` needs a reason.
    Approve {
        step: String,
        #[serde(default)]
        hash: Option<String>,
        #[serde(default)]
        alone: bool,
    },
    /// Rejects a step or a notice; needs a reason.
    Reject {
        step: String,
    },
    /// States facts: `fact`, or `fact.locale`, to its value as people write it.
    Set {
        #[serde(default)]
        facts: BTreeMap<String, FactText>,
        /// Also confirms every prepared value of the open gather.
        #[serde(default)]
        confirm: bool,
    },
    /// Changes the severity; needs a reason.
    Severity {
        level: String,
    },
    Cause {
        class: Cause,
    },
    /// Gives roles: each with who holds it from now on.
    Role {
        roles: BTreeMap<String, Vec<String>>,
    },
    Note {
        text: String,
        /// When it happened: `HH:MM` or RFC 3339, in the past.
        #[serde(default)]
        at: Option<String>,
    },
    /// Corrects an event; needs a reason.
    Correct {
        seq: u64,
        text: String,
    },
    /// Says an event in another language.
    Translate {
        seq: u64,
        text: String,
    },
    /// Turns a fallback on or off.
    Fallback {
        id: String,
        on: bool,
    },
    /// Says whom a fallback covers: contact ids, one a line, or CSV with a column `id`.
    FallbackImport {
        id: String,
        contacts: String,
    },
    /// Says who is affected: contact ids, one a line, or CSV with a column `id`.
    AffectedImport {
        contacts: String,
    },
    Reach {
        step: String,
        contacts: Vec<String>,
        by: String,
        #[serde(default)]
        note: Option<String>,
    },
    /// States what changed and drafts the next update.
    Update {
        #[serde(default)]
        text: Option<String>,
        #[serde(default)]
        status: Option<Status>,
        #[serde(default)]
        nothing_new: bool,
    },
    NoticeDraft {
        step: String,
        #[serde(default)]
        status: Option<Status>,
    },
    NoticeCancel {
        step: String,
    },
    NoticePause {
        step: String,
    },
    NoticeResume {
        step: String,
    },
    NoticeResend {
        step: String,
    },
    /// Queues the approved text for delivery; `recipients` must be as drafted.
    NoticeSend {
        step: String,
        recipients: u64,
    },
    /// Declares recovery; needs a reason.
    Resolve {},
    /// Needs a reason.
    Close {},
    /// Needs a reason.
    Reopen {},
    RetroEdit {
        section: String,
        text: String,
    },
    RetroFactor {
        text: String,
    },
    /// Keeps a phrase that the wording rules flag; needs a reason.
    RetroKeep {
        rule: String,
        phrase: String,
    },
    FollowupAdd {
        #[serde(flatten)]
        plan: Plan,
    },
    /// Fills in what is given of a follow-up such as `F-2`.
    FollowupPlan {
        id: String,
        #[serde(flatten)]
        plan: Plan,
    },
    FollowupDone {
        id: String,
        #[serde(default)]
        note: Option<String>,
    },
    FollowupVerify {
        id: String,
        #[serde(default)]
        note: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Worked {
    Worked,
    Failed,
}

/// A fact's value as people write it.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum FactText {
    Text(String),
    Number(f64),
}

/// What is planned of a follow-up.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
pub(crate) struct Plan {
    #[serde(default)]
    pub(crate) text: Option<String>,
    /// The role that owns it.
    #[serde(default)]
    pub(crate) owner: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) due: Option<NaiveDate>,
    /// How we will know that it worked.
    #[serde(default)]
    pub(crate) check: Option<String>,
    #[serde(default)]
    pub(crate) important: Option<bool>,
    #[serde(default)]
    pub(crate) urgent: Option<bool>,
}

/// Why a request could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unreadable(pub(crate) String);

impl Request {
    /// Reads a command from its JSON object.
    pub(crate) fn read(mut body: Map<String, Value>) -> Result<Self, Unreadable> {
        let reason = text(&mut body, "reason")?;
        let locale = text(&mut body, "locale")?.map(|tag| tag.parse()).transpose();
        let locale = locale.map_err(|error: crate::locale::Error| Unreadable(error.to_string()))?;
        let early = match body.remove("early") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(early)) => early,
            Some(_) => return Err(Unreadable("`early` is true or false".to_owned())),
        };
        let asked = serde_json::from_value(Value::Object(body)).map_err(|error| Unreadable(error.to_string()))?;
        Ok(Self { asked, reason, early, locale })
    }

    /// Whether it settles what somebody else asked for.
    pub(crate) fn is_approval(&self) -> bool {
        matches!(self.asked, Asked::Approve { .. } | Asked::Reject { .. })
    }
}

fn text(body: &mut Map<String, Value>, field: &str) -> Result<Option<String>, Unreadable> {
    match body.remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(Unreadable(format!("`{field}` is a text"))),
    }
}

#[cfg(test)]
mod tests;
