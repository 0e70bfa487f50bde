//! A mailer: one connection to the relay, and the rows it takes one after another.

use super::pace::Pace;
use super::{Round, lane};
use crate::clock::after;
use crate::delivery::email::folder;
use crate::delivery::email::smtp::{Patience, Relay, Session};
use crate::delivery::mime::{self, Mail};
use crate::delivery::{Letter, Verdict};
use crate::settings;
use crate::store::ledger::Leased;

/// Works until the lane ends.
pub(super) async fn work(round: &Round<'_>, pace: &Pace<'_>) {
    let mut session = None;
    while let Some(row) = round.mail.take().await {
        let row = match prepared(round, &row).await {
            Ok((letter, mail)) => deliver(round, pace, &mut session, row, &letter, &mail).await,
            Err(verdict) => {
                round.conclude(&row, verdict).await;
                None
            }
        };
        if let Some(row) = row {
            // The relay takes no more connections than it has: those that stand go on with it.
            round.mail.give_back(row);
            break;
        }
        round.mail.done();
        if round.desk.is_closed() {
            break;
        }
    }
    if let Some(session) = session {
        round.mail.connected(false);
        session.close().await;
    }
}

async fn prepared(round: &Round<'_>, row: &Leased) -> Result<(Letter, Mail), Verdict> {
    let courier = round.courier;
    let letter = round.texts.letter(row, courier.page.as_deref()).await;
    let letter = letter.map_err(|error| match error {
        super::letter::NoLetter::Store(_) => Verdict::later(error.to_string()),
        super::letter::NoLetter::NoText => Verdict::failed(error.to_string()),
    })?;
    match mime::mail(&letter, &courier.from) {
        Ok(mail) => Ok((letter, mail)),
        Err(error) => Err(Verdict::failed(error.to_string())),
    }
}

/// Delivers one row; gives it back if this connection cannot be had but others stand.
async fn deliver(
    round: &Round<'_>,
    pace: &Pace<'_>,
    session: &mut Option<Session>,
    row: Leased,
    letter: &Letter,
    mail: &Mail,
) -> Option<Leased> {
    let courier = round.courier;
    let folder = match (&courier.trap, &courier.mail.relay) {
        (Some(_), _) => None,
        (None, settings::Relay::Folder(folder)) => Some(folder),
        (None, settings::Relay::Smtp { .. }) => return hand_over(round, pace, session, row, mail).await,
    };
    if round.desk.begin(&row).await {
        let verdict = match (&courier.trap, folder) {
            (Some(trap), _) => trap.mail(letter, &courier.from),
            (None, Some(folder)) => folder::put(folder, letter, "eml", &mail.bytes),
            (None, None) => Verdict::failed("there is nowhere to put mail"),
        };
        round.conclude(&row, verdict).await;
    }
    None
}

async fn hand_over(
    round: &Round<'_>,
    pace: &Pace<'_>,
    session: &mut Option<Session>,
    row: Leased,
    mail: &Mail,
) -> Option<Leased> {
    let clock = &round.courier.clock;
    let mut open = match session.take() {
        Some(open) => open,
        None => {
            if let Some(verdict) = round.mail.left_alone(clock.now()) {
                round.conclude(&row, verdict).await;
                return None;
            }
            match connect(round).await {
                Ok(open) => open,
                Err(Verdict::Later { .. }) if round.mail.has_open() => return Some(row),
                Err(verdict) => {
                    if matches!(verdict, Verdict::Later { .. }) {
                        round.mail.leave_alone(after(clock.now(), lane::BREATHER), verdict.clone());
                    }
                    round.conclude(&row, verdict).await;
                    return None;
                }
            }
        }
    };
    // Without the store nothing is begun either, which is then said there.
    let _ = pace.turn().await;
    if round.desk.begin(&row).await {
        let verdict = open.send(mail).await;
        round.conclude(&row, verdict).await;
    }
    if open.is_sound() {
        *session = Some(open);
    } else {
        round.mail.connected(false);
    }
    None
}

async fn connect(round: &Round<'_>) -> Result<Session, Verdict> {
    let mail = &round.courier.mail;
    let settings::Relay::Smtp { host, port, security } = &mail.relay else {
        return Err(Verdict::failed("there is no relay"));
    };
    let credentials = match (&mail.username, &mail.password) {
        (Some(user), Some(password)) => {
            let password = password
                .read()
                .map_err(|error| Verdict::Stalled { reason: format!("failed to sign in to the relay: {error}") })?;
            Some((user.clone(), password))
        }
        _ => None,
    };
    let relay =
        Relay { host: host.clone(), port: *port, security: *security, credentials, patience: Patience::default() };
    let session = Session::open(&relay).await?;
    round.mail.connected(true);
    Ok(session)
}
