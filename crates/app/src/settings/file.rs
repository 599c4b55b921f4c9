use std::ops::Range;
use std::path::Path;

use countersign_application::text::text_of_file;
use toml::de::{DeTable, DeValue};

use super::SettingsError;
use super::layers::{Layers, Origin, Value};
use super::reference::{find, nearest};

/// Lays all settings of a file over `layers`.
pub(super) fn read(path: &Path, layers: &mut Layers) -> Result<(), SettingsError> {
    let unreadable = |source| SettingsError::Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = text_of_file(&bytes).map_err(|error| unreadable(std::io::Error::other(format!("it {error}"))))?;
    parse(path, text, layers)
}

fn parse(path: &Path, text: &str, layers: &mut Layers) -> Result<(), SettingsError> {
    let line_of = |span: Range<usize>| 1 + text.get(..span.start).unwrap_or_default().matches('\n').count();
    let document = DeTable::parse(text).map_err(|error| SettingsError::Syntax {
        path: path.to_owned(),
        line: line_of(error.span().unwrap_or(0..0)),
    })?;
    for (key, value) in document.into_inner() {
        let origin = Origin::File { path: path.to_owned(), line: line_of(key.span()) };
        let Some(setting) = find(key.get_ref()) else {
            return Err(SettingsError::UnknownKey {
                key: key.get_ref().escape_debug().to_string(),
                nearest: nearest(key.get_ref()),
                origin,
            });
        };
        layers.lay(setting.key, value_of(value.get_ref()), origin);
    }
    Ok(())
}

fn value_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Boolean(truth) => Value::Text(truth.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Value::Text(number.as_str().to_owned()),
        DeValue::Array(items) => {
            let texts = items.iter().map(|item| match item.get_ref() {
                DeValue::String(text) => Some(text.clone().into_owned()),
                _ => None,
            });
            texts.collect::<Option<Vec<_>>>().map_or(Value::Other, Value::List)
        }
        _ => Value::Other,
    }
}
