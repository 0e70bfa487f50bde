//! Words and moments in both languages, and that every template of every face can be read.

mod spoken;

use super::{Language, Views};
use crate::clock::Clock;
use crate::settings::{Overrides, load};
use serde_json::json;

fn settings(templates: &std::path::Path) -> crate::settings::Settings {
    let config = templates.parent().expect("a folder above").join("muster.toml");
    std::fs::write(&config, "templates = \"templates\"\ntimezone = \"Asia/Shanghai\"\n").expect("a writable folder");
    let overrides = Overrides { config: Some(config), ..Overrides::default() };
    load(templates, &overrides).expect("sound settings")
}

fn views(files: &[(&str, &str)]) -> Result<Views, super::Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let templates = folder.path().join("templates");
    std::fs::create_dir_all(templates.join("console/words")).expect("folders");
    for (name, text) in files {
        std::fs::write(templates.join("console").join(name), text).expect("a writable folder");
    }
    let clock = Clock::virtual_at("2026-11-22T03:00:00Z".parse().expect("a moment"), 1);
    Views::load(&settings(&templates), &clock, "console")
}

#[test]
fn what_comes_with_muster_can_be_read() {
    views(&[]).expect("sound templates and words");
}

#[test]
fn a_page_speaks_its_readers_language() {
    let files = [
        (
            "words/own.yaml",
            "own.steps: { en: '{n} steps for {who}', one: '{n} step for {who}', zh-Hans: '{who} 有 {n} 步' }\n",
        ),
        ("own.html.hbs", "{{t \"own.steps\" n=count who=who}} {{due at}} {{at at}} {{md note}}"),
    ];
    let views = views(&files).expect("sound");
    let data =
        json!({ "count": 1, "who": "<Dana>", "at": "2026-11-22T02:58:30.000Z", "note": "*now* <script>x</script>" });
    let [english, chinese] = Language::ALL.map(|language| views.render("own", language, &data).expect("a page"));
    insta::assert_snapshot!(english, @r#"1 step for &lt;Dana&gt; <time datetime="2026-11-22T02:58:30.000Z" class="due late" data-at="10:58">1 min 30 s late</time> <time datetime="2026-11-22T02:58:30.000Z">10:58</time> <p><em>now</em> <!-- raw HTML omitted -->x<!-- raw HTML omitted --></p>"#);
    insta::assert_snapshot!(chinese, @r#"&lt;Dana&gt; 有 1 步 <time datetime="2026-11-22T02:58:30.000Z" class="due late" data-at="10:58">已超时 1 分钟 30 秒</time> <time datetime="2026-11-22T02:58:30.000Z">10:58</time> <p><em>now</em> <!-- raw HTML omitted -->x<!-- raw HTML omitted --></p>"#);
}

#[test]
fn what_cannot_be_read_is_named() {
    let told = |files: &[(&str, &str)]| views(files).expect_err("unsound").to_string();
    let twice = [("words/a.yaml", "own.a: { en: a, zh-Hans: b }"), ("words/b.yaml", "own.a: { en: c, zh-Hans: d }")];
    assert!(told(&twice).contains("`own.a` stands in another file"));
    assert!(told(&[("words/own.yaml", "own.a: { en: only English }")]).contains("words/own.yaml"));
    assert_eq!(told(&[("own.html.hbs", "{{#if x}}")]), "failed to read the template `own.html.hbs`");
}

#[test]
fn a_full_width_mark_brings_its_own_space() {
    let files = [
        ("words/own.yaml", "own.by: { en: 'by:', zh-Hans: '由：' }\nown.at: { en: at, zh-Hans: 在 }\n"),
        ("own.html.hbs", "{{t \"own.by\"}} <b>{{who}}</b> {{t \"own.at\"}} {{t \"own.by\"}}\n{{who}}: {{who}}"),
    ];
    let views = views(&files).expect("sound");
    let [english, chinese] =
        Language::ALL.map(|language| views.render("own", language, &json!({ "who": "Li" })).expect("a page"));
    assert_eq!(english, "by: <b>Li</b> at by:\nLi: Li");
    assert_eq!(chinese, "由：<b>Li</b> 在 由：\nLi: Li");
}

#[test]
fn words_of_ones_own_go_before_and_need_be_no_more_than_those() {
    // A copy of an older version: one key that has moved to another file since, one that nothing says any more.
    let older = "time.ago: { en: '{span} earlier', zh-Hans: '{span}前' }\nlong.gone: { en: a, zh-Hans: b }\n";
    let views =
        views(&[("words/older.yaml", older), ("own.html.hbs", "{{t \"time.ago\" span=1}}, {{t \"home.start\"}}")]);
    let read = views.expect("sound").render("own", Language::English, &json!({})).expect("a page");
    assert_eq!(read, "1 earlier, Start an incident");
}

#[test]
fn a_page_of_an_older_version_does_not_take_the_shipped_one_along() {
    let views = views(&[("_hidden.html.hbs", "{{gone}}")]).expect("sound");
    let data = json!({ "page": { "key": "k" }, "back": "/", "id": "lead", "command": "done", "early": false });
    let misfit = views.render("_hidden", Language::English, &data).expect_err("it does not fit");
    assert!(misfit.to_string().contains("`_hidden`"), "{misfit}");
    let shipped = views.render_shipped("_hidden", Language::English, &data).expect("the shipped one");
    assert!(shipped.contains("value=\"k\""), "{shipped}");
}
