//! From bytes to text: UTF-8 only, and no character that hides what a reader would see.

use super::MAX_BYTES;
use crate::problem::{Place, Problem};

/// The text of a file, without its byte-order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Box<Problem>> {
    if bytes.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, and at most {MAX_BYTES} are read", bytes.len());
        return Err(Problem::error("file_too_large", start(), message).help("split the runbook, or shorten it").into());
    }
    if let Some(name) = foreign_encoding(bytes) {
        let message = format!("the file is encoded in {name}, not in UTF-8");
        return Err(Problem::error("not_utf8", start(), message).help("save it as UTF-8").into());
    }
    let text = std::str::from_utf8(bytes).map_err(|e| not_utf8(bytes, e.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !may_hide(text) {
        return Ok(text);
    }
    match text.char_indices().find_map(|(at, c)| hidden(c).map(|why| (at, c, why))) {
        None => Ok(text),
        Some((at, c, (code, why))) => {
            let message = format!("the character U+{:04X} {why}", u32::from(c));
            Err(Problem::error(code, place_of(text, at), message).help("delete it").into())
        }
    }
}

fn start() -> Place {
    Place { line: 1, column: 1, length: 1 }
}

/// The encoding that a byte-order mark, or zero bytes at the start, give away.
fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, 1..=255, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..] => {
            Some("UTF-16")
        }
        [0x84, 0x31, 0x95, 0x33, ..] => Some("GB 18030"),
        _ => None,
    }
}

fn not_utf8(bytes: &[u8], at: usize) -> Problem {
    let before = std::str::from_utf8(&bytes[..at]).unwrap_or_default();
    let before = before.strip_prefix('\u{feff}').unwrap_or(before);
    let place = Place { length: 1, ..place_of(before, before.len()) };
    let message = format!("the byte 0x{:02X} is not UTF-8", bytes.get(at).copied().unwrap_or_default());
    Problem::error("not_utf8", place, message)
        .help("save the file as UTF-8; it may be in GBK or another older encoding")
}

/// A quick look at the bytes, so that ordinary files are not read character by character.
fn may_hide(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, 0..=8 | 0x0b | 0x0c | 0x0e..=0x1f | 0x7f | 0xc2 | 0xe2 | 0xef))
}

/// Why a character may not stand in a runbook, as the problem's code and the end of a sentence.
pub(super) fn hidden(c: char) -> Option<(&'static str, &'static str)> {
    match c {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(("bidi_control", "makes text read in another order than it is written"))
        }
        '\t' | '\n' | '\r' | '\u{85}' => None,
        '\0' | '\u{fffe}' | '\u{ffff}' => Some(("control_character", "is not text")),
        c if c.is_control() => Some(("control_character", "is invisible, and not text")),
        _ => None,
    }
}

/// The place of the character at a byte of the text.
pub(super) fn place_of(text: &str, at: usize) -> Place {
    let before = &text[..at];
    let breaks = before.replace("\r\n", "\n");
    let line = breaks.matches(['\n', '\r']).count() + 1;
    let column = breaks.rsplit(['\n', '\r']).next().unwrap_or_default().chars().count() + 1;
    Place { line, column, length: 1 }
}
