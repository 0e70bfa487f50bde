//! The command line: it reads what is typed, asks the conductor, and prints; it holds no rule of its own.

mod args;
mod check;
mod contacts;
mod cover;
mod deliver;
mod drill;
mod ends;
mod error;
mod facts;
mod followup;
mod init;
mod keep;
mod look;
mod notice;
mod page;
mod people;
mod prompt;
mod ready;
mod render;
mod retro;
mod runbooks;
mod serve;
mod session;
mod snippet;
mod start;
mod steps;
mod stop;
mod translate;
mod trial;
mod usage;
mod walk;
mod words;

use std::ffi::OsString;

use args::{Cli, Command};
use error::{Error, Exit};
use render::Out;
use session::Session;

/// Runs the command line and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match usage::parse(&arguments) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let out = Out::standard(cli.global.json, cli.global.no_color);
    let mut session = Session::new(cli.global, out);
    // One thread serves a person; the server's many readers may use every core.
    let mut runtime = match &cli.command {
        Some(Command::Serve(_) | Command::Try(_)) => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let answer = runtime
        .enable_all()
        .build()
        .map_err(|fault| Error::from(anyhow::Error::new(fault)))
        .and_then(|runtime| runtime.block_on(dispatch(&mut session, cli.command)));
    match answer {
        Ok(Exit::Done) => 0,
        Ok(Exit::Problems) => 1,
        Err(error) => {
            error.tell(&mut session.out, session.words);
            error.kind.code()
        }
    }
}

/// What is said when Muster itself is at fault.
pub fn fault_message(what: &str) -> String {
    let locale = crate::settings::terminal_locale();
    locale.as_ref().map_or(words::Words::English, words::Words::of).fault(what)
}

/// The whole tree, for completions and the manual.
pub(crate) fn tree() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

async fn dispatch(session: &mut Session, command: Option<Command>) -> Result<Exit, Error> {
    let Some(command) = command else { return walk::run(session).await };
    match command {
        Command::Init => init::init(session),
        Command::New { id } => init::new(session, &id),
        Command::Check { paths } => check::run(session, &paths),
        Command::Drill(drill) => drill::run(session, drill).await,
        Command::Start(start) => start::run(session, start).await,
        Command::Ready { done } => ready::run(session, done.as_deref()).await,
        Command::Graph { runbook } => runbooks::graph(session, &runbook),
        Command::Schema => runbooks::schema(session),

        Command::List { all } => look::list(session, all).await,
        Command::Show { which } => look::show(session, which.as_deref()).await,
        Command::Timeline { which } => look::timeline(session, which.as_deref()).await,
        Command::Done(done) => steps::done(session, done).await,
        Command::Skip { step } => steps::skip(session, &step).await,
        Command::Answer { step, answer } => steps::answer(session, &step, answer.as_deref()).await,
        Command::Run { step } => steps::run(session, &step).await,
        Command::Signal { step } => steps::signal(session, &step).await,
        Command::Lift { step } => steps::lift(session, &step).await,
        Command::Keep { step } => steps::keep(session, &step).await,
        Command::Approve { step, hash, alone } => steps::approve(session, &step, hash, alone).await,
        Command::Reject { step } => steps::reject(session, &step).await,
        Command::Set { facts, confirm } => facts::set(session, &facts, confirm).await,
        Command::Severity { level } => facts::severity(session, &level).await,
        Command::Cause { class } => facts::cause(session, class).await,
        Command::Role { roles } => facts::role(session, &roles).await,
        Command::Note { text, at } => facts::note(session, text, at.as_deref()).await,
        Command::Correct { seq, text } => facts::correct(session, seq, text).await,
        Command::Translate { seq, text } => facts::translate(session, seq, text).await,
        Command::Fallback(change) => cover::fallback(session, change).await,
        Command::Coverage => cover::coverage(session).await,
        Command::Affected(args::Affected::Import { file }) => cover::affected(session, &file).await,
        Command::Reach(reach) => cover::reach(session, reach).await,
        Command::Resolve => ends::resolve(session).await,
        Command::Close => ends::close(session).await,
        Command::Reopen => ends::reopen(session).await,

        Command::Update(update) => notice::update(session, update).await,
        Command::Notice(command) => notice::run(session, command).await,
        Command::Deliver { drain, stay } => deliver::run(session, drain, stay).await,
        Command::People(command) => people::run(session, command).await,
        Command::Contacts(command) => contacts::run(session, command).await,

        Command::Serve(serve) => serve::run(session, serve).await,
        Command::Try(trial) => trial::run(session, trial).await,
        Command::Page(command) => page::run(session, command).await,

        Command::Retro(retro) => retro::run(session, retro).await,
        Command::Followup(command) => followup::run(session, command).await,
        Command::Audit { which } => keep::audit(session, which.as_deref()).await,
        Command::Backup { file } => keep::backup(session, &file).await,
        Command::Restore { file } => keep::restore(session, &file).await,
        Command::Completions { shell } => keep::completions(session, shell),
        Command::Man => keep::man(session),
    }
}
