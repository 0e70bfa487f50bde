//! Placeholders: `{facts.region}` in an argument or a call becomes a value, and stays one value.

use super::Values;
use crate::settings::{Secret, environment};

/// Where a value ends up, which decides what it must not break out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Into {
    /// One argument, header or body: as it is.
    Plain,
    /// A part of an address: percent-encoded.
    Address,
    /// The inside of a JSON string.
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Error {
    #[error("`{{{0}}}` has no value yet; state it with `muster set`")]
    NoValue(String),
    #[error("the environment variable `{0}` is not set")]
    NoVariable(String),
    #[error("`{0}` holds a character that an argument cannot carry")]
    NotCarried(String),
}

/// Fills in a text's placeholders. What is not a dotted name in braces is left alone, and values are
/// never looked into again. Secrets of `{env.NAME}` are handed out, to be kept from what is recorded.
pub(super) fn fill(text: &str, values: &Values, into: Into, secrets: &mut Vec<Secret>) -> Result<String, Error> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(name) = name_at(rest) else {
            filled.push('{');
            rest = &rest[1..];
            continue;
        };
        filled.push_str(&escaped(&value(name, values, secrets)?, into));
        rest = &rest[name.len() + 2..];
    }
    filled.push_str(rest);
    if filled.contains('\0') {
        return Err(Error::NotCarried(text.to_owned()));
    }
    Ok(filled)
}

/// The dotted name between the braces a text begins with.
fn name_at(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    (name.contains('.') && name.split('.').all(is_word)).then_some(name)
}

fn value(name: &str, values: &Values, secrets: &mut Vec<Secret>) -> Result<String, Error> {
    if let Some(variable) = name.strip_prefix("env.") {
        let value = environment::variable(variable).ok_or_else(|| Error::NoVariable(variable.to_owned()))?;
        secrets.push(Secret::new(value.as_str()));
        return Ok(value);
    }
    values.get(name).cloned().ok_or_else(|| Error::NoValue(name.to_owned()))
}

fn escaped(value: &str, into: Into) -> String {
    match into {
        Into::Plain => value.to_owned(),
        Into::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Into::Address => value
            .bytes()
            .map(|byte| match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, into: Into) -> Result<String, Error> {
        let values = Values::from([
            ("facts.region".to_owned(), "cn; rm -rf / \"$(id)\" {facts.region}".to_owned()),
            ("facts.nul".to_owned(), "a\0b".to_owned()),
        ]);
        fill(text, &values, into, &mut Vec::new())
    }

    #[test]
    fn a_value_stays_one_value_wherever_it_goes() {
        let value = "cn; rm -rf / \"$(id)\" {facts.region}";
        assert_eq!(filled("--in={facts.region}", Into::Plain).as_deref(), Ok(format!("--in={value}").as_str()));
        assert_eq!(
            filled(r#"{"region":"{facts.region}"}"#, Into::Json).as_deref(),
            Ok(r#"{"region":"cn; rm -rf / \"$(id)\" {facts.region}"}"#)
        );
        assert_eq!(
            filled("https://a.test/{facts.region}/x", Into::Address).as_deref(),
            Ok("https://a.test/cn%3B%20rm%20-rf%20%2F%20%22%24%28id%29%22%20%7Bfacts.region%7D/x")
        );
    }

    #[test]
    fn what_is_no_placeholder_is_left_alone_and_what_has_no_value_is_said() {
        for text in ["{}", "{a}", "{ facts.region }", "{facts.}", "a{b", "}{"] {
            assert_eq!(filled(text, Into::Plain).as_deref(), Ok(text));
        }
        assert_eq!(filled("{facts.eta}", Into::Plain), Err(Error::NoValue("facts.eta".into())));
        assert_eq!(
            filled("{env.MUSTER_NO_SUCH_VARIABLE}", Into::Plain),
            Err(Error::NoVariable("MUSTER_NO_SUCH_VARIABLE".into()))
        );
        assert!(matches!(filled("{facts.nul}", Into::Plain), Err(Error::NotCarried(_))));
    }
}
