//! Answers about one incident's reach lists and its retrospective, with the files it may be had as.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use super::drill::download;
use super::{reach as reaching, retrospective};
use crate::app::{Error, Fallback, Loaded};
use crate::incident::IncidentId;
use crate::locale::Locale;
use crate::retrospective::{Document, Edition};
use crate::server::desk::Desk;

pub(super) async fn reach(desk: Desk, Path((id, step)): Path<(String, String)>) -> Response {
    let reached = reached(&desk, &id, &step).await;
    desk.answer(reached, |view| desk.frame("reach.title").about(view.about()).fill("reach", &view))
}

async fn reached(desk: &Desk, id: &str, step: &str) -> Result<reaching::View, Error> {
    let (id, loaded) = incident(desk, id).await?;
    let after = desk.asked("after");
    let page = desk.app().reach_page(id, step, after, reaching::A_PAGE).await?;
    Ok(reaching::view(&loaded, step, after, page, &desk.locale))
}

async fn incident(desk: &Desk, named: &str) -> Result<(IncidentId, Arc<Loaded>), Error> {
    let id = desk.app().which(Some(named), Fallback::LastClosed).await?;
    Ok((id, desk.app().load(id).await?))
}

fn edition(desk: &Desk) -> Edition {
    desk.asked("edition").and_then(|edition| edition.parse().ok()).unwrap_or(Edition::Internal)
}

fn language(desk: &Desk, loaded: &Loaded) -> Locale {
    let named: Option<Locale> = desk.asked("lang").and_then(|tag| tag.parse().ok());
    retrospective::language(loaded, named.as_ref(), &desk.locale)
}

pub(super) async fn page(desk: Desk, Path(id): Path<String>) -> Response {
    let written = written(&desk, &id).await;
    desk.answer(written, |view| desk.frame("retrospective.title").about(view.about()).fill("retrospective", &view))
}

async fn written(desk: &Desk, id: &str) -> Result<retrospective::View, Error> {
    let (id, loaded) = incident(desk, id).await?;
    let locale = language(desk, &loaded);
    let review = desk.app().review(id, edition(desk), &locale).await?;
    let follow_ups = desk.app().follow_ups(Some(id), &locale).await?;
    Ok(retrospective::view(review, &follow_ups.follow_ups, &loaded, &locale))
}

/// What a retrospective may be had as.
#[derive(Clone, Copy)]
enum File {
    Markdown,
    Html,
    Json,
}

impl File {
    /// The one of this name, such as `retrospective.md`.
    fn named(document: &str) -> Option<Self> {
        let all = [Self::Markdown, Self::Html, Self::Json];
        all.into_iter().find(|file| document.strip_prefix("retrospective.") == Some(file.extension()))
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Html => "html",
            Self::Json => "json",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    fn written(self, document: &Document) -> Result<String, Error> {
        match self {
            Self::Markdown => Ok(document.markdown()),
            Self::Html => Ok(document.html()),
            Self::Json => {
                serde_json::to_string_pretty(&document.json()).map_err(|error| Error::Fault(error.to_string()))
            }
        }
    }
}

pub(super) async fn document(desk: Desk, Path((id, document)): Path<(String, String)>) -> Response {
    let file = async {
        let file = File::named(&document).ok_or_else(|| Error::no_page(&format!("/incidents/{id}/{document}")))?;
        let (id, loaded) = incident(&desk, &id).await?;
        let document = desk.app().retrospective(id, edition(&desk), &language(&desk, &loaded)).await?;
        let (edition, locale) = (document.edition.as_str(), &document.locale);
        let name = format!("{}-retrospective-{edition}.{locale}.{}", document.incident, file.extension());
        Ok(download(&name, file.media_type(), file.written(&document)?))
    };
    desk.answer(file.await, |file| file)
}
