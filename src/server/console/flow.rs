//! The picture of a runbook as a page draws it: phases, steps one after another, lanes side by side, ways back.

use serde::Serialize;

use crate::locale::Locale;
use crate::retrospective::Words;
use crate::runbook::{Gate, Item, ListIndex, Phase, Role, RoleId, Runbook, Step, StepKind, WaitFor};

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
        let (mut answers, mut back, mut until) = (Vec::new(), None, None);
        match &step.kind {
            StepKind::Decide { answers: known } => {
                answers = known.values().map(|answer| answer.get(self.locale).to_owned()).collect();
            }
            StepKind::Accept { on_fail: Some(target), .. } => back = self.link(target.as_str()),
            StepKind::Updates { until: end, .. } => until = self.link(end.as_str()),
            _ => {}
        }
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

    fn link(&self, id: &str) -> Option<Link> {
        let step = self.runbook.step(id)?;
        Some(Link { id: id.to_owned(), title: step.title.get(self.locale).to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::check::check;

    const RUNBOOK: &str = r#"
muster: 1
id: tiny
title: Tiny
locales: [en, zh-Hans]
pre:
  - together:
      tell:
        - notice: say
          status: investigating
      stop:
        - contain: close
          when: rank < 2
          within: 5m
          approve: { by: lead }
mid:
  - decide: end
    title: Undo?
    answers: { undo: Undo it, keep: Keep it }
  - accept: accepted
    confirm: [It works]
    on_fail: end
post:
  - retrospective: review
translations:
  zh-Hans: { end: 要撤回吗？, end.undo: 撤回 }
"#;

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
        let checked = check(RUNBOOK.as_bytes());
        let runbook = checked.runbook.unwrap_or_else(|| panic!("{:?}", checked.problems));
        let mut text = String::new();
        for phase in flow(&runbook, &Locale::chinese()) {
            text.push_str(&format!("{}\n", phase.phase));
            lines(&phase.items, 2, &mut text);
        }
        insta::assert_snapshot!(text, @r#"
        pre
          [tell]
            notice say | 对外沟通 | None None [] [] 
          [stop]
            contain close | 总负责人 | Some("5 分钟") Some("rank < 2") ["总负责人"] [] 
        mid
          decide 要撤回吗？ | 总负责人 | None None [] ["撤回", "Keep it"] 
          accept accepted | 总负责人 | None None [] [] end
        post
          retrospective review | 总负责人 | None None [] []
        "#);
    }
}
