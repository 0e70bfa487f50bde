//! A call over HTTP on behalf of an action or a probe.

use std::time::Duration;

use reqwest::Method;

use super::placeholder::{self, Into, fill};
use super::{Answer, Values, account};
use crate::delivery::http::{self, Call, LazyHttp};
use crate::settings::{HttpCall, Secret};

pub(super) async fn run(http: &LazyHttp, call: &HttpCall, values: &Values, timeout: Duration) -> Answer {
    match ask(http, call, values, timeout).await {
        Ok((answer, secrets)) => {
            let said = account(&String::from_utf8_lossy(&answer.body), &secrets);
            let worked = (200..300).contains(&answer.status);
            Answer { worked, detail: format!("HTTP {} {said}", answer.status).trim_end().to_owned() }
        }
        Err(answer) => answer,
    }
}

/// Makes the call; gives back the secrets it was made with, to be kept from what is recorded.
pub(super) async fn ask(
    http: &LazyHttp,
    call: &HttpCall,
    values: &Values,
    timeout: Duration,
) -> Result<(http::Answer, Vec<Secret>), Answer> {
    let mut secrets = Vec::new();
    let call = filled(call, values, timeout, &mut secrets).map_err(|error| Answer::failed(error.to_string()))?;
    let http = http.get().map_err(|error| Answer::failed(error.to_string()))?;
    let answer = http.call(call).await.map_err(|error| Answer::failed(account(&error.to_string(), &secrets)))?;
    Ok((answer, secrets))
}

fn filled(
    call: &HttpCall,
    values: &Values,
    timeout: Duration,
    secrets: &mut Vec<Secret>,
) -> Result<Call, placeholder::Error> {
    let is_json = call.body.as_deref().is_some_and(|body| body.trim_start().starts_with(['{', '[']));
    let into = if is_json { Into::Json } else { Into::Plain };
    let mut headers = Vec::new();
    for (name, value) in &call.headers {
        headers.push((name.clone(), fill(value, values, Into::Plain, secrets)?));
    }
    let names_type = call.headers.keys().any(|name| name.eq_ignore_ascii_case("content-type"));
    if is_json && !names_type {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    Ok(Call {
        method: Method::from_bytes(call.method.as_bytes()).unwrap_or(Method::POST),
        url: fill(&call.url, values, Into::Address, secrets)?,
        headers,
        body: call.body.as_deref().map(|body| fill(body, values, into, secrets)).transpose()?.map(String::into_bytes),
        timeout,
    })
}
