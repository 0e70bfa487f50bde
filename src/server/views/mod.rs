//! What pages are made of: a face's templates and its own words, filled in for one reader.

mod forms;
mod language;
mod moments;
mod words;

use std::collections::BTreeMap;

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use serde::Serialize;

pub(crate) use language::Language;
use words::Words;

use crate::clock::Clock;
use crate::library;
use crate::settings::Settings;

/// What a template's file name ends in: HTML is escaped, as is XML.
const SUFFIXES: [&str; 2] = [".html.hbs", ".atom.hbs"];

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Library(#[from] library::Error),
    #[error("failed to read the words in `{file}`: {reason}")]
    Words { file: String, reason: String },
    #[error("failed to read the template `{name}`")]
    Template { name: String, source: Box<handlebars::TemplateError> },
    #[error("failed to fill in the template `{name}`: {source}")]
    Render { name: String, source: Box<handlebars::RenderError> },
}

/// The templates of one face in every language Muster speaks; what else lies beside them is served as it is.
#[derive(Debug)]
pub(crate) struct Views {
    by_language: Vec<(Language, Handlebars<'static>)>,
    words: Words,
    assets: BTreeMap<String, String>,
}

impl Views {
    /// Reads a face's templates: `console` or `page`, the user's before the embedded ones.
    pub(crate) fn load(settings: &Settings, clock: &Clock, face: &str) -> Result<Self, Error> {
        let files = library::face(settings, face)?;
        let shared = library::face(settings, "words")?;
        let own = files.iter().filter(|(name, _)| name.starts_with("words/"));
        let words = Words::read(shared.iter().chain(own))?;
        let is_asset = |name: &str| !name.ends_with(".hbs") && !name.starts_with("words/");
        let assets: BTreeMap<_, _> =
            files.iter().filter(|(name, _)| is_asset(name)).map(|(name, text)| (name.clone(), text.clone())).collect();
        let mut by_language = Vec::new();
        for language in Language::ALL {
            let mut registry = Handlebars::new();
            registry.set_strict_mode(true);
            let words = words.of(language);
            registry.register_helper("t", Box::new(words.clone()));
            moments::register(&mut registry, &words, clock, settings.timezone);
            registry.register_helper("md", Box::new(markdown));
            registry.register_helper("asset", Box::new(forms::Addresses::of(&assets)));
            registry.register_helper("kept", Box::new(forms::kept));
            registry.register_helper("reopened", Box::new(forms::reopened));
            for (name, text) in &files {
                let Some(stem) = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)) else { continue };
                let wrong = |source| Error::Template { name: name.clone(), source: Box::new(source) };
                registry.register_template_string(stem, words.closed_up(text)).map_err(wrong)?;
            }
            by_language.push((language, registry));
        }
        Ok(Self { by_language, words, assets })
    }

    /// Fills in a template for a reader of this language.
    pub(crate) fn render(&self, template: &str, language: Language, data: &impl Serialize) -> Result<String, Error> {
        let wrong = |source| Error::Render { name: template.to_owned(), source: Box::new(source) };
        self.registry(language).render(template, data).map_err(wrong)
    }

    /// What a key says outside any template; the key itself where no words are known.
    pub(crate) fn say(&self, key: &str, language: Language) -> String {
        self.words.of(language).say(key, &[]).unwrap_or_else(|| key.to_owned())
    }

    /// A file that is served as it is: a style sheet, a script.
    pub(crate) fn asset(&self, name: &str) -> Option<&str> {
        self.assets.get(name).map(String::as_str)
    }

    /// Whether this is the version of an asset that pages name now: then it may be kept for good.
    pub(crate) fn is_current(&self, name: &str, version: &str) -> bool {
        self.asset(name).is_some_and(|text| forms::version(text) == version)
    }

    fn registry(&self, language: Language) -> &Handlebars<'static> {
        let found = self.by_language.iter().find(|(known, _)| *known == language);
        &found.unwrap_or(&self.by_language[0]).1
    }
}

/// `{{md text}}`: Markdown as HTML, without the HTML that may stand in it.
fn markdown(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = helper.param(0).and_then(|param| param.value().as_str()).unwrap_or_default();
    let mut options = comrak::Options::default();
    options.extension.autolink = true;
    options.render.hardbreaks = true;
    Ok(out.write(&comrak::markdown_to_html(text, &options))?)
}

fn missing(helper: &'static str, index: usize) -> RenderErrorReason {
    RenderErrorReason::ParamNotFoundForIndex(helper, index)
}

#[cfg(test)]
mod tests;
