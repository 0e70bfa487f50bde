//! The lint against lines with a known verdict, and the things it does not read.

use super::*;

fn lexicon() -> Lexicon {
    Lexicon::read(include_str!("../../../templates/retrospective/blame-lexicon.yaml"), &["Dana".to_owned()])
        .expect("the lexicon reads")
}

/// The lines whose verdict the lint gets wrong.
fn wrong(file: &str) -> Vec<String> {
    let lexicon = lexicon();
    let verdict = |line: &str| {
        let findings = lexicon.lint(line, Profile::Retrospective, &Locale::english());
        (if findings.is_empty() { "clean" } else { "blame" }, findings)
    };
    let lines = file.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (expected, text) = line.split_once('\t').expect("a verdict, a tab, a line");
            let (found, findings) = verdict(text);
            let rules: Vec<_> = findings.into_iter().map(|f| format!("{}: {}", f.rule, f.text)).collect();
            (found != expected).then(|| format!("{line} {rules:?}"))
        })
        .collect()
}

#[test]
fn every_pattern_of_the_shipped_lexicon_compiles() {
    lexicon().check().expect("patterns compile");
}

#[test]
fn every_example_gets_its_verdict() {
    let wrong = wrong(include_str!("../../../tests/data/blame-examples.tsv"));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
