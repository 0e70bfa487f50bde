//! Forms as the console posts them, read into the same JSON object that the interface takes.
//!
//! An empty field is one that was not filled in. A dot nests (`facts.impact`), a field that holds several becomes
//! a list, and flags and counts become what they are; everything else is text.

use serde_json::{Map, Value};

use super::Unreadable;

/// Fields that hold true or false, however a form says it.
const FLAGS: [&str; 7] = ["confirm", "nothing_new", "on", "early", "alone", "important", "urgent"];
const COUNTS: [&str; 2] = ["recipients", "seq"];
const LISTS: [&str; 1] = ["contacts"];
/// Fields that nest; below `roles` stand people, separated by commas.
const NESTED: [&str; 2] = ["facts", "roles"];

/// Reads what a form posted, without the fields that are the page's own (`back` and such).
pub(crate) fn read(fields: &[(String, String)], own: &[&str]) -> Result<Map<String, Value>, Unreadable> {
    let mut object = Map::new();
    let filled = fields.iter().filter(|(name, value)| !own.contains(&name.as_str()) && !value.trim().is_empty());
    for (name, value) in filled {
        let value = value.replace("\r\n", "\n");
        match name.split_once('.') {
            Some((parent, key)) if NESTED.contains(&parent) => {
                let nested = object.entry(parent).or_insert_with(|| Value::Object(Map::new()));
                let value = if parent == "roles" { people(&value) } else { Value::from(value) };
                if let Value::Object(nested) = nested {
                    nested.insert(key.to_owned(), value);
                }
            }
            Some(_) | None => put(&mut object, name, value)?,
        }
    }
    Ok(object)
}

fn put(object: &mut Map<String, Value>, name: &str, value: String) -> Result<(), Unreadable> {
    let value = if FLAGS.contains(&name) {
        match value.as_str() {
            "true" | "on" | "yes" => Value::from(true),
            "false" | "off" | "no" => Value::from(false),
            _ => return Err(Unreadable(format!("`{name}` is true or false"))),
        }
    } else if COUNTS.contains(&name) {
        let count: u64 = value.trim().parse().map_err(|_| Unreadable(format!("`{name}` is a whole number")))?;
        Value::from(count)
    } else if LISTS.contains(&name) && object.get("command").is_some_and(|command| command == "reach") {
        let list = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(Value::from(value));
        }
        return Ok(());
    } else {
        Value::from(value)
    };
    object.insert(name.to_owned(), value);
    Ok(())
}

fn people(value: &str) -> Value {
    value.split([',', '，', '、']).map(str::trim).filter(|person| !person.is_empty()).map(Value::from).collect()
}
