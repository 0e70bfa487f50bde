//! JSON lines: an object a line, its keys the columns of the book.

use std::io::BufRead;

use serde_json::{Map, Value};

use super::cells::Cells;
use super::{Numbered, RejectedRow, SAVE_AS_UTF8};
use crate::contact::Contact;

/// The contacts of the lines that are not blank; a row's number is its line's.
pub(super) fn rows(book: impl BufRead) -> impl Iterator<Item = Numbered> {
    book.split(b'\n').zip(1..).filter_map(|(line, row)| match line {
        Ok(line) if line.trim_ascii().is_empty() => None,
        Ok(line) => Some((row, contact(row, &line))),
        Err(error) => Some((row, Err(RejectedRow::new(row, "", format!("failed to read it: {error}"))))),
    })
}

fn contact(row: usize, line: &[u8]) -> Result<Contact, RejectedRow> {
    let line = std::str::from_utf8(line).map_err(|_| RejectedRow::new(row, "", SAVE_AS_UTF8))?;
    let object: Map<String, Value> = serde_json::from_str(line)
        .map_err(|error| RejectedRow::new(row, "", format!("is not a JSON object on one line: {error}")))?;
    let mut cells = Cells::new(row);
    for (key, value) in &object {
        let column = Cells::column(key.trim());
        match value {
            Value::Object(attributes) if column == "attributes" => {
                for (name, value) in attributes {
                    cells.attribute(name, &text(row, name, value)?)?;
                }
            }
            Value::Array(values) if matches!(column.as_str(), "emails" | "tags") => {
                let values = values.iter().map(|value| text(row, &column, value)).collect::<Result<Vec<_>, _>>()?;
                cells.put(&column, &values.join(";"))?;
            }
            value => cells.put(&column, &text(row, &column, value)?)?,
        }
    }
    cells.contact()
}

fn text(row: usize, field: &str, value: &Value) -> Result<String, RejectedRow> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Array(_) | Value::Object(_) => Err(RejectedRow::new(row, field, "must be a text")),
    }
}
