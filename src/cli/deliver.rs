//! `deliver`, and the progress and the last words of everything that sends.

use std::io::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::error::{Error, Exit};
use super::render::Out;
use super::render::out::{paint, style};
use super::render::span::moment;
use super::render::text::clean;
use super::session::{Here, Session};
use super::stop::Stoppable;
use super::translate;
use super::words::Words;
use crate::app::view::DeliveryCounts;
use crate::app::{App, Carrier, Outlook, Reports, Stop, Watch};
use crate::incident::IncidentId;

/// From how many rows on a send is long enough to be watched.
const LONG: u64 = 25;

pub(crate) async fn run(session: &mut Session, drain: bool, stay: bool) -> Result<Exit, Error> {
    let app = session.open().await?;
    session.banner(app.settings());
    let stoppable = Stoppable::begin()?;
    let stop = stoppable.stop();
    let counts = if stay {
        session.out.remark(session.words.staying());
        let words = session.words;
        let trouble = |error: &crate::app::Error| remark(&words.trouble(&clean(&error.to_string())));
        app.stay(stop, Reports { progress: &|_| {}, trouble: &trouble }).await
    } else {
        let bar = Bar::new(session);
        let counts = app.deliver(drain, &|counts| bar.show(counts), stop).await;
        bar.finish();
        counts
    };
    let counts = counts.map_err(|error| translate::app(session, error))?;
    tell(&mut session.out, session.words, counts, session.words.step_word(), 0)?;
    let outlook = app.outlook(None).await.map_err(|error| translate::app(session, error))?;
    let paused = counts.pending > 0 && outlook.next_at.is_none();
    look_ahead(session, &app, counts, Outlook { paused, ..outlook }, None, stop);
    let unfinished = drain && stop.is_asked() && counts.pending > 0;
    // A worker that was told to go has done what it was there for, whatever it met.
    Ok(if !stay && (counts.failed > 0 || unfinished) { Exit::Problems } else { Exit::Done })
}

/// Carries out a send that is watched, and says what became of the rows.
pub(crate) async fn watched(
    session: &mut Session,
    app: &App,
    (incident, step): (IncidentId, &str),
    send: impl AsyncFnOnce(Watch<'_>) -> Result<DeliveryCounts, crate::app::Error>,
) -> Result<Exit, Error> {
    let stoppable = Stoppable::begin()?;
    let stop = stoppable.stop();
    let bar = Bar::new(session);
    let (words, json) = (session.words, session.out.json);
    let carrier = |carrier| {
        if !json {
            bar.0.suspend(|| {
                remark(match carrier {
                    Carrier::Worker => words.worker_delivers(),
                    Carrier::TakenOver => words.worker_is_silent(),
                });
            });
        }
    };
    let counts = send(Watch { progress: &|counts| bar.show(counts), carrier: &carrier, stop }).await;
    bar.finish();
    let told = |error| translate::app(session, error);
    let counts = counts.map_err(told)?;
    let no_address = app.notice(incident, step).await.map_err(told)?.left_out.no_address;
    let outlook = app.outlook(Some((incident, step))).await.map_err(told)?;
    tell(&mut session.out, words, counts, step, no_address)?;
    look_ahead(session, app, counts, outlook, Some(step), stop);
    let unfinished = stop.is_asked() && counts.pending > 0 && !outlook.worker;
    Ok(if unfinished { Exit::Problems } else { Exit::Done })
}

/// Says what stays pending, until when, and how it goes on.
fn look_ahead(
    session: &mut Session,
    app: &App,
    counts: DeliveryCounts,
    outlook: Outlook,
    step: Option<&str>,
    stop: &Stop,
) {
    let (words, pending) = (session.words, counts.pending);
    if pending == 0 || session.out.json {
        return;
    }
    let here = Here::of(app);
    let at = outlook.next_at.map(|at| moment(here.zone, here.now, at.max(here.now)));
    session.out.line(match (outlook, step) {
        (Outlook { paused: true, .. }, Some(step)) => words.pending_paused(pending, step),
        (Outlook { paused: true, .. }, None) => words.pending_paused(pending, words.step_word()),
        (Outlook { worker: true, .. }, _) => words.pending_with_worker(pending, at.as_deref()),
        _ if stop.is_asked() => words.stopped(pending),
        _ => words.pending_until(pending, at.as_deref()),
    });
}

/// A remark on standard error while something goes on.
pub(crate) fn remark(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Says what became of the rows, and how those that did not arrive are sent again: of the failed, not those who
/// have no address.
fn tell(out: &mut Out, words: Words, counts: DeliveryCounts, step: &str, no_address: u64) -> Result<(), Error> {
    if out.json {
        out.object(&counts)?;
    } else {
        let look = if counts.failed > 0 { style::WARN } else { style::PLAIN };
        out.line(paint(look, words.delivered(counts)));
        if no_address > 0 {
            out.line(words.without_address(no_address));
        }
        if counts.failed.saturating_sub(no_address) + counts.unknown + counts.expired > 0 {
            out.line(words.resend_those(step));
        }
    }
    Ok(())
}

/// A bar on standard error while a long send goes on; hidden where nobody watches.
struct Bar(ProgressBar);

impl Bar {
    fn new(session: &Session) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if session.out.columns.is_some() && !session.out.json {
            let template = format!("{} {{bar:30}} {{pos}}/{{len}} {{msg}}", session.words.sending());
            if let Ok(look) = ProgressStyle::with_template(&template) {
                bar.set_style(look.progress_chars("━╸─"));
            }
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        Self(bar)
    }

    fn show(&self, counts: DeliveryCounts) {
        if counts.total() < LONG {
            return;
        }
        self.0.set_length(counts.total());
        self.0.set_position(counts.ended());
    }

    fn finish(&self) {
        self.0.finish_and_clear();
    }
}
