//! The picture of a runbook, as a Mermaid flowchart.

use std::fmt::Write;

use super::{Item, List, ListIndex, Phase, Runbook, Step, StepId, StepKind};
use crate::locale::Locale;

/// More ways than this into one step meet in a joint first.
const MOST_WAYS: usize = 6;

/// A way that leads elsewhere than to the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Return<'s> {
    /// To this step, where it fails.
    OnFail(&'s StepId),
    /// From this step, which ends what goes on in the background.
    Until(&'s StepId),
}

impl<'s> Return<'s> {
    pub fn of(kind: &'s StepKind) -> Option<Self> {
        match kind {
            StepKind::Accept { on_fail: Some(target), .. } => Some(Self::OnFail(target)),
            StepKind::Updates { until, .. } => Some(Self::Until(until)),
            _ => None,
        }
    }
}

/// Draws the runbook's steps and conditions as Mermaid text.
///
/// Each phase is a subgraph, and so is each branch of a `together`. A condition stands on the
/// edge into its step; a dotted edge is a background message's end or a failed acceptance.
pub fn mermaid(runbook: &Runbook, locale: &Locale) -> String {
    let mut drawing =
        Drawing { runbook, locale, text: String::from("flowchart TD\n"), edges: String::new(), joints: 0 };
    let mut ends = Vec::new();
    for phase in Phase::ALL {
        let title = phase_title(phase, locale);
        let _ = writeln!(drawing.text, "  subgraph phase_{}[\"{title}\"]", phase.as_str());
        ends = drawing.list(runbook.phase_list(phase), ends, 2);
        drawing.text.push_str("  end\n");
    }
    for step in runbook.steps.values() {
        drawing.returns(step);
    }
    drawing.text + &drawing.edges
}

struct Drawing<'r> {
    runbook: &'r Runbook,
    locale: &'r Locale,
    text: String,
    edges: String,
    /// Joints drawn so far: where the branches of a `together` meet.
    joints: usize,
}

impl Drawing<'_> {
    /// Draws a list after the nodes it follows, and returns the nodes that end it.
    fn list(&mut self, list: ListIndex, mut after: Vec<String>, depth: usize) -> Vec<String> {
        let runbook = self.runbook;
        for item in &runbook.list(list).items {
            after = match item {
                Item::Step(id) => {
                    runbook.step(id.as_str()).map_or_else(Vec::new, |step| self.step(step, &after, depth))
                }
                Item::Together(branches) => self.together(branches, &after, depth),
            };
            after = self.narrow(after, depth);
        }
        after
    }

    fn step(&mut self, step: &Step, after: &[String], depth: usize) -> Vec<String> {
        let node = node(step);
        let title = escaped(step.title.get(self.locale));
        let role =
            self.runbook.roles.get(&step.role).map_or_else(String::new, |role| escaped(role.title.get(self.locale)));
        let (open, close) = shape(&step.kind);
        let _ = writeln!(self.text, "{:depth$}{node}{open}\"{title}<br/>{role}\"{close}", "", depth = depth * 2);
        for from in after {
            let _ = match &step.when {
                Some(when) => writeln!(self.edges, "  {from} -->|\"{}\"| {node}", escaped(when.as_str())),
                None => writeln!(self.edges, "  {from} --> {node}"),
            };
        }
        // Where it does not apply, what came before it leads on.
        let bypass = if step.when.is_some() { after } else { &[] };
        std::iter::once(node).chain(bypass.iter().cloned()).collect()
    }

    /// Lets many ways meet in one joint, so that a row of conditions stays readable.
    fn narrow(&mut self, after: Vec<String>, depth: usize) -> Vec<String> {
        if after.len() <= MOST_WAYS { after } else { vec![self.join(after, depth)] }
    }

    fn join(&mut self, ends: Vec<String>, depth: usize) -> String {
        self.joints += 1;
        let join = format!("join_{}", self.joints);
        let _ = writeln!(self.text, "{:indent$}{join}((\" \"))", "", indent = depth * 2);
        for end in ends {
            let _ = writeln!(self.edges, "  {end} --> {join}");
        }
        join
    }

    fn together(&mut self, branches: &[ListIndex], after: &[String], depth: usize) -> Vec<String> {
        let runbook = self.runbook;
        self.joints += 1;
        let mut ends = Vec::new();
        let fork = format!("fork_{}", self.joints);
        let _ = writeln!(self.text, "{:indent$}{fork}((\" \"))", "", indent = depth * 2);
        for from in after {
            let _ = writeln!(self.edges, "  {from} --> {fork}");
        }
        for index in branches {
            let List { branch, .. } = runbook.list(*index);
            let title = escaped(branch.as_deref().unwrap_or_default());
            let _ = writeln!(self.text, "{:indent$}subgraph branch_{}[\"{title}\"]", "", index.0, indent = depth * 2);
            ends.extend(self.list(*index, vec![fork.clone()], depth + 1));
            let _ = writeln!(self.text, "{:indent$}end", "", indent = depth * 2);
        }
        vec![self.join(ends, depth)]
    }

    /// Draws what leads back, or ends something in the background.
    fn returns(&mut self, step: &Step) {
        let Some(way) = Return::of(&step.kind) else { return };
        let (from, to) = match way {
            Return::OnFail(target) => (&step.id, target),
            Return::Until(end) => (end, &step.id),
        };
        let _ = writeln!(self.edges, "  step_{from} -.->|\"{}\"| step_{to}", way_title(way, self.locale));
    }
}

/// The node's name; prefixed, because Mermaid gives words such as `end` a meaning.
fn node(step: &Step) -> String {
    format!("step_{}", step.id)
}

/// Questions are diamonds, messages flags, background work rounded, everything else boxes.
fn shape(kind: &StepKind) -> (&'static str, &'static str) {
    match kind {
        StepKind::Decide { .. } | StepKind::Approval { .. } => ("{", "}"),
        StepKind::Notice(_) => ("[/", "/]"),
        StepKind::Updates { .. } => ("([", "])"),
        StepKind::Wait(_) => ("{{", "}}"),
        StepKind::Contain { .. } | StepKind::Action { .. } => ("[[", "]]"),
        _ => ("[", "]"),
    }
}

fn phase_title(phase: Phase, locale: &Locale) -> &'static str {
    match (phase, locale.is_chinese()) {
        (Phase::Pre, true) => "事前：响应与止损",
        (Phase::Mid, true) => "事中：查明与修复",
        (Phase::Post, true) => "事后：复盘",
        (Phase::Pre, false) => "Pre: respond and contain",
        (Phase::Mid, false) => "Mid: find and repair",
        (Phase::Post, false) => "Post: review",
    }
}

fn way_title(way: Return<'_>, locale: &Locale) -> &'static str {
    match (way, locale.is_chinese()) {
        (Return::OnFail(_), true) => "验收未通过",
        (Return::OnFail(_), false) => "failed",
        (Return::Until(_), true) => "结束更新",
        (Return::Until(_), false) => "ends the updates",
    }
}

/// Text that Mermaid shows as it is: what has a meaning, to it or to HTML, becomes a character code.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | '\\' | '`' | ';' | '%' => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
            c if c.is_whitespace() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::runbook::check::check;

    /// Lanes, conditions, a question and a way back, in little.
    pub(crate) const RUNBOOK: &str = r#"
muster: 1
id: tiny
title: Tiny
locales: [en, zh-Hans]
pre:
  - together:
      tell:
        - notice: say
          title: 'Say "<b>it</b>" %%{init}%%'
          status: investigating
      stop:
        - contain: close
          when: rank < 2
mid:
  - decide: end
    title: Undo?
    answers: { undo: Undo it, keep: Keep it }
  - task: undo
    when: answers.end == 'undo'
  - task: repair
    when: answers.end == 'keep'
  - accept: accepted
    confirm: [It works]
    on_fail: end
post:
  - retrospective: review
translations:
  zh-Hans: { end: 要撤回吗？, end.undo: 撤回 }
"#;

    #[test]
    fn the_picture_shows_phases_branches_conditions_and_ways_back() {
        let runbook = check(RUNBOOK.as_bytes()).runbook.expect("a runbook");
        insta::assert_snapshot!(mermaid(&runbook, &Locale::chinese()), @r##"
        flowchart TD
          subgraph phase_pre["事前：响应与止损"]
            fork_1((" "))
            subgraph branch_3["tell"]
              step_say[/"Say #34;#60;b#62;it#60;/b#62;#34; #37;#37;{init}#37;#37;<br/>对外沟通"/]
            end
            subgraph branch_4["stop"]
              step_close[["close<br/>总负责人"]]
            end
            join_2((" "))
          end
          subgraph phase_mid["事中：查明与修复"]
            step_end{"要撤回吗？<br/>总负责人"}
            step_undo["undo<br/>总负责人"]
            step_repair["repair<br/>总负责人"]
            step_accepted["accepted<br/>总负责人"]
          end
          subgraph phase_post["事后：复盘"]
            step_review["review<br/>总负责人"]
          end
          fork_1 --> step_say
          fork_1 -->|"rank #60; 2"| step_close
          step_say --> join_2
          step_close --> join_2
          fork_1 --> join_2
          join_2 --> step_end
          step_end -->|"answers.end == 'undo'"| step_undo
          step_undo -->|"answers.end == 'keep'"| step_repair
          step_end -->|"answers.end == 'keep'"| step_repair
          step_repair --> step_accepted
          step_undo --> step_accepted
          step_end --> step_accepted
          step_accepted --> step_review
          step_accepted -.->|"验收未通过"| step_end
        "##);
    }

    #[test]
    fn a_long_row_of_conditions_keeps_few_edges() {
        let steps: String = (0..200).map(|n| format!("  - task: s{n}\n    when: rank == 1\n")).collect();
        let text = format!("muster: 1\nid: row\ntitle: Row\npre:\n{steps}mid: [task: m]\npost: [task: p]\n");
        let text = text.replace("[task: m]", "[{ task: m }]").replace("[task: p]", "[{ task: p }]");
        let runbook = check(text.as_bytes()).runbook.expect("a runbook");
        let edges = mermaid(&runbook, &Locale::english()).matches("-->").count();
        assert!(edges < 200 * (MOST_WAYS + 1), "{edges} edges");
    }
}
