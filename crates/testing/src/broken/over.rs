//! The same defects over a store of any kind: what a real engine does with them is not what the heap does.

use countersign_application::account::{Account, AccountFilter, AccountPage, AccountPart, AccountReads, AccountStore};
use countersign_application::api_key::{ApiKey, ApiKeyReads, ApiKeyStore};
use countersign_application::appearance::{Appearance, AppearanceReads, AppearanceStore};
use countersign_application::audit::{AuditEvent, AuditFilter, AuditLog, AuditReads, EventKind};
use countersign_application::housekeeping::{Ended, EndedReads, HousekeepingStore};
use countersign_application::master_key::{KeyUse, MasterKeyReads, MasterKeyStore, SealedPart, SealedRow};
use countersign_application::ports::{
    AskedAbout, KeyCheck, KeyCheckReads, KeyCheckStore, Person, PersonReads, Sealed, Store, StoreError, TokenDigest,
    UnitOfWork,
};
use countersign_application::realm::{
    AccountCount, DailyCount, Realm, RealmReads, RealmSlug, RealmStore, StatisticsReads,
};
use countersign_application::session::{Session, SessionReads, SessionStore};
use countersign_application::sign_in::{Challenge, ChallengeReads, ChallengeStore};
use countersign_application::trusted_device::{TrustedDevice, TrustedDeviceReads, TrustedDeviceStore};
use countersign_application::verification::{AttemptKey, AttemptReads, AttemptStore, Attempts, Claim, Verdict};
use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::idempotency::{IdempotencyClaim, IdempotencyDigest, IdempotencyReads, IdempotencyStore};
use countersign_application::recovery::{RecoveryCodeSet, RecoveryCodeStore, RecoveryDigest, SealedRecoveryCode};
use countersign_application::restoration::RestorationStore;
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, AuthenticatorStore, SecondFactor, SecondFactorReads, SecondFactorState,
    SecondFactorStore,
};
use countersign_application::{
    AccountId, AuthenticatorId, IdempotencyClaimId, Page, PageRequest, RealmId, RecoveryCodeSetId,
};
use countersign_core::{Counters, Timestamp};

use crate::contract::StorePlace;

/// What is wrong with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// It reads whether a claim may succeed, and takes that for the verdict, whatever the write that follows says.
    SelectThenUpdate,
    /// It takes a claim that is there already for its own: the conflict is ignored.
    InsertIgnore,
    /// It settles what verifications come to without the revision that they were decided on.
    ForgetsTheRevision,
}

/// A place whose stores are right in everything but how they judge what can be claimed once: steps, recovery codes,
/// idempotency keys, and whether counters were changed since they were seen.
pub struct Broken<P> {
    place: P,
    defect: Defect,
}

impl<P: StorePlace> Broken<P> {
    /// Breaks the stores of a place.
    pub fn over(place: P, defect: Defect) -> Self {
        Self { place, defect }
    }
}

#[async_trait]
impl<P: StorePlace> StorePlace for Broken<P> {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(BrokenStore { store: self.place.open().await, defect: self.defect })
    }

    fn nodes(&self) -> usize {
        self.place.nodes()
    }

    fn rounds(&self) -> usize {
        self.place.rounds()
    }

    fn tasks(&self) -> usize {
        self.place.tasks()
    }
}

struct BrokenStore {
    store: Arc<dyn Store>,
    defect: Defect,
}

/// Reads that a broken store leaves to the one that it is made of.
macro_rules! reads {
    ($($port:ident { $($method:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)+ })+) => {$(
        #[async_trait]
        impl $port for BrokenStore {
            $(async fn $method(&self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                self.store.$method($($argument),*).await
            })+
        }
    )+};
}

reads! {
    RealmReads {
        find_realm(slug: &RealmSlug) -> Option<Realm>;
        find_realm_by_id(id: RealmId) -> Option<Realm>;
        list_realms() -> Vec<Realm>;
        is_set_up(realm: RealmId) -> bool;
    }
    AppearanceReads { find_appearance(realm: RealmId) -> Appearance; }
    AccountReads {
        find_account(id: AccountId) -> Option<Account>;
        find_account_by_login(realm: RealmId, login_key: &str) -> Option<Account>;
        list_accounts(realm: RealmId, filter: &AccountFilter, now: Timestamp, part: &AccountPart) -> AccountPage;
        count_listed_accounts(realm: RealmId, filter: &AccountFilter, now: Timestamp, most: u32) -> u32;
    }
    SecondFactorReads {
        find_second_factor(account: AccountId) -> Option<SecondFactor>;
        list_unused_recovery_codes(set: RecoveryCodeSetId) -> Vec<SealedRecoveryCode>;
    }
    ChallengeReads { find_challenge(token: &TokenDigest) -> Option<Challenge>; }
    SessionReads {
        find_session(token: &TokenDigest) -> Option<Session>;
        list_sessions(account: AccountId, page: PageRequest) -> Page<Session>;
    }
    TrustedDeviceReads {
        find_trusted_device(token: &TokenDigest) -> Option<TrustedDevice>;
        list_trusted_devices(account: AccountId, page: PageRequest) -> Page<TrustedDevice>;
    }
    AttemptReads {
        find_attempts(key: &AttemptKey) -> Attempts;
        list_waiting_attempts(now: Timestamp, most: u32) -> Vec<Attempts>;
    }
    AuditReads { list_audit_events(filter: &AuditFilter, page: PageRequest) -> Page<AuditEvent>; }
    ApiKeyReads {
        find_api_key(token: &TokenDigest) -> Option<ApiKey>;
        list_api_keys(realm: RealmId, page: PageRequest) -> Page<ApiKey>;
    }
    StatisticsReads {
        count_accounts(realm: RealmId) -> Vec<AccountCount>;
        count_pending(realm: RealmId, now: Timestamp) -> u64;
        count_events(realm: RealmId, events: &[EventKind], since: Timestamp) -> Vec<DailyCount>;
        count_drift(realm: RealmId, since: Timestamp) -> BTreeMap<i8, u64>;
    }
    IdempotencyReads { find_idempotency_claim(digest: &IdempotencyDigest) -> Option<IdempotencyClaim>; }
    KeyCheckReads { list_key_checks() -> Vec<KeyCheck>; }
    MasterKeyReads {
        count_key_uses() -> Vec<KeyUse>;
        list_sealed(part: &SealedPart<'_>) -> Vec<SealedRow>;
        list_sets_of_key(key_id: &str, after: Option<RecoveryCodeSetId>, most: u32) -> Vec<RecoveryCodeSetId>;
    }
    PersonReads {
        find_asked_about(key: &TokenDigest, login_key: &str) -> Option<AskedAbout>;
        find_challenged(token: &TokenDigest) -> Option<(Challenge, Person)>;
        find_signed_in(token: &TokenDigest) -> Option<(Session, Person)>;
    }
    EndedReads { list_ended(realm: &Realm, at: Timestamp, limit: u32) -> Ended; }
}

#[async_trait]
impl Store for BrokenStore {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let inner = self.store.begin().await?;
        Ok(Box::new(Unit { inner: Some(inner), acts: 0, store: Arc::clone(&self.store), defect: self.defect }))
    }

    async fn claim(&self, claim: &Claim) -> Result<Verdict, StoreError> {
        if self.defect == Defect::ForgetsTheRevision {
            return self.claim_at_any_revision(claim.clone()).await;
        }
        self.begin().await?.settle_alone(claim).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }

    async fn probe(&self) -> Result<(), StoreError> {
        self.store.probe().await
    }
}

impl BrokenStore {
    async fn revision(&self, account: AccountId) -> Result<i64, StoreError> {
        Ok(self.store.find_second_factor(account).await?.map_or(0, |factor| factor.state.revision))
    }

    /// Claims at whatever revision there is, also where others came in between.
    async fn claim_at_any_revision(&self, mut claim: Claim) -> Result<Verdict, StoreError> {
        loop {
            let revision = self.revision(claim.account).await?;
            if let Some(counted) = &mut claim.counted {
                counted.seen = revision;
            }
            let verdict = self.store.claim(&claim).await?;
            if verdict != Verdict::Moved || self.revision(claim.account).await? == revision {
                return Ok(verdict);
            }
        }
    }
}

struct Unit {
    /// Always there but while others pass.
    inner: Option<Box<dyn UnitOfWork>>,
    acts: usize,
    store: Arc<dyn Store>,
    defect: Defect,
}

impl Unit {
    fn inner(&mut self) -> &mut dyn UnitOfWork {
        self.inner.as_deref_mut().expect("a unit of work")
    }

    /// Reads outside of the unit of work, where that is its first act: others come between this read and the write.
    async fn looked_up(&mut self, account: AccountId) -> Result<Option<SecondFactor>, StoreError> {
        if self.acts > 1 {
            return self.inner().second_factors().load(account).await;
        }
        self.inner = None;
        let found = self.store.find_second_factor(account).await;
        tokio::task::yield_now().await;
        self.inner = Some(self.store.begin().await?);
        found
    }

    async fn authenticator(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
    ) -> Result<Option<Authenticator>, StoreError> {
        let factor = self.looked_up(account).await?;
        Ok(factor.and_then(|factor| factor.authenticators.into_iter().find(|it| it.id == id)))
    }
}

macro_rules! facets {
    (inner { $($inner:ident: $inner_port:ident,)+ } own { $($own:ident: $own_port:ident,)+ }) => {
        #[async_trait]
        impl UnitOfWork for Unit {
            $(fn $inner(&mut self) -> &mut dyn $inner_port {
                self.acts += 1;
                self.inner().$inner()
            })+
            $(fn $own(&mut self) -> &mut dyn $own_port {
                self.acts += 1;
                self
            })+
            async fn commit(self: Box<Self>) -> Result<(), StoreError> {
                self.inner.expect("a unit of work").commit().await
            }
        }
    };
}
facets! {
    inner {
        realms: RealmStore, appearances: AppearanceStore, accounts: AccountStore, challenges: ChallengeStore,
        sessions: SessionStore, trusted_devices: TrustedDeviceStore, attempts: AttemptStore, api_keys: ApiKeyStore,
        key_checks: KeyCheckStore, master_keys: MasterKeyStore, audit_log: AuditLog, housekeeping: HousekeepingStore,
        restoration: RestorationStore,
    }
    own {
        second_factors: SecondFactorStore, authenticators: AuthenticatorStore, recovery_codes: RecoveryCodeStore,
        idempotency: IdempotencyStore,
    }
}

/// Methods of a port that the unit of work leaves to the one that it is made of.
macro_rules! left_to_inner {
    ($port:ident via $facet:ident {
        $($method:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)+
    } $($own:tt)*) => {
        #[async_trait]
        impl $port for Unit {
            $(async fn $method(&mut self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                self.inner().$facet().$method($($argument),*).await
            })+
            $($own)*
        }
    };
}

left_to_inner! { SecondFactorStore via second_factors {
        lock(account: AccountId) -> Option<SecondFactorState>;
        load(account: AccountId) -> Option<SecondFactor>;
        set_enabled(account: AccountId, since: Option<Timestamp>) -> ();
    }

    async fn set_counters(&mut self, account: AccountId, seen: i64, counters: &Counters) -> Result<bool, StoreError> {
        match self.defect {
            Defect::SelectThenUpdate => {
                let found = self.looked_up(account).await?;
                let good = found.is_some_and(|factor| factor.state.revision == seen);
                self.inner().second_factors().set_counters(account, seen, counters).await?;
                Ok(good)
            }
            Defect::InsertIgnore | Defect::ForgetsTheRevision => {
                self.inner().second_factors().set_counters(account, seen, counters).await
            }
        }
    }
}

left_to_inner! { AuthenticatorStore via authenticators {
        insert(authenticator: &Authenticator) -> ();
        activate(account: AccountId, id: AuthenticatorId, step: u64, at: Timestamp) -> bool;
        rename(account: AccountId, id: AuthenticatorId, name: &AuthenticatorName) -> bool;
        remove(account: AccountId, id: AuthenticatorId) -> bool;
        disable_all(account: AccountId) -> u64;
        remove_pending(account: AccountId) -> ();
        remove_all(account: AccountId) -> ();
    }

    async fn accept_step(
        &mut self,
        account: AccountId,
        id: AuthenticatorId,
        step: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        match self.defect {
            Defect::SelectThenUpdate => {
                let found = self.authenticator(account, id).await?;
                let good = found.is_some_and(|it| it.is_active() && it.last_step.is_none_or(|last| last < step));
                self.inner().authenticators().accept_step(account, id, step, at).await?;
                Ok(good)
            }
            Defect::InsertIgnore => {
                let accepted = self.inner().authenticators().accept_step(account, id, step, at).await?;
                self.acts += 1;
                let found = self.authenticator(account, id).await?;
                Ok(accepted || found.is_some_and(|it| it.is_active() && it.last_step == Some(step)))
            }
            Defect::ForgetsTheRevision => self.inner().authenticators().accept_step(account, id, step, at).await,
        }
    }
}

left_to_inner! { RecoveryCodeStore via recovery_codes {
        insert(set: &RecoveryCodeSet, codes: &[SealedRecoveryCode]) -> ();
        activate(account: AccountId, set: RecoveryCodeSetId) -> ();
        add_code(set: RecoveryCodeSetId, code: &SealedRecoveryCode) -> ();
        count_unused(set: RecoveryCodeSetId) -> u32;
        note_unproven(account: AccountId, set: RecoveryCodeSetId, at: Timestamp) -> ();
        make_dormant(account: AccountId) -> ();
        remove_all(account: AccountId) -> ();
    }

    async fn redeem(
        &mut self,
        account: AccountId,
        set: RecoveryCodeSetId,
        digest: &RecoveryDigest,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        match self.defect {
            Defect::SelectThenUpdate => {
                let unused = self.store.list_unused_recovery_codes(set).await?;
                let factor = self.looked_up(account).await?;
                let good = factor.is_some_and(|factor| factor.recovery_sets.iter().any(|it| it.id == set))
                    && unused.iter().any(|code| code.digest == *digest);
                self.inner().recovery_codes().redeem(account, set, digest, at).await?;
                Ok(good)
            }
            Defect::InsertIgnore => {
                self.inner().recovery_codes().redeem(account, set, digest, at).await?;
                Ok(true)
            }
            Defect::ForgetsTheRevision => self.inner().recovery_codes().redeem(account, set, digest, at).await,
        }
    }
}

left_to_inner! { IdempotencyStore via idempotency {
        keep_answer(digest: &IdempotencyDigest, id: IdempotencyClaimId, answer: &Sealed) -> bool;
        release(digest: &IdempotencyDigest, id: IdempotencyClaimId) -> bool;
    }

    async fn claim(&mut self, claim: &IdempotencyClaim) -> Result<bool, StoreError> {
        let good = match self.defect {
            Defect::SelectThenUpdate if self.acts <= 1 => {
                self.inner = None;
                let found = self.store.find_idempotency_claim(&claim.digest).await;
                tokio::task::yield_now().await;
                self.inner = Some(self.store.begin().await?);
                found?.is_none_or(|it| it.id == claim.id || it.makes_room_for(claim))
            }
            Defect::SelectThenUpdate | Defect::ForgetsTheRevision => {
                return self.inner().idempotency().claim(claim).await;
            }
            Defect::InsertIgnore => true,
        };
        self.inner().idempotency().claim(claim).await?;
        Ok(good)
    }
}
