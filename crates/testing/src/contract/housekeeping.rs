//! Removal of what has expired.

use countersign_application::audit::AuditEvent;
use countersign_application::housekeeping::{Due, Pruned};
use countersign_application::idempotency::IdempotencyClaim;
use countersign_application::second_factor::Authenticator;
use countersign_application::session::Session;
use countersign_application::sign_in::Challenge;
use countersign_application::trusted_device::TrustedDevice;
use countersign_application::{AuditEventId, PageRequest};
use countersign_core::{Throttle, Timestamp};

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{
    NOW, a_challenge, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_set, a_session,
    a_trusted_device, an_account, an_authenticator, an_event, an_idempotency_claim, keep, seconds,
};

const DUE: Due = Due { expired: NOW, attempts_before: seconds(-60), audit_events_before: None };

/// More than any of these tests stores.
const ALL: u32 = 10_000;

/// What expired at or before the time given is removed and counted; what expires a microsecond later stays, as does
/// everything that does not expire.
pub async fn housekeeping_removes_what_expired_and_nothing_else(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let active = an_authenticator(&account);
    let codes = a_recovery_set(&account);
    keep(store, &[&realm, &account, &active, &codes, &an_event(&realm, &account)]).await;

    let just_after = Timestamp::from_micros(NOW.as_micros() + 1);
    let mut kept = Vec::new();
    for (number, expires_at) in (0_u8..).zip([seconds(-60), NOW, just_after, seconds(60)]) {
        let challenge = Challenge { expires_at, ..a_challenge(&account) };
        let session = Session { expires_at, ..a_session(&account) };
        let device = TrustedDevice { expires_at, ..a_trusted_device(&account) };
        let pending = Authenticator { expires_at: Some(expires_at), ..a_pending_authenticator(&account) };
        let pending_codes = a_pending_recovery_set(&account, &pending);
        let claim = IdempotencyClaim { expires_at, claimed_at: expires_at, ..an_idempotency_claim() };
        in_unit!(store, |unit| unit.idempotency().claim(&claim)).unwrap();
        keep(store, &[&challenge, &session, &device, &pending, &pending_codes]).await;
        kept.push((expires_at > NOW, number, challenge, session, device, pending.id, pending_codes.0.id, claim));
    }
    // Counters: touched at -61, -60 and -59 seconds; those before -60 are forgotten.
    let counted = Throttle { failures_in_a_row: 3, blocked_until: Some(seconds(600)) };
    for (number, touched_at) in [(61_u8, seconds(-61)), (60, seconds(-60)), (59, seconds(-59))] {
        let key = [number; 32];
        in_unit!(store, |unit| async {
            unit.attempts().lock(&key, touched_at).await?;
            unit.attempts().set(&key, &counted.into(), touched_at).await
        })
        .unwrap();
    }

    let pruned = in_unit!(store, |unit| unit.housekeeping().prune(&DUE, ALL)).unwrap();

    let expected = Pruned {
        challenges: 2,
        sessions: 2,
        trusted_devices: 2,
        enrollments: 2,
        attempts: 1,
        idempotency_claims: 2,
        audit_events: 0,
    };
    assert_eq!(pruned, expected);
    let factor = store.find_second_factor(account.id).await.unwrap().unwrap();
    for (there, number, challenge, session, device, pending, set, claim) in kept {
        assert_eq!(store.find_challenge(&challenge.token_digest).await.unwrap().is_some(), there, "challenge {number}");
        assert_eq!(store.find_session(&session.token_digest).await.unwrap().is_some(), there, "session {number}");
        let claim = store.find_idempotency_claim(&claim.digest).await.unwrap();
        assert_eq!(claim.is_some(), there, "idempotency claim {number}");
        let device = store.find_trusted_device(&device.token_digest).await.unwrap();
        assert_eq!(device.is_some(), there, "trusted device {number}");
        assert_eq!(factor.authenticator(pending).is_some(), there, "enrollment {number}");
        let shown = factor.recovery_sets.iter().any(|it| it.id == set);
        assert_eq!(shown, there, "the recovery codes of enrollment {number}");
    }
    assert!(factor.authenticator(active.id).is_some(), "an active authenticator does not expire");
    assert_eq!(factor.active_recovery_set().map(|set| set.id), Some(codes.0.id), "active codes do not expire");
    for (number, left) in [(61_u8, Throttle::default()), (60, counted), (59, counted)] {
        assert_eq!(
            store.find_attempts(&[number; 32]).await.unwrap().throttle,
            left,
            "the counter touched at -{number} s"
        );
    }
    assert!(store.find_account(account.id).await.unwrap().is_some());
    let events = store.list_audit_events(&Default::default(), PageRequest::first()).await;
    assert_eq!(events.unwrap().items.len(), 1, "audit events are kept, unless a time is named");

    let again = in_unit!(store, |unit| unit.housekeeping().prune(&DUE, ALL)).unwrap();
    assert_eq!(again, Pruned::default(), "there is nothing left to remove");
}

/// However much is due, a piece takes no more than it may, takes something, and leaves what is not due; pieces go on until
/// nothing is left. Old audit events are due where a time is named, and only those from before it.
pub async fn housekeeping_removes_no_more_than_a_piece(place: &dyn StorePlace) {
    const MOST: u32 = 7;
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(store, &[&realm, &account]).await;
    let (number, expired) = (20_u8, seconds(-1));
    for index in 0..number {
        let challenge = Challenge { expires_at: expired, ..a_challenge(&account) };
        let session = Session { expires_at: expired, ..a_session(&account) };
        let device = TrustedDevice { expires_at: expired, ..a_trusted_device(&account) };
        let pending = Authenticator { expires_at: Some(expired), ..a_pending_authenticator(&account) };
        let codes = a_pending_recovery_set(&account, &pending);
        let at = seconds(-100 - i64::from(index));
        let event = AuditEvent { id: AuditEventId::new(at, 0, [index + 1; 8]), at, ..an_event(&realm, &account) };
        keep(store, &[&challenge, &session, &device, &pending, &codes, &event]).await;
        in_unit!(store, |unit| unit.attempts().lock(&[index; 32], seconds(-61))).unwrap();
        let claim = IdempotencyClaim { expires_at: expired, ..an_idempotency_claim() };
        in_unit!(store, |unit| unit.idempotency().claim(&claim)).unwrap();
    }
    let kept = (a_challenge(&account), a_session(&account), a_trusted_device(&account));
    let at = seconds(-100);
    let event = AuditEvent { id: AuditEventId::first_at(at), at, ..an_event(&realm, &account) };
    keep(store, &[&kept.0, &kept.1, &kept.2, &event]).await;
    in_unit!(store, |unit| unit.attempts().lock(&[99; 32], NOW)).unwrap();

    let due = Due { audit_events_before: Some(at), ..DUE };
    let mut all = Pruned::default();
    for piece in 0.. {
        let pruned = in_unit!(store, |unit| unit.housekeeping().prune(&due, MOST)).unwrap();
        assert!(pruned.total() <= u64::from(MOST), "piece {piece}: {pruned:?}");
        if pruned.total() == 0 {
            break;
        }
        all += pruned;
    }
    let number = u64::from(number);
    let expected = Pruned {
        challenges: number,
        sessions: number,
        trusted_devices: number,
        enrollments: number,
        attempts: number,
        idempotency_claims: number,
        // The one made at this very time stays, and so does the other one of that time.
        audit_events: number - 1,
    };
    assert_eq!(all, expected, "an empty piece is the last one");
    let factor = store.find_second_factor(account.id).await.unwrap().unwrap();
    assert_eq!((factor.authenticators.len(), factor.recovery_sets.len()), (0, 0), "codes go with their enrollment");
    assert!(store.find_challenge(&kept.0.token_digest).await.unwrap().is_some());
    assert!(store.find_session(&kept.1.token_digest).await.unwrap().is_some());
    assert!(store.find_trusted_device(&kept.2.token_digest).await.unwrap().is_some());
    let events = store.list_audit_events(&Default::default(), PageRequest::first()).await.unwrap();
    assert_eq!(events.items.iter().map(|event| event.at).collect::<Vec<_>>(), [at, at]);
}
