//! The timeline as a picture: an SVG that reads in light and dark, with a title for those who listen.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use indexmap::IndexMap;
use unicode_width::UnicodeWidthStr;

use super::Edition;
use super::document::escape;
use super::names::Roles;
use super::words::{Words, say};
use crate::clock::Timestamp;
use crate::incident::Outcome;
use crate::incident::event::{Event, FactValue, Recorded};
use crate::runbook::{ListIndex, Phase, Runbook, Scope, StepId};

const WIDTH: f64 = 960.0;
const LEFT: f64 = 112.0;
const RIGHT: f64 = 24.0;
const ROW: f64 = 22.0;
/// How wide a column of text is at the picture's size.
const COLUMN: f64 = 6.4;
/// More bars than this cannot be told apart.
const MOST_BARS: usize = 80;
const MOST_NOTICES: usize = 60;

const STYLE: &str = "svg{--ink:#1d2330;--quiet:#5b6472;--line:#dfe2e6;--ok:#2f8f6b;--warn:#b7791f;--late:#b4532a;--notice:#2b63b8;--idle:#9aa3ad;--impact:#f4d9cc}\
@media (prefers-color-scheme:dark){svg{--ink:#e6e8eb;--quiet:#a0a8b3;--line:#2f353d;--ok:#5cc59a;--warn:#dcae5a;--late:#e58a5f;--notice:#7fabf0;--idle:#6b747f;--impact:#4a2f25}}\
@media print{svg{--ink:#000;--quiet:#444;--line:#bbb}}\
text{font:12px -apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;fill:var(--ink)}\
.q{fill:var(--quiet)}.g{stroke:var(--line)}.i{fill:var(--impact)}.done,.worked{fill:var(--ok)}.skipped{fill:var(--idle)}.failed{fill:var(--late)}\
.open{fill:var(--warn)}.late{fill:none;stroke:var(--late);stroke-width:2}.n{fill:var(--notice)}.s{stroke:var(--warn);stroke-width:1.5;stroke-dasharray:3 3}";

/// What a picture is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Picture<'a> {
    pub runbook: &'a Runbook,
    pub events: &'a [Recorded],
    pub edition: Edition,
    pub words: &'a Words,
    pub roles: &'a Roles,
}

/// A step's time on the picture.
struct Bar {
    list: ListIndex,
    title: String,
    from: Timestamp,
    to: Timestamp,
    class: &'static str,
    late: bool,
}

#[derive(Default)]
struct Seen<'a> {
    bars: Vec<Bar>,
    notices: Vec<(Timestamp, String)>,
    severities: Vec<(Timestamp, String)>,
    impact: Option<(Timestamp, Timestamp)>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    late: HashSet<&'a StepId>,
}

/// Draws the timeline of an incident, from the impact to the resolution.
pub fn draw(picture: &Picture<'_>) -> String {
    let seen = see(picture);
    let (Some(from), Some(to)) = (seen.from, seen.to) else { return String::new() };
    let scale = Scale::new(from, to);
    let mut lanes: IndexMap<ListIndex, Vec<&Bar>> = IndexMap::new();
    for bar in seen.bars.iter().take(MOST_BARS) {
        lanes.entry(bar.list).or_default().push(bar);
    }
    // In the order in which work on them began.
    lanes.sort_by(|_, one, _, other| began(one).cmp(&began(other)));
    let mut drawn = String::new();
    let mut y = 34.0;
    if !seen.notices.is_empty() {
        lane_label(&mut drawn, picture.words.pick("通知", "Notices"), y);
        notices(&mut drawn, &seen.notices, &scale, y);
        y += ROW + 6.0;
    }
    for (list, bars) in &lanes {
        lane_label(&mut drawn, &lane_name(picture, *list), y);
        let rows = lane(&mut drawn, bars, &scale, y);
        y += rows * ROW + 6.0;
    }
    let height = y + 10.0;
    let mut svg = String::new();
    let title = picture.words.pick("事件时间线", "Timeline of the incident");
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" \
         aria-labelledby=\"timeline-title timeline-desc\">\n<title id=\"timeline-title\">{}</title>\n<desc id=\"timeline-desc\">{}</desc>\n<style>{STYLE}</style>\n",
        escape(title),
        escape(&describe(picture, &seen, from, to)),
    );
    if let Some((began, ended)) = seen.impact {
        let (x, end) = (scale.x(began), scale.x(ended));
        let _ = writeln!(
            svg,
            "<rect class=\"i\" x=\"{x:.1}\" y=\"26\" width=\"{:.1}\" height=\"{:.1}\"/>",
            (end - x).max(2.0),
            height - 30.0
        );
    }
    axis(&mut svg, picture.words, &scale, height);
    for (at, severity) in &seen.severities {
        let x = scale.x(*at);
        let _ = writeln!(
            svg,
            "<line class=\"s\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"24\" y2=\"{height:.1}\"/><text class=\"q\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            x + 3.0,
            height - 2.0,
            escape(severity)
        );
    }
    svg.push_str(&drawn);
    svg.push_str("</svg>\n");
    svg
}

struct Scale {
    from: Timestamp,
    span: f64,
}

impl Scale {
    fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, span: seconds(from, to).max(60.0) }
    }

    fn x(&self, moment: Timestamp) -> f64 {
        let share = (seconds(self.from, moment) / self.span).clamp(0.0, 1.0);
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    (to - from).as_seconds_f64()
}

/// Reads the journal once for everything the picture shows.
fn see<'a>(picture: &Picture<'a>) -> Seen<'a> {
    let mut seen = Seen::default();
    let mut open: IndexMap<&StepId, Timestamp> = IndexMap::new();
    let mut subjects = HashMap::new();
    let mut phase = Phase::Pre;
    for recorded in picture.events {
        let at = recorded.at;
        match &recorded.event {
            Event::IncidentDeclared(declared) => {
                seen.from = Some(at);
                seen.severities.push((at, declared.severity.to_string()));
            }
            Event::PhaseEntered { phase: entered } => phase = *entered,
            Event::FactStated { fact, value: FactValue::Datetime(moment), .. } => {
                let (began, ended) = seen.impact.unwrap_or((*moment, *moment));
                match fact.as_str() {
                    "started_at" => seen.impact = Some((*moment, ended.max(*moment))),
                    "ended_at" => seen.impact = Some((began.min(*moment), *moment)),
                    _ => {}
                }
            }
            Event::SeverityChanged { to, .. } => seen.severities.push((at, to.to_string())),
            Event::StepOpened { step, .. } if phase != Phase::Post => drop(open.insert(step, at)),
            Event::DeadlineMissed { step, .. } => drop(seen.late.insert(step)),
            Event::StepEnded { step, outcome, .. } => {
                if let Some(from) = open.swap_remove(step) {
                    let class = outcome_class(*outcome);
                    let late = seen.late.contains(&step);
                    seen.bars.extend(bar(picture, step, from, at, class, late));
                }
            }
            Event::NoticeDrafted(draft) if picture.edition == Edition::Internal || draft.to_customers => {
                let best = picture.words.locale.best(draft.messages.iter().map(|message| &message.locale));
                let message = draft.messages.iter().find(|message| Some(&message.locale) == best);
                subjects.insert(draft.id, message.map(|message| message.subject.clone()).unwrap_or_default());
            }
            Event::NoticeQueued(queued) if phase != Phase::Post && seen.notices.len() < MOST_NOTICES => {
                if let Some(subject) = subjects.get(&queued.notice) {
                    seen.notices.push((at, picture.roles.replace(subject)));
                }
            }
            Event::IncidentResolved { .. } => seen.to = Some(at),
            Event::IncidentReopened { .. } => seen.to = None,
            _ => {}
        }
    }
    let last = picture.events.last().map(|recorded| recorded.at);
    let to = seen.to.or(last);
    for (step, from) in open {
        seen.bars.extend(to.and_then(|to| bar(picture, step, from, to, "open", seen.late.contains(&step))));
    }
    if let Some((began, ended)) = &mut seen.impact {
        if *ended == *began {
            *ended = to.unwrap_or(*began).max(*began);
        }
        seen.from = seen.from.map(|from| from.min(*began));
    }
    seen.to = to;
    seen.bars.sort_by_key(|bar| (bar.list, bar.from));
    seen
}

fn bar(
    picture: &Picture<'_>,
    step: &StepId,
    from: Timestamp,
    to: Timestamp,
    class: &'static str,
    late: bool,
) -> Option<Bar> {
    let known = picture.runbook.steps.get(step)?;
    if picture.edition == Edition::Public && known.scope == Scope::Internal {
        return None;
    }
    Some(Bar { list: known.list, title: known.title.get(&picture.words.locale).to_owned(), from, to, class, late })
}

fn outcome_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Worked => "worked",
        Outcome::Failed => "failed",
        Outcome::Skipped => "skipped",
    }
}

fn lane_name(picture: &Picture<'_>, list: ListIndex) -> String {
    picture.runbook.lists.get(list.0).map_or_else(String::new, |list| match &list.branch {
        Some(branch) => branch.clone(),
        None => picture.words.phase(list.phase).to_owned(),
    })
}

fn lane_label(drawn: &mut String, name: &str, y: f64) {
    let name = fitted(name, LEFT - 16.0);
    let _ = writeln!(drawn, "<text class=\"q\" x=\"4\" y=\"{:.1}\">{}</text>", y + 13.0, escape(&name));
}

fn notices(drawn: &mut String, notices: &[(Timestamp, String)], scale: &Scale, y: f64) {
    for (at, subject) in notices {
        let x = scale.x(*at);
        let _ = writeln!(
            drawn,
            "<path class=\"n\" d=\"M{x:.1} {:.1}l6 6-6 6-6-6z\"><title>{}</title></path>",
            y + 3.0,
            escape(subject)
        );
    }
}

/// Draws a lane's bars on as few rows as keep their titles apart; says how many.
fn lane(drawn: &mut String, bars: &[&Bar], scale: &Scale, y: f64) -> f64 {
    let mut ends: Vec<f64> = Vec::new();
    for bar in bars {
        let (from, to) = (scale.x(bar.from), scale.x(bar.to));
        let width = (to - from).max(4.0);
        let title = fitted(&bar.title, 260.0);
        let text = columns(&title) * COLUMN;
        // Beside the bar if there is room to its right, else to its left.
        let right = from + width + 6.0 + text <= WIDTH;
        let (start, end) =
            if right { (from, from + width + 12.0 + text) } else { (from - text - 12.0, from + width + 6.0) };
        let row = ends.iter().position(|taken| *taken <= start).unwrap_or_else(|| {
            ends.push(0.0);
            ends.len() - 1
        });
        ends[row] = end;
        let top = rows(row) * ROW + y;
        let class = bar.class;
        let _ = writeln!(
            drawn,
            "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"10\" rx=\"3\"/>",
            top + 4.0
        );
        if bar.late {
            let _ = writeln!(
                drawn,
                "<rect class=\"late\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"14\" rx=\"4\"/>",
                from - 2.0,
                top + 2.0,
                width + 4.0
            );
        }
        let (x, anchor) = if right { (from + width + 6.0, "start") } else { (from - 6.0, "end") };
        let _ = writeln!(
            drawn,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            top + 13.0,
            escape(&title)
        );
    }
    rows(ends.len())
}

fn rows(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Five moments along the top, each with a line down.
fn axis(svg: &mut String, words: &Words, scale: &Scale, height: f64) {
    for step in 0..=4_i32 {
        let share = f64::from(step) / 4.0;
        #[expect(clippy::cast_possible_truncation, reason = "an axis is labelled in whole milliseconds")]
        let offset = chrono::TimeDelta::milliseconds((scale.span * share * 1000.0) as i64);
        let x = LEFT + share * (WIDTH - LEFT - RIGHT);
        let anchor = if step == 4 { "end" } else { "start" };
        let label = escape(&words.time(scale.from + offset));
        let _ = writeln!(
            svg,
            "<line class=\"g\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"20\" y2=\"{height:.1}\"/><text class=\"q\" x=\"{x:.1}\" y=\"14\" text-anchor=\"{anchor}\">{label}</text>"
        );
    }
}

fn describe(picture: &Picture<'_>, seen: &Seen<'_>, from: Timestamp, to: Timestamp) -> String {
    let words = picture.words;
    let (from, to, steps, notices) = (words.moment(from), words.moment(to), seen.bars.len(), seen.notices.len());
    say!(
        words,
        "从 {from} 到 {to}：{steps} 个步骤各占一条，菱形是 {notices} 封通知，底色是影响持续的时间，描边的步骤超过了时限。",
        "From {from} to {to}: a bar for each of {steps} steps, a diamond for each of {notices} notices, shading while the impact lasted; outlined steps went past their deadline."
    )
}

fn columns(text: &str) -> f64 {
    rows(text.width_cjk())
}

/// The text, shortened to a width; a Chinese character is two columns.
fn fitted(text: &str, width: f64) -> String {
    if columns(text) * COLUMN <= width {
        return text.to_owned();
    }
    let mut fitted = String::new();
    for next in text.chars() {
        fitted.push(next);
        if (columns(&fitted) + 2.0) * COLUMN > width {
            fitted.push('…');
            break;
        }
    }
    fitted
}

fn began(bars: &[&Bar]) -> Option<Timestamp> {
    bars.iter().map(|bar| bar.from).min()
}
