//! Everything is read as it was written: with every optional field given, and with none.

use countersign_application::account::{Account, Login, Role};
use countersign_application::api_key::{ApiKey, ApiKeyName, Scope};
use countersign_application::audit::{
    AcceptedBy, Actor, AuditDetails, AuditEvent, AuditFilter, AuditOutcome, AuditText, Event, Purpose,
};
use countersign_application::ports::{KeyCheck, Sealed, StoreError};
use countersign_application::realm::Realm;
use countersign_application::recovery::{RecoveryCodeSet, SealedRecoveryCode};
use countersign_application::second_factor::{Authenticator, AuthenticatorName, AuthenticatorStatus};
use countersign_application::session::{AuthenticationMethod, Session};
use countersign_application::sign_in::Challenge;
use countersign_application::trusted_device::TrustedDevice;
use countersign_application::{ChallengeId, PageRequest};
use countersign_core::{Algorithm, Digits, RecoveryAlphabet, RecoveryCodeFormat, TotpParameters};
use countersign_policy::Policy;

use super::bench::{Bench, winners};
use super::{StorePlace, in_unit};
use crate::{
    NOW, a_challenge, a_key_check, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_code,
    a_recovery_set, a_session, a_trusted_device, an_account, an_api_key, an_authenticator, an_event, every_event, keep,
    seconds,
};

/// Text that databases like to break: quotes, a backslash, wide characters, an emoji, a combining accent.
const AWKWARD: &str = "O'Brien \"x\" \\ %_ 北京 📱 e\u{301}";

/// Bytes that text columns like to break.
fn awkward_bytes() -> Vec<u8> {
    (0..=255).chain([0, 0, 0]).collect()
}

/// A time that seconds or milliseconds would cut.
fn odd_time() -> countersign_core::Timestamp {
    countersign_core::Timestamp::from_micros(1_750_000_000_123_457)
}

/// All of an account, its password hash included.
fn all_of(account: &Account) -> String {
    format!("{account:?} {:?}", account.password_hash.as_ref().map(|hash| hash.as_str().to_owned()))
}

/// Realms, with a policy that is not the recommended one.
pub async fn a_realm_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let recommended = a_realm();
    let mut document = recommended.policy.clone().into_document();
    document.totp.algorithm = Algorithm::Sha512;
    document.totp.digits = 8;
    document.recovery_codes.count = 0;
    let policy = Policy::new(document).expect("the changed policy is valid");
    let version = i64::from(i32::MAX) + 1;
    let changed = Realm {
        policy,
        issuer: AWKWARD.to_owned(),
        version,
        enforced_since: Some(odd_time()),
        created_at: odd_time(),
        ..a_realm()
    };
    keep(bench.store(), &[&recommended, &changed]).await;
    for realm in [recommended, changed] {
        assert_eq!(bench.store().find_realm_by_id(realm.id).await.unwrap(), Some(realm));
    }
}

/// Accounts of every role, and of subjects.
pub async fn an_account_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    keep(bench.store(), &[&realm]).await;
    let full = Account {
        password_version: i64::from(i32::MAX) + 1,
        disabled_at: Some(odd_time()),
        last_sign_in_at: Some(seconds(5)),
        created_at: odd_time(),
        two_factor_required: Some(false),
        password_change_required: true,
        grace_started_at: Some(odd_time()),
        ..an_account(&realm, AWKWARD)
    };
    let bare = Account { password_hash: None, ..an_account(&realm, &"é".repeat(200)) };
    let mut accounts = vec![full, bare];
    // The longest logins of the widest characters, and the longest keys.
    for widest in ["🙂".repeat(200), "\u{fdfa}".repeat(33), "\u{1d5a0}".repeat(200), "ß".repeat(200)] {
        accounts.push(an_account(&realm, &widest));
    }
    let widest = "🙂".repeat(200);
    let login = Login::of_subject(&widest, &widest).expect("the label follows the rule");
    accounts.push(Account { login, subject: Some(widest), password_hash: None, ..an_account(&realm, "any") });
    for (subject, label) in [(format!(" :{AWKWARD} "), AWKWARD.to_owned()), ("é".repeat(200), "é".repeat(200))] {
        let login = Login::of_subject(&subject, &label).expect("the label follows the rule");
        let account = an_account(&realm, "any");
        accounts.push(Account { login, subject: Some(subject), password_hash: None, ..account });
    }
    for role in Role::ALL {
        accounts.push(Account { role: *role, ..an_account(&realm, role.as_str()) });
    }
    for account in accounts {
        keep(bench.store(), &[&account]).await;
        let by_id = bench.store().find_account(account.id).await.unwrap().expect("found by identifier");
        let key = account.login.key();
        let by_login = bench.store().find_account_by_login(realm.id, key).await.unwrap().expect("found by login");
        let within = in_unit!(bench.store(), |unit| unit.accounts().find(account.id)).unwrap().expect("found within");
        for found in [by_id, by_login, within] {
            assert_eq!(all_of(&found), all_of(&account));
        }
        let factor = bench.store().find_second_factor(account.id).await.unwrap().expect("has a second factor");
        assert_eq!(factor.state, countersign_application::second_factor::SecondFactorState::new(account.id));
    }
}

/// Authenticators of every status and every kind of parameters.
pub async fn an_authenticator_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    let session = a_session(&account);
    keep(bench.store(), &[&realm, &account, &session]).await;
    let full = Authenticator {
        name: AuthenticatorName::new(AWKWARD).unwrap(),
        status: AuthenticatorStatus::Active,
        issuer: AWKWARD.to_owned(),
        parameters: TotpParameters::new(Algorithm::Sha512, Digits::EIGHT, 86_400).unwrap(),
        sealed_secret: Sealed { key_id: "key 2".to_owned(), bytes: awkward_bytes() },
        last_step: Some(i64::MAX.unsigned_abs()),
        begun_by: Some(session.id),
        replaces: Some(an_authenticator(&account).id),
        created_at: odd_time(),
        expires_at: Some(seconds(900)),
        confirmed_at: Some(seconds(901)),
        last_used_at: Some(odd_time()),
        ..an_authenticator(&account)
    };
    let bare = Authenticator { expires_at: None, ..a_pending_authenticator(&account) };
    let mut authenticators = vec![full, bare, an_authenticator(&account), a_pending_authenticator(&account)];
    for algorithm in Algorithm::ALL {
        for digits in [Digits::SIX, Digits::SEVEN, Digits::EIGHT] {
            let parameters = TotpParameters::new(algorithm, digits, 60).unwrap();
            authenticators.push(Authenticator { parameters, last_step: Some(0), ..an_authenticator(&account) });
        }
    }
    for authenticator in &authenticators {
        keep(bench.store(), &[authenticator]).await;
    }
    let read = bench.store().find_second_factor(account.id).await.unwrap().unwrap();
    let loaded = in_unit!(bench.store(), |unit| unit.second_factors().load(account.id)).unwrap().unwrap();
    for factor in [read, loaded] {
        for authenticator in &authenticators {
            let found = factor.authenticator(authenticator.id);
            assert_eq!(format!("{found:?}"), format!("{:?}", Some(authenticator)));
        }
        assert_eq!(factor.authenticators.len(), authenticators.len());
    }
}

/// Sets of recovery codes, sealed and not.
pub async fn recovery_codes_are_read_as_they_were_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let (ada, bob) = (an_account(&realm, "ada"), an_account(&realm, "bob"));
    let enrollment = a_pending_authenticator(&ada);
    let (set, _) = a_pending_recovery_set(&ada, &enrollment);
    let sealed = |bytes| Some(Sealed { key_id: "key 2".to_owned(), bytes });
    let codes = vec![
        SealedRecoveryCode { sealed: sealed(awkward_bytes()), ..a_recovery_code() },
        SealedRecoveryCode { sealed: sealed(vec![0]), ..a_recovery_code() },
        a_recovery_code(),
    ];
    let mut salt = [0xff; 16];
    salt[0] = 0;
    let set = RecoveryCodeSet {
        format: RecoveryCodeFormat::new("XXXXX-XXXXX", RecoveryAlphabet::Alphanumeric).unwrap(),
        salt,
        key_id: "key 2".to_owned(),
        viewable: true,
        issued_at: odd_time(),
        unproven_at: Some(odd_time().plus_seconds(1)),
        total: 3,
        remaining: 3,
        ..set
    };
    let (full, bare) = ((set, codes), a_recovery_set(&bob));
    keep(bench.store(), &[&realm, &ada, &bob, &enrollment, &full, &bare]).await;
    for (set, codes) in [full, bare] {
        let factor = bench.store().find_second_factor(set.account_id).await.unwrap().unwrap();
        assert_eq!(factor.recovery_sets, std::slice::from_ref(&set));
        assert_eq!(bench.store().list_unused_recovery_codes(set.id).await.unwrap(), codes);
    }
}

/// Challenges, sessions and trusted devices.
pub async fn what_a_sign_in_yields_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(store, &[&realm, &account]).await;
    let versions = (i64::from(i32::MAX) + 1, i64::from(i32::MAX) + 2);
    let challenge = Challenge {
        password_version: versions.0,
        second_factor_version: versions.1,
        failed_tries: 4,
        created_at: odd_time(),
        expires_at: odd_time().plus_seconds(300),
        ..a_challenge(&account)
    };
    for challenge in [challenge, a_challenge(&account)] {
        keep(store, &[&challenge]).await;
        assert_eq!(store.find_challenge(&challenge.token_digest).await.unwrap(), Some(challenge));
    }
    let session = Session {
        enrollment_only: true,
        methods: AuthenticationMethod::ALL.to_vec(),
        created_at: odd_time(),
        last_seen_at: odd_time().plus_seconds(1),
        expires_at: odd_time().plus_seconds(2),
        ip: Some("2001:db8::1".to_owned()),
        user_agent: Some(AWKWARD.to_owned()),
        ..a_session(&account)
    };
    for session in [session, a_session(&account)] {
        keep(store, &[&session]).await;
        assert_eq!(store.find_session(&session.token_digest).await.unwrap(), Some(session));
    }
    let device = TrustedDevice {
        password_version: versions.0,
        second_factor_version: versions.1,
        created_at: odd_time(),
        expires_at: odd_time().plus_seconds(1),
        last_used_at: Some(odd_time()),
        ip: Some("192.0.2.1".to_owned()),
        user_agent: Some(AWKWARD.to_owned()),
        ..a_trusted_device(&account)
    };
    for device in [device, a_trusted_device(&account)] {
        keep(store, &[&device]).await;
        assert_eq!(store.find_trusted_device(&device.token_digest).await.unwrap(), Some(device.clone()));
    }
}

/// API keys, with every scope and each alone.
pub async fn an_api_key_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let store = bench.store();
    let realm = a_realm();
    keep(store, &[&realm]).await;
    let full = ApiKey {
        name: ApiKeyName::new(AWKWARD).unwrap(),
        created_at: odd_time(),
        expires_at: Some(odd_time().plus_seconds(1)),
        last_used_at: Some(odd_time().plus_seconds(2)),
        ..an_api_key(&realm)
    };
    let long = ApiKey { name: ApiKeyName::new(&"é".repeat(100)).unwrap(), ..an_api_key(&realm) };
    let mut keys = vec![full, long];
    for scope in Scope::ALL {
        keys.push(ApiKey { scopes: vec![*scope], ..an_api_key(&realm) });
    }
    for key in &keys {
        keep(store, &[key]).await;
        assert_eq!(store.find_api_key(&key.digest).await.unwrap().as_ref(), Some(key));
    }
    keys.reverse();
    assert_eq!(store.list_api_keys(realm.id, PageRequest::first()).await.unwrap().items, keys);
}

/// Audit events of every kind, actor and outcome.
pub async fn an_event_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let realm = a_realm();
    let account = an_account(&realm, "ada");
    keep(bench.store(), &[&realm, &account]).await;
    let further = |details: &[(&str, &str)]| -> AuditDetails {
        details.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    };
    let full = AuditEvent {
        at: odd_time(),
        login: Some(AWKWARD.to_owned()),
        ip: Some("2001:db8::1".to_owned()),
        user_agent: Some(AWKWARD.to_owned()),
        client_stated: true,
        sign_in: Some(ChallengeId::new(NOW, 1, [7; 8])),
        outcome: AuditOutcome::Failure,
        event: Event::SecondFactorAccepted {
            purpose: Purpose::Stated(AuditText::new(AWKWARD)),
            code: AcceptedBy::RecoveryCode,
        },
        further: further(&[("first", AWKWARD), (AWKWARD, "")]),
        ..an_event(&realm, &account)
    };
    let bare = AuditEvent { account_id: None, login: None, actor: Actor::Operator, ..an_event(&realm, &account) };
    let mut events = vec![full, bare];
    for actor in [Actor::Administrator(account.id), Actor::Application("key-1".to_owned())] {
        events.push(AuditEvent { actor, ..an_event(&realm, &account) });
    }
    for event in every_event() {
        events.push(AuditEvent { event, ..an_event(&realm, &account) });
    }
    // As a node of a newer version may write them: an event that there is none of yet, and a new value of one that there is.
    for (name, details) in [
        ("passkey.added", further(&[("credential", "x")])),
        ("second_factor.accepted", further(&[("method", "passkey"), ("purpose", "sign_in"), ("drift_steps", "1")])),
    ] {
        let event = Event::Unknown { name: name.to_owned() };
        events.push(AuditEvent { event, further: details, ..an_event(&realm, &account) });
    }
    in_unit!(bench.store(), |unit| unit.audit_log().append(&events)).unwrap();
    let page = bench.store().list_audit_events(&AuditFilter::default(), PageRequest::first()).await.unwrap();
    events.reverse();
    assert_eq!(page.items, events);
}

/// Records of master keys, oldest first, each key once.
pub async fn a_key_check_is_read_as_it_was_written(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let sealed = Sealed { key_id: "key 2".to_owned(), bytes: awkward_bytes() };
    let newest = KeyCheck { sealed, created_at: odd_time().plus_seconds(60), retired_at: Some(odd_time()) };
    let (middle, oldest) = (a_key_check("key 1", odd_time()), a_key_check("key 3", seconds(-60)));
    keep(bench.store(), &[&newest, &oldest, &middle]).await;
    let expected = [oldest, middle, newest];
    assert_eq!(bench.store().list_key_checks().await.unwrap(), expected);

    let again = a_key_check("key 1", seconds(99));
    let outcome = in_unit!(bench.store(), |unit| unit.key_checks().insert(&again));
    assert!(matches!(outcome, Err(StoreError::Conflict { .. })), "{outcome:?}");
    assert_eq!(bench.store().list_key_checks().await.unwrap(), expected);
}

/// Of many nodes that find no record of a key and make a key each, one records its own.
pub async fn of_many_first_keys_one_is_recorded(place: &dyn StorePlace) {
    let bench = Bench::open(place).await;
    let recorded = bench
        .contend(|task, store| async move {
            let check = a_key_check(&format!("key of {task}"), NOW);
            let outcome = in_unit!(store, |unit| async {
                let first = unit.key_checks().lock().await?.is_empty();
                if first {
                    unit.key_checks().insert(&check).await?;
                }
                Ok(first)
            });
            outcome.unwrap()
        })
        .await;
    assert_eq!(winners(&recorded), 1, "one of the nodes records the first key");
    assert_eq!(bench.store().list_key_checks().await.unwrap().len(), 1);
}
