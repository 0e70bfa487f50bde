//! The words of the interface, in English and in Chinese, each as a function of what it speaks about.

mod begin;
mod chinese;
mod errors;
mod help;
mod learn;
mod run;
mod people;
mod serve;
mod tell;
mod walk;

use std::path::Path;

use crate::locale::Locale;

/// The language the interface speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    English,
    Chinese,
}

impl Words {
    /// Chinese for readers of Chinese, English for everyone else.
    pub(crate) fn of(locale: &Locale) -> Self {
        if locale.is_chinese() { Self::Chinese } else { Self::English }
    }

    pub(crate) fn locale(self) -> Locale {
        self.pick(Locale::english(), Locale::chinese())
    }

    fn pick<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }

    /// So many of a unit of time: `5m`, `5 分钟`.
    pub(crate) fn unit(self, count: u64, unit: char) -> String {
        let chinese = match unit {
            'd' => "天",
            'h' => "小时",
            'm' => "分钟",
            _ => "秒",
        };
        self.pick(format!("{count}{unit}"), format!("{count} {chinese}"))
    }

    pub(crate) fn due_in(self, span: &str) -> String {
        self.pick(format!("due in {span}"), format!("还剩 {span}"))
    }

    pub(crate) fn late_by(self, span: &str) -> String {
        self.pick(format!("{span} late"), format!("已超时 {span}"))
    }

    pub(crate) fn ago(self, span: &str) -> String {
        self.pick(format!("{span} ago"), format!("{span}前"))
    }

    pub(crate) fn just_now(self) -> &'static str {
        self.pick("just now", "刚刚")
    }

    /// A short list in a sentence.
    pub(crate) fn listed(self, items: &[String]) -> String {
        items.join(self.pick(", ", "、"))
    }

    /// An aside after a word.
    pub(crate) fn in_brackets(self, aside: &str) -> String {
        self.pick(format!(" ({aside})"), format!("（{aside}）"))
    }

    // ---- Where things are read from

    pub(crate) fn settings_read_from(self, file: Option<&Path>) -> String {
        match file {
            Some(file) => self.pick(format!("settings: {}", file.display()), format!("设置文件：{}", file.display())),
            None => self.pick("settings: none found, defaults serve", "设置文件：没有找到，使用默认设置").to_owned(),
        }
    }

    pub(crate) fn store_is(self, store: &str) -> String {
        self.pick(format!("store: {store}"), format!("数据存储：{store}"))
    }

    /// Mail goes to a folder, and so do calls, but for the webhooks that the settings name.
    pub(crate) fn practice(self, folder: &Path, webhooks_called: bool) -> String {
        let folder = folder.display();
        if webhooks_called {
            return self.pick(
                format!("Practice: mail becomes files in {folder}. The webhooks of muster.toml are really called."),
                format!("演练模式：邮件只会写成文件，放在 {folder}。muster.toml 里的 webhook 会真正调用。"),
            );
        }
        self.pick(
            format!("Practice: nothing leaves this machine. Mail becomes files in {folder}."),
            format!("演练模式：任何消息都不会离开本机，邮件只会写成文件，放在 {folder}。"),
        )
    }

    // ---- Questions

    pub(crate) fn please_answer(self) -> &'static str {
        self.pick("Please write something.", "请填写内容。")
    }

    pub(crate) fn yes_or_no(self, proposed: bool) -> &'static str {
        match proposed {
            true => self.pick("[Y/n]", "[是/否，回车为“是”]"),
            false => self.pick("[y/N]", "[是/否，回车为“否”]"),
        }
    }

    pub(crate) fn please_yes_or_no(self) -> &'static str {
        self.pick("Please answer y or n.", "请回答“是”或“否”（y 或 n）。")
    }

    pub(crate) fn number_prompt(self) -> &'static str {
        self.pick("Number:", "请输入序号：")
    }

    pub(crate) fn please_choose(self, count: usize) -> String {
        self.pick(format!("Please give a number from 1 to {count}."), format!("请输入 1 到 {count} 之间的序号。"))
    }

    pub(crate) fn ask_reason(self) -> &'static str {
        self.pick("Why? (kept in the journal)", "请说明原因（会记入日志）：")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reader_of_chinese_gets_chinese() {
        for (tag, words) in
            [("zh-Hans", Words::Chinese), ("zh-TW", Words::Chinese), ("en", Words::English), ("fr", Words::English)]
        {
            assert_eq!(Words::of(&tag.parse().expect("a tag")), words, "{tag}");
        }
    }
}
