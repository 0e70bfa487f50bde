//! What differs by person in a notice: a closed set of placeholders, hashed as such and filled in at sending.

/// What a notice says to one person only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Person<'a> {
    pub name: &'a str,
    pub organisation: &'a str,
    /// The HTTPS link that unsubscribes this address; the line that holds it goes away where there is none.
    pub unsubscribe: Option<&'a str>,
}

/// Fills in a plain text, a subject or a Markdown source.
pub fn fill_text(_text: &str, _person: &Person<'_>) -> String {
    unimplemented!("notice")
}

/// Fills in an HTML text; every value is escaped.
pub fn fill_html(_html: &str, _person: &Person<'_>) -> String {
    unimplemented!("notice")
}
