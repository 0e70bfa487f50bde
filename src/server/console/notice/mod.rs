//! The composer of a notice: facts on one side, the mail as customers see it on the other.

mod letter;
mod turn;
mod view;

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::incident::told;
use super::step::Known;
use crate::app::view::DraftView;
use crate::app::{Error, Fallback, Loaded};
use crate::server::desk::Desk;
use turn::{current, is_to_come};
use view::View;

/// How often the page looks at the delivery, in seconds.
const LOOK: u32 = 2;

type Asked = BTreeMap<String, String>;

pub(super) async fn page(desk: Desk, Path((id, step)): Path<(String, String)>) -> Response {
    let found = found(&desk, &id, &step, &desk.query).await;
    desk.answer(found, |(view, seq, did)| {
        let frame = desk.frame("notice.title").about(format!("{} {}", view.incident, view.title));
        frame
            .watching(&view.incident, seq)
            .polling(view.is_on_its_way().then_some(LOOK))
            .told(did)
            .fill("notice", &view)
    })
}

async fn found(desk: &Desk, id: &str, step: &str, asked: &Asked) -> Result<(View, u64, Option<String>), Error> {
    let locale = &desk.reader.locale;
    let id = desk.app().which(Some(id), Fallback::LastClosed).await?;
    let mut known = Known::of(desk.app(), id).await?;
    let draft = standing(desk, &known.loaded, step).await?.told(locale);
    let incident = &known.loaded.incident;
    let did = match asked.get("did") {
        Some(_) => {
            let events = desk.app().events_after(id, incident.seq.saturating_sub(100), locale).await?;
            told(&events, asked.get("did").map(String::as_str))
        }
        None => None,
    };
    if known.loaded.runbook.step(step).is_some_and(|step| is_to_come(&known.loaded, step)) {
        known.count(desk.app(), locale).await?;
    }
    let view =
        view::view(&known.sight(desk), draft, asked.get("lang").map(String::as_str)).ok_or_else(|| missing(step))?;
    Ok((view, known.loaded.incident.seq, did))
}

/// The notice that stands, or how it would read; `foresee` refuses a step that sends nothing.
async fn standing(desk: &Desk, loaded: &Loaded, step: &str) -> Result<DraftView, Error> {
    let id = loaded.incident.id;
    match loaded.runbook.step(step).and_then(|step| current(loaded, step)) {
        Some(_) => desk.app().notice(id, step).await,
        None => desk.app().foresee(id, step).await,
    }
}

fn missing(step: &str) -> Error {
    Error::NotFound { message: format!("no notice `{step}`"), help: None }
}

/// The mail itself, for a frame of the composer: no script, no address but this one.
pub(super) async fn mail(desk: Desk, Path((id, step, lang)): Path<(String, String, String)>) -> Response {
    let found = async {
        let id = desk.app().which(Some(&id), Fallback::LastClosed).await?;
        let loaded = desk.app().load(id).await?;
        let draft = standing(&desk, &loaded, &step).await?;
        let message = draft.messages.into_iter().find(|message| message.locale.as_str() == lang);
        message.ok_or_else(|| missing(&step))
    };
    desk.answer(found.await, |message| framed(message.html))
}

/// What a mail may do in a frame of ours: show its own style, nothing else.
const MAIL: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'; \
                    form-action 'none'; base-uri 'none'";

fn framed(html: String) -> Response {
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(MAIL)),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")),
    ];
    (headers, html).into_response()
}
