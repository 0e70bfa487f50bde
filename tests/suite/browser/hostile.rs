//! `guarantees.md`, bad web input: HTML and script in every field, looked at wherever it is shown, feed and mail included.

use std::path::{Path, PathBuf};

use mail_parser::MessageParser;

use super::checks::installed;
use super::chromium::Scripts;
use super::deeds::deed;
use super::pages::CONSOLE;
use super::person::Person;
use super::site::Site;

/// What somebody might try; each leaves a mark where it runs.
const HOSTILE: &str = "<script>window.ran='script'</script>\"><img src=x onerror=\"window.ran='image'\"> \
    '><svg onload=window.ran='svg'> </textarea></title></style><iframe srcdoc=\"<script>parent.ran='frame'</script>\"></iframe> \
    [press](javascript:window.ran='link') <javascript:window.ran='angle'> {{#each this}}{{{this}}}{{/each}} &lt;b&gt;";

/// The same where only a few words fit.
const BRIEF: &str = "</title><script>window.ran='title'</script>\"'><img src=x onerror=window.ran='title'>{{{this}}}";

/// What somebody is called.
const NAME: &str = "<script>window.ran='name'</script>\"'><img src=x onerror=window.ran='name'>";

/// Whether anything of it has become part of the page, or has run.
const MARKS: &str = "
    const marks = document.contentType === 'text/html' ? [] : ['no page: ' + document.body.innerText];
    if (window.ran) marks.push('ran: ' + window.ran);
    for (const e of document.querySelectorAll('script:not([src]), iframe[srcdoc], object, embed, base, svg[onload], [onerror], [onload]'))
        marks.push('became an element: ' + e.outerHTML.slice(0, 120));
    for (const e of document.querySelectorAll('[href], [src], [action], [formaction]'))
        for (const name of ['href', 'src', 'action', 'formaction'])
            if (/^\\s*(javascript|vbscript):/i.test(e.getAttribute(name) || '')) marks.push('became a link: ' + e.outerHTML.slice(0, 120));
    return marks;
";

/// Marks on what the browser shows now, one line each.
fn marks(person: &Person, place: &str) -> Vec<String> {
    let marks = person.asks(MARKS, vec![]);
    let marks = marks.as_array().expect("a list");
    marks.iter().map(|mark| format!("{place}: {}", mark.as_str().unwrap_or_default())).collect()
}

/// Marks on a page that is not Muster's to guard: the HTML of a mail, of a feed's entry, alone in a file.
fn marks_alone(person: &Person, place: &str, html: &str, folder: &Path) -> Vec<String> {
    let file = folder.join(format!("{place}.html"));
    std::fs::write(&file, html).expect("a file");
    person.opens_file(&file);
    marks(person, place)
}

fn folder() -> PathBuf {
    let folder = installed("pages/hostile");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// An incident in which everybody who writes writes this.
fn begin(site: &Site) {
    let say = |line: &str, texts: &[&str]| {
        let ran = site.environment.command(line).args(texts).output().expect("muster runs");
        assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
    };
    let quoted = HOSTILE.replace('"', "\"\"");
    let contacts = format!(
        "id,org,name,kind,emails,phone,tags\nev,\"{quoted}\",\"{quoted}\",customer,ev@example.com,\"{quoted}\",\"{quoted}\"\n"
    );
    site.environment.write("hostile.csv", &contacts);
    say("contacts import hostile.csv", &[]);
    let facts: Vec<_> =
        ["impact", "unaffected", "workaround", "contact"].map(|fact| format!("{fact}={HOSTILE}")).into();
    say("start whole --severity high --role lead=dana --title", &[BRIEF]);
    say("done take_lead --note", &[HOSTILE]);
    say("set --confirm", &facts.iter().map(String::as_str).collect::<Vec<_>>());
    say("done first_facts", &[]);
    say("note", &[HOSTILE]);
    say("notice draft first_notice --as kim", &[]);
    say("approve first_notice --as dana", &[]);
    say("notice send first_notice --recipients 4", &[]);
    say("update --status identified --as kim", &[HOSTILE]);
    say("approve progress --as dana", &[]);
    say("notice send progress --recipients 4", &[]);
    say("severity low --reason", &[HOSTILE]);
    say("retro edit results --text", &[HOSTILE]);
    say("retro factor add", &[HOSTILE]);
    say("followup add --owner ops", &[HOSTILE]);
}

#[test]
#[ignore = "needs Chromium: run tests/run"]
fn script_in_every_field_stays_text_on_the_public_page_in_the_feed_and_in_mails() {
    let mut site = Site::new();
    begin(&site);
    site.serve();
    let folder = folder();
    let person = Person::with_phone(&site.page, "en", Scripts::On);
    let mut found = Vec::new();
    for path in
        ["/", "/incidents/INC-1", "/history", "/nothing/<script>window.ran=1</script>", &site.unsubscribe_path()]
    {
        person.opens(path);
        found.extend(marks(&person, path));
    }
    person.opens("/incidents/INC-1");
    // It is shown, as what it is: text.
    person.sees("<script>window.ran='script'</script>");
    let (_, feed) = site.read(&format!("{}/feed.atom", site.page));
    let entries = person.asks(
        "const feed = new DOMParser().parseFromString(arguments[0], 'application/xml');
         return [...feed.getElementsByTagName('content'), ...feed.getElementsByTagName('title')].map(e => e.textContent);",
        vec![feed.into()],
    );
    let entries = entries.as_array().expect("entries").clone();
    assert!(entries.len() >= 5, "{entries:?}");
    for (nth, entry) in
        entries.iter().enumerate().filter(|(_, entry)| entry.as_str().unwrap_or_default().contains("<p>"))
    {
        found.extend(marks_alone(&person, &format!("entry-{nth}"), entry.as_str().unwrap_or_default(), &folder));
    }
    let outbox = std::fs::read_dir(site.environment.path().join("outbox")).expect("an outbox");
    let mails: Vec<_> = outbox.map(|file| std::fs::read(file.expect("a file").path()).expect("a mail")).collect();
    assert!(mails.len() >= 4, "{} mails", mails.len());
    for (nth, mail) in mails.iter().enumerate() {
        let mail = MessageParser::default().parse(mail).expect("a mail");
        let html = mail.body_html(0).expect("HTML");
        found.extend(marks_alone(&person, &format!("mail-{nth}"), &html, &folder));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium: run tests/run"]
fn script_in_every_field_stays_text_on_every_page_of_the_console() {
    let mut site = Site::new();
    begin(&site);
    site.serve();
    let person = Person::with_phone(&site.console, "en", Scripts::On);
    person.joins_as(&site.invites("dana"), "dana", NAME);
    let pages = CONSOLE.map(|(_, path)| path.replace("INC-2", "INC-1").replace("crm-withdrawals", "whole"));
    let mut found = Vec::new();
    for path in &pages {
        person.opens(path);
        found.extend(marks(&person, path));
    }
    person.opens("/incidents/INC-1");
    person.does(&deed("note").with("text", HOSTILE));
    found.extend(marks(&person, "a note"));
    person.opens("/incidents/INC-1");
    person.sees("<script>window.ran='script'</script>");
    assert_eq!(found, Vec::<String>::new());
}
