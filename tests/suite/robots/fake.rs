//! A robot of each kind that counts its calls as its makers do, refuses what is too much, and keeps what it was told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use muster::clock::{Clock, Timestamp, after};
use muster::settings::WebhookKind;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A call as it came in.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) at: Timestamp,
    /// The path with its query.
    pub(super) target: String,
    pub(super) body: String,
    pub(super) refused: bool,
}

#[derive(Clone)]
pub(super) struct Fake {
    pub(super) kind: WebhookKind,
    pub(super) port: u16,
    clock: Clock,
    limits: Arc<Mutex<Vec<(usize, Duration)>>>,
    /// Answers to give instead of the usual one, the next one first: a status and a body.
    odd: Arc<Mutex<Vec<(u16, &'static str)>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// What the makers write, to the letter.
fn documented(kind: WebhookKind) -> Vec<(usize, Duration)> {
    match kind {
        WebhookKind::Slack => vec![(1, SECOND)],
        WebhookKind::Teams => vec![(4, SECOND), (60, MINUTE / 2), (100, MINUTE * 60)],
        WebhookKind::Feishu => vec![(5, SECOND), (100, MINUTE)],
        WebhookKind::Dingtalk | WebhookKind::Wecom => vec![(20, MINUTE)],
        WebhookKind::Standard => Vec::new(),
    }
}

impl Fake {
    /// A robot that reads the time from this clock.
    pub(super) async fn start(kind: WebhookKind, clock: &Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let fake = Self {
            kind,
            port: listener.local_addr().expect("an address").port(),
            clock: clock.clone(),
            limits: Arc::new(Mutex::new(documented(kind))),
            odd: Arc::default(),
            calls: Arc::default(),
        };
        let serving = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let fake = serving.clone();
                tokio::spawn(async move { fake.serve(stream).await });
            }
        });
        fake
    }

    /// Takes fewer calls than documented, as if somebody else called it too.
    pub(super) fn limit_to(&self, most: usize, within: Duration) {
        *self.limits.lock().expect("limits") = vec![(most, within)];
    }

    pub(super) fn answer_next(&self, answers: &[(u16, &'static str)]) {
        *self.odd.lock().expect("answers") = answers.to_vec();
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("calls").clone()
    }

    pub(super) fn refused(&self) -> usize {
        self.calls().iter().filter(|call| call.refused).count()
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
            let target = line.split(' ').nth(1)?.to_owned();
            let mut length = 0;
            loop {
                let mut header = String::new();
                stream.read_line(&mut header).await.ok()?;
                let Some((name, value)) = header.trim_end().split_once(": ") else { break };
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.parse().ok()?;
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.ok()?;
            let (status, said) = self.answer(target, String::from_utf8(body).ok()?);
            let answer = format!("HTTP/1.1 {status} so\r\ncontent-length: {}\r\n\r\n{said}", said.len());
            stream.write_all(answer.as_bytes()).await.ok()?;
        }
    }

    fn answer(&self, target: String, body: String) -> (u16, &'static str) {
        let now = self.clock.now();
        let mut calls = self.calls.lock().expect("calls");
        let has_room = |(most, within): &(usize, Duration)| {
            let counted = calls.iter().filter(|call| !call.refused && after(call.at, *within) > now).count();
            counted < *most
        };
        let refused = !self.limits.lock().expect("limits").iter().all(has_room);
        calls.push(Call { at: now, target, body, refused });
        let mut odd = self.odd.lock().expect("answers");
        match (odd.is_empty(), refused) {
            (false, _) => odd.remove(0),
            (true, true) => too_fast(self.kind),
            (true, false) => taken(self.kind),
        }
    }
}

fn taken(kind: WebhookKind) -> (u16, &'static str) {
    match kind {
        WebhookKind::Feishu => (200, r#"{"code":0,"msg":"success"}"#),
        WebhookKind::Dingtalk | WebhookKind::Wecom => (200, r#"{"errcode":0,"errmsg":"ok"}"#),
        WebhookKind::Teams => (202, ""),
        WebhookKind::Slack | WebhookKind::Standard => (200, "ok"),
    }
}

fn too_fast(kind: WebhookKind) -> (u16, &'static str) {
    match kind {
        WebhookKind::Feishu => (400, r#"{"code":11232,"msg":"frequency limited"}"#),
        WebhookKind::Dingtalk => (200, r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#),
        WebhookKind::Wecom => (200, r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#),
        WebhookKind::Teams => (200, "Microsoft Teams endpoint returned HTTP error 429"),
        WebhookKind::Slack | WebhookKind::Standard => (429, "rate_limited"),
    }
}
