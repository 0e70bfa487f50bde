//! `init` and `new`: what a folder begins with; nothing that is there is ever overwritten.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{Error, Exit, Kind};
use super::render::out::{paint, style};
use super::retro::unwritable;
use super::session::Session;
use crate::library;
use crate::runbook::schema;
use crate::runbook::skeleton::skeleton;
use crate::settings;

/// What is a team's own to change. The pages of the console and the public page stay in the binary, whose newer versions
/// show newer things on them.
const BEGINNING: [&str; 3] = ["runbooks", "templates/notices", "templates/retrospective"];

pub(crate) fn init(session: &mut Session) -> Result<Exit, Error> {
    let folder = session.folder()?;
    let mut files = vec![(PathBuf::from("muster.toml"), settings::example(&session.locale).into_bytes())];
    for root in BEGINNING {
        let embedded = library::embedded(root).into_iter();
        files.extend(embedded.map(|(path, bytes)| (below(root, &path), bytes)));
    }
    // Editors check and complete the runbooks by it: their first lines name it.
    let schema = serde_json::to_string_pretty(&schema::schema())? + "\n";
    files.push((PathBuf::from("docs/runbook.schema.json"), schema.into_bytes()));
    let (mut wrote, mut kept) = (Vec::new(), Vec::new());
    for (path, bytes) in files {
        match create(&folder.join(&path), &bytes) {
            Ok(()) => wrote.push(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => kept.push(path),
            Err(error) => return Err(unwritable(&path, &error)),
        }
    }
    if session.out.json {
        session.out.object(&serde_json::json!({ "wrote": wrote, "kept": kept }))?;
        return Ok(Exit::Done);
    }
    let words = session.words;
    session.out.lines(wrote.iter().map(|file| paint(style::GOOD, words.wrote(file))));
    session.out.lines(kept.iter().map(|file| paint(style::DIM, words.left_alone(file))));
    session.out.line("");
    session.out.line(words.after_init());
    Ok(Exit::Done)
}

fn below(root: &str, path: &str) -> PathBuf {
    if Path::new(path).starts_with(root) { PathBuf::from(path) } else { Path::new(root).join(path) }
}

pub(crate) fn new(session: &mut Session, id: &str) -> Result<Exit, Error> {
    let settings = session.settings()?;
    let words = session.words;
    if !is_runbook_id(id) {
        return Err(Error::usage(words.bad_runbook_id(id)));
    }
    let folder = match settings.runbooks {
        Some(folder) => folder,
        None => session.folder()?,
    };
    let file = folder.join(format!("{id}.yaml"));
    let file = file.strip_prefix(session.folder()?).map(Path::to_owned).unwrap_or(file);
    match create(&file, skeleton(id, &session.locale).as_bytes()) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Error::new(Kind::Refused, "exists", words.runbook_exists(&file)));
        }
        Err(error) => return Err(unwritable(&file, &error)),
    }
    if session.out.json {
        session.out.object(&serde_json::json!({ "wrote": [file] }))?;
        return Ok(Exit::Done);
    }
    session.out.line(paint(style::GOOD, words.wrote(&file)));
    session.out.line(words.after_new(&file));
    Ok(Exit::Done)
}

/// `[a-z][a-z0-9-]*`
fn is_runbook_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Writes a file that must not be there yet, and the folders above it: the whole file, or none that a later
/// `init` would take for the person's own.
fn create(file: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    if file.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut beside = file.as_os_str().to_owned();
    beside.push(".part");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, file)
}
