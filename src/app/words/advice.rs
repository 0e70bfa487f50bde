//! What the engine and the conductor advise after a refusal, in Chinese, clause by clause.

/// What stands before a colon, and what follows it is names or a command.
const LABELS: [(&str, &str); 13] = [
    ("open now", "现在可以处理的步骤"),
    ("before its turn", "要提前处理"),
    ("answers", "可选答案"),
    ("fallbacks", "替代办法"),
    ("roles", "角色"),
    ("facts", "事实"),
    ("severities", "级别"),
    ("sections", "可选的节"),
    ("there are", "可选"),
    ("name somebody", "还需要一个人批准，请先指定"),
    ("draft it again", "请重新起草"),
    ("look again, then approve exactly that", "请再看一遍，确认后批准这一份"),
    ("approve it alone, as a deviation", "可以独自批准，会记为偏离预案"),
];

/// Advice said in one way only.
const SENTENCES: [(&str, &str); 18] = [
    ("try again in a moment", "请稍后再试"),
    ("it may be gone; make it again", "可能已经清除，请重新生成"),
    (
        "reword it with `muster correct` or `muster retro edit`, or say why it stays: `muster retro keep RULE PHRASE --reason \"…\"`",
        "用 muster correct 或 muster retro edit 改写；确实要保留的，用 muster retro keep 规则 原文 --reason \"…\" 说明理由",
    ),
    ("say why; it is kept in the journal", "原因会记入日志"),
    ("write what changed, or say that nothing is new", "没有新进展时，也请明确说明"),
    ("nothing was changed", "没有任何改动"),
    ("try the same command again", "再执行一次同样的命令"),
    ("nothing was changed; please report it", "没有任何改动，请反馈给 Muster 维护者"),
    ("name each person once", "同一个人只写一次"),
    ("remove it; it comes from pasting binary data", "请删掉它，多半是粘贴时带进来的"),
    ("shorten it, or keep the whole elsewhere and give its address", "请缩短；全文可以放在别处，这里写链接"),
    (
        "`muster start` declares one; `muster list --all` shows earlier ones",
        "muster start 开始处理一个；muster list --all 查看以前的",
    ),
    ("`muster list --all` shows every incident", "muster list --all 查看全部事件"),
    ("name one with `--incident`", "请用 --incident 指明"),
    ("muster coverage shows whom it reaches", "muster coverage 查看它覆盖了谁"),
    ("muster start begins another one", "muster start 开始处理新的事件"),
    ("muster note \"…\" --at TIME, with a time that is past", "muster note \"…\" --at 时间，时间要是过去的"),
    ("name a person: muster role ROLE=PERSON", "请指定一个人：muster role 角色=人"),
];

/// The advice in Chinese; only the commands in it where its words are not known.
pub(super) fn chinese(help: &str) -> Option<String> {
    let unquoted = help.split('`').step_by(2).collect::<String>();
    if unquoted.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        return Some(help.to_owned());
    }
    if let Some((_, told)) = SENTENCES.iter().find(|(english, _)| *english == help) {
        return Some((*told).to_owned());
    }
    let clauses: Vec<String> = help.split("; ").filter_map(clause).collect();
    (!clauses.is_empty()).then(|| clauses.join("；"))
}

fn clause(clause: &str) -> Option<String> {
    if is_typed(clause) {
        return Some(joined(clause));
    }
    if let Some((label, rest)) = clause.split_once(": ") {
        if let Some(people) = label.strip_prefix("ask ") {
            return Some(format!("请 {} 执行：{}", joined(people), joined(rest)));
        }
        if label.starts_with("events are numbered 1 to ") {
            let newest = label.trim_start_matches("events are numbered 1 to ");
            return Some(format!("记录编号从 1 到 {newest}，可用 {rest} 查看"));
        }
        if let Some((_, told)) = LABELS.iter().find(|(english, _)| *english == label) {
            return Some(format!("{told}：{}", joined(rest)));
        }
        if is_typed(rest) {
            return Some(joined(rest));
        }
    }
    let quoted: Vec<&str> = clause.split('`').skip(1).step_by(2).filter(|text| is_typed(text)).collect();
    (!quoted.is_empty()).then(|| quoted.join("，"))
}

fn is_typed(text: &str) -> bool {
    text.starts_with("muster ") || text.starts_with("--")
}

/// Names and commands side by side, with Chinese between them.
fn joined(list: &str) -> String {
    list.replace("`, `", "`、`").replace(", or muster ", "，或 muster ").replace(", then muster ", "，再执行 muster ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_keeps_its_names_and_commands() {
        for (help, told) in [
            (
                "open now: `a`, `b`; before its turn: muster done c --early --reason \"…\"",
                Some("现在可以处理的步骤：`a`、`b`；要提前处理：muster done c --early --reason \"…\""),
            ),
            ("ask `dana`: muster approve first_notice", Some("请 `dana` 执行：muster approve first_notice")),
            ("muster fallback on x, or muster fallback off x", Some("muster fallback on x，或 muster fallback off x")),
            ("events are numbered 1 to 42: muster timeline", Some("记录编号从 1 到 42，可用 muster timeline 查看")),
            ("ask `小王`: muster approve x", Some("请 `小王` 执行：muster approve x")),
            (
                "one more has to approve it; name somebody: muster role legal=PERSON",
                Some("还需要一个人批准，请先指定：muster role legal=PERSON"),
            ),
            ("see `muster show`, or act early", Some("muster show")),
            ("`muster list --all` shows every incident", Some("muster list --all 查看全部事件")),
            ("save it as UTF-8", None),
        ] {
            assert_eq!(chinese(help).as_deref(), told, "{help}");
        }
    }
}
