//! Moments and deadlines as pages show them: a `time` element that says it in words, and exactly in its attribute.

use std::time::Duration;

use chrono_tz::Tz;
use handlebars::{Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext};

use super::missing;
use super::words::Spoken;
use crate::clock::{self, Clock, Timestamp};

/// How a moment is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// `{{at moment}}`: on the reader's clock; the time alone today, with the date otherwise.
    Clock,
    /// `{{day moment}}`: the date.
    Day,
    /// `{{due moment}}`: how long it is until then, or how late it is.
    Deadline,
    /// `{{ago moment}}`: how long it has been.
    Past,
}

struct Moments {
    manner: Manner,
    words: Spoken,
    clock: Clock,
    zone: Tz,
}

/// Teaches a registry to say moments; each takes RFC 3339, and says nothing of nothing.
pub(super) fn register(registry: &mut Handlebars<'static>, words: &Spoken, clock: &Clock, zone: Tz) {
    let manners = [("at", Manner::Clock), ("day", Manner::Day), ("due", Manner::Deadline), ("ago", Manner::Past)];
    for (name, manner) in manners {
        let moments = Moments { manner, words: words.clone(), clock: clock.clone(), zone };
        registry.register_helper(name, Box::new(moments));
    }
}

impl HelperDef for Moments {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = helper.param(0).ok_or_else(|| missing("at", 0))?.value();
        let Some(moment) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) else { return Ok(()) };
        let now = self.clock.now();
        let class = match self.manner {
            Manner::Deadline if moment < now => " class=\"due late\"",
            Manner::Deadline => " class=\"due\"",
            Manner::Past => " class=\"ago\"",
            Manner::Clock | Manner::Day => "",
        };
        // Paper does not go on with the clock: what is said as a span is printed as a moment beside it.
        let at = match self.manner {
            Manner::Deadline | Manner::Past => format!(" data-at=\"{}\"", self.clocked(now, moment)),
            Manner::Clock | Manner::Day => String::new(),
        };
        let exact = clock::rfc3339(moment);
        Ok(out.write(&format!("<time datetime=\"{exact}\"{class}{at}>{}</time>", self.said(now, moment)))?)
    }
}

impl Moments {
    fn said(&self, now: Timestamp, moment: Timestamp) -> String {
        let there = moment.with_timezone(&self.zone);
        match self.manner {
            Manner::Clock => self.clocked(now, moment),
            Manner::Day => there.format("%Y-%m-%d").to_string(),
            Manner::Deadline if moment < now => self.say("time.late", clock::between(moment, now)),
            Manner::Deadline => self.say("time.left", clock::between(now, moment)),
            Manner::Past => self.say("time.ago", clock::between(moment, now)),
        }
    }

    /// The hour, and the day where it is not today.
    fn clocked(&self, now: Timestamp, moment: Timestamp) -> String {
        let there = moment.with_timezone(&self.zone);
        let today = there.date_naive() == now.with_timezone(&self.zone).date_naive();
        there.format(if today { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
    }

    fn say(&self, key: &str, span: Duration) -> String {
        self.words.say(key, &[("span", self.span(span))]).unwrap_or_default()
    }

    /// A span in its two largest units; seconds only below two minutes.
    fn span(&self, span: Duration) -> String {
        let seconds = span.as_secs();
        let units = [
            ("time.days", seconds / 86_400),
            ("time.hours", seconds / 3600 % 24),
            ("time.minutes", seconds / 60 % 60),
            ("time.seconds", seconds % 60),
        ];
        let first = units.iter().position(|(_, count)| *count > 0).unwrap_or(3);
        let said = units.iter().enumerate().skip(first).take(2).filter(|(index, (unit, count))| {
            *index == first || (*count > 0 && (*unit != "time.seconds" || seconds < 120))
        });
        said.filter_map(|(_, (unit, count))| self.words.say(unit, &[("n", count.to_string())]))
            .collect::<Vec<_>>()
            .join(" ")
    }
}
