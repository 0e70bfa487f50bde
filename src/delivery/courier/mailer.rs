//! A mailer: one connection to the relay, and the rows it takes one after another.

use super::pace::Pace;
use super::turn::{Ready, Turn};
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
    let mut mailer = Mailer { round, pace, session: None };
    let mut last = None;
    loop {
        match round.turn(&round.mail, last.take(), mailer.next()).await {
            Turn::Go(ready) => {
                let verdict = mailer.send(&ready).await;
                last = Some(round.conclude(&ready.row, verdict));
            }
            Turn::Skip(given_back) => last = Some(given_back),
            Turn::Over => break,
        }
    }
    if let Some(session) = mailer.session {
        round.mail.connected(false);
        session.close().await;
    }
}

struct Mailer<'a> {
    round: &'a Round<'a>,
    pace: &'a Pace<'a>,
    session: Option<Session>,
}

/// What a row goes out as.
enum Cargo {
    /// To the relay.
    Mail(Mail),
    /// Into a folder, whose files are named for what they hold.
    Letter(Box<Letter>),
}

impl Mailer<'_> {
    /// The next row with its mail, a session that stands, and its turn in the pace; none when this mailer is to end.
    async fn next(&mut self) -> Option<Ready<Cargo>> {
        let round = self.round;
        while let Some(row) = round.mail.take().await
            && !round.desk.is_closed()
        {
            let cargo = match self.cargo(&row).await {
                Ok(cargo) => cargo,
                Err(verdict) => {
                    round.put_aside(&round.mail, &row, verdict).await;
                    continue;
                }
            };
            if round.courier.is_local() {
                return Some(Ready { row, cargo });
            }
            match self.connected().await {
                Ok(()) => {
                    // Without the store nothing is begun either, which is then said there.
                    let _ = self.pace.turn().await;
                    return Some(Ready { row, cargo });
                }
                // The relay takes no more connections than it has: those that stand go on with the row.
                Err(Verdict::Later { .. }) if round.mail.has_open() => {
                    round.mail.give_back(row);
                    return None;
                }
                Err(verdict) => round.put_aside(&round.mail, &row, verdict).await,
            }
        }
        None
    }

    async fn cargo(&self, row: &Leased) -> Result<Cargo, Verdict> {
        let (courier, texts) = (self.round.courier, &self.round.texts);
        let page = courier.page.as_deref();
        Ok(if courier.is_local() {
            Cargo::Letter(Box::new(texts.letter(row, page).await?))
        } else {
            Cargo::Mail(texts.mail(row, page, &courier.from).await?)
        })
    }

    /// Sees to it that a session stands, unless the relay is being left alone.
    async fn connected(&mut self) -> Result<(), Verdict> {
        let round = self.round;
        if self.session.is_some() {
            return Ok(());
        }
        let clock = &round.courier.clock;
        if let Some(why) = round.mail.left_alone(clock.now()) {
            return Err(why);
        }
        let opened = match relay(&round.courier.mail) {
            Ok(relay) => Session::open(&relay).await,
            Err(verdict) => Err(verdict),
        };
        if let Err(verdict @ Verdict::Later { .. }) = &opened
            && !round.mail.has_open()
        {
            round.mail.leave_alone(after(clock.now(), lane::BREATHER), verdict.clone());
        }
        self.session = Some(opened?);
        round.mail.connected(true);
        Ok(())
    }

    async fn send(&mut self, ready: &Ready<Cargo>) -> Verdict {
        let courier = self.round.courier;
        match (&ready.cargo, &courier.trap, &courier.mail.relay) {
            (Cargo::Letter(letter), Some(trap), _) => trap.mail(letter, &courier.from),
            (Cargo::Letter(letter), None, settings::Relay::Folder(folder)) => match mime::mail(letter, &courier.from) {
                Ok(mail) => folder::put(folder, letter, "eml", &mail.bytes),
                Err(error) => Verdict::failed(error.to_string()),
            },
            (Cargo::Letter(_), None, settings::Relay::Smtp { .. }) => Verdict::failed("there is nowhere to put mail"),
            (Cargo::Mail(mail), ..) => self.hand_over(mail).await,
        }
    }

    async fn hand_over(&mut self, mail: &Mail) -> Verdict {
        let Some(mut session) = self.session.take() else {
            return Verdict::later("there is no connection to the relay");
        };
        let verdict = session.send(mail).await;
        if session.is_sound() {
            self.session = Some(session);
        } else {
            self.round.mail.connected(false);
        }
        verdict
    }
}

/// The relay as the settings describe it, password and all.
fn relay(mail: &settings::Mail) -> Result<Relay, Verdict> {
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
    Ok(Relay { host: host.clone(), port: *port, security: *security, credentials, patience: Patience::default() })
}
