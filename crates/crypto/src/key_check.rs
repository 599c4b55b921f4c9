//! Key-check records: by them a start recognizes the master keys that the database was sealed with, so that a wrong
//! key ring stops the start and is never taken for an invalid code.

use std::fmt;

use countersign_application::ports::{Entropy, KeyCheck, Sealed, SealerError};

use crate::key_ring::{KeyRing, KeyRingSource, KeyState, MasterKey};
use crate::sealer::{Binding, open, seal};

/// What is sealed. Known to everyone: only whether it opens matters.
const KNOWN_TEXT: &[u8] = b"countersign key check v1";

/// The key ring does not fit the database. Displayed, it says which keys are missing and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCheckError {
    /// Where the key ring came from.
    pub ring: KeyRingSource,
    /// The keys that the ring holds.
    pub held: Vec<String>,
    /// The keys that the database was sealed with and the ring does not hold.
    pub missing: Vec<String>,
    /// The keys that the ring holds although the record in the database does not open with them.
    pub broken: Vec<String>,
    /// The primary key of the ring, where it was retired.
    pub retired: Option<Box<str>>,
}

impl std::error::Error for KeyCheckError {}

impl fmt::Display for KeyCheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.missing.is_empty() {
            write!(
                f,
                "the database was sealed with master {}; the key ring {} holds {}: point COUNTERSIGN_MASTER_KEY_FILE \
                 at the right file or restore it from your backup of keys",
                Keys(&self.missing),
                self.ring,
                Keys(&self.held),
            )?;
        }
        if !self.broken.is_empty() {
            let separator = if self.missing.is_empty() { "" } else { ". Also, " };
            write!(
                f,
                "{separator}the key ring {} holds master {}, but the check record of it in the database does not open: \
                 the record was changed or damaged; restore the database from a backup",
                self.ring,
                Keys(&self.broken),
            )?;
        }
        if let Some(retired) = &self.retired {
            let separator = if self.missing.is_empty() && self.broken.is_empty() { "" } else { ". Also, " };
            write!(
                f,
                "{separator}the key ring {} still seals under master key {retired}, which was retired: copy the key ring of the node \
                 that it was retired on",
                self.ring,
            )?;
        }
        Ok(())
    }
}

/// `key a` or `keys a, b`. The names come from the database, so that control characters in them are escaped.
struct Keys<'a>(&'a [String]);

impl fmt::Display for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.len() == 1 { "key " } else { "keys " })?;
        for (index, key_id) in self.0.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { ", " }, key_id.escape_debug())?;
        }
        Ok(())
    }
}

/// Makes the check record of a key: a known text, sealed under it.
///
/// # Errors
/// The key is not in the ring or retired, or randomness failed.
pub fn key_check_for(ring: &KeyRing, key_id: &str, entropy: &dyn Entropy) -> Result<Sealed, SealerError> {
    let missing = || SealerError::KeyMissing { key_id: key_id.to_owned() };
    seal(ring.find_usable(key_id).ok_or_else(missing)?, &Binding::of_key_check(), KNOWN_TEXT, entropy)
}

/// Holds a key ring against the check records of a database, and answers the keys of the ring that have no record yet:
/// before one of them seals anything, [`key_check_for`] makes its record.
///
/// A retired key of the ring satisfies its record: it is not missing. A key whose record says that it is retired may be gone
/// from the ring, and must not be its primary one.
///
/// # Errors
/// The ring lacks a key that the database was sealed with, or a record does not open.
pub fn verify_key_checks(ring: &KeyRing, checks: &[KeyCheck]) -> Result<Vec<String>, KeyCheckError> {
    let (mut missing, mut broken, mut retired) = (Vec::new(), Vec::new(), None);
    for KeyCheck { sealed, retired_at, .. } in checks {
        let findings = match ring.find(&sealed.key_id) {
            None if retired_at.is_some() => continue,
            Some(key) if retired_at.is_some() && key.state() == KeyState::Primary => {
                retired = Some(key.id().into());
                continue;
            }
            None => &mut missing,
            Some(key) if !opens(key, sealed) => &mut broken,
            Some(_) => continue,
        };
        if !findings.contains(&sealed.key_id) {
            findings.push(sealed.key_id.clone());
        }
    }
    if !missing.is_empty() || !broken.is_empty() || retired.is_some() {
        let held = ring.keys().map(|key| key.id().to_owned()).collect();
        return Err(KeyCheckError { ring: ring.source().clone(), held, missing, broken, retired });
    }
    let unrecorded = ring
        .keys()
        .filter(|key| key.state() != KeyState::Retired)
        .map(MasterKey::id)
        .filter(|id| checks.iter().all(|check| check.sealed.key_id != *id));
    Ok(unrecorded.map(str::to_owned).collect())
}

fn opens(key: &MasterKey, sealed: &Sealed) -> bool {
    open(key, &Binding::of_key_check(), &sealed.bytes).is_ok_and(|text| **text == *KNOWN_TEXT)
}

#[cfg(test)]
mod tests {
    use countersign_application::Timestamp;

    use super::*;
    use crate::OsEntropy;
    use crate::key_ring::test_rings::{OTHER_ID, PRIMARY_ID, RETIRED_ID, other_ring, ring};
    use crate::scripted_entropy::CountingEntropy;

    fn check(ring: &KeyRing, key_id: &str) -> KeyCheck {
        let sealed = key_check_for(ring, key_id, &OsEntropy).unwrap();
        KeyCheck { sealed, created_at: Timestamp::from_unix_seconds(0), retired_at: None }
    }

    #[test]
    fn the_right_ring_passes_and_names_the_keys_without_a_record() {
        assert_eq!(verify_key_checks(&ring(), &[]).unwrap(), [PRIMARY_ID, OTHER_ID]);
        let primary = check(&ring(), PRIMARY_ID);
        assert_eq!(verify_key_checks(&ring(), std::slice::from_ref(&primary)).unwrap(), [OTHER_ID]);
        let both = [primary, check(&ring(), OTHER_ID)];
        assert_eq!(verify_key_checks(&ring(), &both).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_missing_key_is_named_with_what_the_ring_holds_and_what_to_do() {
        let error = verify_key_checks(&other_ring(), &[check(&ring(), PRIMARY_ID)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "the database was sealed with master key {PRIMARY_ID}; the key ring in the environment variable TEST holds \
                 key {OTHER_ID}: point COUNTERSIGN_MASTER_KEY_FILE at the right file or restore it from your backup of \
                 keys"
            )
        );
    }

    #[test]
    fn a_record_that_does_not_open_is_told_from_a_missing_key() {
        let mut forged = check(&ring(), OTHER_ID);
        forged.sealed.key_id = PRIMARY_ID.to_owned();
        let error = verify_key_checks(&ring(), &[forged.clone()]).unwrap_err();
        assert_eq!((error.missing.as_slice(), error.broken.as_slice()), (&[][..], &[PRIMARY_ID.to_owned()][..]));
        assert!(error.to_string().contains("does not open"), "{error}");

        let mut unknown = forged.clone();
        unknown.sealed.key_id = "evil\n\u{1b}[31m".to_owned();
        let error = verify_key_checks(&ring(), &[forged, unknown.clone(), unknown]).unwrap_err();
        assert_eq!((error.missing.len(), error.broken.len()), (1, 1));
        assert!(!error.to_string().contains(|character: char| character.is_control()), "{error}");
    }

    #[test]
    fn a_retired_key_is_not_missing_but_gets_no_new_record() {
        let mut ring = ring();
        let record = check(&ring, OTHER_ID);
        ring.retire(OTHER_ID).unwrap();
        assert_eq!(verify_key_checks(&ring, &[record]).unwrap(), [PRIMARY_ID]);
        for key_id in [RETIRED_ID, "0000000000000000"] {
            let error = key_check_for(&ring, key_id, &OsEntropy).unwrap_err();
            assert!(matches!(error, SealerError::KeyMissing { key_id: named } if named == key_id));
        }
    }

    #[test]
    fn a_key_that_the_database_has_retired_may_be_gone_and_must_not_seal() {
        let retired = |ring: &KeyRing, key_id: &str| KeyCheck {
            retired_at: Some(Timestamp::from_unix_seconds(1)),
            ..check(ring, key_id)
        };
        let gone = retired(&ring(), PRIMARY_ID);
        assert_eq!(verify_key_checks(&other_ring(), std::slice::from_ref(&gone)).unwrap(), [OTHER_ID]);
        let error = verify_key_checks(&ring(), &[gone]).unwrap_err();
        assert_eq!(error.retired.as_deref(), Some(PRIMARY_ID));
        assert!(error.to_string().contains("still seals under master key"), "{error}");
    }

    #[test]
    fn the_format_of_a_record_stays_as_it_is() {
        let sealed = key_check_for(&ring(), PRIMARY_ID, &CountingEntropy::from(0)).unwrap();
        // Computed independently with libsodium; see the tests of the sealer.
        assert_eq!(
            hex::encode(&sealed.bytes),
            "01000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627\
             8e9f35a537a26faf2c2cdcacb16891b61fa289904fdb4b3057884c742f010a977756d234b3fd0b2f"
        );
    }
}
