//! An installation whose robots are near: a store, a clock, notices to be told, and couriers.

use std::path::Path;
use std::time::Duration;

use muster::clock::{Clock, Timestamp, after};
use muster::delivery::courier::{Courier, Passed, Stop, Tally};
use muster::incident::event::{Declared, DraftedNotice, Event, LeftOut, Message, Recipients, Recorded};
use muster::incident::{Actor, IncidentId, IncidentNumber, NoticeId};
use muster::locale::{Locale, Text};
use muster::runbook::{Phase, RunbookId, SeverityId, Status, StepId};
use muster::settings::{self, Settings, StoreUrl};
use muster::store::Store;
use muster::store::journal::{Commit, Head, HeadState, RowChange};
use muster::store::ledger::{Channel, Delivery, Fate, NewDelivery, NewNotice, News, Recipient};
use uuid::Uuid;

use super::fake::Fake;
use crate::postgres::{self, Database};

pub(super) const SECRET: &str = "SEC-of-the-robot";

pub(super) struct Room {
    pub(super) clock: Clock,
    pub(super) store: Store,
    url: StoreUrl,
    pub(super) notices: Vec<NoticeId>,
    folder: tempfile::TempDir,
    _database: Option<Database>,
}

pub(super) fn start() -> Timestamp {
    chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

impl Room {
    pub(super) async fn new() -> Self {
        // Nothing here is about disks: where memory serves as one, many small commits take no time.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.expect("a folder");
        let url = StoreUrl::Sqlite(folder.path().join("muster.db"));
        Self::with(url, folder, None).await
    }

    /// A room whose couriers share a PostgreSQL database.
    pub(super) async fn on_postgres() -> Self {
        let database = postgres::shared().database();
        let url = database.store_url();
        Self::with(url, tempfile::tempdir().expect("a folder"), Some(database)).await
    }

    async fn with(url: StoreUrl, folder: tempfile::TempDir, database: Option<Database>) -> Self {
        let store = Store::open(&url).await.expect("a store");
        let clock = Clock::virtual_at(start(), 1);
        Self { clock, store, url, notices: Vec::new(), folder, _database: database }
    }

    /// Settings in which each of these robots has the name of its kind.
    pub(super) fn settings(&self, robots: &[&Fake]) -> Settings {
        let secret = self.folder.path().join("secret");
        std::fs::write(&secret, SECRET).expect("a file");
        let mut text = "[mail]\nrelay = \"file:outbox\"\nfrom = \"status@example.com\"\n\
                        [page]\nurl = \"https://status.example.com\"\n[outbound]\nallow = [\"127.0.0.1\"]\n"
            .to_owned();
        for robot in robots {
            let kind = format!("{:?}", robot.kind).to_lowercase();
            text.push_str(&format!(
                "[webhooks.{kind}]\nkind = \"{kind}\"\nurl = \"http://127.0.0.1:{}/robot\"\nsecret_file = {secret:?}\n",
                robot.port
            ));
        }
        settings::read::parse(&text, Path::new(self.folder.path())).expect("settings")
    }

    /// Another worker on the same store.
    pub(super) async fn courier(&self, settings: &Settings) -> Courier {
        let store = Store::open(&self.url).await.expect("the same store");
        Courier::new(store, self.clock.clone(), settings, None).expect("a courier")
    }

    /// Queues one notice of an incident of its own to these robots, and to a contact by mail if so wished.
    pub(super) async fn say(&mut self, robots: &[&Fake], text: &str, mailed: bool) -> NoticeId {
        let number = self.notices.len() as u64 + 1;
        let (incident, notice) =
            (IncidentId(Uuid::from_u128(number.into())), NoticeId(Uuid::from_u128(u128::from(number) << 64)));
        let step = StepId::new("tell");
        let mut rows: Vec<_> = robots.iter().map(|robot| to_robot(robot)).collect();
        if mailed {
            rows.push(to_contact());
        }
        let new = NewNotice { id: notice, incident, step: step.clone() };
        self.store.prepare(&new, &rows).await.expect("prepared");
        let at = self.clock.now();
        let recorded = |seq, event| Recorded { seq, at, actor: Actor::Muster, role: None, event };
        let events = [recorded(1, declared(incident, number, at)), recorded(2, drafted(notice, number, text))];
        let rows = vec![RowChange::QueueNotice { notice, step, tells_status: true }];
        let head = head(incident, number, at);
        let commit = Commit { at, expected_seq: 0, events: &events, head, next_due: None, answer: None, rows };
        self.store.commit(commit).await.expect("committed");
        self.notices.push(notice);
        notice
    }

    /// Commits one more event of the n-th notice's incident, and what it does to its rows.
    pub(super) async fn change(&self, number: u64, change: RowChange) {
        let (id, at) = (IncidentId(Uuid::from_u128(number.into())), self.clock.now());
        let event = Event::NoteAdded { text: "changed".to_owned(), occurred_at: None };
        let events = [Recorded { seq: 3, at, actor: Actor::Muster, role: None, event }];
        let (head, rows) = (head(id, number, at), vec![change]);
        let commit = Commit { at, expected_seq: 2, events: &events, head, next_due: None, answer: None, rows };
        self.store.commit(commit).await.expect("committed");
    }

    pub(super) async fn rows(&self, notice: NoticeId) -> Vec<Delivery> {
        self.store.deliveries(notice, None, 100).await.expect("rows")
    }

    /// Takes what has ended off the workers' list, as an installation does after each pass.
    pub(super) async fn tell_journal(&mut self) {
        for untold in self.store.untold().await.expect("asked") {
            if let News::Settled { .. } = untold.news {
                let number = self.notices.iter().position(|notice| *notice == untold.notice).expect("its number");
                let told = RowChange::ToldSettled { notice: untold.notice };
                self.change(number as u64 + 1, told).await;
            }
        }
    }

    /// Every row of every notice, in the order they were queued.
    pub(super) async fn all_rows(&self) -> Vec<Delivery> {
        let mut rows = Vec::new();
        for notice in &self.notices {
            rows.extend(self.rows(*notice).await);
        }
        rows
    }

    /// Passes of all couriers at once, until nothing is pending; how often the clock was moved on.
    pub(super) async fn drain(&self, couriers: &[Courier]) -> usize {
        for moves in 0..1_000 {
            for passed in futures_util::future::join_all(couriers.iter().map(pass)).await {
                assert_eq!(passed.stalled, []);
            }
            match self.store.next_delivery().await.expect("asked") {
                Some(due) => self.clock.advance_to(due),
                None => return moves,
            }
        }
        assert_eq!(self.store.next_delivery().await.expect("asked"), None, "never done");
        1_000
    }

    pub(super) fn rest(&self, span: Duration) {
        self.clock.advance_to(after(self.clock.now(), span));
    }
}

pub(super) async fn pass(courier: &Courier) -> Passed {
    courier.pass(&|_| {}, &Stop::default()).await.expect("a pass")
}

pub(super) async fn tally(courier: &Courier) -> Tally {
    pass(courier).await.tally
}

/// What the n-th notice says in short.
pub(super) fn short(number: u64) -> String {
    format!("第 {number} 条：出金申请不可用")
}

fn to_robot(robot: &Fake) -> NewDelivery {
    let name = format!("{:?}", robot.kind).to_lowercase();
    NewDelivery {
        recipient: Recipient::Endpoint(name),
        channel: Channel::Webhook,
        address: String::new(),
        ..to_contact()
    }
}

fn to_contact() -> NewDelivery {
    NewDelivery {
        recipient: Recipient::Contact(muster::contact::ContactId::new("ann")),
        channel: Channel::Mail,
        address: "ann@acme.example".to_owned(),
        locale: Locale::chinese(),
        name: String::new(),
        org: String::new(),
        fate: Fate::Reachable,
    }
}

fn declared(id: IncidentId, number: u64, at: Timestamp) -> Event {
    Event::IncidentDeclared(Box::new(Declared {
        id,
        number: IncidentNumber(number),
        title: Text::new(Locale::english(), "Withdrawals"),
        runbook: RunbookId::new("general"),
        runbook_hash: String::new(),
        runbook_source: "".into(),
        severity: SeverityId::new("sev1"),
        started_by: Actor::Muster,
        roles: Default::default(),
        locale: Locale::english(),
        timezone: chrono_tz::UTC,
        drill: false,
        first_notice_due: at,
    }))
}

fn drafted(id: NoticeId, number: u64, text: &str) -> Event {
    Event::NoticeDrafted(Box::new(DraftedNotice {
        id,
        step: StepId::new("tell"),
        status: Some(Status::Investigating),
        template: "investigating".into(),
        audience: Vec::new(),
        via: Vec::new(),
        hash: String::new(),
        next_update_at: None,
        next_mail_at: None,
        messages: vec![Message {
            locale: Locale::chinese(),
            subject: format!("[调查中] 出金申请 {number}"),
            preheader: String::new(),
            short: short(number),
            markdown: text.to_owned(),
            text: text.to_owned(),
            html: format!("<p>{number}</p>"),
        }],
        recipients: Recipients::default(),
        left_out: LeftOut::default(),
        warnings: Vec::new(),
        spends: Vec::new(),
        to_customers: true,
    }))
}

fn head(id: IncidentId, number: u64, at: Timestamp) -> Head {
    Head {
        id,
        number: IncidentNumber(number),
        title: Text::new(Locale::english(), "Withdrawals"),
        runbook: RunbookId::new("general"),
        runbook_hash: String::new(),
        severity: SeverityId::new("sev1"),
        rank: 1,
        cause: None,
        state: HeadState::Open,
        status: None,
        phase: Phase::Pre,
        locale: Locale::english(),
        drill: false,
        declared_at: at,
        resolved_at: None,
        closed_at: None,
    }
}
