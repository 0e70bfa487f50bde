//! The binary serving an installation, people with tokens, and a client of a few lines.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use muster::app::people::{Acceptance, By, Invite, NewToken, Place};
use muster::app::{Access, App, Outlet, SignedIn};
use muster::clock::Clock;
use muster::settings::{self, Overrides};
use serde_json::Value;

use crate::cli::environment::TestEnvironment;

const PASSWORD: &str = "a long walk home at night";

/// A server that is stopped with the test.
pub(super) struct Site {
    pub(super) environment: TestEnvironment,
    address: String,
    server: Child,
    /// Tokens of dana, who may do everything, and of lin, who may act but not approve; the last only looks on.
    pub(super) dana: String,
    pub(super) lin: String,
    pub(super) onlooker: String,
}

/// An answer, its body read as JSON where it is that.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
    pub(super) json: Value,
}

impl Site {
    pub(super) fn serving() -> Self {
        let environment = TestEnvironment::new();
        environment.done("contacts import contacts.csv");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (dana, lin, onlooker) = runtime.block_on(accounts(&environment));
        let mut server =
            environment.command("--json serve --listen 127.0.0.1:0").stdout(Stdio::piped()).spawn().expect("served");
        let address = listening(&mut server);
        Self { environment, address, server, dana, lin, onlooker }
    }

    /// Asks something in the name of whoever holds the token; more headers are given line by line.
    pub(super) fn ask(&self, method: &str, path: &str, token: &str, more: &[&str], body: &str) -> Answer {
        let mut stream = self.connected();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        if !token.is_empty() {
            head += &format!("Authorization: Bearer {token}\r\n");
        }
        for line in more {
            head += &format!("{line}\r\n");
        }
        if !body.is_empty() {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).expect("asked");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("answered");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        Answer {
            status: head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status"),
            json: serde_json::from_str(body).unwrap_or_default(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &self.dana, &[], "")
    }

    /// Posts JSON in somebody's name.
    pub(super) fn post(&self, path: &str, token: &str, more: &[&str], body: &Value) -> Answer {
        let mut headers = vec!["Content-Type: application/json"];
        headers.extend(more);
        self.ask("POST", path, token, &headers, &body.to_string())
    }

    /// A command that must be carried out.
    pub(super) fn done(&self, incident: &str, body: &Value) -> Value {
        let answer = self.post(&format!("/api/v1/incidents/{incident}/commands"), &self.dana, &[], body);
        assert_eq!(answer.status, 200, "{body} {}", answer.body);
        answer.json
    }

    pub(super) fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn connected(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("connected");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a patience");
        stream
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Where the server says that it listens.
fn listening(server: &mut Child) -> String {
    let mut told = String::new();
    for line in BufReader::new(server.stdout.take().expect("a pipe")).lines() {
        told += &line.expect("a line");
        if let Ok(Value::Object(serving)) = serde_json::from_str(&told) {
            let console = serving["console"].as_str().expect("an address");
            return console.trim_start_matches("http://").to_owned();
        }
    }
    unreachable!("it ended: {told}")
}

async fn accounts(environment: &TestEnvironment) -> (String, String, String) {
    let overrides = Overrides { config: Some(environment.path().join("muster.toml")), ..Overrides::default() };
    let settings = settings::load(environment.path(), &overrides).expect("settings");
    let app = App::new(settings, Clock::System, Outlet::World);
    let first = app.first_link().await.expect("asked").expect("a link");
    let dana = joined(&app, first.token.reveal(), Some("dana")).await;
    let asked = Invite { person: "lin".to_owned(), access: Some(Access::Respond), ..Invite::default() };
    let link = app.invite(By::Person(&dana), &asked).await.expect("invited");
    let lin = joined(&app, link.token.reveal(), None).await;
    let tokens = (
        token(&app, &dana, Access::Administer).await,
        token(&app, &lin, Access::Respond).await,
        token(&app, &dana, Access::Watch).await,
    );
    app.close().await;
    tokens
}

async fn joined(app: &App, link: &str, person: Option<&str>) -> SignedIn {
    let acceptance =
        Acceptance { person: person.map(str::to_owned), password: PASSWORD.to_owned(), ..Acceptance::default() };
    let place = Place { browser: "a test".to_owned(), address: "127.0.0.1".to_owned() };
    let session = app.accept(link, &acceptance, &place).await.expect("joined");
    app.who(session.reveal()).await.expect("asked").expect("signed in")
}

async fn token(app: &App, person: &SignedIn, access: Access) -> String {
    let asked = NewToken { name: "a test".to_owned(), access, lasts: None };
    app.make_token(person, &asked).await.expect("a token").reveal().to_owned()
}
