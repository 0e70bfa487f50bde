//! SIGKILL at every write and flush of a whole incident: nothing in between, nothing twice, nothing lost.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::incident::LINES;
use super::place::{Held, Place};
use super::strace::{Ended, inject, watch};
use super::trace::Point;

/// A command of the incident, with the folder as it was before and what it led to.
struct Act {
    line: &'static str,
    key: String,
    start: Place,
    before: Held,
    after: Held,
    /// How many mails had been written after it.
    mails: usize,
    /// The files beside the store that a person may edit.
    texts: BTreeMap<PathBuf, Vec<u8>>,
    points: Vec<Point>,
}

#[test]
#[ignore = "needs strace: run tests/run"]
fn killed_at_any_write_or_flush_of_a_whole_incident_it_goes_on_where_it_was() {
    let acts = whole_incident();
    let kills: Vec<_> = acts.iter().flat_map(|act| act.points.iter().map(move |point| (act, point))).collect();
    assert!(kills.len() > 1000, "{} writes and flushes are too few for a whole incident", kills.len());
    let (next, missed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let at_once = thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    let failures: Vec<String> = thread::scope(|scope| {
        let work = || {
            let mut failures = Vec::new();
            while let Some((act, point)) = kills.get(next.fetch_add(1, Ordering::Relaxed)) {
                match killed(act, point) {
                    Ok(Ended::Killed) => {}
                    Ok(Ended::With(_)) => _ = missed.fetch_add(1, Ordering::Relaxed),
                    Err(why) => failures.push(format!("muster {} killed at {point:?}: {why}", act.line)),
                }
            }
            failures
        };
        let workers: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    let (kills, missed) = (kills.len(), missed.into_inner());
    assert_eq!(failures.len(), 0, "{} of {kills}:\n{}", failures.len(), failures.join("\n"));
    // What is written while the process ends (a checkpoint) is not the same in every run.
    assert!(missed * 5 < kills, "{missed} of {kills} kills came too late to be any");
}

/// Plays the incident once, and keeps the folder before each command.
fn whole_incident() -> Vec<Act> {
    let place = Place::new();
    let play = |(number, line): (usize, &&'static str)| {
        let (start, before, key) = (place.copy(), place.held(), format!("k{number}"));
        let points = watch(&place, line, &key);
        Act { line, key, start, before, after: place.held(), mails: place.mail().len(), texts: place.texts(), points }
    };
    LINES.iter().enumerate().map(play).collect()
}

/// Kills one command at one point, looks, lets time pass, says it again.
fn killed(act: &Act, point: &Point) -> Result<Ended, String> {
    let place = act.start.copy();
    let ended = inject(&place, act.line, &act.key, point, "signal=KILL");
    let (held, answered, mail) = (place.held(), place.printed("stdout"), place.mail());
    stands_between_commits(&held, act)?;
    if !answered.is_empty() && held.events != act.after.events {
        return Err(format!("it had answered `{answered}` but the journal does not hold it"));
    }
    ledger_follows_journal(&place)?;
    let unsettled = place.select("SELECT count(*) || '' FROM deliveries WHERE state = 'sending'");
    if unsettled.first().is_some_and(|rows| rows.as_str() > "1") {
        return Err(format!("{unsettled:?} rows in doubt"));
    }
    if ended == Ended::Killed && answered.is_empty() && place.files() == act.start.files() {
        // Nothing had been written: what follows is the command as if it had not been begun.
        return Ok(ended);
    }
    // The lease of the process that died ends.
    place.select("UPDATE deliveries SET again_at = 0 WHERE state IN ('prepared', 'queued', 'sending') RETURNING 'x'");
    if place.run(act.line, &act.key) != Some(0) {
        return Err(format!("said again: {}{}", place.printed("stdout"), place.printed("stderr")));
    }
    if place.run("audit", "audit") != Some(0) {
        return Err(format!("audit: {}", place.printed("stdout")));
    }
    same(&place.held(), &act.after)?;
    ledger_follows_journal(&place)?;
    let (mails, files) = (place.mail(), place.texts());
    if files != act.texts {
        let names = |texts: &BTreeMap<PathBuf, Vec<u8>>| texts.keys().cloned().collect::<Vec<_>>();
        let differs: Vec<_> =
            files.iter().filter(|(name, text)| act.texts.get(*name) != Some(text)).map(|(n, _)| n).collect();
        return Err(format!("other files: {differs:?} of {:?}, wanted {:?}", names(&files), names(&act.texts)));
    }
    if mails.len() != act.mails {
        return Err(format!("{} mails instead of {}", mails.len(), act.mails));
    }
    match mail.iter().find(|(name, bytes)| mails.get(*name) != Some(bytes)) {
        Some((name, _)) => Err(format!("{} changed when it was sent again", name.display())),
        None => Ok(ended),
    }
}

/// The journal is what it was before, and then whole decisions of this command: the events of one share a moment.
fn stands_between_commits(held: &Held, act: &Act) -> Result<(), String> {
    let (had, has) = (act.before.events.len(), held.events.len());
    let kept =
        held.events.get(..had).is_some_and(|kept| kept.iter().zip(&act.before.events).all(|(a, b)| a.body == b.body));
    if !kept {
        return Err("what was in the journal before is no longer in it".to_owned());
    }
    if held.events[had..] != act.after.events[had..has.min(act.after.events.len())] {
        return Err(format!("unknown events: {:#?}", &held.events[had..]));
    }
    let all = &act.after.events;
    let whole = has == had || has == all.len() || all[has - 1].at != all[has].at;
    if whole { Ok(()) } else { Err(format!("half a decision: {has} of {had}..{}", all.len())) }
}

/// No row is on its way without the event that sent it there.
fn ledger_follows_journal(place: &Place) -> Result<(), String> {
    let orphans = place.select(
        "SELECT n.step || ' ' || d.recipient || ' ' || d.state FROM deliveries d JOIN notices n ON n.id = d.notice
         WHERE (n.queued_seq IS NOT NULL OR d.state NOT IN ('prepared', 'failed', 'suppressed')) AND NOT EXISTS
         (SELECT 1 FROM events e WHERE e.incident = n.incident AND e.body LIKE '%NoticeQueued%' AND e.body LIKE '%' || n.id || '%')",
    );
    if orphans.is_empty() { Ok(()) } else { Err(format!("rows without their event: {orphans:?}")) }
}

fn same(held: &Held, wanted: &Held) -> Result<(), String> {
    if held.events != wanted.events {
        let told = |held: &Held| held.events.iter().map(|event| event.told.clone()).collect::<Vec<_>>().join("\n");
        let diff = similar::TextDiff::from_lines(told(wanted), told(held)).unified_diff().to_string();
        return Err(format!("another journal than without the kill:\n{}", &diff[..diff.floor_char_boundary(4000)]));
    }
    for (table, rows) in &wanted.rows {
        if held.rows.get(table) != Some(rows) {
            return Err(format!("other {table} than without the kill:\n{rows:#?}\n{:#?}", held.rows.get(table)));
        }
    }
    Ok(())
}
