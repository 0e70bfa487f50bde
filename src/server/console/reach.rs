//! The reach list of a step: who is still to be reached by hand, and who has been.

use serde::Serialize;

use crate::app::Loaded;
use crate::app::view::{Moment, ReachPage};
use crate::contact::Contact;
use crate::locale::Locale;

/// How many of those still to be reached a page shows: nobody calls more at a sitting.
pub(crate) const A_PAGE: usize = 100;

/// The page's own data.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct View {
    incident: String,
    title: String,
    step: String,
    step_title: String,
    detail: Option<String>,
    /// Whether people can be ticked off: the step is open, or may be acted on.
    open: bool,
    left: u64,
    left_organisations: u64,
    organisations: Vec<Organisation>,
    later: bool,
    next: Option<String>,
    back: String,
    reached: Vec<Reached>,
    reached_count: u64,
    reached_organisations: u64,
}

/// The contacts of one organisation: whoever calls one of them asks for the others.
#[derive(Debug, PartialEq, Serialize)]
struct Organisation {
    name: String,
    contacts: Vec<Person>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Person {
    id: String,
    name: String,
    phone: String,
    /// The phone as a link takes it (RFC 3966); none where it is not a number.
    tel: Option<String>,
    email: Option<String>,
    duty: String,
    language: Option<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Reached {
    id: String,
    org: String,
    name: String,
    by: String,
    at: Option<Moment>,
}

impl View {
    /// What the page is about, for its title.
    pub(crate) fn about(&self) -> String {
        format!("{} {}", self.incident, self.step_title)
    }
}

pub(crate) fn view(loaded: &Loaded, step: &str, after: Option<&str>, page: ReachPage, locale: &Locale) -> View {
    let here = format!("/incidents/{}/reach/{step}", loaded.incident.number);
    let at = |after: &str| format!("{here}?after={}", super::contacts::escaped(after));
    let known = loaded.runbook.step(step);
    let reached = |touched: crate::app::view::Touched| Reached {
        id: touched.contact.id.to_string(),
        org: touched.contact.org,
        name: touched.contact.name,
        by: touched.by,
        at: touched.at.map(Into::into),
    };
    View {
        incident: loaded.incident.number.to_string(),
        title: loaded.incident.title.get(locale).to_owned(),
        step: step.to_owned(),
        step_title: known.map_or(step, |step| step.title.get(locale)).to_owned(),
        detail: known.and_then(|step| Some(step.detail.as_ref()?.get(locale).to_owned())),
        open: known.is_some_and(|step| loaded.incident.is_open(&step.id)),
        left: page.left,
        left_organisations: page.left_organisations,
        organisations: organisations(page.to_reach),
        later: after.is_some(),
        next: page.next.as_deref().map(at),
        back: after.map_or_else(|| here.clone(), at),
        reached: page.reached.into_iter().map(reached).collect(),
        reached_count: page.reached_count,
        reached_organisations: page.reached_organisations,
    }
}

/// Contacts side by side with those of their organisation, in the order in which each first comes.
fn organisations(contacts: Vec<Contact>) -> Vec<Organisation> {
    let mut organisations: indexmap::IndexMap<String, Vec<Person>> = indexmap::IndexMap::new();
    for contact in contacts {
        let person = Person {
            id: contact.id.to_string(),
            tel: tel(&contact.phone),
            email: contact.mail_address().map(str::to_owned),
            name: contact.name,
            phone: contact.phone,
            duty: contact.duty,
            language: contact.locale.map(|locale| locale.own_name().to_owned()),
        };
        organisations.entry(contact.org).or_default().push(person);
    }
    organisations.into_iter().map(|(name, contacts)| Organisation { name, contacts }).collect()
}

/// A phone number as a `tel:` link takes it: digits and a leading plus, an extension after `;ext=`.
fn tel(phone: &str) -> Option<String> {
    let lower = phone.to_lowercase();
    let (number, extension) =
        ["ext.", "ext", "转", "x", "#"].iter().find_map(|mark| lower.split_once(mark)).unwrap_or((&lower, ""));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let known = |c: char| c.is_ascii_digit() || " +-–—().（）/·\u{a0}".contains(c);
    let dialled = digits(number);
    if dialled.len() < 3 || !number.chars().all(known) {
        return None;
    }
    let plus = if number.trim_start().starts_with('+') { "+" } else { "" };
    let extension = digits(extension);
    let extension = if extension.is_empty() { extension } else { format!(";ext={extension}") };
    Some(format!("{plus}{dialled}{extension}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_becomes_a_link_only_where_it_can_be_dialled() {
        for (phone, link) in [
            ("+86 (21) 5555-0100", Some("+862155550100")),
            ("400-000-0000", Some("4000000000")),
            ("021-5555 0100 转 204", Some("02155550100;ext=204")),
            ("555 0100 ext. 7", Some("5550100;ext=7")),
            ("see the sheet", None),
            ("javascript:alert(1)", None),
            ("12", None),
            ("", None),
        ] {
            assert_eq!(tel(phone).as_deref(), link, "{phone}");
        }
    }

    #[test]
    fn the_contacts_of_an_organisation_stand_together() {
        let contact = |id: &str, org: &str| Contact {
            id: crate::contact::ContactId::new(id),
            org: org.to_owned(),
            name: String::new(),
            kind: crate::contact::customer(),
            locale: None,
            emails: Vec::new(),
            phone: String::new(),
            webhook: String::new(),
            duty: String::new(),
            tags: Vec::new(),
            attributes: indexmap::IndexMap::new(),
        };
        let grouped = organisations(vec![contact("a", "Beta"), contact("b", "Acme"), contact("c", "Beta")]);
        let shape: Vec<_> = grouped
            .iter()
            .map(|org| (org.name.as_str(), org.contacts.iter().map(|c| c.id.as_str()).collect::<Vec<_>>()))
            .collect();
        assert_eq!(shape, [("Beta", vec!["a", "c"]), ("Acme", vec!["b"])]);
    }
}
