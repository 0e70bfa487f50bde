//! The command line as clap reads it: the global options and the tree of commands.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

/// Runbooks, customer notices and blameless retrospectives for incidents.
#[derive(Debug, Parser)]
#[command(name = "muster", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten, next_help_heading = "Options of every command")]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What every command takes; each option also as `MUSTER_…`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Global {
    /// Print one JSON object instead of text
    #[arg(long, global = true, env = "MUSTER_JSON", hide_env = true, value_parser = FalseyValueParser::new())]
    pub(crate) json: bool,
    /// The settings file (default: the nearest muster.toml)
    #[arg(long, global = true, env = "MUSTER_CONFIG", hide_env = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The store, such as sqlite:muster.db
    #[arg(long, global = true, env = "MUSTER_STORE", hide_env = true, value_name = "URL")]
    pub(crate) store: Option<String>,
    /// Who acts (default: your login name)
    #[arg(long = "as", global = true, env = "MUSTER_AS", hide_env = true, value_name = "PERSON")]
    pub(crate) person: Option<String>,
    /// The incident (default: the only one not closed)
    #[arg(long, global = true, env = "MUSTER_INCIDENT", hide_env = true, value_name = "INC")]
    pub(crate) incident: Option<String>,
    /// An idempotency key: the same key again gives the same answer
    #[arg(long, global = true, env = "MUSTER_KEY", hide_env = true, value_name = "K")]
    pub(crate) key: Option<String>,
    /// Act on a step before its turn, with --reason
    #[arg(long, global = true, env = "MUSTER_EARLY", hide_env = true, value_parser = FalseyValueParser::new())]
    pub(crate) early: bool,
    /// Why; kept in the journal
    #[arg(long, global = true, env = "MUSTER_REASON", hide_env = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Answer yes to every question
    #[arg(long, short = 'y', global = true, env = "MUSTER_YES", hide_env = true, value_parser = FalseyValueParser::new())]
    pub(crate) yes: bool,
    /// The language to read and write, such as en or zh-Hans
    #[arg(long, global = true, env = "MUSTER_LOCALE", hide_env = true, value_name = "L")]
    pub(crate) locale: Option<String>,
    /// Print without colour (as does NO_COLOR)
    #[arg(long, global = true, env = "MUSTER_NO_COLOR", hide_env = true, value_parser = FalseyValueParser::new())]
    pub(crate) no_color: bool,
    /// Say which files are read
    #[arg(long, short, global = true, env = "MUSTER_VERBOSE", hide_env = true, value_parser = FalseyValueParser::new())]
    pub(crate) verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    // Begin
    /// Write muster.toml, runbooks, templates and a sample contact book; never overwrites
    Init,
    /// Write a runbook skeleton that checks clean
    New {
        /// The runbook's id, such as login-down
        id: String,
    },
    /// Report every problem of runbooks, their templates and the settings they name
    Check {
        /// Runbooks, or folders of them
        #[arg(required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
        paths: Vec<PathBuf>,
    },
    /// Play an incident on a virtual clock; nothing is sent
    Drill(Drill),
    /// Declare an incident
    Start(Start),
    /// Show readiness checks: due, done, overdue
    Ready {
        /// Record that a check was done
        #[arg(long, value_name = "CHECK")]
        done: Option<String>,
    },
    /// Draw a runbook as a Mermaid flowchart
    Graph {
        /// An id or a file
        runbook: String,
    },
    /// Print the JSON Schema of the runbook format
    Schema,

    // Run
    /// List the incidents that are open
    List {
        /// Also those that are closed
        #[arg(long)]
        all: bool,
    },
    /// Show an incident: its clocks, steps, notices and facts
    Show {
        #[arg(value_name = "INC")]
        which: Option<String>,
    },
    /// Show what happened, event by event
    Timeline {
        #[arg(value_name = "INC")]
        which: Option<String>,
    },
    /// End a step
    Done(Done),
    /// Skip a step, with --reason
    Skip { step: String },
    /// Answer a decision
    Answer { step: String, answer: Option<String> },
    /// Run the operation of a containment or an action
    Run { step: String },
    /// Give the signal that a step waits for
    Signal { step: String },
    /// State facts: F=V, or F.zh-Hans=V for another language
    Set {
        #[arg(value_name = "F=V", required_unless_present = "confirm")]
        facts: Vec<String>,
        /// Also confirm every prepared value of the open gather
        #[arg(long)]
        confirm: bool,
    },
    /// Change the severity, with --reason
    Severity { level: String },
    /// Classify the cause
    Cause { class: CauseClass },
    /// Say who plays a role: R=PERSON
    Role {
        #[arg(value_name = "R=PERSON", required = true)]
        roles: Vec<String>,
    },
    /// Keep a note, at once
    Note {
        text: Option<String>,
        /// When it happened: RFC 3339, or HH:MM
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Say what an event's text says in another language, the one named by --locale
    Translate { seq: u64, text: String },
    /// Correct an event, with --reason; the original is kept
    Correct { seq: u64, text: String },
    /// Lift a containment
    Lift { step: String },
    /// Keep a containment in place, with --reason
    Keep { step: String },
    /// Switch fallbacks on or off, or import their contacts
    #[command(subcommand)]
    Fallback(Fallback),
    /// Show which of the affected the fallbacks reach
    Coverage,
    /// Say who is affected
    #[command(subcommand)]
    Affected(Affected),
    /// Record contacts reached by hand, or list those still to reach
    Reach(Reach),
    /// Resolve the incident, with --reason; what remains is skipped
    Resolve,
    /// Close the incident, with --reason
    Close,
    /// Reopen an incident, with --reason
    Reopen,

    // Tell
    /// State what changed and draft the next update
    Update(Update),
    /// Draft, show and send notices
    #[command(subcommand)]
    Notice(Notice),
    /// Approve a notice, a measure or a gate
    Approve {
        step: String,
        /// The hash of the text you read
        #[arg(long, value_name = "H")]
        hash: Option<String>,
        /// As its author, alone, with --reason
        #[arg(long)]
        alone: bool,
    },
    /// Reject a notice, a measure or a gate, with --reason
    Reject { step: String },
    /// Deliver what is due, once
    Deliver {
        /// Until nothing is pending
        #[arg(long)]
        drain: bool,
        /// Until it is stopped: a worker that also keeps the clocks and carries out operations
        #[arg(long, conflicts_with = "drain")]
        stay: bool,
    },
    /// List who may sign in to the console, or print a link for somebody
    #[command(subcommand)]
    People(People),
    /// Import, list and suppress contacts
    #[command(subcommand)]
    Contacts(Contacts),

    /// Serve the console, the interface and the public page, and deliver meanwhile
    Serve(Serve),
    /// Watch a drill in the console, sixty times faster than life; nothing leaves
    Try(Try),
    /// The public page as files
    #[command(subcommand)]
    Page(Page),

    // Learn and keep
    /// Write the retrospective
    Retro(Retro),
    /// Follow up on what came out of an incident
    #[command(subcommand)]
    Followup(Followup),
    /// Check the journal's hash chain
    Audit {
        #[arg(value_name = "INC")]
        which: Option<String>,
    },
    /// Copy the store to a file
    Backup { file: PathBuf },
    /// Put the store back from a copy
    Restore { file: PathBuf },
    /// Print completions for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(crate) struct Drill {
    /// An id or a file
    pub(crate) runbook: String,
    /// What happens in it (default: the runbook's own scenario)
    #[arg(long, value_name = "F", value_hint = ValueHint::FilePath)]
    pub(crate) scenario: Option<PathBuf>,
    /// The level it is played at
    #[arg(long, value_name = "S")]
    pub(crate) severity: Option<String>,
    /// The same seed gives the same bytes
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Where its files go (default: drill/<runbook>)
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
pub(crate) struct Start {
    /// An id or a file
    pub(crate) runbook: Option<String>,
    /// How bad it is
    #[arg(long, value_name = "S")]
    pub(crate) severity: Option<String>,
    /// What to call it (default: the runbook's title)
    #[arg(long, value_name = "T")]
    pub(crate) title: Option<String>,
    /// State a fact
    #[arg(long = "set", value_name = "F=V")]
    pub(crate) facts: Vec<String>,
    /// Say who plays a role
    #[arg(long = "role", value_name = "R=PERSON")]
    pub(crate) roles: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Done {
    pub(crate) step: String,
    /// For a measure: whether it worked
    #[arg(long)]
    pub(crate) outcome: Option<OutcomeWord>,
    /// What was found or done
    #[arg(long, value_name = "T")]
    pub(crate) note: Option<String>,
    /// Where it can be seen
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) evidence: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutcomeWord {
    Worked,
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CauseClass {
    Platform,
    Human,
    System,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusWord {
    Investigating,
    Identified,
    Monitoring,
    Resolved,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Fallback {
    /// Use a fallback
    On { id: String },
    /// Stop using a fallback
    Off { id: String },
    /// Say which contacts a fallback covers
    Import {
        id: String,
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Affected {
    /// Read the affected contacts from a file
    Import {
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Reach {
    pub(crate) step: String,
    /// Who was reached
    #[arg(value_name = "CONTACT", required_unless_present = "list")]
    pub(crate) contacts: Vec<String>,
    /// How, such as phone
    #[arg(long, value_name = "HOW", default_value = "phone")]
    pub(crate) by: String,
    /// What they said
    #[arg(long, value_name = "T")]
    pub(crate) note: Option<String>,
    /// List who is still to be reached
    #[arg(long, conflicts_with = "contacts")]
    pub(crate) list: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// What changed since the last message
    pub(crate) text: Option<String>,
    /// What the public is told
    #[arg(long)]
    pub(crate) status: Option<StatusWord>,
    /// Say plainly that nothing is new
    #[arg(long, conflicts_with = "text")]
    pub(crate) nothing_new: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Notice {
    /// Render a notice, freeze it and show it
    Draft {
        step: String,
        /// What the public is told
        #[arg(long)]
        status: Option<StatusWord>,
    },
    /// Show the newest notice of a step
    Show { step: String },
    /// Cancel a notice
    Cancel { step: String },
    /// Hold back what has not gone out
    Pause { step: String },
    /// Go on sending
    Resume { step: String },
    /// Send again to those it failed for
    Resend { step: String },
    /// Queue the approved text and deliver it
    Send {
        step: String,
        /// How many get it; off a terminal it must match
        #[arg(long, value_name = "N")]
        recipients: Option<u64>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where the console and the interface listen, for the team alone
    #[arg(long, value_name = "ADDRESS", env = "MUSTER_LISTEN", default_value = "127.0.0.1:7070")]
    pub(crate) listen: SocketAddr,
    /// Where the public page listens (default: nowhere)
    #[arg(long, value_name = "ADDRESS", env = "MUSTER_PUBLIC_LISTEN")]
    pub(crate) public_listen: Option<SocketAddr>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Page {
    /// Write the page as files, for another host to serve
    Export {
        /// A folder of its own; what an earlier export wrote there is replaced, anything else left alone
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Try {
    /// A runbook's id or path
    #[arg(default_value = "crm-withdrawals", value_hint = ValueHint::FilePath)]
    pub(crate) runbook: String,
    /// The story to play (default: the runbook's own)
    #[arg(long, value_name = "F", value_hint = ValueHint::FilePath)]
    pub(crate) scenario: Option<PathBuf>,
    /// How many times faster than life
    #[arg(long, value_name = "N", default_value = "60", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) speed: u32,
    /// Where the console listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
pub(crate) enum People {
    /// List accounts and open invitations
    List,
    /// Print a link for a new account, or for a new password
    Invite {
        /// The handle, such as dana
        person: String,
        /// What they are called
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// What they may do (default: as before, or respond)
        #[arg(long, value_enum)]
        access: Option<AccessArg>,
        /// The parts they play in incidents
        #[arg(long = "role", value_name = "R", value_delimiter = ',')]
        roles: Vec<String>,
    },
}

/// What somebody may do, each including what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AccessArg {
    Watch,
    Respond,
    Approve,
    Administer,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Contacts {
    /// Read contacts from CSV or JSON lines
    Import {
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// List the contact book
    List,
    /// Never mail an address again; an unsubscribe link from a mail names its address
    Suppress { address: String },
    /// Let an address or a webhook of the settings be told again
    Unsuppress {
        #[arg(value_name = "ADDRESS|WEBHOOK")]
        which: String,
    },
    /// Print the secret that signs what a contact's own endpoint is told
    Secret {
        #[arg(value_name = "CONTACT")]
        contact: String,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Retro {
    #[command(subcommand)]
    pub(crate) change: Option<RetroChange>,
    #[arg(value_name = "INC")]
    pub(crate) which: Option<String>,
    #[arg(long, value_name = "FORMAT", default_value = "md")]
    pub(crate) format: Format,
    /// Internal, or public: without internal steps, notes and evidence
    #[arg(long, default_value = "internal")]
    pub(crate) edition: EditionWord,
    /// The file to write (default: standard output)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Md,
    Html,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EditionWord {
    Internal,
    Public,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RetroChange {
    /// Write a section: goals, process, results, causes, patterns or document
    Edit {
        section: String,
        #[arg(long, value_name = "T", conflicts_with = "file")]
        text: Option<String>,
        /// A file, or - for standard input
        #[arg(long, value_name = "F", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,
    },
    /// Contributing factors
    #[command(subcommand)]
    Factor(Factor),
    /// Keep a phrase that the wording lint flags, with --reason
    Keep { rule: String, phrase: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Factor {
    /// Add a contributing factor
    Add { text: String },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Followup {
    /// Add a follow-up, or fill in one with --id
    Add(FollowupAdd),
    /// List follow-ups
    List,
    /// Record that a follow-up is done
    Done {
        id: String,
        #[arg(long, value_name = "T")]
        note: Option<String>,
    },
    /// Record that a follow-up had its effect
    Verify {
        id: String,
        #[arg(long, value_name = "T")]
        note: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct FollowupAdd {
    #[arg(required_unless_present = "id")]
    pub(crate) text: Option<String>,
    /// Fill in this one instead, such as F-2
    #[arg(long, value_name = "F-N")]
    pub(crate) id: Option<String>,
    /// The role that owns it
    #[arg(long, value_name = "ROLE")]
    pub(crate) owner: Option<String>,
    /// When it is due, such as 2026-12-01
    #[arg(long, value_name = "DATE")]
    pub(crate) due: Option<chrono::NaiveDate>,
    /// How we will know that it worked
    #[arg(long, value_name = "T")]
    pub(crate) check: Option<String>,
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) important: Option<bool>,
    #[arg(long, value_name = "YES|NO", num_args = 0..=1, default_missing_value = "true")]
    pub(crate) urgent: Option<bool>,
}
