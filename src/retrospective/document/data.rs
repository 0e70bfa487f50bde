//! What a retrospective's template may speak about: a closed, typed set, every text already safe Markdown.

use serde::Serialize;

use super::follow_ups::Shown;

/// The template's data. Every name stands here, whether or not there is anything to say.
#[derive(Debug, Serialize)]
pub(super) struct Data {
    pub(super) number: String,
    pub(super) title: String,
    /// Whether the incident is not resolved yet.
    pub(super) unfinished: bool,
    pub(super) drill: bool,
    pub(super) public: bool,
    pub(super) runbook: String,
    pub(super) severity: String,
    pub(super) cause: Option<String>,
    pub(super) declared: String,
    pub(super) resolved: Option<String>,
    pub(super) closed: Option<String>,
    pub(super) written_at: String,
    /// One paragraph that tells the whole.
    pub(super) story: String,
    pub(super) goals: Goals,
    pub(super) process: Process,
    pub(super) results: Results,
    pub(super) causes: Causes,
    pub(super) patterns: Patterns,
    pub(super) document: Closing,
}

/// What people wrote into a section, or who could write it.
#[derive(Debug, Serialize)]
pub(super) struct People {
    pub(super) text: Option<String>,
    pub(super) cite: String,
    /// A line for readers where it exists in another language only.
    pub(super) other_language: Option<String>,
    /// The role that could know.
    pub(super) who: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Goals {
    pub(super) summary: Option<String>,
    /// What each severity it went through promises.
    pub(super) targets: Vec<Cited>,
    /// Of the severity it ended at.
    pub(super) first_notice: String,
    pub(super) update_every: String,
    pub(super) deadlines: Vec<Deadline>,
    pub(super) people: People,
}

#[derive(Debug, Serialize)]
pub(super) struct Deadline {
    pub(super) step: String,
    pub(super) role: String,
    pub(super) within: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Process {
    /// The zone of every time in it.
    pub(super) zone: String,
    /// A line for readers where entries exist in another language only.
    pub(super) other_language: Option<String>,
    pub(super) rows: Vec<TimelineRow>,
    pub(super) gaps: Vec<Missing>,
    pub(super) people: People,
}

#[derive(Debug, Serialize)]
pub(super) struct TimelineRow {
    pub(super) time: String,
    pub(super) phase: String,
    pub(super) role: String,
    pub(super) what: String,
    pub(super) aside: Option<String>,
    pub(super) evidence: Option<String>,
    pub(super) corrected: Option<String>,
    pub(super) cite: String,
    pub(super) gap: bool,
}

/// Something nobody recorded, and who could know.
#[derive(Debug, Serialize)]
pub(super) struct Missing {
    pub(super) what: String,
    pub(super) who: String,
    pub(super) cite: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Results {
    pub(super) figures: Vec<FigureRow>,
    pub(super) impact_stated: bool,
    /// Sentences on customers reached, failed and uncovered, on promises and obligations.
    pub(super) sentences: Vec<String>,
    pub(super) people: People,
}

#[derive(Debug, Serialize)]
pub(super) struct FigureRow {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) target: String,
    pub(super) verdict: String,
    pub(super) cite: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Causes {
    pub(super) class: Option<String>,
    /// Whether people were the class of cause: then the question is what made it easy.
    pub(super) human: bool,
    pub(super) conditions: Vec<Cited>,
    pub(super) deviations: Vec<Cited>,
    pub(super) late: Vec<Cited>,
    pub(super) factors: Vec<Cited>,
    pub(super) needs_factors: bool,
    pub(super) people: People,
}

/// A sentence and the events it rests on.
#[derive(Debug, Serialize)]
pub(super) struct Cited {
    pub(super) text: String,
    pub(super) cite: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Patterns {
    pub(super) earlier: Vec<Earlier>,
    pub(super) differed: Vec<Cited>,
    pub(super) diff: Option<String>,
    pub(super) people: People,
}

#[derive(Debug, Serialize)]
pub(super) struct Earlier {
    pub(super) number: String,
    pub(super) title: String,
    pub(super) date: String,
    pub(super) shared: String,
    pub(super) open: Vec<String>,
}

/// The last section: the actions, and the appendices.
#[derive(Debug, Serialize)]
pub(super) struct Closing {
    pub(super) follow_ups: Vec<Shown>,
    pub(super) notices: Vec<Notice>,
    pub(super) events: u64,
    pub(super) head: Option<String>,
    pub(super) runbook_hash: String,
    /// Phrases that the wording lint would see reworded.
    pub(super) phrases: Vec<Phrase>,
    pub(super) people: People,
}

#[derive(Debug, Serialize)]
pub(super) struct Notice {
    pub(super) subject: String,
    pub(super) when: String,
    pub(super) recipients: String,
    pub(super) body: String,
    pub(super) cite: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Phrase {
    pub(super) text: String,
    pub(super) suggest: String,
    pub(super) cite: String,
}
