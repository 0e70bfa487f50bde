//! Webhooks: Standard Webhooks 1.0 to endpoints, the robots' own dialects to chat rooms.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use sha2::{Digest, Sha256};
use standardwebhooks::Webhook;

use super::http::{Answer, Call, Error, Http};
use super::retry::retry_after;
use super::{Letter, Verdict, one_line, robots, standard};
use crate::clock::Timestamp;
use crate::settings::{Secret, WebhookKind};

/// How long an endpoint may take to answer.
const TIMEOUT: Duration = Duration::from_secs(20);

/// An endpoint with its address and secrets at hand.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub kind: WebhookKind,
    pub url: Secret,
    /// Signs where the kind signs; several, separated by spaces or commas, while one replaces another.
    pub secret: Option<Secret>,
}

impl Endpoint {
    /// Tells the endpoint from others without giving its address away.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.url.reveal().trim().as_bytes());
        digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Why an endpoint cannot be called as the settings have it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misconfigured {
    #[error("the secret is not one that Standard Webhooks can sign with (`whsec_` and base64)")]
    Secret,
    #[error("the address is not a URL")]
    Address,
}

/// Sends one letter to one endpoint; a long one may take a robot several calls.
pub async fn send(http: &Http, endpoint: &Endpoint, letter: &Letter, now: Timestamp) -> Verdict {
    let parts = parts(endpoint, letter, now);
    let mut last = Verdict::failed("there was nothing to say");
    for part in 0..parts.max(1) {
        last = send_part(http, endpoint, letter, part, now).await;
        if !matches!(last, Verdict::Sent { .. }) {
            return last;
        }
    }
    last
}

/// How many calls a letter takes; none where the endpoint cannot be called at all.
pub fn parts(endpoint: &Endpoint, letter: &Letter, now: Timestamp) -> usize {
    calls(endpoint, letter, now).map_or(0, |calls| calls.len())
}

/// Makes one of the calls that a letter takes, signed at this moment.
pub async fn send_part(http: &Http, endpoint: &Endpoint, letter: &Letter, part: usize, now: Timestamp) -> Verdict {
    let call = match calls(endpoint, letter, now) {
        Ok(calls) => calls.into_iter().nth(part),
        Err(error) => return Verdict::failed(error.to_string()),
    };
    let Some(call) = call else { return Verdict::failed("there was nothing to say") };
    match http.call(call).await {
        Ok(answer) => judge(endpoint.kind, &answer, now),
        Err(error) => unanswered(&error),
    }
}

/// The calls that carry a letter to an endpoint, signed.
pub fn calls(endpoint: &Endpoint, letter: &Letter, now: Timestamp) -> Result<Vec<Call>, Misconfigured> {
    let secret = endpoint.secret.as_ref().map(Secret::reveal);
    if endpoint.kind == WebhookKind::Standard {
        return Ok(vec![standard(endpoint.url.reveal(), secret, letter, now)?]);
    }
    let url = robots::address(endpoint.kind, endpoint.url.reveal(), secret, now).ok_or(Misconfigured::Address)?;
    let payloads = robots::payloads(endpoint.kind, letter, secret, now);
    Ok(payloads.into_iter().map(|payload| post(url.clone(), Vec::new(), &payload)).collect())
}

fn standard(url: &str, secret: Option<&str>, letter: &Letter, now: Timestamp) -> Result<Call, Misconfigured> {
    let body = standard::body(letter);
    let seconds = now.timestamp();
    let mut headers =
        vec![("webhook-id".to_owned(), letter.delivery.clone()), ("webhook-timestamp".to_owned(), seconds.to_string())];
    if let Some(secrets) = secret {
        let signatures = sign(secrets, &letter.delivery, seconds, body.to_string().as_bytes())?;
        headers.push(("webhook-signature".to_owned(), signatures));
    }
    Ok(post(url.to_owned(), headers, &body))
}

/// A signature with each secret, so that a receiver finds the one it knows.
fn sign(secrets: &str, id: &str, seconds: i64, body: &[u8]) -> Result<String, Misconfigured> {
    let mut signatures = Vec::new();
    for secret in secrets.split([' ', ',']).filter(|secret| !secret.is_empty()) {
        let webhook = Webhook::new(secret).map_err(|_| Misconfigured::Secret)?;
        signatures.push(webhook.sign(id, seconds, body).map_err(|_| Misconfigured::Secret)?);
    }
    if signatures.is_empty() { Err(Misconfigured::Secret) } else { Ok(signatures.join(" ")) }
}

fn post(url: String, mut headers: Vec<(String, String)>, body: &Value) -> Call {
    headers.push(("content-type".to_owned(), "application/json; charset=utf-8".to_owned()));
    Call { method: Method::POST, url, headers, body: Some(body.to_string().into_bytes()), timeout: TIMEOUT }
}

/// Judges an endpoint's answer. A redirect is a failure: what answers elsewhere was not configured.
pub fn judge(kind: WebhookKind, answer: &Answer, now: Timestamp) -> Verdict {
    if kind != WebhookKind::Standard {
        return robots::judge(kind, answer, now);
    }
    let said = one_line(&String::from_utf8_lossy(&answer.body));
    let detail = format!("{} {said}", answer.status).trim_end().to_owned();
    let wait = answer.retry_after.as_deref().and_then(|header| retry_after(header, now));
    match answer.status {
        200..=299 => Verdict::Sent { detail: answer.status.to_string() },
        300..=399 => Verdict::failed(format!("{} redirects are not followed", answer.status)),
        410 => Verdict::Disabled { reason: "410: the endpoint wants nothing more".to_owned() },
        408 | 425 | 429 | 500..=599 => Verdict::Later { reason: detail, retry_after: wait },
        _ => Verdict::failed(detail),
    }
}

/// Judges a call that got no answer; it may have arrived, but the same `webhook-id` makes a second harmless.
fn unanswered(error: &Error) -> Verdict {
    if error.is_lasting() { Verdict::failed(error.to_string()) } else { Verdict::later(error.to_string()) }
}

#[cfg(test)]
mod tests;
