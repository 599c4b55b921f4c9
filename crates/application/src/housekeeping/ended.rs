//! What a policy has ended and the store still holds.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::ports::StoreError;
use crate::realm::Realm;
use crate::{AuthenticatorId, ChallengeId, RecoveryCodeSetId, SessionId, TrustedDeviceId};

/// What has ended under the policy of a realm, and is there still.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Sessions whose life or idle time is over.
    pub sessions: Vec<SessionId>,
    /// Challenges whose life is over, or that took as many tries as they may.
    pub challenges: Vec<ChallengeId>,
    /// Devices that are trusted no more.
    pub trusted_devices: Vec<TrustedDeviceId>,
    /// Enrollments whose time is over, or for which the policy asks for other parameters.
    pub enrollments: Vec<AuthenticatorId>,
    /// Sets of recovery codes, where the policy has none.
    pub recovery_sets: Vec<RecoveryCodeSetId>,
    /// Sets of recovery codes that can be viewed, where the policy lets nobody view them.
    pub viewable_sets: Vec<RecoveryCodeSetId>,
}

/// Reads what has ended.
#[async_trait]
pub trait EndedReads {
    /// What has ended in the realm under its policy at `at`, at most `limit` of each kind
    /// (`what_a_policy_ended_is_found_and_removed`).
    async fn list_ended(&self, realm: &Realm, at: Timestamp, limit: u32) -> Result<Ended, StoreError>;
}
