//! Words for errors: the labels, and the engine's known answers in Chinese.

use super::Words;
use crate::app;
use crate::cli::error::Error;

impl Words {
    pub(crate) fn error_label(self) -> &'static str {
        self.pick("error: ", "错误：")
    }

    pub(crate) fn help_label(self) -> &'static str {
        self.pick("help: ", "提示：")
    }

    /// The message and help of an error in the reader's language; as they are where no translation is known.
    pub(crate) fn error(self, error: &Error) -> (String, Option<String>) {
        let help = error.help.as_deref();
        let known = error.english.then(|| app::translated(&self.locale(), &error.code, &error.message, help)).flatten();
        known.unwrap_or_else(|| (error.message.clone(), error.help.clone()))
    }

    pub(crate) fn fault(self, what: &str) -> String {
        self.pick(
            format!("Muster has a fault of its own. What was answered before is kept; try the command again.\n{what}"),
            format!("Muster 自身出了故障。之前已确认的操作都已保存，请重试这条命令。\n{what}"),
        )
    }
}
