//! A probe: asks an address, and holds the answer against what the settings expect.

use super::{Answer, Values, account, http};
use crate::delivery::http::LazyHttp;
use crate::settings::Probe;

pub(super) async fn ask(http: &LazyHttp, probe: &Probe, values: &Values) -> Answer {
    let (answer, secrets) = match http::ask(http, &probe.call, values, probe.timeout).await {
        Ok(answered) => answered,
        Err(answer) => return answer,
    };
    let said = account(&String::from_utf8_lossy(&answer.body), &secrets);
    if answer.status != probe.expect_status {
        let detail = format!("HTTP {} instead of {}: {said}", answer.status, probe.expect_status);
        return Answer::failed(detail.trim_end_matches([' ', ':']));
    }
    let Some(expect) = &probe.expect else {
        return Answer { worked: true, detail: format!("HTTP {}", answer.status) };
    };
    match holds(expect, answer.status, &answer.body) {
        Ok(true) => Answer { worked: true, detail: format!("HTTP {}, `{expect}` holds", answer.status) },
        Ok(false) => Answer::failed(format!("`{expect}` does not hold: {said}")),
        Err(reason) => Answer::failed(format!("`{expect}` cannot be answered: {reason}: {said}")),
    }
}

/// Asks the condition of an answer; a body that is not JSON is a text.
fn holds(expect: &str, status: u16, body: &[u8]) -> Result<bool, String> {
    let body = serde_json::from_slice(body)
        .unwrap_or_else(|_| serde_json::Value::String(String::from_utf8_lossy(body).into_owned()));
    let program = cel::Program::compile(expect).map_err(|_| "it is not a condition".to_owned())?;
    let mut scope = cel::Context::default();
    scope.add_variable_from_value("status", cel::Value::Int(i64::from(status)));
    scope.add_variable_from_value("body", value(&body));
    match program.execute(&scope) {
        Ok(cel::Value::Bool(holds)) => Ok(holds),
        Ok(_) => Err("it is neither true nor false".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn value(json: &serde_json::Value) -> cel::Value {
    match json {
        serde_json::Value::Null => cel::Value::Null,
        serde_json::Value::Bool(yes) => cel::Value::Bool(*yes),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => cel::Value::Int(whole),
            None => cel::Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Array(items) => items.iter().map(value).collect::<Vec<_>>().into(),
        serde_json::Value::Object(fields) => {
            let fields: std::collections::HashMap<String, cel::Value> =
                fields.iter().map(|(name, field)| (name.clone(), value(field))).collect();
            fields.into()
        }
    }
}
