//! Entities as most tests want them. Their fields are public: what a test cares about it sets itself.
//!
//! All are made at [`NOW`]; their identifiers are unique in the process and sort in the order of making.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_application::account::{Account, Login};
use countersign_application::api_key::{ApiKey, ApiKeyName, Scope};
use countersign_application::audit::{Actor, AuditDetails, AuditEvent, AuditOutcome, Event, SignInFactor};
use countersign_application::idempotency::{IdempotencyClaim, IdempotencyDigest};
use countersign_application::ports::{KeyCheck, Sealed, TokenDigest};
use countersign_application::realm::{Realm, RealmSlug};
use countersign_application::recovery::{RecoveryCodeSet, RecoveryDigest, RecoverySetStatus, SealedRecoveryCode};
use countersign_application::second_factor::{Authenticator, AuthenticatorName, AuthenticatorStatus};
use countersign_application::session::{AuthenticationMethod, Session};
use countersign_application::sign_in::Challenge;
use countersign_application::trusted_device::TrustedDevice;
use countersign_application::{
    AccountId, ApiKeyId, AuditEventId, AuthenticatorId, ChallengeId, IdempotencyClaimId, RealmId, RecoveryCodeId,
    RecoveryCodeSetId, SessionId, TrustedDeviceId,
};
use countersign_core::{RecoveryAlphabet, RecoveryCodeFormat, Timestamp, TotpParameters};
use countersign_policy::{Policy, Preset};

use crate::PlainPasswordHasher;

/// When tests happen: 2025-06-15, 15:06:40 UTC.
pub const NOW: Timestamp = Timestamp::from_unix_seconds(1_750_000_000);

/// The password of accounts made by [`an_account`].
pub const PASSWORD: &str = "correct horse battery";

/// [`NOW`], later by some seconds; earlier for a negative number.
#[must_use]
pub const fn seconds(after_now: i64) -> Timestamp {
    Timestamp::from_micros(NOW.as_micros() + after_now * 1_000_000)
}

static RECOMMENDED: LazyLock<Policy> =
    LazyLock::new(|| Preset::RECOMMENDED.policy().expect("the recommended policy is valid"));

/// A number that no other call in this process gets, greater than all before.
fn next() -> u64 {
    static COUNTER: AtomicU64 = AtomicU64::new(1);
    COUNTER.fetch_add(1, Ordering::Relaxed)
}

/// 32 bytes that no other call in this process gets.
fn unique_bytes() -> [u8; 32] {
    let mut bytes = [0xa5; 32];
    bytes[12..20].copy_from_slice(&next().to_be_bytes());
    bytes
}

macro_rules! fresh {
    ($id:ident) => {
        $id::new(NOW, 0, next().to_be_bytes())
    };
}

/// The realm that exists from the first start, with the recommended policy.
#[must_use]
pub fn the_default_realm() -> Realm {
    Realm { slug: RealmSlug::default_realm(), ..a_realm() }
}

/// A realm with a short name of its own and the recommended policy.
#[must_use]
pub fn a_realm() -> Realm {
    Realm {
        id: fresh!(RealmId),
        slug: RealmSlug::new(&format!("realm-{}", next())).expect("the name follows the rule"),
        issuer: "Example".to_owned(),
        policy: RECOMMENDED.clone(),
        version: 0,
        enforced_since: None,
        created_at: NOW,
    }
}

/// A member with the password [`PASSWORD`], as [`PlainPasswordHasher`] hashes it, and no second factor.
///
/// # Panics
/// When `login` is none.
#[must_use]
pub fn an_account(realm: &Realm, login: &str) -> Account {
    let login = Login::new(login).expect("the test's login follows the rule");
    Account {
        password_hash: Some(PlainPasswordHasher::hash_of(PASSWORD)),
        password_version: 0,
        ..Account::new(fresh!(AccountId), realm.id, login, NOW)
    }
}

/// An active authenticator, confirmed with a step long past. Its secret does not open: a use case wants a real one.
#[must_use]
pub fn an_authenticator(account: &Account) -> Authenticator {
    Authenticator {
        status: AuthenticatorStatus::Active,
        last_step: Some(1_000),
        expires_at: None,
        confirmed_at: Some(NOW),
        last_used_at: Some(NOW),
        ..a_pending_authenticator(account)
    }
}

/// An authenticator that may be confirmed for 15 minutes from [`NOW`].
#[must_use]
pub fn a_pending_authenticator(account: &Account) -> Authenticator {
    Authenticator {
        id: fresh!(AuthenticatorId),
        account_id: account.id,
        name: AuthenticatorName::default(),
        status: AuthenticatorStatus::Pending,
        issuer: "Example".to_owned(),
        parameters: TotpParameters::DEFAULT,
        sealed_secret: Sealed { key_id: "plain".to_owned(), bytes: unique_bytes().to_vec() },
        last_step: None,
        begun_by: None,
        replaces: None,
        created_at: NOW,
        expires_at: Some(seconds(900)),
        confirmed_at: None,
        last_used_at: None,
    }
}

/// An active set of ten codes.
#[must_use]
pub fn a_recovery_set(account: &Account) -> (RecoveryCodeSet, Vec<SealedRecoveryCode>) {
    let mut salt = [0; 16];
    salt[..8].copy_from_slice(&next().to_be_bytes());
    let codes: Vec<_> = (0..10).map(|_| a_recovery_code()).collect();
    let set = RecoveryCodeSet {
        id: fresh!(RecoveryCodeSetId),
        account_id: account.id,
        status: RecoverySetStatus::Active,
        authenticator_id: None,
        format: RecoveryCodeFormat::new("XXXX-XXXX-XXXX-XXXX", RecoveryAlphabet::Crockford32).unwrap(),
        salt,
        key_id: "plain".to_owned(),
        viewable: false,
        issued_at: NOW,
        unproven_at: None,
        total: 10,
        remaining: 10,
    };
    (set, codes)
}

/// The pending set of an enrollment, of ten codes.
#[must_use]
pub fn a_pending_recovery_set(
    account: &Account,
    authenticator: &Authenticator,
) -> (RecoveryCodeSet, Vec<SealedRecoveryCode>) {
    let (set, codes) = a_recovery_set(account);
    let set = RecoveryCodeSet { status: RecoverySetStatus::Pending, authenticator_id: Some(authenticator.id), ..set };
    (set, codes)
}

/// A recovery code that cannot be viewed again.
#[must_use]
pub fn a_recovery_code() -> SealedRecoveryCode {
    SealedRecoveryCode { id: fresh!(RecoveryCodeId), digest: RecoveryDigest(unique_bytes()), sealed: None }
}

/// A challenge that can be answered for five minutes from [`NOW`].
#[must_use]
pub fn a_challenge(account: &Account) -> Challenge {
    Challenge {
        id: fresh!(ChallengeId),
        token_digest: TokenDigest(unique_bytes()),
        account_id: account.id,
        password_version: account.password_version,
        second_factor_version: 0,
        failed_tries: 0,
        created_at: NOW,
        expires_at: seconds(300),
    }
}

/// A session of one day from [`NOW`].
#[must_use]
pub fn a_session(account: &Account) -> Session {
    Session {
        id: fresh!(SessionId),
        token_digest: TokenDigest(unique_bytes()),
        account_id: account.id,
        enrollment_only: false,
        methods: AuthenticationMethod::ONE_FACTOR.to_vec(),
        created_at: NOW,
        last_seen_at: NOW,
        expires_at: seconds(86_400),
        ip: None,
        user_agent: None,
    }
}

/// A browser that is trusted for thirty days from [`NOW`].
#[must_use]
pub fn a_trusted_device(account: &Account) -> TrustedDevice {
    TrustedDevice {
        id: fresh!(TrustedDeviceId),
        token_digest: TokenDigest(unique_bytes()),
        account_id: account.id,
        password_version: account.password_version,
        second_factor_version: 0,
        created_at: NOW,
        expires_at: seconds(30 * 86_400),
        last_used_at: None,
        ip: None,
        user_agent: None,
    }
}

/// The record that an account completed a sign-in at [`NOW`].
#[must_use]
pub fn an_event(realm: &Realm, account: &Account) -> AuditEvent {
    AuditEvent {
        id: fresh!(AuditEventId),
        at: NOW,
        event: Event::SignInSucceeded { second_factor: SignInFactor::None },
        realm_id: realm.id,
        realm: realm.slug.clone(),
        account_id: Some(account.id),
        login: Some(account.login.as_str().to_owned()),
        actor: Actor::Account(account.id),
        ip: None,
        user_agent: None,
        client_stated: false,
        sign_in: None,
        outcome: AuditOutcome::Success,
        further: AuditDetails::new(),
    }
}

/// A key of the realm for everything, without an end.
#[must_use]
pub fn an_api_key(realm: &Realm) -> ApiKey {
    ApiKey {
        id: fresh!(ApiKeyId),
        realm_id: realm.id,
        name: ApiKeyName::new("Example").expect("the name follows the rule"),
        digest: TokenDigest(unique_bytes()),
        scopes: Scope::ALL.to_vec(),
        made_by_owner: true,
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }
}

/// The claim of a key, at [`NOW`] for 15 minutes, without an answer.
#[must_use]
pub fn an_idempotency_claim() -> IdempotencyClaim {
    IdempotencyClaim {
        id: fresh!(IdempotencyClaimId),
        digest: IdempotencyDigest(unique_bytes()),
        request: Sealed { key_id: "plain".to_owned(), bytes: unique_bytes().to_vec() },
        answer: None,
        claimed_at: NOW,
        expires_at: seconds(900),
    }
}

/// The record of a master key.
#[must_use]
pub fn a_key_check(key_id: &str, created_at: Timestamp) -> KeyCheck {
    KeyCheck {
        sealed: Sealed { key_id: key_id.to_owned(), bytes: unique_bytes().to_vec() },
        created_at,
        retired_at: None,
    }
}
