//! The faults of writing that `guarantees.md` names: each a clear error, with its place, within 100 ms.

use std::fmt::Write;
use std::time::Duration;

use super::{Checked, LEAST, check, found};
use crate::runbook::source::MAX_BYTES;

/// The first problem as `code line:column`, which must come in time: the best of a few tries, as
/// the machine may be busy, and twenty times as long in an unoptimised build.
fn first(bytes: &[u8]) -> String {
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 2_000 } else { 100 });
    let (mut checked, mut taken) = timed(bytes);
    for _ in 0..4 {
        if taken < limit {
            break;
        }
        (checked, taken) = timed(bytes);
    }
    assert!(taken < limit, "{taken:?}");
    assert!(checked.runbook.is_none());
    let problem = checked.problems.iter().find(|problem| problem.is_error()).expect("an error");
    format!("{} {}:{}", problem.code, problem.place.line, problem.place.column)
}

#[expect(clippy::disallowed_methods, reason = "the guarantee is about the machine's own time")]
fn timed(bytes: &[u8]) -> (Checked, Duration) {
    let start = std::time::Instant::now();
    let checked = check(bytes);
    (checked, start.elapsed())
}

#[test]
fn alias_bombs_are_refused_unexpanded() {
    let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for n in 1..40 {
        let _ = writeln!(bomb, "a{n}: &a{n} [{}]", vec![format!("*a{}", n - 1); 9].join(", "));
    }
    assert_eq!(first(bomb.as_bytes()), "anchor 1:5");
    let flood = format!("a: &a b\nlist: [{}]\n", "*a,".repeat(1_000_000));
    assert_eq!(first(flood.as_bytes()), "anchor 1:4");
}

#[test]
fn deep_nesting_is_refused() {
    assert_eq!(first("[".repeat(100_000).as_bytes()), "too_deep 1:17");
    assert_eq!(first(format!("muster: {}", "[".repeat(100_000)).as_bytes()), "too_deep 1:25");
    assert_eq!(first("{a: ".repeat(100_000).as_bytes()), "too_deep 1:65");
    assert_eq!(first("- ".repeat(100_000).as_bytes()), "too_deep 1:129");
    let steps: String = (0..1_000).fold(String::new(), |text, n| text + &" ".repeat(n) + "a:\n");
    assert_eq!(first(steps.as_bytes()), "too_deep 65:65");
}

#[test]
fn duplicate_keys_are_refused_wherever_they_stand() {
    assert_eq!(found(&LEAST.replace("# HEAD", "id: other")), ["duplicate_key 4:1+2"]);
    assert_eq!(found(&LEAST.replace("# PRE", "    title: A\n    title: B")), ["duplicate_key 8:5+5"]);
    assert_eq!(found(&LEAST.replace("# HEAD", "roles: { a: A, \"a\": B }")), ["duplicate_key 4:16+3"]);
}

#[test]
fn huge_files_are_refused_unread() {
    assert_eq!(first(&vec![b'a'; MAX_BYTES + 1]), "file_too_large 1:1");
    assert_eq!(first(&vec![b' '; MAX_BYTES]), "empty_file 1:1");
}

#[test]
fn bidi_controls_and_invisible_characters_are_refused() {
    let title = |hidden: &str| LEAST.replace("title: A case", &format!("title: 中文{hidden}"));
    for hidden in ["\u{202e}", "\u{2066}", "\u{202a}"] {
        assert_eq!(first(title(hidden).as_bytes()), "bidi_control 3:10", "{hidden:?}");
    }
    for hidden in ["\0", "\u{1b}", "\u{7f}", "\u{9b}", "\u{ffff}"] {
        assert_eq!(first(title(hidden).as_bytes()), "control_character 3:10", "{hidden:?}");
    }
    // Written as an escape, it hides from whoever searches the file's bytes.
    assert_eq!(first(title("").replace("中文", "\"中\\u202e文\"").as_bytes()), "bidi_control 3:8");
    assert_eq!(first(title("").replace("中文", "\"\\0\"").as_bytes()), "control_character 3:8");
}

#[test]
fn wrong_encodings_are_named() {
    let utf16 =
        |bom: &[u8], bytes: fn(u16) -> [u8; 2]| [bom.to_vec(), LEAST.encode_utf16().flat_map(bytes).collect()].concat();
    for (bytes, expected) in [
        (utf16(&[0xff, 0xfe], u16::to_le_bytes), "not_utf8 1:1"),
        (utf16(&[0xfe, 0xff], u16::to_be_bytes), "not_utf8 1:1"),
        (utf16(&[], u16::to_le_bytes), "not_utf8 1:1"),
        (utf16(&[], u16::to_be_bytes), "not_utf8 1:1"),
        (LEAST.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(), "control_character 1:2"),
        // 标题 in GBK.
        (LEAST.replace("A case", "ABCD").replace("ABCD", "").into_bytes(), "not_text 3:6"),
        ([b"muster: 1\r\ntitle: ".as_slice(), &[0xb1, 0xea, 0xcc, 0xe2]].concat(), "not_utf8 2:8"),
        (b"muster: 1\ntitle: \xc0\x80".to_vec(), "not_utf8 2:8"),
    ] {
        assert_eq!(first(&bytes), expected);
    }
}

#[test]
fn a_byte_order_mark_of_utf8_is_read_over() {
    let text = format!("\u{feff}{LEAST}");
    assert_eq!(found(&text), [""; 0]);
    assert_eq!(found(&text.replace("muster: 1", "muster: 2")), ["unsupported_version 1:9+1"]);
}

#[test]
fn anchors_aliases_merges_tags_directives_and_second_documents_are_refused() {
    for (from, to, expected) in [
        ("title: A case", "title: &t A case", vec!["anchor 3:8+2"]),
        ("title: A case", "title: *t", vec!["alias 3:8+2"]),
        ("# HEAD", "<<: { cause: system }", vec!["merge_key 4:1+2"]),
        ("title: A case", "title: !!str A case", vec!["tag 3:8+6"]),
        ("title: A case", "title: ! A case", vec!["tag 3:8+2"]),
        ("# HEAD", "? [a]\n: b", vec!["key_not_text 4:3+3"]),
        ("# POST", "---\nmuster: 1", vec!["several_documents 13:1+3"]),
    ] {
        assert_eq!(found(&LEAST.replace(from, to)), expected, "{to}");
    }
    assert_eq!(found(&format!("%YAML 1.1\n---\n{LEAST}")), ["directive 1:1+1"]);
    assert_eq!(found(&format!("---\n{LEAST}")), [""; 0]);
    assert_eq!(found(""), ["empty_file 1:1+1"]);
    assert_eq!(found("# nothing\n"), ["empty_file 1:1+1"]);
}

#[test]
fn all_faults_of_the_writing_are_reported_at_once() {
    let text = LEAST.replace("title: A case", "title: &t A case\nid: b\nsummary: *t\ncause: !!str system\nbogus: 1");
    assert_eq!(found(&text), ["anchor 3:8+2", "duplicate_key 4:1+2", "alias 5:10+2", "tag 6:8+6", "unknown_key 7:1+5"]);
}

#[test]
fn a_syntax_error_is_told_with_what_to_do() {
    for (from, to, place, help) in [
        (
            "title: A case",
            "title: A: case",
            "syntax 3:9",
            "quote text that contains `: `, and see that the line is indented like its neighbours",
        ),
        ("task: three\n# POST\n", "task: 'three", "syntax 12:11", "close the quotation"),
        ("  - task: one", "\t- task: one", "syntax 6:2", "indent with spaces"),
        ("title: A case", "title: @case", "syntax 3:8", "quote text that starts with this character"),
    ] {
        let text = LEAST.replace(from, to);
        assert_eq!(first(text.as_bytes()), place, "{to}");
        assert_eq!(check(text.as_bytes()).problems[0].help.as_deref(), Some(help), "{to}");
    }
}

#[test]
fn only_yaml_1_2_has_booleans_here_and_older_readers_are_thought_of() {
    // To YAML 1.2 these are text; to YAML 1.1 some are not.
    for (written, warned) in [
        ("no", true),
        ("On", true),
        ("y", true),
        ("12:30", true),
        ("2026-11-02", true),
        ("1_000", true),
        ("nope", false),
    ] {
        let expected = if warned { vec![format!("yaml_1_1 3:8+{}", written.len())] } else { Vec::new() };
        let text = LEAST.replace("A case", written);
        assert_eq!(found(&text), expected, "{written}");
        assert!(check(text.as_bytes()).runbook.is_some(), "{written}");
        assert_eq!(found(&LEAST.replace("A case", &format!("\"{written}\""))), [""; 0]);
    }
    assert_eq!(found(&LEAST.replace("  - task: one", "  - { task: one, title: Why? }")), ["yaml_1_1 6:25+4"]);
    assert_eq!(found(&LEAST.replace("  - task: one", "  - { task: one, title: 为什么？ }")), [""; 0]);
}

#[test]
fn a_flood_of_mistakes_is_answered_in_time() {
    let keys = (0..50_000).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "key{n}: 1");
        text
    });
    assert_eq!(first(keys.as_bytes()), "unknown_key 1:1");
    let components: Vec<_> = (0..50_000).map(|n| format!("c{n}")).collect();
    let roles = (0..5_000).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "  - task: t{n}\n    role: rloe{n}\n    when: outcomes.t{n}x == 'done'");
        text
    });
    let text = LEAST.replace("# PRE\n", &roles).replace("# HEAD", &format!("components: [{}]", components.join(", ")));
    assert_eq!(first(text.as_bytes()), "unknown_role 8:11");
    let locales: Vec<_> = (0..500).map(|n| format!("en-x{n}")).collect();
    assert_eq!(
        first(LEAST.replace("# HEAD", &format!("locales: [{}]", locales.join(", "))).as_bytes()),
        "too_many 4:10"
    );
    let levels: String = (0..21).fold(String::new(), |text, n| text + &format!("  s{n}: {{}}\n"));
    assert_eq!(first(LEAST.replace("# HEAD", &format!("severities:\n{levels}")).as_bytes()), "too_many 5:3");
}
