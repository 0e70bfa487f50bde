//! Endpoints that redirect, refuse, stall, talk without end, or stand where nothing may be sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use standardwebhooks::Webhook;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Endpoint, calls, send};
use crate::clock::Timestamp;
use crate::delivery::guard::Guard;
use crate::delivery::http::{Call, Error, Http};
use crate::delivery::samples::letter;
use crate::delivery::standard::body;
use crate::delivery::{Letter, Verdict};
use crate::settings::{Secret, WebhookKind};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn now() -> Timestamp {
    chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

fn endpoint(url: &str) -> Endpoint {
    Endpoint { kind: WebhookKind::Standard, url: Secret::new(url), secret: Some(Secret::new(SECRET)) }
}

fn http() -> Http {
    Http::new(Guard::new(&["127.0.0.1/32".into()])).expect("a caller")
}

/// A receiver on loopback that answers every request with these bytes, and keeps what it was sent.
async fn receiver(answer: &'static [u8], endless: bool) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = requests.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let kept = kept.clone();
            tokio::spawn(async move {
                let mut request = vec![0; 64 * 1024];
                let mut filled = 0;
                while let Ok(read @ 1..) = stream.read(&mut request[filled..]).await {
                    filled += read;
                    let text = String::from_utf8_lossy(&request[..filled]).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head
                        .to_lowercase()
                        .split("content-length: ")
                        .nth(1)
                        .and_then(|rest| rest.split("\r\n").next().and_then(|length| length.parse::<usize>().ok()));
                    if body.len() >= length.unwrap_or_default() {
                        kept.lock().expect("requests").push(text);
                        break;
                    }
                }
                let _ = stream.write_all(answer).await;
                while endless && stream.write_all(&[b'x'; 8192]).await.is_ok() {}
                if answer.is_empty() {
                    tokio::time::sleep(Duration::from_secs(30)).await;
                }
            });
        }
    });
    (format!("http://127.0.0.1:{port}/hook"), requests)
}

async fn answered(answer: &'static [u8]) -> Verdict {
    let (url, _) = receiver(answer, false).await;
    send(&http(), &endpoint(&url), &letter(), now()).await
}

#[test]
fn a_standard_endpoint_is_told_in_full_and_the_same_every_time() {
    assert_eq!(body(&letter()), body(&letter()));
    insta::assert_snapshot!(serde_json::to_string_pretty(&body(&letter())).expect("JSON"), @r###"
{
  "type": "incident.notice",
  "timestamp": "2026-09-21T14:13:20.000Z",
  "data": {
    "incident": "INC-7",
    "notice": "00000000-0000-0000-0000-000000000008",
    "status": "investigating",
    "next_update_at": "2026-09-21T14:43:20.000Z",
    "locale": "zh-Hans",
    "subject": "[调查中] 出金申请不可用",
    "short": "出金申请不可用，我们正在处理",
    "text": "影响：出金申请提交失败\n\n下次更新：03:30\n",
    "markdown": "**影响**：出金申请提交失败",
    "html": "<!doctype html><html lang=\"zh-Hans\"><body><p>影响：出金申请提交失败</p></body></html>"
  }
}
"###);
}

#[tokio::test]
async fn a_receiver_can_verify_it_with_either_secret_while_one_replaces_the_other() {
    let (url, requests) = receiver(b"HTTP/1.1 204 No Content\r\n\r\n", false).await;
    let secret = Some(Secret::new(format!("{SECRET} {OTHER}")));
    let rotating = Endpoint { secret, ..endpoint(&url) };
    let verdict = send(&http(), &rotating, &letter(), now()).await;
    assert_eq!(verdict, Verdict::Sent { detail: "204".into() });
    let request = requests.lock().expect("requests").remove(0);
    let (head, body) = request.split_once("\r\n\r\n").expect("a request");
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.unwrap_or_else(|| panic!("no {name} in {head}")).to_owned()
    };
    assert_eq!(header("webhook-id"), letter().delivery);
    assert_eq!(header("webhook-timestamp"), "1790000000");
    let signatures = header("webhook-signature");
    let expected: Vec<String> = [SECRET, OTHER]
        .map(|secret| Webhook::new(secret).expect("a secret").sign("0190.1", 1_790_000_000, body.as_bytes()))
        .into_iter()
        .map(|signature| signature.expect("a signature"))
        .collect();
    assert_eq!(signatures, expected.join(" "));
}

#[test]
fn a_secret_that_cannot_sign_is_said_and_not_shown() {
    let broken = Endpoint { secret: Some(Secret::new("not base64!")), ..endpoint("https://example.com/") };
    let error = calls(&broken, &letter(), now()).expect_err("an error").to_string();
    assert!(!error.contains("not base64!"), "{error}");
}

#[tokio::test]
async fn each_answer_has_its_consequence() {
    let later = |reason: &str, wait: Option<u64>| Verdict::Later {
        reason: reason.to_owned(),
        retry_after: wait.map(Duration::from_secs),
    };
    for (answer, verdict) in [
        (&b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"[..], Verdict::Sent { detail: "200".into() }),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
            Verdict::failed("302 redirects are not followed"),
        ),
        (
            b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
            Verdict::Disabled { reason: "410: the endpoint wants nothing more".into() },
        ),
        (b"HTTP/1.1 429 Slow down\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n", later("429", Some(120))),
        (b"HTTP/1.1 429 Slow down\r\nRetry-After: 99999999\r\nContent-Length: 0\r\n\r\n", later("429", Some(3_600))),
        (b"HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 4\r\n\r\nbusy", later("503 busy", None)),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Verdict::failed("404")),
    ] {
        assert_eq!(answered(answer).await, verdict);
    }
}

#[tokio::test]
async fn a_huge_answer_is_cut_short_and_a_silent_one_is_left() {
    let (url, _) = receiver(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", true).await;
    let call = |url: &str| Call {
        method: reqwest::Method::GET,
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        timeout: Duration::from_millis(500),
    };
    let answer = http().call(call(&url)).await.expect("an answer");
    assert_eq!((answer.body.len(), answer.cut_short), (64 * 1024, true));
    let (url, _) = receiver(b"", false).await;
    assert!(matches!(http().call(call(&url)).await, Err(Error::Timeout)));
    let compressed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00";
    let (url, _) = receiver(compressed, false).await;
    assert_eq!(http().call(call(&url)).await.expect("an answer").body.len(), 4, "nothing is unpacked");
}

#[tokio::test]
async fn nothing_is_sent_where_nothing_may_be_sent_by_name_either() {
    let (url, requests) = receiver(b"HTTP/1.1 200 OK\r\n\r\n", false).await;
    let guarded = Http::new(Guard::default()).expect("a caller");
    for url in [url.clone(), url.replace("127.0.0.1", "localhost"), url.replace("127.0.0.1", "2130706433")] {
        let verdict = send(&guarded, &endpoint(&url), &letter(), now()).await;
        let Verdict::Failed { reason, suppress: false } = verdict else { panic!("{url}: {verdict:?}") };
        assert!(reason.contains("`[outbound] allow`"), "{url}: {reason}");
    }
    assert!(requests.lock().expect("requests").is_empty());
}

#[tokio::test]
async fn an_address_that_is_a_secret_is_in_no_error() {
    let url = "http://127.0.0.1:1/robot/send?access_token=hunter2";
    let verdict = send(&http(), &endpoint(url), &letter(), now()).await;
    assert!(matches!(&verdict, Verdict::Later { reason, .. } if !reason.contains("hunter2")), "{verdict:?}");
}

#[tokio::test]
async fn a_robot_that_takes_several_messages_stops_at_the_first_refusal() {
    let refusal = b"HTTP/1.1 200 OK\r\nContent-Length: 43\r\n\r\n{\"errcode\":45009,\"errmsg\":\"freq out of lim\"}";
    let (url, requests) = receiver(refusal, false).await;
    let mut long = letter();
    long.message.markdown = "字".repeat(4_000);
    let robot = Endpoint { kind: WebhookKind::Wecom, secret: None, ..endpoint(&url) };
    let verdict = send(&http(), &robot, &Letter { ..long }, now()).await;
    assert!(matches!(verdict, Verdict::Later { .. }), "{verdict:?}");
    assert_eq!(requests.lock().expect("requests").len(), 1);
}
