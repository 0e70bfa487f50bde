//! A house with a store, a runbook and an incident, whose page is served on loopback.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;

use tempfile::TempDir;

use crate::app::{App, Caller, Drafting, Outlet, Start, Stop, Written, unwatched};
use crate::clock::Clock;
use crate::incident::{IncidentId, PersonId};
use crate::locale::Locale;
use crate::server::listener::Limits;
use crate::server::page::{LIMITS, PageSite, serve_within};
use crate::settings::{Overrides, load};

const RUNBOOK: &str = "\
muster: 1
id: logins
title: Logins fail
locales: [en, zh-Hans]
components: [logins, app]
severities:
  high: { means: Nobody can log in, first_notice: 10h, update_every: 24h, mail_every: 48h }
  low: { means: Some cannot log in, first_notice: 12h, update_every: 30h, mail_every: 60h }
facts:
  impact: Logins fail
  unaffected: Sessions that are open go on
  workaround: none
  safe_to_retry: Please log in again
pre:
  - notice: first
    status: investigating
  - notice: team
    audience: [staff]
    template: update
    status: identified
  - updates: progress
    until: over
mid:
  - notice: over
    status: resolved
post:
  - task: tidy
translations:
  zh-Hans:
    title: 登录失败
    impact: 无法登录
    unaffected: 已登录的会话不受影响
    workaround: 无
    safe_to_retry: 请重新登录
    high.means: 全部客户无法登录
    low.means: 部分客户无法登录
";

pub(super) struct House {
    pub(super) folder: TempDir,
    pub(super) app: Arc<App>,
    caller: Caller,
}

impl House {
    pub(super) fn new() -> Self {
        Self::with(
            "title = \"Example Status\"\nurl = \"https://status.example.com\"\ncontact = \"support@example.com\"\n",
            RUNBOOK,
        )
    }

    /// With these lines about the page, and this runbook.
    pub(super) fn with(page: &str, runbook: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = format!(
            "store = \"sqlite:muster.db\"\nlocale = \"en\"\ntimezone = \"Asia/Shanghai\"\nrunbooks = \"runbooks\"\n\
             [mail]\nrelay = \"file:outbox\"\n[people.dana]\nname = \"Dana Secret\"\nroles = [\"lead\"]\n[page]\n{page}"
        );
        std::fs::create_dir(folder.path().join("runbooks")).expect("a folder");
        std::fs::write(folder.path().join("runbooks/logins.yaml"), runbook).expect("a file");
        std::fs::write(folder.path().join("muster.toml"), settings).expect("a file");
        let config = Some(folder.path().join("muster.toml"));
        let settings = load(folder.path(), &Overrides { config, ..Overrides::default() }).expect("sound settings");
        let clock = Clock::virtual_at("2026-11-22T06:05:00Z".parse().expect("a moment"), 1);
        let person = PersonId("dana".to_owned());
        Self {
            app: Arc::new(App::new(settings, clock, Outlet::World)),
            folder,
            caller: Caller { person, locale: Locale::english(), key: None, early: None },
        }
    }

    pub(super) fn runbook() -> &'static str {
        RUNBOOK
    }

    pub(super) async fn begin(&self, title: &str) -> IncidentId {
        self.start(title, false).await
    }

    pub(super) async fn start(&self, title: &str, drill: bool) -> IncidentId {
        let start = Start {
            runbook: "logins".to_owned(),
            severity: "high".to_owned(),
            title: Some(title.to_owned()),
            facts: [("impact", "Logins fail"), ("unaffected", "Open sessions go on"), ("workaround", "none")]
                .map(|(fact, value)| Written { fact: fact.to_owned(), locale: None, value: value.to_owned() })
                .to_vec(),
            roles: Vec::new(),
            drill,
        };
        self.app.start(&self.caller, start).await.expect("declared").id
    }

    pub(super) async fn set(&self, id: IncidentId, fact: &str, value: &str) {
        let fact = Written { fact: fact.to_owned(), locale: None, value: value.to_owned() };
        self.app.set(&self.caller, id, &[fact], false).await.expect("stated");
    }

    pub(super) async fn draft(&self, id: IncidentId, step: &str, drafting: Drafting) {
        let draft = self.app.draft(&self.caller, id, step, drafting).await.expect("drafted");
        assert!(draft.notice.is_some(), "{:?}", draft.problems);
    }

    pub(super) async fn send(&self, id: IncidentId, step: &str) {
        self.app.send(&self.caller, id, step, None, unwatched(&Stop::default())).await.expect("sent");
    }

    /// Drafts a step's notice and sends it.
    pub(super) async fn tell(&self, id: IncidentId, step: &str) {
        self.draft(id, step, Drafting::default()).await;
        self.send(id, step).await;
    }

    /// One incident told of and over, one told of and open, and what nobody may see.
    pub(super) async fn lived_in(self) -> Self {
        let over = self.begin("Exports are slow").await;
        self.tell(over, "first").await;
        self.set(over, "changed", "We found it: dana_secret_change").await;
        self.tell(over, "team").await;
        for (fact, value) in
            [("ended_at", "2026-11-22T06:05:00Z"), ("data_loss", "none"), ("safe_to_retry", "All of it")]
        {
            self.set(over, fact, value).await;
        }
        let early = Caller { early: Some("done".to_owned()), ..self.caller.clone() };
        self.app.draft(&early, over, "over", Drafting::default()).await.expect("drafted");
        self.app.send(&early, over, "over", None, unwatched(&Stop::default())).await.expect("sent");
        let open = self.begin("Logins fail").await;
        self.tell(open, "first").await;
        self.set(open, "impact", "secret_of_a_draft").await;
        let drill = self.start("Secret drill", true).await;
        self.tell(drill, "first").await;
        self.begin("Secret before any notice").await;
        self
    }

    pub(super) async fn served(&self) -> Served {
        self.served_within(LIMITS).await
    }

    pub(super) async fn served_within(&self, limits: Limits) -> Served {
        let site = Arc::new(PageSite::open(Arc::clone(&self.app)).await.expect("a page"));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = Stop::default();
        let task = tokio::spawn(serve_within(listener, limits, Arc::clone(&site), stop.clone()));
        Served { site, address, stop, task }
    }
}

/// The page on its listener.
pub(super) struct Served {
    pub(super) site: Arc<PageSite>,
    pub(super) address: SocketAddr,
    pub(super) stop: Stop,
    pub(super) task: tokio::task::JoinHandle<()>,
}

/// In place of a status, where the connection was closed without one.
pub(super) const CUT_OFF: u16 = 0;

/// An answer as it came over the wire.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("UTF-8")
    }
}

impl Served {
    pub(super) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "").await
    }

    /// Asks over a connection of its own.
    pub(super) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: status.example.com\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str(&format!("\r\n{body}"));
        self.raw(request.into_bytes()).await
    }

    pub(super) async fn raw(&self, request: Vec<u8>) -> Answer {
        let address = self.address;
        let bytes = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).expect("a connection");
            // It may be refused and closed before all of it is sent.
            let _ = stream.write_all(&request);
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            bytes
        });
        parsed(&bytes.await.expect("an answer"))
    }
}

fn parsed(bytes: &[u8]) -> Answer {
    // Whoever sends on after being refused may lose the refusal with the connection.
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Answer { status: CUT_OFF, headers: Vec::new(), body: Vec::new() };
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": "));
    Answer {
        status: status.expect("a status"),
        headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
        body: bytes[end + 4..].to_vec(),
    }
}

const CONTACTS: &str = "id,org,name,kind,locale,emails\nann,Acme,Ann,customer,en,ann@customer.example\n";

/// Mail, and the links in it.
impl House {
    /// A customer was told by mail.
    pub(super) async fn with_mail(self) -> Self {
        self.app.import_contacts(CONTACTS.as_bytes()).await.expect("imported");
        let id = self.begin("Logins fail").await;
        self.tell(id, "first").await;
        self
    }

    /// Where the link of that mail leads.
    pub(super) fn unsubscribe_path(&self) -> String {
        let mail = std::fs::read_dir(self.folder.path().join("outbox")).expect("a folder").next().expect("a mail");
        let mail = std::fs::read_to_string(mail.expect("a mail").path()).expect("a mail");
        // Headers are folded; a link has no spaces.
        let mail = mail.replace("\r\n ", "").replace("\r\n\t", "");
        let from = mail.find("https://status.example.com/unsubscribe/").expect("a link");
        let link: String = mail[from..].chars().take_while(|c| !matches!(c, '>' | '\r' | '\n')).collect();
        link.replace("https://status.example.com", "")
    }

    pub(super) async fn suppressed(&self) -> Vec<String> {
        self.app.contacts().await.expect("a book").suppressed
    }
}
