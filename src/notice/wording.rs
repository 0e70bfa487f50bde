//! Wording that a notice should not go out with: machines, estimates nobody authorised, promises too sure, blame.

/// A phrase that blames a person, and what to write instead.
#[derive(Debug, Clone, Copy)]
pub struct Phrase<'a> {
    pub rule: &'a str,
    pub pattern: &'a fancy_regex::Regex,
    pub suggest: &'a str,
}
