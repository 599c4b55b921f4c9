//! The text of a key ring: TOML, with a version.
//!
//! ```toml
//! version = 1
//!
//! [[key]]
//! id = "630dcd2966c43366"                  # of the material: shows damage
//! state = "primary"                        # or "decrypt-only", "retired"
//! created_at = "2026-01-31T12:00:00Z"
//! material = "<32 bytes in base64>"
//! ```

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign_application::Timestamp;
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use super::error::Position;
use super::master_key::identify;
use super::{KeyRingFault, KeyState, MasterKey};

const VERSION: i64 = 1;

const HEADER: &str = "\
# The master keys of Countersign.
#
# Without this file nothing in the database can be opened: no authenticator, no recovery code. With it and the database
# everything can. Keep a backup, apart from the backups of the database. Do not edit it by hand.
";

/// The version alone, so that a file of a later version is recognized whatever else it holds.
#[derive(Deserialize)]
struct Versioned {
    version: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "version")]
    _version: i64,
    #[serde(default)]
    key: Vec<KeyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    id: String,
    state: KeyState,
    created_at: String,
    material: Base64Text,
}

/// Zeroized when dropped. The parser's own copies are beyond reach.
struct Base64Text(Zeroizing<String>);

impl<'de> Deserialize<'de> for Base64Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// The primary key and the others.
pub(super) fn read(text: &str) -> Result<(MasterKey, Vec<MasterKey>), KeyRingFault> {
    let versioned: Versioned = toml::from_str(text).map_err(|error| syntax_fault(text, &error))?;
    if versioned.version != VERSION {
        return Err(KeyRingFault::UnknownVersion(versioned.version));
    }
    let document: Document = toml::from_str(text).map_err(|error| syntax_fault(text, &error))?;

    let mut primary = None;
    let mut others: Vec<MasterKey> = Vec::new();
    for (index, entry) in document.key.iter().enumerate() {
        let key = entry.to_key(Position(index + 1))?;
        if primary.iter().chain(&others).any(|known: &MasterKey| known.id() == key.id()) {
            return Err(KeyRingFault::Duplicate(Position(index + 1)));
        }
        if key.state() == KeyState::Primary {
            if primary.replace(key).is_some() {
                return Err(KeyRingFault::SeveralPrimaries);
            }
        } else {
            others.push(key);
        }
    }
    Ok((primary.ok_or(KeyRingFault::NoPrimary)?, others))
}

impl KeyEntry {
    fn to_key(&self, position: Position) -> Result<MasterKey, KeyRingFault> {
        // One byte more than a key has, and what the decoder rounds up to.
        let mut material = Zeroizing::new([0_u8; MasterKey::BYTES + 4]);
        let decoded = STANDARD.decode_slice(self.material.0.as_bytes(), &mut material[..]);
        let material: &[u8; MasterKey::BYTES] = match decoded {
            Ok(length) if length == MasterKey::BYTES => material.first_chunk(),
            _ => None,
        }
        .ok_or(KeyRingFault::NotMaterial(position))?;
        if identify(material) != self.id {
            return Err(KeyRingFault::Damaged(position));
        }
        let created_at =
            OffsetDateTime::parse(&self.created_at, &Rfc3339).map_err(|_| KeyRingFault::NotATime(position))?;
        Ok(MasterKey::new(self.state, Timestamp::from_unix_seconds(created_at.unix_timestamp()), material))
    }
}

/// Says where the text is broken, and nothing of what stands there: it may be material.
fn syntax_fault(text: &str, error: &toml::de::Error) -> KeyRingFault {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    KeyRingFault::Syntax { line: before.matches('\n').count() + 1 }
}

/// The text of a key ring file.
pub(super) fn write<'a>(keys: impl IntoIterator<Item = &'a MasterKey>) -> Zeroizing<String> {
    const ENTRY_CAPACITY: usize = 256;
    let keys: Vec<_> = keys.into_iter().collect();
    // Enough from the start: growing would leave copies of the material behind.
    let mut text = Zeroizing::new(String::with_capacity(HEADER.len() + 64 + ENTRY_CAPACITY * keys.len()));
    text.push_str(HEADER);
    // Writing to a string does not fail.
    let _ = writeln!(*text, "version = {VERSION}");
    for key in keys {
        let _ = write!(
            *text,
            "\n[[key]]\nid = \"{}\"\nstate = \"{}\"\ncreated_at = \"{}\"\nmaterial = \"",
            key.id(),
            key.state(),
            rfc_3339(key.created_at()),
        );
        STANDARD.encode_string(key.material(), &mut text);
        text.push_str("\"\n");
    }
    text
}

/// RFC 3339, to the second.
fn rfc_3339(at: Timestamp) -> String {
    i64::try_from(at.unix_seconds())
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .and_then(|at| at.format(&Rfc3339).ok())
        // Beyond the year 9999: a key from there has a wrong clock, and is good all the same.
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}
