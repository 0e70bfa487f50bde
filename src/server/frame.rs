//! What surrounds a page: who reads it, in which language, what was refused or done.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::{Access, Error};
use crate::clock::rfc3339;
use crate::server::api::Problem;
use crate::server::auth::Reader;
use crate::server::console::Told;

/// What an address may say was done.
const DONE: [&str; 7] = ["amended", "closed", "password", "session", "signed_out", "token", "withdrawn"];

/// A page to be filled in.
pub(crate) struct Frame<'a> {
    reader: &'a Reader,
    /// The key of its title's words.
    title: &'static str,
    /// What in particular it is about.
    subject: Option<String>,
    path: &'a str,
    problem: Option<Problem>,
    /// Whether the page tells nothing but what went wrong.
    alone: bool,
    done: Option<String>,
    /// Where its events are told, and which of them it knows.
    watch: Option<(String, u64)>,
    /// After how many seconds it looks again by itself.
    poll: Option<u32>,
}

impl<'a> Frame<'a> {
    pub(crate) fn new(reader: &'a Reader, title: &'static str) -> Self {
        let path = &reader.path;
        Self { reader, title, subject: None, path, problem: None, alone: false, done: None, watch: None, poll: None }
    }

    /// Says which page this is where a form was sent to another address.
    pub(crate) fn at(mut self, path: &'a str) -> Self {
        self.path = path;
        self
    }

    /// Names in the title what in particular the page is about.
    pub(crate) fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Says at its top that something was done, in the words of this key.
    pub(crate) fn said(mut self, key: &str) -> Self {
        self.done = Some(self.say(key));
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
    pub(crate) fn refused(mut self, error: Option<&Error>) -> Self {
        self.problem = error.map(|error| Problem::of(error, self.reader.language));
        self
    }

    /// Says what went wrong, and nothing else.
    pub(crate) fn alone(mut self, problem: Problem) -> Self {
        self.problem = Some(problem);
        self.alone = true;
        self
    }

    /// Says at its top that something was done, by the key of its words; says nothing where the key is not known.
    pub(crate) fn done(mut self, done: Option<&str>) -> Self {
        let known = done.filter(|key| DONE.contains(key));
        self.done = known.map(|key| self.say(&format!("people.done.{key}")));
        self
    }

    fn say(&self, key: &str) -> String {
        self.reader.site.views.say(key, self.reader.language)
    }

    pub(crate) fn fill(self, template: &str, data: &impl Serialize) -> Response {
        let Reader { site, language, refused, .. } = self.reader;
        let mut whole = json!({ "page": self.page() });
        if let (Value::Object(whole), Ok(Value::Object(data))) = (&mut whole, serde_json::to_value(data)) {
            whole.extend(data);
        }
        let answer = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
        let status = self.problem.as_ref().map_or(answer, Problem::status);
        let filled = site.views.render(template, *language, &whole).or_else(|misfit| {
            whole["page"]["misfit"] = json!(misfit.to_string());
            site.views.render_shipped(template, *language, &whole)
        });
        let mut response = match filled {
            Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
        };
        if let Some(problem) = &self.problem {
            problem.say_when(&mut response);
        }
        response
    }

    fn page(&self) -> Value {
        let Reader { site, language, refused, signed, .. } = self.reader;
        let told = self.problem.as_ref().map(|problem| {
            let (message, help) = problem.told();
            Told::on_page(message, help)
        });
        let refusal = told.or_else(|| refused.as_ref().map(|refused| refused.told.clone()));
        let trial = site.trial.iter().map(|_| ("/try", "nav.trial"));
        let keys = [
            ("/", "nav.home"),
            ("/follow-ups", "nav.follow_ups"),
            ("/contacts", "nav.contacts"),
            ("/runbooks", "nav.runbooks"),
            ("/people", "nav.people"),
        ];
        let nav: Vec<Value> = trial
            .chain(keys)
            .map(|(href, key)| json!({ "href": href, "key": key, "current": is_part(self.path, href) }))
            .collect();
        json!({
            "lang": language,
            "title": self.title,
            "subject": self.subject,
            "now": rfc3339(site.app.clock().now()),
            "watch": self.watch.as_ref().map(|(path, _)| path),
            "seq": self.watch.as_ref().map(|(_, seq)| seq),
            "poll": self.poll,
            "key": site.app.clock().new_id().to_string(),
            "kept": refused.as_ref().map(|refused| &refused.form),
            "path": self.path,
            "person": signed.as_ref().map(|signed| json!({ "name": signed.name })),
            "nav": nav,
            "refusal": refusal,
            "alone": self.alone,
            "done": self.done,
            "misfit": null,
            "administers": signed.as_ref().is_some_and(|signed| signed.access == Access::Administer),
            "version": env!("CARGO_PKG_VERSION"),
        })
    }
}

/// Whether a page belongs to this part of the console.
fn is_part(path: &str, part: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path == part || (part != "/" && path.strip_prefix(part).is_some_and(|rest| rest.starts_with('/')))
}
