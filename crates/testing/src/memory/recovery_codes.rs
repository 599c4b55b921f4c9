//! Recovery codes.

use async_trait::async_trait;
use countersign_application::ports::{Conflict, StoreError};
use countersign_application::recovery::{
    RecoveryCodeSet, RecoveryCodeStore, RecoveryDigest, RecoverySetStatus, SealedRecoveryCode,
};
use countersign_application::{AccountId, RecoveryCodeSetId};
use countersign_core::Timestamp;

use super::State;
use super::state::RecoveryCodeRow;

#[async_trait]
impl RecoveryCodeStore for State {
    async fn insert(&mut self, set: &RecoveryCodeSet, codes: &[SealedRecoveryCode]) -> Result<(), StoreError> {
        self.require_account(set.account_id)?;
        self.require_key(&set.key_id)?;
        self.unique(self.recovery_sets.contains_key(&set.id), Conflict::Other)?;
        self.recovery_sets.insert(set.id, set.clone());
        for code in codes {
            self.add_code(set.id, code).await?;
        }
        Ok(())
    }

    async fn activate(&mut self, account: AccountId, set: RecoveryCodeSetId) -> Result<(), StoreError> {
        let pending = |it: &RecoveryCodeSet| it.account_id == account && it.status == RecoverySetStatus::Pending;
        if self.recovery_sets.get(&set).is_some_and(pending) {
            self.remove_recovery_sets(|it| it.account_id == account && it.status != RecoverySetStatus::Pending);
            if let Some(set) = self.recovery_sets.get_mut(&set) {
                set.status = RecoverySetStatus::Active;
                set.authenticator_id = None;
            }
        }
        Ok(())
    }

    async fn redeem(
        &mut self,
        account: AccountId,
        set: RecoveryCodeSetId,
        digest: &RecoveryDigest,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        if !self.redeemable_set(account, set) {
            return Ok(false);
        }
        let claim = |row: &&mut RecoveryCodeRow| row.set == set && row.code.digest == *digest && row.used_at.is_none();
        let Some(row) = self.recovery_codes.iter_mut().find(claim) else { return Ok(false) };
        row.used_at = Some(at);
        Ok(true)
    }

    async fn add_code(&mut self, set: RecoveryCodeSetId, code: &SealedRecoveryCode) -> Result<(), StoreError> {
        if let Some(sealed) = &code.sealed {
            self.require_key(&sealed.key_id)?;
        }
        if !self.recovery_sets.contains_key(&set) {
            return Err(StoreError::Unavailable(format!("there is no set of recovery codes {set}").into()));
        }
        self.unique(self.recovery_codes.iter().any(|row| row.code.id == code.id), Conflict::Other)?;
        self.recovery_codes.push(RecoveryCodeRow { set, code: code.clone(), used_at: None });
        Ok(())
    }

    async fn count_unused(&mut self, set: RecoveryCodeSetId) -> Result<u32, StoreError> {
        Ok(self.unused_codes(set))
    }

    async fn note_unproven(
        &mut self,
        account: AccountId,
        set: RecoveryCodeSetId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if let Some(set) = self.recovery_sets.get_mut(&set).filter(|set| set.account_id == account) {
            set.unproven_at = Some(at);
        }
        Ok(())
    }

    async fn make_dormant(&mut self, account: AccountId) -> Result<(), StoreError> {
        for set in self.recovery_sets.values_mut() {
            if set.account_id == account && set.status == RecoverySetStatus::Active {
                set.status = RecoverySetStatus::Dormant;
            }
        }
        Ok(())
    }

    async fn remove_all(&mut self, account: AccountId) -> Result<(), StoreError> {
        self.remove_recovery_sets(|set| set.account_id == account);
        Ok(())
    }
}
