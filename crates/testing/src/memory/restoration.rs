//! What a restored store no longer trusts.

use std::collections::BTreeSet;

use async_trait::async_trait;
use countersign_application::AccountId;
use countersign_application::ports::StoreError;
use countersign_application::realm::Realm;
use countersign_application::recovery::RecoverySetStatus;
use countersign_application::restoration::{Distrust, Distrusted, RestorationStore};
use countersign_application::second_factor::AuthenticatorStatus;
use countersign_core::Budget;

use super::State;

#[async_trait]
impl RestorationStore for State {
    async fn distrust(&mut self, realm: &Realm, distrust: &Distrust) -> Result<Distrusted, StoreError> {
        let theirs: BTreeSet<AccountId> =
            self.accounts.values().filter(|it| it.realm_id == realm.id).map(|it| it.id).collect();
        let here = |account: &AccountId| theirs.contains(account);
        let (sessions, devices) = (self.sessions.len(), self.trusted_devices.len());
        self.sessions.retain(|_, it| !here(&it.account_id));
        self.trusted_devices.retain(|_, it| !here(&it.account_id));
        self.challenges.retain(|_, it| !here(&it.account_id));
        self.idempotency_claims.clear();
        self.remove_recovery_sets(|set| here(&set.account_id) && set.status == RecoverySetStatus::Pending);
        let enrollments =
            self.remove_authenticators(|it| here(&it.account_id) && it.status == AuthenticatorStatus::Pending);
        let mut distrusted = Distrusted {
            sessions: (sessions - self.sessions.len()) as u64,
            trusted_devices: (devices - self.trusted_devices.len()) as u64,
            enrollments,
            ..Distrusted::default()
        };
        for authenticator in self.authenticators.values_mut().filter(|it| here(&it.account_id)) {
            let step = distrust.last_step(authenticator.parameters.period_seconds().into());
            let step = u64::try_from(step).unwrap_or_default();
            if authenticator.last_step.is_none_or(|last| last < step) {
                authenticator.last_step = Some(step);
                distrusted.authenticators += 1;
            }
        }
        for set in self.recovery_sets.values_mut().filter(|it| here(&it.account_id)) {
            if set.status == RecoverySetStatus::Active && !distrust.keeps_recovery_codes {
                set.status = RecoverySetStatus::Dormant;
                distrusted.recovery_sets += 1;
            }
        }
        for state in self.second_factors.values_mut().filter(|it| here(&it.account_id)) {
            let spent = state.counters.code_budget.spent.max(distrust.guesses_spent);
            state.counters.code_budget = Budget { spent, since: Some(distrust.at) };
            state.revision += 1;
        }
        for account in self.accounts.values_mut().filter(|it| here(&it.id)) {
            account.password_version += distrust.password_versions;
        }
        Ok(distrusted)
    }
}
