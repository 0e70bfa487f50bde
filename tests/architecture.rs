//! Holds `src/` to its layers: imports go one way, pure layers stay pure, faces ask only `app`.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers in order: each may name itself and those before it.
const LAYERS: [&str; 17] = [
    "problem",
    "locale",
    "clock",
    "settings",
    "contact",
    "runbook",
    "incident",
    "notice",
    "retrospective",
    "library",
    "store",
    "delivery",
    "action",
    "app",
    "drill",
    "server",
    "cli",
];
const PURE: [&str; 7] = ["problem", "locale", "contact", "runbook", "incident", "notice", "retrospective"];
const FACES: [&str; 2] = ["server", "cli"];
/// What a face reaches through `app` only.
const BEHIND_APP: [&str; 3] = ["store", "delivery", "action"];
const CLOCK_CALLS: [&str; 4] = ["Utc::now", "Local::now", "SystemTime::now", "Instant::now"];
const ENVIRONMENT_CALLS: [&str; 4] = ["env::var(", "env::var_os(", "env::vars(", "env::vars_os("];
const IMPURE: [&str; 7] =
    ["async fn", "async move", "std::fs", "std::net", "std::process", "tokio::", "std::io::stdin"];

struct Source {
    path: PathBuf,
    layer: String,
    /// The text without comments and without its test module.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    assert!(found.len() > 10, "the sources are where this test looks for them");
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let inside = path.strip_prefix(root).expect("below src");
            let first = inside.components().next().expect("a name");
            let layer = Path::new(first.as_os_str()).file_stem().expect("a stem").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("a readable file");
            found.push(Source { layer, code: code_of(&text), path });
        }
    }
}

/// Drops comments and, at the end of a file, its unit tests.
fn code_of(text: &str) -> String {
    let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..tests].lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test_file(source: &Source) -> bool {
    source.path.components().any(|part| {
        let part = part.as_os_str().to_string_lossy();
        part == "tests" || part.ends_with("tests.rs")
    })
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|known| *known == layer)
}

/// The layers a text names through `crate::…`, also in grouped imports.
fn named_layers(code: &str) -> Vec<&'static str> {
    let mut named = Vec::new();
    for layer in LAYERS {
        let direct = format!("crate::{layer}");
        if code.match_indices(&direct).any(|(at, _)| !continues(code, at + direct.len())) {
            named.push(layer);
        }
    }
    for (at, _) in code.match_indices("crate::{") {
        let group = &code[at + "crate::{".len()..];
        let group = &group[..group.find("};").unwrap_or(group.len())];
        named.extend(LAYERS.into_iter().filter(|layer| top_level_names(group).iter().any(|name| name == layer)));
    }
    named
}

fn continues(code: &str, at: usize) -> bool {
    code[at..].chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// The first path segment of each entry of a braced import.
fn top_level_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut name) = (0_i32, Vec::new(), String::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut name)),
            c if depth == 0 => name.push(c),
            _ => {}
        }
    }
    names.push(name);
    names.iter().map(|n| n.trim().split("::").next().unwrap_or_default().trim().to_owned()).collect()
}

#[test]
fn every_file_belongs_to_a_layer() {
    for source in sources() {
        if source.layer == "main" || source.layer == "lib" {
            continue;
        }
        assert!(rank(&source.layer).is_some(), "{} belongs to no layer", source.path.display());
    }
}

#[test]
fn a_layer_names_only_itself_and_those_before_it() {
    for source in sources() {
        let Some(own) = rank(&source.layer) else { continue };
        for named in named_layers(&source.code) {
            let other = rank(named).expect("a layer");
            assert!(other <= own, "{} names `{named}`, a layer below it", source.path.display());
        }
    }
}

#[test]
fn faces_ask_app_alone() {
    for source in sources().iter().filter(|s| FACES.contains(&s.layer.as_str())) {
        for named in named_layers(&source.code) {
            assert!(!BEHIND_APP.contains(&named), "{} names `{named}`; ask `app`", source.path.display());
        }
    }
}

#[test]
fn pure_layers_stay_pure() {
    for source in sources().iter().filter(|s| PURE.contains(&s.layer.as_str()) && !is_test_file(s)) {
        for word in IMPURE {
            assert!(!source.code.contains(word), "{} is in a pure layer but contains `{word}`", source.path.display());
        }
    }
}

#[test]
fn time_and_environment_are_read_in_one_place() {
    for source in sources().iter().filter(|s| !is_test_file(s)) {
        if source.layer != "clock" {
            for call in CLOCK_CALLS {
                assert!(!source.code.contains(call), "{} reads time by `{call}`", source.path.display());
            }
        }
        if source.layer != "settings" {
            for call in ENVIRONMENT_CALLS {
                assert!(!source.code.contains(call), "{} reads the environment by `{call}`", source.path.display());
            }
        }
    }
}

#[test]
fn files_say_what_they_own_and_stay_short() {
    for source in sources() {
        let text = fs::read_to_string(&source.path).expect("a readable file");
        assert!(text.starts_with("//! "), "{} does not open with a sentence", source.path.display());
        let lines = text.lines().count();
        assert!(lines <= 600, "{} has {lines} lines; split it by what it is about", source.path.display());
    }
}

#[test]
fn the_reader_of_imports_sees_groups_and_paths() {
    let code = "use crate::{clock, incident::{Event, state}};\nlet x = crate::store::open();\nuse crate::appendix::X;";
    assert_eq!(named_layers(code), ["store", "clock", "incident"]);
}
