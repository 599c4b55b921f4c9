//! What needs which master key.

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_application::RecoveryCodeSetId;
use countersign_application::master_key::{
    KeyUse, MasterKeyReads, MasterKeyStore, SealedKind, SealedPart, SealedPlace, SealedRow,
};
use countersign_application::ports::{Sealed, StoreError};
use countersign_application::realm::Realm;
use countersign_application::recovery::RecoverySetStatus;
use countersign_core::Timestamp;

use super::{MemoryStore, State};

impl State {
    /// Refuses to let something need a key that is retired.
    pub(crate) fn require_key(&mut self, key_id: &str) -> Result<(), StoreError> {
        let retired = self.key_checks.iter().any(|it| it.sealed.key_id == key_id && it.retired_at.is_some());
        self.failed |= retired;
        if retired { Err(StoreError::Unavailable("the master key is retired".into())) } else { Ok(()) }
    }

    fn sealed_rows(&self, kind: SealedKind) -> Vec<SealedRow> {
        let claims = self.idempotency_claims.values();
        match kind {
            SealedKind::Secret => self
                .authenticators
                .values()
                .map(|it| SealedRow {
                    place: SealedPlace::Secret {
                        id: it.id,
                        account: it.account_id,
                        realm: self.accounts[&it.account_id].realm_id,
                        parameters: Some(it.parameters),
                    },
                    sealed: it.sealed_secret.clone(),
                })
                .collect(),
            SealedKind::RecoveryCode => {
                let sealed = self.recovery_codes.iter().filter_map(|row| Some((row, row.code.sealed.clone()?)));
                let mut rows: Vec<SealedRow> = sealed
                    .map(|(row, sealed)| {
                        let account = self.recovery_sets[&row.set].account_id;
                        let realm = self.accounts[&account].realm_id;
                        SealedRow { place: SealedPlace::RecoveryCode { id: row.code.id, account, realm }, sealed }
                    })
                    .collect();
                rows.sort_by_key(|row| row.place.row());
                rows
            }
            SealedKind::Request => claims
                .map(|it| SealedRow {
                    place: SealedPlace::Request { digest: it.digest, id: it.id },
                    sealed: it.request.clone(),
                })
                .collect(),
            SealedKind::Answer => claims
                .filter_map(|it| Some((it, it.answer.clone()?)))
                .map(|(it, sealed)| SealedRow { place: SealedPlace::Answer { digest: it.digest, id: it.id }, sealed })
                .collect(),
        }
    }

    fn sealed_mut(&mut self, place: &SealedPlace) -> Option<&mut Sealed> {
        match place {
            SealedPlace::Secret { id, .. } => Some(&mut self.authenticators.get_mut(id)?.sealed_secret),
            SealedPlace::RecoveryCode { id, .. } => {
                self.recovery_codes.iter_mut().find(|row| row.code.id == *id)?.code.sealed.as_mut()
            }
            SealedPlace::Request { digest, .. } => Some(&mut self.idempotency_claims.get_mut(digest)?.request),
            SealedPlace::Answer { digest, .. } => self.idempotency_claims.get_mut(digest)?.answer.as_mut(),
        }
    }

    fn key_uses(&self) -> Vec<KeyUse> {
        let mut uses: BTreeMap<String, KeyUse> = BTreeMap::new();
        let mut note = |key_id: &str, count: &dyn Fn(&mut KeyUse) -> &mut u64| {
            let used = uses.entry(key_id.to_owned()).or_default();
            key_id.clone_into(&mut used.key_id);
            *count(used) += 1;
        };
        for kind in SealedKind::ALL {
            for row in self.sealed_rows(kind) {
                note(&row.sealed.key_id, &|used| match kind {
                    SealedKind::Secret => &mut used.authenticators,
                    SealedKind::RecoveryCode => &mut used.recovery_codes,
                    SealedKind::Request | SealedKind::Answer => &mut used.kept_answers,
                });
            }
        }
        for set in self.recovery_sets.values() {
            match set.status {
                RecoverySetStatus::Active => note(&set.key_id, &|used| &mut used.recovery_sets),
                RecoverySetStatus::Pending => note(&set.key_id, &|used| &mut used.pending_sets),
                RecoverySetStatus::Dormant => {}
            }
        }
        uses.into_values().collect()
    }
}

#[async_trait]
impl MasterKeyReads for MemoryStore {
    async fn count_key_uses(&self) -> Result<Vec<KeyUse>, StoreError> {
        Ok(self.read().key_uses())
    }

    async fn list_sealed(&self, part: &SealedPart<'_>) -> Result<Vec<SealedRow>, StoreError> {
        let rows = self.read().sealed_rows(part.kind).into_iter();
        let rest = rows.skip_while(|row| match (row.place, part.after) {
            (SealedPlace::Secret { id, .. }, Some(SealedPlace::Secret { id: after, .. })) => id <= after,
            (SealedPlace::RecoveryCode { id, .. }, Some(SealedPlace::RecoveryCode { id: after, .. })) => id <= after,
            (
                SealedPlace::Request { digest, .. } | SealedPlace::Answer { digest, .. },
                Some(SealedPlace::Request { digest: after, .. } | SealedPlace::Answer { digest: after, .. }),
            ) => digest <= after,
            _ => false,
        });
        let wanted = rest.filter(|row| part.except != Some(row.sealed.key_id.as_str()));
        Ok(wanted.take(part.limit as usize).collect())
    }

    async fn list_sets_of_key(
        &self,
        key_id: &str,
        after: Option<RecoveryCodeSetId>,
        most: u32,
    ) -> Result<Vec<RecoveryCodeSetId>, StoreError> {
        let state = self.read();
        let sets = state.recovery_sets.values().filter(|set| {
            set.key_id == key_id && set.status != RecoverySetStatus::Dormant && after.is_none_or(|after| set.id > after)
        });
        Ok(sets.map(|set| set.id).take(most as usize).collect())
    }
}

#[async_trait]
impl MasterKeyStore for State {
    async fn reseal(&mut self, row: &SealedRow, sealed: &Sealed) -> Result<bool, StoreError> {
        self.require_key(&sealed.key_id)?;
        match self.sealed_mut(&row.place) {
            Some(there) if *there == row.sealed => {
                there.clone_from(sealed);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn lock_uses(&mut self, key_id: &str) -> Result<KeyUse, StoreError> {
        let found = self.key_uses().into_iter().find(|used| used.key_id == key_id);
        Ok(found.unwrap_or_else(|| KeyUse { key_id: key_id.to_owned(), ..KeyUse::default() }))
    }

    async fn void_sets(&mut self, realm: &Realm, key_id: &str) -> Result<u64, StoreError> {
        let (accounts, mut voided) = (&self.accounts, 0);
        for set in self.recovery_sets.values_mut() {
            let here = accounts.get(&set.account_id).is_some_and(|it| it.realm_id == realm.id);
            if here && set.key_id == key_id && set.status == RecoverySetStatus::Active {
                set.status = RecoverySetStatus::Dormant;
                voided += 1;
            }
        }
        Ok(voided)
    }

    async fn mark_retired(&mut self, key_id: &str, at: Timestamp) -> Result<(), StoreError> {
        for check in self.key_checks.iter_mut().filter(|it| it.sealed.key_id == key_id) {
            check.retired_at = check.retired_at.or(Some(at));
        }
        Ok(())
    }
}
