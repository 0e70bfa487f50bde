//! What differs by person in a notice: a closed set of placeholders, hashed as such and filled in at sending.
//!
//! A placeholder stands between two private-use characters that no value can hold, so nothing
//! that people type is ever taken for one.

use super::inert::{self, TOKEN_CLOSES, TOKEN_OPENS};
use crate::locale::Locale;

/// The placeholders, as templates name them.
pub const NAMES: [&str; 3] = ["name", "organisation", "unsubscribe"];

/// What a notice says to one person only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Person<'a> {
    pub name: &'a str,
    pub organisation: &'a str,
    /// The HTTPS link that unsubscribes this address; its line goes away where there is none.
    pub unsubscribe: Option<&'a str>,
}

/// Whoever reads a notice where everyone can, such as the status page.
pub fn anyone(locale: &Locale) -> Person<'static> {
    match locale.is_chinese() {
        true => Person { name: "各位客户", organisation: "贵司", unsubscribe: None },
        false => Person { name: "everyone", organisation: "your organisation", unsubscribe: None },
    }
}

/// The placeholder as it stands in a drafted text.
pub(super) fn token(name: &str) -> String {
    format!("{TOKEN_OPENS}{name}{TOKEN_CLOSES}")
}

/// Whether a value is a placeholder; only Muster can have put one there.
pub(super) fn is_token(value: &str) -> bool {
    NAMES.iter().any(|name| value == token(name))
}

/// Whether something in a drafted text is yet to be filled in.
pub fn is_personal(text: &str) -> bool {
    text.contains(TOKEN_OPENS)
}

/// Fills in a Markdown source; every value is escaped.
pub fn fill_markdown(markdown: &str, person: &Person<'_>) -> String {
    fill(markdown, person, |value| super::body::escape(&value))
}

/// Fills in a plain text or a subject.
pub fn fill_text(text: &str, person: &Person<'_>) -> String {
    fill(text, person, |value| value)
}

/// Fills in an HTML text; every value is escaped.
pub fn fill_html(html: &str, person: &Person<'_>) -> String {
    fill(html, person, |value| handlebars::html_escape(&value))
}

/// The text as an approver reads it, before anyone's name is in it: `[name]`.
pub fn preview(text: &str) -> String {
    text.replace(TOKEN_OPENS, "[").replace(TOKEN_CLOSES, "]")
}

fn fill(text: &str, person: &Person<'_>, written: impl Fn(String) -> String) -> String {
    let text = match person.unsubscribe {
        Some(_) => text.to_owned(),
        None => without_lines_of(text, &token("unsubscribe")),
    };
    NAMES.iter().fold(text, |text, name| {
        let wanted = token(name);
        if text.contains(&wanted) { text.replace(&wanted, &written(value(name, person))) } else { text }
    })
}

fn value(name: &str, person: &Person<'_>) -> String {
    let called = if person.name.trim().is_empty() { person.organisation } else { person.name };
    inert::one_line(match name {
        "name" => called,
        "organisation" => person.organisation,
        _ => person.unsubscribe.unwrap_or_default(),
    })
}

fn without_lines_of(text: &str, wanted: &str) -> String {
    if text.contains(wanted) {
        text.split_inclusive('\n').filter(|line| !line.contains(wanted)).collect()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_for_the_format_they_enter() {
        let person = Person {
            name: "<b>Li</b>\r\nBcc: x",
            organisation: "A & B",
            unsubscribe: Some("https://s.example/u?a=1&b=2"),
        };
        let draft = format!("{}, {}\n{}\n", token("name"), token("organisation"), token("unsubscribe"));
        assert_eq!(fill_text(&draft, &person), "<b>Li</b> Bcc: x, A & B\nhttps://s.example/u?a=1&b=2\n");
        assert!(fill_markdown(&draft, &person).starts_with("\\<b\\>Li\\</b\\> Bcc: x, A \\& B\n"));
        assert_eq!(
            fill_html(&draft, &person),
            "&lt;b&gt;Li&lt;/b&gt; Bcc: x, A &amp; B\nhttps://s.example/u?a&#x3D;1&amp;b&#x3D;2\n"
        );
    }

    #[test]
    fn a_value_that_looks_like_a_placeholder_is_not_filled_in_again() {
        let name = token("unsubscribe");
        let person = Person { name: &name, organisation: "", unsubscribe: Some("https://s.example/u/secret") };
        assert_eq!(fill_text(&token("name"), &person), "unsubscribe");
    }

    #[test]
    fn the_line_of_a_link_that_nobody_has_goes_away() {
        let draft = format!("a\nLeave: {}\nb {}\n", token("unsubscribe"), token("name"));
        let person = Person { organisation: "Acme", ..Person::default() };
        assert_eq!(fill_text(&draft, &person), "a\nb Acme\n");
        assert_eq!(preview(&draft), "a\nLeave: [unsubscribe]\nb [name]\n");
    }
}
