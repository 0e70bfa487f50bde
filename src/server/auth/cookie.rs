//! The session's cookie: its name, what a browser may do with it, how it is read.

use axum::http::{HeaderMap, HeaderValue, header};

use super::Way;
use crate::app::people::Token;
use crate::server::views::Language;

/// How long a browser keeps it; the session may end before.
const KEPT_SECONDS: u32 = 60 * 24 * 60 * 60;

const LANGUAGE: &str = "muster-language";

/// What the cookie is called. A browser sends one that begins with `__Host-` only over an encrypted connection, to
/// this host alone, and takes it from nobody else; on this machine, where no connection is encrypted, browsers differ.
fn name(way: Way) -> &'static str {
    match way {
        Way::Encrypted => "__Host-muster",
        Way::ThisMachine | Way::AsTheOperatorSays | Way::Open => "muster",
    }
}

/// The token in a request's cookie.
pub(crate) fn session(headers: &HeaderMap, way: Way) -> Option<&str> {
    found(headers, name(way))
}

fn found<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).into_iter().filter_map(|header| header.to_str().ok());
    pairs.flat_map(|pairs| pairs.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name && !value.is_empty()).then_some(value)
    })
}

/// The header by which a browser is given a session.
pub(crate) fn given(token: &Token, way: Way) -> HeaderValue {
    written(token.reveal(), way, KEPT_SECONDS)
}

/// The header by which a browser forgets it.
pub(crate) fn taken(way: Way) -> HeaderValue {
    written("", way, 0)
}

/// The header by which a browser keeps the language that somebody chose before anything is known of them.
pub(crate) fn language(language: Language, way: Way) -> HeaderValue {
    cookie(LANGUAGE, language.as_str(), way, KEPT_SECONDS)
}

/// The language that was chosen in this browser.
pub(super) fn chosen(headers: &HeaderMap) -> Option<Language> {
    found(headers, LANGUAGE).and_then(Language::tagged)
}

fn written(value: &str, way: Way, seconds: u32) -> HeaderValue {
    cookie(name(way), value, way, seconds)
}

fn cookie(name: &str, value: &str, way: Way, seconds: u32) -> HeaderValue {
    let secure = if way == Way::Encrypted { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut header = HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""));
    header.set_sensitive(true);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cookie_of_this_way_counts() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; muster=planted; __Host-muster=real"));
        assert_eq!(session(&headers, Way::Encrypted), Some("real"));
        assert_eq!(session(&headers, Way::ThisMachine), Some("planted"));
        headers.clear();
        headers.append(header::COOKIE, HeaderValue::from_static("muster=planted"));
        assert_eq!(session(&headers, Way::Encrypted), None);
    }

    #[test]
    fn a_cookie_goes_nowhere_else_and_no_script_reads_it() {
        let taken = |way| taken(way).to_str().expect("text").to_owned();
        assert_eq!(taken(Way::Encrypted), "__Host-muster=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure");
        assert_eq!(taken(Way::ThisMachine), "muster=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
