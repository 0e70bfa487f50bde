//! The words Muster itself puts into notices, in English and Chinese; other languages bring their own templates.

use crate::locale::Locale;
use crate::runbook::Status;

/// The languages Muster's own words exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

/// What a notice calls itself where it has no status of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Status(Status),
    Update,
    Statement,
    Notice,
}

use Language::{Chinese, English};

impl Language {
    pub(super) fn of(locale: &Locale) -> Self {
        if locale.is_chinese() { Chinese } else { English }
    }

    fn say(self, english: &'static str, chinese: &'static str) -> &'static str {
        match self {
            English => english,
            Chinese => chinese,
        }
    }

    /// The word in square brackets before the subject, and on the chip.
    pub(super) fn kind(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Status(Status::Investigating) => self.say("Investigating", "调查中"),
            Kind::Status(Status::Identified) => self.say("Identified", "已定位"),
            Kind::Status(Status::Monitoring) => self.say("Monitoring", "观察中"),
            Kind::Status(Status::Resolved) => self.say("Resolved", "已恢复"),
            Kind::Update => self.say("Update", "进展"),
            Kind::Statement => self.say("Statement", "声明"),
            Kind::Notice => self.say("Notice", "通知"),
        }
    }

    pub(super) fn drill(self) -> &'static str {
        self.say("Drill", "演练")
    }

    pub(super) fn drill_banner(self) -> &'static str {
        self.say(
            "This is a drill. Nothing is wrong and there is nothing you need to do.",
            "这是一次演练，服务一切正常，您无需做任何处理。",
        )
    }

    pub(super) fn some_customers(self) -> &'static str {
        self.say("some customers", "部分客户")
    }

    /// The stock sentence where a workaround was stated as `none`.
    pub(super) fn no_workaround(self) -> &'static str {
        self.say(
            "There is no workaround yet. We will tell you as soon as there is one.",
            "目前还没有替代办法，一有办法我们会立即通知您。",
        )
    }

    pub(super) fn nothing_new(self) -> &'static str {
        self.say("Nothing new to report yet. We are still working on it.", "暂无新的进展，我们仍在处理。")
    }

    /// What is said of lost data, by the value of the fact `data_loss`; none for wording of one's own.
    pub(super) fn data_loss(self, value: &str) -> Option<&'static str> {
        Some(match value {
            "none" => self.say("No data was lost.", "没有数据丢失。"),
            "some" => self.say(
                "Some data was lost. We will contact the customers concerned directly.",
                "有部分数据丢失，我们会逐一联系受影响的客户。",
            ),
            "unknown" => self.say(
                "We do not know yet whether data was lost. We are checking and will tell you what we find.",
                "是否有数据丢失尚不确定，我们正在核查，有结果会告知您。",
            ),
            _ => return None,
        })
    }

    /// Whether a review will be published, by the value of the fact `review`; none for wording of one's own.
    pub(super) fn review(self, value: &str) -> Option<&'static str> {
        Some(match value {
            "yes" | "true" => self.say(
                "We will publish a review of what happened and what we are changing.",
                "我们会公布本次事件的复盘与改进措施。",
            ),
            "no" | "false" => "",
            _ => return None,
        })
    }

    /// The line above a part that is not in the reader's language, naming the language it is in.
    pub(super) fn in_original(self, original: &Locale) -> String {
        let named = match (self, original.language()) {
            (English, "zh") => "Chinese",
            (English, "en") => "English",
            (Chinese, "zh") => "中文",
            (Chinese, "en") => "英文",
            (_, other) => other,
        };
        match self {
            English => format!("(Not yet translated; in the original {named}:)"),
            Chinese => format!("（以下内容尚未翻译，为{named}原文）"),
        }
    }

    pub(super) fn about(self, moment: &str) -> String {
        match self {
            English => format!("about {moment}"),
            Chinese => format!("约 {moment}"),
        }
    }

    /// When customers hear again: on the page, and by mail where mail is paced.
    pub(super) fn next_update(self, page: &str, mail: &str) -> String {
        match (self, mail) {
            (English, "") => format!("by {page}"),
            (English, mail) => format!("by {page} on our status page; the next email by {mail}"),
            (Chinese, "") => format!("{page}前"),
            (Chinese, mail) => format!("{page}前在状态页更新；下一封邮件在 {mail}前发出"),
        }
    }

    /// An estimate that somebody authorised.
    pub(super) fn estimate(self, moment: &str) -> String {
        match self {
            English => format!("by {moment}, as far as we can tell now; we will tell you if that changes"),
            Chinese => format!("{moment}前，如有变化会及时告知"),
        }
    }

    /// Where nothing is known to be unaffected.
    pub(super) fn nothing_unaffected(self) -> &'static str {
        self.say("Nothing that we can confirm yet.", "目前还不能确认哪些功能不受影响。")
    }

    /// Separates a label from what it names, with the space that follows.
    pub(super) fn colon(self) -> &'static str {
        self.say(": ", "：")
    }

    pub(super) fn status_page(self) -> &'static str {
        self.say("Status page", "状态页")
    }

    pub(super) fn unsubscribe(self) -> &'static str {
        self.say("Unsubscribe", "退订")
    }

    pub(super) fn why_you(self) -> &'static str {
        self.say(
            "You receive this because your organisation uses the service.",
            "您收到这封邮件，是因为贵司正在使用该服务。",
        )
    }

    /// A span in its two largest units.
    pub(super) fn span(self, days: u64, hours: u64, minutes: u64) -> String {
        let units = [(days, "day", "天"), (hours, "hour", "小时"), (minutes, "minute", "分钟")];
        let largest = units.iter().position(|(count, ..)| *count > 0).unwrap_or(2);
        let written: Vec<String> = units[largest..]
            .iter()
            .take(2)
            .filter(|(count, ..)| *count > 0 || largest == 2)
            .map(|(count, english, chinese)| match self {
                English if *count == 1 => format!("1 {english}"),
                English => format!("{count} {english}s"),
                Chinese => format!("{count} {chinese}"),
            })
            .collect();
        written.join(" ")
    }
}
