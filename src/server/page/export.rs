//! The page as files for another host: written beside and renamed, so that nobody is ever served half a file.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use serde::Serialize;

use super::links::{Links, Medium};
use super::press::{Press, Sheet};
use crate::app::App;
use crate::server::views::{Language, Views};

/// Lists what was exported, so that the next export knows its own files from others'.
const LIST: &str = ".muster-page";
/// What a file is called until it is whole.
const UNFINISHED: &str = ".muster-unfinished";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{}` is there already, and no export wrote it", .0.display())]
    Foreign(PathBuf),
    #[error("failed to write `{}`", file.display())]
    Unwritable { file: PathBuf, source: io::Error },
    #[error("failed to read `{}`", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
}

/// What an export wrote, as names below the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Exported {
    pub(crate) folder: PathBuf,
    pub(crate) files: Vec<String>,
    /// What an earlier export wrote and this one no longer has.
    pub(crate) removed: Vec<String>,
}

/// Writes everything the public may know into a folder.
///
/// # Errors
/// Where a file stands in the way that no export wrote; nothing is changed then.
pub(crate) async fn export(app: &App, folder: &Path) -> Result<Exported, super::Error> {
    let views = Views::load(app.settings(), app.clock(), "page")?;
    let mut public = app.public()?;
    app.catch_up(&mut public).await?;
    let settings = app.settings();
    let home = Language::of(&settings.locale);
    let links = Links::new(Medium::Files { home }, settings.page.url.as_deref());
    let sheets = Press { views: &views, settings, links }.print(&public, |_| false)?;
    let files =
        sheets.into_iter().map(|Sheet { place, language, text, .. }| (Links::file(home, place, language), text));
    Ok(write(folder, files.collect())?)
}

/// Writes the files in their order, first pages linked to, then those that link; then removes what is no longer there.
fn write(folder: &Path, files: Vec<(String, String)>) -> Result<Exported, Error> {
    let earlier = listed(folder)?;
    let foreign = files.iter().find(|(name, _)| !earlier.contains(name) && folder.join(name).exists());
    if let Some((name, _)) = foreign {
        return Err(Error::Foreign(folder.join(name)));
    }
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    // Listed before they are there: an export that was cut short is known by the next one.
    let all: BTreeSet<&String> = earlier.iter().chain(&names).collect();
    put(folder, LIST, &lines(all.into_iter()))?;
    for (name, text) in &files {
        put(folder, name, text)?;
    }
    let removed: Vec<String> = earlier.into_iter().filter(|name| !names.contains(name)).collect();
    for name in &removed {
        remove(folder, name)?;
    }
    put(folder, LIST, &lines(names.iter()))?;
    Ok(Exported { folder: folder.to_owned(), files: names, removed })
}

/// What earlier exports wrote. A name that leads out of the folder is nobody's.
fn listed(folder: &Path) -> Result<BTreeSet<String>, Error> {
    let file = folder.join(LIST);
    match fs::read_to_string(&file) {
        Ok(text) => Ok(text.lines().filter(|name| stays_inside(name)).map(str::to_owned).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(source) => Err(Error::Unreadable { file, source }),
    }
}

fn stays_inside(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

fn lines<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.flat_map(|name| [name.as_str(), "\n"]).collect()
}

/// Writes a file under another name, and gives it its own when all of it is on the disk.
fn put(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let file = folder.join(name);
    let unwritable = |source| Error::Unwritable { file: file.clone(), source };
    let beside = file.parent().unwrap_or(folder);
    fs::create_dir_all(beside).map_err(unwritable)?;
    let unfinished = beside.join(UNFINISHED);
    let written = fs::File::create(&unfinished).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&unfinished, &file)).map_err(unwritable)
}

/// Removes a file, and the folders it leaves empty.
fn remove(folder: &Path, name: &str) -> Result<(), Error> {
    let file = folder.join(name);
    match fs::remove_file(&file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Error::Unwritable { file, source: error });
        }
        Ok(()) | Err(_) => {}
    }
    let above = file.ancestors().skip(1).take_while(|above| *above != folder);
    for empty in above {
        if fs::remove_dir(empty).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), format!("text of {name}"))).collect()
    }

    #[test]
    fn a_second_export_removes_what_the_first_wrote_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        write(folder, files(&["incidents/INC-1/index.html", "incidents/INC-2/index.html", "index.html"]))
            .expect("files");
        fs::write(folder.join("incidents/INC-1/own.txt"), "ours").expect("a file");
        let second = write(folder, files(&["index.html"])).expect("files");
        assert_eq!(second.removed, ["incidents/INC-1/index.html", "incidents/INC-2/index.html"]);
        assert!(folder.join("incidents/INC-1/own.txt").exists());
        assert!(!folder.join("incidents/INC-2").exists());
        assert_eq!(fs::read_to_string(folder.join("index.html")).expect("a page"), "text of index.html");
    }

    #[test]
    fn a_file_that_no_export_wrote_stands_in_the_way() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("index.html"), "ours").expect("a file");
        let refused = write(folder.path(), files(&["feed.atom", "index.html"])).expect_err("a file in the way");
        assert!(matches!(refused, Error::Foreign(file) if file.ends_with("index.html")));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing was written");
    }

    #[test]
    fn a_list_that_leads_out_of_the_folder_is_not_followed() {
        let above = tempfile::tempdir().expect("a folder");
        let folder = above.path().join("page");
        fs::create_dir(&folder).expect("a folder");
        fs::write(above.path().join("own.txt"), "ours").expect("a file");
        let absolute = above.path().join("own.txt");
        fs::write(folder.join(LIST), format!("../own.txt\n{}\n", absolute.display())).expect("a list");
        assert_eq!(write(&folder, files(&["index.html"])).expect("files").removed, Vec::<String>::new());
        assert!(absolute.exists());
    }

    #[test]
    fn an_export_that_was_cut_short_is_known_by_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        fs::create_dir(folder.join("index.html")).expect("a folder in the way of the last file");
        fs::write(folder.join(LIST), "index.html\n").expect("a list");
        write(folder, files(&["incidents/INC-1/index.html", "index.html"])).expect_err("cut short");
        fs::remove_dir(folder.join("index.html")).expect("out of the way");
        let next = write(folder, files(&["index.html"])).expect("files");
        assert_eq!(next.removed, ["incidents/INC-1/index.html"]);
    }
}
