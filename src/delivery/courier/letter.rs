//! From a ledger row to a letter: the frozen text in the recipient's language, with what is theirs filled in.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use lettre::message::Mailbox;
use tokio::sync::{Mutex, OnceCell};

use crate::clock::Clock;
use crate::delivery::mime::{self, Cover, Form, Mail};
use crate::delivery::nudge::Nudge;
use crate::delivery::unsubscribe::Seal;
use crate::delivery::{Letter, Verdict};
use crate::incident::event::{DraftedNotice, Event, Message};
use crate::incident::{IncidentId, IncidentNumber, NoticeId};
use crate::notice::personal::{Person, fill_html, fill_markdown, fill_text};
use crate::store::ledger::{Channel, Leased, Recipient};
use crate::store::{Error, Store};

/// The texts of the notices a pass sends, each read from the journal once.
pub struct Texts<'a> {
    store: &'a Store,
    clock: Clock,
    read: Mutex<HashMap<IncidentId, Arc<Incident>>>,
    seal: OnceCell<Seal>,
}

/// What letters take from an incident's journal.
struct Incident {
    number: IncidentNumber,
    notices: HashMap<NoticeId, Written>,
}

/// A notice's texts, one a language.
struct Written {
    draft: DraftedNotice,
    /// The same texts as mail, made ready when the first is mailed.
    forms: OnceLock<Vec<Form>>,
}

/// Why a row has no letter.
#[derive(Debug, thiserror::Error)]
pub enum NoLetter {
    #[error(transparent)]
    Store(#[from] Error),
    #[error("the journal does not hold the text of this notice")]
    NoText,
    #[error(transparent)]
    Malformed(#[from] mime::Malformed),
}

impl From<NoLetter> for Verdict {
    /// The store may answer the next time; a text that is not there will not.
    fn from(error: NoLetter) -> Self {
        match error {
            NoLetter::Store(_) => Self::later(error.to_string()),
            NoLetter::NoText | NoLetter::Malformed(_) => Self::failed(error.to_string()),
        }
    }
}

impl<'a> Texts<'a> {
    /// Texts that have yet to be read.
    pub fn new(store: &'a Store, clock: &Clock) -> Self {
        Self { store, clock: clock.clone(), read: Mutex::default(), seal: OnceCell::new() }
    }

    /// The letter that a row stands for.
    pub async fn letter(&self, row: &Leased, page: Option<&str>) -> Result<Letter, NoLetter> {
        let incident = self.incident(row).await?;
        let draft = incident.notices.get(&row.notice).map(|written| &written.draft);
        let written = match (&row.nudge, draft) {
            (Some(nudge), _) => Nudge::from_row(nudge).ok_or(NoLetter::NoText)?.message(&row.locale),
            (None, Some(draft)) => draft.messages.get(in_language(draft, row)).ok_or(NoLetter::NoText)?.clone(),
            (None, None) => return Err(NoLetter::NoText),
        };
        let unsubscribe = self.unsubscribe(row, page).await?;
        let person = Person { name: &row.name, organisation: &row.org, unsubscribe: unsubscribe.as_deref() };
        let message = if row.nudge.is_some() { written } else { filled(&written, &person) };
        Ok(Letter {
            delivery: name(row),
            incident: row.incident,
            number: incident.number,
            notice: row.notice,
            status: draft.and_then(|draft| draft.status),
            to: match &row.recipient {
                Recipient::Endpoint(endpoint) => endpoint.clone(),
                Recipient::Contact(_) | Recipient::Person(_) => row.address.clone(),
            },
            name: row.name.clone(),
            message,
            next_update_at: draft.and_then(|draft| match row.channel {
                Channel::Mail => draft.next_mail_at.or(draft.next_update_at),
                Channel::Webhook => draft.next_update_at,
            }),
            date: row.date,
            unsubscribe,
        })
    }

    /// The mail that a row stands for.
    pub async fn mail(&self, row: &Leased, page: Option<&str>, from: &Mailbox) -> Result<Mail, NoLetter> {
        let incident = self.incident(row).await?;
        let unsubscribe = self.unsubscribe(row, page).await?;
        let cover = Cover {
            delivery: &name(row),
            incident: row.incident,
            to: &row.address,
            name: &row.name,
            date: row.date,
            unsubscribe: unsubscribe.as_deref(),
        };
        let person = Person { name: &row.name, organisation: &row.org, unsubscribe: unsubscribe.as_deref() };
        if let Some(nudge) = &row.nudge {
            let form = Form::new(&Nudge::from_row(nudge).ok_or(NoLetter::NoText)?.message(&row.locale));
            return Ok(form.mail(&cover, &person, from)?);
        }
        let written = incident.notices.get(&row.notice).ok_or(NoLetter::NoText)?;
        let forms = written.forms.get_or_init(|| written.draft.messages.iter().map(Form::new).collect());
        let form = forms.get(in_language(&written.draft, row)).ok_or(NoLetter::NoText)?;
        Ok(form.mail(&cover, &person, from)?)
    }

    /// The link by which a contact stops all mail to this address; only someone who got the mail can know it.
    async fn unsubscribe(&self, row: &Leased, page: Option<&str>) -> Result<Option<String>, Error> {
        let (Some(page), Channel::Mail, Recipient::Contact(_)) = (page, row.channel, &row.recipient) else {
            return Ok(None);
        };
        let seal = self.seal.get_or_try_init(|| Seal::of(self.store, &self.clock)).await?;
        Ok(Some(format!("{}/unsubscribe/{}", page.trim_end_matches('/'), seal.token(row.notice, row.id))))
    }

    /// Reads an incident's journal, again if it did not yet hold this notice.
    async fn incident(&self, row: &Leased) -> Result<Arc<Incident>, Error> {
        let mut read = self.read.lock().await;
        if let Some(incident) = read.get(&row.incident)
            && (row.nudge.is_some() || incident.notices.contains_key(&row.notice))
        {
            return Ok(incident.clone());
        }
        let mut number = IncidentNumber(0);
        let mut notices = HashMap::new();
        for recorded in self.store.events(row.incident, 0).await? {
            match recorded.event {
                Event::IncidentDeclared(declared) => number = declared.number,
                Event::NoticeDrafted(draft) => {
                    notices.insert(draft.id, Written { draft: *draft, forms: OnceLock::new() });
                }
                _ => {}
            }
        }
        let incident = Arc::new(Incident { number, notices });
        read.insert(row.incident, incident.clone());
        Ok(incident)
    }
}

/// A delivery's name for good.
pub fn name(row: &Leased) -> String {
    format!("{}.{}", row.notice.0.simple(), row.id.0)
}

/// Which of a notice's texts a recipient is to read; the first where none is in their language.
fn in_language(draft: &DraftedNotice, row: &Leased) -> usize {
    let best = row.locale.best(draft.messages.iter().map(|message| &message.locale));
    best.and_then(|best| draft.messages.iter().position(|message| message.locale == *best)).unwrap_or_default()
}

fn filled(message: &Message, person: &Person<'_>) -> Message {
    Message {
        locale: message.locale.clone(),
        subject: fill_text(&message.subject, person),
        preheader: fill_text(&message.preheader, person),
        short: fill_text(&message.short, person),
        markdown: fill_markdown(&message.markdown, person),
        text: fill_text(&message.text, person),
        html: fill_html(&message.html, person),
    }
}
