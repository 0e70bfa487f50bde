//! Words for the walk: what lies ahead, what to press, what each kind of step asks for.

use super::Words;

impl Words {
    pub(crate) fn ways_to_begin(self) -> [(&'static str, &'static str); 3] {
        match self {
            Self::English => [
                ("start", "Something has happened: begin an incident"),
                ("drill", "Practise: play an incident, nothing is sent"),
                ("init", "Set up: settings, runbooks and templates in this folder"),
            ],
            Self::Chinese => [
                ("start", "出事了：开始处理一个事件"),
                ("drill", "先练一次：演练一个事件，不会发出任何消息"),
                ("init", "初始化：在当前文件夹写入设置、预案和模板"),
            ],
        }
    }

    pub(crate) fn ask_begin(self) -> &'static str {
        self.pick("No incident is open. What would you like to do?", "当前没有处理中的事件，想做什么？")
    }

    pub(crate) fn ask_drill(self) -> &'static str {
        self.pick("Which runbook shall be played?", "演练哪个预案？")
    }

    pub(crate) fn ask_incident(self) -> &'static str {
        self.pick("Several incidents are open. Which one?", "有多个事件正在处理，选择哪一个？")
    }

    pub(crate) fn what_next(self) -> &'static str {
        self.pick("What to do next:", "接下来：")
    }

    pub(crate) fn keys(self) -> &'static str {
        self.pick(
            "Enter does it · number another step · n note · s skip · q quit · ? help",
            "回车 处理这一步 · 序号 换一步 · n 记录 · s 跳过 · q 退出 · ? 帮助",
        )
    }

    /// What each key does.
    pub(crate) fn help_of_walk(self) -> [(&'static str, &'static str); 7] {
        match self {
            Self::English => [
                ("Enter", "do the step marked ▸"),
                ("1, 2, 3", "do that step"),
                ("n TEXT", "keep a note, at once"),
                ("s, s 2", "skip a step, with a reason"),
                ("t", "the timeline so far"),
                ("l", "look at the whole incident"),
                ("q", "leave; the incident goes on, and so do its clocks"),
            ],
            Self::Chinese => [
                ("回车", "处理标有 ▸ 的步骤"),
                ("1、2、3", "处理对应序号的步骤"),
                ("n 内容", "立即记录一条"),
                ("s、s 2", "跳过某一步，需说明原因"),
                ("t", "查看到目前为止的时间线"),
                ("l", "查看事件全貌"),
                ("q", "退出；事件继续，计时不停"),
            ],
        }
    }

    pub(crate) fn also_commands(self) -> &'static str {
        self.pick(
            "Everything here is also a command: muster --help",
            "这里的每个操作都有对应的命令，见 muster --help。",
        )
    }

    pub(crate) fn not_a_key(self) -> &'static str {
        self.pick("That is no choice here; ? shows what is.", "没有这个选项，输入 ? 查看可用操作。")
    }

    pub(crate) fn left_running(self, incident: &str) -> String {
        self.pick(
            format!("{incident} goes on. Come back with: muster"),
            format!("{incident} 仍在进行，随时运行 muster 回来。"),
        )
    }

    pub(crate) fn is_closed(self, incident: &str) -> String {
        self.pick(
            format!("{incident} is closed. Its retrospective: muster retro"),
            format!("{incident} 已关闭。查看复盘：muster retro"),
        )
    }

    pub(crate) fn nothing_to_do(self) -> &'static str {
        self.pick("Nothing waits for a person right now.", "现在没有需要人处理的步骤。")
    }

    // ---- What a step asks for

    pub(crate) fn ask_is_done(self) -> &'static str {
        self.pick("Is it done?", "完成了吗？")
    }

    pub(crate) fn ask_evidence(self) -> &'static str {
        self.pick("Where can it be seen? (a link)", "证据在哪里？（链接）")
    }

    pub(crate) fn ask_done_note(self) -> &'static str {
        self.pick("Anything to note? (Enter: nothing)", "需要补充记录吗？（直接回车：没有）")
    }

    pub(crate) fn gather_hint(self) -> &'static str {
        self.pick("Enter keeps the wording shown.", "直接回车即采用所示内容。")
    }

    pub(crate) fn stale_wording(self, locale: &str) -> String {
        self.pick(format!("the {locale} wording is older"), format!("{locale} 的措辞尚未更新"))
    }

    pub(crate) fn ask_worked(self) -> &'static str {
        self.pick("Did it work?", "有效吗？")
    }

    pub(crate) fn ask_run(self, action: &str) -> String {
        self.pick(format!("Run `{action}` now?"), format!("现在执行 `{action}` 吗？"))
    }

    pub(crate) fn still_running(self) -> &'static str {
        self.pick("It is running; its result will end the step.", "正在执行，结果出来后这一步会自动结束。")
    }

    pub(crate) fn ask_accepted(self) -> &'static str {
        self.pick("Does all of this hold?", "以上各项都成立吗？")
    }

    pub(crate) fn ask_fallback(self, title: &str) -> String {
        self.pick(format!("Use “{title}”?"), format!("启用“{title}”吗？"))
    }

    pub(crate) fn ask_approve_gate(self) -> &'static str {
        self.pick("Approve it?", "批准吗？")
    }

    pub(crate) fn ask_reject_reason(self) -> &'static str {
        self.pick("Reject it? Say why. (Enter: leave it as it is)", "要驳回吗？请说明原因。（直接回车：暂不处理）")
    }

    pub(crate) fn ask_cancel(self) -> &'static str {
        self.pick("Take the draft back? (no: it waits for someone else)", "撤回这份草稿吗？（否：等其他人批准）")
    }

    pub(crate) fn none_hint(self) -> &'static str {
        self.pick(" (“none” if there is none yet)", "（还没有就填 none）")
    }

    pub(crate) fn ask_lift(self, lift: &str) -> String {
        self.pick(format!("{lift}: is it done?"), format!("{lift}：完成了吗？"))
    }

    pub(crate) fn ask_keep(self) -> &'static str {
        self.pick(
            "Keep it in place for good? Say why. (Enter: leave it for later)",
            "要长期保留吗？请说明原因。（直接回车：以后再说）",
        )
    }

    /// How a fact of this kind is written, where it is not plain text.
    pub(crate) fn kind_hint(self, kind: &crate::runbook::FactKind) -> &'static str {
        use crate::runbook::FactKind;
        match kind {
            FactKind::Text | FactKind::Choice(_) => "",
            FactKind::Number => self.pick(" (a number)", "（数字）"),
            FactKind::Percent => self.pick(" (0 to 100)", "（0 到 100）"),
            FactKind::Datetime { .. } => self.pick(" (such as 14:05)", "（如 14:05）"),
            FactKind::Duration => self.pick(" (such as 1h 30m)", "（如 1h 30m）"),
        }
    }

    pub(crate) fn ask_signal(self) -> &'static str {
        self.pick("Has it come?", "信号到了吗？")
    }

    pub(crate) fn waits_until(self, at: &str) -> String {
        self.pick(format!("It ends by itself at {at}."), format!("到 {at} 自动结束。"))
    }

    pub(crate) fn ask_reached(self) -> &'static str {
        self.pick("Reached? (y, n, q to stop)", "联系到了吗？（y 是，n 否，q 停止）")
    }

    pub(crate) fn updates_are_owed(self, at: &str) -> String {
        self.pick(format!("The next update is owed by {at}."), format!("下一次更新须在 {at} 前发布。"))
    }

    pub(crate) fn retro_hint(self) -> &'static str {
        self.pick(
            "Read it with muster retro, write into it with muster retro edit SECTION.",
            "用 muster retro 查看，用 muster retro edit 章节 补充内容。",
        )
    }

    pub(crate) fn awaits_approval_by(self, roles: &str) -> String {
        self.pick(format!("waits for approval by {roles}"), format!("等待 {roles} 批准"))
    }

    pub(crate) fn to_be_lifted(self) -> &'static str {
        self.pick("to be lifted", "待解除")
    }

    pub(crate) fn on_its_way(self) -> &'static str {
        self.pick("on its way", "发送中")
    }
}
