//! What a drill meets instead of the world: a trap for what would leave, and answers made up beforehand.

use indexmap::IndexMap;

use crate::action::Answer;
use crate::delivery::trap::Trap;
use crate::runbook::StepId;

/// A stand-in for the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    pub trap: Trap,
    /// Whether each run of a step's operation works; the last counts for all that follow, and none means all work.
    pub actions: IndexMap<StepId, Vec<bool>>,
    /// Whether a step's probe passes in each attempt; likewise.
    pub probes: IndexMap<StepId, Vec<bool>>,
}

impl Rehearsal {
    /// What the n-th run of a step's operation comes to; runs count from 1.
    pub(super) fn action(&self, step: &StepId, run: u32) -> Answer {
        made_up(self.actions.get(step), run)
    }

    /// What a step's probe answers in an attempt; attempts count from 1.
    pub(super) fn probe(&self, step: &StepId, attempt: u32) -> Answer {
        made_up(self.probes.get(step), attempt)
    }
}

fn made_up(answers: Option<&Vec<bool>>, nth: u32) -> Answer {
    let index = usize::try_from(nth.saturating_sub(1)).unwrap_or(usize::MAX);
    let answer = answers.and_then(|answers| answers.get(index).or(answers.last()));
    let worked = answer.copied().unwrap_or(true);
    Answer { worked, detail: if worked { "drill: worked" } else { "drill: failed" }.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_answer_counts_for_every_run_that_follows() {
        let answers = vec![false, true];
        let worked = |nth| made_up(Some(&answers), nth).worked;
        assert_eq!([worked(1), worked(2), worked(3)], [false, true, true]);
        assert!(made_up(None, 1).worked);
    }
}
