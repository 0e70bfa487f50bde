//! How nudges read.

use chrono_tz::Tz;
use indexmap::IndexMap;

use super::{To, write};
use crate::clock::Timestamp;
use crate::incident::command::Declaration;
use crate::incident::decide::declare;
use crate::incident::nudge::{Ask, Matter};
use crate::incident::{Actor, Incident, IncidentId, IncidentNumber, NoticeId, PersonId};
use crate::locale::Locale;
use crate::runbook::{Runbook, SeverityId, StepId, check};

const RUNBOOK: &str = r#"
muster: 1
id: crm
title: Withdrawals unavailable
locales: [en, zh-Hans]
pre:
  - together:
      check:
        - task: check_balances
          title: Check the balances
          within: 15m
      decide:
        - approval: go
          title: Go ahead
          by: lead
      call:
        - task: call_bank
          title: Call the bank
  - notice: first_notice
    title: First notice
    status: investigating
    approve: lead
mid:
  - task: repair
post:
  - retrospective: review
translations:
  zh-Hans:
    title: 出金申请不可用
    check_balances: 核对余额
    go: 同意继续
    call_bank: 联系银行
    first_notice: 首次通知
"#;

fn at(moment: &str) -> Timestamp {
    moment.parse().expect("a moment")
}

fn began(title: Option<&str>) -> (Runbook, Incident) {
    let runbook = check::pinned(RUNBOOK).expect("a sound runbook");
    let declaration = Declaration {
        id: IncidentId(uuid::Uuid::nil()),
        number: IncidentNumber(7),
        severity: SeverityId::new("sev1"),
        title: title.map(str::to_owned),
        facts: Vec::new(),
        roles: IndexMap::new(),
        locale: Locale::english(),
        timezone: Tz::Asia__Shanghai,
        drill: false,
    };
    let dana = Actor::Person(PersonId("dana".into()));
    let journal = declare(&runbook, at("2026-11-22T06:05:00Z"), &dana, declaration).expect("declared");
    (runbook, Incident::replay(&journal).expect("replayed"))
}

fn matter(step: &str, ask: Ask) -> Matter {
    Matter { step: StepId::new(step), attempt: 1, ask }
}

/// As Dana reads it in both languages.
fn read(title: Option<&str>, matters: &[Matter]) -> String {
    reached_by(None, title, matters)
}

fn reached_by(console: Option<&str>, title: Option<&str>, matters: &[Matter]) -> String {
    let (runbook, incident) = began(title);
    let dana = PersonId("dana".into());
    let read = |name, locale: &Locale| {
        let written = write(&runbook, &incident, To { person: &dana, name, locale, console }, matters);
        format!("{}\n({})\n\n{}\n", written.subject, written.short, written.text)
    };
    format!("{}\n----\n{}", read("Dana", &Locale::english()), read("小丹", &Locale::chinese()))
}

#[test]
fn one_thing_is_said_in_a_sentence_with_the_command_and_by_when() {
    insta::assert_snapshot!(read(None, &[matter("check_balances", Ask::Do)]), @r"
    [To do] INC-7 Withdrawals unavailable
    (INC-7, your turn: Check the balances, by 14:20 (UTC+8))

    Dana, your turn: Check the balances, by 14:20 (UTC+8).
    muster --incident INC-7 done check_balances

    Everything else that is open: muster --incident INC-7

    ----
    [待处理] INC-7 出金申请不可用
    (INC-7 轮到你了：核对余额，请在 14:20（北京时间）前完成)

    小丹，轮到你了：核对余额，请在 14:20（北京时间）前完成。
    muster --incident INC-7 done check_balances

    其他待办：muster --incident INC-7
    ");
}

#[test]
fn where_there_is_a_console_a_nudge_leads_to_the_right_screen() {
    let both = [matter("check_balances", Ask::Do), matter("first_notice", Ask::Draft)];
    insta::assert_snapshot!(reached_by(Some("https://muster.example.com"), None, &both), @r"
    [To do] INC-7 Withdrawals unavailable
    (INC-7, 2 things wait for you)

    Dana, 2 things wait for you.

    Your turn: Check the balances, by 14:20 (UTC+8).
    https://muster.example.com/incidents/INC-7#step-check_balances
    muster --incident INC-7 done check_balances

    Please draft: First notice.
    https://muster.example.com/incidents/INC-7/notices/first_notice
    muster --incident INC-7 show

    Everything else that is open: https://muster.example.com/incidents/INC-7

    ----
    [待处理] INC-7 出金申请不可用
    (INC-7 有 2 件事等你处理)

    小丹，有 2 件事等你处理。

    轮到你了：核对余额，请在 14:20（北京时间）前完成。
    https://muster.example.com/incidents/INC-7#step-check_balances
    muster --incident INC-7 done check_balances

    请起草：首次通知。
    https://muster.example.com/incidents/INC-7/notices/first_notice
    muster --incident INC-7 show

    其他待办：https://muster.example.com/incidents/INC-7
    ");
}

#[test]
fn an_approval_is_read_before_it_is_given() {
    let ask = Ask::Approve { hash: Some("0123456789abcdef0123".into()) };
    insta::assert_snapshot!(read(None, &[matter("first_notice", ask)]), @r"
    [To approve] INC-7 Withdrawals unavailable
    (INC-7, your approval is needed: First notice)

    Dana, your approval is needed: First notice.
    muster --incident INC-7 notice show first_notice
    muster --incident INC-7 approve first_notice --hash 0123456789ab

    Everything else that is open: muster --incident INC-7

    ----
    [待批准] INC-7 出金申请不可用
    (INC-7 需要你批准：首次通知)

    小丹，需要你批准：首次通知。
    muster --incident INC-7 notice show first_notice
    muster --incident INC-7 approve first_notice --hash 0123456789ab

    其他待办：muster --incident INC-7
    ");
}

#[test]
fn several_things_make_one_list() {
    let late = Ask::Late { due_at: at("2026-11-22T06:20:00Z") };
    let matters = [
        matter("check_balances", Ask::Do),
        matter("check_balances", late),
        matter("go", Ask::Approve { hash: None }),
        matter("call_bank", Ask::Do),
    ];
    insta::assert_snapshot!(read(None, &matters), @r"
    [Late] INC-7 Withdrawals unavailable
    (INC-7, 3 things wait for you)

    Dana, 3 things wait for you.

    This is late: Check the balances, due by 14:20 (UTC+8).
    muster --incident INC-7 done check_balances

    Your approval is needed: Go ahead.
    muster --incident INC-7 approve go

    Your turn: Call the bank.
    muster --incident INC-7 done call_bank

    Everything else that is open: muster --incident INC-7

    ----
    [已逾期] INC-7 出金申请不可用
    (INC-7 有 3 件事等你处理)

    小丹，有 3 件事等你处理。

    已逾期：核对余额，应在 14:20（北京时间）前完成。
    muster --incident INC-7 done check_balances

    需要你批准：同意继续。
    muster --incident INC-7 approve go

    轮到你了：联系银行。
    muster --incident INC-7 done call_bank

    其他待办：muster --incident INC-7
    ");
}

#[test]
fn what_is_late_before_its_turn_leads_to_what_is_open() {
    let late = Ask::Late { due_at: at("2026-11-22T06:15:00Z") };
    insta::assert_snapshot!(read(None, &[matter("first_notice", late)]), @r"
    [Late] INC-7 Withdrawals unavailable
    (INC-7, this is late: First notice, due by 14:15 (UTC+8))

    Dana, this is late: First notice, due by 14:15 (UTC+8).
    muster --incident INC-7 show

    Everything else that is open: muster --incident INC-7

    ----
    [已逾期] INC-7 出金申请不可用
    (INC-7 已逾期：首次通知，应在 14:15（北京时间）前完成)

    小丹，已逾期：首次通知，应在 14:15（北京时间）前完成。
    muster --incident INC-7 show

    其他待办：muster --incident INC-7
    ");
}

#[test]
fn a_paused_notice_says_how_it_goes_on() {
    let ask = Ask::Resume { notice: NoticeId(uuid::Uuid::nil()) };
    insta::assert_snapshot!(read(None, &[matter("first_notice", ask)]), @r"
    [Paused] INC-7 Withdrawals unavailable
    (INC-7, sending is paused: First notice)

    Dana, sending is paused: First notice. The timeline says why; once that is mended, let it go on:
    muster --incident INC-7 timeline
    muster --incident INC-7 notice resume first_notice

    Everything else that is open: muster --incident INC-7

    ----
    [已暂停] INC-7 出金申请不可用
    (INC-7 发送已暂停：首次通知)

    小丹，发送已暂停：首次通知。原因见时间线，处理好后继续发送：
    muster --incident INC-7 timeline
    muster --incident INC-7 notice resume first_notice

    其他待办：muster --incident INC-7
    ");
}

#[test]
fn drafting_sending_and_running_are_each_named() {
    let matters =
        [matter("first_notice", Ask::Draft), matter("call_bank", Ask::Run), matter("check_balances", Ask::Send)];
    insta::assert_snapshot!(read(None, &matters), @r"
    [To do] INC-7 Withdrawals unavailable
    (INC-7, 3 things wait for you)

    Dana, 3 things wait for you.

    Please draft: First notice.
    muster --incident INC-7 show

    Please run: Call the bank.
    muster --incident INC-7 done call_bank

    Approved, please send: Check the balances, by 14:20 (UTC+8).
    muster --incident INC-7 done check_balances

    Everything else that is open: muster --incident INC-7

    ----
    [待处理] INC-7 出金申请不可用
    (INC-7 有 3 件事等你处理)

    小丹，有 3 件事等你处理。

    请起草：首次通知。
    muster --incident INC-7 show

    请执行：联系银行。
    muster --incident INC-7 done call_bank

    已批准，请发送：核对余额，请在 14:20（北京时间）前完成。
    muster --incident INC-7 done check_balances

    其他待办：muster --incident INC-7
    ");
}

#[test]
fn a_title_is_data_on_one_line_whatever_is_in_it() {
    let (runbook, mut incident) = began(None);
    incident.title =
        crate::locale::Text::new(Locale::english(), "Down\r\nBcc: all@example.com {{contact}} \u{202E}<@all>");
    let dana = PersonId("dana".into());
    let to = To { person: &dana, name: "Dana\nX", locale: &Locale::english(), console: None };
    let written = write(&runbook, &incident, to, &[matter("call_bank", Ask::Do)]);
    assert_eq!(written.subject, "[To do] INC-7 Down Bcc: all@example.com {{contact}} <@all>");
    assert!(written.text.starts_with("Dana X, your turn: Call the bank.\n"), "{}", written.text);
}
