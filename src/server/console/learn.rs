//! Answers about one incident's reach lists and its retrospective, with the files it may be had as.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, Query, State};
use axum::response::Response;

use super::desk::Desk;
use super::drill::download;
use super::{reach as reaching, retrospective};
use crate::app::{Error, Fallback, Loaded};
use crate::incident::IncidentId;
use crate::locale::Locale;
use crate::retrospective::{Document, Edition};
use crate::server::auth::{Reader, Signed, refuse_reader};
use crate::server::site::Site;

type Asked = BTreeMap<String, String>;

pub(super) async fn reach(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    OriginalUri(uri): OriginalUri,
    Path((id, step)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    match reached(&desk, &id, &step, asked.get("after").map(String::as_str)).await {
        Ok(view) => desk.frame("reach.title", uri.path()).about(view.about()).fill("reach", &view),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

async fn reached(desk: &Desk<'_>, id: &str, step: &str, after: Option<&str>) -> Result<reaching::View, Error> {
    let (id, loaded) = incident(desk, id).await?;
    let page = desk.app().reach_page(id, step, after, reaching::A_PAGE).await?;
    Ok(reaching::view(&loaded, step, after, page, &desk.reader.locale))
}

async fn incident(desk: &Desk<'_>, named: &str) -> Result<(IncidentId, Arc<Loaded>), Error> {
    let id = desk.app().which(Some(named), Fallback::LastClosed).await?;
    Ok((id, desk.app().load(id).await?))
}

fn edition(asked: &Asked) -> Edition {
    asked.get("edition").and_then(|edition| edition.parse().ok()).unwrap_or(Edition::Internal)
}

fn language(desk: &Desk<'_>, loaded: &Loaded, asked: &Asked) -> Locale {
    let named: Option<Locale> = asked.get("lang").and_then(|tag| tag.parse().ok());
    retrospective::language(loaded, named.as_ref(), &desk.reader.locale)
}

pub(super) async fn page(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let desk = Desk { site: &site, me: &me, reader: &reader };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    match written(&desk, &id, &asked).await {
        Ok(view) => desk.frame("retrospective.title", path).about(view.about()).fill("retrospective", &view),
        Err(error) => refuse_reader(&site, &reader, &error),
    }
}

async fn written(desk: &Desk<'_>, id: &str, asked: &Asked) -> Result<retrospective::View, Error> {
    let (id, loaded) = incident(desk, id).await?;
    let locale = language(desk, &loaded, asked);
    let review = desk.app().review(id, edition(asked), &locale).await?;
    let follow_ups = desk.app().follow_ups(Some(id), &locale).await?;
    Ok(retrospective::view(review, &follow_ups.follow_ups, &loaded, &locale))
}

pub(super) async fn markdown(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    file(&Desk { site: &site, me: &me, reader: &reader }, &id, &asked, "md", |document| Ok(document.markdown())).await
}

pub(super) async fn html(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    file(&Desk { site: &site, me: &me, reader: &reader }, &id, &asked, "html", |document| Ok(document.html())).await
}

pub(super) async fn json(
    State(site): State<Site>,
    me: Signed,
    reader: Reader,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    let written = |document: &Document| {
        serde_json::to_string_pretty(&document.json()).map_err(|error| Error::Fault(error.to_string()))
    };
    file(&Desk { site: &site, me: &me, reader: &reader }, &id, &asked, "json", written).await
}

async fn file(
    desk: &Desk<'_>,
    id: &str,
    asked: &Asked,
    extension: &str,
    written: impl Fn(&Document) -> Result<String, Error>,
) -> Response {
    let document = async {
        let (id, loaded) = incident(desk, id).await?;
        desk.app().retrospective(id, edition(asked), &language(desk, &loaded, asked)).await
    };
    let text = document.await.and_then(|document| Ok((written(&document)?, document)));
    let kind = match extension {
        "md" => "text/markdown; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        _ => "application/json",
    };
    match text {
        Ok((text, document)) => {
            let (edition, locale) = (document.edition.as_str(), &document.locale);
            download(&format!("{}-retrospective-{edition}.{locale}.{extension}", document.incident), kind, text)
        }
        Err(error) => refuse_reader(desk.site, desk.reader, &error),
    }
}
