//! Templates of notices and retrospectives: what the check lets through is rendered, and in bounds.

use std::sync::LazyLock;

use muster::clock::Clock;
use muster::incident::{Incident, Recorded};
use muster::library;
use muster::notice::template::{check_syntax, check_template};
use muster::notice::{Scene, Templates, compose};
use muster::problem::Problem;
use muster::retrospective::{self, Edition, Lexicon, Sources};
use muster::runbook::{Runbook, check};
use muster::settings::{Page, Settings, read};

use super::runbooks::{now, start};

/// More than any rendering may come to.
const BOUND: usize = 4 * 1024 * 1024;

struct Bench {
    runbook: Runbook,
    events: Vec<Recorded>,
    incident: Incident,
    pieces: Vec<(String, String)>,
    lexicon: Lexicon,
}

static BENCH: LazyLock<Bench> = LazyLock::new(|| {
    let runbook = check::check(include_bytes!("../../runbooks/general.yaml")).runbook.expect("a shipped runbook");
    let events = start(&runbook);
    let settings: Settings = read::parse("", std::path::Path::new("/nowhere")).expect("settings");
    Bench {
        incident: Incident::replay(&events).expect("an incident"),
        pieces: library::notice_templates(&settings).expect("the embedded templates"),
        lexicon: library::lexicon(&settings, &[]).expect("the embedded lexicon"),
        runbook,
        events,
    }
});

/// A template, taken first for one of notices and then for one of the retrospective.
pub(crate) fn template(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let bench = &*BENCH;
    notice(bench, source);
    if check_syntax(source).is_none() {
        let sources = Sources {
            runbook: &bench.runbook,
            incident: &bench.incident,
            events: &bench.events,
            roster: &[],
            lexicon: &bench.lexicon,
            template: source,
            earlier: &[],
            coverage: None,
            journal_head: None,
            now: now(),
        };
        // A name that is not there is an error and no empty space.
        if let Ok(document) = retrospective::write(&sources, Edition::Public, bench.runbook.locale()) {
            assert!(document.markdown().len() < BOUND && document.html().len() < BOUND, "a retrospective without end");
        }
    }
}

fn notice(bench: &Bench, source: &str) {
    const FILE: &str = "investigating.en.md.hbs";
    let own = (FILE.to_owned(), source.to_owned());
    let templates = Templates::new(bench.pieces.iter().cloned().chain([own]));
    let sound = !check_template(FILE, source, &templates, Some(&bench.runbook)).iter().any(Problem::is_error);
    let step = &bench.runbook.steps["first_notice"];
    let scene = Scene {
        runbook: &bench.runbook,
        incident: &bench.incident,
        step: &step.id,
        spec: step.kind.notice().expect("a step that sends"),
        status: None,
        nothing_new: false,
        page: &Page::default(),
        locales: std::slice::from_ref(bench.runbook.locale()),
        now: Clock::virtual_at(now(), 1).now(),
    };
    let composed = compose(&scene, &templates);
    assert!(sound || !composed.is_sound(), "a template with an error goes out");
    for message in &composed.messages {
        assert!(!message.subject.contains(['\r', '\n']), "a subject of two lines");
        assert!(message.short.chars().count() <= 70, "a short form that is not short");
        assert!(message.text.len() + message.html.len() + message.markdown.len() < BOUND, "a notice without end");
    }
}
