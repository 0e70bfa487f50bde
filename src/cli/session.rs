//! What every command works with: the options, the reader's language, the streams, and the conductor once it is needed.

use std::path::PathBuf;

use chrono_tz::Tz;

use super::args::Global;
use super::error::{Error, Kind};
use super::prompt::Prompt;
use super::render::Out;
use super::words::Words;
use crate::app::{App, Caller, Fallback, Outlet};
use crate::clock::{Clock, Timestamp};
use crate::incident::{IncidentId, PersonId};
use crate::locale::Locale;
use crate::settings::{self, Overrides, Relay, Settings};

/// One run of the program.
pub(crate) struct Session {
    pub(crate) global: Global,
    pub(crate) locale: Locale,
    pub(crate) words: Words,
    pub(crate) out: Out,
    pub(crate) prompt: Prompt,
    pub(crate) clock: Clock,
    banner_shown: bool,
    sources_shown: bool,
}

impl Session {
    pub(crate) fn new(global: Global, out: Out) -> Self {
        let named = global.locale.as_deref().and_then(|tag| tag.parse().ok());
        let locale = named.or_else(settings::terminal_locale).unwrap_or_else(Locale::english);
        let words = Words::of(&locale);
        Self {
            global,
            locale,
            words,
            out,
            prompt: Prompt::standard(),
            clock: Clock::System,
            banner_shown: false,
            sources_shown: false,
        }
    }

    /// Reads the settings that hold in this folder, and reads on in their language.
    pub(crate) fn settings(&mut self) -> Result<Settings, Error> {
        let overrides = Overrides {
            config: self.global.config.clone(),
            store: self.global.store.clone(),
            locale: self.global.locale.clone(),
        };
        let folder = self.folder()?;
        let settings = settings::load(&folder, &overrides).map_err(|error| super::translate::settings(self, error))?;
        self.locale = settings.locale.clone();
        self.words = Words::of(&self.locale);
        if self.global.verbose && !std::mem::replace(&mut self.sources_shown, true) {
            self.out.remark(self.words.settings_read_from(settings.file.as_deref()));
            self.out.remark(self.words.store_is(&settings.store.to_string()));
        }
        Ok(settings)
    }

    pub(crate) fn folder(&self) -> Result<PathBuf, Error> {
        std::env::current_dir()
            .map_err(|error| Error::new(Kind::Refused, "no_folder", format!("this folder cannot be read: {error}")))
    }

    /// Opens the installation that the settings describe.
    pub(crate) async fn open(&mut self) -> Result<App, Error> {
        let settings = self.settings()?;
        Ok(App::new(settings, self.clock.clone(), Outlet::World))
    }

    /// Who acts, in which language, under which key.
    pub(crate) fn caller(&self) -> Result<Caller, Error> {
        let early = match (self.global.early, &self.global.reason) {
            (false, _) => None,
            (true, Some(reason)) => Some(reason.clone()),
            (true, None) => return Err(Error::usage(self.words.early_needs_a_reason()).help("--early --reason \"…\"")),
        };
        let person = self.global.person.clone().or_else(settings::user).unwrap_or_else(|| "operator".to_owned());
        Ok(Caller { person: PersonId(person), locale: self.locale.clone(), key: self.global.key.clone(), early })
    }

    /// The incident a command changes: the one named, else the only one not closed.
    pub(crate) async fn incident(&self, app: &App) -> Result<IncidentId, Error> {
        let which = app.which(self.global.incident.as_deref(), Fallback::NotClosed).await;
        // Said again under its key, a command that closed its incident finds it once more.
        if which.is_err()
            && let Some(key) = &self.global.key
            && app.knows_key(key).await.unwrap_or(false)
        {
            return self.any_incident(app, None).await;
        }
        which.map_err(|error| super::translate::app(self, error))
    }

    /// The incident a command reads or takes up again: as above, else the last closed.
    pub(crate) async fn any_incident(&self, app: &App, named: Option<&str>) -> Result<IncidentId, Error> {
        let named = named.or(self.global.incident.as_deref());
        let which = app.which(named, Fallback::LastClosed).await;
        which.map_err(|error| super::translate::app(self, error))
    }

    /// Why: by `--reason`, or asked for on a terminal.
    pub(crate) fn reason(&mut self) -> Result<String, Error> {
        match &self.global.reason {
            Some(reason) => Ok(reason.clone()),
            None if self.out.interactive => {
                let question = self.words.ask_reason();
                Ok(self.prompt.required(&mut self.out, self.words, question)?)
            }
            None => Err(Error::usage(self.words.reason_is_required()).help("--reason \"…\"")),
        }
    }

    /// Asks whether to go on; `--yes` and anything but a terminal go on.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<bool, Error> {
        if self.global.yes || !self.out.interactive {
            return Ok(true);
        }
        Ok(self.prompt.yes(&mut self.out, self.words, question, true)?)
    }

    /// Says once, where it matters, that mail stays on this machine.
    pub(crate) fn banner(&mut self, settings: &Settings) {
        if let Relay::Folder(folder) = &settings.mail.relay
            && !self.out.json
            && !std::mem::replace(&mut self.banner_shown, true)
        {
            self.out.remark(self.words.practice(folder, !settings.webhooks.is_empty()));
        }
    }
}

/// Where and when the reader is, for showing moments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Here {
    pub(crate) zone: Tz,
    pub(crate) now: Timestamp,
}

impl Here {
    pub(crate) fn of(app: &App) -> Self {
        Self { zone: app.settings().timezone, now: app.clock().now() }
    }
}
