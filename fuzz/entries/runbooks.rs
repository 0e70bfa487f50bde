//! Runbooks and their conditions: whatever is read without an error can be started.

use chrono::DateTime;
use muster::clock::{Clock, Timestamp};
use muster::contact::{Contact, import};
use muster::incident::command::Declaration;
use muster::incident::{Actor, Incident, IncidentId, IncidentNumber, Recorded, decide, event};
use muster::locale::Locale;
use muster::problem::Problem;
use muster::runbook::condition::IncidentScope;
use muster::runbook::{Runbook, Select, check};

/// A file that might be a runbook.
pub(crate) fn runbook(data: &[u8]) {
    let checked = check::check(data);
    assert_eq!(checked.runbook.is_none(), checked.problems.iter().any(Problem::is_error), "an error is what refuses");
    let Some(runbook) = checked.runbook else { return };
    let events = start(&runbook);
    let live = Incident::replay(&events).expect("a started incident can be replayed");
    let stored: Vec<Recorded> = events
        .iter()
        .map(|recorded| event::decode(&event::encode(recorded)).expect("an event reads what it writes"))
        .collect();
    assert_eq!(Incident::replay(&stored).expect("a stored journal can be replayed"), live);
    let pinned = check::pinned(&runbook.source).expect("what was let through once is let through again");
    assert_eq!(pinned.steps.len(), runbook.steps.len());
}

/// A condition, of an incident and of a contact; says whether it is one of either.
pub(crate) fn condition(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let text = text.replace(['\r', '\n'], " ");
    let of_incident = speaking("kind == 'customer'", &text);
    if let Some(runbook) = &of_incident {
        let asked = runbook.steps.values().filter_map(|step| step.when.as_ref());
        // It may have no answer, and then says why.
        asked.for_each(|condition| drop(condition.holds(&IncidentScope::default())));
        start(runbook);
    }
    let of_contact = speaking(&text, "rank == 1");
    for audience in of_contact.iter().flat_map(|runbook| runbook.audiences.values()) {
        if let Select::Where(condition) = &audience.select {
            someone().iter().for_each(|contact| drop(condition.selects(contact)));
        }
    }
    of_incident.is_some() || of_contact.is_some()
}

/// The runbook that says this of its audience and that of its step, if both are sound.
fn speaking(audience: &str, step: &str) -> Option<Runbook> {
    let [audience, step] = [audience, step].map(|text| text.replace('\'', "''"));
    let source = RUNBOOK.replace("$WHERE", &audience).replace("$WHEN", &step);
    check::check(source.as_bytes()).runbook
}

/// Contacts with much and with little.
fn someone() -> Vec<Contact> {
    let book = b"id,name,emails,phone,tags,region\na,Ann,a@example.com b@example.com,123,vip key,cn\nb,,,,,\n";
    import::read(book).into_iter().flatten().collect()
}

/// Declares an incident by a runbook.
pub(crate) fn start(runbook: &Runbook) -> Vec<Recorded> {
    let severity = runbook.severities.first().expect("a runbook has severities").id.clone();
    let declaration = Declaration {
        id: IncidentId(Clock::virtual_at(now(), 1).new_id()),
        number: IncidentNumber(1),
        severity,
        title: None,
        facts: Vec::new(),
        roles: Default::default(),
        locale: Locale::english(),
        timezone: chrono_tz::UTC,
        drill: false,
    };
    decide::declare(runbook, now(), &Actor::Muster, declaration).expect("a sound runbook can be started")
}

/// The moment at which everything here happens.
pub(crate) fn now() -> Timestamp {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

/// The smallest runbook with a condition of each sort.
const RUNBOOK: &str = "muster: 1\nid: fuzz\ntitle: Fuzz\nfacts:\n  lost: { type: number, title: Lost }\n  area: { type: choice, title: Area, choices: { cn: Mainland, hk: Hong Kong } }\n\
audiences:\n  chosen: { where: '$WHERE' }\n\
pre:\n  - decide: changed\n    answers: { yes_it_was: Changed, no_it_was_not: Unchanged }\n  - notice: told\n    status: investigating\n    audience: [chosen]\n  - task: conditional\n    when: '$WHEN'\n\
mid:\n  - task: repair\npost:\n  - retrospective: review\n";
