//! The environment: every variable Muster reads, and the secrets kept in it or in files.

use std::path::PathBuf;

use chrono_tz::Tz;

use super::{Secret, SecretSource, UrlSource};
use crate::locale::Locale;

/// Why a secret or an address kept outside the settings could not be read; never shows it.
#[derive(Debug, thiserror::Error)]
pub enum Missing {
    #[error("the environment variable `{0}` is not set")]
    Variable(String),
    #[error("failed to read `{file}`")]
    File { file: PathBuf, source: std::io::Error },
    #[error("`{0}` is empty")]
    Empty(String),
}

impl SecretSource {
    /// Reads the secret from where it is kept.
    pub fn read(&self) -> Result<Secret, Missing> {
        match self {
            Self::Environment(name) => variable(name).map(Secret::new).ok_or_else(|| Missing::Variable(name.clone())),
            Self::File(file) => {
                let text =
                    std::fs::read_to_string(file).map_err(|source| Missing::File { file: file.clone(), source })?;
                match text.trim_end_matches(['\r', '\n']) {
                    "" => Err(Missing::Empty(file.display().to_string())),
                    secret => Ok(Secret::new(secret)),
                }
            }
        }
    }
}

impl UrlSource {
    /// Reads the address from where it is kept; it may hold a key, so it is a secret.
    pub fn read(&self) -> Result<Secret, Missing> {
        match self {
            Self::Written(url) => Ok(Secret::new(url.as_str())),
            Self::Environment(name) => variable(name).map(Secret::new).ok_or_else(|| Missing::Variable(name.clone())),
        }
    }
}

/// Reads one variable; an empty one counts as absent.
#[expect(clippy::disallowed_methods, reason = "this is the one reader of the environment")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Who is acting when nobody said: the user the operating system knows.
pub fn user() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable)
}

/// The language of the terminal, from `LC_ALL`, `LC_MESSAGES` or `LANG`; none for `C` and `POSIX`.
pub fn terminal_locale() -> Option<Locale> {
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable).and_then(|tag| locale_of(&tag))
}

/// The time zone of `TZ` if it names one, otherwise UTC.
pub fn timezone() -> Tz {
    variable("TZ").and_then(|name| name.trim_start_matches(':').parse().ok()).unwrap_or(Tz::UTC)
}

fn locale_of(tag: &str) -> Option<Locale> {
    let tag = tag.split(['.', '@']).next().unwrap_or_default();
    tag.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terminals_language_is_a_tag_without_its_encoding() {
        for (tag, locale) in [
            ("zh_CN.UTF-8", Some("zh-CN")),
            ("en_US", Some("en-US")),
            ("C", None),
            ("C.UTF-8", None),
            ("POSIX", None),
            ("sr_RS@latin", Some("sr-RS")),
        ] {
            assert_eq!(locale_of(tag).as_ref().map(Locale::as_str), locale, "{tag}");
        }
    }

    #[test]
    fn a_secret_file_may_end_in_a_newline_but_not_be_empty() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        std::fs::write(&file, "hunter2\n").expect("a file");
        let read = || SecretSource::File(file.clone()).read();
        assert_eq!(read().expect("a secret").reveal(), "hunter2");
        assert_eq!(format!("{:?}", read()), "Ok(Secret(…))");
        std::fs::write(&file, "\n").expect("a file");
        assert!(matches!(read(), Err(Missing::Empty(_))));
    }
}
