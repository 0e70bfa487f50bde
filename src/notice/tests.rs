//! Notices as customers read them, and the contract's tables.

mod hostile;

use insta::assert_snapshot;

use super::fixture::{Draft, mail};
use super::{Composed, personal};
use crate::clock;
use crate::incident::event::FactValue;
use crate::locale::Locale;
use crate::problem::Level;
use crate::runbook::{AudienceId, FactId, Status};

/// Both languages, one below the other; nothing may stand in the way.
fn both(composed: &Composed) -> String {
    let problems: Vec<&str> = composed.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(problems, Vec::<&str>::new());
    composed.messages.iter().map(mail).collect::<Vec<_>>().join("=====\n")
}

#[test]
fn investigating() {
    assert_snapshot!(both(&Draft::of(Status::Investigating).first_facts().compose()), @r"
    [Investigating] Withdrawals unavailable
    (Withdrawal requests fail · next update by 14:30 (UTC+8) on our status page; the next email by 16:10 (UTC+8))
    (Withdrawal requests fail)

    Something is not working as it should, and we are looking into it now. We are sorry for the trouble. This is what we know so far.

    - What you may notice: Withdrawal requests fail
    - Since: about 22 November, 14:05 (UTC+8)
    - Who is affected: some customers
    - What still works: Deposits, trading and balances work as usual
    - What you can do meanwhile: Phone or mail us and support handles it at once
    - Next update: by 14:30 (UTC+8) on our status page; the next email by 16:10 (UTC+8)
    - Contact: 400-000-0000, support@example.com

    We will write at the time above even if there is nothing new by then.

    —
    You receive this because your organisation uses the service.
    Status page: https://status.example.com
    Unsubscribe: [unsubscribe]
    =====
    [调查中] 出金申请不可用
    (出金申请提交失败｜下次通报：14:30（北京时间）前在状态页更新；下一封邮件在 16:10（北京时间）前发出)
    (出金申请提交失败)

    我们的服务出现异常，团队正在紧急排查。给您带来不便，非常抱歉。目前了解到的情况如下：

    - 您可能遇到：出金申请提交失败
    - 开始时间：约 11月22日 14:05（北京时间）
    - 影响范围：部分客户
    - 不受影响：充值、交易和余额查询均正常
    - 临时办法：请致电或发邮件给我们，客服会立即为您办理
    - 下次通报：14:30（北京时间）前在状态页更新；下一封邮件在 16:10（北京时间）前发出
    - 联系我们：400-000-0000, support@example.com

    即使届时没有新进展，我们也会如约告知您。

    —
    您收到这封邮件，是因为贵司正在使用该服务。
    状态页：https://status.example.com
    退订：[unsubscribe]
    ");
}

#[test]
fn identified() {
    let draft = Draft::of(Status::Identified).first_facts().say(
        "changed",
        "A release at 13:40 broke the form. We are taking it back",
        "13:40 的版本更新导致申请页面异常，正在回退",
    );
    let draft = draft.moment("eta", "2026-11-22T07:00:00Z").say("eta_by", "ops lead", "运维负责人");
    assert_snapshot!(both(&draft.compose()), @r"
    [Identified] Withdrawals unavailable
    (A release at 13:40 broke the form. We are taking it back · next update by 14:30 (UTC+8) on our status page; the next email by 16:10 (UTC+8))
    (A release at 13:40 broke the form. We are taking it back)

    We have found what is causing this problem and are working on the repair.

    - What is new: A release at 13:40 broke the form. We are taking it back
    - What you may notice: Withdrawal requests fail
    - What you can do meanwhile: Phone or mail us and support handles it at once
    - Expected back: by 15:00 (UTC+8), as far as we can tell now; we will tell you if that changes
    - Next update: by 14:30 (UTC+8) on our status page; the next email by 16:10 (UTC+8)
    - Contact: 400-000-0000, support@example.com

    Thank you for bearing with us.

    —
    You receive this because your organisation uses the service.
    Status page: https://status.example.com
    Unsubscribe: [unsubscribe]
    =====
    [已定位] 出金申请不可用
    (13:40 的版本更新导致申请页面异常，正在回退｜下次通报：14:30（北京时间）前在状态页更新；下一封邮件在 16:10（北京时间）前发出)
    (13:40 的版本更新导致申请页面异常，正在回退)

    我们已找到问题原因，正在修复。

    - 最新进展：13:40 的版本更新导致申请页面异常，正在回退
    - 您可能遇到：出金申请提交失败
    - 临时办法：请致电或发邮件给我们，客服会立即为您办理
    - 预计恢复：15:00（北京时间）前，如有变化会及时告知
    - 下次通报：14:30（北京时间）前在状态页更新；下一封邮件在 16:10（北京时间）前发出
    - 联系我们：400-000-0000, support@example.com

    感谢您的耐心等待。

    —
    您收到这封邮件，是因为贵司正在使用该服务。
    状态页：https://status.example.com
    退订：[unsubscribe]
    ");
}

#[test]
fn update_with_nothing_new() {
    let mut draft = Draft::new("update", None).first_facts().say("workaround", "none", "");
    draft.nothing_new = true;
    draft.page.url = None;
    assert_snapshot!(both(&draft.compose()), @r"
    [Update] Withdrawals unavailable
    (Nothing new to report yet. We are still working on it. · next update by 16:10 (UTC+8))
    (Nothing new to report yet. We are still working on it.)

    Here is the latest on this problem. It is not over yet.

    - What is new: Nothing new to report yet. We are still working on it.
    - What you may notice: Withdrawal requests fail
    - What you can do meanwhile: There is no workaround yet. We will tell you as soon as there is one.
    - Next update: by 16:10 (UTC+8)
    - Contact: 400-000-0000, support@example.com

    Thank you for bearing with us.

    —
    You receive this because your organisation uses the service.
    =====
    [进展] 出金申请不可用
    (暂无新的进展，我们仍在处理。｜下次通报：16:10（北京时间）前)
    (暂无新的进展，我们仍在处理。)

    问题仍在处理中，最新情况如下：

    - 最新进展：暂无新的进展，我们仍在处理。
    - 您可能遇到：出金申请提交失败
    - 临时办法：目前还没有替代办法，一有办法我们会立即通知您。
    - 下次通报：16:10（北京时间）前
    - 联系我们：400-000-0000, support@example.com

    感谢您的耐心等待。

    —
    您收到这封邮件，是因为贵司正在使用该服务。
    ");
}

#[test]
fn monitoring() {
    let draft = Draft::of(Status::Monitoring).first_facts().say(
        "changed",
        "Withdrawals go through again",
        "出金申请已可正常提交",
    );
    assert_snapshot!(both(&draft.compose()), @r"
    [Monitoring] Withdrawals unavailable
    (Withdrawals go through again · next update by 14:30 (UTC+8) on our status page; the next email by 16:10 (UTC+8))
    (Withdrawals go through again)

    A repair is in place. We are watching closely before we call this resolved.

    - What is new: Withdrawals go through again
    - If you still run into it: Phone or mail us and support handles it at once
    - Next update: by 14:30 (UTC+8) on our status page; the next email by 16:10 (UTC+8)
    - Contact: 400-000-0000, support@example.com

    If something still fails for you, please tell us: it helps us to be sure.

    —
    You receive this because your organisation uses the service.
    Status page: https://status.example.com
    Unsubscribe: [unsubscribe]
    =====
    [观察中] 出金申请不可用
    (出金申请已可正常提交｜下次通报：14:30（北京时间）前在状态页更新；下一封邮件在 16:10（北京时间）前发出)
    (出金申请已可正常提交)

    修复措施已经生效，我们正在持续观察，确认稳定后会再通知您。

    - 最新进展：出金申请已可正常提交
    - 如仍遇到问题：请致电或发邮件给我们，客服会立即为您办理
    - 下次通报：14:30（北京时间）前在状态页更新；下一封邮件在 16:10（北京时间）前发出
    - 联系我们：400-000-0000, support@example.com

    如果您那边还有异常，请告诉我们，这有助于我们确认问题是否真正解决。

    —
    您收到这封邮件，是因为贵司正在使用该服务。
    状态页：https://status.example.com
    退订：[unsubscribe]
    ");
}

#[test]
fn resolved() {
    let draft = Draft::of(Status::Resolved)
        .first_facts()
        .moment("started_at", "2026-11-22T06:01:00Z")
        .moment("ended_at", "2026-11-22T07:40:00Z")
        .state("data_loss", FactValue::Choice("none".to_owned()))
        .state("review", FactValue::Choice("yes".to_owned()))
        .say("safe_to_retry", "Withdrawal requests", "出金申请");
    assert_snapshot!(both(&draft.compose_at("2026-11-22T08:00:00Z")), @r"
    [Resolved] Withdrawals unavailable
    (It is over: from 22 November, 14:01 to 15:40 (UTC+8))
    (Resolved: Withdrawals unavailable)

    This problem is resolved. We are sorry for the trouble it caused you, and thank you for your patience.

    - When it happened: from 22 November, 14:01 to 15:40 (UTC+8), 1 hour 39 minutes in all
    - What went wrong: Withdrawal requests fail
    - Your data: No data was lost.
    - What you can safely retry: Withdrawal requests
    - Contact: 400-000-0000, support@example.com

    We will publish a review of what happened and what we are changing.

    If anything still looks wrong to you, please get in touch. We will look at it at once.

    —
    You receive this because your organisation uses the service.
    Status page: https://status.example.com
    Unsubscribe: [unsubscribe]
    =====
    [已恢复] 出金申请不可用
    (问题已解决：11月22日 14:01 至 15:40（北京时间）)
    (已恢复：出金申请不可用)

    问题已经解决，服务恢复正常。给您带来不便，我们深表歉意，也感谢您的耐心等待。

    - 发生时间：11月22日 14:01 至 15:40（北京时间），历时 1 小时 39 分钟
    - 问题表现：出金申请提交失败
    - 数据情况：没有数据丢失。
    - 可以重试的操作：出金申请
    - 联系我们：400-000-0000, support@example.com

    我们会公布本次事件的复盘与改进措施。

    如果您发现任何异常，请随时联系我们，我们会第一时间处理。

    —
    您收到这封邮件，是因为贵司正在使用该服务。
    状态页：https://status.example.com
    退订：[unsubscribe]
    ");
}

#[test]
fn statement() {
    let draft = Draft::new("statement", None).say("claim", "Customers' money is frozen", "“客户资金被冻结”").say(
        "truth",
        "All accounts work and withdrawals are paid the same day",
        "所有账户正常，出金当日到账",
    );
    assert_snapshot!(both(&draft.compose()), @r"
    [Statement] Withdrawals unavailable
    (All accounts work and withdrawals are paid the same day)
    (Withdrawals unavailable)

    You may have come across a claim about us. This is what it says, what is true, and where you can check.

    - The claim: Customers' money is frozen
    - What is true: All accounts work and withdrawals are paid the same day
    - Our official channel: 400-000-0000, support@example.com

    Anything new will stand on our status page: https://status.example.com

    If you are in doubt about something you read, please ask us before you pass it on.

    —
    You receive this because your organisation uses the service.
    Status page: https://status.example.com
    Unsubscribe: [unsubscribe]
    =====
    [声明] 出金申请不可用
    (所有账户正常，出金当日到账)
    (出金申请不可用)

    近期您可能看到了一些关于我们的说法。为免误解，现将情况说明如下：

    - 相关说法：“客户资金被冻结”
    - 事实情况：所有账户正常，出金当日到账
    - 官方渠道：400-000-0000, support@example.com

    后续信息会在状态页公布：https://status.example.com

    如对看到的内容有疑问，欢迎先向我们核实。感谢您的信任。

    —
    您收到这封邮件，是因为贵司正在使用该服务。
    状态页：https://status.example.com
    退订：[unsubscribe]
    ");
}

#[test]
fn second_touch() {
    assert_snapshot!(both(&Draft::new("second_touch", None).first_facts().compose()), @r"
    [Notice] Withdrawals unavailable
    (We would like to make sure that you are looked after)
    (A personal follow-up: Withdrawals unavailable)

    Hello [name],

    we are getting in touch with you personally, because we are not sure that our notices and workarounds helped you. We are sorry about that.

    - What went wrong: Withdrawal requests fail
    - Since: about 22 November, 14:05 (UTC+8)
    - What you can do meanwhile: Phone or mail us and support handles it at once
    - Contact: 400-000-0000, support@example.com

    Is there anything you could not get done because of this? Tell us, and we will do it for you now.

    —
    You receive this because your organisation uses the service.
    Status page: https://status.example.com
    Unsubscribe: [unsubscribe]
    =====
    [通知] 出金申请不可用
    (想跟您确认，这件事是否已经妥善解决)
    (专程与您确认：出金申请不可用)

    [name]，您好：

    我们担心之前的通知和临时办法没有帮到您，所以专程与您联系。给您添麻烦了，非常抱歉。

    - 问题表现：出金申请提交失败
    - 开始时间：约 11月22日 14:05（北京时间）
    - 临时办法：请致电或发邮件给我们，客服会立即为您办理
    - 联系我们：400-000-0000, support@example.com

    受此影响，您还有没有没办成的事？请告诉我们，我们现在就为您处理。

    —
    您收到这封邮件，是因为贵司正在使用该服务。
    状态页：https://status.example.com
    退订：[unsubscribe]
    ");
}

#[test]
fn a_part_without_translation_goes_out_in_the_original_under_a_line_that_says_so() {
    let mut draft = Draft::of(Status::Investigating).first_facts().say("impact", "Withdrawals fail", "");
    if let Some(state) = draft.incident.facts.get_mut("unaffected") {
        state.stale = vec![Locale::chinese()];
    }
    let composed = draft.compose();
    assert!(composed.is_sound());
    assert_snapshot!(composed.warnings.join("\n"), @r"
    The zh-Hans wording of `impact` is missing: its readers get the original.
    The zh-Hans wording of `unaffected` is older than the last statement: its readers get the original.
    ");
    let chinese = &composed.messages[1];
    assert_eq!(chinese.short, "Withdrawals fail");
    assert!(
        chinese.text.contains("- 您可能遇到：（以下内容尚未翻译，为英文原文）\n  Withdrawals fail\n"),
        "{}",
        chinese.text
    );
    assert!(
        chinese.text.contains("为英文原文）\n  Deposits, trading and balances work as usual\n"),
        "{}",
        chinese.text
    );
}

#[test]
fn the_contract_lists_what_is_missing_and_the_command_that_states_it() {
    let mut draft = Draft::of(Status::Investigating);
    draft.page.contact = None;
    let told = |draft: &Draft| {
        let composed = draft.compose();
        assert!(!composed.is_sound());
        let lines = composed.problems.iter().filter(|problem| problem.level == Level::Error);
        lines.map(|p| format!("{}\n  {}\n", p.message, p.help.as_deref().unwrap_or_default())).collect::<String>()
    };
    assert_snapshot!(told(&draft), @r#"
    what customers notice is not stated (`impact`)
      muster set impact="…"
    what still works is not stated (`unaffected`)
      muster set unaffected="Deposits, trading and \"balances\" work"
    what customers can do meanwhile is not stated (`workaround`)
      muster set workaround="…", or workaround=none if there is none yet
    how customers reach you is not stated (`contact`)
      muster set contact="…", or contact under [page] in muster.toml
    "#);
    assert_snapshot!(told(&Draft::of(Status::Resolved)), @r#"
    when it ended is not stated (`ended_at`)
      muster set ended_at=HH:MM
    whether data was lost is not stated (`data_loss`)
      muster set data_loss=none (or some, or unknown)
    what is safe to retry is not stated (`safe_to_retry`)
      muster set safe_to_retry="…"
    "#);
    assert_snapshot!(told(&Draft::new("statement", None)), @r#"
    the claim that is going round is not stated (`claim`)
      muster set claim="…"
    what is true is not stated (`truth`)
      muster set truth="…"
    "#);
    assert_snapshot!(told(&Draft::new("update", None)), @r#"
    what changed since the last notice is not stated (`changed`)
      muster set changed="…", or draft with --nothing-new
    what customers can do meanwhile is not stated (`workaround`)
      muster set workaround="…", or workaround=none if there is none yet
    "#);
}

#[test]
fn what_each_status_asks_for() {
    let progress = ["missing_fact", "missing_fact"];
    for (template, status, missing) in [
        ("investigating", Some(Status::Investigating), &["missing_fact"; 3][..]),
        ("identified", Some(Status::Identified), &progress),
        ("monitoring", Some(Status::Monitoring), &progress),
        ("update", None, &progress),
        ("resolved", Some(Status::Resolved), &["missing_fact"; 3]),
        ("statement", None, &["missing_fact"; 2]),
        ("second_touch", None, &["missing_fact"]),
    ] {
        assert_eq!(Draft::new(template, status).codes(), missing, "{template}");
    }
}

#[test]
fn an_end_must_lie_between_the_beginning_and_now_and_after_a_reopening() {
    let resolved = |ended: &str| {
        Draft::of(Status::Resolved)
            .moment("ended_at", ended)
            .state("data_loss", FactValue::Choice("none".to_owned()))
            .say("safe_to_retry", "Everything", "全部操作")
    };
    assert_eq!(resolved("2026-11-22T06:09:00Z").codes(), Vec::<&str>::new());
    assert_eq!(resolved("2026-11-22T06:04:00Z").codes(), ["ends_before_it_began"]);
    assert_eq!(resolved("2026-11-22T06:11:00Z").codes(), ["ends_in_future"]);
    let mut reopened = resolved("2026-11-22T06:09:00Z");
    reopened.incident.attempt = 2;
    assert_eq!(reopened.codes(), ["missing_fact"; 3]);
}

#[test]
fn an_estimate_goes_out_only_if_somebody_authorised_it_and_it_is_to_come() {
    let eta = |moment: &str| Draft::of(Status::Investigating).first_facts().moment("eta", moment);
    let shown = |draft: &Draft| draft.compose().messages[0].text.contains("Expected back");
    let draft = eta("2026-11-22T07:00:00Z");
    assert_eq!((draft.codes(), shown(&draft)), (vec!["estimate_not_authorised"], false));
    let draft = draft.say("eta_by", "ops", "运维");
    assert_eq!((draft.codes(), shown(&draft)), (vec![], true));
    let draft = eta("2026-11-22T06:00:00Z").say("eta_by", "ops", "运维");
    assert_eq!((draft.codes(), shown(&draft)), (vec!["estimate_past"], false));
}

#[test]
fn the_promise_stands_on_the_minute_and_mail_states_its_own() {
    let composed = Draft::of(Status::Investigating).first_facts().compose();
    assert_eq!(composed.next_update_at.map(clock::rfc3339).as_deref(), Some("2026-11-22T06:30:00.000Z"));
    assert_eq!(composed.next_mail_at.map(clock::rfc3339).as_deref(), Some("2026-11-22T08:10:00.000Z"));
    let over = Draft::of(Status::Resolved).compose();
    assert_eq!((over.next_update_at, over.next_mail_at), (None, None));
}

#[test]
fn a_notice_that_shows_what_changed_uses_it_up() {
    let changed = |draft: Draft| draft.first_facts().say("changed", "We rolled back", "已回退");
    assert_eq!(changed(Draft::new("update", None)).compose().spends, [FactId::new("changed")]);
    assert_eq!(changed(Draft::of(Status::Investigating)).compose().spends, []);
    let mut quiet = changed(Draft::new("update", None));
    quiet.nothing_new = true;
    assert_eq!(quiet.compose().spends, []);
}

#[test]
fn a_status_given_at_the_draft_takes_its_own_template() {
    let mut draft = Draft::new("update", None).first_facts().say("changed", "We rolled back", "已回退");
    draft.status = Some(Status::Identified);
    let composed = draft.compose();
    assert_eq!(composed.status, Some(Status::Identified));
    assert_eq!(composed.messages[0].subject, "[Identified] Withdrawals unavailable");
    draft.status = Some(Status::Resolved);
    assert_eq!(draft.codes(), ["missing_fact"; 3]);
}

#[test]
fn an_update_that_says_nothing_else_repeats_the_status_that_stands() {
    let mut draft = Draft::new("update", None).first_facts().say("changed", "We rolled back", "已回退");
    assert_eq!(draft.compose().status, None);
    draft.incident.status = Some(Status::Identified);
    let composed = draft.compose();
    assert_eq!(composed.status, Some(Status::Identified));
    assert_eq!(composed.messages[0].subject, "[Update] Withdrawals unavailable");
    let statement = Draft { incident: draft.incident, ..Draft::new("statement", None) };
    assert_eq!(statement.compose().status, None);
}

#[test]
fn a_drill_says_so_in_everything_it_writes() {
    let mut draft = Draft::of(Status::Investigating).first_facts();
    draft.incident.drill = true;
    for message in draft.compose().messages {
        for part in [&message.subject, &message.short, &message.text, &message.html, &message.markdown] {
            assert!(part.contains("Drill") || part.contains("drill") || part.contains("演练"), "{part}");
        }
    }
}

#[test]
fn staff_are_not_offered_to_unsubscribe() {
    let mut draft = Draft::of(Status::Investigating).first_facts();
    assert!(draft.compose().messages[0].html.contains(&personal::token("unsubscribe")));
    draft.spec.audience = vec![AudienceId::new("staff")];
    for part in [&draft.compose().messages[0].html, &draft.compose().messages[0].text] {
        assert!(!part.contains(&personal::token("unsubscribe")));
    }
}

#[test]
fn warnings_name_the_fact_its_language_and_what_to_write_instead() {
    let draft = Draft::of(Status::Investigating)
        .first_facts()
        .say("impact", "db-prod-01 (10.0.0.7) is down", "数据库故障，预计 30 分钟内恢复")
        .say("affected", "Only Hong Kong", "仅香港客户");
    let composed = draft.compose();
    assert!(composed.is_sound());
    assert_snapshot!(composed.warnings.join("\n"), @r"
    `impact` names the address of a machine: “10.0.0.7”.
    `impact` names a machine: “db-prod-01”.
    `impact.zh-Hans` promises an end that nobody has authorised: “库故障，预计 30 分钟内恢复”.
    `affected` draws a limit while the problem is still being investigated: “Only”.
    `affected.zh-Hans` draws a limit while the problem is still being investigated: “仅”.
    ");
}

#[test]
fn mail_html_sets_its_language_and_loads_nothing() {
    for message in Draft::of(Status::Investigating).first_facts().compose().messages {
        assert!(message.html.contains(&format!("<html lang=\"{}\">", message.locale)));
        for loads in ["src=", "url(", "@import", "<link", "<script", "<img"] {
            assert!(!message.html.contains(loads), "{loads}");
        }
    }
}
