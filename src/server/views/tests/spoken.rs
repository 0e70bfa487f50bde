//! That every word a face's templates say is known, that no word is kept which nothing says, and that helpers are asked as helpers.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

const FACES: [&str; 2] = ["console", "page"];

/// Keys as the templates of a face name them.
#[derive(Default)]
struct Said {
    whole: BTreeSet<String>,
    /// Those that something of the page's data is joined to.
    begun: BTreeSet<String>,
}

fn texts(folder: &Path, ending: &str) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            text += &texts(&path, ending);
        } else if path.to_string_lossy().ends_with(ending) {
            text += &std::fs::read_to_string(&path).expect("a text");
        }
    }
    text
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn words(folder: &Path) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("words") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a text");
        let entries: indexmap::IndexMap<String, Value> = serde_yaml::from_str(&text).expect("words");
        keys.extend(entries.into_keys());
    }
    keys
}

/// Every `t "key"` of these templates.
fn said(templates: &str) -> Said {
    let mut said = Said::default();
    for rest in templates.split("{{t \"").skip(1).chain(templates.split("(t \"").skip(1)) {
        let Some((key, rest)) = rest.split_once('"') else { continue };
        let next: String =
            rest.trim_start().chars().take_while(|c| !c.is_whitespace() && *c != '}' && *c != ')').collect();
        let joined = !next.is_empty() && !next.contains('=');
        let keys = if joined { &mut said.begun } else { &mut said.whole };
        keys.insert(key.to_owned());
    }
    said
}

#[test]
fn every_word_a_template_says_is_known() {
    for face in FACES {
        let folder = root().join("templates").join(face);
        let known: BTreeSet<String> =
            words(&folder.join("words")).into_iter().chain(words(&root().join("templates/words"))).collect();
        let said = said(&texts(&folder, ".hbs"));
        assert!(said.whole.len() > 10, "{face}: {} words", said.whole.len());
        let unknown: Vec<&String> = said.whole.difference(&known).collect();
        assert!(unknown.is_empty(), "{face} says what no words are known for: {unknown:?}");
        let follows =
            |begun: &str| known.iter().any(|key| key.strip_prefix(begun).is_some_and(|rest| rest.starts_with('.')));
        let empty: Vec<&String> = said.begun.iter().filter(|begun| !follows(begun)).collect();
        assert!(empty.is_empty(), "{face} begins keys that nothing goes on from: {empty:?}");
    }
}

#[test]
fn no_word_is_kept_that_nothing_says() {
    let code = texts(&root().join("src/server"), ".rs");
    for face in FACES {
        let folder = root().join("templates").join(face);
        let said = said(&texts(&folder, ".hbs"));
        let is_said = |key: &String| {
            let begins = |at: usize| said.begun.contains(&key[..at]) || code.contains(&format!("\"{}.{{", &key[..at]));
            said.whole.contains(key)
                || code.contains(&format!("\"{key}\""))
                || key.match_indices('.').any(|(at, _)| begins(at))
        };
        let left: Vec<String> = words(&folder.join("words")).into_iter().filter(|key| !is_said(key)).collect();
        assert!(left.is_empty(), "{face} keeps words that nothing says: {left:?}");
    }
}

/// A value that is called as a helper is would be taken for one: `{{this.due}}` means the value.
#[test]
fn no_template_takes_a_helper_for_a_value() {
    for face in FACES {
        let templates = texts(&root().join("templates").join(face), ".hbs");
        for helper in ["t", "at", "day", "due", "ago", "md", "asset", "kept", "reopened", "len"] {
            assert!(!templates.contains(&format!("{{{{{helper}}}}}")), "{face}: `{{{{{helper}}}}}`");
        }
    }
}
