//! The picture of a runbook, as a Mermaid flowchart.

use std::fmt::Write;

use super::{Item, List, ListIndex, Phase, Runbook, Step, StepKind};
use crate::locale::Locale;

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
        }
        after
    }

    fn step(&mut self, step: &Step, after: &[String], depth: usize) -> Vec<String> {
        let node = node(step);
        let title = escaped(step.title.get(self.locale));
        let role =
            self.runbook.roles.get(&step.role).map_or_else(String::new, |role| escaped(role.title.get(self.locale)));
        let (open, close) = shape(&step.kind);
        let _ = writeln!(
            self.text,
            "{:depth$}{node}{open}\"{title}<br/><small>{role}</small>\"{close}",
            "",
            depth = depth * 2
        );
        for from in after {
            let _ = match &step.when {
                Some(when) => writeln!(self.edges, "  {from} -->|\"{}\"| {node}", escaped(when.as_str())),
                None => writeln!(self.edges, "  {from} --> {node}"),
            };
        }
        vec![node]
    }

    fn together(&mut self, branches: &[ListIndex], after: &[String], depth: usize) -> Vec<String> {
        let runbook = self.runbook;
        self.joints += 1;
        let number = self.joints;
        let mut ends = Vec::new();
        let fork = format!("fork_{number}");
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
        let join = format!("join_{number}");
        let _ = writeln!(self.text, "{:indent$}{join}((\" \"))", "", indent = depth * 2);
        for end in ends {
            let _ = writeln!(self.edges, "  {end} --> {join}");
        }
        vec![join]
    }

    /// Draws what leads back, or ends something in the background.
    fn returns(&mut self, step: &Step) {
        let (from, to, label) = match &step.kind {
            StepKind::Accept { on_fail: Some(target), .. } => (step.id.as_str(), target.as_str(), "on_fail"),
            StepKind::Updates { until, .. } => (until.as_str(), step.id.as_str(), "until"),
            _ => return,
        };
        let _ = writeln!(self.edges, "  step_{from} -.->|\"{}\"| step_{to}", edge_title(label, self.locale));
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

fn edge_title(label: &str, locale: &Locale) -> &'static str {
    match (label, locale.is_chinese()) {
        ("on_fail", true) => "验收未通过",
        ("on_fail", false) => "failed",
        (_, true) => "结束更新",
        (_, false) => "ends the updates",
    }
}

/// Text that Mermaid shows as it is: everything with a meaning becomes a character code.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | '\\' | '`' | ';' | '|' | '*' | '_' | '~' | '[' | ']' | '{' | '}' => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
            c if c.is_whitespace() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
