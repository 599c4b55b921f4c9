//! What is typed to change a policy: a file, and `key=value`.

use std::path::Path;
use std::str::FromStr;

use countersign_application::text::text_of_file;
use serde_json::{Map, Value};

use crate::CommandError;

/// A key of a policy and what it shall be, such as `totp.digits=8`. The value is taken as JSON if it is JSON, and as a
/// text otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyValue {
    key: String,
    value: Value,
}

/// Why a text is not a key and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be KEY=VALUE, such as totp.digits=8")]
pub struct KeyValueError;

impl FromStr for KeyValue {
    type Err = KeyValueError;

    fn from_str(text: &str) -> Result<Self, KeyValueError> {
        let (key, value) = text.split_once('=').ok_or(KeyValueError)?;
        let key = key.trim();
        if key.split('.').any(str::is_empty) {
            return Err(KeyValueError);
        }
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        Ok(Self { key: key.to_owned(), value })
    }
}

/// The keys of a file and those that were typed, which are stronger, nested as a policy is. `None` where there are none.
pub(crate) fn policy_patch(file: Option<&Path>, typed: &[KeyValue]) -> Result<Option<Value>, CommandError> {
    if file.is_none() && typed.is_empty() {
        return Ok(None);
    }
    let mut patch = Map::new();
    if let Some(path) = file {
        for (key, value) in read(path)? {
            lay(&mut patch, &key, value);
        }
    }
    for KeyValue { key, value } in typed {
        lay(&mut patch, key, value.clone());
    }
    Ok(Some(Value::Object(patch)))
}

/// Lays a value over what is there: groups are joined, anything else is replaced.
fn lay(patch: &mut Map<String, Value>, key: &str, value: Value) {
    if let Some((group, rest)) = key.split_once('.') {
        let mut inner = Map::new();
        lay(&mut inner, rest, value);
        return lay(patch, group, Value::Object(inner));
    }
    match (patch.get_mut(key), value) {
        (Some(Value::Object(present)), Value::Object(group)) => {
            for (key, value) in group {
                lay(present, &key, value);
            }
        }
        (_, value) => {
            patch.insert(key.to_owned(), value);
        }
    }
}

/// Reads a file of keys: JSON if its name ends so, else TOML.
fn read(path: &Path) -> Result<Map<String, Value>, CommandError> {
    let bytes = std::fs::read(path)
        .map_err(|error| CommandError::refused(format!("{} cannot be read", path.display())).because(error))?;
    let text = text_of_file(&bytes).map_err(|error| CommandError::refused(format!("{} {error}", path.display())))?;
    // The parsers' own messages repeat what is in the file, which may be the wrong one.
    let wrong = |form: &str, line: usize| {
        CommandError::refused(format!("{}, line {line}, is not {form} that holds keys of a policy", path.display()))
    };
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    if is_json {
        serde_json::from_str(text).map_err(|error| wrong("JSON", error.line()))
    } else {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            wrong("TOML", text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1)
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Exit;

    fn patch(typed: &[&str]) -> Value {
        let typed: Vec<KeyValue> = typed.iter().map(|text| text.parse().unwrap()).collect();
        policy_patch(None, &typed).unwrap().unwrap()
    }

    #[test]
    fn values_are_json_if_they_are_and_texts_otherwise() {
        assert_eq!(
            patch(&["totp.digits=8", "totp.algorithm=SHA256", "recovery_codes.viewable=true"]),
            json!({ "totp": { "digits": 8, "algorithm": "SHA256" }, "recovery_codes": { "viewable": true } })
        );
        assert_eq!(
            patch(&["recovery_codes.format=XXXX-XXXX", "a.b=\"8\"", "a.c=", "a.d=x=y", "a.e=null"]),
            json!({ "recovery_codes": { "format": "XXXX-XXXX" }, "a": { "b": "8", "c": "", "d": "x=y", "e": null } })
        );
    }

    #[test]
    fn a_later_key_is_stronger_and_groups_are_joined() {
        assert_eq!(
            patch(&["totp={\"digits\":6,\"skew_steps\":0}", "totp.digits=8", "mistyped=1"]),
            json!({ "totp": { "digits": 8, "skew_steps": 0 }, "mistyped": 1 })
        );
    }

    #[test]
    fn what_is_no_key_and_value_is_refused() {
        for bad in ["", "totp.digits", "=8", "totp.=8", ".digits=8", "a..b=1"] {
            assert_eq!(bad.parse::<KeyValue>(), Err(KeyValueError), "{bad:?}");
        }
    }

    #[test]
    fn a_file_is_toml_or_json_by_its_ending_and_weaker_than_what_is_typed() {
        let directory = tempfile::tempdir().unwrap();
        let expected = json!({ "totp": { "digits": 8, "period_seconds": 60 }, "enforcement": { "grace_days": 7 } });
        for (name, text) in [
            ("policy.toml", "totp.digits = 6\n[enforcement]\ngrace_days = 7\n"),
            ("policy", "[totp]\ndigits = 6\n[enforcement]\ngrace_days = 7\n"),
            ("policy.JSON", r#"{"totp": {"digits": 6}, "enforcement.grace_days": 7}"#),
            // As editors on Windows write them.
            ("marked.toml", "\u{feff}totp.digits = 6\r\n[enforcement]\r\ngrace_days = 7\r\n"),
            ("marked.json", "\u{feff}{\"totp\": {\"digits\": 6},\r\n \"enforcement.grace_days\": 7}\r\n"),
        ] {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            let typed = ["totp.digits=8".parse().unwrap(), "totp.period_seconds=60".parse().unwrap()];
            assert_eq!(policy_patch(Some(&path), &typed).unwrap(), Some(expected.clone()), "{name}");
        }
    }

    #[test]
    fn a_broken_file_is_named_with_the_line_and_nothing_of_it() {
        let directory = tempfile::tempdir().unwrap();
        for (name, form) in [("policy.toml", "TOML"), ("policy.json", "JSON")] {
            let path = directory.path().join(name);
            std::fs::write(&path, "\nhunter2 hunter3\n").unwrap();
            let error = policy_patch(Some(&path), &[]).unwrap_err();
            assert_eq!(error.exit(), Exit::Refused);
            let told = error.chain();
            assert!(told.contains(&format!("{name}, line 2, is not {form}")) && !told.contains("hunter"), "{told}");
        }
        let path = directory.path().join("utf16.toml");
        std::fs::write(&path, b"\xff\xfet\0o\0").unwrap();
        assert!(policy_patch(Some(&path), &[]).unwrap_err().chain().contains("utf16.toml is UTF-16; save it as UTF-8"));
        let error = policy_patch(Some(Path::new("/no/such/file")), &[]).unwrap_err();
        assert!(error.chain().starts_with("/no/such/file cannot be read"));
    }
}
