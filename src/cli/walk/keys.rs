//! What can be typed in the walk.

use crate::cli::prompt::read_number;

/// One thing to do; steps by their place in the list, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    Do(usize),
    Note(Option<String>),
    Skip(usize),
    Timeline,
    Look,
    Help,
    Quit,
}

/// Reads what was typed, given how many steps are listed; none where it means nothing.
pub(crate) fn read(typed: &str, steps: usize) -> Option<Key> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Some(Key::Do(0));
    }
    let listed = |number: usize| number.checked_sub(1).filter(|index| *index < steps);
    if let Some(number) = read_number(typed) {
        return listed(number).map(Key::Do);
    }
    let (key, rest) = match typed.split_once(char::is_whitespace) {
        Some((key, rest)) => (key, rest.trim()),
        None => (typed, ""),
    };
    match (key.to_lowercase().as_str(), rest) {
        ("n" | "note" | "记", "") => Some(Key::Note(None)),
        ("n" | "note" | "记", text) => Some(Key::Note(Some(text.to_owned()))),
        ("s" | "skip", "") => Some(Key::Skip(0)),
        ("s" | "skip", number) => read_number(number).and_then(listed).map(Key::Skip),
        ("t", "") => Some(Key::Timeline),
        ("l", "") => Some(Key::Look),
        ("?" | "？" | "h" | "help", "") => Some(Key::Help),
        ("q" | "quit" | "exit", "") => Some(Key::Quit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_the_help_says() {
        for (typed, key) in [
            ("", Some(Key::Do(0))),
            ("2", Some(Key::Do(1))),
            ("２", Some(Key::Do(1))),
            ("4", None),
            ("0", None),
            ("n", Some(Key::Note(None))),
            ("n 客服已上线", Some(Key::Note(Some("客服已上线".to_owned())))),
            ("N the relay is slow", Some(Key::Note(Some("the relay is slow".to_owned())))),
            ("s", Some(Key::Skip(0))),
            ("s 3", Some(Key::Skip(2))),
            ("s 9", None),
            ("t", Some(Key::Timeline)),
            ("l", Some(Key::Look)),
            ("？", Some(Key::Help)),
            ("q", Some(Key::Quit)),
            ("quite", None),
            ("nothing", None),
        ] {
            assert_eq!(read(typed, 3), key, "{typed:?}");
        }
    }
}
