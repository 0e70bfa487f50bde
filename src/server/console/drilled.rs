//! What a drill came to: each target with how it was met, the notices as customers would have had them.

use serde::Serialize;

use super::drills::{Drill, Played, State};
use crate::app::view::Moment;
use crate::drill::score::{Sort, Target};
use crate::locale::Locale;
use crate::retrospective::Words;

/// The page's own data.
#[derive(Debug, Serialize)]
pub(crate) struct View {
    runbook: String,
    number: u64,
    at: Moment,
    state: &'static str,
    /// Why it could not be played, as its reader is told in English.
    failed: Option<String>,
    kept: usize,
    missed: usize,
    events: u64,
    targets: Vec<Row>,
    remarks: Vec<String>,
    notices: Vec<Notice>,
    /// The languages in which the document may be had.
    documents: Vec<Document>,
}

#[derive(Debug, Serialize)]
struct Document {
    locale: String,
    language: String,
}

#[derive(Debug, Serialize)]
struct Row {
    target: &'static str,
    step: Option<String>,
    limit: String,
    value: Option<String>,
    kept: bool,
}

#[derive(Debug, Serialize)]
struct Notice {
    at: Moment,
    step: String,
    subject: String,
    lang: String,
    text: String,
    people: u64,
}

pub(crate) fn view(drill: &Drill, locale: &Locale) -> View {
    let mut view = View {
        runbook: drill.runbook.clone(),
        number: drill.number,
        at: drill.begun.into(),
        state: "under_way",
        failed: None,
        kept: 0,
        missed: 0,
        events: 0,
        targets: Vec::new(),
        remarks: Vec::new(),
        notices: Vec::new(),
        documents: Vec::new(),
    };
    match drill.state() {
        State::UnderWay => {}
        State::TooLong => view.state = "too_long",
        State::Failed(reason) => {
            view.state = "failed";
            view.failed = Some(reason);
        }
        State::Played(played) => fill(&mut view, &played, locale),
    }
    view
}

fn fill(view: &mut View, played: &Played, locale: &Locale) {
    let words = Words { locale: locale.clone(), timezone: chrono_tz::UTC, day: None };
    let span = |seconds: u64| words.duration(std::time::Duration::from_secs(seconds));
    let title = |step: &str| played.titles.get(step).map_or(step, |title| title.get(locale)).to_owned();
    let row = |target: &Target| Row {
        target: match target.target {
            Sort::FirstNotice => "first_notice",
            Sort::Update => "update",
            Sort::Step => "step",
            Sort::Approval => "approval",
        },
        step: target.step.as_deref().map(title),
        limit: span(target.limit),
        value: target.value.map(span),
        kept: target.kept,
    };
    view.state = "played";
    view.kept = played.score.kept;
    view.missed = played.score.missed;
    view.events = played.events;
    view.targets = played.score.targets.iter().map(row).collect();
    // What was missed is what one drills for.
    view.targets.sort_by_key(|row| row.kept);
    view.remarks.clone_from(&played.remarks);
    let document = |locale: &Locale| Document { locale: locale.to_string(), language: locale.own_name().to_owned() };
    view.documents = played.documents.iter().map(|(locale, _)| document(locale)).collect();
    view.notices = played
        .sent
        .iter()
        .filter_map(|sent| {
            let locales = sent.notice.messages.iter().map(|message| &message.locale);
            let best = locale.best(locales.clone().collect::<Vec<_>>()).or_else(|| locales.clone().next())?;
            let message = sent.notice.messages.iter().find(|message| &message.locale == best)?;
            Some(Notice {
                at: sent.at.into(),
                step: title(sent.notice.step.as_str()),
                subject: message.subject.clone(),
                lang: message.locale.to_string(),
                text: message.markdown.clone(),
                people: sent.notice.recipients.contacts,
            })
        })
        .collect();
}
