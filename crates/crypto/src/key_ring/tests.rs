use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use super::test_rings::{
    OTHER_ID, OTHER_MATERIAL, PRIMARY_ID, PRIMARY_MATERIAL, RETIRED_ID, RETIRED_MATERIAL, entry, ring, text,
};
use super::*;
use crate::OsEntropy;
use crate::scripted_entropy::{CountingEntropy, NoEntropy};

const NOW: Timestamp = Timestamp::from_unix_seconds(1_769_860_800);

fn environment() -> KeyRingSource {
    KeyRingSource::Environment("COUNTERSIGN_MASTER_KEY".to_owned())
}

fn fault(text: &str) -> KeyRingError {
    KeyRing::parse(text, environment()).unwrap_err()
}

fn names(directory: &Path) -> Vec<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_created_key_ring_is_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.toml");
    let created = KeyRing::create(&path, &OsEntropy, NOW).unwrap();
    let loaded = KeyRing::load(&path).unwrap();
    assert_eq!(loaded.primary().id(), created.primary().id());
    assert_eq!(loaded.primary().material(), created.primary().material());
    assert_eq!(loaded.primary().created_at(), NOW);
    assert_eq!((loaded.keys().count(), loaded.primary().state()), (1, KeyState::Primary));
    assert_eq!(loaded.warnings(), []);
}

#[test]
fn the_format_of_the_file_stays_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.toml");
    KeyRing::create(&path, &CountingEntropy::from(0), NOW).unwrap();
    let written = fs::read_to_string(&path).unwrap();
    let (comment, rest) = written.split_once("\nversion").unwrap();
    assert!(comment.lines().all(|line| line.starts_with('#')));
    assert_eq!(
        rest,
        " = 1\n\n[[key]]\nid = \"480da34d105cf7f0\"\nstate = \"primary\"\ncreated_at = \"2026-01-31T12:00:00Z\"\n\
         material = \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"\n"
    );
}

#[test]
fn a_new_file_belongs_to_its_owner_alone_and_nothing_else_is_left_behind() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.toml");
    KeyRing::create(&path, &OsEntropy, NOW).unwrap();
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.mode() & 0o7777, metadata.nlink()), (0o400, 1));
    assert_eq!(names(directory.path()), ["keys.toml"]);
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.toml");
    for content in ["precious", ""] {
        fs::write(&path, content).unwrap();
        let error = KeyRing::create(&path, &OsEntropy, NOW).unwrap_err();
        assert!(matches!(error.fault, KeyRingFault::Exists));
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        assert_eq!(names(directory.path()), ["keys.toml"]);
    }
    let dangling = directory.path().join("link.toml");
    symlink(directory.path().join("nowhere"), &dangling).unwrap();
    assert!(matches!(KeyRing::create(&dangling, &OsEntropy, NOW).unwrap_err().fault, KeyRingFault::Exists));
}

#[test]
fn without_randomness_or_a_directory_no_file_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.toml");
    let error = KeyRing::create(&path, &NoEntropy, NOW).unwrap_err();
    assert!(matches!(error.fault, KeyRingFault::Entropy(_)));
    assert!(names(directory.path()).is_empty());
    let error = KeyRing::create(&directory.path().join("missing/keys.toml"), &OsEntropy, NOW).unwrap_err();
    assert!(matches!(error.fault, KeyRingFault::Unwritable(_)));
}

#[test]
fn a_missing_file_is_named_with_what_to_do() {
    let error = KeyRing::load(Path::new("/nowhere/keys.toml")).unwrap_err().to_string();
    assert_eq!(
        error,
        "the key ring /nowhere/keys.toml cannot be used: there is no such file. Point COUNTERSIGN_MASTER_KEY_FILE at \
         the key ring, or restore it from your backup of keys"
    );
}

#[test]
fn a_directory_a_long_file_and_bytes_that_are_no_text_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(KeyRing::load(directory.path()).unwrap_err().fault, KeyRingFault::Unreadable(_)));
    let path = directory.path().join("keys.toml");
    fs::write(&path, "#".repeat(64 * 1024 + 1)).unwrap();
    assert!(matches!(KeyRing::load(&path).unwrap_err().fault, KeyRingFault::TooLong));
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(matches!(KeyRing::load(&path).unwrap_err().fault, KeyRingFault::Syntax { line: 1 }));
    // Endless, and of length 0 to those who ask.
    assert!(KeyRing::load(Path::new("/dev/zero")).is_err());
}

#[test]
fn a_file_that_others_may_open_is_warned_of() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.toml");
    fs::write(&path, text()).unwrap();
    for (mode, warned) in [(0o400, false), (0o600, false), (0o440, true), (0o404, true), (0o644, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let ring = KeyRing::load(&path).unwrap();
        let expected = KeyRingWarning::OpenToOthers { path: path.clone(), mode };
        assert_eq!(ring.warnings(), if warned { std::slice::from_ref(&expected) } else { &[] });
        assert!(expected.to_string().contains(&format!("has mode 0{mode:o}")), "{expected}");
    }
}

#[test]
fn a_key_ring_from_the_environment_is_warned_of() {
    let ring = KeyRing::parse(&text(), environment()).unwrap();
    assert_eq!(ring.warnings(), [KeyRingWarning::FromEnvironment { name: "COUNTERSIGN_MASTER_KEY".to_owned() }]);
}

#[test]
fn keys_are_found_by_their_identifiers() {
    let ring = ring();
    assert_eq!(ring.primary().id(), PRIMARY_ID);
    assert_eq!(ring.keys().map(MasterKey::id).collect::<Vec<_>>(), [PRIMARY_ID, OTHER_ID, RETIRED_ID]);
    assert_eq!(ring.find(RETIRED_ID).map(MasterKey::state), Some(KeyState::Retired));
    assert!(ring.find_usable(OTHER_ID).is_some());
    assert!(ring.find_usable(RETIRED_ID).is_none());
    assert!(ring.find("0000000000000000").is_none());
}

#[test]
fn damage_to_any_character_of_the_material_is_noticed() {
    let text = text();
    let start = text.find(PRIMARY_MATERIAL).unwrap();
    for index in start..start + PRIMARY_MATERIAL.len() {
        let mut damaged = text.clone();
        let replacement = if &text[index..=index] == "Z" { "Y" } else { "Z" };
        damaged.replace_range(index..=index, replacement);
        let error = fault(&damaged);
        assert!(matches!(error.fault, KeyRingFault::Damaged(_) | KeyRingFault::NotMaterial(_)), "{error}");
    }
}

#[test]
fn every_fault_is_told_apart() {
    let primary = entry(PRIMARY_ID, "primary", PRIMARY_MATERIAL);
    let other = entry(OTHER_ID, "decrypt-only", OTHER_MATERIAL);
    let cases = [
        (format!("version = 1\n{other}"), "no key has the state \"primary\""),
        ("version = 1".to_owned(), "no key has the state \"primary\""),
        (format!("version = 1\n{primary}{}", entry(OTHER_ID, "primary", OTHER_MATERIAL)), "several keys"),
        (format!("version = 1\n{primary}{other}{other}"), "key number 3 stands there twice"),
        (format!("version = 2\nnew = true\n{primary}"), "it has version 2"),
        (primary.clone(), "line 1 is not"),
        (format!("version = 1\n{}", primary.replace("state", "stage")), "is not as a key ring has it"),
        (format!("version = 1\n{}", primary.replace("\"primary\"", "\"secondary\"")), "line 4 is not"),
        (format!("version = 1\n{}", primary.replace(PRIMARY_MATERIAL, OTHER_MATERIAL)), "key number 1 is damaged"),
        (format!("version = 1\n{}", primary.replace(PRIMARY_MATERIAL, "AQEBAQEB")), "not 32 bytes"),
        (format!("version = 1\n{}", primary.replace(PRIMARY_MATERIAL, &"AQEB".repeat(300))), "not 32 bytes"),
        (format!("version = 1\n{}", primary.replace("2026", "26")), "created_at of its key number 1"),
        (String::new(), "line 1 is not"),
    ];
    for (text, expected) in cases {
        let message = fault(&text).to_string();
        assert!(message.contains(expected), "{message} should contain {expected}");
        assert!(
            message.starts_with("the key ring in the environment variable COUNTERSIGN_MASTER_KEY cannot"),
            "{message}"
        );
    }
}

#[test]
fn no_message_and_no_debug_contains_material() {
    let text = text();
    let materials = [PRIMARY_MATERIAL, OTHER_MATERIAL, RETIRED_MATERIAL];
    let mut said = format!("{:?} {:?}", ring(), ring().primary());
    // Whatever is broken, and wherever: each line cut short, each removed, and the material in the wrong places.
    for (index, line) in text.lines().enumerate() {
        for replacement in ["", line.trim_end_matches('"'), &line.replace('=', ""), &line.replace('"', "")] {
            let mut lines: Vec<_> = text.lines().collect();
            lines[index] = replacement;
            if let Err(error) = KeyRing::parse(&lines.join("\n"), environment()) {
                said.push_str(&format!("{error} {error:?}"));
            }
        }
    }
    for field in [PRIMARY_ID, "primary", "2026-01-31T12:00:00Z", "version = 1", "material"] {
        if let Err(error) = KeyRing::parse(&text.replacen(field, PRIMARY_MATERIAL, 1), environment()) {
            said.push_str(&format!("{error} {error:?}"));
        }
    }
    assert!(said.len() > 1_000);
    for material in materials {
        assert!(!said.contains(&material[..12]), "{said}");
    }
    assert!(!said.contains("1, 1, 1") && !said.contains("010101"), "{said}");
    assert!(said.contains(PRIMARY_ID));
}

#[test]
fn a_key_is_added_then_promoted_then_the_old_one_retired() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.toml");
    let old = KeyRing::create(&path, &OsEntropy, NOW).unwrap().primary().id().to_owned();

    let mut ring = KeyRing::load(&path).unwrap();
    let new = ring.add(&OsEntropy, NOW).unwrap();
    ring.save(&OsEntropy).unwrap();
    let mut ring = KeyRing::load(&path).unwrap();
    assert_eq!((ring.primary().id(), ring.find(&new).unwrap().state()), (old.as_str(), KeyState::DecryptOnly));

    ring.promote(&new).unwrap();
    ring.promote(&new).unwrap();
    ring.save(&OsEntropy).unwrap();
    let mut ring = KeyRing::load(&path).unwrap();
    assert_eq!((ring.primary().id(), ring.find(&old).unwrap().state()), (new.as_str(), KeyState::DecryptOnly));
    assert!(matches!(ring.retire(&new).unwrap_err().fault, KeyRingFault::PrimaryNotRetired));

    ring.retire(&old).unwrap();
    ring.save(&OsEntropy).unwrap();
    let mut ring = KeyRing::load(&path).unwrap();
    assert_eq!(ring.find(&old).unwrap().state(), KeyState::Retired);
    assert!(matches!(ring.promote(&old).unwrap_err().fault, KeyRingFault::NoSuchKey));
    assert!(matches!(ring.retire("0000000000000000").unwrap_err().fault, KeyRingFault::NoSuchKey));

    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o400);
    assert_eq!(names(directory.path()), ["keys.toml"]);
}

#[test]
fn saving_follows_a_symbolic_link_and_never_makes_a_file_anew() {
    let directory = tempfile::tempdir().unwrap();
    let (path, link) = (directory.path().join("keys.toml"), directory.path().join("link.toml"));
    KeyRing::create(&path, &OsEntropy, NOW).unwrap();
    symlink(&path, &link).unwrap();
    let mut ring = KeyRing::load(&link).unwrap();
    ring.add(&OsEntropy, NOW).unwrap();
    ring.save(&OsEntropy).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(KeyRing::load(&path).unwrap().keys().count(), 2);

    fs::remove_file(&path).unwrap();
    assert!(matches!(ring.save(&OsEntropy).unwrap_err().fault, KeyRingFault::Unwritable(_)));
    assert!(matches!(super::test_rings::ring().save(&OsEntropy).unwrap_err().fault, KeyRingFault::NotAFile));
}
