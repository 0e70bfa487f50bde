//! Figures over many incidents: median, 90th percentile and every point, by severity and cause; never by person.

use indexmap::IndexMap;
use serde::Serialize;

use super::Figures;
use crate::incident::IncidentNumber;
use crate::runbook::{Cause, SeverityId};

/// The figures of one incident among many.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub incident: IncidentNumber,
    pub severity: SeverityId,
    pub cause: Option<Cause>,
    pub figures: Figures,
}

/// One incident's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Point {
    pub incident: IncidentNumber,
    pub seconds: u64,
}

/// How one figure spreads over incidents, in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spread {
    pub median: u64,
    pub p90: u64,
    /// Every value, in the order of the incidents.
    pub points: Vec<Point>,
}

/// The spread of each figure among incidents of one severity and cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    pub severity: SeverityId,
    pub cause: Option<Cause>,
    pub incidents: usize,
    /// By figure: `ttd`, `tta`, `ttn`, `ttm`, `ttr`; one without any value is left out.
    pub figures: IndexMap<&'static str, Spread>,
}

/// Reads one figure, in seconds.
type Read = fn(&Figures) -> Option<u64>;

/// Groups incidents by severity and cause, in the order they first appear.
pub fn across(incidents: &[Told]) -> Vec<Group> {
    let mut groups: IndexMap<(SeverityId, Option<Cause>), Vec<&Told>> = IndexMap::new();
    for told in incidents {
        groups.entry((told.severity.clone(), told.cause)).or_default().push(told);
    }
    groups.into_iter().map(|((severity, cause), told)| group(severity, cause, &told)).collect()
}

fn group(severity: SeverityId, cause: Option<Cause>, told: &[&Told]) -> Group {
    let value: [(&'static str, Read); 5] = [
        ("ttd", |figures| figures.ttd.seconds),
        ("tta", |figures| figures.tta.seconds),
        ("ttn", |figures| figures.ttn.seconds),
        ("ttm", |figures| figures.ttm.seconds),
        ("ttr", |figures| figures.ttr.seconds),
    ];
    let spread_of = |read: Read| {
        let points = told
            .iter()
            .filter_map(|told| read(&told.figures).map(|seconds| Point { incident: told.incident, seconds }));
        spread(points.collect())
    };
    let figures = value.into_iter().filter_map(|(name, read)| Some((name, spread_of(read)?))).collect();
    Group { severity, cause, incidents: told.len(), figures }
}

fn spread(points: Vec<Point>) -> Option<Spread> {
    let mut sorted: Vec<u64> = points.iter().map(|point| point.seconds).collect();
    sorted.sort_unstable();
    let (low, high) = (sorted.get((sorted.len().checked_sub(1)?) / 2)?, sorted.get(sorted.len() / 2)?);
    // The nearest rank: the smallest value that nine in ten do not exceed.
    let p90 = sorted.get((sorted.len() * 9).div_ceil(10) - 1)?;
    Some(Spread { median: low.midpoint(*high), p90: *p90, points })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrospective::figures::Measured;

    fn told(number: u64, severity: &str, cause: Option<Cause>, ttr: Option<u64>) -> Told {
        let figures = Figures { ttr: Measured { seconds: ttr, ..Measured::default() }, ..Figures::default() };
        Told { incident: IncidentNumber(number), severity: SeverityId::new(severity), cause, figures }
    }

    #[test]
    fn groups_by_severity_and_cause_and_keeps_every_point() {
        let mut incidents: Vec<Told> = (1..=10).map(|n| told(n, "sev1", Some(Cause::System), Some(n * 10))).collect();
        incidents.push(told(11, "sev1", Some(Cause::Human), None));
        let groups = across(&incidents);
        assert_eq!(groups.len(), 2);
        let ttr = &groups[0].figures["ttr"];
        assert_eq!((ttr.median, ttr.p90, ttr.points.len()), (55, 90, 10));
        assert_eq!((groups[1].incidents, groups[1].figures.len()), (1, 0));
    }
}
