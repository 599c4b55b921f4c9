//! Sets of recovery codes, as they are kept.

use countersign_core::{RecoveryCodeFormat, Timestamp};

use crate::named::named;
use crate::ports::{SealContext, SealPurpose, Sealed};
use crate::recovery::{RecoveryDigest, RecoverySalt};
use crate::{AccountId, AuthenticatorId, RealmId, RecoveryCodeId, RecoveryCodeSetId};

named! {
    /// Whether the codes of a set can be redeemed.
    pub enum RecoverySetStatus {
        /// Shown before the confirmation of an enrollment, and worthless until it.
        Pending = "pending",
        /// Can be redeemed.
        Active = "active",
        /// Kept after disabling, worthless; the next enrollment issues a new set.
        Dormant = "dormant",
    }
}

/// Recovery codes that were issued together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCodeSet {
    pub id: RecoveryCodeSetId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Whether it can be redeemed.
    pub status: RecoverySetStatus,
    /// For a pending set, the enrollment whose confirmation makes it active.
    pub authenticator_id: Option<AuthenticatorId>,
    /// How its codes look. It stays with the set: a realm's later change of format leaves issued codes good.
    pub format: RecoveryCodeFormat,
    /// The salt of its digests.
    pub salt: RecoverySalt,
    /// The master key whose pepper went into its digests.
    pub key_id: String,
    /// Whether its codes are sealed as well, so that they can be shown again.
    pub viewable: bool,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When its codes last came out of a session, made or viewed, without a code of what was there before.
    pub unproven_at: Option<Timestamp>,
    /// How many codes it was issued with.
    pub total: u32,
    /// How many of them are unused.
    pub remaining: u32,
}

/// One code of a set, as it is kept: its digest, and where the policy lets it be viewed, the sealed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRecoveryCode {
    pub id: RecoveryCodeId,
    /// What finds it.
    pub digest: RecoveryDigest,
    /// The code itself, sealed to this row.
    pub sealed: Option<Sealed>,
}

/// What a viewable recovery code is sealed to.
pub(crate) fn recovery_code_context(realm_id: RealmId, account_id: AccountId, id: RecoveryCodeId) -> SealContext {
    SealContext { realm_id, account_id, row_id: id.as_uuid(), purpose: SealPurpose::RecoveryCode }
}
