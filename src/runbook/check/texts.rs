//! Text and its translations: each text takes its own, and what is left over translates nothing.

use std::collections::{HashMap, HashSet};

use super::checker::{Checker, spend};
use crate::locale::{Locale, Text};
use crate::runbook::near::nearest;
use crate::runbook::source::{Content, Node};

/// More languages than anyone keeps in one file.
const MOST_LOCALES: usize = 40;

/// Every translation of the file, by the key it stands under.
#[derive(Default)]
pub(super) struct Translations<'s> {
    by_key: HashMap<String, Vec<Translation<'s>>>,
    used: HashSet<String>,
}

#[derive(Clone)]
struct Translation<'s> {
    locale: Locale,
    key: Node<'s>,
    value: Node<'s>,
}

impl<'s> Checker<'s> {
    /// Reads the languages of the runbook.
    pub(super) fn read_locales(&mut self, node: &Node<'s>) {
        let Some(items) = self.list(node, "`locales`") else { return };
        if items.len() > MOST_LOCALES {
            let message = format!("a runbook is written in at most {MOST_LOCALES} languages");
            return self.error("too_many", node.place, message, None);
        }
        let mut locales: Vec<Locale> = Vec::new();
        for item in items {
            let Some(tag) = self.words(item) else { continue };
            match tag.parse::<Locale>() {
                Ok(locale) if locales.contains(&locale) => {
                    self.error("duplicate_item", item.place, format!("`{locale}` stands in this list twice"), None);
                }
                Ok(locale) => locales.push(locale),
                Err(_) => {
                    let help = Some("write a tag such as `en`, `zh-Hans` or `zh-Hant`".to_owned());
                    self.error("bad_locale", item.place, format!("`{tag}` is not a language"), help);
                }
            }
        }
        if items.is_empty() {
            self.error("empty_list", node.place, "a runbook is written in at least one language", None);
        }
        if !locales.is_empty() {
            self.locales = locales;
        }
    }

    /// Reads all translations, before the texts that they belong to.
    pub(super) fn read_translations(&mut self, node: &Node<'s>) {
        let Some(entries) = self.map(node, "`translations`") else { return };
        for (key, value) in entries {
            let tag = key.scalar().map(|scalar| scalar.text.as_ref()).unwrap_or_default();
            let locale = tag.parse::<Locale>().ok().filter(|locale| self.locales.contains(locale));
            let Some(locale) = locale else {
                let listed: Vec<_> = self.locales.iter().map(|locale| format!("`{locale}`")).collect();
                let help = Some(format!("`locales` lists {}", listed.join(", ")));
                self.error("unknown_locale", key.place, format!("`{tag}` is not a language of this runbook"), help);
                continue;
            };
            if locale == self.locales[0] {
                let help = Some("change the text where it stands".to_owned());
                self.error("own_locale", key.place, format!("the text itself is in `{locale}`"), help);
                continue;
            }
            let Some(entries) = self.map(value, "a language's translations") else { continue };
            for (key, value) in entries {
                let name = key.scalar().map(|scalar| scalar.text.as_ref().to_owned()).unwrap_or_default();
                let translation = Translation { locale: locale.clone(), key: key.clone(), value: value.clone() };
                self.translations.by_key.entry(name).or_default().push(translation);
            }
        }
    }

    /// A text that people read, in every language the runbook has it in; `keys` are the names its
    /// translation may stand under, the usual one first.
    pub(super) fn text(&mut self, node: &Node<'s>, keys: &[&str]) -> Option<Text> {
        let original = self.words(node)?;
        let mut text = Text::new(self.locales[0].clone(), original);
        self.translate(&mut text, keys);
        for locale in self.locales.iter().skip(1).filter(|l| text.exactly(l).is_none()).cloned().collect::<Vec<_>>() {
            self.untranslated(node, keys, &locale);
        }
        Some(text)
    }

    /// A text that nobody wrote: the id stands for it, and may be translated.
    pub(super) fn unwritten(&mut self, id: &str, keys: &[&str]) -> Text {
        let mut text = Text::new(self.locales[0].clone(), id);
        self.translate(&mut text, keys);
        text
    }

    fn untranslated(&mut self, node: &Node<'s>, keys: &[&str], locale: &Locale) {
        let key = keys.first().copied().unwrap_or_default();
        let message = format!("`{key}` is not translated into {locale}");
        self.warning(
            "missing_translation",
            node.place,
            message,
            format!("add `{key}` to `translations` under `{locale}`"),
        );
    }

    fn translate(&mut self, text: &mut Text, keys: &[&str]) {
        for key in keys.iter().rev() {
            let Some(translations) = self.translations.by_key.get(*key).cloned() else { continue };
            self.translations.used.insert((*key).to_owned());
            for translation in translations {
                if let Some(words) = self.words(&translation.value) {
                    text.set(translation.locale, words);
                }
            }
        }
    }

    /// A list of texts; a translation is a list too, in the same order.
    pub(super) fn texts(&mut self, node: &Node<'s>, what: &str, key: &str) -> Vec<Text> {
        let Some(items) = self.list(node, what) else { return Vec::new() };
        if items.is_empty() {
            self.error("empty_list", node.place, format!("{what} holds at least one text"), None);
        }
        let first = self.locales[0].clone();
        let words: Vec<_> = items.iter().filter_map(|item| self.words(item).map(str::to_owned)).collect();
        let mut texts: Vec<_> = words.into_iter().map(|words| Text::new(first.clone(), words)).collect();
        let translations = self.translations.by_key.get(key).cloned().unwrap_or_default();
        if !translations.is_empty() {
            self.translations.used.insert(key.to_owned());
        }
        for translation in translations {
            self.translate_list(&translation, items.len(), &mut texts);
        }
        let lacks = |locale: &&Locale| texts.iter().any(|text| text.exactly(locale).is_none());
        for locale in self.locales.iter().skip(1).filter(lacks).cloned().collect::<Vec<_>>() {
            self.untranslated(node, &[key], &locale);
        }
        texts
    }

    fn translate_list(&mut self, translation: &Translation<'s>, originals: usize, texts: &mut [Text]) {
        let Some(items) = self.list(&translation.value, "the translation of a list") else { return };
        if items.len() > originals {
            let message = format!("here are {} texts, and only {originals} to translate", items.len());
            self.error("unknown_translation", translation.value.place, message, None);
        }
        for (text, item) in texts.iter_mut().zip(items) {
            if let Some(words) = self.words(item) {
                text.set(translation.locale.clone(), words);
            }
        }
    }

    /// Reports the translations that no text took.
    pub(super) fn leftover_translations(&mut self) {
        let Translations { by_key, used } = std::mem::take(&mut self.translations);
        let mut left: Vec<_> = by_key.iter().filter(|(key, _)| !used.contains(*key)).collect();
        left.sort_by_key(|(_, translations)| translations[0].key.place);
        for (key, translations) in left {
            let near = if spend(&self.suggestions) { nearest(key, used.iter().map(String::as_str)) } else { None };
            let help = near.map(|near| format!("did you mean `{near}`?"));
            for translation in translations.iter().filter(|t| t.value.content != Content::Refused) {
                let message = format!("there is no text `{key}` to translate");
                self.error("unknown_translation", translation.key.place, message, help.clone());
            }
        }
    }
}
