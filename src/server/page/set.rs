//! The set of everything that is served, ready to leave: bytes, compressed bytes, and their headers.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::links::Place;
use super::press::{Kind, Sheet, fingerprint};
use crate::incident::IncidentNumber;
use crate::server::views::Language;

/// Nothing but our own style sheet is loaded, nothing runs, and nobody may frame it.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";
/// A reload within this many seconds may be a cache's answer; what stands between may serve on if we fall silent.
const PAGE_CACHE: &str = "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400";
/// The style sheet's address changes with it.
const STYLE_CACHE: &str = "public, max-age=604800";
/// Less is not worth the reader's work of unpacking it.
const LEAST_PACKED: usize = 512;

/// An answer's body: all of it, at once.
#[derive(Debug, Default)]
pub(crate) struct Payload(Option<Bytes>);

impl Payload {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }

    pub(super) fn none() -> Self {
        Self(None)
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, Bytes::len) as u64)
    }
}

/// One thing to serve, as it leaves.
#[derive(Debug)]
pub(super) struct Resource {
    plain: Encoded,
    packed: Option<Encoded>,
}

#[derive(Debug)]
struct Encoded {
    body: Bytes,
    tag: HeaderValue,
    headers: HeaderMap,
}

impl Resource {
    pub(super) fn new(kind: Kind, language: Option<Language>, text: String) -> Self {
        let hash = fingerprint(&text, 24);
        let packed = pack(text.as_bytes()).map(|bytes| {
            let mut encoded = Encoded::new(kind, language, Bytes::from(bytes), &format!("\"{hash}-gz\""));
            encoded.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            encoded
        });
        Self { plain: Encoded::new(kind, language, Bytes::from(text), &format!("\"{hash}\"")), packed }
    }

    /// The answer to a reader who may know it already (RFC 9110, 13.1.2) and may take it packed.
    pub(super) fn answer(&self, asked: &HeaderMap, status: StatusCode) -> Response<Payload> {
        let encoded = self.packed.as_ref().filter(|_| takes_packed(asked)).unwrap_or(&self.plain);
        let known = status == StatusCode::OK && self.is_known(asked);
        let body = if known { Payload::none() } else { Payload::new(encoded.body.clone()) };
        let mut response = Response::new(body);
        *response.status_mut() = if known { StatusCode::NOT_MODIFIED } else { status };
        *response.headers_mut() = encoded.headers.clone();
        response
    }

    /// Whether the reader has one of its encodings; which one is no difference to what it says.
    fn is_known(&self, asked: &HeaderMap) -> bool {
        let tags = [Some(&self.plain), self.packed.as_ref()];
        let is_ours = |tag: &str| tag == "*" || tags.iter().flatten().any(|ours| ours.tag == tag);
        let named = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        named.flat_map(|value| value.split(',')).any(|tag| is_ours(tag.trim().trim_start_matches("W/")))
    }
}

impl Encoded {
    fn new(kind: Kind, language: Option<Language>, body: Bytes, tag: &str) -> Self {
        let tag = HeaderValue::from_str(tag).unwrap_or(HeaderValue::from_static("\"\""));
        let mut headers = headers(kind);
        headers.insert(header::ETAG, tag.clone());
        if let Some(language) = language {
            headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
        }
        Self { body, tag, headers }
    }
}

/// The headers of everything of a kind.
fn headers(kind: Kind) -> HeaderMap {
    let (content, cache) = match kind {
        Kind::Html => ("text/html; charset=utf-8", PAGE_CACHE),
        Kind::Atom => ("application/atom+xml; charset=utf-8", PAGE_CACHE),
        Kind::Json => ("application/json", PAGE_CACHE),
        Kind::Css => ("text/css; charset=utf-8", STYLE_CACHE),
        Kind::Text => ("text/plain; charset=utf-8", STYLE_CACHE),
    };
    let mut headers = guarded();
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, content);
    set(header::CACHE_CONTROL, cache);
    set(header::VARY, "Accept-Language, Accept-Encoding");
    if matches!(kind, Kind::Json | Kind::Atom) {
        // Anyone may show it on a page of their own: it is public, and no cookie makes it anything else.
        set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    }
    headers
}

/// What every answer says, whatever it is.
pub(super) fn guarded() -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(16);
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    // The address of an unsubscribe link is a secret of whoever got the mail.
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    headers
}

fn takes_packed(asked: &HeaderMap) -> bool {
    let named = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse().is_ok_and(|q: f32| q <= 0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() < LEAST_PACKED {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < bytes.len())
}

/// In each language, in the order of [`Language::ALL`].
type InEach = [Option<Arc<Resource>>; 2];

/// Everything there is to serve, never changed: a change makes a new one.
#[derive(Debug, Default)]
pub(super) struct Set {
    by_path: HashMap<String, InEach>,
    missing: InEach,
}

impl Set {
    /// Takes what was printed, and from the set before it the pages of incidents that were kept.
    pub(super) fn new(sheets: Vec<Sheet>, before: &Self, kept: &HashSet<IncidentNumber>) -> Self {
        let mut set = Self::default();
        for number in kept {
            let path = path(Place::Incident(*number));
            if let Some(pages) = before.by_path.get(&path) {
                set.by_path.insert(path, pages.clone());
            }
        }
        for Sheet { place, language, kind, text } in sheets {
            let resource = Arc::new(Resource::new(kind, language, text));
            let slots = match place {
                Place::Missing => &mut set.missing,
                place => set.by_path.entry(path(place)).or_default(),
            };
            for (slot, known) in slots.iter_mut().zip(Language::ALL) {
                if language.is_none_or(|language| language == known) {
                    *slot = Some(Arc::clone(&resource));
                }
            }
        }
        set
    }

    pub(super) fn holds(&self, path: &str) -> bool {
        self.by_path.contains_key(path)
    }

    pub(super) fn find(&self, path: &str, language: Language) -> Option<&Resource> {
        of(self.by_path.get(path)?, language)
    }

    /// What is said of a path at which nothing is.
    pub(super) fn missing(&self, language: Language) -> Option<&Resource> {
        of(&self.missing, language)
    }
}

fn of(each: &InEach, language: Language) -> Option<&Resource> {
    let index = Language::ALL.iter().position(|known| *known == language)?;
    each[index].as_deref()
}

fn path(place: Place) -> String {
    format!("/{}", place.path())
}
