//! The library: runbooks, templates and example data, the user's folders over what is in the binary.

use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;

use crate::locale::Locale;
use crate::retrospective::blame::{self, Lexicon};
use crate::settings::Settings;

#[derive(RustEmbed)]
#[folder = "runbooks/"]
#[allow_missing = true]
struct Runbooks;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[allow_missing = true]
struct Templates;

/// Where a text came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    File(PathBuf),
    /// The path inside the binary, such as `runbooks/general.yaml`.
    Embedded(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(f),
            Self::Embedded(path) => f.write_str(path),
        }
    }
}

/// A file's bytes with where they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub origin: Origin,
    pub bytes: Vec<u8>,
}

impl Found {
    /// The bytes as text.
    pub fn text(self) -> Result<String, Error> {
        let file = self.origin.to_string();
        String::from_utf8(self.bytes).map_err(|_| Error::NotText { file })
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("found no {what} `{name}`")]
    NotFound { what: &'static str, name: String },
    #[error("failed to read `{file}`")]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("`{file}` is not UTF-8 text")]
    NotText { file: String },
    #[error("failed to read the wording rules `{file}`")]
    Lexicon { file: String, source: blame::Error },
}

/// Every runbook at hand, sorted by id: the user's own before the shipped ones of the same id.
pub fn runbooks(settings: &Settings) -> Result<Vec<(String, Found)>, Error> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for path in Runbooks::iter().filter(|path| !path.contains('/')) {
        if let (Some(id), Some(shipped)) = (id_of(Path::new(path.as_ref())), shipped_runbook(&path)) {
            found.insert(id, shipped);
        }
    }
    if let Some(folder) = &settings.runbooks {
        for file in files(folder)? {
            if let (Some(id), Some(own)) = (id_of(&file), read(&file)?) {
                found.insert(id, own);
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// Finds a runbook by its id or its path.
pub fn runbook(settings: &Settings, id_or_path: &str) -> Result<Found, Error> {
    let not_found = || Error::NotFound { what: "runbook", name: id_or_path.to_owned() };
    if is_path(id_or_path) {
        return read(Path::new(id_or_path))?.ok_or_else(not_found);
    }
    for extension in ["yaml", "yml"] {
        let name = format!("{id_or_path}.{extension}");
        if let Some(found) = own(settings.runbooks.as_deref(), &name)? {
            return Ok(found);
        }
    }
    shipped_runbook(&format!("{id_or_path}.yaml")).ok_or_else(not_found)
}

/// A template such as `notices/update` in the reader's locale: `<name>.<locale>.md.hbs`, or the file
/// itself where the name has an extension. None where neither the user nor the binary has it.
pub fn template(settings: &Settings, name: &str, locale: &Locale) -> Result<Option<Found>, Error> {
    if !stays_inside(name) {
        return Ok(None);
    }
    let file_name = name.rsplit('/').next().unwrap_or(name);
    if file_name.contains('.') {
        return either(settings, name);
    }
    let locales = template_locales(settings, name)?;
    let Some(best) = locale.best(&locales) else { return Ok(None) };
    either(settings, &format!("{name}.{best}.md.hbs"))
}

/// The locales a template exists in, the user's and the binary's together.
pub fn template_locales(settings: &Settings, name: &str) -> Result<Vec<Locale>, Error> {
    let (folder, stem) = name.rsplit_once('/').unwrap_or(("", name));
    let mut names: Vec<String> = Templates::iter()
        .filter_map(|path| {
            let (inside, file) = path.rsplit_once('/').unwrap_or(("", &path));
            (inside == folder).then(|| file.to_owned())
        })
        .collect();
    if let Some(own) = &settings.templates {
        let listed = files(&own.join(folder))?;
        names.extend(listed.iter().filter_map(|file| file.file_name()?.to_str().map(str::to_owned)));
    }
    let tag = |file: &String| {
        let rest = file.strip_prefix(stem)?.strip_prefix('.')?;
        rest.strip_suffix(".md.hbs")?.parse::<Locale>().ok()
    };
    let mut locales: Vec<Locale> = names.iter().filter_map(tag).collect();
    locales.sort();
    locales.dedup();
    Ok(locales)
}

/// The wording rules, speaking of these names.
pub fn lexicon(settings: &Settings, names: &[String]) -> Result<Lexicon, Error> {
    const NAME: &str = "retrospective/blame-lexicon.yaml";
    let found = either(settings, NAME)?.ok_or(Error::NotFound { what: "template", name: NAME.to_owned() })?;
    let file = found.origin.to_string();
    let text = found.text()?;
    let lexicon = Lexicon::read(&text, names).map_err(|source| Error::Lexicon { file: file.clone(), source })?;
    Ok(lexicon)
}

/// A drill's scenario for a runbook: `runbooks/drills/<id>.yaml`, else the embedded one.
pub fn scenario(settings: &Settings, runbook: &str) -> Result<Option<Found>, Error> {
    let name = format!("drills/{runbook}.yaml");
    Ok(own(settings.runbooks.as_deref(), &name)?.or_else(|| shipped_runbook(&name)))
}

/// The example contact book.
pub fn example_contacts(settings: &Settings) -> Result<Found, Error> {
    const NAME: &str = "contacts.example.csv";
    own(settings.runbooks.as_deref(), NAME)?
        .or_else(|| shipped_runbook(NAME))
        .ok_or(Error::NotFound { what: "contact book", name: NAME.to_owned() })
}

/// Every embedded file under `runbooks` or `templates`, by its path there; what `init` writes out.
pub fn embedded(folder: &str) -> Vec<(String, Vec<u8>)> {
    let (names, get): (Vec<_>, fn(&str) -> Option<rust_embed::EmbeddedFile>) = match folder {
        "runbooks" => (Runbooks::iter().collect(), |path| Runbooks::get(path)),
        "templates" => (Templates::iter().collect(), |path| Templates::get(path)),
        _ => return Vec::new(),
    };
    names.into_iter().filter_map(|path| Some((path.to_string(), get(&path)?.data.into_owned()))).collect()
}

/// Whether a text names a file rather than an id.
pub fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|e| e == "yaml" || e == "yml")
}

/// A template file: the user's, else the binary's.
fn either(settings: &Settings, name: &str) -> Result<Option<Found>, Error> {
    if let Some(found) = own(settings.templates.as_deref(), name)? {
        return Ok(Some(found));
    }
    Ok(Templates::get(name).map(|file| Found {
        origin: Origin::Embedded(format!("templates/{name}")),
        bytes: file.data.into_owned(),
    }))
}

fn own(folder: Option<&Path>, name: &str) -> Result<Option<Found>, Error> {
    match folder {
        Some(folder) if stays_inside(name) => read(&folder.join(name)),
        _ => Ok(None),
    }
}

fn shipped_runbook(name: &str) -> Option<Found> {
    let bytes = Runbooks::get(name)?.data.into_owned();
    Some(Found { origin: Origin::Embedded(format!("runbooks/{name}")), bytes })
}

/// Whether a relative name cannot lead out of its folder.
fn stays_inside(name: &str) -> bool {
    !name.contains(['\\', '\0']) && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

fn id_of(file: &Path) -> Option<String> {
    let is_runbook = file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    is_runbook.then(|| file.file_stem()?.to_str().map(str::to_owned))?
}

fn read(file: &Path) -> Result<Option<Found>, Error> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(Found { origin: Origin::File(file.to_owned()), bytes })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Unreadable { file: file.to_owned(), source }),
    }
}

/// The files of a folder, sorted; none where there is no folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |source| Error::Unreadable { file: folder.to_owned(), source };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(unreadable(source)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
