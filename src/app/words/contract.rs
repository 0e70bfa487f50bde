//! What the notice contract asks for and warns of, in the reader's language; in English it says so itself.

use crate::app::view::{DraftView, NoticeProblem};
use crate::locale::Locale;

impl NoticeProblem {
    /// The message in the reader's language; as it is where no translation is known.
    pub fn told(&self, locale: &Locale) -> String {
        let chinese = if locale.is_chinese() { chinese(self) } else { None };
        chinese.unwrap_or_else(|| self.message.clone())
    }

    /// What its message names as this.
    pub fn named(&self, what: &str) -> Option<&str> {
        self.named.iter().find(|(known, _)| *known == what).map(|(_, name)| name.as_str())
    }
}

impl DraftView {
    /// The same with what is wrong with it said in the reader's language.
    #[must_use]
    pub fn told(mut self, locale: &Locale) -> Self {
        for problem in &mut self.problems {
            problem.message = problem.told(locale);
        }
        self
    }
}

fn chinese(problem: &NoticeProblem) -> Option<String> {
    let named = |what| problem.named(what);
    let (fact, why) = (named("fact").unwrap_or_default(), named("why"));
    Some(match problem.code.as_str() {
        "missing_fact" if why == Some("reopened") => {
            format!("{}是重新打开之前说的，需要重新说明（{fact}）", meaning(fact))
        }
        "missing_fact" => format!("还没有说明{}（{fact}）", meaning(fact)),
        "ends_in_future" => "结束时间还没有到（ended_at）".to_owned(),
        "ends_before_it_began" => "结束时间早于开始时间（ended_at）".to_owned(),
        "estimate_past" => "预计时间已经过去，通知中不会写出（eta）".to_owned(),
        "estimate_not_authorised" => "没有人授权预计时间，通知中不会写出（eta_by）".to_owned(),
        "template_omits" => format!("模板没有写出 {}", named("value")?),
        "machine_address" => format!("{fact} 写出了机器地址：“{}”", named("words")?),
        "host_name" => format!("{fact} 写出了机器名：“{}”", named("words")?),
        "estimate_in_words" => format!("{fact} 承诺了未经授权的恢复时间：“{}”", named("words")?),
        "surer_than_known" => format!("{fact} 的说法过于肯定：“{}”", named("words")?),
        "narrower_than_known" => format!("{fact} 的影响范围可能说小了：“{}”", named("words")?),
        "blame" => format!("“{}”有追责意味，建议改为：{}", named("words")?, named("instead")?),
        "direction_controls" => format!("{fact} 含有改变文字方向的字符，发送时会去掉"),
        "untranslated" if why == Some("older") => {
            format!("{fact} 的{}译文还没有更新，该语言的读者会看到原文", language(named("language")?))
        }
        "untranslated" => format!("{fact} 缺少{}译文，该语言的读者会看到原文", language(named("language")?)),
        "subject_too_long" => format!("{}标题太长，请用更短的事件名称", language(named("language")?)),
        "unanswered_conditions" => {
            format!("受众中有 {} 个条件无法判断，相关联系人未包含在内", named("count")?)
        }
        _ => return None,
    })
}

/// A language in a Chinese sentence.
fn language(tag: &str) -> String {
    match tag {
        "en" => "英文".to_owned(),
        "zh-Hans" => "中文".to_owned(),
        "zh-Hant" => "繁体中文".to_owned(),
        other => format!(" {other} "),
    }
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
    use crate::problem::Level;

    #[test]
    fn a_problem_is_told_from_its_code_and_what_it_names() {
        let problem = |code: &str, named: &[(&'static str, &str)]| NoticeProblem {
            code: code.to_owned(),
            severity: Level::Error,
            message: "in English".to_owned(),
            help: None,
            named: named.iter().map(|(what, name)| (*what, (*name).to_owned())).collect(),
        };
        let unstated = problem("missing_fact", &[("fact", "unaffected"), ("why", "unstated")]);
        assert_eq!(unstated.told(&Locale::chinese()), "还没有说明哪些功能不受影响（unaffected）");
        assert_eq!(unstated.told(&Locale::english()), "in English");
        let host = problem("host_name", &[("fact", "impact"), ("words", "db-01")]);
        assert_eq!(host.told(&Locale::chinese()), "impact 写出了机器名：“db-01”");
        assert_eq!(problem("something_new", &[]).told(&Locale::chinese()), "in English");
    }
}
