//! Words for beginning: settings, runbooks, checks, drills, declarations.

use std::path::Path;

use super::Words;

impl Words {
    // ---- init, new

    pub(crate) fn wrote(self, file: &Path) -> String {
        self.pick(format!("wrote  {}", file.display()), format!("已写入  {}", file.display()))
    }

    pub(crate) fn left_alone(self, file: &Path) -> String {
        let file = file.display();
        self.pick(format!("kept   {file} (it was there already)"), format!("已保留  {file}（原本就有，未改动）"))
    }

    pub(crate) fn after_init(self) -> &'static str {
        self.pick(
            "Next: muster drill general  plays an incident without sending anything; muster start  begins a real one.",
            "接下来：muster drill general 可以先演练一次，不会发出任何消息；muster start 开始处理真实事件。",
        )
    }

    pub(crate) fn after_new(self, file: &Path) -> String {
        let file = file.display();
        self.pick(
            format!("Next: edit it, then  muster check {file}"),
            format!("接下来：编辑这个文件，再运行 muster check {file}"),
        )
    }

    pub(crate) fn bad_runbook_id(self, id: &str) -> String {
        self.pick(
            format!("`{id}` cannot be a runbook's id: lowercase letters, digits and hyphens, a letter first"),
            format!("`{id}` 不能用作预案 ID：只能用小写字母、数字和连字符，并以字母开头"),
        )
    }

    pub(crate) fn runbook_exists(self, file: &Path) -> String {
        let file = file.display();
        self.pick(
            format!("`{file}` is there already; nothing was written"),
            format!("`{file}` 已经存在，没有写入任何内容"),
        )
    }

    // ---- check

    pub(crate) fn checked_clean(self, files: usize) -> String {
        let noun = if files == 1 { "file" } else { "files" };
        self.pick(format!("{files} {noun} checked, no problems."), format!("已检查 {files} 个文件，没有问题。"))
    }

    pub(crate) fn checked(self, files: usize, errors: usize, warnings: usize) -> String {
        let noun = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        self.pick(
            format!("{} checked: {}, {}.", noun(files, "file"), noun(errors, "error"), noun(warnings, "warning")),
            format!("已检查 {files} 个文件：{errors} 个错误，{warnings} 个警告。"),
        )
    }

    pub(crate) fn more_problems(self, more: usize) -> String {
        self.pick(
            format!("… and {more} more; --json lists them all."),
            format!("……还有 {more} 个，用 --json 可以全部列出。"),
        )
    }

    pub(crate) fn file_has_problems(self, file: &str, errors: usize) -> String {
        self.pick(format!("`{file}` has problems ({errors})"), format!("`{file}` 有 {errors} 个问题"))
    }

    pub(crate) fn check_says_more(self, file: &str) -> String {
        self.pick(format!("muster check {file}  shows every one"), format!("运行 muster check {file} 查看全部问题"))
    }

    // ---- ready

    pub(crate) fn ready_state(self, state: crate::app::view::ReadyState) -> &'static str {
        use crate::app::view::ReadyState;
        match state {
            ReadyState::Done => self.pick("done", "已完成"),
            ReadyState::Due => self.pick("due", "待完成"),
            ReadyState::Overdue => self.pick("overdue", "已逾期"),
        }
    }

    pub(crate) fn nothing_to_ready(self) -> &'static str {
        self.pick("No runbook asks for readiness checks.", "没有预案要求做准备检查。")
    }

    pub(crate) fn again_by(self, when: &str) -> String {
        self.pick(format!("again by {when}"), format!("下次 {when} 前"))
    }

    pub(crate) fn mark_ready(self) -> &'static str {
        self.pick("Done one? muster ready --done CHECK", "完成一项后：muster ready --done 检查项")
    }

    // ---- drill

    pub(crate) fn drilled(self, incident: &str, events: u64, notices: u64) -> String {
        self.pick(
            format!(
                "{incident} was played to its close: {events} events, {notices} notices, nothing left this machine."
            ),
            format!("{incident} 已演练到关闭：{events} 条记录，{notices} 条通知，没有任何消息离开本机。"),
        )
    }

    pub(crate) fn drill_unfinished(self, incident: &str) -> String {
        self.pick(
            format!("{incident} did not reach its close as the scenario expects."),
            format!("{incident} 没有按场景走到关闭。"),
        )
    }

    pub(crate) fn drill_files(self) -> &'static str {
        self.pick("Files", "生成的文件")
    }

    pub(crate) fn targets(self) -> &'static str {
        self.pick("Targets", "目标")
    }

    pub(crate) fn kept(self, kept: bool) -> &'static str {
        if kept { self.pick("kept", "达成") } else { self.pick("missed", "未达成") }
    }

    pub(crate) fn target(self, target: crate::drill::score::Sort) -> &'static str {
        use crate::drill::score::Sort;
        match target {
            Sort::FirstNotice => self.pick("first notice", "首次通知"),
            Sort::Update => self.pick("update", "更新"),
            Sort::Step => self.pick("step", "步骤"),
            Sort::Approval => self.pick("approval", "批准"),
        }
    }

    /// How long it took beside how long it might.
    pub(crate) fn took(self, value: Option<String>, limit: &str) -> String {
        match value {
            Some(value) => self.pick(format!("{value} of {limit}"), format!("用时 {value}，时限 {limit}")),
            None => self.pick(format!("never, limit {limit}"), format!("未发生，时限 {limit}")),
        }
    }

    pub(crate) fn letters_in(self, folder: &Path, count: usize) -> String {
        let folder = folder.display();
        self.pick(format!("{folder} ({count} messages)"), format!("{folder}（{count} 条消息）"))
    }

    // ---- start

    pub(crate) fn ask_runbook(self) -> &'static str {
        self.pick("What has happened? The closest runbook:", "发生了什么？请选择最接近的预案：")
    }

    pub(crate) fn ask_severity(self) -> &'static str {
        self.pick("How bad is it?", "影响有多严重？")
    }

    pub(crate) fn ask_impact(self) -> &'static str {
        self.pick("What do customers see?", "客户看到的现象是什么？")
    }

    pub(crate) fn runbook_is_required(self) -> &'static str {
        self.pick("which runbook? Name its id or its file", "没有指定预案，请给出预案 ID 或文件")
    }

    pub(crate) fn runbooks_are(self, ids: &str) -> String {
        self.pick(format!("runbooks at hand: {ids}"), format!("现有预案：{ids}"))
    }

    pub(crate) fn severity_is_required(self) -> &'static str {
        self.pick("how bad is it? `--severity` is missing", "没有指定级别，请用 `--severity` 给出")
    }

    pub(crate) fn declared(self, incident: &str, title: &str) -> String {
        self.pick(format!("{incident} is running: {title}"), format!("{incident} 已开始：{title}"))
    }

    pub(crate) fn walk_from_here(self) -> &'static str {
        self.pick("Next: muster  walks you through it.", "下一步：运行 muster，按提示一步步处理。")
    }

    pub(crate) fn first_notice_due(self, at: &str, deadline: &str) -> String {
        self.pick(
            format!("The first notice to customers is due by {at} ({deadline})."),
            format!("首次客户通知须在 {at} 前发出（{deadline}）。"),
        )
    }

    pub(crate) fn first_notice_will_be(self) -> &'static str {
        self.pick("The first notice, with the wording prepared, would read:", "按预备内容，首次通知会是这样：")
    }

    pub(crate) fn levels_are(self, levels: &str) -> String {
        self.pick(format!("its levels: {levels}"), format!("可选级别：{levels}"))
    }

    pub(crate) fn unknown_severity(self, given: &str, levels: &str) -> String {
        self.pick(
            format!("`{given}` is no level of this runbook: {levels}"),
            format!("这个预案没有 `{given}` 这个级别，可选：{levels}"),
        )
    }

    pub(crate) fn not_an_assignment(self, given: &str, shape: &str) -> String {
        self.pick(format!("`{given}` is not of the form {shape}"), format!("`{given}` 的写法不对，应为 {shape}"))
    }
}
