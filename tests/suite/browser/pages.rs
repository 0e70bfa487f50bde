//! Every page of the console and of the public page, judged: accessibility, HTML, width, size of what is pressed.

use std::path::PathBuf;

use super::checks::{Scheme, feed_reader_finds, installed, vnu_finds};
use super::chromium::Scripts;
use super::person::Person;
use super::site::Site;

const PHONE: u32 = 360;
const DESK: u32 = 1280;

/// Looks at a page as two kinds of screens show it in two schemes, and keeps pictures for people to look at.
fn look(person: &Person, name: &str, path: &str, findings: &mut Vec<String>) {
    let chromium = &person.chromium;
    chromium.is_wide(PHONE);
    chromium.prefers(Scheme::Light);
    person.opens(path);
    let mut found = chromium.layout_finds(PHONE);
    found.extend(chromium.axe_finds(true));
    chromium.pictures(&format!("{name}-phone-light"));
    chromium.prefers(Scheme::Dark);
    found.extend(chromium.axe_finds(false).into_iter().map(|line| format!("dark: {line}")));
    chromium.pictures(&format!("{name}-phone-dark"));
    chromium.is_wide(DESK);
    found.extend(chromium.axe_finds(true).into_iter().map(|line| format!("at a desk: {line}")));
    chromium.pictures(&format!("{name}-desk-dark"));
    findings.extend(found.into_iter().map(|line| format!("{name}: {line}")));
}

/// A folder for the pages that a test saves.
fn saved(name: &str) -> PathBuf {
    let folder = installed("pages").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
#[ignore = "needs Chromium, axe, vnu and feedparser: run tests/run"]
fn the_public_page_is_accessible_and_valid_in_both_languages_and_schemes() {
    let mut site = Site::new();
    site.had_an_incident();
    site.has_an_incident();
    site.serve();
    let folder = saved("public");
    let mut findings = Vec::new();
    for language in ["en", "zh-Hans"] {
        let person = Person::with_phone(&site.page, language, Scripts::On);
        person.chromium.takes_axe_along();
        for (name, path) in [
            ("home", "/".to_owned()),
            ("incident-open", "/incidents/INC-2".to_owned()),
            ("incident-over", "/incidents/INC-1".to_owned()),
            ("history", "/history".to_owned()),
            ("missing", "/nothing/here".to_owned()),
            ("unsubscribe", site.unsubscribe_path()),
        ] {
            let name = format!("page-{name}-{language}");
            let path = format!("{path}?lang={language}");
            look(&person, &name, &path, &mut findings);
            let (_, html) = site.read(&format!("{}{path}", site.page));
            std::fs::write(folder.join(format!("{name}.html")), html).expect("a file");
        }
        let (status, feed) = site.read(&format!("{}/feed.atom?lang={language}", site.page));
        assert_eq!(status, 200);
        let file = folder.join(format!("feed-{language}.atom"));
        std::fs::write(&file, feed).expect("a file");
        findings.extend(feed_reader_finds(&file).into_iter().map(|line| format!("feed in {language}: {line}")));
    }
    findings.extend(vnu_finds(&folder));
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}
