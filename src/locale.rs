//! Languages: BCP 47 tags, how a reader's tag finds an offered one, and text in several of them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A BCP 47 language tag in its usual casing, such as `en` or `zh-Hans`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale(Arc<str>);

#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a language tag such as `en` or `zh-Hans`")]
pub struct Error(String);

impl Locale {
    pub fn english() -> Self {
        Self("en".into())
    }

    /// Simplified Chinese, `zh-Hans`.
    pub fn chinese() -> Self {
        Self("zh-Hans".into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone: `zh` of `zh-Hans`.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Whether text in this language is set without spaces between words.
    pub fn is_chinese(&self) -> bool {
        self.language() == "zh"
    }

    /// What those who read it call it, such as `简体中文`; the tag where that is not known.
    pub fn own_name(&self) -> &str {
        match self.with_script() {
            "en" => "English",
            "zh-Hans" => "简体中文",
            "zh-Hant" => "繁體中文",
            _ => self.as_str(),
        }
    }

    /// The tag with its script named: regions that imply one are replaced by it.
    fn with_script(&self) -> &str {
        match self.as_str() {
            "zh" | "zh-CN" | "zh-SG" | "zh-Hans-CN" | "zh-Hans-SG" => "zh-Hans",
            "zh-TW" | "zh-HK" | "zh-MO" | "zh-Hant-TW" | "zh-Hant-HK" => "zh-Hant",
            other => other,
        }
    }

    /// Finds the offered locale that serves this reader best: the same tag, the same
    /// script (`zh-CN` reads `zh-Hans`), a shorter tag, then the same language.
    pub fn best<'a>(&self, offered: impl IntoIterator<Item = &'a Locale> + Clone) -> Option<&'a Locale> {
        let wanted = self.with_script();
        let find = |matches: &dyn Fn(&Locale) -> bool| offered.clone().into_iter().find(|l| matches(l));
        find(&|l| l == self)
            .or_else(|| find(&|l| l.with_script() == wanted))
            .or_else(|| find(&|l| wanted.starts_with(&format!("{}-", l.as_str()))))
            .or_else(|| find(&|l| l.language() == self.language()))
    }
}

impl FromStr for Locale {
    type Err = Error;

    fn from_str(tag: &str) -> Result<Self, Error> {
        let well_formed = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default();
        if !(2..=3).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(Error(tag.to_owned()));
        }
        let mut canonical = language.to_ascii_lowercase();
        for part in parts {
            if !well_formed(part) {
                return Err(Error(tag.to_owned()));
            }
            canonical.push('-');
            match part.len() {
                2 => canonical.push_str(&part.to_ascii_uppercase()),
                4 => {
                    canonical.push_str(&part[..1].to_ascii_uppercase());
                    canonical.push_str(&part[1..].to_ascii_lowercase());
                }
                _ => canonical.push_str(&part.to_ascii_lowercase()),
            }
        }
        Ok(Self(canonical.into()))
    }
}

impl TryFrom<String> for Locale {
    type Error = Error;

    fn try_from(tag: String) -> Result<Self, Error> {
        tag.parse()
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.0.as_ref().to_owned()
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text in one or more languages; the first is the one it was written in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(IndexMap<Locale, String>);

impl Text {
    pub fn new(locale: Locale, text: impl Into<String>) -> Self {
        Self(IndexMap::from([(locale, text.into())]))
    }

    pub fn set(&mut self, locale: Locale, text: impl Into<String>) {
        self.0.insert(locale, text.into());
    }

    /// The text as this reader best understands it; the original where there is no translation.
    pub fn get(&self, reader: &Locale) -> &str {
        reader
            .best(self.0.keys())
            .and_then(|locale| self.0.get(locale))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }

    /// The text in exactly this locale.
    pub fn exactly(&self, locale: &Locale) -> Option<&str> {
        self.0.get(locale).map(String::as_str)
    }

    /// The text in the language it was written in.
    pub fn original(&self) -> &str {
        self.0.values().next().map_or("", String::as_str)
    }

    pub fn locales(&self) -> impl Iterator<Item = &Locale> + Clone {
        self.0.keys()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Locale, &str)> {
        self.0.iter().map(|(locale, text)| (locale, text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(tag: &str) -> Locale {
        tag.parse().expect("a tag")
    }

    #[test]
    fn a_reader_finds_the_script_that_their_region_implies() {
        let offered = [tag("en"), tag("zh-Hant"), tag("zh-Hans")];
        for (reader, found) in [("zh-CN", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh", "zh-Hans"), ("en-GB", "en")] {
            assert_eq!(tag(reader).best(&offered), Some(&tag(found)), "{reader}");
        }
        assert_eq!(tag("fr").best(&offered), None);
    }

    #[test]
    fn tags_are_put_in_their_usual_casing() {
        assert_eq!(tag("ZH_hans_cn").as_str(), "zh-Hans-CN");
        for bad in ["", "e", "english", "en--us", "en-ünï", "zh-"] {
            assert!(bad.parse::<Locale>().is_err(), "{bad}");
        }
    }

    #[test]
    fn untranslated_text_shows_in_the_language_it_was_written_in() {
        let mut text = Text::new(tag("en"), "Deposits work");
        assert_eq!(text.get(&tag("zh-Hans")), "Deposits work");
        text.set(tag("zh-Hans"), "充值正常");
        assert_eq!(text.get(&tag("zh-CN")), "充值正常");
    }
}
