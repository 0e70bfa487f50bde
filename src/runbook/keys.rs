//! The keys of the format: one table that the checker and the JSON Schema both read.

/// A key of some map, what its value looks like, and what it is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
    pub(super) about: &'static str,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// The format's version.
    Version,
    /// A runbook's id.
    RunbookId,
    /// An id that this key declares.
    Id,
    /// An id declared elsewhere.
    Reference,
    /// A name that settings or library know.
    Name,
    /// Text that people read.
    Text,
    /// Texts that people read.
    Texts,
    /// A list of ids.
    References,
    /// One id, or a list of them.
    OneOrMore,
    /// Any of these words, one or a list.
    SomeOf(&'static [&'static str]),
    OneOf(&'static [&'static str]),
    Locales,
    Duration,
    Rate,
    Condition,
    /// A whole number, this or more.
    Count(u32),
    /// `true`, or a text.
    Signal,
    /// A prepared value: text, number or boolean.
    Prepared,
    /// Id → text.
    Labels,
    /// Name → text.
    Arguments,
    Approve,
    Steps,
    Severities,
    Roles,
    Facts,
    Audiences,
    Fallbacks,
    Ready,
    Translations,
    /// Branch name → list of steps.
    Branches,
}

/// A kind of step: the key that names it, and its own keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) keys: &'static [Key],
}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: false, about }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: true, about }
}

pub(super) const CAUSES: &[&str] = &["platform", "human", "system"];
pub(super) const STATUSES: &[&str] = &["investigating", "identified", "monitoring", "resolved"];
pub(super) const SCOPES: &[&str] = &["internal", "external"];
pub(super) const CHANNELS: &[&str] = &["mail", "webhook", "page"];
pub(super) const FACT_TYPES: &[&str] = &["text", "number", "percent", "datetime", "duration", "choice"];
pub(super) const REQUIREMENTS: &[&str] = &["factors", "follow_ups", "sections"];

pub(super) const TOP: &[Key] = &[
    required("muster", Shape::Version, "The format's version: 1."),
    required("id", Shape::RunbookId, "The runbook's name for commands: a-z, 0-9 and `-`."),
    required("title", Shape::Text, "What has happened, as people would call it."),
    key("summary", Shape::Text, "When this runbook is the right one."),
    key("locales", Shape::Locales, "Languages; the text is in the first. Default: [en]."),
    key("cause", Shape::OneOf(CAUSES), "A proposal for the class of the cause; people classify."),
    key("components", Shape::Texts, "A proposal for the parts of the service that are hit."),
    key("severities", Shape::Severities, "Levels, highest first; declaring any replaces sev1 to sev3."),
    key("roles", Shape::Roles, "Parts people play, besides lead, comms, ops, dev, support and product."),
    key("facts", Shape::Facts, "What the team states, with prepared wording."),
    key("audiences", Shape::Audiences, "Named selections of contacts, besides page, affected, uncovered and staff."),
    key("fallbacks", Shape::Fallbacks, "Other ways of serving customers, best first."),
    key("ready", Shape::Ready, "What to have checked in peace time."),
    key("approve", Shape::Approve, "Who approves notices to customers, unless a step says otherwise."),
    required("pre", Shape::Steps, "Respond, tell, contain."),
    required("mid", Shape::Steps, "Find, repair, accept, tell."),
    required("post", Shape::Steps, "Reach who is left, review."),
    key("translations", Shape::Translations, "Locale → id → text."),
];

pub(super) const SEVERITY: &[Key] = &[
    required("means", Shape::Text, "What customers live through at this level."),
    required("first_notice", Shape::Duration, "From the declaration to the first notice."),
    required("update_every", Shape::Duration, "The longest silence on the page and webhooks."),
    required("mail_every", Shape::Duration, "Mail goes out at most this often, unless the status changes."),
];

pub(super) const ROLE: &[Key] = &[
    required("title", Shape::Text, "What documents call the role."),
    key("backup", Shape::Reference, "The role that takes over. Default: lead."),
];

pub(super) const FACT: &[Key] = &[
    key("type", Shape::OneOf(FACT_TYPES), "Default: text."),
    key("title", Shape::Text, "What the fact is called. Default: its id."),
    key("default", Shape::Prepared, "The prepared value."),
    key("choices", Shape::Labels, "For a choice: id → text."),
];

pub(super) const AUDIENCE: &[Key] = &[
    key("tag", Shape::Name, "Contacts with this tag."),
    key("kind", Shape::Name, "Contacts of this kind, such as staff."),
    key("where", Shape::Condition, "Contacts for which this holds."),
];

pub(super) const FALLBACK: &[Key] = &[
    required("title", Shape::Text, "What people call it."),
    key("where", Shape::Condition, "The contacts it covers; left out, they are imported."),
    key("capacity", Shape::Rate, "How many it serves, such as 60/h."),
];

pub(super) const READY: &[Key] = &[
    required("title", Shape::Text, "What has been checked."),
    key("role", Shape::Reference, "Who checks it. Default: lead."),
    key("every", Shape::Duration, "How often."),
];

pub(super) const APPROVE: &[Key] = &[
    required("by", Shape::OneOrMore, "The role or roles that approve."),
    key("quorum", Shape::Count(1), "How many of them. Default: 1."),
    key("within", Shape::Duration, "After this the role's backup may approve too."),
];

/// The keys of every step but `together`.
pub(super) const COMMON: &[Key] = &[
    key("title", Shape::Text, "What to do, in a few words. Default: the id."),
    key("detail", Shape::Text, "How to do it, in Markdown."),
    key("role", Shape::Reference, "Who does it. Default: lead; comms for messages; support for reach."),
    key("within", Shape::Duration, "How long it may take from when it opens."),
    key("when", Shape::Condition, "Whether it applies."),
    key("scope", Shape::OneOf(SCOPES), "Whether customers may read of it afterwards."),
];

const GATE: Key = key("approve", Shape::Approve, "Who approves it first: a role, { by, quorum, within }, or none.");
const AUDIENCES: Key = key("audience", Shape::OneOrMore, "Who gets it.");
const MESSAGE: [Key; 5] = [
    key("status", Shape::OneOf(STATUSES), "What the public is told."),
    AUDIENCES,
    key("template", Shape::Name, "The notice template. Default: the status; update for updates."),
    key("via", Shape::SomeOf(CHANNELS), "The channels. Default: all."),
    GATE,
];

pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "task",
        about: "Work a person does.",
        keys: &[key("evidence", Shape::OneOf(&["required"]), "Whether a link must prove it.")],
    },
    Kind { name: "gather", about: "Facts to state.", keys: &[required("facts", Shape::References, "Ids of facts.")] },
    Kind {
        name: "decide",
        about: "A question.",
        keys: &[required("answers", Shape::Labels, "Id → text, two or more.")],
    },
    Kind {
        name: "approval",
        about: "A gate that somebody opens.",
        keys: &[
            required("by", Shape::OneOrMore, "The role or roles that approve."),
            key("quorum", Shape::Count(1), "How many of them. Default: 1."),
        ],
    },
    Kind {
        name: "contain",
        about: "A measure that limits harm.",
        keys: &[
            GATE,
            key("run", Shape::Name, "The settings' action that carries it out."),
            key("lift", Shape::Text, "What lifting it means; it stays an obligation until then."),
        ],
    },
    Kind {
        name: "action",
        about: "A system operation named in the settings.",
        keys: &[
            required("run", Shape::Name, "The settings' action."),
            key("with", Shape::Arguments, "What it is handed: name → text."),
            key("retries", Shape::Count(0), "How often it is tried again. Default: 0."),
            GATE,
        ],
    },
    Kind {
        name: "accept",
        about: "Acceptance.",
        keys: &[
            key("confirm", Shape::Texts, "What a person confirms."),
            key("probe", Shape::Name, "The settings' probe that must hold."),
            key("for", Shape::Duration, "How long it must hold."),
            key("on_fail", Shape::Reference, "The earlier step of this list to start over from."),
        ],
    },
    Kind { name: "notice", about: "One message.", keys: &MESSAGE },
    Kind {
        name: "updates",
        about: "A message owed at every update_every, in the background.",
        keys: &[
            MESSAGE[0],
            MESSAGE[1],
            MESSAGE[2],
            MESSAGE[3],
            MESSAGE[4],
            required("until", Shape::Reference, "The step that ends them."),
        ],
    },
    Kind {
        name: "cover",
        about: "Go through the fallbacks, each on or off.",
        keys: &[key("fallbacks", Shape::References, "Which. Default: all.")],
    },
    Kind { name: "reach", about: "Contact people by hand.", keys: &[AUDIENCES] },
    Kind {
        name: "wait",
        about: "Time, or an outside signal.",
        keys: &[
            key("for", Shape::Duration, "How long."),
            key("signal", Shape::Signal, "An outside signal ends it; `within` marks lateness."),
        ],
    },
    Kind {
        name: "retrospective",
        about: "The document.",
        keys: &[
            key("template", Shape::Name, "Default: six_steps."),
            key("follow_ups", Shape::Texts, "Actions known beforehand."),
            key("require", Shape::SomeOf(REQUIREMENTS), "What must be there before it may end."),
        ],
    },
];

/// The step that holds branches.
pub(super) const TOGETHER: Kind = Kind { name: "together", about: "Named branches side by side.", keys: &[] };

/// The kind with this name.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
