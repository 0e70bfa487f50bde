//! Template faults, each with the outcome promised for it: an error with its place, before anything is sent.

use insta::assert_snapshot;

use super::*;
use crate::notice::fixture::{Draft, runbook, templates};
use crate::runbook::Status;

/// A notice's file around a body; the body begins on line 6.
fn file(body: &str) -> String {
    format!("---\nsubject: [{{{{status}}}}] {{{{title}}}}\npreheader: a\nshort: b\n---\n{body}")
}

fn found(source: &str) -> String {
    let problems = check_template("update.en.md.hbs", source, &templates(), Some(&runbook()));
    let line = |problem: &Problem| {
        let place = problem.place;
        format!("{}:{} {}: {}", place.line, place.column, problem.code, problem.message)
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_shipped_template_is_sound() {
    let templates = templates();
    for (file, source) in &templates.sources {
        assert_eq!(check_template(file, source, &templates, Some(&runbook())), [], "{file}");
    }
    for name in templates.names() {
        assert_eq!(templates.locales(&name).len(), 2, "{name}");
    }
}

#[test]
fn an_undefined_name_is_an_error_with_its_place_also_inside_if() {
    for (body, problems) in [
        ("{{impcat}}", "6:3 unknown_name: `impcat` is not something a notice knows"),
        ("a\n中文 {{#if impcat}}x{{/if}}", "7:10 unknown_name: `impcat` is not something a notice knows"),
        (
            "{{#if impact}}x{{else if wrokaround}}y{{/if}}",
            "6:26 unknown_name: `wrokaround` is not something a notice knows",
        ),
        ("{{#unless (eq impact nothing)}}x{{/unless}}", "6:22 unknown_name: `nothing` is not something a notice knows"),
        ("{{facts.region}} {{facts.regoin}}", "6:20 unknown_name: `facts.regoin` is not something a notice knows"),
        (
            "{{#each components}}{{this}} {{title}}{{@root.title}}{{@index}}{{/each}}",
            "6:32 unknown_name: `title` is not something a notice knows",
        ),
        (
            "{{#each components as |one|}}{{one}} {{two}}{{/each}}",
            "6:40 unknown_name: `two` is not something a notice knows",
        ),
        (
            "{{#with facts}}{{region}} {{impact.x}}{{/with}}",
            "6:29 unknown_name: `impact.x` is not something a notice knows",
        ),
        ("{{@index}}", "6:3 unknown_name: `@index` means something only inside `each`"),
    ] {
        assert_eq!(found(&file(body)), problems, "{body}");
    }
}

#[test]
fn facts_are_checked_against_a_runbook_where_there_is_one() {
    let source = file("{{facts.anything}}");
    assert_eq!(check_template("update.en.md.hbs", &source, &templates(), None), []);
    assert_eq!(found(&source), "6:3 unknown_name: `facts.anything` is not something a notice knows");
}

#[test]
fn what_a_template_must_not_do_is_refused_with_its_place() {
    let cases = [
        "{{#each components}}{{../title}}{{/each}}",
        "{{lookup facts impact}}",
        "{{*inline}}",
        "{{#*inline \"x\"}}a{{/inline}}",
        "{{> (lookup facts impact)}}",
        "{{> promise title=impact}}",
        "{{> nowhere}}",
        "{{#> promise}}a{{/promise}}",
        "{{{impact}}}",
        "{{&impact}}",
        "{{shout impact}}",
        "{{{{raw}}}}{{x}}{{{{/raw}}}}",
        "a {{#if impact}} b",
        "a {{impact",
        "{{#if impact}}a{{/each}}",
        "{{#impact}}a{{/impact}}",
    ];
    let told: Vec<String> = cases.iter().map(|body| format!("{body}\n    {}", found(&file(body)))).collect();
    assert_snapshot!(told.join("\n"), @r#"
    {{#each components}}{{../title}}{{/each}}
        6:23 parent_path: `../` is not supported
    {{lookup facts impact}}
        6:3 lookup: `lookup` is not supported: its names cannot be checked
    {{*inline}}
        6:1 decorator: decorators (`{{*…}}`) are not supported
    {{#*inline "x"}}a{{/inline}}
        6:1 decorator: decorators (`{{*…}}`) are not supported
    {{> (lookup facts impact)}}
        6:1 dynamic_partial: a piece must be named, not computed
    {{> promise title=impact}}
        6:1 dynamic_partial: a piece takes no arguments and no block
    {{> nowhere}}
        6:5 unknown_partial: there is no piece `nowhere` in this language
    {{#> promise}}a{{/promise}}
        6:1 dynamic_partial: a piece takes no arguments and no block
    {{{impact}}}
        6:1 unescaped: a value may not go in unescaped
    {{&impact}}
        6:1 unescaped: a value may not go in unescaped
    {{shout impact}}
        6:3 unknown_helper: unknown helper `shout`
    {{{{raw}}}}{{x}}{{{{/raw}}}}
        6:1 raw_block: raw blocks (`{{{{`) are not supported
    a {{#if impact}} b
        6:3 unclosed_block: `{{#if …}}` is never closed
    a {{impact
        6:3 unclosed_tag: `{{` is never closed with `}}`
    {{#if impact}}a{{/each}}
        6:16 template_syntax: `{{/each}}` closes a block that `{{#if …}}` opened
    {{#impact}}a{{/impact}}
        6:4 unknown_helper: `impact` opens a block without saying of what
    "#);
}

#[test]
fn runaway_nesting_and_loops_never_reach_the_parser() {
    let nested = |depth: usize| format!("{}x{}", "{{#if impact}}".repeat(depth), "{{/if}}".repeat(depth));
    assert_eq!(found(&file(&nested(16))), "");
    for deep in
        [nested(17), nested(3_000), format!("{{{{#if {}a{}}}}}x{{{{/if}}}}", "(not ".repeat(2_000), ")".repeat(2_000))]
    {
        assert!(found(&file(&deep)).contains("nested_too_deep"));
    }
    let loops = format!("{}x{}", "{{#each @root.components}}".repeat(3), "{{/each}}".repeat(3));
    assert_eq!(found(&file(&loops)), "6:53 nested_too_deep: loops nest more than 2 deep");
    let large = file(&"x".repeat(70_000));
    assert!(found(&large).contains("template_too_large"));
}

#[test]
fn a_piece_that_includes_itself_is_refused() {
    let mut sources = templates().sources;
    sources.insert("_a.en.md.hbs".to_owned(), "{{> b}}".to_owned());
    sources.insert("_b.en.md.hbs".to_owned(), "{{> a}}".to_owned());
    let templates = Templates::new(sources);
    let problems = check_template("update.en.md.hbs", &file("{{> a}}"), &templates, None);
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["recursive_partial"]);
}

#[test]
fn front_matter_is_read_key_by_key() {
    let cases = [
        "no front matter",
        "---\nsubject: [{{status}}] {{title}}\n",
        "---\nsubject: [{{status}}] {{title}}\npreheader: a\nshort: b\nbcc: everyone@example.com\n---\nx",
        "---\nsubject: [{{status}}] {{title}}\nsubject: b\npreheader:\nshort\n---\nx",
        "---\nsubject: {{titel}}\npreheader: a\nshort: \"b {{impcat}}\"\n---\nx",
        "---\nsubject: News\npreheader: a\nshort: 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一\n---\nx",
    ];
    let told: Vec<String> = cases.iter().map(|source| found(source)).collect();
    assert_snapshot!(told.join("\n\n"), @r"
    1:1 front_matter: the file does not begin with `---` and its front matter

    1:1 front_matter: the front matter is not closed with `---`
    1:1 front_matter: the front matter has no `preheader`
    1:1 front_matter: the front matter has no `short`

    5:1 front_matter: unknown key `bcc`

    1:1 front_matter: the front matter has no `short`
    3:1 front_matter: `subject` stands twice
    4:1 front_matter: `preheader` is empty
    5:1 front_matter: not a line of the form `key: value`

    2:10 subject_breaks_thread: the subject changes by more than its prefix, so mail programs break the thread
    2:12 unknown_name: `titel` is not something a notice knows
    4:13 unknown_name: `impcat` is not something a notice knows

    2:10 subject_breaks_thread: the subject changes by more than its prefix, so mail programs break the thread
    4:8 short_too_long: `short` has 71 characters before any value, more than 70
    ");
}

#[test]
fn a_template_that_omits_what_its_status_owes_is_refused() {
    let mut draft = Draft::of(Status::Investigating).first_facts();
    let mut sources = draft.templates.sources.clone();
    sources.insert(
        "investigating.en.md.hbs".to_owned(),
        file("{{impact}} {{since}} {{affected}} {{unaffected}} {{contact}}"),
    );
    draft.templates = Templates::new(sources);
    let problems = draft.compose().problems;
    let told: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(told, ["the template never shows `workaround`", "the template never shows `next_update`"]);
}

#[test]
fn a_rendering_that_grows_without_end_is_stopped() {
    let mut draft = Draft::of(Status::Investigating).first_facts();
    draft.runbook.components = vec!["component".repeat(20); 600];
    let mut sources = draft.templates.sources.clone();
    let grows = "{{#each components}}{{#each @root.components}}{{this}}{{/each}}{{/each}}";
    let shows = "{{impact}} {{since}} {{affected}} {{unaffected}} {{workaround}} {{next_update}} {{contact}}";
    sources.insert("investigating.en.md.hbs".to_owned(), file(&format!("{shows} {grows}")));
    draft.templates = Templates::new(sources);
    let problems = draft.compose().problems;
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["template_failed"]);
    assert!(problems[0].message.contains("grows past"), "{}", problems[0].message);
}

#[test]
fn a_broken_layout_is_found_before_anything_is_rendered() {
    let told = |source: &str| {
        let problems = check_template("layout.html.hbs", source, &Templates::default(), None);
        problems.iter().map(|p| format!("{} {}", p.code, p.message)).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(told("{{{body}}}{{lang}}"), "");
    assert_eq!(told("{{{title}}}"), "unescaped a value may not go in unescaped");
    assert_eq!(told("{{body}}{{impact}}"), "unknown_name `impact` is not something a notice knows");
}

proptest::proptest! {
    #[test]
    fn no_template_makes_the_check_panic(source in "(\\{\\{[#/>&*~^!]?|\\}\\}|\\{\\{else|if |each |impact|\\.\\./|[\\(\\)\\[\\]\"'|=@. \n]|[a-z中]){0,30}") {
        let _ = found(&file(&source));
    }
}
