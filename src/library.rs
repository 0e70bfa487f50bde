//! The library: runbooks, templates and example data, the user's folders over what is in the binary.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rust_embed::RustEmbed;

use crate::locale::Locale;
use crate::retrospective::blame::{self, Lexicon};
use crate::settings::Settings;

#[derive(RustEmbed)]
#[folder = "runbooks/"]
#[prefix = "runbooks/"]
struct Runbooks;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[prefix = "templates/"]
struct Templates;

/// What every template's file name ends in.
const TEMPLATE: &str = ".md.hbs";

const LEXICON: &str = "retrospective/blame-lexicon.yaml";

/// Where a text came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File(PathBuf),
    /// The path inside the binary, such as `runbooks/general.yaml`.
    Embedded(String),
}

/// A file's bytes with where they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub origin: Origin,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("found no {what} `{name}`")]
    NotFound { what: &'static str, name: String },
    #[error("failed to read `{}`", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("`{file}` is not UTF-8 text")]
    NotText { file: String },
    #[error("failed to read the wording rules")]
    Lexicon(#[source] blame::Error),
}

/// Every runbook at hand, by id: the user's own before the shipped ones of the same id.
pub fn runbooks(settings: &Settings) -> Result<Vec<(String, Found)>, Error> {
    let mut found: BTreeMap<String, Found> = embedded("runbooks")
        .into_iter()
        .filter_map(|(path, bytes)| {
            let id = path.strip_suffix(".yaml").filter(|id| !id.contains('/'))?;
            Some((id.to_owned(), Found { origin: Origin::Embedded(format!("runbooks/{path}")), bytes }))
        })
        .collect();
    for file in files_in(settings.runbooks.as_deref())? {
        if let Some(id) = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".yaml")) {
            found.insert(id.to_owned(), read(&file)?);
        }
    }
    Ok(found.into_iter().collect())
}

/// Finds a runbook by its id or its path.
pub fn runbook(settings: &Settings, id_or_path: &str) -> Result<Found, Error> {
    if is_path(id_or_path) {
        let path = Path::new(id_or_path);
        return match read_if_there(path)? {
            Some(found) => Ok(found),
            None => Err(Error::NotFound { what: "runbook", name: id_or_path.to_owned() }),
        };
    }
    let name = format!("{id_or_path}.yaml");
    find(settings.runbooks.as_deref(), &name, "runbooks")?
        .ok_or_else(|| Error::NotFound { what: "runbook", name: id_or_path.to_owned() })
}

/// A template such as `notices/update` in the reader's locale: `<name>.<locale>.md.hbs`, or the file
/// itself where the name has an extension. None where neither the user nor the binary has it.
pub fn template(settings: &Settings, name: &str, locale: &Locale) -> Result<Option<Found>, Error> {
    if Path::new(name).extension().is_some() {
        return find(settings.templates.as_deref(), name, "templates");
    }
    let exact = find(settings.templates.as_deref(), &format!("{name}.{locale}{TEMPLATE}"), "templates")?;
    if exact.is_some() {
        return Ok(exact);
    }
    let offered = template_locales(settings, name)?;
    match locale.best(&offered) {
        Some(best) => find(settings.templates.as_deref(), &format!("{name}.{best}{TEMPLATE}"), "templates"),
        None => Ok(None),
    }
}

/// Every notice template by the path below `notices/`, such as `update.en.md.hbs`: the user's before the shipped ones.
pub fn notice_templates(settings: &Settings) -> Result<Vec<(String, String)>, Error> {
    let [mut found, own] = face(settings, "notices")?;
    found.extend(own);
    Ok(found.into_iter().collect())
}

/// The files in a folder of the templates, such as a face's (`console`, `page`) or its words' (`console/words`), by name:
/// the shipped ones, then the user's.
pub fn face(settings: &Settings, folder: &str) -> Result<[BTreeMap<String, String>; 2], Error> {
    Ok([shipped(folder)?, own(settings, folder)?])
}

/// The embedded files that stand in a folder of the templates itself.
fn shipped(folder: &str) -> Result<BTreeMap<String, String>, Error> {
    let files = embedded(&format!("templates/{folder}")).into_iter().filter(|(name, _)| !name.contains('/'));
    let found = |name: &str, bytes| Found { origin: Origin::Embedded(format!("templates/{folder}/{name}")), bytes };
    files.map(|(name, bytes)| Ok((name.clone(), text(found(&name, bytes))?))).collect()
}

/// The user's files in a folder of the templates.
fn own(settings: &Settings, folder: &str) -> Result<BTreeMap<String, String>, Error> {
    let folder = settings.templates.as_ref().map(|templates| templates.join(folder));
    let mut files = BTreeMap::new();
    for file in files_in(folder.as_deref())? {
        if let Some(name) = file.file_name().and_then(|name| name.to_str()) {
            files.insert(name.to_owned(), text(read(&file)?)?);
        }
    }
    Ok(files)
}

/// The wording rules, speaking of these names.
pub fn lexicon(settings: &Settings, names: &[String]) -> Result<Lexicon, Error> {
    let found = find(settings.templates.as_deref(), LEXICON, "templates")?
        .ok_or_else(|| Error::NotFound { what: "lexicon", name: LEXICON.to_owned() })?;
    Lexicon::read(&text(found)?, names).map_err(Error::Lexicon)
}

/// The lexicon without anyone's name, by which notices are read; the embedded one is compiled once.
pub fn plain_lexicon(settings: &Settings) -> Result<Arc<Lexicon>, Error> {
    static EMBEDDED: OnceLock<Arc<Lexicon>> = OnceLock::new();
    let is_own = match &settings.templates {
        Some(folder) => read_if_there(&folder.join(LEXICON))?.is_some(),
        None => false,
    };
    match EMBEDDED.get() {
        Some(compiled) if !is_own => Ok(Arc::clone(compiled)),
        Some(_) | None => {
            let read = Arc::new(lexicon(settings, &[])?);
            Ok(if is_own { read } else { Arc::clone(EMBEDDED.get_or_init(|| read)) })
        }
    }
}

/// A drill's scenario for a runbook: `runbooks/drills/<id>.yaml`, else the embedded one.
pub fn scenario(settings: &Settings, runbook: &str) -> Result<Option<Found>, Error> {
    find(settings.runbooks.as_deref(), &format!("drills/{runbook}.yaml"), "runbooks")
}

/// The example contact book.
pub fn example_contacts(settings: &Settings) -> Result<Found, Error> {
    let name = "contacts.example.csv";
    find(settings.runbooks.as_deref(), name, "runbooks")?
        .ok_or_else(|| Error::NotFound { what: "contact book", name: name.to_owned() })
}

/// Every embedded file under `runbooks` or `templates`, by its path there; what `init` writes out.
pub fn embedded(folder: &str) -> Vec<(String, Vec<u8>)> {
    let prefix = format!("{folder}/");
    Runbooks::iter()
        .chain(Templates::iter())
        .filter_map(|path| {
            let bytes = embedded_file(&path)?;
            Some((path.strip_prefix(&prefix)?.to_owned(), bytes))
        })
        .collect()
}

/// Whether a text names a file rather than an id.
pub fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|e| e == "yaml" || e == "yml")
}

/// The languages a template is written in.
fn template_locales(settings: &Settings, name: &str) -> Result<Vec<Locale>, Error> {
    let (folder, stem) = name.rsplit_once('/').unwrap_or(("", name));
    let own = settings.templates.as_ref().map(|templates| templates.join(folder));
    let own_names =
        files_in(own.as_deref())?.into_iter().filter_map(|file| Some(file.file_name()?.to_str()?.to_owned()));
    let shipped = embedded("templates").into_iter().filter_map(|(path, _)| {
        let (its_folder, file) = path.rsplit_once('/')?;
        (its_folder == folder).then(|| file.to_owned())
    });
    let locale = |file: String| file.strip_prefix(stem)?.strip_prefix('.')?.strip_suffix(TEMPLATE)?.parse().ok();
    Ok(own_names.chain(shipped).filter_map(locale).collect())
}

fn find(own: Option<&Path>, name: &str, folder: &str) -> Result<Option<Found>, Error> {
    if !stays_inside(name) {
        return Ok(None);
    }
    if let Some(own) = own
        && let Some(found) = read_if_there(&own.join(name))?
    {
        return Ok(Some(found));
    }
    let path = format!("{folder}/{name}");
    Ok(embedded_file(&path).map(|bytes| Found { origin: Origin::Embedded(path), bytes }))
}

/// Whether a relative name cannot lead out of its folder.
fn stays_inside(name: &str) -> bool {
    !name.contains(['\\', '\0']) && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn embedded_file(path: &str) -> Option<Vec<u8>> {
    Runbooks::get(path).or_else(|| Templates::get(path)).map(|file| file.data.into_owned())
}

/// The files directly in a folder, by name; none where it does not exist.
fn files_in(folder: Option<&Path>) -> Result<Vec<PathBuf>, Error> {
    let Some(folder) = folder.filter(|folder| folder.is_dir()) else { return Ok(Vec::new()) };
    let unreadable = |source| Error::Unreadable { file: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(unreadable)?.collect::<io::Result<Vec<_>>>().map_err(unreadable)?;
    let mut files: Vec<_> = entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn read(file: &Path) -> Result<Found, Error> {
    let bytes = fs::read(file).map_err(|source| Error::Unreadable { file: file.to_owned(), source })?;
    Ok(Found { origin: Origin::File(file.to_owned()), bytes })
}

fn read_if_there(file: &Path) -> Result<Option<Found>, Error> {
    match read(file) {
        Ok(found) => Ok(Some(found)),
        Err(Error::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn text(found: Found) -> Result<String, Error> {
    let name = || match &found.origin {
        Origin::File(path) => path.display().to_string(),
        Origin::Embedded(path) => path.clone(),
    };
    String::from_utf8(found.bytes.clone()).map_err(|_| Error::NotText { file: name() })
}
