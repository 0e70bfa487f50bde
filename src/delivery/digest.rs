//! Digests: what several letters to one robot say together, when it may not be called for each. Pure.
//!
//! Nothing is written anew: the newest letter stands as it was approved, and each of the others by its approved
//! `short`, with the incident's page where there is one.

use super::Letter;
use crate::incident::event::Message;
use crate::notice::body::escape;

/// One letter in place of several, the newest last; its text in full, of the others what they say in short.
pub fn digest(letters: &[&Letter], page: Option<&str>) -> Option<Letter> {
    let (newest, older) = letters.split_last()?;
    if older.is_empty() {
        return Some((*newest).clone());
    }
    let words = Words { chinese: newest.message.locale.is_chinese() };
    let head = words.together(letters.len());
    let full = words.newest();
    let message = &newest.message;
    let markdown = format!("**{head}**\n\n{}\n\n**{full}**\n\n{}", list(older, page, escape), message.markdown);
    let text = format!("{head}\n\n{}\n\n{full}\n\n{}", list(older, page, str::to_owned), message.text);
    Some(with(newest, Message { markdown, text, ..message.clone() }))
}

/// One letter in place of several that says of each only what it says in short.
pub fn in_short(letters: &[&Letter], page: Option<&str>) -> Option<Letter> {
    let newest = letters.last()?;
    let words = Words { chinese: newest.message.locale.is_chinese() };
    let subject = words.together(letters.len());
    let markdown = format!("**{subject}**\n\n{}", list(letters, page, escape));
    let text = format!("{subject}\n\n{}\n", list(letters, page, str::to_owned));
    Some(with(newest, Message { subject, markdown, text, ..newest.message.clone() }))
}

fn with(letter: &Letter, message: Message) -> Letter {
    Letter { message, ..letter.clone() }
}

fn list(letters: &[&Letter], page: Option<&str>, written: impl Fn(&str) -> String) -> String {
    let line = |letter: &&Letter| {
        let link = page.filter(|_| letter.status.is_some()).map(|page| {
            let page = page.trim_end_matches('/');
            format!(" {page}/incidents/{}", letter.number)
        });
        format!("- {}: {}{}", letter.number, written(&letter.message.short), link.unwrap_or_default())
    };
    letters.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What a digest says itself, in the newest letter's language.
struct Words {
    chinese: bool,
}

impl Words {
    fn together(&self, count: usize) -> String {
        match self.chinese {
            true => format!("{count} 条通知合并发送（机器人有频率限制）"),
            false => format!("{count} notices in one, as this robot may not speak more often"),
        }
    }

    fn newest(&self) -> &'static str {
        if self.chinese { "最新一条：" } else { "The newest:" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::samples::letter;
    use crate::incident::IncidentNumber;
    use crate::locale::Locale;

    fn three(locale: Locale) -> [Letter; 3] {
        [(3, "Exports *fail*"), (4, "Your approval is waited for"), (7, "Withdrawals fail")].map(|(number, short)| {
            let mut letter = letter();
            letter.number = IncidentNumber(number);
            letter.status = letter.status.filter(|_| number != 4);
            letter.message.locale = locale.clone();
            letter.message.short = short.to_owned();
            letter
        })
    }

    #[test]
    fn the_newest_is_told_in_full_and_the_others_in_short_in_either_language() {
        let letters = three(Locale::english());
        let told = digest(&letters.each_ref(), Some("https://status.example.com/")).expect("a digest");
        insta::assert_snapshot!(told.message.markdown, @r"
        **3 notices in one, as this robot may not speak more often**

        - INC-3: Exports \*fail\* https://status.example.com/incidents/INC-3
        - INC-4: Your approval is waited for

        **The newest:**

        **影响**：出金申请提交失败
        ");
        let letters = three(Locale::chinese());
        let told = digest(&letters.each_ref(), None).expect("a digest");
        insta::assert_snapshot!(told.message.text, @r"
        3 条通知合并发送（机器人有频率限制）

        - INC-3: Exports *fail*
        - INC-4: Your approval is waited for

        最新一条：

        影响：出金申请提交失败

        下次更新：03:30
        ");
        let short = in_short(&letters.each_ref()[..2], None).expect("a digest");
        insta::assert_snapshot!(short.message.text, @r"
        2 条通知合并发送（机器人有频率限制）

        - INC-3: Exports *fail*
        - INC-4: Your approval is waited for
        ");
    }

    #[test]
    fn one_letter_alone_stays_as_it_is() {
        assert_eq!(digest(&[&letter()], None), Some(letter()));
        assert_eq!(digest(&[], None), None);
        assert_eq!(in_short(&[], None), None);
    }
}
