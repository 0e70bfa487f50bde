//! Durations and rates as people write them: `90s`, `5m`, `1h 30m`, `3d`; `60/h`.

use std::time::Duration;

use super::Rate;

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];
/// Ten years: nothing an incident waits for is longer.
const LONGEST: u64 = 3_650 * 86_400;

/// Reads a duration such as `1h 30m`, its units falling; none if it is not one, or longer than ten years.
pub fn duration(written: &str) -> Option<Duration> {
    let mut rest = written.trim();
    let mut seconds: u64 = 0;
    let mut units = UNITS.as_slice();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: u64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].chars().next()?;
        let index = units.iter().position(|(name, _)| *name == unit)?;
        seconds = seconds.checked_add(count.checked_mul(units[index].1)?)?;
        units = &units[index + 1..];
        rest = rest[digits + unit.len_utf8()..].trim_start_matches(' ');
    }
    (seconds <= LONGEST).then(|| Duration::from_secs(seconds))
}

/// Reads a rate such as `60/h`.
pub fn rate(written: &str) -> Option<Rate> {
    let (count, unit) = written.trim().split_once('/')?;
    let count = count.trim_end();
    if !count.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (_, seconds) = UNITS.into_iter().find(|(name, _)| unit.trim_start() == name.to_string())?;
    let count = count.parse().ok().filter(|count| *count > 0)?;
    Some(Rate { count, per: Duration::from_secs(seconds) })
}

/// Writes a duration the way a runbook does: `1h 30m`.
pub fn written(span: Duration) -> String {
    let mut rest = span.as_secs();
    let mut parts = Vec::new();
    for (name, seconds) in UNITS {
        if rest >= seconds {
            parts.push(format!("{}{name}", rest / seconds));
            rest %= seconds;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        for (written, seconds) in [
            ("90s", 90),
            ("5m", 300),
            ("1h 30m", 5_400),
            ("1h30m", 5_400),
            ("3d", 259_200),
            ("1d 1h 1m 1s", 90_061),
            ("0s", 0),
        ] {
            assert_eq!(duration(written), Some(Duration::from_secs(seconds)), "{written}");
        }
        for bad in [
            "",
            "5",
            "m",
            "5min",
            "5 m",
            "-5m",
            "30m 1h",
            "5m 5m",
            "1.5h",
            "5分",
            "99999999d",
            "18446744073709551615d",
            "P1D",
        ] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_duration_written_out_reads_back() {
        for seconds in [0, 1, 59, 60, 61, 3_600, 5_400, 86_400, 90_061] {
            let span = Duration::from_secs(seconds);
            assert_eq!(duration(&written(span)), Some(span), "{seconds}");
        }
        assert_eq!(written(Duration::from_secs(5_400)), "1h 30m");
    }

    #[test]
    fn rates_count_in_a_span_of_time() {
        assert_eq!(rate("60/h"), Some(Rate { count: 60, per: Duration::from_secs(3_600) }));
        assert_eq!(rate("5 / m"), Some(Rate { count: 5, per: Duration::from_secs(60) }));
        for bad in ["60", "60/", "/h", "0/h", "-1/h", "60/w", "60/30m", "6.5/h", "+6/h"] {
            assert_eq!(rate(bad), None, "{bad}");
        }
    }
}
