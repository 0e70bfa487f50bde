//! The picture of a runbook as a page draws it: phases, steps one after another, lanes side by side, ways back.

use serde::Serialize;

use crate::locale::Locale;
use crate::retrospective::Words;
use crate::runbook::graph::Return;
use crate::runbook::{Gate, Item, ListIndex, Phase, Role, RoleId, Runbook, Step, StepId, StepKind, WaitFor};

/// A phase with what happens in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct PhaseFlow {
    phase: &'static str,
    items: Vec<Element>,
}

/// One thing after another: a step, or lanes side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Element {
    step: Option<Node>,
    lanes: Vec<Lane>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Lane {
    name: String,
    items: Vec<Element>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Node {
    id: String,
    kind: &'static str,
    title: String,
    role: String,
    /// A span in words.
    within: Option<String>,
    /// Only if this holds.
    when: Option<String>,
    /// Roles whose approval it needs.
    approval: Vec<String>,
    /// What a question may be answered with.
    answers: Vec<String>,
    /// The system operation it runs.
    runs: Option<String>,
    /// Where it leads back to if it fails.
    back: Option<Link>,
    /// The step with which it ends.
    until: Option<Link>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Link {
    id: String,
    title: String,
}

/// Draws a runbook for a reader of this language.
pub(crate) fn flow(runbook: &Runbook, locale: &Locale) -> Vec<PhaseFlow> {
    let drawing = Drawing { runbook, locale };
    let phase = |phase: Phase| PhaseFlow { phase: phase.as_str(), items: drawing.list(runbook.phase_list(phase)) };
    Phase::ALL.into_iter().map(phase).collect()
}

struct Drawing<'r> {
    runbook: &'r Runbook,
    locale: &'r Locale,
}

impl Drawing<'_> {
    fn list(&self, list: ListIndex) -> Vec<Element> {
        self.runbook.list(list).items.iter().map(|item| self.element(item)).collect()
    }

    fn element(&self, item: &Item) -> Element {
        match item {
            Item::Step(id) => {
                Element { step: self.runbook.steps.get(id).map(|step| self.node(step)), lanes: Vec::new() }
            }
            Item::Together(branches) => {
                let lane = |branch: &ListIndex| Lane {
                    name: self.runbook.list(*branch).branch.clone().unwrap_or_default(),
                    items: self.list(*branch),
                };
                Element { step: None, lanes: branches.iter().map(lane).collect() }
            }
        }
    }

    fn node(&self, step: &Step) -> Node {
        let words = Words { locale: self.locale.clone(), timezone: chrono_tz::UTC, day: None };
        let answers = match &step.kind {
            StepKind::Decide { answers } => answers.values().map(|a| a.get(self.locale).to_owned()).collect(),
            _ => Vec::new(),
        };
        let (back, until) = match Return::of(&step.kind) {
            Some(Return::OnFail(target)) => (self.link(target), None),
            Some(Return::Until(end)) => (None, self.link(end)),
            None => (None, None),
        };
        let wait = match &step.kind {
            StepKind::Wait(WaitFor::Time(span)) => Some(*span),
            _ => None,
        };
        Node {
            id: step.id.to_string(),
            kind: step.kind.name(),
            title: step.title.get(self.locale).to_owned(),
            role: self.role(&step.role),
            within: wait.or(step.within).map(|span| words.duration(span)),
            when: step.when.as_ref().map(|when| when.as_str().to_owned()),
            approval: step.kind.gate().map(|gate| self.approvers(gate)).unwrap_or_default(),
            answers,
            runs: step.kind.run().map(|run| run.action.clone()),
            back,
            until,
        }
    }

    fn approvers(&self, gate: &Gate) -> Vec<String> {
        gate.by.iter().map(|role| self.role(role)).collect()
    }

    fn role(&self, id: &RoleId) -> String {
        self.runbook.roles.get(id).map_or(id.as_str(), |role: &Role| role.title.get(self.locale)).to_owned()
    }

    fn link(&self, id: &StepId) -> Option<Link> {
        let step = self.runbook.steps.get(id)?;
        Some(Link { id: id.to_string(), title: step.title.get(self.locale).to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::check::check;
    use crate::runbook::graph::tests::RUNBOOK;

    /// The picture as indented lines, so that its shape is seen at a glance.
    fn lines(items: &[Element], depth: usize, text: &mut String) {
        for item in items {
            if let Some(node) = &item.step {
                let back = node.back.as_ref().map(|link| link.id.as_str()).unwrap_or_default();
                text.push_str(&format!(
                    "{:depth$}{} {} | {} | {:?} {:?} {:?} {:?} {back}\n",
                    "", node.kind, node.title, node.role, node.within, node.when, node.approval, node.answers,
                ));
            }
            for lane in &item.lanes {
                text.push_str(&format!("{:depth$}[{}]\n", "", lane.name));
                lines(&lane.items, depth + 2, text);
            }
        }
    }

    #[test]
    fn the_picture_has_phases_lanes_conditions_and_ways_back() {
        let stricter = "when: rank < 2\n          within: 5m\n          approve: { by: lead }";
        let checked = check(RUNBOOK.replace("when: rank < 2", stricter).as_bytes());
        let runbook = checked.runbook.unwrap_or_else(|| panic!("{:?}", checked.problems));
        let mut text = String::new();
        for phase in flow(&runbook, &Locale::chinese()) {
            text.push_str(&format!("{}\n", phase.phase));
            lines(&phase.items, 2, &mut text);
        }
        insta::assert_snapshot!(text, @r#"
        pre
          [tell]
            notice Say "<b>it</b>" %%{init}%% | 对外沟通 | None None [] [] 
          [stop]
            contain close | 总负责人 | Some("5 分钟") Some("rank < 2") ["总负责人"] [] 
        mid
          decide 要撤回吗？ | 总负责人 | None None [] ["撤回", "Keep it"] 
          task undo | 总负责人 | None Some("answers.end == 'undo'") [] [] 
          task repair | 总负责人 | None Some("answers.end == 'keep'") [] [] 
          accept accepted | 总负责人 | None None [] [] end
        post
          retrospective review | 总负责人 | None None [] []
        "#);
    }
}
