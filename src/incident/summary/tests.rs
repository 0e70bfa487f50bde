//! What the sentences read like.

use chrono_tz::Tz;
use insta::assert_snapshot;

use crate::incident::Command;
use crate::incident::decide::tests::given::{
    Given, answered, approve, done, ended_as, given, id, lift, queue, reopen, run, say, severity, skip,
};
use crate::incident::decide::tests::sample::{
    accept, action, contain, minutes, notice, review, runbook, task, together, updates,
};
use crate::incident::{Event, Outcome};
use crate::locale::Locale;
use crate::runbook::{FallbackId, RoleId, Status};

/// A night on which nearly everything happens.
fn night() -> Given {
    let mut g = given(runbook(
        [
            task("Take the lead").within(minutes(2)),
            together([
                vec![
                    notice("First notice", Status::Investigating).approve(&["lead"], 1, None),
                    updates("News", "Accepted"),
                ],
                vec![contain("Close the form")],
            ]),
        ],
        [action("Roll back"), task("Find it"), accept("Accepted", Some("Find it"))],
        [review("Review", &["Alert on failures"], &[])],
    ));
    g.at(3).tick();
    g.when(done("Take the lead"));
    g.when(say("impact", "Nobody can withdraw"));
    let draft = g.draft("First notice");
    g.by("lea").when(Command::DraftNotice(Box::new(draft)));
    g.when(severity("sev1"));
    let draft = g.draft("First notice");
    g.when(Command::DraftNotice(Box::new(draft)));
    g.by("pat").early();
    assert_eq!(g.refused(approve("First notice")), "not_an_approver");
    g.when(Command::AssignRole { role: RoleId::new("lead"), people: Vec::new() });
    g.by("lea").when(Command::AssignRole { role: RoleId::new("product"), people: Vec::new() });
    g.by("ann").when(approve("First notice"));
    g.when(queue("First notice"));
    g.when(done("Close the form"));
    g.when(run("Roll back"));
    g.when(answered("Roll back", 1, false));
    g.when(ended_as("Roll back", Outcome::Failed));
    g.when(Command::SwitchFallback { fallback: FallbackId::new("phone_desk"), on: true });
    g.when(skip("Find it"));
    g.when(ended_as("Accepted", Outcome::Failed));
    g.when(done("Find it"));
    g.when(lift("Close the form"));
    g.when(done("Accepted"));
    g.when(Command::AddNote { text: "The vendor wrote back.".to_owned(), occurred_at: None });
    g.when(done("Review"));
    g.when(reopen());
    g
}

fn told(g: &Given, locale: &Locale) -> String {
    let sentences: Vec<String> =
        g.journal.iter().map(|recorded| recorded.event.summary(&g.runbook, locale, Tz::UTC)).collect();
    sentences.join("\n")
}

#[test]
fn a_night_in_english() {
    assert_snapshot!(told(&night(), &Locale::english()), @"
    “Sample” was declared, sev2.
    The first response began.
    “Take the lead” opened.
    “Take the lead” is late.
    “Take the lead” was done.
    “First notice” opened.
    “Close the form” opened.
    What customers see: Nobody can withdraw.
    “First notice” was drafted for 3 recipients.
    The severity changed from sev2 to sev1: more is known.
    The draft of “First notice” was voided: the severity changed.
    “First notice” was drafted for 3 recipients.
    Nobody holds the role of Incident lead any more.
    Nobody holds the role of Product any more.
    “First notice” was approved.
    “First notice” went out.
    “First notice” was done.
    The public status is now “investigating”.
    “News” opened.
    From now on “News” owes regular updates.
    “Close the form” worked.
    “Close the form” is in place and must be lifted or kept.
    The search for the problem and its repair began.
    “Roll back” opened.
    “Roll back” was set going.
    “Roll back” could not be carried out: exit 1.
    “Roll back” failed.
    “Find it” opened.
    “phone_desk” is in use.
    “Find it” was skipped: not tonight.
    “Accepted” opened.
    “Accepted” failed.
    “Accepted” failed, so the steps before it start again: attempt 2.
    “Find it” opened again, attempt 2.
    “Find it” was done.
    “Accepted” opened again, attempt 2.
    “Close the form” was lifted.
    “Accepted” was done.
    “News” was done.
    The incident was resolved.
    The review began.
    “Review” opened.
    Follow-up F-1 was added: Alert on failures.
    The vendor wrote back.
    “Review” was done.
    The incident was closed.
    The incident was reopened: it is back.
    “News” opened again, attempt 2.
    From now on “News” owes regular updates.
    “Close the form” opened again, attempt 2.
    “Roll back” opened again, attempt 2.
    ");
}

#[test]
fn a_night_in_chinese() {
    assert_snapshot!(told(&night(), &Locale::chinese()), @"
    事件已宣告：Sample，级别 sev2。
    进入事前阶段：先响应、先止损。
    “Take the lead”开始。
    “Take the lead”已超过时限。
    “Take the lead”已完成。
    “First notice”开始。
    “Close the form”开始。
    客户看到的影响：出金失败。
    “First notice”已起草，共 3 个接收方。
    级别由 sev2 调整为 sev1：more is known。
    “First notice”的草稿已作废：级别有调整。
    “First notice”已起草，共 3 个接收方。
    “总负责人”这一角色暂时无人担任。
    “产品”这一角色暂时无人担任。
    “First notice”已批准。
    “First notice”已发出。
    “First notice”已完成。
    对外状态变为“调查中”。
    “News”开始。
    “News”从现在起需按时更新进展。
    “Close the form”已生效。
    “Close the form”已生效，之后需要解除或确认保留。
    进入事中阶段：查找问题并修复。
    “Roll back”开始。
    “Roll back”已安排执行。
    “Roll back”执行未成功：exit 1。
    “Roll back”未成功。
    “Find it”开始。
    替代办法“phone_desk”已启用。
    “Find it”已跳过：not tonight。
    “Accepted”开始。
    “Accepted”未成功。
    “Accepted”未通过，相关步骤重新进行，第 2 次。
    “Find it”重新开始，第 2 次。
    “Find it”已完成。
    “Accepted”重新开始，第 2 次。
    “Close the form”已解除。
    “Accepted”已完成。
    “News”已完成。
    事件已解决。
    进入事后阶段：复盘。
    “Review”开始。
    新增改进项 F-1：Alert on failures。
    The vendor wrote back.
    “Review”已完成。
    事件已关闭。
    事件重新打开：it is back。
    “News”重新开始，第 2 次。
    “News”从现在起需按时更新进展。
    “Close the form”重新开始，第 2 次。
    “Roll back”重新开始，第 2 次。
    ");
}

#[test]
fn people_are_never_named_and_every_sentence_ends() {
    let g = night();
    for locale in [Locale::english(), Locale::chinese()] {
        for recorded in &g.journal {
            let sentence = recorded.event.summary(&g.runbook, &locale, Tz::UTC);
            for name in ["lea", "ann", "pat", "cam", "ola", "sam"] {
                let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).collect();
                assert!(!words.contains(&name), "{sentence}");
            }
            assert!(sentence.ends_with(['.', '。', '!', '?', '！', '？']), "{sentence}");
            assert!(!sentence.contains("..") && !sentence.contains("。。"), "{sentence}");
        }
    }
}

#[test]
fn approving_alone_is_told_with_its_reason() {
    let event = Event::Approved {
        step: id("First notice"),
        notice: None,
        hash: None,
        complete: true,
        alone: Some("nobody else is awake".to_owned()),
    };
    let g = given(runbook([notice("First notice", Status::Investigating)], [], []));
    assert_snapshot!(
        event.summary(&g.runbook, &Locale::english(), Tz::UTC),
        @"“First notice” was approved by its author alone: nobody else is awake."
    );
    assert_snapshot!(event.summary(&g.runbook, &Locale::chinese(), Tz::UTC), @"“First notice”由提交人单独批准：nobody else is awake。");
}
