//! What surrounds a page about people: who reads it, in which language, what was refused or done.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::Error;
use crate::clock::rfc3339;
use crate::server::api::status;
use crate::server::auth::{Reader, say_when};
use crate::server::console::Refused;
use crate::server::site::Site;
use crate::server::views::Language;

/// What an address may say was done.
const DONE: [&str; 7] = ["amended", "closed", "password", "session", "signed_out", "token", "withdrawn"];

/// A page to be filled in.
pub(crate) struct Frame<'a> {
    site: &'a Site,
    language: Language,
    /// What the one who is signed in is called.
    name: Option<&'a str>,
    /// The key of its title's words.
    title: &'static str,
    /// What in particular it is about.
    subject: Option<String>,
    path: &'a str,
    refusal: Option<&'a Error>,
    /// What was refused of a form of this page.
    refused: Option<&'a Refused>,
    done: Option<String>,
    /// Where its events are told, and which of them it knows.
    watch: Option<(String, u64)>,
    /// After how many seconds it looks again by itself.
    poll: Option<u32>,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(site: &'a Site, reader: &'a Reader, title: &'static str, path: &'a str) -> Self {
        let name = reader.signed.as_ref().map(|signed| signed.name.as_str());
        Self { name, path, refused: reader.refused.as_ref(), ..Self::of_nobody(site, reader.language, title) }
    }

    /// A page for somebody of whom nothing but the language is known.
    pub(crate) fn of_nobody(site: &'a Site, language: Language, title: &'static str) -> Self {
        Self {
            site,
            language,
            name: None,
            title,
            subject: None,
            path: "/",
            refusal: None,
            refused: None,
            done: None,
            watch: None,
            poll: None,
        }
    }

    /// Names in the title what in particular the page is about.
    pub(crate) fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Says at its top that something was done, in the words of this key.
    pub(crate) fn said(mut self, key: &str) -> Self {
        self.done = Some(self.site.views.say(key, self.language));
        self
    }

    /// Says at its top what was done, in these words.
    pub(crate) fn told(mut self, text: Option<String>) -> Self {
        self.done = text.or(self.done);
        self
    }

    /// Follows what happens in an incident from this event on.
    pub(crate) fn watching(mut self, incident: &str, seq: u64) -> Self {
        self.watch = Some((format!("/api/v1/incidents/{incident}/events"), seq));
        self
    }

    /// Looks again by itself after so many seconds.
    pub(crate) fn polling(mut self, seconds: Option<u32>) -> Self {
        self.poll = seconds;
        self
    }

    /// Says at its top that something was not done.
    pub(crate) fn refused(mut self, error: Option<&'a Error>) -> Self {
        self.refusal = error;
        self
    }

    /// Says at its top that something was done, by the key of its words; says nothing where the key is not known.
    pub(crate) fn done(mut self, done: Option<&str>) -> Self {
        let known = done.filter(|key| DONE.contains(key));
        self.done = known.map(|key| self.site.views.say(&format!("people.done.{key}"), self.language));
        self
    }

    pub(crate) fn fill(self, template: &str, data: &impl Serialize) -> Response {
        let Self { site, language, refusal, .. } = self;
        let mut whole = json!({ "page": self.page() });
        if let (Value::Object(whole), Ok(Value::Object(data))) = (&mut whole, serde_json::to_value(data)) {
            whole.extend(data);
        }
        let answer = if self.refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
        let status = refusal.map_or(answer, status);
        let mut response = match site.views.render(template, language, &whole) {
            Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
        };
        if let Some(error) = refusal {
            say_when(error, &mut response);
        }
        response
    }

    fn page(&self) -> Value {
        let refusal = self.refusal.map(|error| {
            let (message, help) = error.told(&self.language.locale());
            json!({ "message": message, "help": help, "first": null, "kept": false })
        });
        let refusal = refusal.or_else(|| self.refused.map(|refused| json!(refused.told)));
        let keys = [
            ("/", "nav.home"),
            ("/follow-ups", "nav.follow_ups"),
            ("/contacts", "nav.contacts"),
            ("/runbooks", "nav.runbooks"),
            ("/people", "nav.people"),
        ];
        let nav = keys.map(|(href, key)| json!({ "href": href, "key": key, "current": is_part(self.path, href) }));
        json!({
            "lang": self.language,
            "title": self.title,
            "subject": self.subject,
            "now": rfc3339(self.site.app.clock().now()),
            "watch": self.watch.as_ref().map(|(path, _)| path),
            "seq": self.watch.as_ref().map(|(_, seq)| seq),
            "poll": self.poll,
            "key": self.site.app.clock().new_id().to_string(),
            "kept": self.refused.map(|refused| &refused.form),
            "path": self.path,
            "person": self.name.map(|name| json!({ "name": name })),
            "nav": nav,
            "refusal": refusal,
            "done": self.done,
            "version": env!("CARGO_PKG_VERSION"),
        })
    }
}

/// Whether a page belongs to this part of the console.
fn is_part(path: &str, part: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path == part || (part != "/" && path.strip_prefix(part).is_some_and(|rest| rest.starts_with('/')))
}
