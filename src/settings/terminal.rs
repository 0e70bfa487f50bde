//! What the terminal and the login say about who is reading: their language and their name.

use crate::locale::Locale;

#[expect(clippy::disallowed_methods, reason = "the environment is read here, in settings")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The language of the terminal, by the usual order of `LC_ALL`, `LC_MESSAGES` and `LANG`;
/// none where it names none (`C`, `POSIX`).
pub fn locale() -> Option<Locale> {
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable).and_then(|value| parse(&value))
}

/// The login name.
pub fn user() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable)
}

/// Reads a POSIX locale name such as `zh_CN.UTF-8` or `ca_ES@valencia`.
fn parse(value: &str) -> Option<Locale> {
    let tag = value.split(['.', '@']).next().unwrap_or_default();
    tag.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posix_names_become_language_tags() {
        for (value, tag) in
            [("zh_CN.UTF-8", Some("zh-CN")), ("en_GB", Some("en-GB")), ("ca_ES@valencia", Some("ca-ES"))]
        {
            assert_eq!(parse(value).as_ref().map(Locale::as_str), tag, "{value}");
        }
        for none in ["C", "C.UTF-8", "POSIX", ""] {
            assert_eq!(parse(none), None, "{none}");
        }
    }
}
