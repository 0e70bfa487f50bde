//! The words of a face, read from its `words/*.yaml` and from those all faces share: each key with every language side by side.

use std::collections::BTreeMap;
use std::sync::Arc;

use handlebars::{Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Deserialize;
use serde_json::Value;

use super::{Error, Language, missing};

/// One thing to say, with `{name}` where something is filled in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    en: String,
    /// English where `n` is one; the other languages make no difference.
    #[serde(default)]
    one: Option<String>,
    #[serde(rename = "zh-Hans")]
    chinese: String,
}

/// Everything a face says, in every language.
#[derive(Debug, Default)]
pub(super) struct Words(Arc<BTreeMap<String, Entry>>);

/// Everything a face says in one language.
#[derive(Debug, Clone)]
pub(super) struct Spoken {
    language: Language,
    entries: Arc<BTreeMap<String, Entry>>,
}

impl Words {
    pub(super) fn read<'a>(files: impl Iterator<Item = (&'a String, &'a String)>) -> Result<Self, Error> {
        let mut all = BTreeMap::new();
        for (file, text) in files {
            let wrong = |reason: String| Error::Words { file: format!("words/{file}"), reason };
            let entries: BTreeMap<String, Entry> =
                serde_yaml::from_str(text).map_err(|error| wrong(error.to_string()))?;
            for (key, entry) in entries {
                if all.insert(key.clone(), entry).is_some() {
                    return Err(wrong(format!("`{key}` stands in another file, too")));
                }
            }
        }
        Ok(Self(Arc::new(all)))
    }

    /// These, and what others say before them.
    pub(super) fn under(self, others: Self) -> Self {
        let mut all = Arc::unwrap_or_clone(self.0);
        all.extend(Arc::unwrap_or_clone(others.0));
        Self(Arc::new(all))
    }

    pub(super) fn of(&self, language: Language) -> Spoken {
        Spoken { language, entries: Arc::clone(&self.0) }
    }
}

impl Spoken {
    /// What is said under a key, with each `{name}` filled in; none where the key is not known.
    pub(super) fn say(&self, key: &str, values: &[(&str, String)]) -> Option<String> {
        let entry = self.entries.get(key)?;
        let is_one = values.iter().any(|(name, value)| *name == "n" && value == "1");
        let text = match (self.language, &entry.one) {
            (Language::Chinese, _) => &entry.chinese,
            (Language::English, Some(one)) if is_one => one,
            (Language::English, _) => &entry.en,
        };
        Some(fill(text, values))
    }

    /// A template without the space after words that end in a full-width mark, which brings its own: `时间：12:00`.
    pub(super) fn closed_up(&self, template: &str) -> String {
        let mut pieces = template.split_inclusive("}}");
        let mut closed: String = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let says = closed.rsplit_once("{{t \"").and_then(|(_, call)| call.strip_suffix("\"}}"));
            let is_wide =
                says.and_then(|key| self.say(key, &[])).is_some_and(|said| said.ends_with(['：', '，', '。']));
            closed.push_str(if is_wide { piece.strip_prefix(' ').unwrap_or(piece) } else { piece });
        }
        closed
    }
}

fn fill(text: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once('}') else { break };
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        filled.push_str(value.unwrap_or_default());
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// `{{t "key"}}`, `{{t "key" n=3 name=who}}`: says something; a second argument is joined to the key by a dot.
impl HelperDef for Spoken {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let key = helper.param(0).and_then(|param| param.value().as_str()).ok_or_else(|| missing("t", 0))?;
        let key = match helper.param(1).map(|param| param.value()) {
            Some(Value::String(more)) => format!("{key}.{more}"),
            Some(_) | None => key.to_owned(),
        };
        let values: Vec<(&str, String)> =
            helper.hash().iter().map(|(name, value)| (*name, plain(value.value()))).collect();
        let said = self.say(&key, &values);
        let said = said.ok_or_else(|| RenderErrorReason::Other(format!("no words are known for `{key}`")))?;
        Ok(out.write(&registry.get_escape_fn()(&said))?)
    }
}

/// A value as it stands in a sentence.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
