//! The contact book: who can be told, whom nothing is sent to, and taking in a new book.

use serde::Serialize;

use crate::app::view::{ContactPage, ImportReport, Moment, SuppressedPage};

/// How many contacts, addresses or rejected rows a page shows.
pub(crate) const A_PAGE: usize = 50;
const MOST_REJECTED: usize = 200;

/// What a page of the book is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query {
    /// What to look for.
    pub(crate) q: String,
    /// The id to go on after.
    pub(crate) after: Option<String>,
}

/// The book's own data.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct View {
    q: String,
    total: u64,
    organisations: u64,
    contacts: Vec<Line>,
    /// Whether this is not where the book begins.
    later: bool,
    next: Option<String>,
    /// Where forms come back to.
    back: String,
}

#[derive(Debug, PartialEq, Serialize)]
struct Line {
    id: String,
    org: String,
    name: String,
    staff: bool,
    language: Option<String>,
    email: Option<String>,
    suppressed: bool,
    phone: String,
    webhook: bool,
    duty: String,
    tags: Vec<String>,
}

pub(crate) fn view(query: &Query, page: ContactPage) -> View {
    let address = |after: &str| {
        let q = if query.q.is_empty() { String::new() } else { format!("q={}&", escaped(&query.q)) };
        format!("/contacts?{q}after={}", escaped(after))
    };
    let line = |line: crate::app::view::ContactLine| Line {
        id: line.contact.id.to_string(),
        email: line.contact.mail_address().map(str::to_owned),
        staff: line.contact.is_staff(),
        org: line.contact.org,
        name: line.contact.name,
        language: line.contact.locale.map(|locale| locale.own_name().to_owned()),
        suppressed: line.suppressed,
        phone: line.contact.phone,
        webhook: !line.contact.webhook.is_empty(),
        duty: line.contact.duty,
        tags: line.contact.tags,
    };
    View {
        q: query.q.clone(),
        total: page.total,
        organisations: page.organisations,
        contacts: page.contacts.into_iter().map(line).collect(),
        later: query.after.is_some(),
        next: page.next.as_deref().map(address),
        back: match (&query.after, query.q.as_str()) {
            (Some(after), _) => address(after),
            (None, "") => "/contacts".to_owned(),
            (None, q) => format!("/contacts?q={}", escaped(q)),
        },
    }
}

/// A value as it stands in an address (RFC 3986).
pub(crate) fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Why addresses usually come onto the list, and by which key that is said.
const USUAL: [(&str, &str); 2] = [("suppressed by hand", "hand"), ("unsubscribed", "unsubscribed")];

/// The own data of the list of those whom nothing is sent to.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct SuppressedView {
    lines: Vec<SuppressedLine>,
    later: bool,
    next: Option<String>,
}

#[derive(Debug, PartialEq, Serialize)]
struct SuppressedLine {
    address: String,
    /// Which of the usual reasons it is.
    usual: Option<&'static str>,
    reason: String,
    at: Moment,
}

pub(crate) fn suppressed(query: &Query, page: SuppressedPage) -> SuppressedView {
    let line = |line: crate::app::view::Suppressed| SuppressedLine {
        address: line.address,
        usual: USUAL.iter().find(|(reason, _)| *reason == line.reason).map(|(_, key)| *key),
        reason: line.reason,
        at: line.at.into(),
    };
    SuppressedView {
        lines: page.lines.into_iter().map(line).collect(),
        later: query.after.is_some(),
        next: page.next.map(|after| format!("/contacts/suppressed?after={}", escaped(&after))),
    }
}

/// What an import came to.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Imported {
    imported: u64,
    updated: u64,
    unchanged: u64,
    rejected_count: usize,
    rejected: Vec<Rejected>,
    more: usize,
}

#[derive(Debug, PartialEq, Serialize)]
struct Rejected {
    row: usize,
    field: String,
    reason: String,
}

pub(crate) fn imported(report: &ImportReport) -> Imported {
    let row = |rejected: &crate::contact::import::RejectedRow| Rejected {
        row: rejected.row,
        field: rejected.field.clone(),
        reason: rejected.reason.clone(),
    };
    Imported {
        imported: report.imported,
        updated: report.updated,
        unchanged: report.unchanged,
        rejected_count: report.rejected.len(),
        rejected: report.rejected.iter().take(MOST_REJECTED).map(row).collect(),
        more: report.rejected.len().saturating_sub(MOST_REJECTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_further_pages_keep_what_is_looked_for() {
        let page = ContactPage { next: Some("东方/2&".to_owned()), ..ContactPage::default() };
        let query = Query { q: "a b&c=".to_owned(), after: Some("x y".to_owned()) };
        let view = view(&query, page);
        assert_eq!(view.next.as_deref(), Some("/contacts?q=a%20b%26c%3D&after=%E4%B8%9C%E6%96%B9%2F2%26"));
        assert_eq!(view.back, "/contacts?q=a%20b%26c%3D&after=x%20y");
        assert!(view.later);
        let first = super::view(&Query::default(), ContactPage::default());
        assert_eq!((first.back.as_str(), first.next, first.later), ("/contacts", None, false));
    }

    #[test]
    fn a_book_full_of_bad_rows_shows_the_first_and_counts_the_rest() {
        let rejected = |row| crate::contact::import::RejectedRow { row, field: "id".into(), reason: "missing".into() };
        let report = ImportReport { rejected: (1..=1000).map(rejected).collect(), ..ImportReport::default() };
        let view = imported(&report);
        assert_eq!((view.rejected.len(), view.rejected_count, view.more), (200, 1000, 800));
    }
}
