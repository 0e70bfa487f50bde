//! Text that people or the world hand in: bounded, free of NUL, and not empty where it must say something.

use super::Rejection;

/// The most bytes a single text may have.
pub(crate) const LONGEST: usize = 64 * 1024;

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
