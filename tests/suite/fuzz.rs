//! The seeds of the fuzz targets, and whatever a target once found, through the same functions.

#[path = "../../fuzz/entries/mod.rs"]
mod entries;

use std::path::Path;

/// Hands every file of a folder of the project to a target.
fn replay(folder: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(&folder).expect("seeds").map(|entry| entry.expect("a file").path());
    let mut replayed = 0;
    for file in files.filter(|file| file.is_file()) {
        target(&std::fs::read(&file).expect("a seed"));
        replayed += 1;
    }
    assert!(replayed > 0, "no seeds in {}", folder.display());
}

#[test]
fn runbooks() {
    replay("fuzz/seeds/runbook", entries::runbook);
    replay("runbooks", entries::runbook);
}

#[test]
fn conditions() {
    // Each says something that can be asked; else the target would only ever see refusals.
    replay("fuzz/seeds/condition", |text| assert!(entries::condition(text), "{}", String::from_utf8_lossy(text)));
}

#[test]
fn templates() {
    replay("fuzz/seeds/template", entries::template);
    replay("templates/notices", entries::template);
}

#[test]
fn contact_books() {
    replay("fuzz/seeds/contacts", entries::contacts);
}

#[test]
fn replies_of_endpoints() {
    replay("fuzz/seeds/reply", entries::reply);
}

#[test]
fn replies_of_relays() {
    replay("fuzz/seeds/relay", entries::relay);
}
