//! Checking files before anything runs: runbooks, their templates, and the settings they name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::view::{CheckReport, CheckedRunbook};
use super::{App, Error, Result};
use crate::library::{self, Origin};
use crate::locale::Locale;
use crate::notice::Templates;
use crate::notice::template::{check_syntax, check_template};
use crate::problem::{Place, Problem};
use crate::runbook::{Mention, Named, Runbook, check};
use crate::settings::Settings;

/// A template's file name ends in this.
const TEMPLATE: &str = ".md.hbs";
/// The templates folder that holds documents, not notices.
const RETROSPECTIVE: &str = "retrospective";
/// The largest file that is read, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

impl App {
    /// Checks runbooks and templates; a folder stands for every one in it. Needs no store.
    pub fn check(settings: &Settings, paths: &[PathBuf]) -> Result<CheckReport> {
        let mut files = Vec::new();
        for path in paths {
            collect(path, &mut files)?;
        }
        let mut report = CheckReport { ok: true, problems: Vec::new(), sources: IndexMap::new(), files: files.len() };
        let mut templates = BTreeSet::new();
        for file in files {
            if file.to_string_lossy().ends_with(TEMPLATE) {
                check_file(settings, &file, &mut report)?;
            } else {
                check_runbook(settings, &file, &mut report, &mut templates)?;
            }
        }
        report.ok = !report.problems.iter().any(Problem::is_error);
        Ok(report)
    }

    /// Checks one runbook of the library, with its templates and the settings it names, wherever it comes from.
    pub fn check_runbook(&self, id: &str) -> Result<CheckedRunbook> {
        let found = library::runbooks(&self.settings)?.into_iter().find(|(known, _)| known == id);
        let (id, found) = found.ok_or_else(|| Error::unknown("runbook", id, []))?;
        let (name, file) = match found.origin {
            Origin::File(path) => (path.display().to_string(), Some(path)),
            Origin::Embedded(path) => (path, None),
        };
        let mut report = CheckReport { ok: true, problems: Vec::new(), sources: IndexMap::new(), files: 1 };
        let runbook = check_bytes(&self.settings, &name, &found.bytes, &mut report, &mut BTreeSet::new())?;
        report.ok = !report.problems.iter().any(Problem::is_error);
        Ok(CheckedRunbook { id, file, runbook, report })
    }

    /// Whether the library has a runbook of this id; a path is none.
    pub fn shelved(&self, id: &str) -> Result<()> {
        let known = library::runbooks(&self.settings)?;
        if known.iter().any(|(known, _)| known == id) { Ok(()) } else { Err(Error::unknown("runbook", id, [])) }
    }

    /// Checks every runbook of the library.
    pub fn check_runbooks(&self) -> Result<Vec<CheckedRunbook>> {
        library::runbooks(&self.settings)?.iter().map(|(id, _)| self.check_runbook(id)).collect()
    }
}

/// The runbooks and templates a path stands for. Scenarios of drills are not runbooks.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let unreadable = |error: std::io::Error| Error::Refused {
        code: "unreadable",
        message: format!("failed to read `{}`: {error}", path.display()),
        help: None,
    };
    let mut entries = std::fs::read_dir(path)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .map_err(unreadable)?
        .into_iter()
        .map(|entry| entry.path())
        .collect::<Vec<_>>();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = name.ends_with(TEMPLATE) || name.ends_with(".yaml") || name.ends_with(".yml");
        if entry.is_dir() && name != "drills" && !name.starts_with('.') {
            collect(&entry, files)?;
        } else if wanted && !entry.is_dir() && !name.contains("lexicon") {
            files.push(entry);
        }
    }
    Ok(())
}

fn check_runbook(
    settings: &Settings,
    file: &Path,
    report: &mut CheckReport,
    templates: &mut BTreeSet<(String, Locale)>,
) -> Result<()> {
    let bytes = read_limited(file)?;
    check_bytes(settings, &file.display().to_string(), &bytes, report, templates).map(drop)
}

/// Checks a runbook with what it names; gives it where nothing in it is an error.
fn check_bytes(
    settings: &Settings,
    name: &str,
    bytes: &[u8],
    report: &mut CheckReport,
    templates: &mut BTreeSet<(String, Locale)>,
) -> Result<Option<Runbook>> {
    let checked = check::check(bytes);
    report.problems.extend(checked.problems.into_iter().map(|problem| problem.in_file(name)));
    report.sources.insert(name.to_owned(), String::from_utf8_lossy(bytes).into_owned());
    let Some(runbook) = checked.runbook else { return Ok(None) };
    let missing = missing_settings(settings, &runbook).into_iter().chain(missing_templates(settings, &runbook)?);
    report.problems.extend(missing.map(|problem| problem.in_file(name)));
    check_used_templates(settings, &runbook, report, templates)?;
    Ok(Some(runbook))
}

/// Reads a file, or its beginning where it is too large for any check: that it is too large is then found.
fn read_limited(file: &Path) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let unreadable = |error: std::io::Error| Error::NotFound {
        message: format!("failed to read `{}`: {error}", file.display()),
        help: None,
    };
    let mut bytes = Vec::new();
    let limit = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file).and_then(|open| open.take(limit).read_to_end(&mut bytes)).map_err(unreadable)?;
    Ok(bytes)
}

/// Actions and probes that the settings lack: an error beside a settings file, a warning where there is none yet.
fn missing_settings(settings: &Settings, runbook: &Runbook) -> Vec<Problem> {
    let lacking = |mention: &Mention, section: &str, known: Vec<&str>| {
        let message = format!("the settings have no {section} `{}`", mention.name);
        let code = if section == "action" { "unknown_action" } else { "unknown_probe" };
        let problem = match settings.file {
            Some(_) => Problem::error(code, mention.place, message),
            None => Problem::warning(code, mention.place, message),
        };
        let known = if known.is_empty() { String::new() } else { format!("; it has: {}", known.join(", ")) };
        problem.help(format!("add [{section}s.{}] to muster.toml{known}", mention.name))
    };
    let actions = runbook.actions().filter(|mention| !settings.actions.contains_key(&mention.name));
    let probes = runbook.probes().filter(|mention| !settings.probes.contains_key(&mention.name));
    actions
        .map(|mention| lacking(mention, "action", settings.actions.keys().map(String::as_str).collect()))
        .chain(probes.map(|mention| lacking(mention, "probe", settings.probes.keys().map(String::as_str).collect())))
        .collect()
}

/// What a runbook names that stands in the templates folder, and in which of its folders.
const TEMPLATES: [(Named, &str); 2] =
    [(Named::NoticeTemplate, "notices"), (Named::RetrospectiveTemplate, RETROSPECTIVE)];

/// Every template a runbook names in each of its languages: where it says so, and the template's name.
fn named_templates(runbook: &Runbook) -> impl Iterator<Item = (&Mention, String, &Locale)> {
    TEMPLATES.into_iter().flat_map(move |(sort, folder)| {
        runbook.mentioned(sort).flat_map(move |mention| {
            runbook.locales.iter().map(move |locale| (mention, format!("{folder}/{}", mention.name), locale))
        })
    })
}

/// Templates that neither the user's folder nor the binary has in one of the runbook's languages.
fn missing_templates(settings: &Settings, runbook: &Runbook) -> Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for (mention, name, locale) in named_templates(runbook) {
        if library::template(settings, &name, locale)?.is_none() {
            let message = format!("there is no template `{name}.{locale}{TEMPLATE}`");
            let problem = Problem::error("unknown_template", mention.place, message)
                .help(format!("write it in the templates folder: `templates/{name}.{locale}{TEMPLATE}`"));
            problems.push(problem);
        }
    }
    Ok(problems)
}

/// Checks the user's own templates that a runbook uses; each once, whatever runbooks use it.
fn check_used_templates(
    settings: &Settings,
    runbook: &Runbook,
    report: &mut CheckReport,
    seen: &mut BTreeSet<(String, Locale)>,
) -> Result<()> {
    for (_, name, locale) in named_templates(runbook) {
        if !seen.insert((name.clone(), locale.clone())) {
            continue;
        }
        let Some(found) = library::template(settings, &name, locale)? else { continue };
        if let library::Origin::File(path) = found.origin {
            check_template_text(settings, &path, &found.bytes, Some(runbook), report)?;
        }
    }
    Ok(())
}

fn check_file(settings: &Settings, file: &Path, report: &mut CheckReport) -> Result<()> {
    let bytes = read_limited(file)?;
    check_template_text(settings, file, &bytes, None, report)
}

fn check_template_text(
    settings: &Settings,
    file: &Path,
    bytes: &[u8],
    runbook: Option<&Runbook>,
    report: &mut CheckReport,
) -> Result<()> {
    let name = file.display().to_string();
    let Ok(source) = std::str::from_utf8(bytes) else {
        let problem = Problem::error("not_utf8", Place { line: 1, column: 1, length: 1 }, "the file is not UTF-8 text");
        report.problems.push(problem.help("save it as UTF-8").in_file(&name));
        return Ok(());
    };
    let is_notice = file.parent().is_none_or(|folder| !folder.ends_with(RETROSPECTIVE));
    let problems = if is_notice {
        let templates = Templates::new(library::notice_templates(settings)?);
        check_template(&name, source, &templates, runbook)
    } else {
        check_syntax(source).into_iter().collect()
    };
    report.problems.extend(problems.into_iter().map(|problem| problem.in_file(&name)));
    report.sources.insert(name, source.to_owned());
    Ok(())
}
