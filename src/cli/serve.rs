//! `serve`: the console, the interface and the public page, and a worker's work meanwhile.

use std::sync::Arc;

use serde::Serialize;

use super::args::Serve;
use super::deliver::remark;
use super::error::{Error, Exit};
use super::render::text::clean;
use super::session::Session;
use super::stop::Stoppable;
use super::translate;
use crate::app::Reports;
use crate::server::{self, Behind, Listeners, Serving};

/// What `--json` says once it listens.
#[derive(Serialize)]
struct Listening {
    console: String,
    page: Option<String>,
}

pub(crate) async fn run(session: &mut Session, serve: Serve) -> Result<Exit, Error> {
    let app = Arc::new(session.open().await?);
    session.banner(app.settings());
    let stoppable = Stoppable::begin()?;
    let words = session.words;
    let trouble = |error: &crate::app::Error| remark(&words.trouble(&clean(&error.to_string())));
    let reports = Reports { progress: &|_| {}, trouble: &trouble };
    let listeners = Listeners { private: serve.listen, public: serve.public_listen };
    let mut told = Ok(());
    let out = &mut session.out;
    let tell = |serving: &Serving| {
        let listening = Listening {
            console: format!("http://{}", serving.private),
            page: serving.public.map(|address| format!("http://{address}")),
        };
        if out.json {
            told = out.object(&listening);
            return;
        }
        out.line(words.console_is_at(&listening.console));
        if let Some(page) = &listening.page {
            out.line(words.page_is_at(page));
        }
        out.line(words.serving_until_stopped());
    };
    let served = server::serve(app, listeners, Behind::Worker(reports), stoppable.stop(), tell).await;
    told?;
    served.map_err(|error| translate::server(session, error))?;
    Ok(Exit::Done)
}
