//! Many values in one statement, padded to few lengths: a statement whose text is known is prepared once.

use super::sql::Value;

/// What the columns of a table of values hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Int,
    Text,
}

impl Column {
    fn sql(self) -> &'static str {
        match self {
            Self::Int => "BIGINT",
            Self::Text => "TEXT",
        }
    }

    fn nothing(self) -> Value {
        match self {
            Self::Int => Value::NoInt,
            Self::Text => Value::NoText,
        }
    }
}

/// Adds rows to a statement's values; gives the `VALUES …` to select them from, as `column1`, `column2`, ….
///
/// It may have rows more than it was given, of nulls only: these equal nothing that they are compared with.
pub(super) fn table<const WIDTH: usize>(
    columns: [Column; WIDTH],
    rows: impl ExactSizeIterator<Item = [Value; WIDTH]>,
    values: &mut Vec<Value>,
) -> String {
    let (first, count) = (values.len() + 1, rows.len().next_power_of_two());
    values.reserve(count * WIDTH);
    for row in rows {
        values.extend(row);
    }
    while values.len() < first - 1 + count * WIDTH {
        values.extend(columns.map(Column::nothing));
    }
    let mut sql = "VALUES ".to_owned();
    for row in 0..count {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for (at, column) in columns.iter().enumerate() {
            let place = first + row * WIDTH + at;
            let comma = if at == 0 { "" } else { ", " };
            // The first row says what the columns hold.
            match row {
                0 => sql.push_str(&format!("{comma}CAST(${place} AS {})", column.sql())),
                _ => sql.push_str(&format!("{comma}${place}")),
            }
        }
        sql.push(')');
    }
    sql
}

/// Adds a list to a statement's values; gives the placeholders to stand in an `IN (…)`. The last value may be
/// there more than once, which changes nothing.
pub(super) fn list(given: impl ExactSizeIterator<Item = Value>, values: &mut Vec<Value>) -> String {
    let (first, count) = (values.len() + 1, given.len().next_power_of_two());
    values.extend(given);
    while let Some(last) = values.last().filter(|_| values.len() < first - 1 + count) {
        values.push(last.clone());
    }
    super::sql::places(first, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_have_few_lengths_and_say_the_same() {
        let mut values = vec![Value::Int(9)];
        let rows =
            [[Value::Int(1), Value::from("a")], [Value::Int(2), Value::from("b")], [Value::Int(3), Value::from("c")]];
        let sql = table([Column::Int, Column::Text], rows.into_iter(), &mut values);
        assert_eq!(sql, "VALUES (CAST($2 AS BIGINT), CAST($3 AS TEXT)), ($4, $5), ($6, $7), ($8, $9)");
        assert_eq!(values.len(), 9);
        assert!(matches!(values[7..], [Value::NoInt, Value::NoText]), "{values:?}");
        let mut values = Vec::new();
        assert_eq!(list([1i64, 2, 3].into_iter().map(Value::from), &mut values), "$1, $2, $3, $4");
        assert!(matches!(values[..], [_, _, Value::Int(3), Value::Int(3)]), "{values:?}");
        assert_eq!(list([7i64].into_iter().map(Value::from), &mut values), "$5");
    }
}
