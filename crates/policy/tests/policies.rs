//! Policies, presets, and the small types they are made of.

#![allow(clippy::unwrap_used, reason = "tests")]

use countersign_core::{Algorithm, Digits, RecoveryAlphabet, ThrottleSchedule};
use countersign_policy::{
    AfterUse, MayDisableTwoFactor, OnDisable, Policy, PolicyDocument, PolicyField, PolicyValue, PolicyViolations,
    Preset, ProofAct, ProofRequirement, RecoveryCodesShown, RequiredFor, StoredPolicy, StoredPolicyError,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn recommended() -> PolicyDocument {
    Preset::RECOMMENDED.policy().unwrap().into_document()
}

fn stored(json: Value) -> Result<Policy, StoredPolicyError> {
    serde_json::from_value::<StoredPolicy>(json).unwrap().into_policy()
}

fn keys(violations: &PolicyViolations) -> Vec<&'static str> {
    violations.iter().map(|violation| violation.key).collect()
}

/// The recommended policy with one field set, as JSON.
fn with(key: &str, value: Value) -> Value {
    let mut policy = serde_json::to_value(recommended()).unwrap();
    *policy.pointer_mut(&format!("/{}", key.replace('.', "/"))).unwrap() = value;
    policy
}

/// Every number in a policy with its least and greatest value.
const RANGES: [(&str, u32, u32); 19] = [
    ("totp.digits", 6, 8),
    ("totp.period_seconds", 15, 120),
    ("totp.skew_steps", 0, 2),
    ("totp.secret_bytes", 16, 64),
    ("authenticators.max_per_account", 1, 10),
    ("enrollment.ttl_seconds", 60, 86_400),
    ("proofs.hold_hours", 0, 168),
    ("recovery_codes.count", 4, 20),
    ("sign_in.challenge_ttl_seconds", 60, 900),
    ("sign_in.challenge_attempts", 1, 10),
    ("sign_in.trusted_device_days", 0, 90),
    ("sign_in.session_ttl_seconds", 300, 7_776_000),
    ("sign_in.session_idle_seconds", 60, 7_776_000),
    ("enforcement.grace_days", 0, 90),
    ("throttle.free_failures", 1, 10),
    ("throttle.first_wait_seconds", 1, 3_600),
    ("throttle.longest_wait_seconds", 1, 86_400),
    // Twice, so that pairs of neighbors in this list include the limits that depend on each other.
    ("sign_in.session_ttl_seconds", 300, 7_776_000),
    ("throttle.first_wait_seconds", 1, 3_600),
];

#[test]
fn every_preset_is_valid_and_found_by_its_name() {
    for preset in Preset::ALL {
        assert!(preset.policy().is_ok(), "{}", preset.name());
        assert_eq!(Preset::from_name(preset.name()), Some(*preset));
    }
    assert_eq!(Preset::from_name("Recommended"), None);
    assert_eq!(Preset::from_name(""), None);
}

#[test]
fn the_recommended_policy_is_the_one_that_was_decided() {
    let policy = Preset::RECOMMENDED.policy().unwrap();
    assert_eq!(policy.totp_parameters().algorithm(), Algorithm::Sha1);
    assert_eq!(policy.totp_parameters().digits(), Digits::SIX);
    assert_eq!(policy.totp_parameters().period_seconds(), 30);
    assert_eq!((policy.skew_steps(), policy.totp.secret_bytes), (1, 20));
    assert_eq!(policy.authenticators.max_per_account, 5);
    assert!(!policy.authenticators.user_chosen_issuer);
    assert_eq!(policy.enrollment.ttl_seconds, 900);
    assert_eq!(policy.proofs.begin, ProofRequirement::Password);
    assert_eq!(policy.proofs.confirm, ProofRequirement::None);
    assert_eq!(policy.proofs.disable, ProofRequirement::PasswordAndCode);
    assert_eq!(policy.proofs.recovery_codes, ProofRequirement::PasswordAndCode);
    assert_eq!(policy.proofs.hold_hours, 24);
    let format = policy.recovery_format().unwrap();
    assert_eq!(format.pattern(), "XXXX-XXXX-XXXX-XXXX");
    assert_eq!(format.alphabet(), RecoveryAlphabet::Crockford32);
    let codes = &policy.recovery_codes;
    assert_eq!((codes.count, codes.viewable), (10, false));
    assert_eq!(codes.shown, RecoveryCodesShown::AfterConfirm);
    assert_eq!(codes.after_use, AfterUse::Remove);
    assert_eq!(codes.on_disable, OnDisable::Erase);
    let sign_in = &policy.sign_in;
    assert_eq!(sign_in.challenge_ttl_seconds, 300);
    assert_eq!(sign_in.challenge_attempts, 5);
    assert_eq!(sign_in.trusted_device_days, 30);
    assert_eq!(sign_in.session_ttl_seconds, 86_400);
    assert_eq!(sign_in.session_idle_seconds, 3_600);
    assert!(sign_in.end_other_sessions_on_change);
    assert_eq!(policy.enforcement.required_for, RequiredFor::Nobody);
    assert_eq!(policy.enforcement.grace_days, 14);
    assert_eq!(
        ThrottleSchedule::from(&policy.throttle),
        ThrottleSchedule { free_failures: 4, first_wait_seconds: 30, longest_wait_seconds: 3_600 }
    );
    assert_eq!(policy.administration.may_disable_two_factor, MayDisableTwoFactor::Admins);
}

#[test]
fn a_policy_survives_json() {
    let policy = Preset::RECOMMENDED.policy().unwrap();
    let json = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
}

#[test]
fn a_store_keeps_the_preset_and_what_is_otherwise() {
    for preset in Preset::ALL {
        let policy = preset.policy().unwrap();
        let kept = StoredPolicy::from(&policy);
        assert_eq!((kept.preset.as_str(), kept.changes.len()), (preset.name(), 0));
        assert_eq!(kept.into_policy().unwrap(), policy);
        let mut document = policy.document().clone();
        document.totp.digits = 8;
        document.recovery_codes.viewable = !document.recovery_codes.viewable;
        let changed = policy.changed(document).unwrap();
        let json = serde_json::to_string(&StoredPolicy::from(&changed)).unwrap();
        let kept: StoredPolicy = serde_json::from_str(&json).unwrap();
        assert_eq!(kept.changes.keys().collect::<Vec<_>>(), ["recovery_codes.viewable", "totp.digits"]);
        assert_eq!(kept.into_policy().unwrap(), changed);
    }
}

#[test]
fn every_key_is_stored_and_set_by_its_name_and_takes_no_value_of_another_type() {
    for field in PolicyField::ALL {
        let other = Preset::from_name("dokploy").unwrap().policy().unwrap();
        let value = field.value(other.document());
        let mut document = recommended();
        assert!(field.set(&mut document, &value), "{}", field.key);
        assert_eq!(field.value(&document), value, "{}", field.key);
        assert_eq!(field.typed(&value.to_string()), value, "{}", field.key);
        let before = document.clone();
        let foreign = if matches!(value, PolicyValue::Text(_)) {
            PolicyValue::Number(1)
        } else {
            PolicyValue::Text("1".to_owned())
        };
        assert!(!field.set(&mut document, &foreign) && document == before, "{}", field.key);
        assert_eq!(
            stored(json!({ "preset": "dqos", "changes": { field.key: foreign } })),
            Err(StoredPolicyError::Type(field.key))
        );
    }
}

#[test]
fn the_policy_of_a_newer_version_is_read_and_what_it_knows_more_is_kept() {
    let newer = json!({ "preset": "pterodactyl", "changes": {
        "totp.digits": 8, "totp.hue": "blue", "sign_in.passkeys": { "required": true }
    } });
    let policy = stored(newer.clone()).unwrap();
    assert_eq!((policy.totp.digits, policy.authenticators.max_per_account), (8, 1));
    assert_eq!(policy.unknown_keys().keys().collect::<Vec<_>>(), ["sign_in.passkeys", "totp.hue"]);
    let mut document = policy.document().clone();
    document.totp.digits = 6;
    document.enforcement.grace_days = 3;
    let changed = StoredPolicy::from(&policy.changed(document).unwrap());
    let expected = json!({ "preset": "pterodactyl", "changes": {
        "enforcement.grace_days": 3, "totp.hue": "blue", "sign_in.passkeys": { "required": true }
    } });
    assert_eq!(serde_json::to_value(changed).unwrap(), expected);
    assert_eq!(serde_json::to_value(StoredPolicy::from(&policy)).unwrap(), newer);
}

#[test]
fn what_is_no_policy_of_this_version_is_refused_and_nothing_is_put_in_its_place() {
    assert_eq!(stored(json!({ "preset": "of_tomorrow" })), Err(StoredPolicyError::UnknownPreset));
    let beyond = stored(json!({ "preset": "dqos", "changes": { "totp.digits": 9 } })).unwrap_err();
    assert_eq!(beyond.to_string(), "totp.digits must be 6 to 8");
    let word = stored(json!({ "preset": "dqos", "changes": { "recovery_codes.after_use": "burn" } }));
    assert_eq!(word, Err(StoredPolicyError::Type("recovery_codes.after_use")));
    for text in
        ["x", "{}", r#"{"totp": {}}"#, r#"{"preset": "dqos", "changes": 1}"#, r#"{"preset": "dqos", "more": 1}"#]
    {
        assert!(serde_json::from_str::<StoredPolicy>(text).is_err(), "{text}");
    }
}

#[test]
fn the_odds_of_every_preset_are_less_than_a_percent() {
    for preset in Preset::ALL {
        assert_eq!(preset.policy().unwrap().guessing_odds().to_string(), "0.99 %", "{}", preset.name());
    }
}

#[test]
fn the_limits_of_every_number_are_within_and_beyond_them_is_not() {
    for (key, least, most) in RANGES {
        let violations = |value: u64| {
            let mut policy = with(key, json!(value));
            // Out of the way of the limits that depend on each other.
            if key != "sign_in.session_idle_seconds" {
                policy["sign_in"]["session_idle_seconds"] = json!(60);
            } else {
                policy["sign_in"]["session_ttl_seconds"] = json!(7_776_000);
            }
            if key != "throttle.longest_wait_seconds" {
                policy["throttle"]["longest_wait_seconds"] = json!(86_400);
            } else {
                policy["throttle"]["first_wait_seconds"] = json!(1);
            }
            let document: PolicyDocument = serde_json::from_value(policy).unwrap();
            match Policy::new(document) {
                Ok(_) => Vec::new(),
                Err(violations) => keys(&violations),
            }
        };
        let beyond = [u64::from(most) + 1, u64::from(u32::MAX)];
        assert!(violations(least.into()).is_empty(), "{key} {least}");
        assert!(violations(most.into()).is_empty(), "{key} {most}");
        assert_eq!(violations(beyond[0]), [key]);
        assert_eq!(violations(beyond[1]), [key]);
        if least > 0 {
            assert_eq!(violations(u64::from(least) - 1), [key], "{key}");
        }
    }
}

#[test]
fn all_violations_are_reported_at_once_without_their_values() {
    let mut document = recommended();
    document.totp.digits = 99;
    document.totp.period_seconds = 4_242_424;
    document.proofs.disable = ProofRequirement::None;
    document.proofs.recovery_codes = ProofRequirement::None;
    document.recovery_codes.count = 3;
    document.recovery_codes.format = "SENTINEL".to_owned();
    document.throttle.longest_wait_seconds = 29;
    document.sign_in.session_idle_seconds = 86_401;
    let violations = Policy::new(document).unwrap_err();
    assert_eq!(
        violations.to_string(),
        "totp.digits must be 6 to 8; totp.period_seconds must be 15 to 120; \
         proofs.disable must be password, code, password_or_code or password_and_code; proofs.recovery_codes must be password, code, password_or_code or password_and_code; \
         recovery_codes.count must be 0, or 4 to 20; \
         recovery_codes.format must consist of X, hyphens, and spaces; \
         sign_in.session_idle_seconds must not be above sign_in.session_ttl_seconds; \
         throttle.longest_wait_seconds must not be below throttle.first_wait_seconds"
    );
    assert_eq!(violations.as_slice().len(), 8);
}

#[test]
fn serde_checks_a_policy_too() {
    let error = serde_json::from_value::<Policy>(with("totp.period_seconds", json!(14))).unwrap_err().to_string();
    assert!(error.contains("totp.period_seconds must be 15 to 120"), "{error}");
}

#[test]
fn unknown_keys_are_refused_everywhere() {
    let policy = serde_json::to_value(recommended()).unwrap();
    let sections = policy.as_object().unwrap();
    assert_eq!(sections.len(), 9);
    for section in sections.keys() {
        let mut changed = policy.clone();
        changed[section]["surplus"] = json!(1);
        assert!(serde_json::from_value::<PolicyDocument>(changed).is_err(), "{section}");
    }
    let mut changed = policy.clone();
    changed["surplus"] = json!({});
    assert!(serde_json::from_value::<PolicyDocument>(changed).is_err());
}

#[test]
fn missing_keys_are_refused_everywhere() {
    let policy = serde_json::to_value(recommended()).unwrap();
    for (section, fields) in policy.as_object().unwrap() {
        for field in fields.as_object().unwrap().keys() {
            let mut changed = policy.clone();
            changed[section].as_object_mut().unwrap().remove(field);
            let parsed = serde_json::from_value::<PolicyDocument>(changed);
            assert!(parsed.is_err(), "{section}.{field}");
        }
    }
}

#[test]
fn without_recovery_codes_there_is_no_format_but_it_is_still_checked() {
    let mut document = recommended();
    document.recovery_codes.count = 0;
    document.recovery_codes.viewable = true;
    let policy = Policy::new(document.clone()).unwrap();
    assert!(policy.recovery_format().is_none());
    document.recovery_codes.format = "XXXX".to_owned();
    let violations = Policy::new(document).unwrap_err();
    assert_eq!(keys(&violations), ["recovery_codes.format"]);
}

#[test]
fn a_format_with_too_little_entropy_for_its_alphabet_is_refused() {
    let mut document = recommended();
    document.recovery_codes.format = "XXXXXXXXX".to_owned();
    assert!(Policy::new(document.clone()).is_err());
    document.recovery_codes.alphabet = RecoveryAlphabet::Alphanumeric;
    assert!(Policy::new(document).is_ok());
}

#[test]
fn names_in_policies_are_those_of_the_documentation() {
    for (key, names) in [
        ("totp.algorithm", &["SHA1", "SHA256", "SHA512"][..]),
        ("proofs.begin", &["none", "password", "code", "password_or_code", "password_and_code"]),
        ("recovery_codes.alphabet", &["crockford32", "alphanumeric"]),
        ("recovery_codes.shown", &["before_confirm", "after_confirm"]),
        ("recovery_codes.after_use", &["remove", "replace"]),
        ("recovery_codes.on_disable", &["erase", "keep"]),
        ("enforcement.required_for", &["nobody", "owners", "admins", "everyone"]),
        ("administration.may_disable_two_factor", &["owners", "admins", "nobody"]),
    ] {
        for name in names {
            let policy: Policy = serde_json::from_value(with(key, json!(name))).unwrap();
            let again = serde_json::to_value(&policy).unwrap();
            let pointer = format!("/{}", key.replace('.', "/"));
            assert_eq!(again.pointer(&pointer), Some(&json!(name)));
        }
        let broken = with(key, json!("Sha1"));
        assert!(serde_json::from_value::<Policy>(broken).is_err());
    }
}

#[test]
fn algorithms_are_read_in_any_case_but_not_by_serde() {
    for algorithm in Algorithm::ALL {
        let name = algorithm.to_string();
        assert_eq!(name.to_lowercase().parse(), Ok(algorithm));
        assert_eq!(serde_json::to_string(&algorithm).unwrap(), format!("\"{name}\""));
        let lower = format!("\"{}\"", name.to_lowercase());
        assert!(serde_json::from_str::<Algorithm>(&lower).is_err());
    }
    assert!("SHA-1".parse::<Algorithm>().is_err());
}

#[test]
fn digits_are_numbers_from_6_to_8() {
    for digits in 0..=255 {
        let expected = (6..=8).contains(&digits);
        assert_eq!(Digits::new(digits).is_ok(), expected);
        let parsed = serde_json::from_str::<Digits>(&digits.to_string());
        assert_eq!(parsed.is_ok(), expected);
    }
    assert_eq!(serde_json::to_string(&Digits::SEVEN).unwrap(), "7");
}

#[test]
fn requirements_are_ordered_by_what_meets_them() {
    use ProofRequirement::{Code, None, Password, PasswordAndCode, PasswordOrCode};
    // Whether a password alone, a code alone, and both meet it.
    let met = |requirement| match requirement {
        None => [true, true, true],
        PasswordOrCode => [true, true, true],
        Password => [true, false, true],
        Code => [false, true, true],
        PasswordAndCode => [false, false, true],
    };
    for one in ProofRequirement::ALL {
        assert!(one.covers(one) && one.covers(None) && PasswordAndCode.covers(one), "{one:?}");
        for other in ProofRequirement::ALL {
            let (both, a, b) = (one.and(other), met(one), met(other));
            assert_eq!(both, other.and(one));
            assert_eq!(met(both), [a[0] && b[0], a[1] && b[1], true], "{one:?} and {other:?}");
            assert!(both.covers(one) && both.covers(other));
            assert!(!(one.covers(other) && other.covers(one)) || one == other, "{one:?} and {other:?}");
        }
    }
    assert!(!Password.covers(Code) && !Code.covers(Password) && !None.covers(PasswordOrCode));
}

#[test]
fn nothing_that_yields_a_factor_asks_for_less_than_what_turns_one_off() {
    use ProofRequirement::{Code, None, Password, PasswordAndCode};
    for (disable, recovery_codes) in ProofRequirement::ALL
        .iter()
        .flat_map(|disable| ProofRequirement::ALL.iter().map(move |recovery_codes| (*disable, *recovery_codes)))
    {
        if disable == None || recovery_codes == None {
            continue;
        }
        let mut document = recommended();
        document.proofs.disable = disable;
        document.proofs.recovery_codes = recovery_codes;
        let stored = stored(json!({ "preset": "recommended", "changes": {
            "proofs.disable": disable, "proofs.recovery_codes": recovery_codes
        } }));
        let stored = stored.unwrap();
        assert!(stored.proof_for(ProofAct::RecoveryCodes, true).covers(disable), "{disable:?} {recovery_codes:?}");
        match Policy::new(document) {
            Ok(policy) => assert!(policy.proofs.recovery_codes.covers(disable)),
            Err(violations) => {
                assert_eq!(keys(&violations), ["proofs.recovery_codes"]);
                assert!(!recovery_codes.covers(disable));
                assert!(violations.to_string().contains("proofs.disable"), "{violations}");
            }
        }
    }
    for preset in Preset::ALL {
        for begin in ProofRequirement::ALL {
            let mut document = preset.policy().unwrap().into_document();
            document.proofs.begin = begin;
            let policy = Policy::new(document).unwrap();
            assert_eq!(policy.proof_for(ProofAct::Begin, false), begin, "the first enrollment is another matter");
            for act in [ProofAct::Begin, ProofAct::RecoveryCodes] {
                assert!(
                    policy.proof_for(act, true).covers(policy.proof_for(ProofAct::Disable, true)),
                    "{}",
                    preset.name()
                );
            }
        }
    }
    let policy = Preset::RECOMMENDED.policy().unwrap();
    assert_eq!(policy.proof_for(ProofAct::Begin, true), PasswordAndCode);
    assert_eq!(policy.proof_for(ProofAct::Begin, false), Password);
    assert_eq!(policy.proof_for(ProofAct::RecoveryCodes, true), PasswordAndCode);
    let docspell = Preset::from_name("docspell").unwrap().policy().unwrap();
    assert_eq!(docspell.proof_for(ProofAct::RecoveryCodes, true), Code);
}

#[test]
fn a_policy_that_yields_factors_for_less_is_read_and_yields_none() {
    let for_less = with("proofs.recovery_codes", json!("password_or_code"));
    assert!(serde_json::from_value::<Policy>(for_less).is_err(), "a new policy may not be so");
    let changes = json!({ "proofs.recovery_codes": "password_or_code" });
    let policy = stored(json!({ "preset": "recommended", "changes": changes })).unwrap();
    assert_eq!(policy.proof_for(ProofAct::RecoveryCodes, true), ProofRequirement::PasswordAndCode);
    assert_eq!(policy.proofs.recovery_codes, ProofRequirement::PasswordAndCode, "and it says so");
}

#[test]
fn where_a_factor_is_yielded_for_less_than_a_change_of_password_there_is_a_hold() {
    for preset in Preset::ALL {
        let mut document = preset.policy().unwrap().into_document();
        assert_eq!(document.proofs.hold_hours, 24, "{}", preset.name());
        document.proofs.hold_hours = 0;
        let for_less = document.proofs.recovery_codes != ProofRequirement::PasswordAndCode;
        match Policy::new(document) {
            Ok(policy) => {
                assert!(!for_less, "{}", preset.name());
                for act in [ProofAct::Begin, ProofAct::RecoveryCodes] {
                    assert!(policy.proof_for(act, true).covers(policy.proof_for(ProofAct::ChangePassword, true)));
                }
            }
            Err(violations) => assert_eq!((keys(&violations), for_less), (vec!["proofs.hold_hours"], true)),
        }
    }
    // One authenticator cannot beget another where there is only one.
    let mut document = recommended();
    document.proofs.disable = ProofRequirement::Password;
    document.proofs.hold_hours = 0;
    assert_eq!(keys(&Policy::new(document.clone()).unwrap_err()), ["proofs.hold_hours"]);
    document.authenticators.max_per_account = 1;
    assert!(Policy::new(document).is_ok());
}

proptest! {
    #[test]
    fn violations_name_exactly_the_keys_that_are_out_of_range(
        values in prop::collection::vec(prop_oneof![Just(0_u32), 0..200_u32, any::<u32>()], RANGES.len() - 2),
    ) {
        let mut policy = serde_json::to_value(recommended()).unwrap();
        let mut expected = Vec::new();
        for ((key, least, most), value) in RANGES.iter().zip(&values) {
            *policy.pointer_mut(&format!("/{}", key.replace('.', "/"))).unwrap() = json!(value);
            let nothing = *key == "recovery_codes.count" && *value == 0;
            if !nothing && !(least..=most).contains(&value) {
                expected.push(*key);
            }
        }
        let document: PolicyDocument = serde_json::from_value(policy).unwrap();
        let idle_above_life =
            document.sign_in.session_idle_seconds > document.sign_in.session_ttl_seconds;
        let longest_below_first =
            document.throttle.longest_wait_seconds < document.throttle.first_wait_seconds;
        let found = match Policy::new(document) {
            Ok(_) => Vec::new(),
            Err(violations) => keys(&violations),
        };
        for key in &expected {
            prop_assert!(found.contains(key));
        }
        for key in found {
            prop_assert!(
                expected.contains(&key)
                    || (key == "sign_in.session_idle_seconds" && idle_above_life)
                    || (key == "throttle.longest_wait_seconds" && longest_below_first)
            );
        }
    }
}
