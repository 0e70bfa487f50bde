//! The files a drill leaves: what would have been sent, the journal, the picture, the retrospective, the score.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Error, Report, Score, score};
use crate::incident::event::{Event, Recorded, decode};
use crate::locale::Locale;
use crate::retrospective::Edition;
use crate::runbook::Runbook;

use super::stage::Stage;

/// Where a drill's store lives while it is played.
const STORE: &str = ".store";

/// The folder a drill writes into.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder and takes out what an earlier drill left in it; anything else there stays.
    pub(super) fn clear(path: &Path) -> Result<Self, Error> {
        let folder = Self { path: path.to_owned() };
        folder.remove("outbox")?;
        folder.remove(STORE)?;
        let left = |name: &str| {
            matches!(name, "journal.jsonl" | "timeline.svg" | "score.json")
                || (name.starts_with("retrospective.") && [".md", ".html"].iter().any(|end| name.ends_with(end)))
        };
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries.filter_map(Result::ok).collect(),
            Err(_) => Vec::new(),
        };
        for entry in entries {
            if entry.file_name().to_str().is_some_and(left) {
                fs::remove_file(entry.path()).map_err(|source| Error::Unwritable { file: entry.path(), source })?;
            }
        }
        for name in ["outbox", STORE] {
            let made = path.join(name);
            fs::create_dir_all(&made).map_err(|source| Error::Unwritable { file: made, source })?;
        }
        Ok(folder)
    }

    pub(super) fn store(&self) -> PathBuf {
        self.path.join(STORE).join("drill.db")
    }

    /// Takes the store away: the journal stands in its own file.
    pub(super) fn tidy(&self) -> Result<(), Error> {
        self.remove(STORE)
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        let folder = self.path.join(name);
        match fs::remove_dir_all(&folder) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(Error::Unwritable { file: folder, source }),
            _ => Ok(()),
        }
    }

    fn put(&self, name: &str, text: &str) -> Result<(), Error> {
        let file = self.path.join(name);
        fs::write(&file, text).map_err(|source| Error::Unwritable { file, source })
    }

    /// Everything a drill wrote, by name.
    fn files(&self) -> Vec<PathBuf> {
        let listed = |folder: &Path| -> Vec<PathBuf> {
            let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
            entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
        };
        let mut files = listed(&self.path);
        files.extend(listed(&self.path.join("outbox")));
        files.sort();
        files
    }
}

/// Writes what came of the incident, and reports it.
pub(super) async fn write(
    stage: &Stage<'_>,
    runbook: &Runbook,
    folder: &Folder,
    remarks: Vec<String>,
) -> Result<Report, Error> {
    let journal = stage.app.journal(stage.incident).await?;
    let events = journal.lines().map(decode).collect::<Result<Vec<Recorded>, _>>();
    let events = events.map_err(|error| Error::Halted(error.to_string()))?;
    let score = score::score(runbook, &events);
    folder.put("journal.jsonl", &journal)?;
    folder.put("score.json", &pretty(&score)?)?;
    for (index, locale) in runbook.locales.iter().enumerate() {
        let document = stage.app.retrospective(stage.incident, Edition::Internal, locale).await?;
        folder.put(&format!("retrospective.{locale}.md"), &document.markdown())?;
        folder.put(&format!("retrospective.{locale}.html"), &document.html())?;
        if index == 0 {
            folder.put("timeline.svg", document.timeline_svg())?;
        }
    }
    let notices = events.iter().filter(|recorded| matches!(recorded.event, Event::NoticeQueued(_))).count();
    let show = stage.app.show(stage.incident, &Locale::english()).await?;
    Ok(Report {
        incident: show.head.incident.to_string(),
        ok: remarks.is_empty(),
        events: events.len().try_into().unwrap_or(u64::MAX),
        notices: notices.try_into().unwrap_or(u64::MAX),
        score,
        files: folder.files(),
        remarks,
    })
}

fn pretty(score: &Score) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(score).map_err(|error| Error::Halted(error.to_string()))?;
    Ok(text + "\n")
}
