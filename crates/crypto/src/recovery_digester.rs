//! Recovery codes.

use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use countersign_application::ports::Behalf;
use countersign_application::recovery::{RecoveryDigest, RecoveryDigester, RecoveryDigesterError, RecoverySalt};
use countersign_core::RecoveryCode;

use crate::key_ring::KeyRingInUse;
use crate::slow_hashing::{SlowHashing, Workspace, failed};

/// Names what is derived from a master key here (RFC 5869, section 3.2).
const PEPPER_INFO: &[u8] = b"countersign recovery pepper v1";

/// Digests recovery codes: Argon2id (RFC 9106) over the code, with the set's salt and, as the secret value *K*, a
/// pepper that is derived from a master key by HKDF-SHA256 (RFC 5869). Whoever has only the database cannot even begin
/// to guess.
///
/// The cost is fixed at 19 MiB, 2 passes, 1 lane: a code is found by its digest, so that another cost would make all
/// codes unknown that were issued before.
#[derive(Clone, Debug)]
pub struct Argon2idRecoveryDigester {
    hashing: SlowHashing,
    ring: KeyRingInUse,
}

impl Argon2idRecoveryDigester {
    const MEMORY_KIB: u32 = 19_456;
    const PASSES: u32 = 2;
    const LANES: u32 = 1;

    /// Digests within the limit of `hashing`, with peppers from the keys of `ring`.
    #[must_use]
    pub fn new(hashing: SlowHashing, ring: impl Into<KeyRingInUse>) -> Self {
        Self { hashing, ring: ring.into() }
    }
}

#[async_trait]
impl RecoveryDigester for Argon2idRecoveryDigester {
    fn primary_key_id(&self) -> String {
        self.ring.now().primary().id().to_owned()
    }

    fn holds(&self, key_id: &str) -> bool {
        self.ring.with_key(key_id).is_some()
    }

    async fn digest(
        &self,
        codes: &[RecoveryCode],
        salt: &RecoverySalt,
        key_id: &str,
        behalf: &Behalf,
    ) -> Result<Vec<RecoveryDigest>, RecoveryDigesterError> {
        let missing = || RecoveryDigesterError::KeyMissing { key_id: key_id.to_owned() };
        let ring = self.ring.with_key(key_id).ok_or_else(missing)?;
        let key = ring.find_usable(key_id).ok_or_else(missing)?;
        let pepper = key.derive(None, PEPPER_INFO).map_err(failed)?;
        let params = Params::new(Self::MEMORY_KIB, Self::PASSES, Self::LANES, Some(32)).map_err(failed)?;
        let (codes, salt) = (codes.to_vec(), *salt);
        let mut digests = Vec::with_capacity(codes.len());
        // A whole set is one job, let in whole or not at all, and takes a turn for each code: everyone else has theirs in
        // between.
        let job = move |workspace: &mut Workspace<'_>| {
            if let Some(code) = codes.get(digests.len()) {
                let argon2 = Argon2::new_with_secret(&pepper[..], Algorithm::Argon2id, Version::V0x13, params.clone())?;
                let mut digest = [0; 32];
                workspace.compute(&argon2, code.normalized().as_bytes(), &salt, &mut digest)?;
                digests.push(RecoveryDigest(digest));
            }
            Ok((digests.len() >= codes.len()).then(|| std::mem::take(&mut digests)))
        };
        Ok(self.hashing.run_in_steps(behalf, job).await?)
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::{RecoveryAlphabet, RecoveryCodeFormat};

    use super::*;
    use crate::key_ring::test_rings::{OTHER_ID, PRIMARY_ID, RETIRED_ID, ring};

    const SALT: RecoverySalt = [9; 16];

    fn code(text: &str) -> RecoveryCode {
        RecoveryCodeFormat::new("XXXXX-XXXXX", RecoveryAlphabet::Crockford32).unwrap().parse(text).unwrap()
    }

    fn digester() -> Argon2idRecoveryDigester {
        Argon2idRecoveryDigester::new(SlowHashing::default(), ring())
    }

    #[tokio::test]
    async fn digests_stay_as_they_are() {
        let digests = digester()
            .digest(&[code("ABCDE-12345"), code("ABCDE-12346")], &SALT, PRIMARY_ID, &Behalf::Operator)
            .await
            .unwrap();
        let digests: Vec<_> = digests.iter().map(|digest| hex::encode(digest.0)).collect();
        // Computed independently with the reference implementation in C.
        let expected = [
            "430adf7055d393c3db469894b00bcd408b09514f670a45463fdbce4a3d2288db",
            "51a7f065c324d3c326920428f0e08acf67a0c482f2d0dbb9a2d6716cf388a6ff",
        ];
        assert_eq!(digests, expected);
    }

    #[tokio::test]
    async fn a_digest_depends_on_code_salt_and_key_and_on_nothing_else() {
        let digester = digester();
        let codes = [code("ABCDE-12345")];
        let digest = digester.digest(&codes, &SALT, PRIMARY_ID, &Behalf::Operator).await.unwrap();
        assert_eq!(
            digester.digest(&[code("abcde 12345")], &SALT, PRIMARY_ID, &Behalf::Operator).await.unwrap(),
            digest
        );
        assert_ne!(
            digester.digest(&[code("ABCDE-12346")], &SALT, PRIMARY_ID, &Behalf::Operator).await.unwrap(),
            digest
        );
        assert_ne!(digester.digest(&codes, &[8; 16], PRIMARY_ID, &Behalf::Operator).await.unwrap(), digest);
        assert_ne!(digester.digest(&codes, &SALT, OTHER_ID, &Behalf::Operator).await.unwrap(), digest);
    }

    #[tokio::test]
    async fn a_key_that_is_missing_or_retired_is_named() {
        for key_id in ["0123456789abcdef", RETIRED_ID] {
            let error = digester().digest(&[code("ABCDE-12345")], &SALT, key_id, &Behalf::Operator).await.unwrap_err();
            assert!(matches!(error, RecoveryDigesterError::KeyMissing { key_id: named } if named == key_id));
        }
    }

    #[tokio::test]
    async fn several_codes_are_one_job_of_one_computation_each() {
        let digester = digester();
        let codes = [code("ABCDE-12345"), code("ABCDE-12346"), code("ABCDE-12347")];
        assert_eq!(
            digester.digest(&codes, &SALT, &digester.primary_key_id(), &Behalf::Operator).await.unwrap().len(),
            3
        );
        assert_eq!(digester.hashing.load().computations, 3);
    }
}
