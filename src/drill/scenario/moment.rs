//! Reads one moment of a story: when, who, and a command as one would type it after `muster`.

use chrono::{NaiveDate, NaiveTime, TimeZone};

use super::fields::{Faults, Fields};
use super::read::Names;
use super::{Deed, Moment, Plan};
use crate::clock::Timestamp;
use crate::contact::ContactId;
use crate::incident::{FollowUpId, Outcome, PersonId};
use crate::locale::Text;
use crate::problem::Place;
use crate::runbook::source::Node;
use crate::runbook::{AnswerId, Cause, Status, StepId, StepKind};

/// What every moment may say; each command adds its own options.
const COMMON: [&str; 5] = ["at", "as", "do", "early", "refused"];

/// Reads a moment; `after` is when the one before it happens.
pub(super) fn read(
    faults: &mut Faults,
    names: &Names<'_>,
    node: &Node<'_>,
    after: std::time::Duration,
) -> Option<Moment> {
    let words = faults.entries(node)?.get("do").and_then(|doing| faults.string(doing));
    let Some(words) = words else {
        faults.error("missing_key", node.place, "`do` is missing here");
        return None;
    };
    let line: Vec<&str> = words.split_whitespace().collect();
    let options = options(&line);
    let known: Vec<&str> = COMMON.iter().chain(options.unwrap_or_default()).copied().collect();
    let fields = faults.fields(node, &known)?;
    let place = fields.get("do").map_or(node.place, |doing| doing.place);
    if options.is_none() {
        faults.error("unknown_command", place, format!("`{words}` is not a command a story can give"));
        return None;
    }
    let at = match fields.get("at") {
        Some(at) => faults.duration(at).unwrap_or(after),
        None => after,
    };
    if at < after {
        faults.error("out_of_order", fields.get("at").map_or(place, |at| at.place), "this stands after a later moment");
    }
    let by = fields.need(faults, "as").and_then(|who| {
        let person = faults.word(who)?;
        names.person(faults, who.place, &person)
    });
    let early = fields.get("early").and_then(|why| faults.text(why));
    let refused = fields.get("refused").and_then(|code| faults.word(code));
    let deed = Line { faults, names, fields: &fields, place }.deed(&line);
    Some(Moment { at, by: by?, early, refused, deed: deed?, words })
}

/// The options that a command takes; none where it is no command.
fn options(line: &[&str]) -> Option<&'static [&'static str]> {
    Some(match line {
        ["done", _] => &["outcome", "note", "evidence"],
        ["skip" | "reject" | "keep" | "severity", _] | ["resolve" | "close" | "reopen"] => &["reason"],
        ["answer", _, _] | ["run" | "signal" | "lift" | "cause" | "role", _] => &[],
        ["approve", _] => &["alone", "reason"],
        ["set"] => &["facts", "confirm"],
        ["note"] => &["text", "time"],
        ["fallback", "on" | "off", _] => &[],
        ["reach", _, _, ..] => &["by", "note"],
        ["update"] => &["text", "status", "nothing_new"],
        ["notice", "draft", _] => &["status", "nothing_new"],
        ["notice", "pause", _] => &["reason"],
        ["notice", "send" | "cancel" | "resume" | "resend", _] => &[],
        ["retro", "edit", _] | ["retro", "factor", "add"] => &["text"],
        ["followup", "add"] => &["id", "text", "owner", "due", "important", "urgent", "check"],
        ["followup", "done" | "verify", _] => &["note"],
        _ => return None,
    })
}

/// A command's words beside the options that go with it.
struct Line<'l, 'n, 's> {
    faults: &'l mut Faults,
    names: &'l Names<'l>,
    fields: &'l Fields<'n, 's>,
    place: Place,
}

impl Line<'_, '_, '_> {
    fn deed(&mut self, line: &[&str]) -> Option<Deed> {
        Some(match line {
            ["done", step] => self.done(step)?,
            ["skip", step] => {
                let (step, reason) = self.reasoned(step)?;
                Deed::Skip { step, reason }
            }
            ["answer", step, answer] => self.answer(step, answer)?,
            ["run", step] => Deed::Run { step: self.step(step)? },
            ["signal", step] => Deed::Signal { step: self.step(step)? },
            ["approve", step] => self.approve(step)?,
            ["reject", step] => {
                let (step, reason) = self.reasoned(step)?;
                Deed::Reject { step, reason }
            }
            ["lift", step] => Deed::Lift { step: self.step(step)? },
            ["keep", step] => {
                let (step, reason) = self.reasoned(step)?;
                Deed::Keep { step, reason }
            }
            ["set"] => self.set()?,
            ["severity", level] => {
                let severity = self.names.severity(self.faults, self.place, level)?;
                Deed::Severity { severity, reason: self.need_text("reason")? }
            }
            ["cause", class] => Deed::Cause { cause: self.cause(class)? },
            ["role", pair] => self.role(pair)?,
            ["note"] => Deed::Note { text: self.need_text("text")?, time: self.time() },
            ["fallback", switch, id] => {
                let fallback = self.names.fallback(self.faults, self.place, id)?;
                Deed::Fallback { fallback, on: *switch == "on" }
            }
            ["reach", step, contacts @ ..] => self.reach(step, contacts)?,
            ["update"] => self.update()?,
            ["notice", verb, step] => self.notice(verb, step)?,
            ["resolve"] => Deed::Resolve { reason: self.need_text("reason")? },
            ["close"] => Deed::Close { reason: self.need_text("reason")? },
            ["reopen"] => Deed::Reopen { reason: self.need_text("reason")? },
            ["retro", "edit", section] => self.edit(section)?,
            ["retro", "factor", "add"] => Deed::Factor { text: self.need_text("text")? },
            ["followup", "add"] => self.follow_up()?,
            ["followup", verb, id] => {
                let (id, note) = (self.follow_up_id(id, self.place)?, self.text("note"));
                if *verb == "done" { Deed::FollowUpDone { id, note } } else { Deed::FollowUpVerify { id, note } }
            }
            _ => return None,
        })
    }

    /// A step and why; both are asked for, so that both can be found missing.
    fn reasoned(&mut self, step: &str) -> Option<(StepId, Text)> {
        let (step, reason) = (self.step(step), self.need_text("reason"));
        Some((step?, reason?))
    }

    fn done(&mut self, step: &str) -> Option<Deed> {
        let step = self.step(step)?;
        let outcome = self.choose("outcome", &[("worked", Outcome::Worked), ("failed", Outcome::Failed)]);
        Some(Deed::Done { step, outcome, note: self.text("note"), evidence: self.string("evidence") })
    }

    fn answer(&mut self, step: &str, answer: &str) -> Option<Deed> {
        let id = self.step(step)?;
        match &self.names.runbook.step(step)?.kind {
            StepKind::Decide { answers } if answers.contains_key(answer) => {
                Some(Deed::Answer { step: id, answer: AnswerId::new(answer) })
            }
            StepKind::Decide { answers } => {
                let known: Vec<&str> = answers.keys().map(AnswerId::as_str).collect();
                self.refuse("unknown_answer", format!("`{answer}` is not an answer of `{step}`: {}", known.join(", ")));
                None
            }
            _ => {
                self.refuse("wrong_kind", format!("`{step}` asks no question"));
                None
            }
        }
    }

    fn approve(&mut self, step: &str) -> Option<Deed> {
        let step = self.step(step)?;
        let alone = self.boolean("alone").then(|| self.need_text("reason"));
        match alone {
            Some(None) => None,
            Some(reason) => Some(Deed::Approve { step, alone: reason }),
            None => Some(Deed::Approve { step, alone: None }),
        }
    }

    fn set(&mut self) -> Option<Deed> {
        let mut facts = Vec::new();
        if let Some(node) = self.fields.get("facts") {
            for (id, value) in self.faults.entries(node)? {
                let place = self.faults.key_place(node, &id).unwrap_or(value.place);
                let fact = self.names.fact(self.faults, place, &id);
                if let (Some(fact), Some(text)) = (fact, self.faults.fact(value)) {
                    facts.push((fact, text));
                }
            }
        }
        Some(Deed::Set { facts, confirm: self.boolean("confirm") })
    }

    fn cause(&mut self, class: &str) -> Option<Cause> {
        let cause = Cause::ALL.into_iter().find(|cause| cause.as_str() == class);
        if cause.is_none() {
            self.refuse("bad_value", format!("`{class}` is not a cause: platform, human or system"));
        }
        cause
    }

    fn role(&mut self, pair: &str) -> Option<Deed> {
        let Some((role, person)) = pair.split_once('=') else {
            self.refuse("bad_value", format!("`{pair}` is not of the form ROLE=PERSON"));
            return None;
        };
        let role = self.names.role(self.faults, self.place, role)?;
        Some(Deed::Role { role, person: self.names.person(self.faults, self.place, person)? })
    }

    fn reach(&mut self, step: &str, contacts: &[&str]) -> Option<Deed> {
        let step = self.step(step)?;
        let contacts = contacts.iter().copied().map(ContactId::new).collect();
        let by = self.string("by").unwrap_or_else(|| "phone".to_owned());
        Some(Deed::Reach { step, contacts, by, note: self.text("note") })
    }

    fn update(&mut self) -> Option<Deed> {
        let (text, nothing_new) = (self.text("text"), self.boolean("nothing_new"));
        if text.is_none() && !nothing_new {
            self.refuse("missing_key", "an update needs `text`, or `nothing_new: true`".to_owned());
        }
        Some(Deed::Update { text, status: self.status(), nothing_new })
    }

    fn notice(&mut self, verb: &str, step: &str) -> Option<Deed> {
        let id = self.step(step)?;
        if self.names.runbook.step(step)?.kind.notice().is_none() {
            self.refuse("wrong_kind", format!("`{step}` sends no notice"));
            return None;
        }
        Some(match verb {
            "draft" => Deed::Draft { step: id, status: self.status(), nothing_new: self.boolean("nothing_new") },
            "send" => Deed::Send { step: id },
            "cancel" => Deed::Cancel { step: id },
            "pause" => Deed::Pause { step: id, reason: self.text("reason") },
            "resume" => Deed::Resume { step: id },
            _ => Deed::Resend { step: id },
        })
    }

    fn edit(&mut self, section: &str) -> Option<Deed> {
        if !crate::retrospective::document::SECTIONS.contains(&section) {
            let known = crate::retrospective::document::SECTIONS.join(", ");
            self.refuse("unknown_section", format!("`{section}` is not a section: {known}"));
        }
        Some(Deed::Edit { section: section.to_owned(), text: self.need_text("text")? })
    }

    fn follow_up(&mut self) -> Option<Deed> {
        let id = match self.fields.get("id") {
            Some(node) => {
                let written = self.faults.word(node)?;
                Some(self.follow_up_id(&written, node.place)?)
            }
            None => None,
        };
        let owner = self.string("owner").and_then(|role| self.names.role(self.faults, self.place, &role));
        let due = self.string("due").and_then(|date| self.date(&date));
        let flag = |line: &mut Self, key| line.fields.get(key).and_then(|node| line.faults.boolean(node));
        let (important, urgent) = (flag(self, "important"), flag(self, "urgent"));
        let plan = Plan { text: self.text("text"), owner, due, important, urgent, check: self.text("check") };
        if id.is_none() && plan.text.is_none() {
            self.refuse("missing_key", "a follow-up needs `text`, or the `id` of one".to_owned());
        }
        Some(Deed::FollowUp { id, plan: Box::new(plan) })
    }

    fn follow_up_id(&mut self, written: &str, place: Place) -> Option<FollowUpId> {
        let id = written.strip_prefix("F-").and_then(|number| number.parse().ok()).map(FollowUpId);
        if id.is_none() {
            self.faults.error("bad_value", place, format!("`{written}` is not a follow-up such as `F-2`"));
        }
        id
    }

    /// A moment before or during the incident, as `HH:MM` on the day it starts.
    fn time(&mut self) -> Option<Timestamp> {
        let node = self.fields.get("time")?;
        let written = self.faults.word(node)?;
        let local = self.names.start.with_timezone(&self.names.timezone).date_naive();
        let moment = NaiveTime::parse_from_str(&written, "%H:%M")
            .ok()
            .and_then(|time| self.names.timezone.from_local_datetime(&local.and_time(time)).earliest());
        if moment.is_none() {
            self.faults.error("bad_value", node.place, format!("`{written}` is not a time of day such as \"19:31\""));
        }
        moment.map(|moment| moment.to_utc())
    }

    fn date(&mut self, written: &str) -> Option<NaiveDate> {
        let date = written.parse().ok();
        if date.is_none() {
            self.refuse("bad_value", format!("`{written}` is not a date such as \"2026-12-01\""));
        }
        date
    }

    fn status(&mut self) -> Option<Status> {
        self.choose("status", &Status::ALL.map(|status| (status.as_str(), status)))
    }

    fn choose<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let node = self.fields.get(key)?;
        let written = self.faults.word(node)?;
        let found = choices.iter().find(|(name, _)| *name == written).map(|(_, value)| *value);
        if found.is_none() {
            let known: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.faults.error("bad_value", node.place, format!("`{written}` is not one of {}", known.join(", ")));
        }
        found
    }

    fn step(&mut self, id: &str) -> Option<StepId> {
        self.names.step(self.faults, self.place, id)
    }

    fn string(&mut self, key: &str) -> Option<String> {
        self.fields.get(key).and_then(|node| self.faults.word(node))
    }

    fn boolean(&mut self, key: &str) -> bool {
        self.fields.get(key).and_then(|node| self.faults.boolean(node)).unwrap_or_default()
    }

    fn text(&mut self, key: &str) -> Option<Text> {
        self.fields.get(key).and_then(|node| self.faults.text(node))
    }

    fn need_text(&mut self, key: &str) -> Option<Text> {
        let node = self.fields.need(self.faults, key)?;
        self.faults.text(node)
    }

    fn refuse(&mut self, code: &'static str, message: String) {
        self.faults.error(code, self.place, message);
    }
}

/// Whether somebody is among a scenario's people; used by `read` for its own keys too.
pub(super) fn known<'p>(people: impl IntoIterator<Item = &'p PersonId>, name: &str) -> Option<PersonId> {
    people.into_iter().find(|person| person.0 == name).cloned()
}
