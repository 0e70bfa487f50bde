//! Usage: parses what was typed, and speaks the reader's language about it in help and errors.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, FromArgMatches};

use super::args::Cli;
use super::error::Error;
use super::render::Out;
use super::words::Words;
use crate::locale::Locale;
use crate::settings;

/// Reads the arguments; help, the version and mistakes are answered at once with their exit code.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, u8> {
    let refused = match super::tree().try_get_matches_from(arguments).and_then(|m| Cli::from_arg_matches(&m)) {
        Ok(cli) => return Ok(cli),
        Err(refused) => refused,
    };
    let given = Given::of(arguments);
    let words = given.words();
    let mut out = Out::standard(given.json, given.no_color);
    if matches!(refused.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Asked for help, the tree is built again in the reader's language.
        let told = localised(super::tree(), words).try_get_matches_from(arguments).err().unwrap_or(refused);
        out.raw(&told.render().ansi().to_string());
        return Err(0);
    }
    let error = translated(&refused, words);
    error.tell(&mut out, words);
    Err(error.kind.code())
}

/// What can be known of the options before they are parsed.
struct Given {
    json: bool,
    no_color: bool,
    locale: Option<Locale>,
}

impl Given {
    fn of(arguments: &[OsString]) -> Self {
        let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
        let set = |name: &str| settings::environment::variable(name).is_some();
        let locale = texts.iter().enumerate().find_map(|(index, text)| match *text {
            "--locale" => texts.get(index + 1).copied(),
            text => text.strip_prefix("--locale="),
        });
        let named = locale.map(str::to_owned).or_else(|| settings::environment::variable("MUSTER_LOCALE"));
        Self {
            json: texts.contains(&"--json") || set("MUSTER_JSON"),
            no_color: texts.contains(&"--no-color") || set("MUSTER_NO_COLOR"),
            locale: named.and_then(|tag| tag.parse().ok()).or_else(settings::terminal_locale),
        }
    }

    fn words(&self) -> Words {
        self.locale.as_ref().map_or(Words::English, Words::of)
    }
}

/// The command tree with its help in the reader's language, commands grouped as people look for them.
pub(crate) fn localised(tree: Command, words: Words) -> Command {
    let tree = words.help(tree);
    let grouped = grouped(&tree, words);
    let template = format!(
        "{{about-with-newline}}\n{}: muster [{}] [{}]\n\n{grouped}\n{}:\n{{options}}\n\n{}\n",
        words.usage_word(),
        words.options_word(),
        words.command_word(),
        words.options_heading(),
        words.after_help(),
    );
    tree.help_template(template)
}

fn grouped(tree: &Command, words: Words) -> String {
    let width = tree.get_subcommands().map(|command| command.get_name().len()).max().unwrap_or(0);
    let mut text = String::new();
    for (heading, names) in words.families() {
        text.push_str(&format!("{heading}\n"));
        for command in names.iter().filter_map(|name| tree.find_subcommand(name)) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            text.push_str(&format!("  {:width$}  {about}\n", command.get_name()));
        }
        text.push('\n');
    }
    text
}

/// A mistake of usage in the reader's words.
fn translated(refused: &clap::Error, words: Words) -> Error {
    let context = |kind: ContextKind| refused.get(kind).map(spoken).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let command = context(ContextKind::InvalidSubcommand);
    let message = match refused.kind() {
        ErrorKind::UnknownArgument => words.unknown_argument(&argument),
        ErrorKind::InvalidSubcommand => words.unknown_command(&command),
        ErrorKind::MissingRequiredArgument => words.missing_argument(&argument),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            words.missing_command().to_owned()
        }
        ErrorKind::InvalidValue if value.is_empty() => words.missing_value(&argument),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => words.bad_value(&value, &argument),
        ErrorKind::ArgumentConflict => words.conflict(&argument, &context(ContextKind::PriorArg)),
        _ => refused.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    };
    let suggested = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
        .into_iter()
        .map(context)
        .find(|suggestion| !suggestion.is_empty());
    let valid = [ContextKind::ValidValue, ContextKind::ValidSubcommand]
        .into_iter()
        .map(context)
        .find(|values| !values.is_empty());
    let help = match (suggested, valid) {
        (Some(suggestion), _) => words.did_you_mean(&suggestion),
        (None, Some(values)) => words.possible_values(&values),
        (None, None) => words.see_help().to_owned(),
    };
    Error::usage(message).help(help)
}

fn spoken(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::Number(number) => number.to_string(),
        ContextValue::Bool(yes) => yes.to_string(),
        _ => String::new(),
    }
}
