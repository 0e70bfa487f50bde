//! Checks a runbook's text against every rule of the format, all problems at once.

use sha2::{Digest, Sha256};

use super::source::{self, Content, Node};
use super::{Mention, Runbook};
use crate::problem::Problem;

mod checker;
mod declare;
mod order;
mod scalars;
mod steps;
mod texts;
mod top;
#[cfg(test)]
mod tests;

/// What a check found, and the runbook if nothing it found is an error.
#[derive(Debug)]
pub struct Checked {
    pub runbook: Option<Runbook>,
    /// What the runbook names that lies outside it, also where the runbook itself has errors.
    pub mentions: Vec<Mention>,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

/// Checks a runbook as its file's bytes stand.
pub fn check(bytes: &[u8]) -> Checked {
    read(bytes, false)
}

fn read(bytes: &[u8], checked_before: bool) -> Checked {
    let reading = source::read(bytes);
    let mut problems = reading.problems;
    let Some(root) = &reading.root else {
        return Checked { runbook: None, mentions: Vec::new(), problems };
    };
    older_readers(root, &mut problems);
    let mut checker = checker::Checker::new(reading.text, checked_before, problems);
    let parts = top::read(&mut checker, root);
    let checker::Checker { mut problems, mentions, .. } = checker;
    problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
    let sound = !problems.iter().any(Problem::is_error);
    let runbook = parts.filter(|_| sound).map(|mut runbook| {
        runbook.hash = hash(bytes);
        runbook.source = String::from_utf8_lossy(bytes).into();
        runbook.mentions.clone_from(&mentions);
        runbook
    });
    Checked { runbook, mentions, problems }
}

/// Reads the text an incident keeps; what a check let through once, it lets through again.
/// Its conditions are compiled only when they are asked.
///
/// # Errors
/// The problems, where the text is not what a check let through.
pub fn pinned(source: &str) -> Result<Runbook, Vec<Problem>> {
    let checked = read(source.as_bytes(), true);
    checked.runbook.ok_or(checked.problems)
}

/// SHA-256, lowercase hexadecimal.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Warns of every plain scalar that a YAML 1.1 reader takes for something else.
fn older_readers(node: &Node<'_>, problems: &mut Vec<Problem>) {
    match &node.content {
        Content::Scalar(scalar) => {
            if let Some(reading) = scalar.older_reading() {
                let message = format!("a YAML 1.1 reader takes `{}` for {reading}", scalar.text);
                let problem = Problem::warning("yaml_1_1", node.place, message);
                problems.push(problem.help(format!("write \"{}\"", scalar.text)));
            }
        }
        Content::List(items) => items.iter().for_each(|item| older_readers(item, problems)),
        Content::Map(entries) => {
            for (key, value) in entries {
                older_readers(key, problems);
                older_readers(value, problems);
            }
        }
        Content::Refused => {}
    }
}
