//! Questions to the person at the terminal; every one of them has a flag, so nothing depends on being asked.

use std::io::{self, BufRead};

use super::render::Out;
use super::render::out::{paint, style};
use super::words::Words;

/// Reads answers, a line each.
pub(crate) struct Prompt {
    input: Box<dyn BufRead>,
}

/// The end of the input: the reader went away, and nothing was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no answer was given")]
pub(crate) struct Gone;

/// How many times an answer that cannot be read is asked for again.
const TRIES: usize = 5;

impl Prompt {
    pub(crate) fn standard() -> Self {
        Self { input: Box::new(io::stdin().lock()) }
    }

    #[cfg(test)]
    pub(crate) fn from(input: &'static str) -> Self {
        Self { input: Box::new(io::Cursor::new(input)) }
    }

    fn read(&mut self) -> Result<String, Gone> {
        let mut line = String::new();
        match self.input.read_line(&mut line) {
            Ok(0) | Err(_) => Err(Gone),
            Ok(_) => Ok(line.trim().to_owned()),
        }
    }

    /// Asks for a line; an empty answer takes what is proposed.
    pub(crate) fn line(&mut self, out: &mut Out, question: &str, proposed: Option<&str>) -> Result<String, Gone> {
        let proposal = proposed.map(|p| paint(style::DIM, format!(" [{p}]"))).unwrap_or_default();
        out.ask(&format!("{}{proposal} ", paint(style::STRONG, question)));
        let answer = self.read()?;
        Ok(if answer.is_empty() { proposed.unwrap_or_default().to_owned() } else { answer })
    }

    /// Asks for a line until there is one.
    pub(crate) fn required(&mut self, out: &mut Out, words: Words, question: &str) -> Result<String, Gone> {
        for _ in 0..TRIES {
            let answer = self.line(out, question, None)?;
            if !answer.is_empty() {
                return Ok(answer);
            }
            out.line(words.please_answer());
        }
        Err(Gone)
    }

    /// Asks a yes-or-no question.
    pub(crate) fn yes(&mut self, out: &mut Out, words: Words, question: &str, proposed: bool) -> Result<bool, Gone> {
        for _ in 0..TRIES {
            let answer = self.line(out, &format!("{question} {}", words.yes_or_no(proposed)), None)?;
            match read_yes(&answer, proposed) {
                Some(yes) => return Ok(yes),
                None => out.line(words.please_yes_or_no()),
            }
        }
        Err(Gone)
    }

    /// Shows numbered choices and asks for one, by number or by its id; gives its index.
    pub(crate) fn choose(
        &mut self,
        out: &mut Out,
        words: Words,
        question: &str,
        choices: &[(String, String)],
        proposed: Option<usize>,
    ) -> Result<usize, Gone> {
        out.line(paint(style::STRONG, question));
        let mut table = super::render::table::Table::new().indent(2);
        for (index, (id, text)) in choices.iter().enumerate() {
            let number = super::render::table::Cell::styled((index + 1).to_string(), style::STRONG);
            table.row([number, text.into(), super::render::table::Cell::styled(id, style::DIM)]);
        }
        out.lines(table.lines(out.columns));
        let shown = proposed.map(|index| (index + 1).to_string());
        for _ in 0..TRIES {
            let answer = self.line(out, words.number_prompt(), shown.as_deref())?;
            match read_choice(&answer, choices) {
                Some(index) => return Ok(index),
                None => out.line(words.please_choose(choices.len())),
            }
        }
        Err(Gone)
    }

    /// Reads lines up to one that holds a full stop alone, or the end.
    pub(crate) fn paragraphs(&mut self, out: &mut Out, question: &str) -> Result<String, Gone> {
        out.line(paint(style::STRONG, question));
        let mut text = String::new();
        loop {
            let mut line = String::new();
            match self.input.read_line(&mut line) {
                Ok(0) => break,
                Ok(_) if matches!(line.trim(), "." | "。") => break,
                Ok(_) => text.push_str(&line),
                Err(_) => return Err(Gone),
            }
        }
        let text = text.trim();
        if text.is_empty() { Err(Gone) } else { Ok(text.to_owned()) }
    }
}

/// Reads yes or no in either language; an empty answer is the proposal.
fn read_yes(answer: &str, proposed: bool) -> Option<bool> {
    match answer.to_lowercase().as_str() {
        "" => Some(proposed),
        "y" | "yes" | "是" | "好" | "确认" => Some(true),
        "n" | "no" | "否" | "不" => Some(false),
        _ => None,
    }
}

/// Reads a number from 1, in ASCII or full-width digits, or an id in full.
fn read_choice(answer: &str, choices: &[(String, String)]) -> Option<usize> {
    if let Some(number) = read_number(answer) {
        return number.checked_sub(1).filter(|index| *index < choices.len());
    }
    choices.iter().position(|(id, _)| id.eq_ignore_ascii_case(answer))
}

/// Reads a number as people type it, full-width digits of a Chinese keyboard included.
pub(crate) fn read_number(text: &str) -> Option<usize> {
    let ascii: String = text
        .trim()
        .chars()
        .map(|c| match c {
            '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10).unwrap_or(c),
            c => c,
        })
        .collect();
    ascii.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choices() -> Vec<(String, String)> {
        [("sev1", "Nobody can"), ("sev2", "Some cannot")].map(|(id, text)| (id.to_owned(), text.to_owned())).to_vec()
    }

    #[test]
    fn yes_and_no_are_understood_in_both_languages() {
        for (answer, read) in [
            ("y", Some(true)),
            ("YES", Some(true)),
            ("是", Some(true)),
            ("n", Some(false)),
            ("否", Some(false)),
            ("maybe", None),
        ] {
            assert_eq!(read_yes(answer, false), read, "{answer}");
        }
        assert_eq!((read_yes("", true), read_yes("", false)), (Some(true), Some(false)));
    }

    #[test]
    fn a_choice_is_a_number_or_an_id() {
        for (answer, index) in [
            ("1", Some(0)),
            ("２", Some(1)),
            ("sev2", Some(1)),
            ("SEV1", Some(0)),
            ("0", None),
            ("3", None),
            ("", None),
            ("sev", None),
        ] {
            assert_eq!(read_choice(answer, &choices()), index, "{answer}");
        }
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_asked_for_again() {
        let mut out = Out::into(io::sink(), 80);
        let mut prompt = Prompt::from("seven\n2\n");
        assert_eq!(prompt.choose(&mut out, Words::English, "How bad?", &choices(), None), Ok(1));
    }

    #[test]
    fn a_reader_who_went_away_decides_nothing() {
        let mut out = Out::into(io::sink(), 80);
        assert_eq!(Prompt::from("").yes(&mut out, Words::English, "Send?", true), Err(Gone));
        assert_eq!(Prompt::from("\n\n\n\n\n\n").required(&mut out, Words::English, "Why?"), Err(Gone));
    }

    #[test]
    fn paragraphs_end_at_a_lone_full_stop() {
        let mut out = Out::into(io::sink(), 80);
        assert_eq!(Prompt::from("one\n\ntwo\n.\nthree\n").paragraphs(&mut out, "Text"), Ok("one\n\ntwo".to_owned()));
    }
}
