//! The wording lint: finds phrases that blame, and suggests what to write instead.

mod skip;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::locale::{Locale, Text};

/// How many steps a pattern may backtrack on one text before it counts as no match.
const BACKTRACK_LIMIT: usize = 100_000;
/// How far before a phrase the words that speak *about* wording are looked for, in characters.
const META_REACH: usize = 28;

/// How a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Blames a person; blocks publication until reworded or kept with a reason.
    Error,
    /// Judges with hindsight or by a norm.
    Warning,
    /// Explains nothing, or promises what nobody can verify.
    Info,
}

/// What is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Retrospective,
    /// Gentler: only what blames a person, and an apology may say more.
    Notice,
}

/// A phrase that one rule would see reworded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub rule: String,
    pub level: Level,
    /// The phrase as it stands.
    pub text: String,
    /// The event it stands in, where it stands in one.
    pub seq: Option<u64>,
    pub suggest: String,
}

/// A lexicon that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to read the lexicon: {reason}")]
    Unreadable { reason: String },
    #[error("the pattern of rule `{rule}` is not valid")]
    Pattern { rule: String, source: Box<fancy_regex::Error> },
}

/// The lexicon as its file is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Words that speak about wording; a phrase shortly after one is not flagged.
    meta: String,
    /// Alternatives that patterns name in braces, such as `{PERSON}`.
    #[serde(default)]
    words: IndexMap<String, String>,
    rules: Vec<WrittenRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    id: String,
    /// The language the rule reads; told for people who edit the file, every rule is read anyway.
    #[serde(rename = "lang")]
    _lang: String,
    level: Level,
    /// Whether a notice may say it: an apology speaks of one's own failings.
    #[serde(default)]
    apology: bool,
    pattern: String,
    suggest: Text,
}

#[derive(Debug)]
struct Rule {
    id: String,
    level: Level,
    apology: bool,
    pattern: String,
    suggest: Text,
    compiled: OnceLock<Option<Regex>>,
    /// Matches wherever the pattern does, and more, but fast.
    loose: OnceLock<Option<Regex>>,
}

/// The rules of the wording lint, every one read in every locale.
#[derive(Debug)]
pub struct Lexicon {
    meta: Regex,
    rules: Vec<Rule>,
    /// Matches wherever any rule might; most texts end here.
    any: OnceLock<Option<Regex>>,
}

impl Lexicon {
    /// Reads a lexicon's YAML; `names` are the roster's names, which some rules speak of.
    pub fn read(yaml: &str, names: &[String]) -> Result<Self, Error> {
        let mut written: Written =
            serde_yaml::from_str(yaml).map_err(|error| Error::Unreadable { reason: error.to_string() })?;
        written.words.insert("NAMES".to_owned(), alternatives(names));
        let meta = build(&expand(&written.meta, &written.words), true)
            .map_err(|source| Error::Pattern { rule: "meta".to_owned(), source })?;
        let rules = written.rules.into_iter().map(|rule| Rule {
            pattern: expand(&rule.pattern, &written.words),
            id: rule.id,
            level: rule.level,
            apology: rule.apology,
            suggest: rule.suggest,
            compiled: OnceLock::new(),
            loose: OnceLock::new(),
        });
        Ok(Self { meta, rules: rules.collect(), any: OnceLock::new() })
    }

    /// Compiles every pattern; a lexicon that people edited is checked by this.
    pub fn check(&self) -> Result<(), Error> {
        for rule in &self.rules {
            build(&rule.pattern, true).map_err(|source| Error::Pattern { rule: rule.id.clone(), source })?;
        }
        Ok(())
    }

    /// Reads a text with every rule; code, logs, quotations and links are not read. Suggestions are in the locale.
    pub fn lint(&self, text: &str, profile: Profile, locale: &Locale) -> Vec<Finding> {
        let mut findings = Vec::new();
        if !self.might_match(text) {
            return Vec::new();
        }
        let read = skip::mask(text);
        for rule in self.rules.iter().filter(|rule| rule.speaks_in(profile) && rule.might_match(&read)) {
            let Some(regex) = rule.regex() else { continue };
            for hit in regex.find_iter(read.as_str()).flatten() {
                if !hit.as_str().trim().is_empty() && !self.is_about_wording(&text[..hit.start()]) {
                    findings.push((hit.start(), rule.finding(&text[hit.start()..hit.end()], locale)));
                }
            }
        }
        findings.sort_by_key(|(start, finding)| (*start, finding.level));
        findings.into_iter().map(|(_, finding)| finding).collect()
    }

    fn might_match(&self, text: &str) -> bool {
        let any = self.any.get_or_init(|| {
            let loose: Vec<String> =
                self.rules.iter().map(|rule| format!("(?:{})", without_lookaround(&rule.pattern))).collect();
            build(&loose.join("|"), true).ok()
        });
        any.as_ref().is_none_or(|any| any.is_match(text).unwrap_or(true))
    }

    /// Whether what stands just before a phrase, in the same sentence, says that it speaks about wording.
    fn is_about_wording(&self, before: &str) -> bool {
        let sentence = before.rsplit(['。', '！', '？', '；', '!', '?', ';', '\n']).next().unwrap_or(before);
        let sentence = sentence.rsplit(". ").next().unwrap_or(sentence);
        let from = sentence.char_indices().rev().nth(META_REACH - 1).map_or(0, |(at, _)| at);
        self.meta.is_match(&sentence[from..]).unwrap_or(false)
    }
}

impl Rule {
    fn speaks_in(&self, profile: Profile) -> bool {
        match profile {
            Profile::Retrospective => true,
            Profile::Notice => self.level == Level::Error && !self.apology,
        }
    }

    fn might_match(&self, text: &str) -> bool {
        let loose = self.loose.get_or_init(|| build(&without_lookaround(&self.pattern), true).ok());
        loose.as_ref().is_none_or(|loose| loose.is_match(text).unwrap_or(true))
    }

    fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| build(&self.pattern, true).ok()).as_ref()
    }

    fn finding(&self, phrase: &str, locale: &Locale) -> Finding {
        let suggest = self.suggest.get(locale).to_owned();
        Finding { rule: self.id.clone(), level: self.level, text: phrase.trim().to_owned(), seq: None, suggest }
    }
}

fn build(pattern: &str, case_insensitive: bool) -> Result<Regex, Box<fancy_regex::Error>> {
    RegexBuilder::new(pattern)
        .case_insensitive(case_insensitive)
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(64 << 20)
        .build()
        .map_err(Box::new)
}

/// The names as alternatives of a pattern; nothing matches where there are none.
fn alternatives(names: &[String]) -> String {
    let mut names: Vec<_> = names.iter().map(|name| name.trim()).filter(|name| name.chars().count() > 1).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names.dedup();
    let escaped: Vec<_> = names.into_iter().map(fancy_regex::escape).collect();
    if escaped.is_empty() { "(?!)".to_owned() } else { format!("(?:{})", escaped.join("|")) }
}

/// Puts the named alternatives in place of `{NAMES}` and the like, wherever a pattern names them.
fn expand(pattern: &str, words: &IndexMap<String, String>) -> String {
    let mut pattern = pattern.to_owned();
    for (name, alternatives) in words.iter().rev() {
        pattern = pattern.replace(&format!("{{{name}}}"), &format!("(?:{alternatives})"));
    }
    pattern
}

/// The pattern without its look-around and word boundaries: it matches wherever the pattern does, and more.
fn without_lookaround(pattern: &str) -> String {
    let mut loose = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let opener = ["(?=", "(?!", "(?<=", "(?<!"].into_iter().find(|opener| rest.starts_with(opener));
        let taken = match (opener, first) {
            (Some(_), _) => group_length(rest),
            (None, '\\') => {
                let escape = rest.chars().nth(1).unwrap_or_default();
                if escape != 'b' {
                    loose.push('\\');
                    loose.push(escape);
                }
                1 + escape.len_utf8()
            }
            (None, '[') => {
                let length = class_length(rest);
                loose.push_str(&rest[..length]);
                length
            }
            (None, other) => {
                loose.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[taken.min(rest.len())..];
    }
    loose
}

/// The length of the group a text begins with, in bytes.
fn group_length(text: &str) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while let Some(next) = text[at..].chars().next() {
        match next {
            '\\' => at += text[at + 1..].chars().next().map_or(0, char::len_utf8),
            '[' => {
                at += class_length(&text[at..]);
                continue;
            }
            '(' => depth += 1,
            ')' if depth == 1 => return at + 1,
            ')' => depth -= 1,
            _ => {}
        }
        at += next.len_utf8();
    }
    text.len()
}

/// The length of the character class a text begins with, in bytes.
fn class_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, next) in text.char_indices().skip(1) {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' if at > 1 => return at + 1,
            _ => {}
        }
    }
    text.len()
}
