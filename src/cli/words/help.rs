//! Words for usage: how commands are grouped, what mistakes are called, and the help texts in the reader's language.

use clap::{Arg, ArgAction, Command};

use super::{Words, chinese};

impl Words {
    /// The commands as people look for them.
    pub(crate) fn families(self) -> [(&'static str, &'static [&'static str]); 4] {
        [
            (self.pick("Begin", "开始"), &["init", "new", "check", "drill", "start", "ready", "graph", "schema"]),
            (
                self.pick("Run", "处理"),
                &[
                    "list",
                    "show",
                    "timeline",
                    "done",
                    "skip",
                    "answer",
                    "run",
                    "signal",
                    "set",
                    "severity",
                    "cause",
                    "role",
                    "note",
                    "translate",
                    "correct",
                    "lift",
                    "keep",
                    "fallback",
                    "coverage",
                    "affected",
                    "reach",
                    "resolve",
                    "close",
                    "reopen",
                ],
            ),
            (self.pick("Tell", "告知"), &["update", "notice", "approve", "reject", "deliver", "contacts"]),
            (
                self.pick("Learn and keep", "复盘与保存"),
                &[
                    "retro",
                    "followup",
                    "audit",
                    "backup",
                    "restore",
                    "serve",
                    "try",
                    "page",
                    "people",
                    "completions",
                    "man",
                ],
            ),
        ]
    }

    /// The tree with its help in the reader's language; English is how it is written.
    pub(crate) fn help(self, tree: Command) -> Command {
        match self {
            Self::English => tree,
            Self::Chinese => translated(tree, ""),
        }
    }

    pub(crate) fn usage_word(self) -> &'static str {
        self.pick("Usage", "用法")
    }

    pub(crate) fn options_word(self) -> &'static str {
        self.pick("OPTIONS", "选项")
    }

    pub(crate) fn command_word(self) -> &'static str {
        self.pick("COMMAND", "命令")
    }

    pub(crate) fn options_heading(self) -> &'static str {
        self.pick(
            "Options, for every command, each also as MUSTER_…",
            "选项（适用于所有命令，也可用 MUSTER_… 环境变量设置）",
        )
    }

    pub(crate) fn after_help(self) -> &'static str {
        self.pick(
            "muster alone, on a terminal, walks you through the open incident.",
            "在终端里直接运行 muster，会带你一步步处理当前事件。",
        )
    }

    // ---- Mistakes

    pub(crate) fn unknown_argument(self, argument: &str) -> String {
        self.pick(format!("`{argument}` is no option here"), format!("这里没有 `{argument}` 这个选项"))
    }

    pub(crate) fn unknown_command(self, command: &str) -> String {
        self.pick(format!("there is no command `{command}`"), format!("没有 `{command}` 这个命令"))
    }

    pub(crate) fn missing_argument(self, argument: &str) -> String {
        self.pick(format!("{argument} is missing"), format!("缺少 {argument}"))
    }

    pub(crate) fn missing_command(self) -> &'static str {
        self.pick("a command is missing", "缺少命令")
    }

    pub(crate) fn missing_value(self, argument: &str) -> String {
        self.pick(format!("{argument} needs a value"), format!("{argument} 需要一个值"))
    }

    pub(crate) fn bad_value(self, value: &str, argument: &str) -> String {
        self.pick(format!("`{value}` is no value of {argument}"), format!("`{value}` 不是 {argument} 的有效值"))
    }

    pub(crate) fn conflict(self, one: &str, other: &str) -> String {
        self.pick(format!("{one} and {other} cannot stand together"), format!("{one} 与 {other} 不能同时使用"))
    }

    pub(crate) fn possible_values(self, values: &str) -> String {
        self.pick(format!("one of {values}"), format!("可选：{values}"))
    }

    pub(crate) fn see_help(self) -> &'static str {
        self.pick("muster --help, muster COMMAND --help", "查看 muster --help 或 muster 命令 --help")
    }
}

fn translated(command: Command, path: &str) -> Command {
    let own = format!("{path}{}", command.get_name());
    let about = chinese::about(&own);
    let mut command = match about {
        Some(about) => command.about(about),
        None => command,
    };
    command = command.mut_args(|arg| translated_arg(&own, arg));
    command = command.disable_help_flag(true).arg(flag("help", 'h', ArgAction::Help, "显示帮助"));
    if path.is_empty() {
        command = command.disable_version_flag(true).arg(flag("version", 'V', ArgAction::Version, "显示版本"));
    }
    let below = if path.is_empty() { String::from(" ") } else { format!("{own} ") };
    let template = "{about-with-newline}\n用法：{usage}\n\n{all-args}\n";
    command.subcommand_help_heading("命令").help_template(template).mut_subcommands(|sub| translated(sub, &below))
}

fn translated_arg(command: &str, arg: Arg) -> Arg {
    let heading = if arg.is_positional() { "参数" } else { "选项" };
    let help = chinese::argument(command, arg.get_id().as_str());
    let arg =
        if arg.get_help_heading().is_none() { arg.help_heading(heading) } else { arg.help_heading("通用选项") };
    match help {
        Some(help) => arg.help(help),
        None => arg,
    }
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name).short(short).long(name).action(action).help(help).help_heading("选项")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tree;

    fn walk(command: &Command, path: &str, seen: &mut impl FnMut(&str, &Command)) {
        let own = format!("{path}{}", command.get_name());
        seen(&own, command);
        let below = if path.is_empty() { String::from(" ") } else { format!("{own} ") };
        for sub in command.get_subcommands() {
            walk(sub, &below, seen);
        }
    }

    #[test]
    fn every_command_and_option_is_explained_in_both_languages() {
        let mut missing = Vec::new();
        walk(&tree(), "", &mut |own, command| {
            if command.get_about().is_none() || chinese::about(own).is_none() {
                missing.push(own.to_owned());
            }
            for arg in command.get_arguments().filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version")) {
                if arg.get_help().is_some() != chinese::argument(own, arg.get_id().as_str()).is_some() {
                    missing.push(format!("{own}: {}", arg.get_id()));
                }
            }
        });
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn every_command_stands_in_one_family() {
        let families = Words::English.families();
        let mut grouped: Vec<&str> = families.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        grouped.sort_unstable();
        let tree = tree();
        let mut all: Vec<&str> = tree.get_subcommands().map(Command::get_name).collect();
        all.sort_unstable();
        assert_eq!(grouped, all);
    }

    #[test]
    fn the_tree_is_sound() {
        tree().debug_assert();
        Words::Chinese.help(tree()).debug_assert();
    }
}
