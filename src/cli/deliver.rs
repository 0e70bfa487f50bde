//! `deliver`, and the progress of everything that sends.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::error::{Error, Exit};
use super::render::Out;
use super::render::out::{paint, style};
use super::session::Session;
use super::translate;
use super::words::Words;
use crate::app::view::DeliveryCounts;

/// From how many rows on a send is long enough to be watched.
const LONG: u64 = 25;

pub(crate) async fn run(session: &mut Session, drain: bool) -> Result<Exit, Error> {
    let app = session.open().await?;
    session.banner(app.settings());
    let bar = Bar::new(session);
    let counts = app.deliver(drain, &|counts| bar.show(counts)).await;
    bar.finish();
    let counts = counts.map_err(|error| translate::app(session, error))?;
    tell(&mut session.out, session.words, counts, session.words.step_word(), 0)?;
    Ok(if counts.failed > 0 { Exit::Problems } else { Exit::Done })
}

/// Says what became of the rows, and how those that did not arrive are sent again: of the failed, not those who
/// have no address.
pub(crate) fn tell(
    out: &mut Out,
    words: Words,
    counts: DeliveryCounts,
    step: &str,
    no_address: u64,
) -> Result<(), Error> {
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
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new(session: &Session) -> Self {
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

    pub(crate) fn show(&self, counts: DeliveryCounts) {
        if counts.total() < LONG {
            return;
        }
        self.0.set_length(counts.total());
        self.0.set_position(counts.ended());
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
