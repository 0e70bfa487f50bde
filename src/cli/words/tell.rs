//! Words for telling customers: drafts, approvals, delivery, the contact book.

use super::Words;
use crate::app::view::{DeliveryCounts, ImportReport};
use crate::incident::event::{LeftOut, Recipients};

impl Words {
    pub(crate) fn notice_state(self, state: &str) -> &'static str {
        match state {
            "draft" => self.pick("draft", "草稿"),
            "approved" => self.pick("approved", "已批准"),
            "queued" => self.pick("sending", "发送中"),
            "settled" => self.pick("sent out", "已发完"),
            _ => self.pick("cancelled", "已取消"),
        }
    }

    pub(crate) fn recipients(self, count: u64) -> String {
        let noun = if count == 1 { "recipient" } else { "recipients" };
        self.pick(format!("{count} {noun}"), format!("{count} 个收件方"))
    }

    pub(crate) fn goes_to(self, recipients: Recipients, audience: &[String]) -> String {
        let Recipients { rows, contacts, organisations, endpoints } = recipients;
        let audience = self.listed(audience);
        self.pick(
            format!("To {audience}: {rows} in all ({contacts} contacts of {organisations} organisations, {endpoints} endpoints)"),
            format!("发给 {audience}：共 {rows} 个（{organisations} 家机构的 {contacts} 个联系人，{endpoints} 个推送端点）"),
        )
    }

    /// Who gets nothing by mail; none where everyone does.
    pub(crate) fn left_out(self, left_out: LeftOut) -> Option<String> {
        let parts: Vec<String> = [
            (left_out.suppressed, self.pick("unsubscribed or bouncing", "已退订或退信")),
            (left_out.no_address, self.pick("without an address", "没有邮箱地址")),
            (left_out.duplicate, self.pick("already reached as another contact", "与其他联系人重复")),
            (left_out.paced, self.pick("not due for mail yet", "未到邮件发送间隔")),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, why)| self.pick(format!("{count} {why}"), format!("{count} 个{why}")))
        .collect();
        (!parts.is_empty())
            .then(|| self.pick(format!("Left out: {}", parts.join(", ")), format!("不会收到：{}", parts.join("，"))))
    }

    pub(crate) fn next_update_by(self, at: &str) -> String {
        self.pick(format!("Promises the next update by {at}"), format!("承诺在 {at} 前发布下一次更新"))
    }

    pub(crate) fn hash_is(self, hash: &str) -> String {
        self.pick(format!("Hash {hash}"), format!("内容指纹 {hash}"))
    }

    pub(crate) fn difference(self) -> &'static str {
        self.pick("Changed since the last notice", "与上一条通知的差异")
    }

    pub(crate) fn no_difference(self) -> &'static str {
        self.pick("The text is the same as the last notice's.", "内容与上一条通知相同。")
    }

    pub(crate) fn not_drafted(self) -> &'static str {
        self.pick("It was not drafted: the notice must first say", "还不能起草，通知必须先说明")
    }

    pub(crate) fn to_be_considered(self) -> &'static str {
        self.pick("Before approving, consider", "批准前请留意")
    }

    pub(crate) fn needs_approval(self, roles: &str, step: &str, hash: &str) -> String {
        self.pick(
            format!("Next: {roles} approves exactly this text:  muster approve {step} --hash {hash}"),
            format!("下一步：由 {roles} 批准这份内容：muster approve {step} --hash {hash}"),
        )
    }

    pub(crate) fn may_be_sent(self, step: &str, recipients: u64) -> String {
        self.pick(
            format!("Next: muster notice send {step} --recipients {recipients}"),
            format!("下一步：muster notice send {step} --recipients {recipients}"),
        )
    }

    pub(crate) fn ask_send(self, recipients: u64) -> String {
        self.pick(format!("Send it to {recipients} now?"), format!("现在发给 {recipients} 个收件方吗？"))
    }

    pub(crate) fn ask_approve(self) -> &'static str {
        self.pick("Approve exactly this text?", "批准这份内容吗？")
    }

    pub(crate) fn recipients_are_required(self, count: u64) -> String {
        self.pick(
            format!("off a terminal `--recipients` must say how many get it; it is {count}"),
            format!("不在终端上运行时，必须用 `--recipients` 写明收件方数量，当前为 {count}"),
        )
    }

    pub(crate) fn not_sent(self) -> &'static str {
        self.pick("Nothing was sent.", "没有发送。")
    }

    /// What became of the rows, zeros left out.
    pub(crate) fn delivered(self, counts: DeliveryCounts) -> String {
        let DeliveryCounts { sent, failed, suppressed, expired, unknown, pending } = counts;
        let parts: Vec<String> = [
            (sent, self.pick("sent", "已发出")),
            (failed, self.pick("failed", "失败")),
            (suppressed, self.pick("suppressed", "已拦截")),
            (expired, self.pick("expired", "已过期")),
            (unknown, self.pick("unknown", "结果未知")),
            (pending, self.pick("pending", "待发送")),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| self.pick(format!("{count} {word}"), format!("{word} {count}")))
        .collect();
        if parts.is_empty() {
            self.pick("Nothing is due.", "没有待发送的消息。").to_owned()
        } else {
            self.listed(&parts)
        }
    }

    pub(crate) fn step_word(self) -> &'static str {
        self.pick("STEP", "步骤")
    }

    pub(crate) fn without_address(self, count: u64) -> String {
        self.pick(
            format!("{count} of the failed have no address: reach them by hand."),
            format!("失败的当中有 {count} 个没有登记地址，需要人工联系。"),
        )
    }

    pub(crate) fn resend_those(self, step: &str) -> String {
        self.pick(
            format!("Try those again: muster notice resend {step}"),
            format!("重新发送这些：muster notice resend {step}"),
        )
    }

    pub(crate) fn staying(self) -> &'static str {
        self.pick("Delivering until it is stopped (Ctrl-C).", "持续发送中，按 Ctrl-C 停止。")
    }

    pub(crate) fn trouble(self, what: &str) -> String {
        self.pick(format!("{what}; trying again"), format!("{what}；稍后自动重试"))
    }

    pub(crate) fn worker_delivers(self) -> &'static str {
        self.pick(
            "A worker is running and delivers it; Ctrl-C stops only this view.",
            "已有发送进程在运行，由它发送；按 Ctrl-C 只会退出这里的进度显示。",
        )
    }

    pub(crate) fn worker_is_silent(self) -> &'static str {
        self.pick("The worker has fallen silent; delivering from here.", "发送进程没有响应，改由这里继续发送。")
    }

    pub(crate) fn pending_paused(self, count: u64, step: &str) -> String {
        self.pick(
            format!(
                "{count} wait because sending is paused; the timeline says why. Go on with: muster notice resume {step}"
            ),
            format!("发送已暂停，还有 {count} 条未发，原因见时间线。继续发送：muster notice resume {step}"),
        )
    }

    pub(crate) fn pending_with_worker(self, count: u64, at: Option<&str>) -> String {
        match at {
            Some(at) => self.pick(
                format!("{count} pending: the worker that is running goes on with them, next at {at}."),
                format!("还有 {count} 条待发送，由正在运行的发送进程继续，下一次在 {at}。"),
            ),
            None => self.pick(
                format!("{count} pending: the worker that is running goes on with them."),
                format!("还有 {count} 条待发送，由正在运行的发送进程继续。"),
            ),
        }
    }

    pub(crate) fn pending_until(self, count: u64, at: Option<&str>) -> String {
        match at {
            Some(at) => self.pick(
                format!("{count} pending, to be tried again from {at} on: muster deliver --drain"),
                format!("还有 {count} 条待发送，{at} 起重试：muster deliver --drain"),
            ),
            None => self.pick(
                format!("{count} pending: muster deliver --drain"),
                format!("还有 {count} 条待发送：muster deliver --drain"),
            ),
        }
    }

    pub(crate) fn stopped(self, count: u64) -> String {
        self.pick(
            format!("Stopped. {count} stay queued and nothing is lost. Go on with: muster deliver --drain"),
            format!("已停止。还有 {count} 条在排队，不会丢失。继续发送：muster deliver --drain"),
        )
    }

    pub(crate) fn a_count_word(self, state: &str) -> &'static str {
        match state {
            "prepared" => self.pick("prepared", "已准备"),
            "queued" => self.pick("queued", "排队中"),
            "sending" => self.pick("sending", "发送中"),
            "sent" => self.pick("sent", "已发出"),
            "failed" => self.pick("failed", "失败"),
            "suppressed" => self.pick("suppressed", "已拦截"),
            "expired" => self.pick("expired", "已过期"),
            _ => self.pick("unknown", "结果未知"),
        }
    }

    pub(crate) fn sending(self) -> &'static str {
        self.pick("sending", "发送中")
    }

    pub(crate) fn changed_is_required(self) -> &'static str {
        self.pick(
            "what changed since the last message? Say it, or say that nothing is new",
            "上次通知以来有什么变化？请写明，或说明暂无新进展",
        )
    }

    pub(crate) fn ask_changed(self) -> &'static str {
        self.pick(
            "What changed since the last message? (Enter: nothing new)",
            "上次通知以来有什么变化？（直接回车：暂无新进展）",
        )
    }

    // ---- The contact book

    pub(crate) fn imported(self, report: &ImportReport) -> String {
        let ImportReport { imported, updated, unchanged, rejected } = report;
        let rejected = rejected.len();
        self.pick(
            format!("{imported} new, {updated} updated, {unchanged} unchanged, {rejected} rejected."),
            format!("新增 {imported} 个，更新 {updated} 个，未变 {unchanged} 个，拒收 {rejected} 个。"),
        )
    }

    pub(crate) fn rejected_row(self, row: u64, field: &str, reason: &str) -> String {
        self.pick(format!("row {row}, {field}: {reason}"), format!("第 {row} 行，{field}：{reason}"))
    }

    pub(crate) fn contacts_counted(self, contacts: usize, organisations: u64) -> String {
        self.pick(
            format!("{contacts} contacts of {organisations} organisations."),
            format!("{organisations} 家机构，共 {contacts} 个联系人。"),
        )
    }

    pub(crate) fn no_contacts(self) -> &'static str {
        self.pick(
            "The contact book is empty. Fill it with: muster contacts import FILE",
            "联系人名单是空的，请先导入：muster contacts import 文件",
        )
    }

    /// What is told again, and why it was not.
    pub(crate) fn unsuppressed(self, which: &str, reasons: &[String]) -> String {
        let reasons = reasons.join("; ");
        match reasons.is_empty() {
            true => self.pick(format!("{which} was not suppressed."), format!("{which} 本来就没有停发。")),
            false => self.pick(
                format!("{which} will be told again. It was not, because: {reasons}"),
                format!("会重新给 {which} 发送。之前停发的原因：{reasons}"),
            ),
        }
    }

    pub(crate) fn suppressed(self, address: &str) -> String {
        self.pick(format!("{address} will get no more mail."), format!("不会再给 {address} 发邮件。"))
    }
}
