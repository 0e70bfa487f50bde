//! Every page of the console and of the public page, judged: accessibility, HTML, width, size of what is pressed.

use std::path::{Path, PathBuf};

use super::checks::{Scheme, feed_reader_finds, installed, vnu_finds};
use super::chromium::Scripts;
use super::person::Person;
use super::site::{Site, Trial};

const PHONE: u32 = 360;
const DESK: u32 = 1280;

/// Looks at a page as two kinds of screens show it in two schemes, and keeps pictures for people to look at.
fn look(person: &Person, name: &str, path: &str, findings: &mut Vec<String>) {
    let chromium = &person.chromium;
    chromium.is_wide(PHONE);
    chromium.prefers(Scheme::Light);
    person.opens(path);
    let mut found = chromium.layout_finds(PHONE);
    if person.asks("return document.contentType", vec![]) != "text/html" {
        found.push(format!("no page, but: {}", person.page()));
    }
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

/// Pages that nobody needs to be signed in for.
const DOORS: [(&str, &str); 1] = [("sign-in", "/sign-in")];

/// Every page of the console, by what its pictures are called.
pub(super) const CONSOLE: [(&str, &str); 21] = [
    ("home", "/"),
    ("start", "/start"),
    ("start-picked", "/start?runbook=crm-withdrawals"),
    ("incidents", "/incidents"),
    ("incident-open", "/incidents/INC-2"),
    ("incident-over", "/incidents/INC-1"),
    ("notice-sent", "/incidents/INC-2/notices/first_notice"),
    ("notice-draft", "/incidents/INC-2/notices/progress"),
    ("people", "/people"),
    ("account", "/me"),
    ("follow-ups", "/follow-ups"),
    ("contacts", "/contacts"),
    ("contacts-import", "/contacts/import"),
    ("contacts-suppressed", "/contacts/suppressed"),
    ("ready", "/ready"),
    ("runbooks", "/runbooks"),
    ("runbook", "/runbooks/crm-withdrawals"),
    ("reach", "/incidents/INC-1/reach/second_touch"),
    ("retrospective", "/incidents/INC-1/retrospective"),
    ("retrospective-unfinished", "/incidents/INC-2/retrospective"),
    ("nothing", "/nothing"),
];

fn look_at_console(site: &Site, language: &str, handle: &str, folder: &Path) -> Vec<String> {
    let person = Person::with_phone(&site.console, language, Scripts::On);
    person.chromium.takes_axe_along();
    let mut findings = Vec::new();
    let link = site.invites(handle);
    let mut see = |name: &str, path: &str| {
        let name = format!("{name}-{language}");
        look(&person, &name, path, &mut findings);
        let html = person.source_of(&person.address());
        std::fs::write(folder.join(format!("{name}.html")), html).expect("a file");
    };
    DOORS.iter().for_each(|(name, path)| see(name, path));
    see("join", &link);
    person.joins(&link, handle);
    CONSOLE.iter().for_each(|(name, path)| see(name, path));
    findings
}

fn look_at_public_page(site: &Site, folder: &Path) -> Vec<String> {
    let mut findings = Vec::new();
    let person = Person::with_phone(&site.page, "en", Scripts::On);
    person.chromium.takes_axe_along();
    let unsubscribe = site.unsubscribe_path();
    for language in ["en", "zh-Hans"] {
        for (name, path) in [
            ("home", "/"),
            ("incident-open", "/incidents/INC-2"),
            ("incident-over", "/incidents/INC-1"),
            ("history", "/history"),
            ("missing", "/nothing/here"),
            ("unsubscribe", &unsubscribe),
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
    findings
}

/// WCAG 2.2 AA by axe in both languages and schemes on a phone and at a desk, valid HTML by vnu, a valid feed.
#[test]
#[ignore = "needs Chromium, axe, vnu and feedparser: run tests/run"]
fn every_page_is_accessible_and_valid_and_fits_a_phone() {
    let mut site = Site::new();
    site.had_an_incident();
    site.has_an_incident();
    site.serve();
    let folder = saved("every");
    let (site, folder) = (&site, folder.as_path());
    let looks: [Box<dyn Fn() -> Vec<String> + Send>; 3] = [
        Box::new(|| look_at_console(site, "en", "dana", folder)),
        Box::new(|| look_at_console(site, "zh-Hans", "kim", folder)),
        Box::new(|| look_at_public_page(site, folder)),
    ];
    let mut findings: Vec<_> = std::thread::scope(|scope| {
        let looking = looks.map(|look| scope.spawn(look));
        looking.into_iter().flat_map(|look| look.join().expect("everything was looked at")).collect()
    });
    findings.extend(vnu_finds(folder));
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

/// The same of the drill that `muster try` plays, and of its incident: held once customers were told, so that every look
/// is at the same page.
#[test]
#[ignore = "needs Chromium, axe and vnu: run tests/run"]
fn the_drill_to_watch_is_accessible_and_valid_and_fits_a_phone() {
    let trial = Trial::new();
    let folder = saved("trial");
    let mut findings = Vec::new();
    for (at, language) in ["en", "zh-Hans"].into_iter().enumerate() {
        let person = Person::with_phone(&trial.console, language, Scripts::On);
        person.chromium.takes_axe_along();
        person.opens("/try");
        if at == 0 {
            person.waits_until("a message in the phone", || person.has("//*[@id='trial-phone']//article"));
            person.presses_at("//button[@name='hold'][@value='true']");
            person.waits_until("the clock to stand", || person.has("//button[@name='hold'][@value='false']"));
        }
        for (name, path) in [("try", "/try"), ("try-incident", "/incidents/INC-1")] {
            let name = format!("{name}-{language}");
            look(&person, &name, path, &mut findings);
            std::fs::write(folder.join(format!("{name}.html")), person.source_of(path)).expect("a file");
        }
    }
    findings.extend(vnu_finds(&folder));
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}
