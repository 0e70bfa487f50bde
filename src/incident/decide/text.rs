//! Text that people or the world hand in: bounded, free of NUL, and not empty where it must say something.

use super::Rejection;

/// The most bytes a single text may have.
pub(crate) const LONGEST: usize = 64 * 1024;

/// The most characters a title may have: with the status before it, it must fit a mail's subject.
const LONGEST_TITLE: usize = 160;

/// Takes a text that must say something; `what` names it in a refusal.
pub(super) fn said(what: &str, text: &str) -> Result<String, Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::new("empty_text", format!("the {what} is empty"))
            .help(format!("say it in a few words: --{what} \"…\"")));
    }
    checked(what, text)
}

/// Takes a text that may be left out.
pub(super) fn optional(what: &str, text: Option<&str>) -> Result<Option<String>, Rejection> {
    text.filter(|text| !text.trim().is_empty()).map(|text| checked(what, text)).transpose()
}

/// Takes an incident's title: one line that leaves room for the status before it in a subject.
pub(super) fn title(title: Option<&str>) -> Result<Option<String>, Rejection> {
    let title = optional("title", title)?;
    match title.as_deref() {
        Some(text) if text.chars().any(char::is_control) => {
            Err(Rejection::new("title_not_one_line", "the title is more than one line")
                .help("a title is the subject of every mail: keep it to one line"))
        }
        Some(text) if text.chars().count() > LONGEST_TITLE => Err(Rejection::new(
            "title_too_long",
            format!("the title has {} characters; {LONGEST_TITLE} are the most", text.chars().count()),
        )
        .help("a title is the subject of every mail: say it in a few words")),
        _ => Ok(title),
    }
}

fn checked(what: &str, text: &str) -> Result<String, Rejection> {
    if text.len() > LONGEST {
        return Err(Rejection::new(
            "text_too_long",
            format!("the {what} has {} bytes; {LONGEST} are the most", text.len()),
        )
        .help("shorten it, or keep the whole elsewhere and give its address"));
    }
    if text.contains('\0') {
        return Err(Rejection::new("text_has_nul", format!("the {what} contains a NUL character"))
            .help("remove it; it comes from pasting binary data"));
    }
    Ok(text.trim().to_owned())
}

/// Takes what a machine answered: cut to size and cleaned instead of refused, so that no result is lost.
pub(super) fn heard(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].replace('\0', "\u{fffd}")
}
