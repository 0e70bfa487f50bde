//! CSV books: a header that names the columns, a contact a row.

use std::io::Read;

use ::csv::{ByteRecord, ReaderBuilder};

use super::cells::Cells;
use super::{RejectedRow, Rows, SAVE_AS_UTF8};
use crate::contact::Contact;

pub(super) fn rows<'b>(book: impl Read + Send + 'b) -> Rows<'b> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(book);
    let header = reader.byte_headers().map_err(|error| error.to_string()).and_then(columns);
    match header {
        Err(reason) => Box::new(std::iter::once((0, Err(RejectedRow::new(0, "header", reason))))),
        Ok(columns) => Box::new(reader.into_byte_records().zip(1..).filter_map(move |(record, row)| match record {
            Err(error) => Some((row, Err(RejectedRow::new(row, "", error.to_string())))),
            // A spreadsheet writes rows of nothing but commas.
            Ok(record) if record.iter().all(<[u8]>::is_empty) => None,
            Ok(record) => Some((row, contact(row, &columns, &record))),
        })),
    }
}

/// The names of the columns, in lower case where the book knows them.
fn columns(header: &ByteRecord) -> Result<Vec<String>, String> {
    let names = header
        .iter()
        .map(|name| std::str::from_utf8(name).map_err(|_| SAVE_AS_UTF8.to_owned()))
        .map(|name| name.map(|name| Cells::column(name.trim())))
        .collect::<Result<Vec<_>, _>>()?;
    if !names.iter().any(|name| name == "id") {
        return Err("has no column `id`; the first line names the columns, separated by commas".to_owned());
    }
    match names.iter().enumerate().find(|(at, name)| !name.is_empty() && names[..*at].contains(name)) {
        Some((_, twice)) => Err(format!("names the column `{twice}` twice")),
        None => Ok(names),
    }
}

fn contact(row: usize, columns: &[String], record: &ByteRecord) -> Result<Contact, RejectedRow> {
    if record.len() > columns.len() {
        let reason =
            format!("has {} cells, the header {}; quote a cell that contains a comma", record.len(), columns.len());
        return Err(RejectedRow::new(row, "", reason));
    }
    let mut cells = Cells::new(row);
    for (column, cell) in columns.iter().zip(record) {
        let text = std::str::from_utf8(cell).map_err(|_| RejectedRow::new(row, column, SAVE_AS_UTF8))?;
        cells.put(column, text)?;
    }
    cells.contact()
}
