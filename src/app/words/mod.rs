//! The answers of the engine and the conductor in the reader's language; in English they say it themselves.

mod advice;
mod contract;
mod people;
mod refusals;

use super::Error;
use crate::locale::Locale;

/// The message and the help of an error by its code, in this language; none where no translation is known.
pub fn translated(locale: &Locale, code: &str, message: &str, help: Option<&str>) -> Option<(String, Option<String>)> {
    if !locale.is_chinese() {
        return None;
    }
    people::chinese(code, message).or_else(|| refusals::chinese(code, message, help))
}

impl Error {
    /// The message and the help in the reader's language; as they are where no translation is known.
    pub fn told(&self, locale: &Locale) -> (String, Option<String>) {
        if let Self::Access(refusal) = self
            && locale.is_chinese()
        {
            return people::refusal(*refusal);
        }
        let message = self.to_string();
        translated(locale, self.code(), &message, self.help())
            .unwrap_or_else(|| (message, self.help().map(str::to_owned)))
    }
}
