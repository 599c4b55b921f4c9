//! Making recovery codes.

use countersign_core::RecoveryCode;
use secrecy::SecretString;

use crate::ports::Behalf;
use crate::realm::Realm;
use crate::recovery::{
    RecoveryCodeSet, RecoveryDigest, RecoverySalt, RecoverySetStatus, SealedRecoveryCode, recovery_code_context,
};
use crate::{AccountId, Application, AuthenticatorId, RecoveryCodeId, RecoveryCodeSetId, Timestamp, UseCaseError};

/// A set that was just made and is not stored yet.
pub(crate) struct FreshRecoveryCodes {
    pub(crate) set: RecoveryCodeSet,
    pub(crate) stored: Vec<SealedRecoveryCode>,
    /// As their owner sees them, once.
    pub(crate) shown: Vec<SecretString>,
}

/// One code that was just made, to take the place of a used one.
pub(crate) struct FreshRecoveryCode {
    pub(crate) stored: SealedRecoveryCode,
    pub(crate) shown: SecretString,
}

impl Application {
    /// Makes a set as the policy says; `None` where the policy has no recovery codes.
    ///
    /// Costs one slow digest a code, so it is called outside of units of work and only for who will get the codes.
    pub(crate) async fn fresh_recovery_codes(
        &self,
        realm: &Realm,
        account_id: AccountId,
        pending_with: Option<AuthenticatorId>,
        behalf: &Behalf,
        now: Timestamp,
    ) -> Result<Option<FreshRecoveryCodes>, UseCaseError> {
        let Some(format) = realm.policy.recovery_format() else { return Ok(None) };
        let count = realm.policy.recovery_codes.count;
        let set = RecoveryCodeSet {
            id: RecoveryCodeSetId::new(now, 0, self.random()?),
            account_id,
            status: if pending_with.is_some() { RecoverySetStatus::Pending } else { RecoverySetStatus::Active },
            authenticator_id: pending_with,
            format: format.clone(),
            salt: self.random()?,
            key_id: self.recovery_digester().primary_key_id(),
            viewable: realm.policy.recovery_codes.viewable,
            issued_at: now,
            unproven_at: None,
            total: count,
            remaining: count,
        };
        let (stored, shown) = self.make_codes(realm, &set, count, behalf, now).await?;
        Ok(Some(FreshRecoveryCodes { set, stored, shown }))
    }

    /// Makes one more code for a set.
    pub(crate) async fn fresh_recovery_code(
        &self,
        realm: &Realm,
        set: &RecoveryCodeSet,
        behalf: &Behalf,
        now: Timestamp,
    ) -> Result<FreshRecoveryCode, UseCaseError> {
        let (mut stored, mut shown) = self.make_codes(realm, set, 1, behalf, now).await?;
        match (stored.pop(), shown.pop()) {
            (Some(stored), Some(shown)) => Ok(FreshRecoveryCode { stored, shown }),
            _ => Err(UseCaseError::Fault("one code was asked for")),
        }
    }

    async fn make_codes(
        &self,
        realm: &Realm,
        set: &RecoveryCodeSet,
        count: u32,
        behalf: &Behalf,
        now: Timestamp,
    ) -> Result<(Vec<SealedRecoveryCode>, Vec<SecretString>), UseCaseError> {
        let mut codes = Vec::new();
        for _ in 0..count {
            codes.push(set.format.generate(&mut |bytes: &mut [u8]| self.entropy().fill(bytes))?);
        }
        let digests = self.digests(&codes, &set.salt, &set.key_id, behalf).await?;
        let mut stored = Vec::with_capacity(codes.len());
        for (code, digest) in codes.iter().zip(digests) {
            let id = RecoveryCodeId::new(now, 0, self.random()?);
            let sealed = if set.viewable {
                let context = recovery_code_context(realm.id, set.account_id, id);
                Some(self.sealer().seal(&context, code.normalized().as_bytes()).await?)
            } else {
                None
            };
            stored.push(SealedRecoveryCode { id, digest, sealed });
        }
        let shown = codes.iter().map(|code| SecretString::from(set.format.display(code).as_str())).collect();
        Ok((stored, shown))
    }

    async fn digests(
        &self,
        codes: &[RecoveryCode],
        salt: &RecoverySalt,
        key_id: &str,
        behalf: &Behalf,
    ) -> Result<Vec<RecoveryDigest>, UseCaseError> {
        let digests = self.recovery_digester().digest(codes, salt, key_id, behalf).await?;
        if digests.len() == codes.len() { Ok(digests) } else { Err(UseCaseError::Fault("a digest for each code")) }
    }
}
