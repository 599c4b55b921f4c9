//! Acting on someone else's account: who may, and on whom.

use countersign_policy::{MayDisableTwoFactor, Policy};

use crate::account::{Account, Role};
use crate::audit::{Actor, AuditRecord, AuditScene};
use crate::caller::Caller;
use crate::ports::{Behalf, UnitOfWork};
use crate::realm::{Realm, RealmSlug};
use crate::second_factor::SecondFactorState;
use crate::verification::{ProofDenial, SubjectScene};
use crate::{AccountId, ApiKeyId, Application, Origin, Timestamp, UseCaseError};

/// By what right someone administers.
#[derive(Clone, Debug)]
pub enum Authority {
    /// Whoever runs the command line beside the database.
    Operator,
    /// A signed-in administrator or owner. What outlasts the session asks for a proof.
    Administrator(Box<Caller>),
    /// An application or a remote command line with an API key, which proves nothing again. On accounts it may what an
    /// administrator may.
    Application {
        /// Which key.
        key_id: ApiKeyId,
        /// Whether an owner or the operator made it: then it may change the keys of the policy that are the owners', and
        /// how the realm looks.
        made_by_owner: bool,
    },
}

impl Authority {
    fn is_owner(&self) -> bool {
        match self {
            Self::Operator => true,
            Self::Administrator(caller) => caller.account.role == Role::Owner || self.is_operator(),
            Self::Application { .. } => false,
        }
    }

    /// Whether it reaches over all realms: the operator beside the database, and the account of one in the realm `default`.
    /// A role that another realm's row claims reaches nowhere, and no key does.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        match self {
            Self::Operator => true,
            Self::Administrator(caller) => {
                caller.account.role == Role::Operator && caller.realm.slug == RealmSlug::default_realm()
            }
            Self::Application { .. } => false,
        }
    }

    /// Whether it is that of this account's own session. Acting on oneself would be a way around every proof.
    fn is(&self, account: AccountId) -> bool {
        matches!(self, Self::Administrator(caller) if caller.account.id == account)
    }

    /// Whether it may act on accounts of this role: on owners only owners may, and on operators only operators.
    #[must_use]
    pub fn may_act_on(&self, role: Role) -> bool {
        match role {
            Role::Member | Role::Admin => true,
            Role::Owner => self.is_owner(),
            Role::Operator => self.is_operator(),
        }
    }

    /// Whether the policy lets it turn off the second factor of others. Whoever this rule holds back may not change it
    /// either.
    #[must_use]
    pub fn may_disable_two_factor(&self, policy: &Policy) -> bool {
        match (self, policy.administration.may_disable_two_factor) {
            (Self::Operator, _) | (_, MayDisableTwoFactor::Admins) => true,
            (_, MayDisableTwoFactor::Owners) => self.is_owner(),
            (_, MayDisableTwoFactor::Nobody) => false,
        }
    }

    /// Whether it may change the keys of a policy that protect owners, and hand out that right with an API key.
    #[must_use]
    pub fn may_change_owners_keys(&self) -> bool {
        self.is_owner() || matches!(self, Self::Application { made_by_owner: true, .. })
    }

    /// Whether it may say how the realm looks and where its users may go back to: owners, and the keys that they made.
    #[must_use]
    pub fn may_change_appearance(&self) -> bool {
        self.may_change_owners_keys()
    }

    /// On whose behalf slow work for this authority is done.
    pub(crate) fn behalf(&self, origin: &Origin) -> Behalf {
        match self {
            Self::Operator => Behalf::Operator,
            Self::Administrator(caller) => Behalf::Account { account: caller.account.id, network: origin.network() },
            Self::Application { key_id, .. } => Behalf::Application(*key_id),
        }
    }

    /// As the audit log names it, where what is done takes no proof: everything else takes the actor of a [`Confirmed`].
    pub(crate) fn actor(&self) -> Actor {
        match self {
            Self::Operator => Actor::Operator,
            Self::Administrator(caller) if self.is_operator() => Actor::OperatorAccount(caller.account.id),
            Self::Administrator(caller) => Actor::Administrator(caller.account.id),
            Self::Application { key_id, .. } => Actor::Application(key_id.to_string()),
        }
    }
}

/// Why an administrative act was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdministrationDenial {
    /// The realm has no such account.
    NotFound,
    /// Only an owner may act on an owner, or make one; only an operator on an operator, and make one in the realm `default`.
    OwnersOnly,
    /// An administrator looks after the own account as everyone does, with the proofs that the policy asks for.
    OwnAccount,
    /// The policy does not let this administrator turn off the second factor of others.
    MayNotDisableTwoFactor,
    /// Nobody would be left who can administer the whole realm.
    LastOwner,
    /// It outlasts the session, and the administrator's own proof was not taken.
    Unproven(ProofDenial),
}

/// Why someone may not be in a realm that was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RealmDenial {
    /// It is not their own, whether it is there or not.
    NotTheirs,
    /// An operator asks, and there is none of this name.
    None,
}

/// The account that an administrative act concerns, under its lock.
pub(crate) struct Locked {
    pub(crate) account: Account,
    pub(crate) state: SecondFactorState,
}

/// Who administers which realm, as both are at this request: what concerns an account of it is given with one, and looks up
/// neither again.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// By what right.
    pub authority: Authority,
    /// The realm: the account's own, or the key's; or one that an operator named.
    pub realm: Realm,
    /// From where.
    pub origin: Origin,
}

impl Administrator {
    /// Whoever runs the command line beside the database, in a realm of it.
    #[must_use]
    pub const fn operator(realm: Realm) -> Self {
        Self { authority: Authority::Operator, realm, origin: Origin::UNKNOWN }
    }

    /// An application that asks about one of its subjects, for what it does to that.
    #[must_use]
    pub fn of_subject(scene: &SubjectScene) -> Self {
        let authority = Authority::Application { key_id: scene.key.id, made_by_owner: false };
        Self { authority, realm: scene.realm.clone(), origin: scene.origin.clone() }
    }

    /// Whether the session still stands and its account has the role that it came with: asked between the parts of an act that
    /// takes long. Whoever is no session's has no such end.
    ///
    /// # Errors
    /// A port failed.
    pub(crate) async fn still_may(&self, application: &Application) -> Result<bool, UseCaseError> {
        let Authority::Administrator(caller) = &self.authority else { return Ok(true) };
        let Some(session) = caller.session() else { return Ok(true) };
        let found = application.store().find_signed_in(&session.token_digest).await?;
        Ok(found.is_some_and(|(_, now)| now.account.disabled_at.is_none() && now.account.role == caller.account.role))
    }

    /// Finds an account of the realm.
    ///
    /// # Errors
    /// A port failed.
    pub async fn account(&self, application: &Application, id: AccountId) -> Result<Option<Account>, UseCaseError> {
        let account = application.store().find_account(id).await?;
        Ok(account.filter(|account| account.realm_id == self.realm.id))
    }

    /// The one who administers in a session that may do anything; `None` for a member.
    #[must_use]
    pub fn of(caller: &Caller) -> Option<Self> {
        caller.may_administer().then(|| Self {
            authority: Authority::Administrator(Box::new(caller.clone())),
            realm: caller.realm.clone(),
            origin: caller.origin.clone(),
        })
    }
}

impl Administrator {
    /// The same in a realm that was named: an operator may be in any, everyone else in their own.
    ///
    /// # Errors
    /// A port failed.
    pub async fn in_realm(
        self,
        application: &Application,
        slug: &str,
    ) -> Result<Result<Self, RealmDenial>, UseCaseError> {
        if self.realm.slug.as_str() == slug {
            return Ok(Ok(self));
        }
        if !self.authority.is_operator() {
            return Ok(Err(RealmDenial::NotTheirs));
        }
        let Ok(slug) = RealmSlug::new(slug) else { return Ok(Err(RealmDenial::None)) };
        let found = application.store().find_realm(&slug).await?;
        Ok(found.map(|realm| Self { realm, ..self }).ok_or(RealmDenial::None))
    }

    /// Whether this administrator may give a role to an account of the realm.
    #[must_use]
    pub fn may_grant(&self, role: Role) -> bool {
        let is_at_home = role != Role::Operator || self.realm.slug == RealmSlug::default_realm();
        is_at_home && self.authority.may_act_on(role)
    }

    /// Why this administrator may not act on an account, as it was found.
    pub(crate) fn refuses(&self, account: &Account) -> Option<AdministrationDenial> {
        if account.realm_id != self.realm.id {
            return Some(AdministrationDenial::NotFound);
        }
        if self.authority.is(account.id) {
            return Some(AdministrationDenial::OwnAccount);
        }
        (!self.authority.may_act_on(account.role)).then_some(AdministrationDenial::OwnersOnly)
    }

    /// Begins the record of an act that gives nobody anything: of ending a wait, or of shutting someone out.
    pub(crate) fn record_without_proof<'a>(
        &self,
        application: &'a Application,
        account: &Account,
        at: Timestamp,
    ) -> AuditRecord<'a> {
        application.record(AuditScene::new(&self.realm, account, self.authority.actor(), &self.origin), at)
    }

    /// Locks the account and checks once more that this authority may act on it, as it is now.
    pub(crate) async fn lock(
        &self,
        unit: &mut dyn UnitOfWork,
        account: AccountId,
    ) -> Result<Result<Locked, AdministrationDenial>, UseCaseError> {
        let Some(state) = unit.second_factors().lock(account).await? else {
            return Ok(Err(AdministrationDenial::NotFound));
        };
        Ok(match unit.accounts().find(account).await? {
            None => Err(AdministrationDenial::NotFound),
            Some(account) if !self.authority.may_act_on(account.role) => Err(AdministrationDenial::OwnersOnly),
            Some(account) => Ok(Locked { account, state }),
        })
    }
}

/// Whether a realm keeps somebody who can administer all of it when this account, which is locked, is an owner no more.
/// Of several owners that are to go at once, one is left: who asks keeps the others that ask waiting until the unit of work
/// ends.
pub(crate) async fn leaves_an_owner(unit: &mut dyn UnitOfWork, account: &Account) -> Result<bool, UseCaseError> {
    if !account.role.administers_everyone() || account.disabled_at.is_some() {
        return Ok(true);
    }
    unit.realms().lock_owners(account.realm_id).await?;
    Ok(unit.accounts().has_owner_beside(account.realm_id, account.id).await?)
}
