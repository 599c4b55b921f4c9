//! Key rings for tests: fixed material, so that formats can be pinned.

use super::{KeyRing, KeyRingSource};

pub(crate) const PRIMARY_ID: &str = "929c25f1f3018d1b";
pub(crate) const OTHER_ID: &str = "774dc961f5ff5e99";
pub(crate) const RETIRED_ID: &str = "95c47fda0e306274";

/// Material of 32 bytes 0x01, 0x02, 0x03.
pub(crate) const PRIMARY_MATERIAL: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
pub(crate) const OTHER_MATERIAL: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
pub(crate) const RETIRED_MATERIAL: &str = "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=";

pub(crate) fn entry(id: &str, state: &str, material: &str) -> String {
    format!(
        "[[key]]\nid = \"{id}\"\nstate = \"{state}\"\ncreated_at = \"2026-01-31T12:00:00Z\"\n\
         material = \"{material}\"\n"
    )
}

/// Text with a primary, a decrypt-only and a retired key.
pub(crate) fn text() -> String {
    format!(
        "version = 1\n{}{}{}",
        entry(PRIMARY_ID, "primary", PRIMARY_MATERIAL),
        entry(OTHER_ID, "decrypt-only", OTHER_MATERIAL),
        entry(RETIRED_ID, "retired", RETIRED_MATERIAL),
    )
}

pub(crate) fn parse(text: &str) -> KeyRing {
    KeyRing::parse(text, KeyRingSource::Environment("TEST".to_owned())).unwrap()
}

/// A primary, a decrypt-only and a retired key.
pub(crate) fn ring() -> KeyRing {
    parse(&text())
}

/// Only the key that is decrypt-only in [`ring`], as the primary one.
pub(crate) fn other_ring() -> KeyRing {
    parse(&format!("version = 1\n{}", entry(OTHER_ID, "primary", OTHER_MATERIAL)))
}
