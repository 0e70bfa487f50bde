//! How an event is written to the journal and read from it: one JSON text, with events of a newer
//! version told apart from damage.

use super::event::{Event, Recorded};

/// Why a journal's text is no event.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A newer version of Muster wrote it; the incident is parked rather than misread.
    #[error("the event `{name}` is not known to this version")]
    UnknownEvent { name: String },
    #[error("the event cannot be read")]
    Malformed(#[from] serde_json::Error),
}

/// Writes an event as the journal stores it.
pub fn encode(recorded: &Recorded) -> String {
    serde_json::to_string(recorded).expect("every key of an event is text, so that it has a JSON form")
}

/// Reads an event as the journal stores it.
pub fn decode(text: &str) -> Result<Recorded, Error> {
    serde_json::from_str(text).map_err(|error| match unknown_event(text) {
        Some(name) => Error::UnknownEvent { name },
        None => Error::Malformed(error),
    })
}

/// The name of an event that no variant carries, if that is what is wrong.
fn unknown_event(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    let event = value.get("event")?;
    let name = match event.as_object() {
        Some(object) => object.keys().next()?.as_str(),
        None => event.as_str()?,
    };
    (!Event::NAMES.contains(&name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Actor;

    fn recorded(event: Event) -> Recorded {
        let at = chrono::DateTime::from_timestamp_millis(1_790_000_000_000).expect("a moment");
        Recorded { seq: 3, at, actor: Actor::Muster, role: None, event }
    }

    #[test]
    fn an_event_reads_back_as_it_was_written() {
        let note = recorded(Event::NoteAdded { text: "客户说\n“还是不行”".to_owned(), occurred_at: None });
        let text = encode(&note);
        assert_eq!(decode(&text).expect("read"), note);
        assert!(!text.contains('\n'), "one line: {text}");
    }

    #[test]
    fn a_newer_versions_event_is_named() {
        let text =
            r#"{"seq":3,"at":"2026-09-21T14:13:20Z","actor":"muster","event":{"MoonPhaseNoted":{"phase":"full"}}}"#;
        let error = decode(text).expect_err("unknown");
        assert_eq!(error.to_string(), "the event `MoonPhaseNoted` is not known to this version");
    }

    #[test]
    fn damage_is_not_taken_for_a_newer_version() {
        for text in [
            "",
            "{",
            r#"{"seq":3}"#,
            r#"{"seq":3,"at":"2026-09-21T14:13:20Z","actor":"muster","event":{"NoteAdded":{}}}"#,
        ] {
            assert!(matches!(decode(text), Err(Error::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn every_variant_is_named_as_it_is_stored() {
        let known = Event::NAMES.len();
        let error = serde_json::from_str::<Event>(r#"{"Nonesuch":{}}"#).expect_err("unknown").to_string();
        let listed = error.matches('`').count() / 2 - 1;
        assert_eq!(listed, known, "{error}");
        for name in Event::NAMES {
            assert!(error.contains(&format!("`{name}`")), "{name}");
        }
    }
}
