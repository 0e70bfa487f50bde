//! Notice templates: `<name>.<locale>.md.hbs`, read once, checked, rendered into a bounded buffer.

use indexmap::IndexMap;

use crate::locale::Locale;
use crate::problem::Problem;
use crate::runbook::Runbook;

/// Every notice template at hand, and the layout of mail.
#[derive(Debug, Default)]
pub struct Templates {
    sources: IndexMap<String, String>,
}

impl Templates {
    /// Takes in templates by file name (`investigating.en.md.hbs`, `layout.html.hbs`), later ones over earlier.
    /// What is wrong with one is found when it is checked or rendered.
    pub fn new(sources: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { sources: sources.into_iter().collect() }
    }

    /// The languages a template is written in.
    pub fn locales(&self, _name: &str) -> Vec<Locale> {
        let _ = &self.sources;
        unimplemented!("notice")
    }
}

/// Finds every problem of one template; `runbook` adds the facts that its templates may read.
pub fn check_template(_file: &str, _source: &str, _templates: &Templates, _runbook: Option<&Runbook>) -> Vec<Problem> {
    unimplemented!("notice")
}
