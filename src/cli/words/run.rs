//! Words for running an incident: its head, its steps, its clocks, its facts.

use super::Words;

impl Words {
    pub(crate) fn state(self, state: &str) -> &'static str {
        match state {
            "open" => self.pick("open", "处理中"),
            "resolved" => self.pick("resolved", "已恢复"),
            "closed" => self.pick("closed", "已关闭"),
            _ => self.pick("unknown", "未知"),
        }
    }

    pub(crate) fn status(self, status: &str) -> &'static str {
        match status {
            "investigating" => self.pick("investigating", "调查中"),
            "identified" => self.pick("identified", "已定位"),
            "monitoring" => self.pick("monitoring", "观察中"),
            "resolved" => self.pick("resolved", "已恢复"),
            _ => self.pick("not told yet", "尚未公布"),
        }
    }

    pub(crate) fn phase(self, phase: &str) -> &'static str {
        match phase {
            "pre" => self.pick("pre", "事前响应"),
            "mid" => self.pick("mid", "事中处理"),
            _ => self.pick("post", "事后复盘"),
        }
    }

    pub(crate) fn cause(self, cause: &str) -> &'static str {
        match cause {
            "platform" => self.pick("platform", "平台原因"),
            "human" => self.pick("human", "人为原因"),
            _ => self.pick("system", "系统原因"),
        }
    }

    pub(crate) fn public_status(self, status: &str) -> String {
        self.pick(format!("public: {}", self.status(status)), format!("对外：{}", self.status(status)))
    }

    pub(crate) fn declared_at(self, when: &str, ago: &str) -> String {
        self.pick(format!("declared {when}, {ago}"), format!("{when} 上报，{ago}"))
    }

    pub(crate) fn resolved_at(self, when: &str) -> String {
        self.pick(format!("resolved {when}"), format!("{when} 恢复"))
    }

    pub(crate) fn closed_at(self, when: &str) -> String {
        self.pick(format!("closed {when}"), format!("{when} 关闭"))
    }

    pub(crate) fn heading_now(self) -> &'static str {
        self.pick("Now", "现在要做")
    }

    pub(crate) fn heading_promises(self) -> &'static str {
        self.pick("Promised", "已承诺")
    }

    pub(crate) fn heading_notices(self) -> &'static str {
        self.pick("Notices", "通知")
    }

    pub(crate) fn heading_obligations(self) -> &'static str {
        self.pick("To be lifted", "待解除的止损措施")
    }

    pub(crate) fn heading_roles(self) -> &'static str {
        self.pick("Who plays which part", "分工")
    }

    pub(crate) fn heading_facts(self) -> &'static str {
        self.pick("Facts", "已知事实")
    }

    pub(crate) fn next_update_promised(self, at: &str, deadline: &str) -> String {
        self.pick(
            format!("customers were promised the next update by {at} ({deadline})"),
            format!("已承诺在 {at} 前向客户发布下一次更新（{deadline}）"),
        )
    }

    pub(crate) fn steps_left(self, ended: usize, open: usize, waiting: usize) -> String {
        self.pick(
            format!("Steps: {ended} ended, {open} open, {waiting} to come."),
            format!("已结束 {ended} 步，进行中 {open} 步，还有 {waiting} 步。"),
        )
    }

    pub(crate) fn none_open(self) -> &'static str {
        self.pick("No incident is open.", "当前没有处理中的事件。")
    }

    pub(crate) fn no_incidents(self) -> &'static str {
        self.pick("There has been no incident yet.", "还没有任何事件。")
    }

    pub(crate) fn nothing_changed(self) -> &'static str {
        self.pick("Nothing changed.", "没有变化。")
    }

    pub(crate) fn open_now(self, steps: &str) -> String {
        self.pick(format!("Open now: {steps}"), format!("现在要做：{steps}"))
    }

    pub(crate) fn nothing_open(self, incident: &str) -> String {
        self.pick(
            format!("{incident}: no step is open; muster show says what remains."),
            format!("{incident}：没有进行中的步骤，运行 muster show 查看还剩什么。"),
        )
    }

    // ---- What people must say

    pub(crate) fn reason_is_required(self) -> &'static str {
        self.pick("this needs a reason: `--reason` is missing", "需要说明原因，请加上 `--reason`")
    }

    pub(crate) fn early_needs_a_reason(self) -> &'static str {
        self.pick("acting early needs a reason: `--reason` is missing", "提前执行需要说明原因，请加上 `--reason`")
    }

    pub(crate) fn answer_is_required(self, answers: &str) -> String {
        self.pick(format!("which answer? One of {answers}"), format!("请给出答案，可选：{answers}"))
    }

    pub(crate) fn unknown_step(self, step: &str) -> String {
        self.pick(format!("no step is called `{step}`"), format!("没有名为 `{step}` 的步骤"))
    }

    pub(crate) fn did_you_mean(self, name: &str) -> String {
        self.pick(format!("did you mean `{name}`?"), format!("是不是想写 `{name}`？"))
    }

    pub(crate) fn steps_open_are(self, steps: &str) -> String {
        self.pick(format!("open now: {steps}"), format!("现在可以处理的步骤：{steps}"))
    }

    pub(crate) fn not_a_step_of_kind(self, step: &str, kind: &str) -> String {
        self.pick(format!("`{step}` is not a {kind} step"), format!("`{step}` 不是 {kind} 类型的步骤"))
    }

    pub(crate) fn note_is_required(self) -> &'static str {
        self.pick("what should the note say?", "请写明要记录的内容")
    }

    pub(crate) fn ask_note(self) -> &'static str {
        self.pick("Note:", "记录内容：")
    }

    // ---- Coverage and reach

    pub(crate) fn covered(self, affected: u64, covered: u64, uncovered: u64) -> String {
        self.pick(
            format!("{affected} affected, {covered} covered by a fallback in use, {uncovered} not."),
            format!("受影响 {affected} 个，已有替代办法覆盖 {covered} 个，未覆盖 {uncovered} 个。"),
        )
    }

    pub(crate) fn remainder(self, count: usize) -> String {
        self.pick(format!("Not reached by anything yet: {count}"), format!("还没有任何方式触达：{count} 个"))
    }

    pub(crate) fn and_more(self, count: usize) -> String {
        self.pick(format!("… and {count} more"), format!("……还有 {count} 个"))
    }

    pub(crate) fn switched(self, on: bool) -> &'static str {
        if on { self.pick("on", "启用") } else { self.pick("off", "停用") }
    }

    pub(crate) fn reaches(self, reach: u64, adds: u64) -> String {
        self.pick(format!("reaches {reach}, adds {adds}"), format!("可覆盖 {reach} 个，新增 {adds} 个"))
    }

    pub(crate) fn reached(self, reached: bool) -> &'static str {
        if reached { self.pick("reached", "已联系") } else { self.pick("to reach", "待联系") }
    }

    pub(crate) fn nobody_to_reach(self) -> &'static str {
        self.pick("Nobody is left to reach.", "没有需要联系的客户了。")
    }

    pub(crate) fn tick_them_off(self, step: &str) -> String {
        self.pick(
            format!("Called someone? muster reach {step} CONTACT --by phone"),
            format!("联系到一位就记一位：muster reach {step} 联系人 --by phone"),
        )
    }
}
