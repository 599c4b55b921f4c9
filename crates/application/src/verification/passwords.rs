//! Wrong passwords, counted so that only the guesser waits: `docs/guessing.md` draws it and does the sums.
//!
//! Nothing here asks whether the account exists: an unknown login has the same lanes, under keys made of what was typed.

use countersign_core::{Allowance, Throttle, ThrottleSchedule, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::account::{Account, Login};
use crate::ports::{Behalf, TokenKind, UnitOfWork};
use crate::realm::Realm;
use crate::verification::{AttemptKey, Attempts, KnownPlace};
use crate::{AccountId, Application, Origin, UseCaseError};

/// What wrong passwords for one login cost in one place, which is a network or a known device.
const IN_ONE_PLACE: ThrottleSchedule =
    ThrottleSchedule { free_failures: 10, first_wait_seconds: 1, longest_wait_seconds: 900 };

/// The same in a network that failed much over all logins.
const IN_A_SUSPECT_NETWORK: ThrottleSchedule =
    ThrottleSchedule { free_failures: 3, first_wait_seconds: 30, longest_wait_seconds: LONGEST_WAIT_SECONDS };

/// When a network becomes suspect, and for how long it stays so after each further failure. Suspicion refuses nobody by
/// itself: a login that the network has not failed at is looked at as everywhere.
const SUSPECT: ThrottleSchedule = ThrottleSchedule {
    free_failures: 100,
    first_wait_seconds: LONGEST_WAIT_SECONDS,
    longest_wait_seconds: LONGEST_WAIT_SECONDS,
};

const LONGEST_WAIT_SECONDS: u32 = 3_600;

/// Failures for one login over all places that are not known (NIST SP 800-63B-4, section 3.2.2: no more than 100).
pub(crate) const FROM_UNKNOWN_PLACES: Allowance = Allowance { most: 100, seconds_each: 3_600 };

/// A wait of all unknown places is told in whole quarters of an hour: it began when somebody else failed.
const TOLD_IN_SECONDS: u64 = 900;

/// A place where an account fails so often in a row is not known any more.
const FAILURES_UNTIL_FORGOTTEN: u32 = 100;

/// How long a place stays known after the last sign-in from there.
const KNOWN_FOR_SECONDS: u64 = 180 * 86_400;

impl Attempts {
    /// Whether the account was signed in to from this place, not too long ago.
    fn is_known_at(&self, now: Timestamp) -> bool {
        self.known_at.is_some_and(|at| now < at.plus_seconds(KNOWN_FOR_SECONDS))
    }
}

/// What a lane has counted, as far as it can be so.
pub(crate) fn believed(throttle: Throttle, now: Timestamp) -> Throttle {
    throttle.believed(LONGEST_WAIT_SECONDS, now)
}

/// What a client shows to be a device that the account was signed in from before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ShownDevice<'a> {
    pub(crate) trusted: Option<&'a crate::trusted_device::TrustedDevice>,
    pub(crate) known: &'a [SecretString],
}

/// Someone who claims to be an account, and the lanes in which their wrong passwords are counted.
pub(crate) struct PasswordClaim {
    account: Option<AccountId>,
    network: Option<String>,
    claimed: AttemptKey,
    /// The login from this network.
    place: AttemptKey,
    /// A device that the account is known to have: instead of all other lanes.
    device: Option<AttemptKey>,
    /// The login from all places that are not known.
    unknown_places: AttemptKey,
    /// The network over all logins.
    over_all_logins: Option<AttemptKey>,
}

/// What is counted for a claim, under the locks of its counters.
pub(crate) struct CountedPasswords {
    key: AttemptKey,
    lane: Attempts,
    unknown_places: Option<Attempts>,
}

impl Application {
    /// The lanes of a claim.
    pub(crate) async fn password_claim(
        &self,
        realm: &str,
        login_key: &str,
        account: Option<&Account>,
        shown: ShownDevice<'_>,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<PasswordClaim, UseCaseError> {
        let network = origin.network();
        let fingerprint = |label: String| self.tokens().fingerprint(&label);
        let over_all_logins = network.as_ref().map(|from| fingerprint(format!("password from {from}")));
        Ok(PasswordClaim {
            account: account.map(|account| account.id),
            claimed: fingerprint(format!("claim of {login_key} in {realm}")),
            place: self.password_place(realm, login_key, network.as_deref()),
            device: self.known_device(account, shown, now).await?,
            unknown_places: fingerprint(format!("password of {login_key} in {realm} from unknown places")),
            over_all_logins,
            network,
        })
    }

    fn password_place(&self, realm: &str, login_key: &str, network: Option<&str>) -> AttemptKey {
        let from = network.unwrap_or("nowhere");
        self.tokens().fingerprint(&format!("password of {login_key} in {realm} from {from}"))
    }

    async fn known_device(
        &self,
        account: Option<&Account>,
        shown: ShownDevice<'_>,
        now: Timestamp,
    ) -> Result<Option<AttemptKey>, UseCaseError> {
        let trusted = shown.trusted.zip(account).filter(|(device, account)| {
            device.account_id == account.id
                && device.password_version == account.password_version
                && now < device.expires_at
        });
        if let Some((device, account)) = trusted {
            let label = format!("password of {} on the trusted device {}", account.id, device.id);
            let key = self.tokens().fingerprint(&label);
            let failures = self.store().find_attempts(&key).await?.throttle.failures_in_a_row;
            return Ok((failures < FAILURES_UNTIL_FORGOTTEN).then_some(key));
        }
        for token in shown.known {
            let Some(key) = self.known_device_key(account, token) else { continue };
            // Read for an unknown login as well, which has none: it must take as long.
            if self.is_known_device(&key, now).await? && account.is_some() {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// Under what a known device is kept: bound to the account and to its password. `None` for what cannot be a token.
    pub(crate) fn known_device_key(&self, account: Option<&Account>, token: &SecretString) -> Option<AttemptKey> {
        let digest = self.tokens().digest(TokenKind::KnownDevice, token.expose_secret())?;
        let digest: String = digest.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let (id, version) = match account {
            Some(account) => (account.id.to_string(), account.password_version),
            None => (String::new(), 0),
        };
        Some(self.tokens().fingerprint(&format!("known device {digest} of {id} at {version}")))
    }

    /// Whether a device is known under this key.
    pub(crate) async fn is_known_device(&self, key: &AttemptKey, now: Timestamp) -> Result<bool, UseCaseError> {
        Ok(self.store().find_attempts(key).await?.is_known_at(now))
    }

    /// The network that a sign-in to the account was completed from.
    pub(crate) fn known_network(
        &self,
        realm: &Realm,
        account: &Account,
        origin: &Origin,
        now: Timestamp,
    ) -> KnownPlace {
        let network = origin.network();
        let login_key = Login::key_of(account.login.as_str());
        let key = self.password_place(realm.slug.as_str(), &login_key, network.as_deref());
        KnownPlace::at(key, network, now)
    }
}

impl KnownPlace {
    /// A place that is known from now on.
    pub(crate) fn at(key: AttemptKey, network: Option<String>, now: Timestamp) -> Self {
        Self { key, network, kept_from: now.plus_seconds(KNOWN_FOR_SECONDS) }
    }
}

/// From when on housekeeping counts the age of a counter: a known place outlives what was counted there.
fn kept_from(attempts: &Attempts, now: Timestamp) -> Timestamp {
    attempts.known_at.map_or(now, |at| at.plus_seconds(KNOWN_FOR_SECONDS).max(now))
}

impl PasswordClaim {
    /// For how long the claim is not looked at, as committed, and on whose behalf it is looked at.
    pub(crate) async fn examine(
        &self,
        application: &Application,
        now: Timestamp,
    ) -> Result<(Option<u64>, Behalf), UseCaseError> {
        let store = application.store();
        let lane = store.find_attempts(&self.lane()).await?;
        let known = self.is_known(&lane, now);
        let over_unknown_places =
            if known { None } else { wait_of_unknown_places(&store.find_attempts(&self.unknown_places).await?, now) };
        let wait = believed(lane.throttle, now).blocked_for(now).max(over_unknown_places);
        Ok((wait, self.behalf(known)))
    }

    fn behalf(&self, known: bool) -> Behalf {
        let network = self.network.clone();
        match self.account {
            Some(account) if known => Behalf::Account { account, network },
            _ => Behalf::Claimant { network, claimed: self.claimed },
        }
    }

    fn lane(&self) -> AttemptKey {
        self.device.unwrap_or(self.place)
    }

    fn is_known(&self, lane: &Attempts, now: Timestamp) -> bool {
        self.account.is_some() && lane.is_known_at(now) || self.device.is_some()
    }

    /// Locks the counters, in an order that is always the same. `Err` in the inner result is a wait: those that began
    /// while the password was being hashed hold for a right one as well.
    pub(crate) async fn lock(
        &self,
        unit: &mut dyn UnitOfWork,
        now: Timestamp,
    ) -> Result<Result<CountedPasswords, u64>, UseCaseError> {
        let key = self.lane();
        let lane = unit.attempts().lock(&key, now).await?;
        let lane = Attempts { throttle: believed(lane.throttle, now), ..lane };
        let unknown_places =
            if self.is_known(&lane, now) { None } else { Some(unit.attempts().lock(&self.unknown_places, now).await?) };
        let over_unknown_places = unknown_places.as_ref().and_then(|it| wait_of_unknown_places(it, now));
        match lane.throttle.blocked_for(now).max(over_unknown_places) {
            Some(seconds) => Ok(Err(seconds)),
            None => Ok(Ok(CountedPasswords { key, lane, unknown_places })),
        }
    }

    /// Counts a wrong password.
    pub(crate) async fn count_failure(
        &self,
        unit: &mut dyn UnitOfWork,
        counted: CountedPasswords,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        let CountedPasswords { key, lane, unknown_places } = counted;
        if let Some(attempts) = unknown_places {
            let full_at = FROM_UNKNOWN_PLACES.after_failure(attempts.throttle.blocked_until, now);
            let failures_in_a_row = attempts.throttle.failures_in_a_row.saturating_add(1);
            let throttle = Throttle { failures_in_a_row, blocked_until: Some(full_at) };
            let next = Attempts { throttle, account: self.account, ..Attempts::default() };
            // It counts until all of it has come back.
            unit.attempts().set(&self.unknown_places, &next, full_at).await?;
        }
        let suspect = self.suspect(unit, now).await?;
        let schedule = if suspect { &IN_A_SUSPECT_NETWORK } else { &IN_ONE_PLACE };
        let throttle = lane.throttle.after_failure(schedule, now);
        let still_known = throttle.failures_in_a_row < FAILURES_UNTIL_FORGOTTEN;
        let next = Attempts {
            throttle,
            account: self.account,
            network: self.network.clone(),
            known_at: lane.known_at.filter(|_| still_known),
        };
        unit.attempts().set(&key, &next, kept_from(&next, now)).await?;
        Ok(())
    }

    /// Counts a failure of the network over all logins, and says whether it was suspect before.
    async fn suspect(&self, unit: &mut dyn UnitOfWork, now: Timestamp) -> Result<bool, UseCaseError> {
        let Some(key) = self.over_all_logins.filter(|_| self.device.is_none()) else { return Ok(false) };
        let seen = believed(unit.attempts().lock(&key, now).await?.throttle, now).forgiven(0, now);
        let next = Attempts {
            throttle: seen.after_failure(&SUSPECT, now),
            network: self.network.clone(),
            ..Attempts::default()
        };
        unit.attempts().set(&key, &next, now).await?;
        Ok(seen.blocked_for(now).is_some())
    }

    /// The password was right: this place begins anew. What other places failed stays counted.
    pub(crate) async fn forgive(
        &self,
        unit: &mut dyn UnitOfWork,
        counted: CountedPasswords,
        now: Timestamp,
    ) -> Result<(), UseCaseError> {
        let CountedPasswords { key, lane, .. } = counted;
        if lane.known_at.is_none() {
            unit.attempts().clear(&key).await?;
        } else if lane.throttle != Throttle::default() {
            let next = Attempts { throttle: Throttle::default(), ..lane };
            unit.attempts().set(&key, &next, kept_from(&next, now)).await?;
        }
        Ok(())
    }
}

/// How long unknown places wait by their common counter.
pub(crate) fn wait_of_unknown_places(attempts: &Attempts, now: Timestamp) -> Option<u64> {
    let seconds = FROM_UNKNOWN_PLACES.wait(attempts.throttle.blocked_until, now)?;
    Some(seconds.next_multiple_of(TOLD_IN_SECONDS))
}
