//! Puts roles in the place of people: every name, handle and address on the roster, in every form a note may contain.

mod fold;
mod forms;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use indexmap::{IndexMap, IndexSet};

use super::Person;
use crate::incident::event::{Event, Recorded};
use crate::incident::{Actor, PersonId};
use crate::locale::Locale;
use crate::runbook::{RoleId, Runbook};
use fold::Folded;
use forms::Form;

/// Replaces the people of one incident by their roles in one language.
#[derive(Debug)]
pub struct Roles {
    titles: HashMap<RoleId, String>,
    /// The role each person is known by; none for those who held none.
    held: HashMap<String, Option<RoleId>>,
    forms: Vec<Form>,
    /// Finds the forms in folded text; none where there is nobody to find.
    finder: Option<AhoCorasick>,
    chinese: bool,
}

impl Roles {
    /// Collects everyone on the roster and in the journal.
    pub fn new(runbook: &Runbook, events: &[Recorded], roster: &[Person], locale: &Locale) -> Self {
        let titles = runbook.roles.iter().map(|(id, role)| (id.clone(), role.title.get(locale).to_owned())).collect();
        let people = everyone(runbook, events, roster);
        let mut forms: IndexMap<String, Form> = IndexMap::new();
        for (person, role) in &people {
            for (written, sort) in forms::of(person) {
                let form = Form { sort, role: role.clone() };
                forms
                    .entry(written)
                    // Two people share this form: a role would point at the wrong one.
                    .and_modify(|known| {
                        if known.role != form.role {
                            known.role = None;
                        }
                        known.sort = known.sort.min(sort);
                    })
                    .or_insert(form);
            }
        }
        let finder = if forms.is_empty() { None } else { AhoCorasick::new(forms.keys()).ok() };
        let held = people.into_iter().map(|(person, role)| (person.handle, role)).collect();
        Self { titles, held, forms: forms.into_values().collect(), finder, chinese: locale.is_chinese() }
    }

    /// The title of a role, as a document prints it.
    pub fn title(&self, role: &RoleId) -> String {
        self.titles.get(role).cloned().unwrap_or_else(|| self.replace(role.as_str()))
    }

    /// The title of whoever did something: the role they held then, or the one they are known by. None for Muster itself.
    pub fn actor(&self, recorded: &Recorded) -> Option<String> {
        match &recorded.actor {
            Actor::Muster => None,
            Actor::Person(person) => Some(match &recorded.role {
                Some(role) => self.title(role),
                None => self.person(person),
            }),
        }
    }

    /// The title of the role that a person is known by.
    pub fn person(&self, person: &PersonId) -> String {
        match self.held.get(&person.0).and_then(Option::as_ref) {
            Some(role) => self.title(role),
            None if self.chinese => "同事".to_owned(),
            None => "Colleague".to_owned(),
        }
    }

    /// The text with a role wherever a person stood.
    pub fn replace(&self, text: &str) -> String {
        let Some(finder) = &self.finder else { return text.to_owned() };
        let folded = Folded::new(text);
        let mut hits: Vec<(Range<usize>, usize)> = finder
            .find_overlapping_iter(folded.as_str())
            .filter(|hit| forms::stands_alone(&folded, hit.start()..hit.end(), self.forms[hit.pattern()].sort))
            .map(|hit| (folded.extend(hit.start()..hit.end()), hit.pattern().as_usize()))
            .collect();
        if hits.is_empty() {
            return text.to_owned();
        }
        hits.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut replaced = String::with_capacity(text.len());
        let mut done = 0;
        for (range, form) in merged(hits) {
            let range = folded.original(range);
            replaced.push_str(&text[done..range.start]);
            let role = self.forms[form].role.as_ref();
            let put = self.put(role, &replaced, &text[range.end..]);
            replaced.push_str(&put);
            done = range.end;
            // Dana's, said in Chinese.
            if self.chinese && ["'s ", "’s "].iter().any(|owns| text[done..].starts_with(owns)) {
                replaced.push('的');
                done += text[done..].find(' ').map_or(0, |at| at + 1);
            }
        }
        replaced.push_str(&text[done..]);
        replaced
    }

    /// How a role is written between what stands before and after it.
    fn put(&self, role: Option<&RoleId>, before: &str, after: &str) -> String {
        let word_start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        if before[word_start..].contains("://") {
            return role.map_or("someone", RoleId::as_str).to_owned();
        }
        let title = role.and_then(|role| self.titles.get(role));
        if self.chinese {
            return title.cloned().unwrap_or_else(|| role.map_or("同事".to_owned(), ToString::to_string));
        }
        let title = title.map_or_else(|| role.map_or("colleague", RoleId::as_str), String::as_str);
        let is_chinese = |c: Option<char>| c.is_some_and(fold::is_cjk);
        match (is_chinese(before.chars().next_back()), is_chinese(after.chars().next())) {
            (false, false) => with_article(title, role.is_none(), before),
            (left, right) => format!("{}{title}{}", if left { " " } else { "" }, if right { " " } else { "" }),
        }
    }
}

/// Every person there is, with the role that stands for them: the one held in the incident, else one of the settings.
fn everyone(runbook: &Runbook, events: &[Recorded], roster: &[Person]) -> Vec<(Person, Option<RoleId>)> {
    let mut held: IndexMap<&PersonId, RoleId> = IndexMap::new();
    let mut seen: IndexSet<&PersonId> = IndexSet::new();
    let mut acted: IndexMap<&PersonId, &RoleId> = IndexMap::new();
    for recorded in events {
        if let Actor::Person(person) = &recorded.actor {
            seen.insert(person);
            if let Some(role) = &recorded.role {
                acted.entry(person).or_insert(role);
            }
        }
        match &recorded.event {
            Event::IncidentDeclared(declared) => {
                seen.extend(declared.started_by.person());
                for (role, people) in in_order(runbook, &declared.roles) {
                    for person in people {
                        seen.insert(person);
                        held.entry(person).or_insert_with(|| role.clone());
                    }
                }
            }
            Event::RoleAssigned { role, people } => {
                for person in people {
                    seen.insert(person);
                    held.entry(person).or_insert_with(|| role.clone());
                }
            }
            _ => {}
        }
    }
    let role_of = |person: &PersonId, settings: Option<&RoleId>| {
        held.get(person).or_else(|| acted.get(person).copied()).or(settings).cloned()
    };
    let known = roster.iter().map(|person| {
        let role = role_of(&PersonId(person.handle.clone()), person.roles.first());
        (person.clone(), role)
    });
    let strangers = seen
        .iter()
        .filter(|person| roster.iter().all(|known| known.handle != person.0))
        .map(|person| (forms::stranger(&person.0), role_of(person, None)));
    known.chain(strangers).collect()
}

/// The roles in the runbook's order, so that the lead comes first.
fn in_order<'a>(
    runbook: &'a Runbook,
    roles: &'a IndexMap<RoleId, Vec<PersonId>>,
) -> impl Iterator<Item = (&'a RoleId, &'a Vec<PersonId>)> {
    let listed = runbook.roles.keys().filter_map(|role| roles.get_key_value(role));
    listed.chain(roles.iter().filter(|(role, _)| !runbook.roles.contains_key(*role)))
}

/// Hits that overlap become one, so that no part of a name is left standing.
fn merged(hits: Vec<(Range<usize>, usize)>) -> Vec<(Range<usize>, usize)> {
    let mut merged: Vec<(Range<usize>, usize)> = Vec::new();
    for (range, form) in hits {
        match merged.last_mut() {
            Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push((range, form)),
        }
    }
    merged
}

/// `the lead`, or `The lead` where a sentence begins.
fn with_article(title: &str, unknown: bool, before: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().unwrap_or_default();
    let keeps_case = letters.next().is_some_and(char::is_uppercase);
    let lower: String =
        if keeps_case { title.to_owned() } else { first.to_lowercase().chain(title.chars().skip(1)).collect() };
    let trimmed = before.trim_end_matches([' ', '*', '_', '(', '-', '>']);
    let begins = trimmed.is_empty() || trimmed.ends_with(['.', '!', '?', '\n', '。', '！', '？']);
    match (begins, unknown) {
        (true, true) => format!("A {lower}"),
        (true, false) => format!("The {lower}"),
        (false, true) => format!("a {lower}"),
        (false, false) => format!("the {lower}"),
    }
}
