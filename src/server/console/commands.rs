//! Forms of the console: each is one of the engine's commands; what is refused is told on the page it came from.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{Request as Asking, Uri};
use axum::response::Response;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use super::names::Names;
use super::refused::{First, Refused, was_forestalled};
use crate::app::{Access, Error, Fallback};
use crate::incident::IncidentId;
use crate::server::auth::see_other;
use crate::server::desk::Desk;
use crate::server::fields::Fields;
use crate::server::request::{self, Answer, Asked, Request, form};

/// Fields that are the page's own: where it came from, its key, what is to follow.
const OWN: [&str; 5] = ["back", "key", "then", "then_step", "then_status"];

/// Why a form was not carried out.
enum Failure {
    Refused(Error),
    Unreadable(String),
    /// The contract has something against the draft; the page says what.
    NotDrafted,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<request::Unreadable> for Failure {
    fn from(unreadable: request::Unreadable) -> Self {
        Self::Unreadable(unreadable.to_string())
    }
}

pub(super) async fn command(desk: Desk, Path(id): Path<String>, fields: Fields) -> Response {
    let page = format!("/incidents/{id}");
    let back = fields.back(&page);
    let incident = match desk.app().which(Some(&id), Fallback::LastClosed).await {
        Ok(incident) => incident,
        Err(error) => return desk.refuse(&error),
    };
    let done = carried_out(&desk, incident, &fields).await;
    desk.site.live.tell();
    let say = |key: &str| desk.site.views.say(key, desk.language);
    let refused = match done {
        Ok(Some(seq)) => return see_other(&with(back, seq)),
        Ok(None) => return see_other(back),
        Err(Failure::NotDrafted) => {
            Refused::saying(say("notice.not_drafted"), Some(say("notice.not_drafted.help")), &fields, None)
        }
        Err(Failure::Unreadable(why)) => Refused::saying(say("commands.unreadable"), Some(why), &fields, None),
        Err(Failure::Refused(error @ Error::Access(_))) => return desk.refuse(&error),
        Err(Failure::Refused(error)) => {
            let first = first(&desk, incident, fields.value("step"), &error).await;
            Refused::new(&error, &desk.locale, &fields, first)
        }
    };
    again(&desk, back, refused).await
}

/// Carries out what a form asks, and what it asks to follow; tells the number of the first event that came of the last.
async fn carried_out(desk: &Desk, incident: IncidentId, fields: &Fields) -> Result<Option<u64>, Failure> {
    desk.may(Access::Respond)?;
    let key = key(fields);
    let mut told = None;
    for (at, request) in requests(fields)?.into_iter().enumerate() {
        if request.is_approval() {
            desk.may(Access::Approve)?;
        }
        let caller = desk.me.caller(key.as_ref().map(|key| format!("{key}/{at}")));
        match request::carry_out(desk.app(), caller, incident, request).await {
            Ok(Answer::Drafted(draft)) if draft.notice.is_none() => return Err(Failure::NotDrafted),
            Ok(Answer::Changed(change) | Answer::Imported { change, .. }) => {
                told = change.events.first().map(|event| event.seq).or(told);
            }
            Ok(Answer::Drafted(_)) => {}
            // What was to be confirmed is confirmed already: what follows may.
            Err(error) if error.code() == "nothing_stated" && !fields.value("then").is_empty() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(told)
}

/// The commands of a form: stating facts may be followed by ending the step or drafting the notice they are for.
fn requests(fields: &Fields) -> Result<Vec<Request>, Failure> {
    let fields: Fields = fields.iter().filter(|(name, value)| is_new(fields, name, value)).cloned().collect();
    let then = fields.value("then");
    let states = fields.iter().any(|(name, text)| name.starts_with("facts.") && !text.trim().is_empty());
    let mut requests = Vec::new();
    if then.is_empty() || states || !fields.value("confirm").is_empty() {
        requests.push(Request::read(form::read(&fields, &OWN)?)?);
    }
    let step = fields.value("then_step").to_owned();
    let asked = match then {
        "done" => Asked::Done { step, outcome: None, note: None, evidence: None },
        "notice_draft" => {
            let status = fields.value("then_status");
            Asked::NoticeDraft { step, status: crate::runbook::Status::ALL.into_iter().find(|s| s.as_str() == status) }
        }
        _ => return Ok(requests),
    };
    requests.push(Request { asked, reason: None, early: false, locale: None });
    Ok(requests)
}

/// Whether a field says something: a fact or a role that stands as it was shown is not stated again.
fn is_new(fields: &Fields, name: &str, written: &str) -> bool {
    if name.starts_with("was.") || name.starts_with("held.") {
        return false;
    }
    let (stood, fact) = match (name.strip_prefix("facts."), name.strip_prefix("roles.")) {
        (Some(fact), _) => ("was.", fact),
        (None, Some(role)) => ("held.", role),
        (None, None) => return true,
    };
    let same = |text: &str| text.replace("\r\n", "\n").trim() == written.replace("\r\n", "\n").trim();
    !fields.iter().any(|(other, was)| other.strip_prefix(stood) == Some(fact) && same(was))
}

/// The same form sent twice is one request; sent again with something else in it, it is another.
pub(super) fn key(fields: &Fields) -> Option<String> {
    let key = Some(fields.value("key")).filter(|key| !key.is_empty() && key.len() <= 64)?;
    let mut digest = Sha256::new();
    for (name, value) in fields.iter() {
        digest.update(format!("{}:{name}{}:{value}", name.len(), value.len()));
    }
    let print: String = digest.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{key}.{print}"))
}

/// The page with what was done, instead of what it told of before.
fn with(page: &str, seq: u64) -> String {
    let (page, fragment) = page.split_once('#').map_or((page, String::new()), |(page, at)| (page, format!("#{at}")));
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("did="));
    let query: Vec<String> = others.map(str::to_owned).chain([format!("did={seq}")]).collect();
    format!("{path}?{}{fragment}", query.join("&"))
}

/// Who was quicker, where that may be why: from the newest thing anybody did to the step.
async fn first(desk: &Desk, incident: IncidentId, step: &str, error: &Error) -> Option<First> {
    if step.is_empty() || !was_forestalled(error.code()) {
        return None;
    }
    let timeline = desk.app().timeline(incident, &desk.locale).await.ok()?;
    let newest = timeline.events.into_iter().rev();
    let mut by_people = newest.filter(|event| event.step.as_deref() == Some(step) && event.actor != "muster");
    let event = by_people.next()?;
    let names = Names::of(desk.app()).await.ok()?;
    Some(First { who: names.called(&event.actor).to_owned(), at: event.at, text: event.text })
}

/// Shows the page again that a form came from, with what was refused.
async fn again(desk: &Desk, back: &str, refused: Refused) -> Response {
    let page: Uri = back.split('#').next().and_then(|page| page.parse().ok()).unwrap_or_default();
    let reader = desk.reader.again(&page, refused);
    let mut asking = Asking::new(Body::empty());
    *asking.uri_mut() = page;
    asking.extensions_mut().insert(reader);
    super::routes().with_state(desk.site.clone()).oneshot(asking).await.unwrap_or_else(|never| match never {})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(written: &[(&str, &str)]) -> Fields {
        written.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_stands_as_it_was_shown_is_not_stated_again() {
        for (written, commands) in [
            (vec![("command", "set"), ("facts.impact", "new"), ("was.impact", "old")], 1),
            (vec![("command", "set"), ("facts.impact", "a\r\nb"), ("was.impact", "a\nb "), ("then", "done")], 1),
            (vec![("command", "set"), ("facts.impact", "new"), ("was.impact", "old"), ("then", "notice_draft")], 2),
            (vec![("command", "set"), ("confirm", "on"), ("then", "notice_draft")], 2),
        ] {
            let found = requests(&fields(&written)).map(|requests| requests.len()).unwrap_or(0);
            assert_eq!(found, commands, "{written:?}");
        }
    }

    #[test]
    fn a_form_has_the_same_key_only_with_the_same_in_it() {
        let of = |text| key(&fields(&[("key", "k"), ("text", text)]));
        assert_eq!(of("a"), of("a"));
        assert_ne!(of("a"), of("b"));
        assert_eq!(key(&fields(&[("text", "a")])), None);
    }

    #[test]
    fn what_was_done_is_told_where_the_form_came_from() {
        assert_eq!(with("/incidents/INC-1", 3), "/incidents/INC-1?did=3");
        assert_eq!(with("/incidents/INC-1?all=1#facts", 3), "/incidents/INC-1?all=1&did=3#facts");
        assert_eq!(with("/incidents/INC-1?did=2&all=1", 3), "/incidents/INC-1?all=1&did=3");
    }
}
