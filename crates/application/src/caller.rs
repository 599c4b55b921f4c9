//! The one who asks, once their session or API key was recognized.

use countersign_policy::{ProofAct, ProofRequirement};

use crate::account::{Account, Role};
use crate::audit::{Actor, AuditRecord, AuditScene};
use crate::ports::{Behalf, UnitOfWork};
use crate::realm::{Realm, effective_role};
use crate::second_factor::SecondFactor;
use crate::session::Session;
use crate::{ApiKeyId, Application, Origin, SessionId, Timestamp, UseCaseError};

/// By what right someone asks.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The account itself, in this session: sensitive operations ask for a proof again.
    Session(Session),
    /// An application that checked the password itself: no proofs are asked.
    ApiKey(KeyCredential),
}

/// What an application asks with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCredential {
    /// Its API key.
    pub id: ApiKeyId,
    /// Whether the key has the scope [`crate::api_key::Scope::Manage`].
    pub manages: bool,
}

/// An account that asks for something, or for which an application asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whether it may only enroll, because the policy requires a second factor that the account does not have. Completing
    /// the enrollment yields a session that may do everything.
    pub may_only_enroll: bool,
    /// Whether the password was chosen in this very session, and a moment ago. The first enrollment does not ask for it a third
    /// time then.
    pub chose_password_just_now: bool,
    /// By what right.
    pub credential: Credential,
    pub account: Account,
    /// The realm and its policy, as they are now.
    pub realm: Realm,
    /// From where.
    pub origin: Origin,
}

impl Caller {
    /// The account's second factor, as committed.
    pub(crate) async fn second_factor(&self, application: &Application) -> Result<SecondFactor, UseCaseError> {
        let found = application.store().find_second_factor(self.account.id).await?;
        found.ok_or(UseCaseError::SessionEnded)
    }

    /// The account's second factor under its lock, for a session that still stands. The first statement of every unit
    /// of work that changes it.
    pub(crate) async fn lock(&self, unit: &mut dyn UnitOfWork) -> Result<SecondFactor, UseCaseError> {
        unit.second_factors().lock(self.account.id).await?.ok_or(UseCaseError::SessionEnded)?;
        if let Some(session) = self.session_id()
            && !unit.sessions().exists(session).await?
        {
            return Err(UseCaseError::SessionEnded);
        }
        unit.second_factors().load(self.account.id).await?.ok_or(UseCaseError::SessionEnded)
    }

    /// The session it asks in.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match &self.credential {
            Credential::Session(session) => Some(session),
            Credential::ApiKey(_) => None,
        }
    }

    /// The identifier of the session it asks in.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        self.session().map(|session| session.id)
    }

    /// Whether it is the session of someone who administers the realm, and may do anything.
    #[must_use]
    pub fn may_administer(&self) -> bool {
        self.session().is_some()
            && !self.may_only_enroll
            && !self.must_change_password()
            && effective_role(&self.realm.policy, &self.account) != Role::Member
    }

    /// Whether it has to change the password, which someone else gave it, before anything else.
    #[must_use]
    pub fn must_change_password(&self) -> bool {
        self.session().is_some() && self.account.password_change_required
    }

    /// What `act` asks again of this caller: what the policy asks for, and a code in any case where the second factor is on
    /// and this session has not shown it. An application vouches for its user itself.
    #[must_use]
    pub fn proof_for(&self, act: ProofAct, factor: &SecondFactor) -> ProofRequirement {
        let Some(session) = self.session() else { return ProofRequirement::None };
        let on = factor.state.is_enabled();
        if !on && self.chose_password_just_now && matches!(act, ProofAct::Begin | ProofAct::Confirm) {
            return ProofRequirement::None;
        }
        let requirement = self.realm.policy.proof_for(act, on);
        if on && !session.has_shown_second_factor() { requirement.and(ProofRequirement::Code) } else { requirement }
    }

    /// Whether it may confirm another authenticator of an account that has one already. An application that only enrolls
    /// could otherwise put its own in the place of any user's.
    pub(crate) fn may_add_to_a_factor(&self) -> bool {
        match self.credential {
            Credential::Session(_) => true,
            Credential::ApiKey(key) => key.manages,
        }
    }

    /// From where guesses at this account come, as far as they can be told apart: an application asks for all its users
    /// from one address, and one of them must not make the others wait. Where it states theirs, that is counted.
    pub(crate) fn guesses_from(&self) -> &Origin {
        match self.credential {
            Credential::ApiKey(_) if self.origin.stated_in.is_none() => &Origin::UNKNOWN,
            Credential::Session(_) | Credential::ApiKey(_) => &self.origin,
        }
    }

    /// On whose behalf slow work for this caller is done.
    pub(crate) fn behalf(&self) -> Behalf {
        Behalf::Account { account: self.account.id, network: self.guesses_from().network() }
    }

    fn actor(&self) -> Actor {
        match &self.credential {
            Credential::Session(_) => Actor::Account(self.account.id),
            Credential::ApiKey(key) => Actor::Application(key.id.to_string()),
        }
    }

    /// Begins the record of what is done to this account.
    pub(crate) fn record<'a>(&self, application: &'a Application, at: Timestamp) -> AuditRecord<'a> {
        application.record(AuditScene::new(&self.realm, &self.account, self.actor(), &self.origin), at)
    }
}

/// Ends what rests on an older password or second factor: all challenges and trusted devices always, other sessions
/// where the policy says so.
pub(crate) async fn end_what_rests_on_the_old(
    unit: &mut dyn UnitOfWork,
    realm: &Realm,
    account: &Account,
    keep: Option<SessionId>,
) -> Result<(), UseCaseError> {
    unit.challenges().remove_all(account.id).await?;
    unit.trusted_devices().revoke_all(account.id).await?;
    if realm.policy.sign_in.end_other_sessions_on_change {
        unit.sessions().end_all(account.id, keep).await?;
    }
    Ok(())
}
