//! The store and its units of work.

use async_trait::async_trait;

use crate::account::AccountStore;
use crate::api_key::ApiKeyStore;
use crate::appearance::AppearanceStore;
use crate::audit::AuditLog;
use crate::housekeeping::HousekeepingStore;
use crate::idempotency::IdempotencyStore;
use crate::master_key::MasterKeyStore;
use crate::ports::{KeyCheckStore, Reads, StoreError};
use crate::realm::RealmStore;
use crate::recovery::RecoveryCodeStore;
use crate::restoration::RestorationStore;
use crate::second_factor::{AuthenticatorStore, SecondFactorStore};
use crate::session::{Session, SessionStore};
use crate::sign_in::ChallengeStore;
use crate::trusted_device::TrustedDeviceStore;
use crate::verification::{
    AttemptStore, Attempts, ChallengeUse, Claim, Counted, CountedAttempts, KnownPlace, SignsIn, Spends, Verdict,
};
use crate::{AccountId, Timestamp};

/// Where everything is kept: consistent reads outside of units of work, and units of work for every change.
///
/// - A read MUST see what was committed before it began (`a_read_sees_what_was_committed_before_it`).
#[async_trait]
pub trait Store: Reads + Send + Sync {
    /// Begins a unit of work.
    ///
    /// # Errors
    /// [`StoreError::Contention`] or [`StoreError::Unavailable`].
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Settles a claim by itself, and makes it durable where it is settled.
    ///
    /// - MUST settle one of any number of claims that were decided on the same revision of an account, on every node, and
    ///   answer [`Verdict::Moved`] to the others (`of_claims_at_one_revision_one_is_settled`).
    /// - MUST change nothing where it answers anything but [`Verdict::Settled`]
    ///   (`a_claim_that_is_not_settled_changes_nothing`).
    /// - MUST judge each of any number of claims that come at once by itself, also where it settles them together
    ///   (`many_claims_at_once_are_settled_each_by_itself`).
    /// - MUST change all that it says where it answers [`Verdict::Settled`] (`a_settled_claim_changes_all_that_it_says`).
    ///
    /// # Errors
    /// As a unit of work fails.
    async fn claim(&self, claim: &Claim) -> Result<Verdict, StoreError> {
        self.begin().await?.settle_alone(claim).await
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// It does not.
    async fn ping(&self) -> Result<(), StoreError>;

    /// Whether the store can be written now: writes something of its own, and makes it durable. Those who ask at about the
    /// same time share one answer, and nobody waits long for it.
    ///
    /// - MUST change nothing that anything else reads (`a_store_that_can_be_written_says_so`).
    ///
    /// # Errors
    /// It cannot, or not within a moment.
    async fn probe(&self) -> Result<(), StoreError>;
}

/// One atomic change of the store.
///
/// - MUST leave no trace when it is dropped without commit (`a_dropped_unit_of_work_leaves_no_trace`).
/// - MUST refuse to be committed after one of its acts failed (`a_unit_of_work_with_a_failed_act_is_not_committed`).
/// - What it wrote MUST be durable when `commit` returns (`what_was_committed_survives_reopening`, run on every store
///   that outlives its process).
#[async_trait]
pub trait UnitOfWork: Send {
    /// Realms.
    fn realms(&mut self) -> &mut dyn RealmStore;
    /// How realms look.
    fn appearances(&mut self) -> &mut dyn AppearanceStore;
    /// Accounts.
    fn accounts(&mut self) -> &mut dyn AccountStore;
    /// The row that each change of an account's second factor locks first.
    fn second_factors(&mut self) -> &mut dyn SecondFactorStore;
    /// Authenticators.
    fn authenticators(&mut self) -> &mut dyn AuthenticatorStore;
    /// Recovery codes.
    fn recovery_codes(&mut self) -> &mut dyn RecoveryCodeStore;
    /// Challenges.
    fn challenges(&mut self) -> &mut dyn ChallengeStore;
    /// Sessions.
    fn sessions(&mut self) -> &mut dyn SessionStore;
    /// Trusted devices.
    fn trusted_devices(&mut self) -> &mut dyn TrustedDeviceStore;
    /// Counters of attempts that belong to no account's second factor.
    fn attempts(&mut self) -> &mut dyn AttemptStore;
    /// API keys.
    fn api_keys(&mut self) -> &mut dyn ApiKeyStore;
    /// Claims of idempotency keys.
    fn idempotency(&mut self) -> &mut dyn IdempotencyStore;
    /// Records of which master keys the store was written with.
    fn key_checks(&mut self) -> &mut dyn KeyCheckStore;
    /// What needs which master key.
    fn master_keys(&mut self) -> &mut dyn MasterKeyStore;
    /// The record of what was done.
    fn audit_log(&mut self) -> &mut dyn AuditLog;
    /// Removal of what has expired.
    fn housekeeping(&mut self) -> &mut dyn HousekeepingStore;
    /// What a restored database no longer trusts.
    fn restoration(&mut self) -> &mut dyn RestorationStore;
    /// Adds a session, in place of the one that was unused for longest where the account has as many as it may have.
    ///
    /// # Errors
    /// As its acts fail.
    async fn begin_session(&mut self, session: &Session) -> Result<(), StoreError> {
        self.sessions().make_room(session.account_id, Session::MOST_OF_AN_ACCOUNT - 1).await?;
        self.sessions().insert(session).await
    }

    /// Notes that an account is known at a place. What was counted there stays counted.
    ///
    /// # Errors
    /// As its acts fail.
    async fn note_known_place(
        &mut self,
        account: AccountId,
        place: &KnownPlace,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let KnownPlace { key, network, kept_from } = place;
        let seen = self.attempts().lock(key, at).await?;
        let (account, known_at) = (Some(account), Some(at));
        let known = Attempts { throttle: seen.throttle, account, network: network.clone(), known_at };
        self.attempts().set(key, &known, *kept_from).await
    }

    /// Settles a claim among other acts. The first thing that it does is to see that the account's row is as it was seen, and
    /// to raise its revision by one.
    ///
    /// What a claim has done before it is found [`Verdict::Moved`] stays in the unit of work, which must not be committed then.
    /// Where it is [`Verdict::UnknownRecoveryCode`], the revision and the counters alone have changed.
    ///
    /// # Errors
    /// As its acts fail.
    async fn settle(&mut self, claim: &Claim) -> Result<Verdict, StoreError> {
        let account = claim.account;
        if let Some(Counted { seen, counters }) = &claim.counted
            && !self.second_factors().set_counters(account, *seen, counters).await?
        {
            return Ok(Verdict::Moved);
        }
        let spent = match &claim.spends {
            Some(Spends::Step { authenticator, step }) => {
                self.authenticators().accept_step(account, *authenticator, *step, claim.at).await?
            }
            Some(Spends::RecoveryCode { set, digest, replacement }) => {
                if !self.recovery_codes().redeem(account, *set, digest, claim.at).await? {
                    return Ok(Verdict::UnknownRecoveryCode);
                }
                if let Some(code) = replacement {
                    self.recovery_codes().add_code(*set, code).await?;
                }
                true
            }
            None => true,
        };
        if !spent {
            return Ok(Verdict::Moved);
        }
        if claim.disables_authenticators {
            self.authenticators().disable_all(account).await?;
        }
        for CountedAttempts { key, seen, next } in &claim.attempts {
            if self.attempts().lock(key, claim.at).await? != *seen {
                return Ok(Verdict::Moved);
            }
            if let Some((next, kept_from)) = next {
                self.attempts().set(key, next, *kept_from).await?;
            }
        }
        if let Some(place) = &claim.known_place {
            self.note_known_place(account, place, claim.at).await?;
        }
        let stands = match claim.challenge {
            Some(ChallengeUse::Spend { id, limit }) => self.challenges().spend(id, limit).await?,
            Some(ChallengeUse::CountRefusal { id, limit }) => self.challenges().record_failed_try(id, limit).await?,
            None => true,
        };
        if !stands {
            return Ok(Verdict::Moved);
        }
        if let Some(SignsIn { session, device }) = &claim.signs_in {
            self.begin_session(session).await?;
            self.accounts().record_sign_in(account, claim.at).await?;
            if let Some(device) = device {
                self.trusted_devices().insert(device).await?;
            }
        }
        if !claim.events.is_empty() {
            self.audit_log().append(&claim.events).await?;
        }
        Ok(Verdict::Settled)
    }

    /// Settles a claim and nothing else, and makes it durable where it is settled.
    ///
    /// # Errors
    /// As its acts fail, and the commit.
    async fn settle_alone(mut self: Box<Self>, claim: &Claim) -> Result<Verdict, StoreError> {
        let verdict = self.settle(claim).await?;
        if verdict == Verdict::Settled {
            self.commit().await?;
        }
        Ok(verdict)
    }

    /// Makes it all durable and visible at once.
    ///
    /// # Errors
    /// Nothing was changed, or, when the connection broke, it cannot be known: the caller answers "unavailable".
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
