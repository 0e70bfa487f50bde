//! That a form and the interface say the same, and what cannot be read is named.

use serde_json::{Value, json};

use super::{Asked, Request, form};

fn posted(fields: &[(&str, &str)]) -> Result<Value, String> {
    let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    form::read(&fields, &["back"]).map(Value::Object).map_err(|error| error.to_string())
}

#[test]
fn a_form_becomes_what_the_interface_takes() {
    for (fields, object) in [
        (
            vec![("command", "done"), ("step", "fix"), ("note", ""), ("back", "/incidents/INC-1")],
            json!({ "command": "done", "step": "fix" }),
        ),
        (
            vec![
                ("command", "set"),
                ("facts.impact", "Down\r\nfor all"),
                ("facts.impact.zh-Hans", "全部"),
                ("confirm", "on"),
            ],
            json!({ "command": "set", "facts": { "impact": "Down\nfor all", "impact.zh-Hans": "全部" }, "confirm": true }),
        ),
        (
            vec![("command", "role"), ("roles.lead", "dana，lin"), ("roles.ops", "")],
            json!({ "command": "role", "roles": { "lead": ["dana", "lin"] } }),
        ),
        (
            vec![("command", "reach"), ("step", "call"), ("contacts", "a"), ("contacts", "b"), ("by", "phone")],
            json!({ "command": "reach", "step": "call", "contacts": ["a", "b"], "by": "phone" }),
        ),
        (
            vec![("command", "notice_send"), ("step", "first"), ("recipients", "120")],
            json!({ "command": "notice_send", "step": "first", "recipients": 120 }),
        ),
    ] {
        assert_eq!(posted(&fields), Ok(object.clone()), "{fields:?}");
        let Value::Object(object) = object else { continue };
        Request::read(object).expect("a command");
    }
}

#[test]
fn what_any_command_may_carry_stands_beside_it() {
    let body = json!({ "command": "skip", "step": "fix", "reason": "not ours", "early": true, "locale": "zh-Hans" });
    let Value::Object(body) = body else { return };
    let request = Request::read(body).expect("a command");
    assert!(matches!(&request.asked, Asked::Skip { step } if step == "fix"));
    assert_eq!((request.reason.as_deref(), request.early), (Some("not ours"), true));
    assert_eq!(request.locale.map(|locale| locale.to_string()).as_deref(), Some("zh-Hans"));
}

#[test]
fn what_cannot_be_read_is_named() {
    let told = |body: Value| match body {
        Value::Object(body) => Request::read(body).expect_err("unreadable").to_string(),
        _ => String::new(),
    };
    assert!(told(json!({ "command": "dance" })).contains("`dance`"));
    assert!(told(json!({ "command": "skip" })).contains("`step`"));
    assert!(told(json!({ "command": "skip", "step": "a", "stepp": "b" })).contains("`stepp`"));
    assert!(told(json!({ "command": "skip", "step": "a", "early": "yes" })).contains("`early`"));
    assert_eq!(posted(&[("recipients", "many")]), Err("`recipients` is a whole number".to_owned()));
}
