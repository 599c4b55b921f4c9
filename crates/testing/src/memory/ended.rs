//! What a policy ended.

use async_trait::async_trait;
use countersign_application::AccountId;
use countersign_application::housekeeping::{Ended, EndedReads};
use countersign_application::ports::StoreError;
use countersign_application::realm::Realm;
use countersign_application::second_factor::AuthenticatorStatus;
use countersign_core::Timestamp;

use super::MemoryStore;

#[async_trait]
impl EndedReads for MemoryStore {
    async fn list_ended(&self, realm: &Realm, at: Timestamp, limit: u32) -> Result<Ended, StoreError> {
        let state = self.read();
        let (policy, limit) = (&realm.policy, limit as usize);
        let here = |account: &AccountId| state.accounts.get(account).is_some_and(|it| it.realm_id == realm.id);
        let over = |began: Timestamp, seconds: u32| began.plus_seconds(u64::from(seconds)) <= at;
        let sign_in = &policy.sign_in;
        let sessions = state.sessions.values().filter(|it| here(&it.account_id) && !it.is_alive_at(at, policy));
        let challenges = state.challenges.values().filter(|it| {
            let exhausted = it.failed_tries >= sign_in.challenge_attempts;
            let late = it.expires_at <= at || over(it.created_at, sign_in.challenge_ttl_seconds);
            here(&it.account_id) && (exhausted || late)
        });
        let devices =
            state.trusted_devices.values().filter(|it| here(&it.account_id) && it.trusted_until(policy) <= at);
        let enrollments = state.authenticators.values().filter(|it| {
            let late = !it.is_pending_at(at) || over(it.created_at, policy.enrollment.ttl_seconds);
            let other = it.parameters != policy.totp_parameters();
            it.status == AuthenticatorStatus::Pending && here(&it.account_id) && (late || other)
        });
        let codes = &policy.recovery_codes;
        let sets = state.recovery_sets.values().filter(|it| here(&it.account_id));
        let viewable = sets.clone().filter(|it| codes.count > 0 && !codes.viewable && it.viewable);
        Ok(Ended {
            sessions: sessions.map(|it| it.id).take(limit).collect(),
            challenges: challenges.map(|it| it.id).take(limit).collect(),
            trusted_devices: devices.map(|it| it.id).take(limit).collect(),
            enrollments: enrollments.map(|it| it.id).take(limit).collect(),
            recovery_sets: sets.filter(|_| codes.count == 0).map(|it| it.id).take(limit).collect(),
            viewable_sets: viewable.map(|it| it.id).take(limit).collect(),
        })
    }
}
