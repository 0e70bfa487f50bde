//! Words for learning and keeping: the retrospective, follow-ups, the journal, the store.

use std::path::Path;

use super::Words;

impl Words {
    pub(crate) fn retro_written(self, file: &Path) -> String {
        self.pick(
            format!("The retrospective is in {}.", file.display()),
            format!("复盘文档已写入 {}。", file.display()),
        )
    }

    pub(crate) fn json_needs_a_file(self) -> &'static str {
        self.pick(
            "with `--json`, a Markdown or HTML document needs a file: `-o` is missing",
            "使用 `--json` 时，Markdown 和 HTML 文档需要用 `-o` 指定文件",
        )
    }

    pub(crate) fn section_text_is_required(self) -> &'static str {
        self.pick(
            "what should the section say? `--text` or `--file` is missing",
            "请用 `--text` 或 `--file` 给出这一节的内容",
        )
    }

    pub(crate) fn ask_section(self, section: &str) -> String {
        self.pick(
            format!("The text of `{section}` (end with a line that holds only a full stop):"),
            format!("请输入 `{section}` 一节的内容（单独一行句号结束）："),
        )
    }

    pub(crate) fn unknown_section(self, section: &str, sections: &str) -> String {
        self.pick(
            format!("`{section}` is no section: {sections}"),
            format!("没有 `{section}` 这一节，可选：{sections}"),
        )
    }

    pub(crate) fn wording_remarks(self, count: usize) -> String {
        let noun = if count == 1 { "place" } else { "places" };
        self.pick(
            format!("The wording lint has remarks on {count} {noun}; --format json shows them."),
            format!("措辞检查有 {count} 处提示，可用 --format json 查看。"),
        )
    }

    pub(crate) fn no_follow_ups(self) -> &'static str {
        self.pick("There are no follow-ups.", "没有后续事项。")
    }

    pub(crate) fn follow_up_state(self, state: &str, overdue: bool) -> &'static str {
        match (state, overdue) {
            ("verified", _) => self.pick("verified", "已验证"),
            ("done", _) => self.pick("done, to verify", "已完成，待验证"),
            (_, true) => self.pick("overdue", "已逾期"),
            (_, false) => self.pick("open", "进行中"),
        }
    }

    pub(crate) fn no_owner(self) -> &'static str {
        self.pick("no owner", "无负责角色")
    }

    pub(crate) fn due_on(self, date: Option<String>) -> String {
        match date {
            Some(date) => self.pick(format!("due {date}"), format!("{date} 前")),
            None => self.pick("no date", "无期限").to_owned(),
        }
    }

    pub(crate) fn not_a_follow_up(self, given: &str) -> String {
        self.pick(
            format!("`{given}` is no follow-up; they are called F-1, F-2, …"),
            format!("`{given}` 不是后续事项编号，编号形如 F-1、F-2"),
        )
    }

    pub(crate) fn chain_holds(self, events: u64) -> String {
        self.pick(format!("{events} events, chain whole"), format!("{events} 条记录，哈希链完整"))
    }

    pub(crate) fn chain_broken(self, events: u64, at: u64) -> String {
        self.pick(format!("{events} events, chain broken at {at}"), format!("{events} 条记录，哈希链在第 {at} 条断开"))
    }

    pub(crate) fn after_broken_chain(self) -> &'static str {
        self.pick(
            "Someone or something changed the journal. Compare it with a backup: muster restore FILE",
            "日志被改动过。请与备份核对：muster restore 文件",
        )
    }

    pub(crate) fn backed_up(self, file: &Path) -> String {
        self.pick(format!("The store is copied to {}.", file.display()), format!("数据已备份到 {}。", file.display()))
    }

    pub(crate) fn ask_restore(self, file: &Path) -> String {
        let file = file.display();
        self.pick(
            format!("Put {file} in the store's place? What is there now is kept aside."),
            format!("用 {file} 替换当前数据吗？当前数据会另存一份。"),
        )
    }

    pub(crate) fn restored(self, kept: Option<&Path>) -> String {
        let Some(kept) = kept.map(Path::display) else {
            return self.pick("Restored.", "已恢复。").to_owned();
        };
        self.pick(
            format!("Restored. What was there before is kept as {kept}."),
            format!("已恢复。原来的数据保存为 {kept}。"),
        )
    }

    pub(crate) fn not_restored(self) -> &'static str {
        self.pick("Nothing was changed.", "没有做任何改动。")
    }
}
