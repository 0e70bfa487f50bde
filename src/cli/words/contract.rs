//! What the notice contract asks for and warns of, by its code, in Chinese; in English it says so itself.

use super::Words;

impl Words {
    /// A problem of a notice, in the reader's language.
    pub(crate) fn notice_problem(self, code: &str, message: &str) -> String {
        let chinese = match self {
            Self::English => None,
            Self::Chinese => told(code, message),
        };
        chinese.unwrap_or_else(|| message.to_owned())
    }
}

fn told(code: &str, message: &str) -> Option<String> {
    let name = message.split('`').nth(1).unwrap_or_default();
    let quoted = message.split_once('“').map(|(_, rest)| rest.trim_end_matches('”')).unwrap_or_default();
    let fact = name.split('.').next().unwrap_or_default();
    Some(match code {
        "missing_fact" if message.contains("reopened") => {
            format!("{}是重新打开之前说的，需要重新说明（{name}）", meaning(fact))
        }
        "missing_fact" => format!("还没有说明{}（{name}）", meaning(fact)),
        "ends_in_future" => "结束时间还没有到（ended_at）".to_owned(),
        "ends_before_it_began" => "结束时间早于开始时间（ended_at）".to_owned(),
        "estimate_past" => "预计时间已经过去，通知中不会写出（eta）".to_owned(),
        "estimate_not_authorised" => "没有人授权预计时间，通知中不会写出（eta_by）".to_owned(),
        "template_omits" => format!("模板没有写出 {name}"),
        "machine_address" => format!("{name} 写出了机器地址：“{quoted}”"),
        "host_name" => format!("{name} 写出了机器名：“{quoted}”"),
        "estimate_in_words" => format!("{name} 承诺了未经授权的恢复时间：“{quoted}”"),
        "surer_than_known" => format!("{name} 的说法过于肯定：“{quoted}”"),
        "narrower_than_known" => format!("{name} 的影响范围可能说小了：“{quoted}”"),
        "blame" => format!("{name} 有追责意味：“{quoted}”"),
        "direction_controls" => format!("{name} 含有改变文字方向的字符，发送时会去掉"),
        "untranslated" if message.contains("older") => format!("{name} 的译文还没有更新，该语言的读者会看到原文"),
        "untranslated" => format!("{name} 缺少译文，该语言的读者会看到原文"),
        "subject_too_long" => "标题太长，请用更短的事件名称".to_owned(),
        _ => return None,
    })
}

/// What a fact tells customers.
fn meaning(fact: &str) -> &str {
    match fact {
        "impact" => "客户会遇到什么",
        "unaffected" => "哪些功能不受影响",
        "workaround" => "客户可以怎么临时处理",
        "contact" => "客户怎样联系我们",
        "changed" => "上次通知以来有什么变化",
        "ended_at" => "什么时候结束的",
        "data_loss" => "有没有数据丢失",
        "safe_to_retry" => "哪些操作可以放心重试",
        "claim" => "流传的说法是什么",
        "truth" => "实际情况是什么",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_in_chinese() {
        let message = "what still works is not stated (`unaffected`)";
        assert_eq!(Words::Chinese.notice_problem("missing_fact", message), "还没有说明哪些功能不受影响（unaffected）");
        assert_eq!(Words::English.notice_problem("missing_fact", message), message);
        let message = "`impact` names a machine: “db-01”";
        assert_eq!(Words::Chinese.notice_problem("host_name", message), "impact 写出了机器名：“db-01”");
    }
}
