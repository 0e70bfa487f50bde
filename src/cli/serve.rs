//! `serve`: the console, the interface and the public page, and a worker's work meanwhile.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
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
    /// Where the first account is made; none once there is one.
    first_link: Option<String>,
}

pub(crate) async fn run(session: &mut Session, serve: Serve) -> Result<Exit, Error> {
    let app = Arc::new(session.open().await?);
    session.banner(app.settings());
    let first = app.first_link().await.map_err(|error| translate::app(session, error))?;
    let console_url = app.settings().console.url.clone();
    let stoppable = Stoppable::begin()?;
    let words = session.words;
    let trouble = |error: &crate::app::Error| remark(&words.trouble(&clean(&error.to_string())));
    let reports = Reports { progress: &|_| {}, trouble: &trouble };
    let listeners = Listeners { private: serve.listen, public: serve.public_listen };
    let mut told = Ok(());
    let out = &mut session.out;
    let tell = |serving: &Serving| {
        let console = format!("http://{}", reached_at(serving.private));
        // What its users type, where the settings say so.
        let reached = console_url.as_ref().unwrap_or(&console);
        let listening = Listening {
            first_link: first.as_ref().map(|link| format!("{reached}{}", link.path())),
            console: console.clone(),
            page: serving.public.map(|address| format!("http://{address}")),
        };
        if out.json {
            told = out.object(&listening);
            return;
        }
        out.line(words.console_is_at(reached));
        if let Some(link) = &listening.first_link {
            out.line(words.first_account_at(link));
        }
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

/// Where somebody on this machine reaches what listens there.
fn reached_at(listening: SocketAddr) -> SocketAddr {
    match listening.ip() {
        IpAddr::V4(address) if address.is_unspecified() => (Ipv4Addr::LOCALHOST, listening.port()).into(),
        IpAddr::V6(address) if address.is_unspecified() => (Ipv6Addr::LOCALHOST, listening.port()).into(),
        _ => listening,
    }
}
