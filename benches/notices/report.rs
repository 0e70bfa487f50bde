//! The table: what was measured, beside what, their ratio, and what is aimed at.

use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

/// One line of the table.
pub(crate) struct Figure {
    pub(crate) what: String,
    pub(crate) muster: String,
    pub(crate) beside: String,
    pub(crate) ratio: Option<f64>,
    pub(crate) aim: &'static str,
    /// Whether the aim was met; none where there is none.
    pub(crate) met: Option<bool>,
}

impl Figure {
    /// Muster's rate beside a peer's, with the ratio that is aimed at.
    pub(crate) fn rates(
        what: &str,
        muster: f64,
        peer: &str,
        theirs: f64,
        aim: &'static str,
        least: Option<f64>,
    ) -> Self {
        let ratio = muster / theirs;
        Self {
            what: what.to_owned(),
            muster: format!("{muster:.0}/s"),
            beside: format!("{peer} {theirs:.0}/s"),
            ratio: Some(ratio),
            aim,
            met: least.map(|least| ratio >= least),
        }
    }

    /// A figure that stands for itself.
    pub(crate) fn alone(what: &str, muster: String, aim: &'static str, met: Option<bool>) -> Self {
        Self { what: what.to_owned(), muster, beside: String::new(), ratio: None, aim, met }
    }
}

/// How long something takes, and what it gave.
#[expect(clippy::disallowed_methods, reason = "a bench reads the machine's own clock")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let given = work();
    (start.elapsed(), given)
}

/// The machine's own clock.
#[expect(clippy::disallowed_methods, reason = "a bench reads the machine's own clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The one in the middle.
pub(crate) fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

/// A count as people read it.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

pub(crate) fn table(figures: &[Figure]) -> String {
    let head = ["", "muster", "beside", "ratio", "aim", ""].map(str::to_owned);
    let rows = figures.iter().map(|figure| {
        let met = match figure.met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        let ratio = figure.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        [
            figure.what.clone(),
            figure.muster.clone(),
            figure.beside.clone(),
            ratio,
            figure.aim.to_owned(),
            met.to_owned(),
        ]
    });
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or_default();
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut table = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        table.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        table.push('\n');
    }
    table
}
