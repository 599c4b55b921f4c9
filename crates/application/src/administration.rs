//! Acting on someone else's account: who may, and on whom.

use countersign_core::{MayDisableTwoFactor, Policy};

use crate::application::AuditRecord;
use crate::audit::AuditScene;
use crate::ports::{Behalf, UnitOfWork};
use crate::use_cases::FindAccount;
use crate::{
    Account, AccountId, Actor, ApiKeyId, Application, Origin, Realm, RealmSlug, Role, SecondFactorState, Timestamp,
    UseCaseError,
};

/// By what right someone administers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Whoever runs the command line beside the database.
    Operator,
    /// A signed-in administrator or owner.
    Administrator {
        /// Which.
        account_id: AccountId,
        /// [`Role::Admin`] or [`Role::Owner`].
        role: Role,
    },
    /// An application or a remote command line with an API key; it may what an administrator may.
    Application {
        /// Which key.
        key_id: ApiKeyId,
    },
}

impl Authority {
    fn is_owner(&self) -> bool {
        matches!(self, Self::Operator | Self::Administrator { role: Role::Owner, .. })
    }

    /// Whether it is that of this account's own session. Acting on oneself would be a way around every proof.
    fn is(&self, account: AccountId) -> bool {
        matches!(self, Self::Administrator { account_id, .. } if *account_id == account)
    }

    /// Whether it may act on accounts of this role: on owners only owners may.
    #[must_use]
    pub fn may_act_on(&self, role: Role) -> bool {
        role != Role::Owner || self.is_owner()
    }

    /// Whether it may give this role.
    pub(crate) fn may_grant(&self, role: Role) -> bool {
        self.may_act_on(role)
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

    /// Whether it may say how the realm looks and where its users may go back to.
    pub(crate) fn may_dress_realm(&self) -> bool {
        self.is_owner() || matches!(self, Self::Application { .. })
    }

    /// On whose behalf slow work for this authority is done.
    pub(crate) fn behalf(&self, origin: &Origin) -> Behalf {
        match self {
            Self::Operator => Behalf::Operator,
            Self::Administrator { account_id, .. } => {
                Behalf::Account { account: *account_id, network: origin.network() }
            }
            Self::Application { key_id } => Behalf::Application(*key_id),
        }
    }

    /// As the audit log names it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Operator => Actor::Operator,
            Self::Administrator { account_id, .. } => Actor::Administrator(*account_id),
            Self::Application { key_id } => Actor::Application(key_id.to_string()),
        }
    }
}

/// Whom an administrative act concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The account of a login.
    Login(String),
    /// The account with an identifier.
    Account(AccountId),
}

/// Whom an administrative act concerns, and who does it.
#[derive(Clone, Debug)]
pub struct Administration {
    /// The realm.
    pub realm: RealmSlug,
    /// The account.
    pub target: Target,
    /// By what right.
    pub authority: Authority,
    /// From where.
    pub origin: Origin,
}

/// Why an administrative act was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdministrationDenial {
    /// The realm has no such account.
    NotFound,
    /// Only an owner may act on an owner, or make one.
    OwnersOnly,
    /// An administrator looks after the own account as everyone does, with the proofs that the policy asks for.
    OwnAccount,
    /// The policy does not let this administrator turn off the second factor of others.
    MayNotDisableTwoFactor,
}

/// The account that an administrative act concerns.
pub(crate) struct Administered {
    pub(crate) realm: Realm,
    pub(crate) account: Account,
}

impl Administration {
    /// Finds the account, and checks that this authority may act on it.
    pub(crate) async fn find(
        &self,
        application: &Application,
    ) -> Result<Result<Administered, AdministrationDenial>, UseCaseError> {
        let find = FindAccount { realm: self.realm.clone(), target: self.target.clone() };
        Ok(match find.execute(application).await? {
            None => Err(AdministrationDenial::NotFound),
            Some((_, account, _)) if self.authority.is(account.id) => Err(AdministrationDenial::OwnAccount),
            Some((_, account, _)) if !self.authority.may_act_on(account.role) => Err(AdministrationDenial::OwnersOnly),
            Some((realm, account, _)) => Ok(Administered { realm, account }),
        })
    }

    /// Begins the record of the act.
    pub(crate) fn record<'a>(
        &self,
        application: &'a Application,
        found: &Administered,
        at: Timestamp,
    ) -> AuditRecord<'a> {
        let scene = AuditScene::new(&found.realm, &found.account, self.authority.actor(), &self.origin);
        application.record(scene, at)
    }

    /// Locks the account and checks once more that this authority may act on it, as it is now.
    pub(crate) async fn lock(
        &self,
        unit: &mut dyn UnitOfWork,
        found: &Administered,
    ) -> Result<Result<SecondFactorState, AdministrationDenial>, UseCaseError> {
        let Some(state) = unit.second_factors().lock(found.account.id).await? else {
            return Ok(Err(AdministrationDenial::NotFound));
        };
        Ok(match unit.accounts().find(found.account.id).await? {
            None => Err(AdministrationDenial::NotFound),
            Some(account) if !self.authority.may_act_on(account.role) => Err(AdministrationDenial::OwnersOnly),
            Some(_) => Ok(state),
        })
    }
}
