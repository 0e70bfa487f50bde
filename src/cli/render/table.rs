//! Tables whose columns line up in any mix of scripts.

use anstyle::Style;

use super::out::paint;
use super::text::{cut, one_line, pad, width, wrap};

/// A cell: its text and how it looks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) style: Style,
}

impl Cell {
    pub(crate) fn styled(text: impl AsRef<str>, style: Style) -> Self {
        Self { text: one_line(text.as_ref()), style }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::styled(text, Style::new())
    }
}

/// Rows of cells; the widest column gives way where a line would not fit.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<Cell>>,
    indent: usize,
    /// Whether the last column is wrapped instead of cut.
    wraps: bool,
}

const GAP: usize = 2;
const NARROWEST: usize = 8;

impl Table {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub(crate) fn indent(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// Wraps the last column below itself where it is too wide, so that nothing people wrote is cut.
    #[must_use]
    pub(crate) fn wrapping(mut self) -> Self {
        self.wraps = true;
        self
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines of the table, none wider than `columns` where that can be had.
    pub(crate) fn lines(&self, columns: Option<usize>) -> Vec<String> {
        let widths = self.widths(columns);
        self.rows.iter().flat_map(|row| self.row_lines(row, &widths, columns)).collect()
    }

    fn row_lines(&self, row: &[Cell], widths: &[usize], columns: Option<usize>) -> Vec<String> {
        let (true, Some(columns), Some((last, before))) = (self.wraps, columns, row.split_last()) else {
            return vec![self.line(row, widths)];
        };
        let start = self.indent + before.iter().zip(widths).map(|(_, width)| width + GAP).sum::<usize>();
        let pieces = wrap(&last.text, columns.saturating_sub(start).max(NARROWEST));
        let mut first = before.to_vec();
        first.push(Cell { text: pieces[0].clone(), style: last.style });
        let mut lines = vec![self.line(&first, widths)];
        lines.extend(pieces[1..].iter().map(|piece| format!("{}{}", " ".repeat(start), paint(last.style, piece))));
        lines
    }

    fn line(&self, row: &[Cell], widths: &[usize]) -> String {
        let mut line = " ".repeat(self.indent);
        let last = row.iter().rposition(|cell| !cell.text.is_empty()).unwrap_or(0);
        for (index, (cell, &columns)) in row.iter().zip(widths).enumerate().take(last + 1) {
            let text = cut(&cell.text, columns);
            let filled = if index == last { text } else { pad(&text, columns) };
            line.push_str(&paint(cell.style, filled));
            if index < last {
                line.push_str(&" ".repeat(GAP));
            }
        }
        line
    }

    fn widths(&self, columns: Option<usize>) -> Vec<usize> {
        let count = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |index: usize| self.rows.iter().filter_map(|row| row.get(index)).map(|c| width(&c.text)).max();
        let mut widths: Vec<usize> = (0..count).map(|index| widest(index).unwrap_or(0)).collect();
        let Some(columns) = columns else { return widths };
        if self.wraps {
            return widths;
        }
        let gaps = self.indent + GAP * count.saturating_sub(1);
        while widths.iter().sum::<usize>() + gaps > columns {
            let Some(widest) = widths.iter_mut().max() else { break };
            if *widest <= NARROWEST {
                break;
            }
            *widest -= 1;
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new().indent(2);
        table.row(["take_lead", "接手并上报", "2m"].map(Cell::from));
        table.row(["first_facts", "State what customers see", "late"].map(Cell::from));
        table
    }

    #[test]
    fn columns_line_up_in_display_columns() {
        insta::assert_snapshot!(table().lines(None).join("\n"), @r"
          take_lead    接手并上报                2m
          first_facts  State what customers see  late
        ");
        let starts: Vec<_> = table()
            .lines(None)
            .iter()
            .zip(["2m", "late"])
            .map(|(line, last)| width(line.strip_suffix(last).unwrap_or_default()))
            .collect();
        assert_eq!(starts[0], starts[1]);
    }

    #[test]
    fn a_wrapping_table_cuts_nothing() {
        let mut table = Table::new().wrapping();
        table.row(["1", "10:41", "提现表单已关闭，客服热线与邮箱正在逐一处理客户的出金申请。"].map(Cell::from));
        table.row(
            ["2", "10:42", "Finance holds the next payout batch until half-made requests are found."].map(Cell::from),
        );
        let lines = table.lines(Some(40));
        assert!(lines.iter().all(|line| width(line) <= 40), "{lines:?}");
        insta::assert_snapshot!(lines.join("\n"), @r"
    1  10:41  提现表单已关闭，客服热线与邮箱
              正在逐一处理客户的出金申请。
    2  10:42  Finance holds the next payout
              batch until half-made requests
              are found.
    ");
    }

    #[test]
    fn the_widest_column_gives_way() {
        let lines = table().lines(Some(34));
        assert!(lines.iter().all(|line| width(line) <= 34), "{lines:?}");
        insta::assert_snapshot!(lines.join("\n"), @r"
          take_lead    接手并上报     2m
          first_facts  State what c…  late
        ");
    }
}
