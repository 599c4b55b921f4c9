//! What a realm holds, counted.

use countersign_application::AuditEventId;
use countersign_application::account::{Account, Role};
use countersign_application::audit::{
    AcceptedBy, AttemptMethod, AuditEvent, AuditText, Event, EventKind, ProvenAct, Purpose, RejectionReason,
    SignInFactor,
};
use countersign_application::realm::{AccountCount, DailyCount, Realm};
use countersign_application::second_factor::Authenticator;
use countersign_core::Timestamp;

use super::bench::Bench;
use super::{StorePlace, in_unit};
use crate::{NOW, a_pending_authenticator, a_realm, an_account, an_authenticator, an_event, keep, seconds};

const ACCEPTED: EventKind = EventKind::SecondFactorAccepted;
const REJECTED: EventKind = EventKind::SecondFactorRejected;

/// Accounts, enrollments, events and drifts of the realm are counted, and of no other.
pub async fn accounts_and_events_are_counted_by_realm(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let (realm, other, empty) = (a_realm(), a_realm(), a_realm());
    let ada = an_account(&realm, "ada");
    let stranger = an_account(&other, "stranger");
    keep(bench.store(), &[&realm, &other, &empty, &ada, &stranger]).await;
    count_accounts(&bench, &realm, &ada, &stranger).await;
    count_events(&bench, [(&realm, &ada), (&other, &stranger)]).await;
    assert_eq!(accounts_of(&bench, &empty).await, []);
    assert_eq!(bench.store().count_pending(empty.id, NOW).await.unwrap(), 0);
    assert_eq!(bench.store().count_events(empty.id, EventKind::ALL, seconds(-864_000)).await.unwrap(), []);
    assert!(bench.store().count_drift(empty.id, seconds(-864_000)).await.unwrap().is_empty());
}

async fn accounts_of(bench: &Bench, realm: &Realm) -> Vec<AccountCount> {
    let mut counts = bench.store().count_accounts(realm.id).await.unwrap();
    counts.retain(|it| it.count > 0);
    counts.sort_unstable();
    counts
}

async fn count_accounts(bench: &Bench, realm: &Realm, ada: &Account, stranger: &Account) {
    let store = bench.store();
    let [bob, eve, owner, gone] = ["bob", "eve", "owner", "gone"].map(|login| an_account(realm, login));
    let eve = Account { two_factor_required: Some(true), ..eve };
    let owner = Account { role: Role::Owner, ..owner };
    let gone = Account { disabled_at: Some(NOW), ..gone };
    keep(store, &[&bob, &eve, &owner, &gone]).await;
    for account in [ada, &owner, &gone, stranger] {
        // Two each, of which no account is counted twice.
        keep(store, &[&an_authenticator(account), &an_authenticator(account)]).await;
        in_unit!(store, |unit| unit.second_factors().set_enabled(account.id, Some(NOW))).unwrap();
    }
    let count = |role, two_factor_required, two_factor_enabled| AccountCount {
        role,
        two_factor_required,
        two_factor_enabled,
        count: 1,
    };
    let mut expected = [
        count(Role::Member, None, false),
        count(Role::Member, Some(true), false),
        count(Role::Member, None, true),
        count(Role::Owner, None, true),
    ];
    expected.sort_unstable();
    assert_eq!(accounts_of(bench, realm).await, expected);

    for account in [ada, &bob, stranger] {
        keep(store, &[&a_pending_authenticator(account), &a_pending_authenticator(account)]).await;
    }
    let later = Authenticator { expires_at: Some(seconds(901)), ..a_pending_authenticator(&eve) };
    keep(store, &[&later]).await;
    for (now, expected) in [(0, 3), (899, 3), (900, 1), (901, 0)] {
        let pending = store.count_pending(realm.id, seconds(now)).await.unwrap();
        assert_eq!(pending, expected, "enrollments under way {now} seconds later");
    }
}

async fn count_events(bench: &Bench, [(realm, account), (other, stranger)]: [(&Realm, &Account); 2]) {
    let store = bench.store();
    let micros = Timestamp::from_micros;
    // The day of the tests, from its first microsecond to the first one after it.
    let today = NOW.as_micros().div_euclid(86_400_000_000);
    let (begin, end) = (today * 86_400_000_000, (today + 1) * 86_400_000_000);
    let mut number = 0_u64;
    let mut at = |at: i64, event| {
        number += 1;
        let id = AuditEventId::new(micros(at), 0, number.to_be_bytes());
        AuditEvent { id, at: micros(at), event, ..an_event(realm, account) }
    };
    let authenticator_id = an_authenticator(account).id;
    let by_totp = |drift_steps, purpose| Event::SecondFactorAccepted {
        purpose,
        code: AcceptedBy::Totp { authenticator_id, drift_steps },
    };
    let drift = |steps| by_totp(steps, ProvenAct::SignIn.into());
    let stated = |text| Purpose::Stated(AuditText::new(text));
    let rejected = || Event::SecondFactorRejected {
        purpose: ProvenAct::SignIn.into(),
        method: AttemptMethod::Code,
        reason: RejectionReason::Wrong,
        authenticator_id: Some(authenticator_id),
    };
    let events = [
        at(begin - 1, drift(1)),
        at(begin, drift(1)),
        at(begin, rejected()),
        at(end - 1, drift(-1)),
        at(end - 1, drift(11)),
        at(end - 1, Event::SignInSucceeded { second_factor: SignInFactor::Totp }),
        at(end, drift(1)),
        at(
            end,
            Event::SecondFactorAccepted { purpose: stated(r#""drift_steps":"1""#), code: AcceptedBy::RecoveryCode },
        ),
        at(end, by_totp(0, stated("1"))),
        at(end, rejected()),
    ];
    let of_nobody = AuditEvent { account_id: None, login: None, ..at(end, rejected()) };
    let elsewhere = AuditEvent {
        realm_id: other.id,
        realm: other.slug.clone(),
        account_id: Some(stranger.id),
        ..at(end, drift(1))
    };
    in_unit!(store, |unit| async {
        unit.audit_log().append(&events).await?;
        unit.audit_log().append(&[of_nobody.clone(), elsewhere.clone()]).await
    })
    .unwrap();

    let counted = async |kinds: &[EventKind], since| {
        let mut counts = store.count_events(realm.id, kinds, micros(since)).await.unwrap();
        counts.sort_unstable();
        counts
    };
    let expected = |counts: &[(i64, EventKind, u64)]| {
        let mut counts: Vec<_> =
            counts.iter().map(|(day, event, count)| DailyCount { day: *day, event: *event, count: *count }).collect();
        counts.sort_unstable();
        counts
    };
    let both = [ACCEPTED, REJECTED];
    let (today, tomorrow) = (today, today + 1);
    let in_days = [(today, ACCEPTED, 3), (today, REJECTED, 1), (tomorrow, ACCEPTED, 3), (tomorrow, REJECTED, 2)];
    assert_eq!(counted(&both, begin).await, expected(&in_days));
    assert_eq!(counted(&[REJECTED], begin).await, expected(&[(today, REJECTED, 1), (tomorrow, REJECTED, 2)]));
    assert_eq!(counted(&[ACCEPTED], begin - 1).await[..1], expected(&[(today - 1, ACCEPTED, 1)]));
    assert_eq!(counted(&[ACCEPTED], begin + 1).await[..1], expected(&[(today, ACCEPTED, 2)]));
    assert_eq!(counted(&both, end + 1).await, []);
    assert_eq!(counted(&[], begin).await, []);
    for (steps, since, expected) in
        [(1, begin, 2), (1, begin - 1, 3), (1, end, 1), (-1, begin, 1), (0, begin, 1), (2, begin, 0)]
    {
        let drifts = store.count_drift(realm.id, micros(since)).await.unwrap();
        assert_eq!(drifts.get(&steps).copied().unwrap_or_default(), expected, "drifts by {steps} since {since}");
    }
}
