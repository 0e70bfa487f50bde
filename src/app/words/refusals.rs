//! What the engine and the conductor refuse, by its code, in Chinese; in English they say it themselves.

/// The message and help of a refusal; none where the code is not known.
///
/// The objects are those that the English message names in backticks.
pub(super) fn chinese(code: &str, message: &str, help: Option<&str>) -> Option<(String, Option<String>)> {
    let named: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let code = if message == "no incident is open" { "none_open" } else { code };
    let told = told(code, message, named.first().copied(), named.get(1).copied())?;
    Some((told, help.and_then(super::advice::chinese)))
}

fn told(code: &str, message: &str, first: Option<&str>, second: Option<&str>) -> Option<String> {
    let one = first.map_or_else(|| "该项".to_owned(), |name| format!("`{name}`"));
    let two = second.map_or_else(|| "该项".to_owned(), |name| format!("`{name}`"));
    Some(match code {
        "no_answer" => "没有收到回答，未做任何改动".to_owned(),
        "which_incident" => "无法确定是哪一个，请指明".to_owned(),
        "none_open" => "当前没有处理中的事件".to_owned(),
        "not_found" => format!("找不到 {one}"),
        "key_taken" => "这个幂等键刚刚被另一个请求使用，请重试".to_owned(),
        "key_reused" => "这个幂等键已用于另一条命令".to_owned(),
        "file_exists" => format!("{one} 已经存在"),
        "bad_backup" => format!("{one} 不是可用的备份"),
        "broken_journal" => "日志的哈希链已断开".to_owned(),
        "store_unavailable" => format!("数据暂时无法读写：{message}"),
        "unreadable" => format!("无法读取 {one}"),

        "already_ended" => format!("{one} 已经结束"),
        "not_open" => format!("还没轮到 {one}"),
        "not_applicable" => format!("{one} 不适用：它的条件不成立"),
        "phase_over" => format!("{one} 所在的阶段已经结束"),
        "not_skippable" => format!("{one} 不影响后续步骤，无需跳过"),
        "not_by_hand" => format!("{one} 不能用 done 结束"),
        "wrong_outcome" => format!("{one} 不能以这种结果结束"),
        "evidence_needed" => format!("{one} 需要附上证据链接"),
        "facts_missing" => format!("{one} 还缺少要陈述的事实"),
        "fact_missing" => format!("{one} 要用到 {two}，但还没有人陈述"),
        "fallbacks_undecided" => "还有替代办法没有决定启用或停用".to_owned(),
        "review_unfinished" if message.contains("factors") => format!("{one} 要求至少写两条促成因素"),
        "review_unfinished" if message.contains("follow-up") => {
            "每个后续事项都要有负责角色、期限和验证办法，才能结束复盘".to_owned()
        }
        "review_unfinished" => "复盘还有章节没有写".to_owned(),
        "blaming_words" => {
            let phrases = message.split_once(": ").map_or("", |(_, phrases)| phrases).replace(", ", "、");
            format!("复盘里还有指责个人的措辞：{phrases}")
        }
        "not_a_question" => format!("{one} 不是判断步骤"),
        "unknown_answer" => format!("{one} 不是 {two} 的答案"),
        "not_a_signal" => format!("{one} 不在等待信号"),
        "not_a_reach" => format!("{one} 不是人工联系步骤"),
        "already_reached" => format!("{one} 中没有需要再登记的客户"),
        "probe_not_passed" => "探测还没有通过".to_owned(),
        "running" => format!("{one} 正在执行"),
        "nothing_to_run" => format!("{one} 由人执行，没有可运行的系统操作"),

        "approval_needed" => format!("{one} 需要先获得批准"),
        "already_approved" => format!("{one} 已经批准过了"),
        "already_asked" => format!("{one} 正在等待批准"),
        "not_an_approver" => format!("无权批准 {one}"),
        "own_approval" => format!("{one} 由你起草或发起，不能自己批准"),
        "nothing_to_approve" => format!("{one} 没有待批准的内容"),
        "hash_changed" => format!("{one} 的内容与你看到的已经不同"),

        "nothing_drafted" => format!("{one} 还没有草稿"),
        "draft_voided" => format!("{one} 的草稿已失效：其中的内容有变化"),
        "cancelled" => format!("{one} 的草稿已被取消或驳回"),
        "not_a_notice" => format!("{one} 不是通知步骤"),
        "already_queued" => format!("通知 {one} 已在发送中"),
        "already_settled" => "这条通知已经发完".to_owned(),
        "already_paused" => format!("通知 {one} 已经暂停"),
        "not_paused" => format!("通知 {one} 没有暂停"),
        "not_sending" => format!("通知 {one} 不在发送中"),
        "not_sent" => format!("通知 {one} 还没有发送"),
        "nothing_to_cancel" => format!("{one} 没有可取消的通知"),
        "nothing_to_resend" => "没有需要重发的部分".to_owned(),
        "promise_past" => "草稿承诺的下次更新时间已经过去，请重新起草".to_owned(),
        "recipients_differ" => "收件方数量与草稿不一致".to_owned(),

        "reason_needed" => "请说明原因".to_owned(),
        "nothing_to_tell" => "请写明有什么变化，或说明暂无新进展".to_owned(),
        "bad_name" => format!("无法识别 {one}"),
        "bad_form" => format!("表单内容无法识别：{message}"),
        "not_suppressed" => format!("{one} 没有被停发"),
        "too_many_drills" => "其他演练正在进行".to_owned(),
        "not_a_time" => format!("{one} 不是时间，可写成 14:05 或 2026-11-22T14:05:00Z"),
        "unchanged" => format!("{one} 没有变化"),
        "nothing_stated" => "没有要陈述或确认的内容".to_owned(),
        "bad_value" => format!("{one} 不是可用的值"),
        "wrong_value" => format!("{one} 的值不符合类型"),
        "empty_text" => "内容不能为空".to_owned(),
        "text_has_nul" => "内容包含 NUL 字符".to_owned(),
        "text_too_long" => "内容太长".to_owned(),
        "not_a_person" => "人员写法不对".to_owned(),
        "in_the_future" => format!("{one} 还没有到"),
        "unknown_event" => format!("没有第 {one} 条记录"),
        "unknown_fact" => format!("这个预案没有 {one} 这项事实"),
        "unknown_fallback" => format!("这个预案没有 {one} 这个替代办法"),
        "unknown_role" => format!("这个预案没有 {one} 这个角色"),
        "unknown_severity" => format!("这个预案没有 {one} 这个级别"),
        "unknown_step" => format!("这个预案没有 {one} 这个步骤"),
        "unknown_section" => format!("没有 {one} 这一节"),
        "unknown_follow_up" => format!("没有后续事项 {one}"),
        "unknown_notice" => format!("没有发出过通知 {one}"),
        "not_imported" => format!("{one} 的联系人由条件选出，不能导入"),

        "no_obligation" => format!("{one} 没有需要解除的措施"),
        "obligation_open" => "还有止损措施没有解除，不能宣布恢复".to_owned(),
        "already_resolved" => format!("{one} 已经恢复"),
        "already_closed" => format!("{one} 已经关闭"),
        "not_resolved" => format!("{one} 还在处理中"),
        "already_done" => format!("{one} 已经完成"),
        "already_verified" => format!("{one} 已经验证过"),
        "not_done" => format!("{one} 要先完成，才能验证"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_its_object_and_its_commands() {
        let told = chinese("not_open", "it is not yet the turn of `resolved`", Some("see `muster show`, or act early"));
        assert_eq!(told, Some(("还没轮到 `resolved`".to_owned(), Some("muster show".to_owned()))));
        let told = chinese("unknown_answer", "`maybe` is no answer of `recent_change`", Some("answers: `yes`, `no`"));
        let help = "可选答案：`yes`、`no`".to_owned();
        assert_eq!(told, Some(("`maybe` 不是 `recent_change` 的答案".to_owned(), Some(help))));
        assert_eq!(chinese("something_new", "a message", None), None);
    }
}
