//! `/api/v1/openapi.json`: the interface described (OpenAPI 3.1), generated from the code it describes.

use std::sync::LazyLock;

use axum::Json;
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

use super::Problem;

/// A retrospective as JSON; what its parts hold is described in the project's documentation.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the retrospective's own types print")]
pub(super) struct Retrospective {
    incident: String,
    edition: String,
    locale: String,
    sections: Vec<Section>,
    figures: Value,
    findings: Vec<Value>,
    follow_ups: Vec<Value>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the retrospective's own types print")]
struct Section {
    id: String,
    title: String,
    text: String,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Muster",
        description = "The interface for other systems: what the command line does, over HTTP.",
    ),
    paths(
        document,
        super::incidents::list,
        super::incidents::start,
        super::incidents::show,
        super::commands::command,
        super::events::events,
        super::retrospective::retrospective,
        super::runbooks::list,
        super::deliveries::list,
        super::contacts::list,
        super::follow_ups::list,
    ),
    components(schemas(Problem)),
    security(("token" = []), ("session" = []))
)]
struct Described;

/// Schemas that are read, not written: what may be left out of them is not said there.
const READ: [&str; 4] = ["Asked", "Declaration", "FactText", "Plan"];

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "about", security(()), responses((status = 200, body = Value)))]
pub(super) async fn document() -> Json<&'static Value> {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(described);
    Json(&DOCUMENT)
}

/// The description: what the code says of itself, and what holds for every route.
pub(super) fn described() -> Value {
    let mut document = serde_json::to_value(Described::openapi()).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({
        "token": {
            "type": "http", "scheme": "bearer", "description": "an API token; it may do no more than its owner may"
        },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "muster",
            "description": "a browser's session; over https the cookie is called `__Host-muster`"
        },
    });
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            refusals(path, method, operation);
        }
    }
    let schemas = &mut document["components"]["schemas"];
    for variant in schemas["Asked"]["oneOf"].as_array_mut().into_iter().flatten() {
        beside_any_command(variant);
    }
    // What an import answers is a change, too.
    if let Some(answer) = schemas.get_mut("Answer").and_then(Value::as_object_mut)
        && let Some(any) = answer.remove("oneOf")
    {
        answer.insert("anyOf".to_owned(), any);
    }
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        if !READ.contains(&name.as_str()) {
            all_there(schema);
        }
    }
    document
}

/// What a request may be answered instead of what it asked for.
fn refusals(path: &str, method: &str, operation: &mut Value) {
    let mut refusals = vec![(405, "the path knows no such method"), (421, "the host is not ours")];
    if path != "/api/v1/openapi.json" {
        refusals.extend([
            (400, "the query, a header or the body can't be read"),
            (401, "nobody is signed in"),
            (403, "whoever is signed in may not, or a browser was led here by another site"),
            (404, "something named is not there"),
            (422, "what was given can't be used; also an idempotency key that was used for something else"),
            (429, "too many tries"),
            (500, "a fault of Muster's own"),
            (503, "the store can't be reached; `Retry-After` says when to try again"),
        ]);
    }
    if method == "post" {
        refusals.extend([
            (409, "a rejection: as the incident stands, this can't be done; `code` says why"),
            (413, "the body is too long"),
            (415, "the body is not JSON"),
        ]);
        let key = json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key with the same request again gives the same answer and changes nothing.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$" },
        });
        match operation.get_mut("parameters").and_then(Value::as_array_mut) {
            Some(parameters) => parameters.push(key),
            None => operation["parameters"] = json!([key]),
        }
    }
    for (status, description) in refusals {
        operation["responses"][status.to_string()] = json!({
            "description": description,
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        });
    }
}

/// Every command may carry these.
fn beside_any_command(variant: &mut Value) {
    let fields = json!({
        "reason": { "type": ["string", "null"], "description": "why, where a reason is asked for" },
        "early": { "type": ["boolean", "null"], "description": "acts on a step before its turn; needs a reason" },
        "locale": { "type": ["string", "null"], "description": "the language of what is written" },
    });
    let holder = match variant.get("allOf").is_some() {
        true => variant.get_mut("allOf").and_then(Value::as_array_mut).and_then(|parts| parts.last_mut()),
        false => {
            variant["additionalProperties"] = Value::from(false);
            Some(variant)
        }
    };
    let properties = holder.and_then(|holder| holder.get_mut("properties")).and_then(Value::as_object_mut);
    let Some(properties) = properties else { return };
    properties.extend(fields.as_object().cloned().unwrap_or_default());
}

/// In what is answered, what is absent is null, and always there.
fn all_there(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                let always = properties.keys().filter(|name| *name != "draft").cloned().map(Value::from).collect();
                object.insert("required".to_owned(), Value::Array(always));
            }
            object.values_mut().for_each(all_there);
        }
        Value::Array(parts) => parts.iter_mut().for_each(all_there),
        _ => {}
    }
}
