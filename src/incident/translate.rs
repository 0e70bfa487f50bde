//! What people wrote, in the reader's language: translations put in the place of the originals.

use std::borrow::Cow;
use std::collections::HashMap;

use super::event::{Event, Recorded};
use crate::locale::Locale;

/// The events as a reader of this language sees them; those that nobody translated stay as they were written.
pub fn in_locale<'e>(events: &'e [Recorded], locale: &Locale) -> Cow<'e, [Recorded]> {
    let mut translations: HashMap<u64, &str> = HashMap::new();
    for recorded in events {
        if let Event::EventTranslated { seq, locale: into, text } = &recorded.event
            && locale.best([into]).is_some()
        {
            translations.insert(*seq, text);
        }
    }
    if translations.is_empty() {
        return Cow::Borrowed(events);
    }
    let mut translated = events.to_vec();
    for recorded in &mut translated {
        if let Some(text) = translations.get(&recorded.seq)
            && let Some(words) = words(&mut recorded.event)
        {
            (*text).clone_into(words);
        }
    }
    Cow::Owned(translated)
}

/// Whether an event holds something that a person wrote and that can be said in another language.
pub fn is_translatable(event: &Event) -> bool {
    written(event).is_some()
}

/// What a person wrote into an event, where there is one place for it.
pub fn written(event: &Event) -> Option<String> {
    words(&mut event.clone()).cloned()
}

/// The words that a person wrote into an event, where there is one place for them.
fn words(event: &mut Event) -> Option<&mut String> {
    if let Event::StepEnded { note: Some(words), .. }
    | Event::StepEnded { note: None, reason: Some(words), .. }
    | Event::StepTakenEarly { reason: words, .. }
    | Event::Approved { alone: Some(words), .. }
    | Event::Rejected { reason: words, .. }
    | Event::ObligationKept { reason: words, .. }
    | Event::SeverityChanged { reason: words, .. }
    | Event::NoteAdded { text: words, .. }
    | Event::EventCorrected { text: words, .. }
    | Event::ContactsReached { note: Some(words), .. }
    | Event::NoticePaused { reason: Some(words), .. }
    | Event::IncidentResolved { reason: Some(words) }
    | Event::IncidentClosed { reason: Some(words) }
    | Event::IncidentReopened { reason: words, .. }
    | Event::FactorAdded { text: words }
    | Event::FollowUpDone { note: Some(words), .. }
    | Event::FollowUpVerified { note: Some(words), .. } = event
    {
        return Some(words);
    }
    // A plan says what is to be done, or else how its effect will be seen.
    if let Event::FollowUpAdded { plan, .. } | Event::FollowUpPlanned { plan, .. } = event {
        return plan.text.as_mut().or(plan.check.as_mut());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Actor;

    fn recorded(seq: u64, event: Event) -> Recorded {
        Recorded { seq, at: chrono::DateTime::UNIX_EPOCH, actor: Actor::Muster, role: None, event }
    }

    #[test]
    fn readers_see_a_translation_where_there_is_one_and_the_original_elsewhere() {
        let note = |text: &str| Event::NoteAdded { text: text.to_owned(), occurred_at: None };
        let translated = Event::EventTranslated { seq: 1, locale: Locale::chinese(), text: "队列堵了".to_owned() };
        let events = [recorded(1, note("the queue is stuck")), recorded(2, note("relay ok")), recorded(3, translated)];
        let read = |locale: &str| -> Vec<String> {
            let locale = locale.parse().expect("a tag");
            let texts = in_locale(&events, &locale);
            texts.iter().filter_map(|recorded| words(&mut recorded.event.clone()).cloned()).collect()
        };
        assert_eq!(read("zh-CN"), ["队列堵了", "relay ok"]);
        assert_eq!(read("en"), ["the queue is stuck", "relay ok"]);
    }
}
