//! Audit events: what is told of them, and that it is understood again.

use std::collections::BTreeSet;

use countersign_application::ChallengeId;
use countersign_application::audit::{
    AccountChange, AuditDetails, AuditEvent, AuditText, Change, ChangedPolicy, Event, EventKind, ProvenAct, Purpose,
    ReadDetails, read_details,
};
use countersign_testing::{NOW, a_realm, an_account, an_event, every_event};

fn details(details: &[(&str, &str)]) -> AuditDetails {
    details.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn every_event_is_understood_as_what_is_told_of_it() {
    let account = an_account(&a_realm(), "ada");
    for event in every_event() {
        for (client_stated, further) in [(false, AuditDetails::new()), (true, details(&[("seen", "by a newer one")]))] {
            let sign_in = client_stated.then(|| ChallengeId::new(NOW, 0, [1; 8]));
            let event =
                AuditEvent { event: event.clone(), client_stated, sign_in, further, ..an_event(&a_realm(), &account) };
            let read = read_details(event.event.name(), event.details());
            let AuditEvent { event, client_stated, sign_in, further, .. } = event;
            assert_eq!(read, ReadDetails { event, client_stated, sign_in, further });
        }
    }
    let kinds: BTreeSet<EventKind> = every_event().iter().filter_map(Event::kind).collect();
    assert_eq!(kinds.len(), EventKind::ALL.len(), "there is one of each kind");
}

/// The names are part of the API.
#[test]
fn details_have_their_names_and_are_texts() {
    let names: BTreeSet<String> = every_event()
        .iter()
        .map(|event| {
            let details = event.details();
            let names: Vec<&str> = details.keys().map(String::as_str).collect();
            format!("{} {}", event.name(), names.join(" ")).trim_end().to_owned()
        })
        .collect();
    let expected = [
        "account.created role",
        "account.created subject",
        "account.deleted",
        "account.deleted reason",
        "account.secured sessions_ended",
        "account.unlocked",
        "account.updated disabled",
        "account.updated login login_before",
        "account.updated password_change_required",
        "account.updated role role_before",
        "account.updated two_factor_required",
        "api_key.created api_key_id name scopes",
        "api_key.revoked api_key_id",
        "authenticator.added authenticator_id",
        "authenticator.disabled count failures_in_a_row",
        "authenticator.removed authenticator_id",
        "database.restored authenticators recovery_sets",
        "device.revoked device_id",
        "device.revoked devices",
        "device.trusted device_id",
        "enrollment.started authenticator_id",
        "key.retired recovery_sets",
        "key.rotated",
        "password.changed",
        "password.link_issued",
        "policy.changed issuer totp.digits",
        "policy.changed preset realm",
        "realm.appearance_changed contact_name logo name return_addresses_added time_zone",
        "recovery_code.tested",
        "recovery_code.used remaining",
        "recovery_codes.issued count",
        "recovery_codes.viewed",
        "second_factor.accepted authenticator_id drift_steps method purpose",
        "second_factor.accepted method purpose",
        "second_factor.rejected authenticator_id method purpose reason",
        "second_factor.rejected method purpose reason",
        "second_factor.throttled consecutive_codes_required method purpose wait_seconds",
        "session.ended count sessions",
        "session.ended session_id",
        "sign_in.challenged",
        "sign_in.failed reason",
        "sign_in.succeeded second_factor",
        "two_factor.disabled",
        "two_factor.disabled authenticator_id",
        "two_factor.disabled reason",
        "two_factor.enabled authenticator_id",
    ];
    assert_eq!(names, expected.map(str::to_owned).into());
    let told = |event: Event| event.details();
    let change = |change| told(Event::AccountUpdated { change });
    assert_eq!(
        change(AccountChange::TwoFactorRequired(None)),
        details(&[("two_factor_required", "as_the_policy_says")])
    );
    assert_eq!(change(AccountChange::Disabled(true)), details(&[("disabled", "true")]));
    let keys = ChangedPolicy::Keys([("issuer".to_owned(), Change::new("A", "B"))].into());
    assert_eq!(told(Event::PolicyChanged { change: keys }), details(&[("issuer", "A → B")]));
}

#[test]
fn what_cannot_be_understood_is_left_as_it_is() {
    for (name, told) in [
        ("passkey.added", details(&[("credential", "x")])),
        ("", AuditDetails::new()),
        // A new value, one that is missing, and one that is spelled otherwise than here.
        ("sign_in.succeeded", details(&[("second_factor", "passkey")])),
        ("sign_in.failed", AuditDetails::new()),
        ("recovery_code.used", details(&[("remaining", "+9")])),
        ("account.updated", details(&[("role", "owner")])),
        ("account.updated", details(&[("quota", "5")])),
        ("session.ended", details(&[("sessions", "all others")])),
    ] {
        let unknown = Event::Unknown { name: name.to_owned() };
        let left = |event: &Event, client_stated| ReadDetails {
            event: event.clone(),
            client_stated,
            sign_in: None,
            further: told.clone(),
        };
        assert_eq!(read_details(name, told.clone()), left(&unknown, false), "{name}");
        let stated: AuditDetails = told.clone().into_iter().chain(details(&[("client", "stated")])).collect();
        assert_eq!(read_details(name, stated), left(&unknown, true), "{name}");
    }
    let guessed = details(&[("client", "guessed"), ("sign_in_id", "none"), ("strength", "4")]);
    let ReadDetails { event, sign_in, further, .. } = read_details("password.changed", guessed.clone());
    assert_eq!((event, sign_in, further), (Event::PasswordChanged, None, guessed));
}

/// An issuer may have an arrow, and an application may state what an act here is called: what is told is the same.
#[test]
fn what_reads_in_two_ways_is_told_in_one() {
    let keys = ChangedPolicy::Keys([("issuer".to_owned(), Change::new("A → B", "C"))].into());
    let stated = Purpose::Stated(AuditText::new(ProvenAct::SignIn));
    for event in [
        Event::PolicyChanged { change: keys },
        Event::SecondFactorAccepted { purpose: stated, code: countersign_application::audit::AcceptedBy::RecoveryCode },
    ] {
        let ReadDetails { event: read, further, .. } = read_details(event.name(), event.details());
        assert_eq!((read.details(), further), (event.details(), AuditDetails::new()));
    }
}
