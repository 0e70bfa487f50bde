//! Keeping: `audit`, `backup`, `restore`, and what installs beside the program: `completions`, `man`.

use std::path::Path;

use super::error::{Error, Exit};
use super::render::out::style;
use super::render::table::{Cell, Table};
use super::session::Session;
use super::translate;
use crate::app::App;

pub(crate) async fn audit(session: &mut Session, named: Option<&str>) -> Result<Exit, Error> {
    let app = session.open().await?;
    let incident = match named.or(session.global.incident.as_deref()) {
        Some(_) => Some(session.any_incident(&app, named).await?),
        None => None,
    };
    let view = app.audit(incident).await.map_err(|error| translate::app(session, error))?;
    let exit = if view.ok { Exit::Done } else { Exit::Problems };
    if session.out.json {
        session.out.object(&view)?;
        return Ok(exit);
    }
    let words = session.words;
    let mut table = Table::new();
    for line in &view.incidents {
        let verdict = match line.broken_at {
            None => Cell::styled(words.chain_holds(line.events), style::GOOD),
            Some(at) => Cell::styled(words.chain_broken(line.events, at), style::BAD),
        };
        let head = line.head.get(..16).unwrap_or(&line.head);
        table.row([Cell::styled(line.incident.to_string(), style::STRONG), verdict, Cell::styled(head, style::DIM)]);
    }
    match table.is_empty() {
        true => session.out.line(words.no_incidents()),
        false => session.out.lines(table.lines(None)),
    }
    if !view.ok {
        session.out.line(words.after_broken_chain());
    }
    Ok(exit)
}

pub(crate) async fn backup(session: &mut Session, file: &Path) -> Result<Exit, Error> {
    let app = session.open().await?;
    app.backup(file).await.map_err(|error| translate::app(session, error))?;
    match session.out.json {
        true => session.out.object(&serde_json::json!({ "file": file }))?,
        false => session.out.line(session.words.backed_up(file)),
    }
    Ok(Exit::Done)
}

pub(crate) async fn restore(session: &mut Session, file: &Path) -> Result<Exit, Error> {
    let settings = session.settings()?;
    let words = session.words;
    if !session.confirm(&words.ask_restore(file))? {
        session.out.line(words.not_restored());
        return Ok(Exit::Done);
    }
    let kept = App::restore(&settings, &session.clock, file).await.map_err(|error| translate::app(session, error))?;
    match session.out.json {
        true => session.out.object(&serde_json::json!({ "file": file, "kept": kept }))?,
        false => session.out.line(words.restored(kept.as_deref())),
    }
    Ok(Exit::Done)
}

pub(crate) fn completions(session: &mut Session, shell: clap_complete::Shell) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::tree(), "muster", &mut script);
    session.out.raw(&String::from_utf8_lossy(&script));
    Ok(Exit::Done)
}

pub(crate) fn man(session: &mut Session) -> Result<Exit, Error> {
    let mut page = Vec::new();
    let mut tree = super::usage::localised(super::tree(), session.words);
    tree.build();
    manual(&tree, &mut page).map_err(|error| Error::from(anyhow::Error::new(error)))?;
    session.out.raw(&String::from_utf8_lossy(&page));
    Ok(Exit::Done)
}

/// One page: the program, then each command with its options.
fn manual(tree: &clap::Command, page: &mut Vec<u8>) -> std::io::Result<()> {
    let main = clap_mangen::Man::new(tree.clone());
    main.render_title(page)?;
    main.render_name_section(page)?;
    main.render_synopsis_section(page)?;
    main.render_description_section(page)?;
    main.render_options_section(page)?;
    page.extend(b".SH COMMANDS\n");
    commands(tree, "muster", page);
    Ok(())
}

/// Each command under its full name, with the arguments that are its own.
fn commands(tree: &clap::Command, path: &str, page: &mut Vec<u8>) {
    for command in tree.get_subcommands() {
        let path = format!("{path} {}", command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        page.extend(format!(".SS {}\n{}\n", roff(&path), roff(&about)).bytes());
        let own = command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help");
        for arg in own {
            let help = arg.get_help().map(|help| format!("{}\n", roff(&help.to_string()))).unwrap_or_default();
            page.extend(format!(".TP\n{}\n{help}", roff(&arg.to_string())).bytes());
        }
        commands(command, &path, page);
    }
}

/// Text as troff takes it literally.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}
