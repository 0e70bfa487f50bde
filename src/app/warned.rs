//! What a notice warns whoever approves it of: frozen with it as sentences, known again by what is found in it.

use super::view::NoticeProblem;
use super::{App, Loaded, Result};
use crate::incident::state::NoticeState;
use crate::library;
use crate::notice::{self, Composed, Scene};
use crate::problem::{Level, Place, Problem};
use crate::retrospective::blame::Profile;
use crate::runbook::NoticeSpec;

/// What follows the number in the warning about an audience's conditions.
const UNANSWERED: &str = " conditions of audiences could not be answered; those contacts are left out";

/// The warning that so many conditions of audiences could not be answered.
pub(super) fn unanswered(conditions: u64) -> String {
    format!("{conditions}{UNANSWERED}")
}

impl App {
    /// Composes a notice and reads it for what blames a person, in the gentler reading.
    pub(super) fn composed(&self, scene: &Scene<'_>) -> Result<Composed> {
        let mut composed = notice::compose(scene, &self.templates()?);
        let lexicon = library::plain_lexicon(&self.settings)?;
        let mut found: Vec<Problem> = Vec::new();
        for message in &composed.messages {
            for finding in lexicon.lint(&message.text, Profile::Notice, &message.locale) {
                let said = format!("`{}` blames a person; instead: {}", finding.text, finding.suggest);
                let problem = Problem::warning("blame", Place::default(), said)
                    .naming("words", finding.text)
                    .naming("instead", finding.suggest);
                if !found.contains(&problem) {
                    found.push(problem);
                }
            }
        }
        found.into_iter().for_each(|problem| composed.warn(problem));
        Ok(composed)
    }

    /// The warnings that were frozen with a notice, each with its code where what was found then is found still.
    pub(super) fn warned(
        &self,
        loaded: &Loaded,
        spec: &NoticeSpec,
        notice: &NoticeState,
    ) -> Result<Vec<NoticeProblem>> {
        let draft = &notice.draft;
        if draft.warnings.is_empty() {
            return Ok(Vec::new());
        }
        let composed = self.composed(&Scene {
            runbook: &loaded.runbook,
            incident: &loaded.incident,
            step: &draft.step,
            spec,
            status: draft.status.filter(|status| spec.status != Some(*status)),
            nothing_new: false,
            page: &self.settings.page,
            locales: &loaded.runbook.locales,
            now: notice.drafted_at,
        })?;
        Ok(draft.warnings.iter().map(|sentence| known(sentence, &composed)).collect())
    }
}

fn known(sentence: &str, composed: &Composed) -> NoticeProblem {
    let found = composed.problems.iter().find(|problem| notice::sentence(problem) == sentence);
    let (code, named) = match (found, sentence.strip_suffix(UNANSWERED)) {
        (Some(problem), _) => (problem.code, problem.named.clone()),
        (None, Some(count)) => ("unanswered_conditions", vec![("count", count.to_owned())]),
        (None, None) => ("warning", Vec::new()),
    };
    let (code, message) = (code.to_owned(), sentence.to_owned());
    NoticeProblem { code, severity: Level::Warning, message, help: None, named }
}
