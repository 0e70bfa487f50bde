//! Reads `muster.toml` and what the environment and the command line put over it.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use etcetera::BaseStrategy;
use toml::de::DeTable;

use super::environment::{terminal_locale, timezone, variable};
use super::reader::{Reader, Refused, Section, place};
use super::{Console, Page, Settings, StoreUrl, address, page, sections};
use crate::locale::Locale;
use crate::problem::Problem;

/// The name settings are looked for by.
pub const FILE_NAME: &str = "muster.toml";
/// The largest file that is read as settings.
const LARGEST: u64 = 4 * 1024 * 1024;

/// What the command line or `MUSTER_…` variables say instead of the file.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    pub config: Option<PathBuf>,
    pub store: Option<String>,
    pub locale: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("failed to read `{file}`")]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("`{file}` has problems")]
    Invalid { file: PathBuf, text: String, problems: Vec<Problem> },
    #[error("{given}: {message}")]
    Override { given: &'static str, message: String, help: Option<String> },
    #[error("failed to find the user's folders; name a settings file with `--config`")]
    NoHome,
}

/// Loads the settings that hold in a folder: those named, the nearest above it, the user's, or none.
pub fn load(folder: &Path, overrides: &Overrides) -> Result<Settings, Error> {
    let mut settings = match find(folder, overrides)? {
        Some(file) => read(&file)?,
        None => defaults()?,
    };
    apply(&mut settings, folder, overrides)?;
    Ok(settings)
}

/// Finds the settings file; one that was named must be there.
fn find(folder: &Path, overrides: &Overrides) -> Result<Option<PathBuf>, Error> {
    if let Some(named) = overrides.config.clone().or_else(|| variable("MUSTER_CONFIG").map(PathBuf::from)) {
        return Ok(Some(folder.join(named)));
    }
    if let Some(file) = folder.ancestors().map(|folder| folder.join(FILE_NAME)).find(|file| file.is_file()) {
        return Ok(Some(file));
    }
    let users = etcetera::choose_base_strategy().ok().map(|base| base.config_dir().join("muster").join(FILE_NAME));
    Ok(users.filter(|file| file.is_file()))
}

/// Reads one settings file; paths in it are relative to its folder.
pub fn read(file: &Path) -> Result<Settings, Error> {
    let unreadable = |source| Error::Unreadable { file: file.to_owned(), source };
    if std::fs::metadata(file).map_err(unreadable)?.len() > LARGEST {
        return Err(unreadable(std::io::Error::other("it is larger than 4 MiB")));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let folder = file.parent().unwrap_or(Path::new("."));
    match parse(&text, folder) {
        Ok(settings) => Ok(Settings { file: Some(file.to_owned()), ..settings }),
        Err(problems) => {
            let name = file.display().to_string();
            let problems = problems.into_iter().map(|problem| problem.in_file(&name)).collect();
            Err(Error::Invalid { file: file.to_owned(), text, problems })
        }
    }
}

/// Reads settings from their text: all of them, or every problem there is.
pub fn parse(text: &str, folder: &Path) -> Result<Settings, Vec<Problem>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(errors.iter().map(|error| syntax(text, error)).collect());
    }
    let mut reader = Reader::new(text);
    let settings = assemble(&mut reader, root.get_ref(), text, folder);
    match reader.into_problems() {
        problems if problems.is_empty() => Ok(settings),
        problems => Err(problems),
    }
}

fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let message = error.message().lines().next().unwrap_or_default().to_lowercase();
    Problem::error("syntax", place(text, error.span().unwrap_or_default()), format!("this is not TOML: {message}"))
}

fn assemble<'i>(reader: &mut Reader<'i>, table: &DeTable<'i>, text: &str, folder: &Path) -> Settings {
    const KNOWN: [&str; 13] = [
        "store",
        "locale",
        "timezone",
        "runbooks",
        "templates",
        "mail",
        "page",
        "console",
        "people",
        "webhooks",
        "outbound",
        "actions",
        "probes",
    ];
    let root = &reader.section("", 0..0, table, &KNOWN);
    let mut path =
        |key| existing(reader, root, key, folder).or_else(|| Some(folder.join(key)).filter(|it| it.is_dir()));
    let (runbooks, templates) = (path("runbooks"), path("templates"));
    let webhooks = sections::webhooks(reader, root, folder);
    let mut names: Vec<String> = webhooks.keys().cloned().collect();
    names.extend(declared_webhooks(root));
    let own = reader.parsed(root, "locale", locale).unwrap_or_else(default_locale);
    Settings {
        file: None,
        text: text.to_owned(),
        store: reader
            .parsed(root, "store", |written| address::store(written, folder))
            .unwrap_or_else(|| StoreUrl::Sqlite(folder.join("muster.db"))),
        page: page::page(reader, root, &own),
        locale: own,
        timezone: reader.parsed(root, "timezone", zone).unwrap_or_else(timezone),
        runbooks,
        templates,
        mail: sections::mail(reader, root, folder),
        console: sections::console(reader, root),
        people: sections::people(reader, root, &names),
        webhooks,
        outbound_allow: sections::outbound(reader, root),
        actions: sections::actions(reader, root, folder),
        probes: sections::probes(reader, root),
    }
}

/// Webhooks by name, those with problems included: a name is not unknown because its table is wrong.
fn declared_webhooks(root: &Section<'_, '_>) -> Vec<String> {
    let webhooks = root.get("webhooks").and_then(|value| value.get_ref().as_table());
    webhooks.into_iter().flat_map(|table| table.keys()).map(|key| key.get_ref().to_string()).collect()
}

fn existing<'i>(reader: &mut Reader<'i>, root: &Section<'_, 'i>, key: &str, folder: &Path) -> Option<PathBuf> {
    let written = reader.text(root, key)?;
    let path = address::path(&written.value, folder);
    if path.is_dir() {
        return Some(path);
    }
    let message = format!("`{key}` names the folder `{}`, which is not there", written.value);
    let help = format!("create it, or leave `{key}` out to use what comes with Muster");
    reader.report_with_help("no_such_folder", written.span, message, help);
    None
}

pub(super) fn locale(written: &str) -> Result<Locale, Refused> {
    written.parse().map_err(|error: crate::locale::Error| Refused::new(error.to_string()))
}

fn zone(written: &str) -> Result<Tz, Refused> {
    written.parse().map_err(|_| {
        Refused::new(format!("`{written}` is not a time zone")).help("write it as in `Asia/Shanghai` or `UTC`")
    })
}

/// The terminal's language where Muster speaks it, otherwise English.
fn default_locale() -> Locale {
    let spoken = [Locale::english(), Locale::chinese()];
    terminal_locale().and_then(|reader| reader.best(&spoken).cloned()).unwrap_or_else(Locale::english)
}

/// The settings where no file is found: everything under the user's data folder, nothing leaves.
fn defaults() -> Result<Settings, Error> {
    let base = etcetera::choose_base_strategy().map_err(|_| Error::NoHome)?;
    let folder = base.data_dir().join("muster");
    Ok(Settings {
        file: None,
        text: String::new(),
        store: StoreUrl::Sqlite(folder.join("muster.db")),
        locale: default_locale(),
        timezone: timezone(),
        runbooks: None,
        templates: None,
        mail: sections::practice_mail(folder.join("outbox")),
        page: Page::default(),
        console: Console::default(),
        people: Default::default(),
        webhooks: Default::default(),
        outbound_allow: Vec::new(),
        actions: Default::default(),
        probes: Default::default(),
    })
}

fn apply(settings: &mut Settings, folder: &Path, overrides: &Overrides) -> Result<(), Error> {
    if let Some(written) = overrides.store.clone().or_else(|| variable("MUSTER_STORE")) {
        settings.store = address::store(&written, folder).map_err(|refused| refused.of("--store"))?;
    }
    if let Some(written) = overrides.locale.clone().or_else(|| variable("MUSTER_LOCALE")) {
        settings.locale = locale(&written).map_err(|refused| refused.of("--locale"))?;
    }
    Ok(())
}

impl Refused {
    fn of(self, given: &'static str) -> Error {
        let (message, help) = self.into_parts();
        Error::Override { given, message, help }
    }
}
