//! A whole incident as command lines, from the contact book to the closed review.

/// The runbook it runs; its deadlines lie beyond any test, so that no tick adds events.
pub(crate) const RUNBOOK: &str = include_str!("whole.yaml");

pub(crate) const SETTINGS: &str = "\
store = \"sqlite:muster.db\"
locale = \"en\"
timezone = \"UTC\"
runbooks = \"runbooks\"

[mail]
relay = \"file:outbox\"
from = \"Status <status@example.com>\"

[people.dana]
name = \"Dana\"
roles = [\"lead\", \"product\"]

[people.kim]
name = \"Kim\"
roles = [\"comms\", \"ops\"]
";

pub(crate) const CONTACTS: &str = "\
id,org,name,kind,locale,emails,phone
ann,Acme,Ann,customer,en,ann@acme.example,555-0101
bo,博远,薄先生,customer,zh-Hans,bo@boyuan.example,
cy,Acme,Cy,customer,en,,555-0102
";

pub(crate) const RESULTS: &str = "Half an hour.\n\nThe form has a limit now.\n";

/// Whom the fallback `visits` serves.
pub(crate) const VISITS: &str = "id\nann\n";

/// Each line succeeds after those before it. `init` comes first and keeps the files that are there.
pub(crate) const LINES: &[&str] = &[
    "init",
    "contacts import contacts.csv",
    "contacts suppress old@acme.example",
    "start whole --severity high --title Logins --set impact=Nobody --role support=kim",
    "done take_lead --note Kim",
    "set impact=Errors --confirm",
    "done first_facts",
    "note reports",
    "notice draft first_notice",
    "approve first_notice --as dana",
    "notice send first_notice --recipients 3",
    "update Found --status identified",
    "approve progress --as dana",
    "notice send progress --recipients 3",
    "severity low --reason half",
    "cause system",
    "role dev=kim",
    "done close_form --outcome worked",
    "answer recent_change changed",
    "fallback on phone_desk",
    "fallback on visits",
    "fallback import visits visits.csv",
    "affected import contacts.csv",
    "done desks",
    "lift close_form",
    "correct 5 Dana --reason typo",
    "done accepted",
    "set started_at=2026-01-02T01:02:03Z ended_at=2026-01-02T03:04:05Z data_loss=none --confirm",
    "done outcome",
    "notice draft resolved",
    "approve resolved --as dana",
    "notice send resolved --recipients 3",
    "reach second_touch cy --by phone --note knows",
    "done second_touch",
    "retro edit results --file results.md",
    "retro factor add alarm",
    "retro factor add limit",
    "followup add alert --owner ops",
    "followup done F-1",
    "done review",
    "reopen --reason again",
    "resolve --reason over",
    "reopen --reason once_more",
    "close --reason over",
];

/// Those of the lines that make the incident: from its declaration until its review is written.
pub(crate) fn from_start_to_review() -> impl Iterator<Item = &'static str> {
    let from = LINES.iter().position(|line| line.starts_with("start ")).expect("it is declared");
    let to = LINES.iter().position(|line| *line == "done review").expect("it is written up");
    LINES[from..=to].iter().copied()
}
