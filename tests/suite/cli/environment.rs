//! A hermetic place to run the binary in: an empty environment, a folder, a fixed person, a small runbook.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::postgres::{self, Database};

/// A runbook with one step of each kind that the tests act on.
pub(crate) const SMALL: &str = "\
muster: 1
id: small
title: Logins fail
locales: [en, zh-Hans]
severities:
  high: { means: Nobody can log in, first_notice: 10m, update_every: 30m, mail_every: 2h }
  low: { means: Some cannot log in, first_notice: 1h, update_every: 2h, mail_every: 4h }
facts:
  impact: Logins fail
  unaffected: Sessions that are open go on
  workaround: none
  contact: support@example.com
fallbacks:
  phone_desk: { title: Help by phone, where: phone != '' }
pre:
  - task: take_lead
    title: Take the lead
    within: 2m
  - gather: first_facts
    title: State what customers see
    facts: [impact, unaffected, workaround, contact]
  - notice: first_notice
    title: Tell customers
    status: investigating
    approve: none
mid:
  - decide: recent_change
    title: Any change in the last two hours?
    answers: { changed: It was changed, unchanged: Nothing changed }
  - contain: close_form
    title: Close the login form
    lift: Open the login form
  - cover: desks
    title: Go through the fallbacks
post:
  - retrospective: review
    title: Write the review
translations:
  zh-Hans:
    title: 登录失败
    high.means: 所有人都无法登录
    low.means: 部分人无法登录
    impact: 登录失败
    unaffected: 已登录的会话不受影响
    workaround: none
    contact: support@example.com
    phone_desk: 电话协助
    take_lead: 接手指挥
    first_facts: 说明客户看到的现象
    first_notice: 告知客户
    recent_change: 过去两小时有变更吗？
    recent_change.changed: 有变更
    recent_change.unchanged: 没有变更
    close_form: 关闭登录入口
    close_form.lift: 恢复登录入口
    desks: 逐一过替代办法
    review: 写复盘
";

const SETTINGS: &str = "\
store = \"sqlite:muster.db\"
locale = \"en\"
timezone = \"UTC\"
runbooks = \"runbooks\"

[mail]
relay = \"file:outbox\"
from = \"Status <status@example.com>\"
";

const CONTACTS: &str = "\
id,org,name,kind,locale,emails,phone,tags
ann,Acme,Ann,customer,en,ann@acme.example,555-0101,
bo,博远,薄先生,customer,zh-Hans,bo@boyuan.example,,
cy,Acme,Cy,customer,en,,555-0102,
";

/// A folder with settings, a runbook and a contact book, and nothing else.
pub(crate) struct TestEnvironment {
    folder: TempDir,
    database: Option<Database>,
}

/// What a run of the binary left.
pub(crate) struct Ran {
    pub(crate) code: i32,
    /// As printed, what differs from run to run taken out.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Standard output to the byte.
    pub(crate) exactly: String,
}

impl TestEnvironment {
    pub(crate) fn new() -> Self {
        let environment = Self::empty();
        environment.write("muster.toml", SETTINGS);
        environment.write("runbooks/small.yaml", SMALL);
        environment.write("contacts.csv", CONTACTS);
        environment
    }

    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), database: None }
    }

    /// The same as [`TestEnvironment::new`], with the store on a server: one line of the settings is another.
    pub(crate) fn on_postgresql() -> Self {
        let database = postgres::shared().database();
        let environment = Self { database: Some(database), ..Self::new() };
        let url = environment.database.as_ref().map(Database::url).unwrap_or_default();
        environment.write("muster.toml", &SETTINGS.replace("sqlite:muster.db", &url));
        environment
    }

    /// An incident of the small runbook that has just begun, with the contact book read.
    pub(crate) fn begun() -> Self {
        Self::new().begin()
    }

    /// The same with the store on a server.
    pub(crate) fn begun_on_postgresql() -> Self {
        Self::on_postgresql().begin()
    }

    fn begin(self) -> Self {
        self.done("contacts import contacts.csv");
        self.done("start small --severity high");
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let file = self.path().join(file);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    }

    /// Runs a line as a person types it; double quotes keep words together.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.with(line, &[])
    }

    pub(crate) fn with(&self, line: &str, variables: &[(&str, &str)]) -> Ran {
        let output = self.command(line).envs(variables.iter().copied()).output().expect("muster runs");
        Ran::of(&output, self.path())
    }

    /// The binary about to run a line, in an environment of its own.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command
            .args(words(line))
            .current_dir(self.path())
            .env_clear()
            .env("HOME", self.path().join("home"))
            .env("USER", "dana")
            .env("MUSTER_CONFIG", self.path().join("muster.toml"))
            .stdin(Stdio::null());
        command
    }

    /// Runs a line that must succeed, and gives what it printed.
    pub(crate) fn done(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
        ran.stdout
    }

    /// Runs a line with `--json` and reads its one object.
    pub(crate) fn json(&self, line: &str) -> serde_json::Value {
        let ran = self.run(&format!("--json {line}"));
        assert_eq!(ran.code, 0, "{line}\n{}{}", ran.stdout, ran.stderr);
        serde_json::from_str(&ran.exactly).expect("one JSON object")
    }
}

impl Ran {
    fn of(output: &Output, folder: &Path) -> Self {
        let text = |bytes: &[u8]| masked(&String::from_utf8_lossy(bytes), folder);
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            exactly: String::from_utf8_lossy(&output.stdout).into_owned(),
        }
    }

    /// The exit code and what was said on standard error, as one text.
    pub(crate) fn refusal(&self) -> String {
        format!("exit {}\n{}", self.code, self.stderr)
    }
}

/// Takes out what differs from run to run: the folder, moments, spans, identifiers, hashes.
fn masked(text: &str, folder: &Path) -> String {
    let canonical = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut text = text.replace(&canonical.display().to_string(), "[folder]");
    text = text.replace(&folder.display().to_string(), "[folder]");
    for (pattern, mask) in [
        (r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", "[moment]"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
        (r"\b[0-9a-f]{64}\b", "[hash]"),
        (r"\b[0-9a-f]{12,16}\b", "[hash]"),
        (r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", "[time]"),
        (
            r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December), [^ ]+",
            "[day and time]",
        ),
        (r"\b\d{2}:\d{2}\b", "[time]"),
        (r"due in [0-9a-z ]*[dhms]\b", "due in [span]"),
        (r"还剩 [0-9天小时分钟秒 ]+", "还剩 [时长]"),
        (r"just now|\d[\dms ]* ago", "[ago]"),
        (r"刚刚|\d[\d分钟秒 ]*前(?=\n|$| ·)", "[多久前]"),
        (r"\d{1,2}月\d{1,2}日", "[日期]"),
    ] {
        let pattern = fancy_regex::Regex::new(pattern).expect("a pattern");
        text = pattern.replace_all(&text, mask).into_owned();
    }
    text
}

/// Splits a line at spaces that do not stand between double quotes.
fn words(line: &str) -> Vec<String> {
    let mut quoted = false;
    let pieces = line.split(|c: char| {
        quoted ^= c == '"';
        c == ' ' && !quoted
    });
    pieces.filter(|word| !word.is_empty()).map(|word| word.replace('"', "")).collect()
}
