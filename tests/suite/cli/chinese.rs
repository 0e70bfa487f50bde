//! The same, read in Chinese: nothing of the interface's own stays English.

use super::environment::TestEnvironment;

#[test]
fn a_reader_of_chinese_reads_chinese() {
    let environment = TestEnvironment::begun();
    let told: Vec<String> = ["", "done take_lead", "show", "timeline", "coverage", "notice draft first_notice"]
        .into_iter()
        .map(|line| {
            let ran = environment.run(&format!("--locale zh-Hans {line}"));
            format!("$ muster {line}\n{}{}", ran.stdout, ran.stderr)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"");
}

#[test]
fn refusals_and_mistakes_are_told_in_chinese() {
    let environment = TestEnvironment::begun();
    let told: Vec<String> =
        ["done take_laed", "done first_notice", "skip take_lead", "answer recent_change changed", "show INC-7", "shwo"]
            .into_iter()
            .map(|line| format!("$ muster {line}\n{}", environment.run(&format!("--locale zh-Hans {line}")).refusal()))
            .collect();
    insta::assert_snapshot!(told.join("\n"), @"");
}

#[test]
fn the_terminals_language_counts_where_the_settings_name_none() {
    let environment = TestEnvironment::new();
    let settings = std::fs::read_to_string(environment.path().join("muster.toml")).expect("the settings");
    environment.write("muster.toml", &settings.replace("locale = \"en\"\n", ""));
    let ran = environment.with("list", &[("LANG", "zh_CN.UTF-8")]);
    assert_eq!(ran.stdout, "当前没有处理中的事件。\n");
    assert_eq!(environment.run("list").stdout, "No incident is open.\n");
}

#[test]
fn help_is_there_in_chinese() {
    let environment = TestEnvironment::empty();
    let help = environment.run("notice send --help --locale zh-Hans").stdout;
    assert!(help.contains("用法：") && help.contains("收件方数量"), "{help}");
}
