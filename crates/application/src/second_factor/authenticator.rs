//! Authenticators: enrolled TOTP secrets.

use countersign_core::{Timestamp, TotpParameters};

use crate::named::named;
use crate::ports::{SealContext, SealPurpose, Sealed};
use crate::realm::Realm;
use crate::text::named_by_people;
use crate::{AccountId, AuthenticatorId, RealmId, SessionId};

named! {
    /// Whether an authenticator counts.
    pub enum AuthenticatorStatus {
        /// Begun and not confirmed: gates nothing, satisfies nothing.
        Pending = "pending",
        /// Confirmed by a code.
        Active = "active",
        /// It satisfies nothing any more, after too many failures in a row; another one has to be enrolled.
        Disabled = "disabled",
    }
}

/// One enrolled TOTP secret of an account. The secret of a row never changes; replacing is a new row.
#[derive(Clone, Debug)]
pub struct Authenticator {
    pub id: AuthenticatorId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What its owner calls it.
    pub name: AuthenticatorName,
    /// Whether it counts.
    pub status: AuthenticatorStatus,
    /// The issuer that the app was told.
    pub issuer: String,
    /// Algorithm, digits and period.
    pub parameters: TotpParameters,
    /// The secret, sealed to this row.
    pub sealed_secret: Sealed,
    /// The last step accepted; a step is only ever accepted when it is greater.
    pub last_step: Option<u64>,
    /// The session that began the enrollment: the only one that may see the secret while it is pending.
    pub begun_by: Option<SessionId>,
    /// The active one that goes when this one is confirmed: what the proof at the beginning was given for.
    pub replaces: Option<AuthenticatorId>,
    /// When the enrollment was begun.
    pub created_at: Timestamp,
    /// Until when a pending one may be confirmed; `None` once active.
    pub expires_at: Option<Timestamp>,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When a code of it was last accepted.
    pub last_used_at: Option<Timestamp>,
}

impl Authenticator {
    /// What its secret is sealed to.
    pub(crate) fn sealed_to(&self, realm: &Realm) -> SealContext {
        secret_context(realm.id, self.account_id, self.id, self.parameters)
    }

    /// Whether it may still be confirmed at `now`.
    #[must_use]
    pub fn is_pending_at(&self, now: Timestamp) -> bool {
        self.status == AuthenticatorStatus::Pending && self.expires_at.is_some_and(|end| now < end)
    }

    /// Whether it is worth showing at `now`: everything but an enrollment that is over.
    #[must_use]
    pub fn is_shown_at(&self, now: Timestamp) -> bool {
        self.status != AuthenticatorStatus::Pending || self.is_pending_at(now)
    }

    /// Whether it counts.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == AuthenticatorStatus::Active
    }
}

named_by_people! {
    /// What an owner calls an authenticator: 1 to 100 characters, none that cannot be seen.
    AuthenticatorName
}

impl AuthenticatorName {
    /// What an authenticator is called that nobody named: a number tells it from the others of its account.
    pub(crate) fn unlike(others: &[&Self]) -> Self {
        let taken = |name: &Self| others.contains(&name);
        let numbered = |number: u32| Self(format!("{} {number}", Self::default().0));
        let names = std::iter::once(Self::default()).chain((2..=1_000).map(numbered));
        names.into_iter().find(|name| !taken(name)).unwrap_or_default()
    }
}

impl Default for AuthenticatorName {
    fn default() -> Self {
        Self("Authenticator app".to_owned())
    }
}

/// What the secret of an authenticator is sealed to.
pub(crate) fn secret_context(
    realm_id: RealmId,
    account_id: AccountId,
    id: AuthenticatorId,
    parameters: TotpParameters,
) -> SealContext {
    SealContext { realm_id, account_id, row_id: id.as_uuid(), purpose: SealPurpose::TotpSecret(parameters) }
}
