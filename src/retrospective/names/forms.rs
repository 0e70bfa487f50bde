//! The forms in which notes speak of a person, and when such a form really is that person.

use std::ops::Range;

use super::fold::{Folded, fold, is_cjk};
use crate::retrospective::Person;
use crate::runbook::RoleId;

/// How sure a form is on its own; the surer comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// Latin letters, between other signs.
    Word,
    /// As [`Sort::Word`], joined to other words by `_` too: long enough to be nobody else.
    LongWord,
    /// A Latin name that is an everyday word: a person only with a capital or an `@`.
    EverydayWord,
    /// A single letter: a person only after an `@`.
    Letter,
    /// Chinese characters, anywhere.
    Chinese,
    /// A surname with a title, such as 张工: not where it begins a longer word.
    ChineseTitle,
}

#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) sort: Sort,
    /// None where several people share it, or the person held no role.
    pub(super) role: Option<RoleId>,
}

/// English words that are names too.
const EVERYDAY: &[&str] = &[
    "will", "may", "can", "an", "so", "do", "in", "on", "no", "he", "she", "we", "you", "it", "the", "to", "is", "be",
    "are", "was", "has", "had", "have", "and", "or", "not", "for", "of", "at", "by", "as", "my", "our", "us", "me",
    "mark", "grace", "bill", "art", "hope", "joy", "faith", "dawn", "drew", "rich", "rob", "sue", "pat", "ray", "chip",
    "young", "long", "king", "green", "brown", "white", "black", "gray", "grey", "price", "page", "case", "day",
    "park", "stone", "field", "high", "low", "good", "best", "small", "little", "short", "power", "bond", "cook",
    "baker", "carter", "miller", "smith", "hall", "wood", "woods", "banks", "rivers", "waters", "summer", "april",
    "june", "august", "china", "an", "you", "he", "she", "long", "ping", "pin", "sun", "song", "gang", "hang", "ran",
    "sang", "fan", "pan", "bin", "bar", "log", "dai", "die", "du", "hua", "run", "test", "data", "support",
];

/// Mailbox names that stand for no one person.
const SHARED: &[&str] = &[
    "info",
    "support",
    "admin",
    "ops",
    "oncall",
    "on-call",
    "help",
    "sales",
    "noreply",
    "no-reply",
    "hello",
    "contact",
    "team",
    "service",
    "status",
    "root",
    "postmaster",
    "webmaster",
    "security",
    "billing",
    "office",
    "mail",
    "dev",
];

/// Chinese given names that are everyday words: a person only after the surname.
const EVERYDAY_CHINESE: &[&str] = &[
    "国庆", "海洋", "文化", "建设", "和平", "胜利", "光明", "明天", "春天", "正常", "可能", "红旗", "志愿", "中华",
    "世界", "平安", "健康", "成功", "永远", "大海", "天空", "太阳", "希望", "未来", "方向", "数据", "服务", "安全",
    "平台", "文件", "通知", "系统", "任务", "问题", "时间", "人工", "小时",
];

const DOUBLE_SURNAMES: &[&str] = &[
    "欧阳", "司马", "诸葛", "上官", "司徒", "东方", "独孤", "南宫", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐",
    "长孙", "宇文", "轩辕", "端木", "百里", "歐陽", "司馬", "諸葛",
];

const TITLES_AFTER: &[&str] = &[
    "工", "总", "總", "哥", "姐", "经理", "經理", "老师", "老師", "主任", "先生", "女士", "小姐", "同学", "同學",
    "主管", "总监", "總監", "博士", "队长", "组长", "部长", "科长", "处长", "师傅", "師傅",
];

/// Surnames that begin or end everyday words.
const EVERYDAY_SURNAMES: &str = "周高时时單单程金平常全方成安应任于向包明文白黄米石段花红水连和公年万计路候费支解";

/// What follows such a surname's 总 or 工 in everyday words: 周总结, 高工作.
const GOES_ON: &str = "结結数數量额額计計和共体體部线線览作单單程时時具艺人序期资資厂业位";

/// What makes a word with the surname that follows: 纸张, 扩张.
const GOES_BEFORE: &str = "纸紙扩擴紧緊夸誇嚣囂伸";

/// What follows 小 or 老 and such a surname in everyday words: 小程序, 小时, 小文件.
const SMALL_THINGS: &[&str] = &[
    "小程序",
    "小于",
    "小时",
    "小時",
    "小数",
    "小计",
    "小米",
    "小高峰",
    "小高潮",
    "小金额",
    "小文件",
    "小段",
    "小包",
    "小单",
    "小红书",
    "小白",
    "小方案",
    "小成本",
    "小平台",
    "小石",
    "小万",
    "小路",
    "小费",
    "小支",
    "小花",
    "小水",
    "小年",
    "小解",
    "老花",
    "老石",
    "老水",
    "老路",
    "老年",
    "老白",
    "老文",
];

/// Someone known by the handle alone; the handle may be a whole name.
pub(super) fn stranger(handle: &str) -> Person {
    let is_address = handle.contains('@');
    let is_name = handle.chars().any(|c| c.is_whitespace() || is_cjk(c));
    Person {
        handle: handle.to_owned(),
        name: if is_name { handle.to_owned() } else { String::new() },
        email: is_address.then(|| handle.to_owned()),
        roles: Vec::new(),
    }
}

/// Every form a note may use for a person, folded.
pub(super) fn of(person: &Person) -> Vec<(String, Sort)> {
    let mut forms = Vec::new();
    handle(&mut forms, &fold(person.handle.trim_start_matches('@')));
    if let Some(email) = &person.email {
        let email = fold(email);
        if let Some((local, _)) = email.split_once('@')
            && local.chars().count() > 2
            && !SHARED.contains(&local)
        {
            handle(&mut forms, local);
        }
        handle(&mut forms, &email);
    }
    let name = fold(person.name.split(['(', '（', '<']).next().unwrap_or_default());
    let name = name.trim();
    if name.chars().any(is_cjk) {
        chinese(&mut forms, name)
    } else {
        latin(&mut forms, name)
    }
    // Names written in both scripts: 张伟 David.
    if name.chars().any(is_cjk) && name.chars().any(|c| c.is_ascii_alphabetic()) {
        let letters: String = name.chars().map(|c| if is_cjk(c) { ' ' } else { c }).collect();
        latin(&mut forms, letters.trim());
    }
    forms.retain(|(form, _)| !form.is_empty());
    forms
}

fn handle(forms: &mut Vec<(String, Sort)>, handle: &str) {
    let sort = if handle.chars().any(is_cjk) { Sort::Chinese } else { word(handle) };
    forms.push((handle.to_owned(), sort));
}

fn word(word: &str) -> Sort {
    match word.chars().count() {
        0 | 1 => Sort::Letter,
        _ if EVERYDAY.contains(&word) => Sort::EverydayWord,
        2 | 3 => Sort::Word,
        _ => Sort::LongWord,
    }
}

/// Whole names in either order and joined as in handles, initials, and each part of two letters or more.
fn latin(forms: &mut Vec<(String, Sort)>, name: &str) {
    let parts: Vec<&str> = name.split([' ', ',', '·']).map(|p| p.trim_matches('.')).filter(|p| !p.is_empty()).collect();
    if let [first, .., last] = parts.as_slice() {
        for joint in [" ", ".", "_", "-", ""] {
            forms.push((parts.join(joint), Sort::LongWord));
            forms.push((format!("{first}{joint}{last}"), Sort::LongWord));
            forms.push((format!("{last}{joint}{first}"), Sort::LongWord));
        }
        forms.push((format!("{last}, {first}"), Sort::LongWord));
        let initial: String = first.chars().take(1).collect();
        forms.push((format!("{initial}. {last}"), Sort::Word));
        forms.push((format!("{initial}.{last}"), Sort::Word));
        let initial: String = last.chars().take(1).collect();
        forms.push((format!("{first} {initial}."), Sort::Word));
    }
    for part in &parts {
        if part.chars().count() > 1 && part.chars().all(|c| c.is_alphabetic() || c == '-' || c == '\'') {
            forms.push(((*part).to_owned(), word(part)));
        }
    }
}

/// The whole name, the given name of two characters or more, and the surname with what people add to it.
fn chinese(forms: &mut Vec<(String, Sort)>, name: &str) {
    let characters: Vec<char> = name.chars().filter(|c| is_cjk(*c)).collect();
    let whole: String = characters.iter().collect();
    if characters.len() < 2 {
        forms.push((whole, Sort::ChineseTitle));
        return;
    }
    let is_double = characters.len() > 2 && DOUBLE_SURNAMES.iter().any(|surname| whole.starts_with(surname));
    let (surname, given) = characters.split_at(if is_double { 2 } else { 1 });
    let (surname, given): (String, String) = (surname.iter().collect(), given.iter().collect());
    forms.push((whole, Sort::Chinese));
    forms.push((format!("{surname} {given}"), Sort::Chinese));
    if given.chars().count() > 1 && !EVERYDAY_CHINESE.contains(&given.as_str()) {
        forms.push((given.clone(), Sort::Chinese));
    }
    for title in TITLES_AFTER {
        forms.push((format!("{surname}{title}"), Sort::ChineseTitle));
        forms.push((format!("{given}{title}"), Sort::ChineseTitle));
    }
    for before in ["老", "小", "阿"] {
        forms.push((format!("{before}{surname}"), Sort::ChineseTitle));
    }
    let last: String = given.chars().last().into_iter().collect();
    forms.push((format!("阿{last}"), Sort::ChineseTitle));
    if is_double {
        forms.push((surname, Sort::Chinese));
    }
}

/// Whether a hit is the person, not a part of another word.
pub(super) fn stands_alone(text: &Folded<'_>, hit: Range<usize>, sort: Sort) -> bool {
    let (before, after) = (text.before(hit.start), text.after(hit.end));
    let begins_inside = text.as_str()[hit.clone()].chars().next().is_some_and(|c| is_word(c, false));
    let ends_inside = text.as_str()[hit.clone()].chars().next_back().is_some_and(|c| is_word(c, false));
    let alone = |joins: bool| {
        let joined_before = begins_inside && before.is_some_and(|c| is_word(c, joins));
        let joined_after = ends_inside && after.is_some_and(|c| is_word(c, joins));
        !(joined_before || joined_after)
    };
    match sort {
        Sort::Word => alone(true),
        Sort::LongWord => alone(false),
        Sort::EverydayWord => {
            alone(true) && (before == Some('@') || text.first_letter(&hit).is_some_and(char::is_uppercase))
        }
        Sort::Letter => alone(true) && before == Some('@'),
        Sort::Chinese => true,
        Sort::ChineseTitle => !begins_a_word(text, hit),
    }
}

/// Whether a character would make a Latin word longer; `joins` counts `_` in.
fn is_word(c: char, joins: bool) -> bool {
    (c.is_alphanumeric() && !is_cjk(c)) || (joins && c == '_')
}

/// Whether a surname with a title only looks like one, as in 小程序 or 周总结.
fn begins_a_word(text: &Folded<'_>, hit: Range<usize>) -> bool {
    let form = &text.as_str()[hit.clone()];
    let rest = &text.as_str()[hit.start..];
    if SMALL_THINGS.iter().any(|word| rest.starts_with(word)) {
        return true;
    }
    if text.before(hit.start).is_some_and(|before| GOES_BEFORE.contains(before)) {
        return true;
    }
    let everyday = form.chars().next().is_some_and(|surname| EVERYDAY_SURNAMES.contains(surname));
    let titled = form.ends_with(['工', '总', '總']);
    everyday && titled && text.after(hit.end).is_some_and(|next| GOES_ON.contains(next))
}
