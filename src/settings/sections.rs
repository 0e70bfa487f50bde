//! The sections of `muster.toml`, each read into its type with its defaults.

use std::path::Path;
use std::time::Duration;

use indexmap::IndexMap;

use super::reader::{Reader, Refused, Section, Written, nearest};
use super::{
    Action, Console, HttpCall, Mail, OnUnknown, Operation, Person, Probe, Relay, SecretSource, Security, UrlSource,
    Webhook, WebhookKind, address,
};

/// How long an action or a probe may take unless the settings say otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Who mail comes from while it only goes to a folder.
const PRACTICE_FROM: &str = "Muster <muster@localhost>";

/// The mail settings that hold where none are written: a folder of `.eml` files.
pub(super) fn practice_mail(outbox: std::path::PathBuf) -> Mail {
    Mail {
        relay: Relay::Folder(outbox),
        username: None,
        password: None,
        from: PRACTICE_FROM.to_owned(),
        sessions: 8,
        per_second: 200,
        on_unknown: OnUnknown::Resend,
    }
}

pub(super) fn mail<'i>(reader: &mut Reader<'i>, root: &Section<'_, 'i>, folder: &Path) -> Mail {
    const KNOWN: [&str; 8] =
        ["relay", "username", "password_env", "password_file", "from", "sessions", "per_second", "on_unknown"];
    let mut mail = practice_mail(folder.join("outbox"));
    let Some((table, span)) = reader.table(root, "mail") else { return mail };
    let section = reader.section("mail", span, table, &KNOWN);
    if let Some(relay) = reader.parsed(&section, "relay", |written| address::relay(written, folder)) {
        mail.relay = relay;
    }
    mail.username = reader.text(&section, "username").map(|written| written.value);
    mail.password = secret(reader, &section, "password", folder);
    match reader.parsed(&section, "from", mailbox) {
        Some(from) => mail.from = from,
        None if !section.has("from") && matches!(mail.relay, Relay::Smtp { .. }) => {
            reader.missing(
                &section,
                "from",
                "say who notices come from: `from = \"Example Status <status@example.com>\"`",
            );
        }
        None => {}
    }
    if let Some(sessions) = reader.number(&section, "sessions", 1..257) {
        mail.sessions = sessions as usize;
    }
    if let Some(per_second) = reader.number(&section, "per_second", 1..1_000_001) {
        mail.per_second = per_second;
    }
    let policies = [("resend", OnUnknown::Resend), ("hold", OnUnknown::Hold)];
    if let Some(policy) = reader.parsed(&section, "on_unknown", |written| one_of("on_unknown", written, &policies)) {
        mail.on_unknown = policy;
    }
    check_credentials(reader, &section, &mail);
    mail
}

/// A name needs a password and the other way round, and neither crosses a network in the clear.
fn check_credentials(reader: &mut Reader<'_>, section: &Section<'_, '_>, mail: &Mail) {
    let password_key = if section.has("password_file") { "password_file" } else { "password_env" };
    match (&mail.username, &mail.password) {
        (Some(_), None) if !section.has(password_key) => {
            let help = "name the environment variable that holds it: `password_env = \"MUSTER_SMTP_PASSWORD\"`";
            reader.missing(section, "password_env", help);
        }
        (None, Some(_)) if !section.has("username") => {
            reader.missing(section, "username", "say who signs in to the relay");
        }
        _ => {}
    }
    let Relay::Smtp { host, security: Security::Plain, .. } = &mail.relay else { return };
    if mail.password.is_some() && !is_this_machine(host) {
        reader.report_with_help(
            "password_in_the_clear",
            section.span_of("relay"),
            "the password would cross the network unencrypted",
            "use `smtp+starttls://` or `smtps://`",
        );
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn mailbox(written: &str) -> Result<String, Refused> {
    match written.parse::<lettre::message::Mailbox>() {
        Ok(_) => Ok(written.to_owned()),
        Err(_) => Err(Refused::new(format!("`{written}` is not a mail address"))
            .help("write it as in `Example Status <status@example.com>`")),
    }
}

pub(super) fn console<'i>(reader: &mut Reader<'i>, root: &Section<'_, 'i>) -> Console {
    let Some((table, span)) = reader.table(root, "console") else { return Console::default() };
    let section = reader.section("console", span, table, &["url", "proxies"]);
    let url = reader.parsed(&section, "url", address::origin);
    Console { url, proxies: ranges(reader, &section, "proxies") }
}

pub(super) fn people<'i>(
    reader: &mut Reader<'i>,
    root: &Section<'_, 'i>,
    webhooks: &[String],
) -> IndexMap<String, Person> {
    let mut people = IndexMap::new();
    for (handle, section) in reader.named(root, "people", &["name", "email", "roles", "reach", "locale"]) {
        let mut person = Person {
            name: reader.text(&section, "name").map_or_else(|| handle.clone(), |written| written.value),
            email: reader.parsed(&section, "email", mailbox),
            locale: reader.parsed(&section, "locale", super::read::locale),
            ..Person::default()
        };
        for role in reader.texts(&section, "roles") {
            if is_id(&role.value) {
                person.roles.push(role.value);
            } else {
                let message = format!("`{}` is not a role's id", role.value);
                reader.report_with_help("invalid_value", role.span, message, "ids are lowercase, as in `lead`");
            }
        }
        for way in reader.texts(&section, "reach") {
            check_reach(reader, &section, &way, webhooks);
            person.reach.push(way.value);
        }
        people.insert(handle, person);
    }
    people
}

fn check_reach(reader: &mut Reader<'_>, person: &Section<'_, '_>, way: &Written<String>, webhooks: &[String]) {
    if way.value == "mail" {
        if !person.has("email") {
            let message = format!("`{}` is reached by mail but has no `email`", person.name);
            reader.report_with_help(
                "missing_key",
                way.span.clone(),
                message,
                "add `email`, or take `mail` out of `reach`",
            );
        }
        return;
    }
    if webhooks.contains(&way.value) {
        return;
    }
    let known: Vec<&str> = webhooks.iter().map(String::as_str).chain(["mail"]).collect();
    let help = match nearest(&way.value, &known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("declare it as `[webhooks.{}]`, or use `mail`", way.value),
    };
    reader.report_with_help(
        "unknown_reference",
        way.span.clone(),
        format!("no webhook is called `{}`", way.value),
        help,
    );
}

pub(super) fn webhooks<'i>(
    reader: &mut Reader<'i>,
    root: &Section<'_, 'i>,
    folder: &Path,
) -> IndexMap<String, Webhook> {
    const KNOWN: [&str; 6] = ["kind", "url", "url_env", "secret_env", "secret_file", "audience"];
    const KINDS: [(&str, WebhookKind); 6] = [
        ("standard", WebhookKind::Standard),
        ("slack", WebhookKind::Slack),
        ("teams", WebhookKind::Teams),
        ("feishu", WebhookKind::Feishu),
        ("dingtalk", WebhookKind::Dingtalk),
        ("wecom", WebhookKind::Wecom),
    ];
    let mut webhooks = IndexMap::new();
    for (name, section) in reader.named(root, "webhooks", &KNOWN) {
        let kind = reader.parsed(&section, "kind", |written| one_of("kind", written, &KINDS));
        let secret = secret(reader, &section, "secret", folder);
        if kind == Some(WebhookKind::Standard) && secret.is_none() && !section.has("secret_env") {
            let help = "name the environment variable that holds it: `secret_env = \"WEBHOOK_SECRET\"`";
            reader.missing(&section, "secret_env", help);
        }
        if !section.has("kind") {
            reader.missing(&section, "kind", "one of standard, slack, teams, feishu, dingtalk, wecom");
        }
        let url = endpoint_source(reader, &section);
        let audience = reader.texts(&section, "audience").into_iter().map(|written| written.value).collect();
        if let (Some(kind), Some(url)) = (kind, url) {
            webhooks.insert(name, Webhook { kind, url, secret, audience });
        }
    }
    webhooks
}

fn endpoint_source<'i>(reader: &mut Reader<'i>, section: &Section<'_, 'i>) -> Option<UrlSource> {
    match (section.has("url"), section.has("url_env")) {
        (true, true) => {
            reader.report(
                "invalid_value",
                section.span_of("url_env"),
                format!("`{}` has both `url` and `url_env`", section.name),
            );
            None
        }
        (true, false) => {
            reader.parsed(section, "url", |written| address::endpoint(written, "url")).map(UrlSource::Written)
        }
        (false, true) => reader.parsed(section, "url_env", variable_name).map(UrlSource::Environment),
        (false, false) => {
            reader.missing(section, "url_env", "name the environment variable that holds the address");
            None
        }
    }
}

/// A secret by where it is kept: `<key>_env` or `<key>_file`.
fn secret<'i>(reader: &mut Reader<'i>, section: &Section<'_, 'i>, key: &str, folder: &Path) -> Option<SecretSource> {
    let (environment, file) = (format!("{key}_env"), format!("{key}_file"));
    if section.has(&environment) && section.has(&file) {
        let message = format!("`{}` has both `{environment}` and `{file}`", section.name);
        reader.report("invalid_value", section.span_of(&file), message);
        return None;
    }
    if section.has(&file) {
        let file = reader.text(section, &file)?;
        return Some(SecretSource::File(address::path(&file.value, folder)));
    }
    reader.parsed(section, &environment, variable_name).map(SecretSource::Environment)
}

fn variable_name(written: &str) -> Result<String, Refused> {
    let starts_well = written.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts_well && written.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(written.to_owned());
    }
    Err(Refused::coded("secret_in_settings", "this is not the name of an environment variable")
        .help("write the variable's name here, as in `MUSTER_SMTP_PASSWORD`, and the secret into the variable"))
}

pub(super) fn actions<'i>(reader: &mut Reader<'i>, root: &Section<'_, 'i>, folder: &Path) -> IndexMap<String, Action> {
    let mut actions = IndexMap::new();
    for (name, section) in reader.named(root, "actions", &["command", "http", "timeout"]) {
        let timeout = reader.parsed(&section, "timeout", duration).unwrap_or(TIMEOUT);
        let operation = match (section.has("command"), section.has("http")) {
            (true, false) => command(reader, &section, folder).map(Operation::Command),
            (false, true) => http(reader, &section, &[], "POST").and_then(|(call, _)| call).map(Operation::Http),
            (true, true) => {
                let message = format!("`{}` has both `command` and `http`", section.name);
                reader.report_with_help("invalid_value", section.span_of("http"), message, "keep the one it should do");
                None
            }
            (false, false) => {
                reader.missing(
                    &section,
                    "command",
                    "say what it runs: `command = [\"/opt/ops/rollback\"]`, or `http = { … }`",
                );
                None
            }
        };
        if let Some(operation) = operation {
            actions.insert(name, Action { operation, timeout });
        }
    }
    actions
}

fn command<'i>(reader: &mut Reader<'i>, section: &Section<'_, 'i>, folder: &Path) -> Option<Vec<String>> {
    let value = section.get("command")?;
    if value.get_ref().as_str().is_some() {
        let message = format!("`{}` must be a list: a program and its arguments", section.path("command"));
        let help = "no shell reads it, so write `command = [\"/opt/ops/rollback\", \"--now\"]`";
        reader.report_with_help("wrong_type", value.span(), message, help);
        return None;
    }
    let mut argv: Vec<String> = reader.texts(section, "command").into_iter().map(|written| written.value).collect();
    let Some(program) = argv.first_mut().filter(|program| !program.is_empty()) else {
        reader.report("invalid_value", value.span(), format!("`{}` names no program", section.path("command")));
        return None;
    };
    if program.contains('{') {
        let message = format!("`{}` takes its program from a placeholder", section.path("command"));
        reader.report_with_help(
            "invalid_value",
            value.span(),
            message,
            "name the program; placeholders stand for arguments",
        );
        return None;
    }
    if program.contains('/') {
        *program = folder.join(&program).display().to_string();
    }
    Some(argv)
}

/// An HTTP call, and the section it stands in for what else is written there.
fn http<'t, 'i>(
    reader: &mut Reader<'i>,
    section: &Section<'t, 'i>,
    more: &[&str],
    method: &str,
) -> Option<(Option<HttpCall>, Section<'t, 'i>)> {
    let (table, span) = reader.table(section, "http")?;
    let known: Vec<&str> = ["method", "url", "headers", "body"].into_iter().chain(more.iter().copied()).collect();
    let http = reader.section(section.path("http"), span, table, &known);
    let url = reader.parsed(&http, "url", |written| address::endpoint(written, "url"));
    if !http.has("url") {
        reader.missing(&http, "url", "say what is called: `url = \"https://…\"`");
    }
    let method = reader.parsed(&http, "method", http_method).unwrap_or_else(|| method.to_owned());
    let headers = headers(reader, &http);
    let body = reader.text(&http, "body").map(|written| written.value);
    Some((url.map(|url| HttpCall { method, url, headers, body }), http))
}

fn http_method(written: &str) -> Result<String, Refused> {
    match written.to_ascii_uppercase().as_str() {
        method @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE") => Ok(method.to_owned()),
        _ => Err(Refused::new(format!("`{written}` is not an HTTP method"))
            .help("one of GET, HEAD, POST, PUT, PATCH, DELETE")),
    }
}

fn headers<'i>(reader: &mut Reader<'i>, http: &Section<'_, 'i>) -> IndexMap<String, String> {
    const SECRET_HEADERS: [&str; 6] =
        ["authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token", "private-token"];
    let Some((table, span)) = reader.table(http, "headers") else { return IndexMap::new() };
    let names: Vec<&str> = table.keys().map(|key| key.get_ref().as_ref()).collect();
    let section = reader.section(http.path("headers"), span, table, &names);
    let mut headers = IndexMap::new();
    for name in names {
        let Some(written) = reader.text(&section, name) else { continue };
        if SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()) && !written.value.contains("{env.") {
            let help = "keep the secret in an environment variable and write `{env.NAME}` where it belongs";
            let message = format!("`{}` would put a secret into this file", section.path(name));
            reader.report_with_help("secret_in_settings", written.span, message, help);
            continue;
        }
        headers.insert(name.to_owned(), written.value);
    }
    headers
}

pub(super) fn probes<'i>(reader: &mut Reader<'i>, root: &Section<'_, 'i>) -> IndexMap<String, Probe> {
    let mut probes = IndexMap::new();
    for (name, section) in reader.named(root, "probes", &["http", "timeout"]) {
        let timeout = reader.parsed(&section, "timeout", duration).unwrap_or(TIMEOUT);
        if !section.has("http") {
            reader.missing(&section, "http", "say what is asked: `http = { url = \"https://…/health\" }`");
        }
        let Some((call, http)) = http(reader, &section, &["expect_status", "expect"], "GET") else { continue };
        let expect_status = reader.number(&http, "expect_status", 100..600).unwrap_or(200) as u16;
        let expect = reader.parsed(&http, "expect", condition);
        if let Some(call) = call {
            probes.insert(name, Probe { call, expect_status, expect, timeout });
        }
    }
    probes
}

fn condition(written: &str) -> Result<String, Refused> {
    const HELP: &str = "it speaks of `status` and `body`, as in `body.ok == true`";
    if written.len() > 1_000 {
        return Err(Refused::new("`expect` is longer than 1,000 characters").help(HELP));
    }
    let program = cel::Program::compile(written).map_err(|_| Refused::new("`expect` is not a condition").help(HELP))?;
    let references = program.references();
    match references.variables().into_iter().find(|name| !matches!(*name, "status" | "body")) {
        Some(name) => Err(Refused::new(format!("`expect` speaks of `{name}`, which is unknown here")).help(HELP)),
        None => Ok(written.to_owned()),
    }
}

pub(super) fn outbound<'i>(reader: &mut Reader<'i>, root: &Section<'_, 'i>) -> Vec<String> {
    let Some((table, span)) = reader.table(root, "outbound") else { return Vec::new() };
    let section = reader.section("outbound", span, table, &["allow"]);
    ranges(reader, &section, "allow")
}

/// A list of address ranges, each checked.
fn ranges<'i>(reader: &mut Reader<'i>, section: &Section<'_, 'i>, key: &str) -> Vec<String> {
    let mut ranges = Vec::new();
    for range in reader.texts(section, key) {
        match address::range(&range.value) {
            Ok(()) => ranges.push(range.value),
            Err(refused) => reader.refuse(range.span, refused),
        }
    }
    ranges
}

fn duration(written: &str) -> Result<Duration, Refused> {
    match humantime::parse_duration(written) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(Refused::new(format!("`{written}` is not a duration")).help("write it as in `90s`, `5m` or `1h 30m`")),
    }
}

fn one_of<T: Copy>(key: &str, written: &str, known: &[(&'static str, T)]) -> Result<T, Refused> {
    let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
    match known.iter().find(|(word, _)| *word == written) {
        Some((_, value)) => Ok(*value),
        None => {
            let help = match nearest(written, &words) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("one of {}", words.join(", ")),
            };
            Err(Refused::new(format!("`{written}` is not a value of `{key}`")).help(help))
        }
    }
}

fn is_id(written: &str) -> bool {
    written.starts_with(|c: char| c.is_ascii_lowercase())
        && written.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
