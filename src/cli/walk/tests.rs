//! The walk, played with typed lines against a store of its own.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use super::run;
use crate::cli::args::Global;
use crate::cli::prompt::Prompt;
use crate::cli::render::Out;
use crate::cli::session::Session;

const RUNBOOK: &str = "\
muster: 1
id: small
title: Logins fail
severities:
  high: { means: Nobody can log in, first_notice: 10m, update_every: 30m, mail_every: 2h }
facts:
  impact: Logins fail
  unaffected: Open sessions go on
  workaround: none
  contact: support@example.com
fallbacks:
  phone_desk: { title: Help by phone, where: phone != '' }
pre:
  - task: take_lead
    title: Take the lead
  - gather: first_facts
    title: State what customers see
    facts: [impact, unaffected, workaround, contact]
  - notice: first_notice
    title: Tell customers
    status: investigating
    approve: none
mid:
  - decide: recent_change
    title: Any change?
    answers: { changed: It was changed, unchanged: Nothing changed }
  - contain: close_form
    title: Close the form
    lift: Open the form
  - cover: desks
    title: Go through the fallbacks
  - accept: accepted
    title: Acceptance
    confirm: [Logins succeed]
post:
  - retrospective: review
    title: Write the review
";

/// What was printed, kept where the test can read it.
#[derive(Clone, Default)]
struct Printed(Rc<RefCell<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Plays lines in a folder with the runbook, and gives what a person would have read.
async fn play(folder: &std::path::Path, locale: &str, lines: &'static str) -> String {
    let settings = "store = \"sqlite:muster.db\"\ntimezone = \"UTC\"\nrunbooks = \"runbooks\"\n";
    std::fs::create_dir_all(folder.join("runbooks")).expect("a folder");
    std::fs::write(folder.join("runbooks/small.yaml"), RUNBOOK).expect("a runbook");
    std::fs::write(folder.join("muster.toml"), settings).expect("settings");
    let global = Global {
        config: Some(folder.join("muster.toml")),
        locale: Some(locale.to_owned()),
        person: Some("dana".to_owned()),
        ..Global::default()
    };
    let printed = Printed::default();
    let mut session = Session::new(global, Out::into(printed.clone(), 100));
    session.prompt = Prompt::from(lines);
    run(&mut session).await.expect("the walk goes on");
    drop(session);
    String::from_utf8(printed.0.take()).expect("text")
}

async fn begun() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = play(folder.path(), "en", "1\nsmall\nhigh\nNobody can log in\n").await;
    assert!(printed.contains("INC-1 is running: Logins fail"), "{printed}");
    folder
}

#[tokio::test]
async fn without_an_incident_it_offers_the_ways_to_begin() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = play(folder.path(), "en", "").await;
    insta::assert_snapshot!(printed, @r"
    No incident is open. What would you like to do?
      1  Something has happened: begin an incident                start
      2  Practise: play an incident, nothing is sent              drill
      3  Set up: settings, runbooks and templates in this folder  init
    Number: [1]
    ");
}

#[tokio::test]
async fn enter_does_the_next_thing_until_the_incident_is_closed() {
    let folder = begun().await;
    let lines = concat!(
        "\n\nThe team knows\n", // take_lead: done, a note
        "\n\n\n\n\n",           // first_facts: each wording as it stands
        "\ny\n",                // first_notice: send it
        "\n2\n",                // recent_change: the second answer
        "\ny\ny\n\n",           // close_form: done, worked, no note
        "\ny\ny\n\n",           // desks: on, gone through, no note
        "\nn\nStill slow\n",    // accepted: does not hold
        "\ny\n",                // the form is open again
        "\ny\n\n",              // review: written
    );
    let printed = play(folder.path(), "en", lines).await;
    let done: Vec<&str> = printed.lines().filter_map(|line| line.split_once("✓ ")).map(|(_, done)| done).collect();
    insta::assert_snapshot!(done.join("\n"), @r"
    “Take the lead” was done: The team knows.
    “State what customers see” opened.
    What still works: Open sessions go on; What customers can do meanwhile: none; How to reach us: support@example.com.
    “State what customers see” was done.
    “Tell customers” opened.
    Any change? Nothing changed.
    “Any change?” was done.
    “Close the form” opened.
    “Close the form” worked.
    “Close the form” is in place and must be lifted or kept.
    “Go through the fallbacks” opened.
    The fallback “Help by phone” is in use.
    “Go through the fallbacks” was done.
    “Acceptance” opened.
    “Acceptance” did not pass: Still slow.
    “Close the form” was lifted: Open the form.
    The incident was resolved.
    The review began.
    “Write the review” opened.
    “Write the review” was done.
    The incident was closed.
    ");
    assert!(printed.ends_with("INC-1 is closed. Its retrospective: muster retro\n"), "{printed}");
}

#[tokio::test]
async fn what_a_notice_lacks_is_asked_for() {
    let folder = begun().await;
    let lines = concat!(
        "s\nNo time\n",             // take_lead
        "s\nNo time\n",             // first_facts: nothing is confirmed
        "\n\n\nPhone us\n\ny\nq\n", // first_notice: each missing fact, then send
    );
    let printed = play(folder.path(), "en", lines).await;
    let asked = printed.split_once("It was not drafted").expect("what is missing").1;
    let asked: Vec<&str> = asked.lines().take_while(|line| !line.contains("────")).collect();
    insta::assert_snapshot!(asked.join("\n"), @r#"
    : the notice must first say
      what still works is not stated (`unaffected`)
        muster set unaffected="Open sessions go on"
      what customers can do meanwhile is not stated (`workaround`)
        muster set workaround="none"
      how customers reach you is not stated (`contact`)
        muster set contact="support@example.com"

    What still works [Open sessions go on] What customers can do meanwhile [none] How to reach us [support@example.com] ✓ What still works: Open sessions go on.
    ✓ What customers can do meanwhile: none.
    ✓ How to reach us: Phone us.
    Open now: first_notice
    "#);
    assert!(printed.contains("Phone us"), "{printed}");
    assert!(printed.contains("▸ 1  recent_change"), "{printed}");
}

#[tokio::test]
async fn notes_skips_and_numbers_are_one_key_away() {
    let folder = begun().await;
    let printed = play(folder.path(), "en", "n The relay is slow\ns\nNobody is on call\n9\n?\nq\n").await;
    let rest = printed.split_once("›").expect("a prompt").1;
    let masked = fancy_regex::Regex::new(r"\d+:\d\d, [a-z0-9 ]+|\d+:\d\d").expect("a pattern");
    insta::assert_snapshot!(masked.replace_all(rest, "[time]"), @r"
     ✓ The relay is slow
    Open now: take_lead

    INC-1  Logins fail
    high · open · public: not told yet · pre · declared [time]

    ▸ 1  take_lead  Take the lead  lead
    Enter does it · number another step · n note · s skip · q quit · ? help
    › take_lead
    Why? (kept in the journal) ✓ “Take the lead” was skipped: Nobody is on call.
    ✓ “State what customers see” opened.
    Open now: first_facts

    INC-1  Logins fail
    high · open · public: not told yet · pre · declared [time]

    ▸ 1  first_facts  State what customers see  lead
    Enter does it · number another step · n note · s skip · q quit · ? help
    › That is no choice here; ? shows what is.

    INC-1  Logins fail
    high · open · public: not told yet · pre · declared [time]

    ▸ 1  first_facts  State what customers see  lead
    Enter does it · number another step · n note · s skip · q quit · ? help
    ›   Enter    do the step marked ▸
      1, 2, 3  do that step
      n TEXT   keep a note, at once
      s, s 2   skip a step, with a reason
      t        the timeline so far
      l        look at the whole incident
      q        leave; the incident goes on, and so do its clocks
    Everything here is also a command: muster --help

    INC-1  Logins fail
    high · open · public: not told yet · pre · declared [time]

    ▸ 1  first_facts  State what customers see  lead
    Enter does it · number another step · n note · s skip · q quit · ? help
    › INC-1 goes on. Come back with: muster
    ");
}

#[tokio::test]
async fn it_speaks_chinese() {
    let folder = begun().await;
    let printed = play(folder.path(), "zh-Hans", "？\nq\n").await;
    let rest = printed.split_once("·").expect("a head").1;
    let masked = fancy_regex::Regex::new(r"\d+:\d\d 上报，[^\n]+|\d+:\d\d").expect("a pattern");
    insta::assert_snapshot!(masked.replace_all(rest, "[时间]"), @r"
     处理中 · 对外：尚未公布 · 事前响应 · [时间]

    ▸ 1  take_lead  Take the lead  lead
    回车 处理这一步 · 序号 换一步 · n 记录 · s 跳过 · q 退出 · ? 帮助
    ›   回车     处理标有 ▸ 的步骤
      1、2、3  处理对应序号的步骤
      n 内容   立即记录一条
      s、s 2   跳过某一步，需说明原因
      t        查看到目前为止的时间线
      l        查看事件全貌
      q        退出；事件继续，计时不停
    这里的每个操作都有对应的命令，见 muster --help。

    INC-1  Logins fail
    high · 处理中 · 对外：尚未公布 · 事前响应 · [时间]

    ▸ 1  take_lead  Take the lead  lead
    回车 处理这一步 · 序号 换一步 · n 记录 · s 跳过 · q 退出 · ? 帮助
    › INC-1 仍在进行，随时运行 muster 回来。
    ");
}

#[tokio::test]
async fn a_reader_who_goes_away_leaves_it_running() {
    let folder = begun().await;
    assert!(play(folder.path(), "en", "").await.ends_with("INC-1 goes on. Come back with: muster\n"));
}
