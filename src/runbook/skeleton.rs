//! The runbook that `muster new` writes: short, instructive, and free of problems.

use crate::locale::Locale;

/// The text of a new runbook, written in the given language: Chinese, or else English.
pub fn skeleton(id: &str, locale: &Locale) -> String {
    let text = if locale.is_chinese() { CHINESE } else { ENGLISH };
    text.replace("{id}", id)
}

const ENGLISH: &str = r#"# A runbook reads from top to bottom: that is the order in which it happens.
# Change the wording to your case, then: muster check {id}.yaml, muster drill {id}.yaml
muster: 1
id: {id}
title: Say in a few words what has happened
locales: [en]                       # add zh-Hans, and translations at the end

facts:                              # prepared wording; people correct it on the night
  impact: Say what customers see
  unaffected: Say what still works
  workaround: Say what customers can do meanwhile

approve: { by: lead, within: 2m }   # every notice to customers

ready:                              # asked in peace time
  contacts: { title: Contact book checked, role: support, every: 30d }

pre:
  - task: take_lead
    title: Take the lead and report it
    within: 1m
  - gather: first_facts
    title: State what customers see
    facts: [impact, unaffected, workaround]
    within: 2m
  - notice: first_notice
    title: Tell customers
    status: investigating
  - updates: progress
    title: Keep customers told
    until: accepted
  - contain: limit_harm
    title: Keep it from getting worse
    when: rank == 1                 # only at the highest severity
    role: ops
    lift: Take the measure back

mid:
  - task: investigate
    title: Find the problem
    role: ops
    within: 15m
  - decide: recent_change
    title: "Any change in the last two hours?"
    role: ops
    answers: { changed: "Yes", unchanged: "No" }
  - task: take_back
    title: Take the change back
    when: answers.recent_change == 'changed'
    role: ops
  - task: repair
    title: Design the repair and carry it out
    when: answers.recent_change == 'unchanged'
    role: dev
  - accept: accepted
    title: See that customers can work again
    role: product
    confirm: [Name a test that customers would trust]
    on_fail: investigate
  - gather: outcome
    title: State how it ended
    facts: [ended_at, data_loss, safe_to_retry]
  - notice: resolved
    title: Tell customers that it is over
    status: resolved

post:
  - retrospective: learn
    title: Write the retrospective
    within: 3d
"#;

const CHINESE: &str = r#"# 预案自上而下阅读，事情也按这个顺序进行。
# 把文字改成你们的情况，然后运行：muster check {id}.yaml，muster drill {id}.yaml
muster: 1
id: {id}
title: 用几个字说明发生了什么
locales: [zh-Hans]                  # 需要英文时加上 en，译文写在文件末尾

facts:                              # 事先备好的措辞，当晚由人修正
  impact: 写明客户看到的现象
  unaffected: 写明哪些功能照常
  workaround: 写明客户眼下可以怎么办

approve: { by: lead, within: 2m }   # 发给客户的每条通知都要有人批准

ready:                              # 平时就检查好
  contacts: { title: 联系人名册已核对, role: support, every: 30d }

pre:
  - task: take_lead
    title: 接手并上报
    within: 1m
  - gather: first_facts
    title: 写清客户看到的现象
    facts: [impact, unaffected, workaround]
    within: 2m
  - notice: first_notice
    title: 告知客户
    status: investigating
  - updates: progress
    title: 持续告知客户
    until: accepted
  - contain: limit_harm
    title: 先止损
    when: rank == 1                 # 仅限最高级别
    role: ops
    lift: 撤回止损措施

mid:
  - task: investigate
    title: 查明问题
    role: ops
    within: 15m
  - decide: recent_change
    title: 最近两小时有变更吗？
    role: ops
    answers: { changed: 有, unchanged: 没有 }
  - task: take_back
    title: 回退变更
    when: answers.recent_change == 'changed'
    role: ops
  - task: repair
    title: 设计修复方案并实施
    when: answers.recent_change == 'unchanged'
    role: dev
  - accept: accepted
    title: 确认客户恢复使用
    role: product
    confirm: [写一项客户认可的验证]
    on_fail: investigate
  - gather: outcome
    title: 写清结果
    facts: [ended_at, data_loss, safe_to_retry]
  - notice: resolved
    title: 告知客户已恢复
    status: resolved

post:
  - retrospective: learn
    title: 写复盘
    within: 3d
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::check::check;

    #[test]
    fn a_new_runbook_checks_without_a_single_problem() {
        for locale in [Locale::english(), Locale::chinese(), "fr".parse().expect("a tag")] {
            let checked = check(skeleton("my-case", &locale).as_bytes());
            assert_eq!(checked.problems, [], "{locale}");
            assert_eq!(checked.runbook.expect("a runbook").id.as_str(), "my-case");
        }
    }
}
