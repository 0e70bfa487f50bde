//! The sentences in Chinese.

use super::Words;
use crate::incident::Outcome;
use crate::incident::event::Event;
use crate::locale::Locale;
use crate::runbook::{Cause, FactId, Phase, Status};

pub(super) fn sentence(event: &Event, words: &Words<'_>) -> String {
    match event {
        Event::IncidentDeclared(declared) => {
            let opened = if declared.drill { "演练开始" } else { "事件已宣告" };
            let severity = words.severity(&declared.severity);
            format!("{opened}：{}，级别 {severity}。", declared.title.get(words.locale))
        }
        Event::PhaseEntered { phase } => match phase {
            Phase::Pre => "进入事前阶段：先响应、先止损。".to_owned(),
            Phase::Mid => "进入事中阶段：查找问题并修复。".to_owned(),
            Phase::Post => "进入事后阶段：复盘。".to_owned(),
        },

        Event::StepOpened { step, attempt: 1, .. } => format!("“{}”开始。", words.step(step)),
        Event::StepOpened { step, attempt, .. } => format!("“{}”重新开始，第 {attempt} 次。", words.step(step)),
        Event::StepNotApplicable { step } => format!("“{}”本次不适用。", words.step(step)),
        Event::UpdatesStarted { step, .. } => format!("“{}”从现在起需按时更新进展。", words.step(step)),
        Event::StepPassed { step } => format!("“{}”此前已提前处理。", words.step(step)),
        Event::StepTakenEarly { step, reason, .. } => format!("“{}”提前处理：{}", words.step(step), ended(reason)),
        Event::DecisionAnswered { step, answer } => {
            let (question, answer) = (words.step(step), words.answer(step, answer));
            if question.ends_with('？') {
                format!("{question}{}", ended(answer))
            } else {
                format!("“{question}”的结论：{}", ended(answer))
            }
        }
        Event::SignalReceived { step } => format!("“{}”等待的信号已收到。", words.step(step)),
        Event::ProbeAnswered { step, passed: true, .. } => format!("“{}”探测通过。", words.step(step)),
        Event::ProbeAnswered { step, passed: false, detail } => {
            with(format!("“{}”探测未通过", words.step(step)), Some(detail))
        }
        Event::StepEnded { step, outcome, note, reason, .. } => {
            let (step, accepts) = (words.step(step), words.accepts(step));
            match outcome {
                Outcome::Done if accepts => with(format!("“{step}”通过"), note.as_deref()),
                Outcome::Failed if accepts => with(format!("“{step}”未通过"), note.as_deref()),
                Outcome::Done => with(format!("“{step}”已完成"), note.as_deref()),
                Outcome::Worked => with(format!("“{step}”已生效"), note.as_deref()),
                Outcome::Failed => with(format!("“{step}”未成功"), note.as_deref()),
                Outcome::Skipped => with(format!("“{step}”已跳过"), reason.as_deref()),
            }
        }
        Event::AttemptRestarted { because, attempt, .. } => {
            format!("“{}”未通过，相关步骤重新进行，第 {attempt} 次。", words.step(because))
        }

        Event::MeasureRequested { step, .. } => format!("“{}”已提请批准。", words.step(step)),
        Event::ActionQueued { step, run: 1, .. } => format!("“{}”已安排执行。", words.step(step)),
        Event::ActionQueued { step, run, .. } => format!("“{}”再次安排执行，第 {run} 次。", words.step(step)),
        Event::ActionStarted { step, .. } => format!("“{}”开始执行。", words.step(step)),
        Event::ActionWorked { step, detail, .. } => with(format!("“{}”执行成功", words.step(step)), Some(detail)),
        Event::ActionFailed { step, detail, retries_left: 0, .. } => {
            with(format!("“{}”执行未成功", words.step(step)), Some(detail))
        }
        Event::ActionFailed { step, detail, .. } => {
            with(format!("“{}”执行未成功，正在重试", words.step(step)), Some(detail))
        }

        Event::Approved { step, alone: Some(reason), .. } => {
            format!("“{}”由提交人单独批准：{}", words.step(step), ended(reason))
        }
        Event::Approved { step, complete: true, .. } => format!("“{}”已批准。", words.step(step)),
        Event::Approved { step, complete: false, .. } => {
            format!("“{}”已获一人批准，还需其他人批准。", words.step(step))
        }
        Event::Rejected { step, reason, .. } => format!("“{}”被驳回：{}", words.step(step), ended(reason)),
        Event::ApprovalEscalated { step, to } => {
            let roles: Vec<&str> = to.iter().map(|role| words.role(role)).collect();
            format!("“{}”等待批准过久，{}也可批准。", words.step(step), roles.join("、"))
        }

        Event::ObligationOpened { step } => format!("“{}”已生效，之后需要解除或确认保留。", words.step(step)),
        Event::ObligationLifted { step } => match words.lift(step) {
            Some(lift) => format!("“{}”已解除：{}", words.step(step), ended(lift)),
            None => format!("“{}”已解除。", words.step(step)),
        },
        Event::ObligationKept { step, reason } => format!("“{}”予以保留：{}", words.step(step), ended(reason)),

        Event::FactStated { fact, value, .. } => {
            format!("{}：{}", words.fact(fact), ended(&words.value(fact, value)))
        }
        Event::FactsConfirmed { facts } => {
            let said = |(fact, value)| format!("{}：{}", words.fact(fact), words.value(fact, value));
            ended(&facts.iter().map(said).collect::<Vec<String>>().join("；"))
        }
        Event::SeverityChanged { from, to, reason, .. } => {
            let from = words.severity(from);
            let space = if from.ends_with('）') { "" } else { " " };
            format!("级别由 {from}{space}调整为 {}：{}", words.severity(to), ended(reason))
        }
        Event::CauseClassified { cause } => match cause {
            Cause::Platform => "原因归类为：平台原因。".to_owned(),
            Cause::Human => "原因归类为：人为原因。".to_owned(),
            Cause::System => "原因归类为：系统原因。".to_owned(),
        },
        Event::RoleAssigned { role, people } if people.is_empty() => {
            format!("“{}”这一角色暂时无人担任。", words.role(role))
        }
        Event::RoleAssigned { role, .. } => format!("“{}”这一角色已有人担任。", words.role(role)),
        Event::NoteAdded { text, .. } => text.clone(),
        Event::EventTranslated { seq, locale, text } => {
            format!("第 {seq} 条记录的{}译文：{}", language(locale), ended(text))
        }
        Event::EventCorrected { seq, text, reason } => {
            format!("更正第 {seq} 条记录：{}更正原因：{}", ended(text), ended(reason))
        }

        Event::FallbackSwitched { fallback, on: true } => format!("替代办法“{}”已启用。", words.fallback(fallback)),
        Event::FallbackSwitched { fallback, on: false } => format!("替代办法“{}”停用。", words.fallback(fallback)),
        Event::FallbackImported { fallback, contacts } => {
            format!("替代办法“{}”已导入名单，共 {contacts} 个联系人。", words.fallback(fallback))
        }
        Event::AffectedImported { contacts } => format!("已导入受影响名单，共 {contacts} 个联系人。"),
        Event::ContactsReached { contacts, by, note, .. } => {
            with(format!("已人工联系 {} 个联系人（{}）", contacts.len(), means(by)), note.as_deref())
        }

        Event::NoticeDrafted(draft) => {
            format!("“{}”已起草，共 {} 个接收方。", words.step(&draft.step), draft.recipients.rows)
        }
        Event::NoticeVoided { step, because, .. } => {
            format!("“{}”的草稿已作废：{}。", words.step(step), voided(because, words))
        }
        Event::NoticeCancelled { step, .. } => format!("“{}”已取消。", words.step(step)),
        Event::NoticeQueued(queued) => match queued.kept_promise {
            Some(false) => format!("“{}”已发出，晚于承诺的时间。", words.step(&queued.step)),
            Some(true) | None => format!("“{}”已发出。", words.step(&queued.step)),
        },
        Event::NoticePaused { step, reason, .. } => with(format!("“{}”暂停发送", words.step(step)), reason.as_deref()),
        Event::NoticeResumed { step, .. } => format!("“{}”继续发送。", words.step(step)),
        Event::NoticeResent { step, rows, .. } => format!("“{}”已重新发送给 {rows} 个接收方。", words.step(step)),
        Event::NoticeFirstSent { step, .. } => format!("“{}”已发给首个接收方。", words.step(step)),
        Event::NoticeSettled { step, counts, .. } => {
            let counts: Vec<String> =
                counts.iter().map(|(state, count)| format!("{} {count}", delivered(state))).collect();
            let counts = if counts.is_empty() { "无需投递".to_owned() } else { counts.join("，") };
            format!("“{}”投递完毕：{counts}。", words.step(step))
        }
        Event::StatusChanged { to, .. } => format!("对外状态变为“{}”。", status(*to)),

        Event::UpdateOwed { step, missed: 1, .. } => format!("“{}”已过承诺时间，尚欠一次更新。", words.step(step)),
        Event::UpdateOwed { step, missed, .. } => {
            format!("“{}”已错过 {missed} 次承诺时间，尚欠一次更新。", words.step(step))
        }
        Event::DeadlineMissed { step, .. } => format!("“{}”已超过时限。", words.step(step)),

        Event::IncidentResolved { reason: None } => "事件已解决。".to_owned(),
        Event::IncidentResolved { reason: Some(reason) } => {
            format!("步骤尚未全部结束，事件由人工判定为已解决：{}", ended(reason))
        }
        Event::IncidentClosed { reason: None } => "事件已关闭。".to_owned(),
        Event::IncidentClosed { reason: Some(reason) } => {
            format!("步骤尚未全部结束，事件由人工关闭：{}", ended(reason))
        }
        Event::IncidentReopened { reason, .. } => format!("事件重新打开：{}", ended(reason)),

        Event::SectionEdited { section, .. } => format!("复盘的“{}”一节已填写。", section_title(section)),
        Event::FactorAdded { text } => format!("促成因素：{}", ended(text)),
        Event::PhraseKept { reason, .. } => format!("复盘中的一处措辞予以保留：{}", ended(reason)),
        Event::FollowUpAdded { id, plan, from_runbook } => {
            let text = plan.text.as_deref().or_else(|| from_runbook.as_ref().map(|text| text.get(words.locale)));
            with(format!("新增改进项 {id}"), text)
        }
        Event::FollowUpPlanned { id, .. } => format!("改进项 {id} 的安排已更新。"),
        Event::FollowUpDone { id, note } => with(format!("改进项 {id} 已完成"), note.as_deref()),
        Event::FollowUpVerified { id, note } => with(format!("改进项 {id} 已验证有效"), note.as_deref()),
    }
}

/// A sentence with what people added, if they did.
fn with(sentence: String, more: Option<&str>) -> String {
    match more.map(str::trim) {
        Some(more) if !more.is_empty() => format!("{sentence}：{}", ended(more)),
        Some(_) | None => format!("{sentence}。"),
    }
}

/// Ends what people wrote with a full stop, unless it ends by itself.
fn ended(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['。', '！', '？', '…', '.', '!', '?', '”', '）']) {
        text.to_owned()
    } else {
        format!("{text}。")
    }
}

fn means(by: &str) -> &str {
    match by {
        "phone" => "电话",
        "mail" => "邮件",
        "visit" => "上门",
        other => other,
    }
}

fn delivered(state: &str) -> &str {
    match state {
        "sent" => "已送达",
        "failed" => "未送达",
        "suppressed" => "已停发",
        "expired" => "已过期",
        "unknown" => "结果不明",
        "pending" => "待发送",
        other => other,
    }
}

fn section_title(section: &str) -> &str {
    match section {
        "goals" => "回顾目标",
        "process" => "叙述过程",
        "results" => "评估结果",
        "causes" => "分析原因",
        "patterns" => "推演规律",
        "document" => "形成文档",
        other => other,
    }
}

fn language(locale: &Locale) -> &str {
    match locale.language() {
        "en" => "英文",
        "zh" => "中文",
        _ => locale.as_str(),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Investigating => "调查中",
        Status::Identified => "已定位",
        Status::Monitoring => "观察中",
        Status::Resolved => "已恢复",
    }
}

fn voided(because: &str, words: &Words<'_>) -> String {
    match because {
        "severity" => "级别有调整".to_owned(),
        "cause" => "原因归类有变化".to_owned(),
        "status" => "对外状态有变化".to_owned(),
        "redrafted" => "已重新起草".to_owned(),
        "step_ended" => "所属步骤已结束".to_owned(),
        other => match other.strip_prefix("fact:") {
            Some(fact) => format!("“{}”有变化", words.fact(&FactId::new(fact))),
            None => "其中内容有变化".to_owned(),
        },
    }
}
