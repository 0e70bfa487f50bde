//! Checks scenarios as files: each beside the runbook it plays.

use std::io::Read;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::{Error, scenario};
use crate::app::view::CheckReport;
use crate::library;
use crate::problem::Problem;
use crate::runbook::source::{self, Content, Node};
use crate::runbook::{Runbook, check};
use crate::settings::Settings;

/// Takes the scenarios out of some paths and checks them; what is left is for others to check.
///
/// # Errors
/// A scenario's runbook cannot be read.
pub fn scenarios(settings: &Settings, paths: &[PathBuf]) -> Result<(CheckReport, Vec<PathBuf>), Error> {
    let mut report = CheckReport { ok: true, problems: Vec::new(), sources: IndexMap::new(), files: 0 };
    let mut rest = Vec::new();
    for path in paths {
        match read(path) {
            Ok(bytes) if is_scenario(&bytes) => one(settings, path, &bytes, &mut report)?,
            _ => rest.push(path.clone()),
        }
    }
    report.ok = !report.problems.iter().any(Problem::is_error);
    Ok((report, rest))
}

fn one(settings: &Settings, file: &Path, bytes: &[u8], report: &mut CheckReport) -> Result<(), Error> {
    let name = file.display().to_string();
    let problems = match played(settings, bytes)? {
        Ok(runbook) => scenario::check(bytes, &runbook).problems,
        Err(problem) => vec![problem],
    };
    report.problems.extend(problems.into_iter().map(|problem| problem.in_file(&name)));
    report.sources.insert(name, String::from_utf8_lossy(bytes).into_owned());
    report.files += 1;
    Ok(())
}

/// The runbook that a scenario plays, or what keeps it from being played.
fn played(settings: &Settings, bytes: &[u8]) -> Result<Result<Runbook, Problem>, Error> {
    let reading = source::read(bytes);
    let Some(node) = reading.root.as_ref().and_then(|root| entry(root, "runbook")) else {
        let place = reading.root.map(|root| root.place).unwrap_or_default();
        return Ok(Err(Problem::error("missing_key", place, "`runbook` is missing here")));
    };
    let named = node.scalar().map(|scalar| scalar.text.to_string()).unwrap_or_default();
    let found = match library::runbook(settings, &named) {
        Ok(found) => found,
        Err(library::Error::NotFound { .. }) => {
            let message = format!("there is no runbook `{named}`");
            return Ok(Err(Problem::error("unknown_runbook", node.place, message)));
        }
        Err(error) => return Err(error.into()),
    };
    let broken = || Problem::error("broken_runbook", node.place, format!("the runbook `{named}` has problems"));
    Ok(check::check(&found.bytes).runbook.ok_or_else(|| broken().help(format!("muster check {named}"))))
}

/// Reads a file, or as much of one as is ever read.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let limit = u64::try_from(source::MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    std::fs::File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a file is a scenario: its map has the key `drill`.
fn is_scenario(bytes: &[u8]) -> bool {
    source::read(bytes).root.as_ref().is_some_and(|root| entry(root, "drill").is_some())
}

fn entry<'n, 's>(root: &'n Node<'s>, key: &str) -> Option<&'n Node<'s>> {
    let Content::Map(pairs) = &root.content else { return None };
    pairs.iter().find(|(name, _)| name.scalar().is_some_and(|s| s.text == key)).map(|(_, value)| value)
}
