//! Notes and corrections: anything, at any time, and nothing is ever overwritten.

use super::{Deciding, Rejection, text};
use crate::clock::{Timestamp, rfc3339};
use crate::incident::event::Event;
use crate::locale::Locale;

impl Deciding<'_> {
    pub(super) fn note(&mut self, said: &str, occurred_at: Option<Timestamp>) -> Result<(), Rejection> {
        let text = text::said("note", said).map_err(|error| error.help("muster note \"…\""))?;
        if let Some(moment) = occurred_at
            && moment > self.at
        {
            return Err(Rejection::new("in_the_future", format!("`{}` has not come yet", rfc3339(moment)))
                .help("muster note \"…\" --at TIME, with a time that is past"));
        }
        self.emit(Event::NoteAdded { text, occurred_at })
    }

    pub(super) fn correct(&mut self, seq: u64, said: &str, reason: &str) -> Result<(), Rejection> {
        let text =
            text::said("correction", said).map_err(|error| error.help("muster correct SEQ \"…\" --reason \"…\""))?;
        let reason = text::said("reason", reason)?;
        self.numbered(seq)?;
        self.emit(Event::EventCorrected { seq, text, reason })
    }

    pub(super) fn translate(&mut self, seq: u64, locale: Locale, said: &str) -> Result<(), Rejection> {
        let text = text::said("translation", said)
            .map_err(|error| error.help(format!("muster translate SEQ \"…\" --locale {locale}")))?;
        self.numbered(seq)?;
        self.emit(Event::EventTranslated { seq, locale, text })
    }

    fn numbered(&self, seq: u64) -> Result<(), Rejection> {
        let newest = self.incident.seq;
        if seq == 0 || seq > newest {
            return Err(Rejection::new("unknown_event", format!("there is no event `{seq}`"))
                .help(format!("events are numbered 1 to {newest}: muster timeline")));
        }
        Ok(())
    }
}
