//! Settings read, refused and found.

use std::fmt::Write;
use std::path::Path;

use super::example::example;
use super::read::{FILE_NAME, parse, read};
use super::{Error, OnUnknown, Operation, Overrides, Relay, SecretSource, Security, StoreUrl, load};
use crate::locale::Locale;

/// The problems of a text, one line each: place, code, message, help.
fn problems(text: &str) -> String {
    let Err(problems) = parse(text, Path::new("/etc/muster")) else { return "none".into() };
    let mut lines = String::new();
    for problem in problems {
        let (line, column) = (problem.place.line, problem.place.column);
        write!(lines, "{line}:{column} {}: {}", problem.code, problem.message).expect("a line");
        if let Some(help) = problem.help {
            write!(lines, " ({help})").expect("a line");
        }
        lines.push('\n');
    }
    lines
}

#[test]
fn a_whole_file_is_read_with_paths_relative_to_it() {
    let text = r#"
store = "sqlite:data/muster.db"
locale = "zh-Hans"
timezone = "Asia/Shanghai"
[mail]
relay = "smtp+starttls://mail.example.com:2587"
username = "status"
password_file = "smtp-password"
from = "示例 <status@example.com>"
sessions = 4
per_second = 50
on_unknown = "hold"
[page]
title = "Example Status"
url = "https://status.example.com/"
contact = "400-000-0000"
[page.components]
crm = "客户中心"
withdrawals = { en = "Withdrawals", zh-Hans = "出金" }
[people.dana]
email = "dana@example.com"
roles = ["lead", "product"]
reach = ["ops", "mail"]
[webhooks.ops]
kind = "wecom"
url_env = "OPS_URL"
audience = "staff"
[outbound]
allow = ["127.0.0.0/8", "fd00::/8", "10.0.0.1"]
[actions.rollback]
command = ["bin/rollback", "{facts.region}"]
timeout = "1m 30s"
[probes.up]
http = { url = "https://example.com/health", expect = "body.ok == true && status == 200" }
"#;
    let settings = parse(text, Path::new("/etc/muster")).expect("settings");
    assert_eq!(settings.store, StoreUrl::Sqlite("/etc/muster/data/muster.db".into()));
    assert_eq!(settings.locale, Locale::chinese());
    assert_eq!(settings.timezone, chrono_tz::Asia::Shanghai);
    let relay = Relay::Smtp { host: "mail.example.com".into(), port: 2587, security: Security::StartTls };
    assert_eq!(settings.mail.relay, relay);
    assert_eq!(settings.mail.password, Some(SecretSource::File("/etc/muster/smtp-password".into())));
    assert_eq!((settings.mail.sessions, settings.mail.per_second), (4, 50));
    assert_eq!(settings.mail.on_unknown, OnUnknown::Hold);
    assert_eq!(settings.page.url.as_deref(), Some("https://status.example.com"));
    let called = |id, locale| settings.page.component(id, &locale).to_owned();
    assert_eq!(called("withdrawals", Locale::english()), "Withdrawals");
    assert_eq!(called("withdrawals", Locale::chinese()), "出金");
    assert_eq!(
        (called("crm", Locale::english()).as_str(), called("tags", Locale::english()).as_str()),
        ("客户中心", "tags")
    );
    assert_eq!(settings.people["dana"].name, "dana");
    assert_eq!(settings.webhooks["ops"].audience, ["staff"]);
    let Operation::Command(argv) = &settings.actions["rollback"].operation else { panic!("not a command") };
    assert_eq!(argv, &["/etc/muster/bin/rollback", "{facts.region}"]);
    assert_eq!(settings.actions["rollback"].timeout.as_secs(), 90);
    assert_eq!(settings.probes["up"].expect_status, 200);
}

#[test]
fn an_empty_file_is_practice_beside_it() {
    let settings = parse("", Path::new("/etc/muster")).expect("settings");
    assert_eq!(settings.store, StoreUrl::Sqlite("/etc/muster/muster.db".into()));
    assert_eq!(settings.mail.relay, Relay::Folder("/etc/muster/outbox".into()));
    assert_eq!((settings.mail.sessions, settings.mail.per_second), (8, 200));
    assert_eq!(settings.mail.on_unknown, OnUnknown::Resend);
    assert!(settings.outbound_allow.is_empty());
}

#[test]
fn every_problem_is_reported_with_its_place() {
    insta::assert_snapshot!(problems(
        r#"
stoer = "sqlite:muster.db"
store = "mysql://db"
locale = "english!"
timezone = "Asia/Shangai"
runbooks = "no-such-folder"
[mail]
relay = "smpt://mail.example.com"
from = "status"
sessions = 0
on_unknown = "resent"
"中文" = 1
[people.dana]
roles = ["Lead"]
reach = ["ops2", "mail"]
[webhooks.ops]
kind = "wechat"
url_env = "OPS_URL"
[outbound]
allow = ["10.0.0.0/33", "internal"]
[actions.a]
command = "rm -rf /"
timeout = "soon"
[probes.p]
http = { url = "ftp://example.com", expect = "reply.ok" }
"#
    ), @r###"
2:1 unknown_key: `stoer` is not a setting (did you mean `store`?)
3:9 invalid_value: `store` is not a store's URL (write `store = "sqlite:muster.db"`, or `store = "postgres://USER@HOST/DATABASE"`)
4:10 invalid_value: `english!` is not a language tag such as `en` or `zh-Hans`
5:12 invalid_value: `Asia/Shangai` is not a time zone (write it as in `Asia/Shanghai` or `UTC`)
6:12 no_such_folder: `runbooks` names the folder `no-such-folder`, which is not there (create it, or leave `runbooks` out to use what comes with Muster)
8:9 invalid_value: `smpt` is not a way to reach a relay (write `smtp+starttls://HOST:587`, `smtps://HOST:465`, `smtp://HOST:25` or `file:FOLDER`)
9:8 invalid_value: `status` is not a mail address (write it as in `Example Status <status@example.com>`)
10:12 invalid_value: `mail.sessions` must be between 1 and 256
11:14 invalid_value: `resent` is not a value of `on_unknown` (did you mean `resend`?)
12:1 unknown_key: `mail.中文` is not a setting (known here: relay, username, password_env, password_file, from, sessions, per_second, on_unknown)
14:10 invalid_value: `Lead` is not a role's id (ids are lowercase, as in `lead`)
15:10 unknown_reference: no webhook is called `ops2` (did you mean `ops`?)
15:18 missing_key: `people.dana` is reached by mail but has no `email` (add `email`, or take `mail` out of `reach`)
17:8 invalid_value: `wechat` is not a value of `kind` (one of standard, slack, teams, feishu, dingtalk, wecom)
20:10 invalid_value: `10.0.0.0/33` is not a range of addresses (write it as in `10.0.0.0/8` or `fd00::/8`)
20:25 invalid_value: `internal` is not a range of addresses (write it as in `10.0.0.0/8` or `fd00::/8`)
22:11 wrong_type: `actions.a.command` must be a list: a program and its arguments (no shell reads it, so write `command = ["/opt/ops/rollback", "--now"]`)
23:11 invalid_value: `soon` is not a duration (write it as in `90s`, `5m` or `1h 30m`)
25:16 invalid_value: `url` is not an address that can be called (write it in full, as in `https://example.com/hook`)
25:46 invalid_value: `expect` speaks of `reply`, which is unknown here (it speaks of `status` and `body`, as in `body.ok == true`)
"###);
}

#[test]
fn a_secret_itself_is_refused() {
    insta::assert_snapshot!(problems(
        r#"
[mail]
relay = "smtp://status:hunter2@mail.example.com"
password = "hunter2"
[webhooks.a]
kind = "feishu"
url = "https://open.feishu.cn/open-apis/bot/v2/hook/0000"
secret = "hunter2"
[webhooks.b]
kind = "wecom"
url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000"
[webhooks.c]
kind = "dingtalk"
url_env = "https://oapi.dingtalk.com/robot/send?access_token=0000"
[actions.x]
http = { url = "https://example.com/", headers = { Authorization = "Bearer hunter2" } }
[actions.y]
http = { url = "https://example.com/", headers = { Authorization = "Bearer {env.DEPLOY_TOKEN}" } }
"#
    ), @r###"
3:9 secret_in_settings: `relay` holds a user or password in its address (put the name into `username`, and the password into an environment variable named in `password_env`)
4:1 secret_in_settings: `mail.password` would put a secret into this file (keep it in an environment variable and name that in `password_env`, or in a file named in `password_file`)
7:7 secret_in_settings: `url` is an address that is itself a secret: whoever has it can post (keep it in an environment variable and name that in `url_env`)
8:1 secret_in_settings: `webhooks.a.secret` would put a secret into this file (keep it in an environment variable and name that in `secret_env`, or in a file named in `secret_file`)
11:7 secret_in_settings: `url` is an address that is itself a secret: whoever has it can post (keep it in an environment variable and name that in `url_env`)
14:11 secret_in_settings: this is not the name of an environment variable (write the variable's name here, as in `MUSTER_SMTP_PASSWORD`, and the secret into the variable)
16:68 secret_in_settings: `actions.x.http.headers.Authorization` would put a secret into this file (keep the secret in an environment variable and write `{env.NAME}` where it belongs)
"###);
}

#[test]
fn passwords_in_the_clear_are_explained() {
    insta::assert_snapshot!(problems(
        "[mail]\nrelay = \"smtp://mail.example.com\"\nusername = \"status\"\npassword_env = \"SMTP\"\n"
    ), @r###"
1:2 missing_key: `mail` has no `from` (say who notices come from: `from = "Example Status <status@example.com>"`)
2:1 password_in_the_clear: the password would cross the network unencrypted (use `smtp+starttls://` or `smtps://`)
"###);
    assert_eq!(
        problems(
            "[mail]\nrelay = \"smtp://127.0.0.1:25\"\nfrom = \"a@example.com\"\nusername = \"u\"\npassword_env = \"P\"\n"
        ),
        "none"
    );
}

#[test]
fn what_is_not_toml_says_where() {
    insta::assert_snapshot!(problems("store = \"sqlite:muster.db\"\n[mail\nrelay = 1\nstore = \"twice\"\n"), @r###"
2:6 syntax: this is not TOML: unclosed table, expected `]`
4:1 syntax: this is not TOML: duplicate key
"###);
}

#[test]
fn the_relays_forms_are_read() {
    let relay = |written: &str| {
        let text = format!("[mail]\nrelay = \"{written}\"\nfrom = \"a@example.com\"\n");
        parse(&text, Path::new("/m")).map(|settings| settings.mail.relay).ok()
    };
    let smtp = |host: &str, port, security| Some(Relay::Smtp { host: host.into(), port, security });
    assert_eq!(relay("smtp://h"), smtp("h", 25, Security::Plain));
    assert_eq!(relay("smtp+starttls://h"), smtp("h", 587, Security::StartTls));
    assert_eq!(relay("smtps://h:4465/"), smtp("h", 4465, Security::ImplicitTls));
    assert_eq!(relay("smtp://[::1]:2525"), smtp("::1", 2525, Security::Plain));
    assert_eq!(relay("file:out"), Some(Relay::Folder("/m/out".into())));
    assert_eq!(relay("file:///var/out"), Some(Relay::Folder("/var/out".into())));
    for bad in ["smtp://", "smtp://h:0", "smtp://h:99999", "smtp://h/x", "http://h", "h:25", "file:"] {
        assert_eq!(relay(bad), None, "{bad}");
    }
}

#[test]
fn the_example_is_valid_as_it_stands_and_without_its_comment_signs() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["runbooks", "templates"] {
        std::fs::create_dir(folder.path().join(name)).expect("a folder");
    }
    for locale in [Locale::english(), Locale::chinese()] {
        let text = example(&locale);
        assert!(parse(&text, folder.path()).is_ok(), "{:?}", parse(&text, folder.path()).err());
        let settings = |line: &str| line.starts_with("# [") || (line.starts_with("# ") && line.contains(" = "));
        let full: Vec<&str> =
            text.lines().map(|line| if settings(line) { line.trim_start_matches("# ") } else { line }).collect();
        let full = parse(&full.join("\n"), folder.path()).expect("every commented setting is a valid one");
        assert_eq!(full.locale, locale);
        assert_eq!((full.people.len(), full.webhooks.len(), full.actions.len(), full.probes.len()), (1, 1, 1, 1));
    }
}

#[test]
fn settings_are_found_above_and_one_that_was_named_must_be_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let below = folder.path().join("a/b");
    std::fs::create_dir_all(&below).expect("folders");
    let file = folder.path().join(FILE_NAME);
    std::fs::write(&file, "locale = \"zh-Hans\"\n").expect("a file");
    let found = load(&below, &Overrides::default()).expect("settings");
    assert_eq!(found.file.as_deref(), Some(file.as_path()));
    assert_eq!(found.store, StoreUrl::Sqlite(folder.path().join("muster.db")));
    let given = Overrides { store: Some("sqlite:x.db".into()), locale: Some("en".into()), ..Overrides::default() };
    let found = load(&below, &given).expect("settings");
    assert_eq!(found.store, StoreUrl::Sqlite(below.join("x.db")));
    assert_eq!(found.locale, Locale::english());
    let missing = Overrides { config: Some("nowhere.toml".into()), ..Overrides::default() };
    assert!(matches!(load(&below, &missing), Err(Error::Unreadable { .. })));
    std::fs::write(&file, b"\xff\xfe").expect("a file");
    assert!(matches!(read(&file), Err(Error::Unreadable { .. })), "what is not UTF-8 is an error, not a crash");
}
