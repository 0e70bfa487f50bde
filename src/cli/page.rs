//! `page export`: the public page as files, for a host that stays when this machine does not.

use std::path::Path;

use super::args::Page;
use super::error::{Error, Exit, Kind};
use super::session::Session;
use super::translate::{self, chain};
use crate::server::page::{self, ExportError};

pub(crate) async fn run(session: &mut Session, command: Page) -> Result<Exit, Error> {
    let Page::Export { folder } = command;
    export(session, &folder).await
}

async fn export(session: &mut Session, folder: &Path) -> Result<Exit, Error> {
    let app = session.open().await?;
    let exported = page::export(&app, folder).await.map_err(|error| translated(session, error))?;
    if session.out.json {
        session.out.object(&exported)?;
        return Ok(Exit::Done);
    }
    let words = session.words;
    session.out.line(words.page_exported(exported.files.len(), folder, exported.removed.len()));
    if app.settings().page.url.is_none() {
        session.out.remark(words.page_without_url());
    }
    Ok(Exit::Done)
}

fn translated(session: &Session, error: page::Error) -> Error {
    match error {
        page::Error::App(error) => translate::app(session, error),
        page::Error::Export(ExportError::Foreign(_)) => {
            Error::new(Kind::Refused, "in_the_way", chain(&error)).help(session.words.export_elsewhere())
        }
        page::Error::Export(_) => Error::new(Kind::Refused, "unwritable", chain(&error)),
        page::Error::Views(_) => Error::new(Kind::Refused, "bad_template", chain(&error)),
    }
}
