//! An incident as a person looks at it: its head, what is open, what was promised, what is to be lifted.

use anstyle::Style;

use super::Out;
use super::out::{paint, style};
use super::span::{deadline, moment, span};
use super::table::{Cell, Table};
use super::text::one_line;
use crate::app::view::{Head, List, NoticeLine, Show, StepLine, Timeline};
use crate::cli::session::Here;
use crate::cli::words::Words;
use crate::clock;

/// The incidents, a line each.
pub(crate) fn list(out: &mut Out, words: Words, here: Here, list: &List) {
    let mut table = Table::new();
    for head in &list.incidents {
        table.row([
            Cell::styled(head.incident.to_string(), style::STRONG),
            Cell::styled(&head.severity, rank(head.rank)),
            words.state(head.state).into(),
            moment(here.zone, here.now, head.declared_at.0).into(),
            (&head.title).into(),
        ]);
    }
    out.lines(table.lines(out.columns));
}

/// The whole incident.
pub(crate) fn show(out: &mut Out, words: Words, here: Here, show: &Show) {
    head(out, words, here, &show.head);
    let of = |state: &str| show.steps.iter().filter(|step| step.state == state).collect::<Vec<_>>();
    let (open, waiting) = (of("open"), of("waiting"));
    let ended = show.steps.len() - open.len() - waiting.len();
    section(out, words.heading_now(), &steps_open(words, here, &open));
    promises(out, words, here, show);
    obligations(out, words, show);
    section(out, words.heading_notices(), &notices(words, &show.notices));
    section(out, words.heading_facts(), &facts(&show.facts, words, here));
    section(out, words.heading_roles(), &roles(words, &show.roles));
    out.line("");
    out.line(paint(style::DIM, words.steps_left(ended, open.len(), waiting.len())));
}

/// Its name, and how it stands, on two lines.
pub(crate) fn head(out: &mut Out, words: Words, here: Here, head: &Head) {
    let number = paint(style::STRONG, head.incident.to_string());
    out.line(format!("{number}  {}", paint(style::STRONG, one_line(&head.title))));
    let declared = head.declared_at.0;
    let age = clock::between(declared, here.now);
    let ago = if age.as_secs() < 5 { words.just_now().to_owned() } else { words.ago(&span(words, age)) };
    let mut parts = vec![
        paint(rank(head.rank), &head.severity),
        words.state(head.state).to_owned(),
        words.public_status(head.status.unwrap_or_default()),
        words.phase(head.phase).to_owned(),
    ];
    parts.extend(head.cause.map(|cause| words.cause(cause).to_owned()));
    parts.push(words.declared_at(&moment(here.zone, here.now, declared), &ago));
    parts.extend(head.resolved_at.map(|at| words.resolved_at(&moment(here.zone, here.now, at.0))));
    parts.extend(head.closed_at.map(|at| words.closed_at(&moment(here.zone, here.now, at.0))));
    out.line(parts.join(" · "));
}

fn steps_open(words: Words, here: Here, steps: &[&StepLine]) -> Table {
    let mut table = Table::new().indent(2);
    for step in steps {
        table.row(step_cells(words, here, step));
    }
    table
}

/// An open step's id, title, role and clock.
pub(crate) fn step_cells(words: Words, here: Here, step: &StepLine) -> [Cell; 4] {
    let clock = step.due_at.map_or_else(Cell::default, |due| {
        let late = due.0 < here.now;
        Cell::styled(deadline(words, here.now, due.0), if late { style::BAD } else { style::WARN })
    });
    [Cell::styled(&step.id, style::STRONG), (&step.title).into(), Cell::styled(&step.role, style::DIM), clock]
}

/// What customers were promised last, while it still stands.
pub(crate) fn promises(out: &mut Out, words: Words, here: Here, show: &Show) {
    let queued = show.notices.iter().filter(|notice| matches!(notice.state, "queued" | "settled"));
    let Some(at) = queued.filter_map(|notice| notice.next_update_at).next_back() else { return };
    if show.head.state != "open" {
        return;
    }
    let look = if at.0 < here.now { style::BAD } else { style::WARN };
    let line = words.next_update_promised(&moment(here.zone, here.now, at.0), &deadline(words, here.now, at.0));
    out.line("");
    out.line(paint(style::STRONG, words.heading_promises()));
    out.line(format!("  {}", paint(look, line)));
}

/// What was closed or stopped and has yet to be lifted.
pub(crate) fn obligations(out: &mut Out, words: Words, show: &Show) {
    let mut table = Table::new().indent(2);
    for obligation in &show.obligations {
        let command = Cell::styled(format!("muster lift {}", obligation.step), style::LINK);
        table.row([Cell::styled(&obligation.step, style::STRONG), (&obligation.lift).into(), command]);
    }
    section(out, words.heading_obligations(), &table);
}

fn notices(words: Words, notices: &[NoticeLine]) -> Table {
    let mut table = Table::new().indent(2);
    for notice in notices {
        let counts: Vec<String> = notice
            .counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(state, count)| format!("{} {count}", words.a_count_word(state)))
            .collect();
        table.row([
            Cell::styled(&notice.step, style::STRONG),
            notice.status.map_or("", |status| words.status(status)).into(),
            words.notice_state(notice.state).into(),
            words.recipients(notice.recipients).into(),
            words.listed(&counts).into(),
        ]);
    }
    table
}

fn roles(words: Words, roles: &indexmap::IndexMap<String, Vec<String>>) -> Table {
    let mut table = Table::new().indent(2);
    for (role, people) in roles {
        table.row([Cell::styled(role, style::DIM), words.listed(people).into()]);
    }
    table
}

fn facts(facts: &indexmap::IndexMap<String, serde_json::Value>, words: Words, here: Here) -> Table {
    let mut table = Table::new().indent(2).wrapping();
    for (id, value) in facts {
        if let Some(text) = fact(value, words, here) {
            table.row([Cell::styled(id, style::DIM), text.into()]);
        }
    }
    table
}

/// A fact's value as text: the reader's wording of a text, else the first; a moment on the reader's clock.
fn fact(value: &serde_json::Value, words: Words, here: Here) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(match chrono::DateTime::parse_from_rfc3339(text) {
            Ok(at) => moment(here.zone, here.now, at.to_utc()),
            Err(_) => text.clone(),
        }),
        serde_json::Value::Number(number) => {
            Some(number.as_f64().map_or_else(|| number.to_string(), |n| n.to_string()))
        }
        serde_json::Value::Object(texts) => {
            let language = if words == Words::Chinese { "zh" } else { "en" };
            let wanted = texts.iter().find(|(locale, _)| locale.starts_with(language));
            wanted.or_else(|| texts.iter().next())?.1.as_str().map(str::to_owned)
        }
        other => Some(other.to_string()),
    }
}

/// What happened, a line for each event.
pub(crate) fn timeline(out: &mut Out, here: Here, timeline: &Timeline) {
    let mut table = Table::new().wrapping();
    for event in &timeline.events {
        let at = event.occurred_at.unwrap_or(event.at);
        let who = event.role.as_deref().unwrap_or(&event.actor);
        table.row([
            Cell::styled(format!("{:>3}", event.seq), style::DIM),
            moment(here.zone, here.now, at.0).into(),
            Cell::styled(who, style::DIM),
            (if event.text.is_empty() { &event.r#type } else { &event.text }).into(),
        ]);
    }
    out.lines(table.lines(out.columns));
}

/// A heading over a table, and a line before them; nothing where the table is empty.
pub(crate) fn section(out: &mut Out, heading: &str, table: &Table) {
    if table.is_empty() {
        return;
    }
    out.line("");
    out.line(paint(style::STRONG, heading));
    out.lines(table.lines(out.columns));
}

fn rank(rank: u32) -> Style {
    match rank {
        1 => style::BAD,
        2 => style::WARN,
        _ => style::PLAIN,
    }
}
