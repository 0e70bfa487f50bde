//! The JSON Schema (draft 07) of the format, for editors.

use serde_json::{Map, Value, json};

use super::keys::{self, Key, Kind, Shape};

const ID: &str = "^[a-z][a-z0-9_]*$";

/// The schema, as `docs/runbook.schema.json` keeps it.
pub fn schema() -> Value {
    let mut schema = object("A Muster runbook, version 1", &[keys::TOP]);
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("definitions".to_owned(), definitions());
    schema.sort_keys_first(&["$schema", "title", "type"]);
    Value::Object(schema)
}

/// Puts some keys before the others, for whoever reads the file.
trait SortKeysFirst {
    fn sort_keys_first(&mut self, first: &[&str]);
}

impl SortKeysFirst for Map<String, Value> {
    fn sort_keys_first(&mut self, first: &[&str]) {
        let mut rest = std::mem::take(self);
        for key in first {
            self.extend(rest.shift_remove(*key).map(|value| ((*key).to_owned(), value)));
        }
        self.extend(rest);
    }
}

/// An object with these keys and no others.
fn object(title: &str, tables: &[&[Key]]) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in tables.iter().flat_map(|keys| keys.iter()) {
        properties.insert(key.name.to_owned(), property(key));
        if key.required {
            required.push(key.name);
        }
    }
    let mut object = Map::new();
    object.insert("title".to_owned(), json!(title));
    object.insert("type".to_owned(), json!("object"));
    object.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    object.insert("additionalProperties".to_owned(), json!(false));
    object
}

fn property(key: &Key) -> Value {
    let mut value = shape(key.shape);
    if let Value::Object(map) = &mut value {
        // Draft 07 ignores what stands beside a reference.
        if let Some(reference) = map.shift_remove("$ref") {
            map.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
        }
        map.insert("description".to_owned(), json!(key.about));
    }
    value
}

fn reference(definition: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{definition}") })
}

/// A map from id to what a definition says.
fn by_id(definition: &str, least: u32) -> Value {
    json!({
        "type": "object",
        "propertyNames": { "pattern": ID },
        "minProperties": least,
        "additionalProperties": reference(definition),
    })
}

fn one_or_more(item: &Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item, "minItems": 1, "uniqueItems": true }] })
}

fn shape(shape: Shape) -> Value {
    match shape {
        Shape::Version => json!({ "const": 1 }),
        Shape::RunbookId => json!({ "type": "string", "pattern": "^[a-z][a-z0-9-]*$" }),
        Shape::Id | Shape::Reference => reference("id"),
        Shape::Name => json!({ "type": "string", "minLength": 1 }),
        Shape::Text => reference("text"),
        Shape::Texts => json!({ "type": "array", "items": reference("text"), "minItems": 1 }),
        Shape::References => {
            json!({ "anyOf": [reference("id"), { "type": "array", "items": reference("id"), "minItems": 1, "uniqueItems": true }] })
        }
        Shape::OneOrMore => one_or_more(&reference("id")),
        Shape::SomeOf(words) => one_or_more(&json!({ "enum": words })),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::Locales => {
            let tag = json!({ "type": "string", "pattern": "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$" });
            json!({ "type": "array", "items": tag, "minItems": 1, "uniqueItems": true, "default": ["en"] })
        }
        Shape::Duration => reference("duration"),
        Shape::Rate => json!({ "type": "string", "pattern": "^[0-9]+ */ *[dhms]$" }),
        Shape::Condition => json!({ "type": "string", "minLength": 1, "maxLength": 1000 }),
        Shape::Count(least) => json!({ "type": "integer", "minimum": least, "maximum": 1000 }),
        Shape::Signal => json!({ "anyOf": [{ "const": true }, reference("text")] }),
        Shape::Prepared => json!({ "type": ["string", "number"] }),
        Shape::Labels => by_id("text", 1),
        Shape::Arguments => by_id("text", 0),
        Shape::Approve => reference("approve"),
        Shape::Steps => reference("steps"),
        Shape::Severities => by_id("severity", 1),
        Shape::Roles => by_id("role", 0),
        Shape::Facts => by_id("fact", 0),
        Shape::Audiences => by_id("audience", 0),
        Shape::Fallbacks => by_id("fallback", 0),
        Shape::Ready => by_id("ready", 0),
        Shape::Translations => {
            let translated = json!({ "anyOf": [reference("text"), { "type": "array", "items": reference("text") }] });
            let by_text = json!({ "type": "object", "additionalProperties": translated });
            json!({ "type": "object", "additionalProperties": by_text })
        }
        Shape::Branches => by_id("steps", 1),
    }
}

fn definitions() -> Value {
    let mut all = Map::new();
    let mut define = |name: &str, value: Value| all.insert(name.to_owned(), value);
    define("id", json!({ "type": "string", "pattern": ID }));
    define("text", json!({ "type": "string", "minLength": 1 }));
    define(
        "duration",
        json!({ "type": "string", "pattern": "^([0-9]+d)? *([0-9]+h)? *([0-9]+m)? *([0-9]+s)?$", "minLength": 2 }),
    );
    let gate = Value::Object(object("An approval", &[keys::APPROVE]));
    define("approve", json!({ "anyOf": [reference("id"), gate] }));
    define("severity", Value::Object(object("A severity", &[keys::SEVERITY])));
    define("role", json!({ "anyOf": [reference("text"), object("A role", &[keys::ROLE])] }));
    let written = json!({ "type": ["string", "number"] });
    define("fact", json!({ "anyOf": [written, object("A fact", &[keys::FACT])] }));
    let mut audience = object("An audience", &[keys::AUDIENCE]);
    audience.insert("minProperties".to_owned(), json!(1));
    audience.insert("maxProperties".to_owned(), json!(1));
    define("audience", Value::Object(audience));
    define("fallback", Value::Object(object("A fallback", &[keys::FALLBACK])));
    define("ready", Value::Object(object("A readiness check", &[keys::READY])));
    define("steps", json!({ "type": "array", "items": reference("step"), "minItems": 1 }));
    let kinds = keys::KINDS.iter().map(|kind| reference(&format!("step_{}", kind.name)));
    define("step", json!({ "oneOf": kinds.chain([reference("step_together")]).collect::<Vec<_>>() }));
    for kind in keys::KINDS {
        define(&format!("step_{}", kind.name), step(kind, Shape::Id, keys::COMMON));
    }
    define("step_together", step(&keys::TOGETHER, Shape::Branches, &[]));
    Value::Object(all)
}

fn step(kind: &Kind, named: Shape, common: &[Key]) -> Value {
    let name = Key { name: kind.name, shape: named, required: true, about: kind.about };
    let mut step = object(kind.name, &[&[name], kind.keys, common]);
    match kind.name {
        "accept" => step.insert("anyOf".to_owned(), json!([{ "required": ["confirm"] }, { "required": ["probe"] }])),
        "wait" => step.insert("oneOf".to_owned(), json!([{ "required": ["for"] }, { "required": ["signal"] }])),
        "notice" => step.insert("anyOf".to_owned(), json!([{ "required": ["status"] }, { "required": ["template"] }])),
        _ => None,
    };
    Value::Object(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::skeleton::skeleton;

    /// A runbook as a JSON Schema validator sees it.
    fn json(text: &str) -> Value {
        serde_yaml::from_str(text).expect("YAML")
    }

    #[test]
    fn the_kept_schema_is_the_one_made_from_the_tables() {
        let kept: Value = serde_json::from_str(include_str!("../../docs/runbook.schema.json")).expect("JSON");
        assert_eq!(kept, schema(), "write it anew: muster schema > docs/runbook.schema.json");
    }

    #[test]
    fn what_the_checker_accepts_the_schema_accepts() {
        let validator = jsonschema::validator_for(&schema()).expect("a schema");
        let example = include_str!("check/tests/example.yaml");
        let english = skeleton("a-case", &crate::locale::Locale::english());
        let chinese = skeleton("a-case", &crate::locale::Locale::chinese());
        for text in [example, &english, &chinese] {
            let errors: Vec<_> =
                validator.iter_errors(&json(text)).map(|e| format!("{} at {}", e, e.instance_path())).collect();
            assert_eq!(errors, [""; 0]);
        }
    }

    #[test]
    fn what_the_checker_refuses_by_its_shape_the_schema_refuses() {
        let validator = jsonschema::validator_for(&schema()).expect("a schema");
        let text = |step: &str| {
            format!("muster: 1\nid: a\ntitle: A\npre: [{{ {step} }}]\nmid: [{{ task: b }}]\npost: [{{ task: c }}]")
        };
        assert!(validator.is_valid(&json(&text("task: a, within: 1h 30m, evidence: required"))));
        for step in [
            "tsak: a",
            "task: a, witihn: 5m",
            "task: Take Lead",
            "task: a, title: 1.10",
            "task: a, within: soon",
            "task: a, answers: { a: A }",
            "gather: a",
            "notice: a",
            "notice: a, status: broken",
            "wait: a",
            "wait: a, for: 5m, signal: true",
            "accept: a",
            "action: a, run: b, retries: -1",
            "approval: a, by: lead, quorum: 0",
            "together: { a: [] }",
            "together: { a: [{ task: a }] }, when: rank == 1",
        ] {
            assert!(!validator.is_valid(&json(&text(step))), "{step}");
        }
    }
}
