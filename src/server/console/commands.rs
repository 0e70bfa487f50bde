//! Forms of the console: each is one of the engine's commands; what is refused is told on the page it came from.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, Request as Asking, header};
use axum::response::Response;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use super::names::Names;
use super::refused::{First, Refused, was_forestalled};
use crate::app::{Access, Error, Fallback};
use crate::incident::IncidentId;
use crate::server::auth::{Reader, Signed, local_path, refuse_reader, see_other};
use crate::server::listener::Peer;
use crate::server::request::{self, Answer, Asked, Request, form};
use crate::server::site::Site;

pub(super) type Fields = Vec<(String, String)>;

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

pub(super) async fn command(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    peer: Option<Extension<Peer>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    let back = local_path(value(&fields, "back")).map_or_else(|| format!("/incidents/{id}"), str::to_owned);
    let incident = match site.app.which(Some(&id), Fallback::LastClosed).await {
        Ok(incident) => incident,
        Err(error) => return refuse_reader(&site, &reader, &error),
    };
    let done = carried_out(&site, &me, incident, &fields).await;
    site.live.tell();
    let refused = match done {
        Ok(Some(seq)) => return see_other(&with(&back, &format!("did={seq}"))),
        Ok(None) => return see_other(&back),
        Err(Failure::NotDrafted) => {
            let message = site.views.say("notice.not_drafted", reader.language);
            Refused::saying(message, Some(site.views.say("notice.not_drafted.help", reader.language)), &fields, None)
        }
        Err(Failure::Unreadable(why)) => {
            Refused::saying(site.views.say("commands.unreadable", reader.language), Some(why), &fields, None)
        }
        Err(Failure::Refused(error @ Error::Access(_))) => return refuse_reader(&site, &reader, &error),
        Err(Failure::Refused(error)) => {
            let first = first(&site, &me, incident, value(&fields, "step"), &error).await;
            Refused::new(&error, &me.locale, &fields, first)
        }
    };
    again(&site, &headers, peer, &back, refused).await
}

/// Carries out what a form asks, and what it asks to follow; tells the number of the first event that came of it.
async fn carried_out(
    site: &Site,
    me: &Signed,
    incident: IncidentId,
    fields: &[(String, String)],
) -> Result<Option<u64>, Failure> {
    me.may(Access::Respond).map_err(Error::from)?;
    let key = key(fields);
    let mut first = None;
    for (at, request) in requests(fields)?.into_iter().enumerate() {
        if request.is_approval() {
            me.may(Access::Approve).map_err(Error::from)?;
        }
        let caller = me.caller(key.as_ref().map(|key| format!("{key}/{at}")));
        match request::carry_out(&site.app, caller, incident, request).await {
            Ok(Answer::Drafted(draft)) if draft.notice.is_none() => return Err(Failure::NotDrafted),
            Ok(Answer::Changed(change) | Answer::Imported { change, .. }) => {
                first = first.or(change.events.first().map(|event| event.seq));
            }
            Ok(Answer::Drafted(_)) => {}
            // What was to be confirmed is confirmed already: what follows may.
            Err(error) if error.code() == "nothing_stated" && !value(fields, "then").is_empty() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(first)
}

/// The commands of a form: stating facts may be followed by ending the step or drafting the notice they are for.
fn requests(fields: &[(String, String)]) -> Result<Vec<Request>, Failure> {
    let fields: Fields = fields.iter().filter(|(name, value)| is_new(fields, name, value)).cloned().collect();
    let then = value(&fields, "then");
    let states = fields.iter().any(|(name, text)| name.starts_with("facts.") && !text.trim().is_empty());
    let mut requests = Vec::new();
    if then.is_empty() || states || !value(&fields, "confirm").is_empty() {
        requests.push(Request::read(form::read(&fields, &OWN)?)?);
    }
    let step = value(&fields, "then_step").to_owned();
    let asked = match then {
        "done" => Asked::Done { step, outcome: None, note: None, evidence: None },
        "notice_draft" => {
            let status = value(&fields, "then_status");
            Asked::NoticeDraft { step, status: crate::runbook::Status::ALL.into_iter().find(|s| s.as_str() == status) }
        }
        _ => return Ok(requests),
    };
    requests.push(Request { asked, reason: None, early: false, locale: None });
    Ok(requests)
}

/// Whether a field says something: a fact or a role that stands as it was shown is not stated again.
fn is_new(fields: &[(String, String)], name: &str, written: &str) -> bool {
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
pub(super) fn key(fields: &[(String, String)]) -> Option<String> {
    let key = Some(value(fields, "key")).filter(|key| !key.is_empty() && key.len() <= 64)?;
    let mut digest = Sha256::new();
    for (name, value) in fields {
        digest.update(format!("{}:{name}{}:{value}", name.len(), value.len()));
    }
    let print: String = digest.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Some(format!("{key}.{print}"))
}

pub(super) fn value<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
}

fn with(path: &str, query: &str) -> String {
    let (path, fragment) = path.split_once('#').map_or((path, String::new()), |(path, at)| (path, format!("#{at}")));
    format!("{path}{}{query}{fragment}", if path.contains('?') { '&' } else { '?' })
}

/// Who was quicker, where that may be why: from the newest thing anybody did to the step.
async fn first(site: &Site, me: &Signed, incident: IncidentId, step: &str, error: &Error) -> Option<First> {
    if step.is_empty() || !was_forestalled(error.code()) {
        return None;
    }
    let timeline = site.app.timeline(incident, &me.locale).await.ok()?;
    let newest = timeline.events.into_iter().rev();
    let mut by_people = newest.filter(|event| event.step.as_deref() == Some(step) && event.actor != "muster");
    let event = by_people.next()?;
    let names = Names::of(&site.app).await.ok()?;
    Some(First { who: names.called(&event.actor).to_owned(), at: event.at, text: event.text })
}

/// Shows the page again that a form came from, with what was refused.
async fn again(
    site: &Site,
    headers: &HeaderMap,
    peer: Option<Extension<Peer>>,
    back: &str,
    refused: Refused,
) -> Response {
    let path = back.split('#').next().unwrap_or_default();
    let mut asking = Asking::builder().uri(path).body(Body::empty()).unwrap_or_default();
    for name in [header::HOST, header::COOKIE, header::AUTHORIZATION, header::ACCEPT_LANGUAGE, header::USER_AGENT] {
        if let Some(value) = headers.get(&name) {
            asking.headers_mut().insert(name, value.clone());
        }
    }
    if let Some(Extension(peer)) = peer {
        asking.extensions_mut().insert(peer);
    }
    asking.extensions_mut().insert(refused);
    super::routes().with_state(site.clone()).oneshot(asking).await.unwrap_or_else(|never| match never {})
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
        assert_eq!(with("/incidents/INC-1", "did=3"), "/incidents/INC-1?did=3");
        assert_eq!(with("/incidents/INC-1?all=1#facts", "did=3"), "/incidents/INC-1?all=1&did=3#facts");
    }
}
