//! Reads lists of contact ids: one a line, or the `id` column of a contact book.

use super::ContactId;
use super::import::RejectedRow;

/// The most a contact id may take, in bytes.
const LONGEST: usize = 200;

/// Reads ids with the number of the row each stands in; rows count from 1, a header not included.
///
/// A file whose first line is a header with a column `id` is read as CSV; any other as one id a line.
pub fn read(bytes: &[u8]) -> Vec<Result<(usize, ContactId), RejectedRow>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let header = String::from_utf8_lossy(first);
    let columns: Vec<_> = header.trim().split(',').map(|name| name.trim().trim_matches('"')).collect();
    match columns.iter().position(|name| *name == "id") {
        Some(column) => from_column(bytes, column),
        None => from_lines(bytes),
    }
}

fn from_lines(bytes: &[u8]) -> Vec<Result<(usize, ContactId), RejectedRow>> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(index, line)| id(index + 1, line.trim_ascii()))
        .collect()
}

fn from_column(bytes: &[u8], column: usize) -> Vec<Result<(usize, ContactId), RejectedRow>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let read = |(index, record): (usize, csv::Result<csv::ByteRecord>)| {
        let row = index + 1;
        let record = record.map_err(|error| rejected(row, error.to_string()))?;
        id(row, record.get(column).unwrap_or_default())
    };
    reader.byte_records().enumerate().map(read).collect()
}

fn id(row: usize, bytes: &[u8]) -> Result<(usize, ContactId), RejectedRow> {
    let text = std::str::from_utf8(bytes).map_err(|_| rejected(row, "not UTF-8 text; save the file as UTF-8"))?;
    if text.is_empty() {
        return Err(rejected(row, "the id is missing"));
    }
    if text.len() > LONGEST || text.chars().any(char::is_control) {
        return Err(rejected(row, "not a contact id"));
    }
    Ok((row, ContactId::new(text)))
}

fn rejected(row: usize, reason: impl Into<String>) -> RejectedRow {
    RejectedRow { row, field: "id".to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(bytes: &[u8]) -> Vec<(usize, String)> {
        read(bytes).into_iter().flatten().map(|(row, id)| (row, id.to_string())).collect()
    }

    #[test]
    fn ids_are_read_from_lines_or_from_the_column_of_that_name() {
        let expected = vec![(1, "acme-1".to_owned()), (2, "东方-2".to_owned())];
        assert_eq!(good("acme-1\r\n东方-2\n".as_bytes()), expected);
        assert_eq!(good("\u{feff}name,id\nAcme,acme-1\n\"东方, 二部\",东方-2\n".as_bytes()), expected);
    }

    #[test]
    fn a_bad_row_costs_no_other() {
        let rows = read(b"id\nacme-1\n\xff\xfe\nbeta-2\n");
        assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 2);
        let Some(Err(rejected)) = rows.iter().find(|row| row.is_err()) else { unreachable!("one bad row") };
        assert_eq!((rejected.row, rejected.field.as_str()), (2, "id"));
    }
}
