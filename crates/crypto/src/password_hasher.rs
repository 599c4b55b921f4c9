//! Passwords.

use std::sync::Arc;

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use countersign_application::account::{PasswordHash, PasswordHasher, PasswordHasherError, PasswordVerdict};
use countersign_application::ports::{Behalf, Entropy};
use secrecy::{ExposeSecret, SecretString};

use crate::argon2id_cost::{Argon2idCost, within_caps};
use crate::entropy::draw;
use crate::slow_hashing::{SlowHashing, failed};

/// Bytes of a salt (RFC 9106, section 3.1: 16 are recommended for password hashing).
const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// Hashes passwords with Argon2id (RFC 9106) into PHC strings.
///
/// A stored hash is verified with the parameters that it names, up to 1 GiB, 10 passes and 16 lanes; hashes by Argon2i
/// and Argon2d are verified too, and always outdated.
#[derive(Clone)]
pub struct Argon2idHasher {
    hashing: SlowHashing,
    entropy: Arc<dyn Entropy>,
    cost: Argon2idCost,
}

/// Why a stored hash cannot be verified. Never contains any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredHashError {
    /// It is no PHC string of Argon2 with a salt and a hash.
    #[error("the stored password hash is not an Argon2 hash in PHC string format")]
    Malformed,
    /// Its parameters are beyond the caps.
    #[error("the stored password hash asks for more than 1 GiB, 10 passes or 16 lanes")]
    TooCostly,
}

impl Argon2idHasher {
    /// Hashes new passwords at `cost`, within the limit of `hashing`.
    #[must_use]
    pub fn new(hashing: SlowHashing, entropy: Arc<dyn Entropy>, cost: Argon2idCost) -> Self {
        Self { hashing, entropy, cost }
    }

    fn is_outdated(&self, stored: &StoredHash) -> bool {
        stored.algorithm != Algorithm::Argon2id
            || stored.version != Version::V0x13
            || stored.salt.len() < SALT_BYTES
            || stored.output.len() < OUTPUT_BYTES
            || self.cost.exceeds(&stored.params)
    }
}

impl std::fmt::Debug for Argon2idHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Argon2idHasher").field("cost", &self.cost).finish_non_exhaustive()
    }
}

#[async_trait]
impl PasswordHasher for Argon2idHasher {
    async fn hash(&self, password: &SecretString, behalf: &Behalf) -> Result<PasswordHash, PasswordHasherError> {
        let salt = draw::<SALT_BYTES>(&*self.entropy).map_err(failed)?;
        let salt = Salt::new(&salt[..]).map_err(failed)?;
        let params = self.cost.params().clone();
        let phc_params = ParamsString::try_from(&params).map_err(failed)?;
        let output = StoredHash {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params,
            salt,
            output: Output::new(&[0; OUTPUT_BYTES]).map_err(failed)?,
        }
        .compute(&self.hashing, password, behalf)
        .await?;
        let phc = argon2::PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: phc_params,
            salt: Some(salt),
            hash: Some(Output::new(&output).map_err(failed)?),
        };
        Ok(PasswordHash::new(phc.to_string()))
    }

    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&PasswordHash>,
        behalf: &Behalf,
    ) -> Result<PasswordVerdict, PasswordHasherError> {
        let stored = match hash {
            Some(hash) => StoredHash::parse(hash.as_str()).map_err(failed)?,
            None => StoredHash::dummy(&self.cost)?,
        };
        let outdated = self.is_outdated(&stored);
        let expected = stored.output;
        let computed = stored.compute(&self.hashing, password, behalf).await?;
        // Compares in constant time.
        let equal = Output::new(&computed).is_ok_and(|computed| computed == expected);
        Ok(if equal && hash.is_some() { PasswordVerdict::Right { outdated } } else { PasswordVerdict::Wrong })
    }
}

/// A stored hash, taken apart.
struct StoredHash {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl StoredHash {
    fn parse(phc: &str) -> Result<Self, StoredHashError> {
        let hash = argon2::PasswordHash::new(phc).map_err(|_| StoredHashError::Malformed)?;
        let params = Params::try_from(&hash).map_err(|_| StoredHashError::Malformed)?;
        if !within_caps(&params) {
            return Err(StoredHashError::TooCostly);
        }
        Ok(Self {
            algorithm: Algorithm::try_from(hash.algorithm.as_str()).map_err(|_| StoredHashError::Malformed)?,
            version: match hash.version {
                Some(version) => Version::try_from(version).map_err(|_| StoredHashError::Malformed)?,
                // Argon2 1.0 wrote no version.
                None => Version::V0x10,
            },
            params,
            salt: hash.salt.ok_or(StoredHashError::Malformed)?,
            output: hash.hash.ok_or(StoredHashError::Malformed)?,
        })
    }

    /// Stands in for the hash of an unknown login: the same computation as for a known one, and then nothing to be
    /// equal to. It is a constant rather than the hash of something, so that not even the first unknown login after a
    /// start takes longer.
    fn dummy(cost: &Argon2idCost) -> Result<Self, PasswordHasherError> {
        Ok(Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            params: cost.params().clone(),
            salt: Salt::new(&[0; SALT_BYTES]).map_err(failed)?,
            output: Output::new(&[0; OUTPUT_BYTES]).map_err(failed)?,
        })
    }

    /// The hash of `password` with this salt and these parameters, as long as the stored one.
    async fn compute(
        self,
        hashing: &SlowHashing,
        password: &SecretString,
        behalf: &Behalf,
    ) -> Result<Vec<u8>, PasswordHasherError> {
        let password = password.clone();
        hashing
            .run(behalf, move |workspace| {
                let argon2 = Argon2::new(self.algorithm, self.version, self.params);
                let mut computed = vec![0; self.output.len()];
                workspace.compute(&argon2, password.expose_secret().as_bytes(), &self.salt, &mut computed)?;
                Ok(computed)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::PasswordHasher as _;

    use super::*;
    use crate::OsEntropy;
    use crate::scripted_entropy::{CountingEntropy, NoEntropy};
    use crate::slow_hashing::ComputeLimit;

    /// From the test vectors of the reference implementation: "password", "somesalt", 64 MiB, 2 passes, 1 lane.
    const REFERENCE: &str = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    fn hasher() -> Argon2idHasher {
        hasher_with(Arc::new(OsEntropy), Argon2idCost::default())
    }

    fn hasher_with(entropy: Arc<dyn Entropy>, cost: Argon2idCost) -> Argon2idHasher {
        Argon2idHasher::new(SlowHashing::default(), entropy, cost)
    }

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn weak_hash(algorithm: Algorithm, version: Version, memory_kib: u32, passes: u32) -> PasswordHash {
        let params = Params::new(memory_kib, passes, 1, Some(32)).unwrap();
        let hash = Argon2::new(algorithm, version, params).hash_password_with_salt(b"tulip", &[7; 16]).unwrap();
        PasswordHash::new(hash.to_string())
    }

    #[tokio::test]
    async fn a_password_is_right_against_its_own_hash_only() {
        let hasher = hasher();
        let hash = hasher.hash(&secret("violet kettle"), &Behalf::Operator).await.unwrap();
        let right = hasher.verify(&secret("violet kettle"), Some(&hash), &Behalf::Operator).await.unwrap();
        assert_eq!(right, PasswordVerdict::Right { outdated: false });
        for wrong in ["violet kettlE", "violet kettle ", ""] {
            assert_eq!(
                hasher.verify(&secret(wrong), Some(&hash), &Behalf::Operator).await.unwrap(),
                PasswordVerdict::Wrong
            );
        }
    }

    #[tokio::test]
    async fn the_same_password_hashes_differently_each_time() {
        let hasher = hasher();
        let (first, second) = (
            hasher.hash(&secret("tulip"), &Behalf::Operator).await.unwrap(),
            hasher.hash(&secret("tulip"), &Behalf::Operator).await.unwrap(),
        );
        assert_ne!(first, second);
    }

    #[tokio::test]
    async fn the_format_of_a_hash_stays_as_it_is() {
        let hasher = hasher_with(Arc::new(CountingEntropy::from(0)), Argon2idCost::default());
        let hash = hasher.hash(&secret("violet kettle"), &Behalf::Operator).await.unwrap();
        // Computed independently with the reference implementation in C.
        assert_eq!(
            hash.as_str(),
            "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$WHNanZLCROweTDOgsemF+VFFGFXUaFGmKY3O/AAP6bM"
        );
    }

    #[tokio::test]
    async fn the_hash_of_the_reference_implementation_is_verified_with_its_own_parameters() {
        let stored = PasswordHash::new(REFERENCE.to_owned());
        let hasher = hasher();
        // Its salt has only 8 bytes.
        let right = hasher.verify(&secret("password"), Some(&stored), &Behalf::Operator).await.unwrap();
        assert_eq!(right, PasswordVerdict::Right { outdated: true });
        assert_eq!(
            hasher.verify(&secret("passwore"), Some(&stored), &Behalf::Operator).await.unwrap(),
            PasswordVerdict::Wrong
        );
    }

    #[tokio::test]
    async fn a_hash_that_is_weaker_than_todays_is_outdated() {
        let hasher = hasher();
        let cases = [
            (weak_hash(Algorithm::Argon2id, Version::V0x13, 19_456, 2), false),
            (weak_hash(Algorithm::Argon2id, Version::V0x13, 32_768, 3), false),
            (weak_hash(Algorithm::Argon2id, Version::V0x13, 19_455, 2), true),
            (weak_hash(Algorithm::Argon2id, Version::V0x13, 19_456, 1), true),
            (weak_hash(Algorithm::Argon2id, Version::V0x10, 19_456, 2), true),
            (weak_hash(Algorithm::Argon2i, Version::V0x13, 19_456, 2), true),
            (weak_hash(Algorithm::Argon2d, Version::V0x13, 19_456, 2), true),
        ];
        for (hash, outdated) in cases {
            let verdict = hasher.verify(&secret("tulip"), Some(&hash), &Behalf::Operator).await.unwrap();
            assert_eq!(verdict, PasswordVerdict::Right { outdated }, "{}", hash.as_str());
        }
    }

    #[tokio::test]
    async fn an_unknown_login_costs_the_same_one_computation_as_a_known_one() {
        let hasher = hasher();
        let hash = hasher.hash(&secret("tulip"), &Behalf::Operator).await.unwrap();
        assert_eq!(hasher.hashing.load().computations, 1);
        hasher.verify(&secret("tulip"), Some(&hash), &Behalf::Operator).await.unwrap();
        assert_eq!(hasher.hashing.load().computations, 2);
        assert_eq!(hasher.verify(&secret("tulip"), None, &Behalf::Operator).await.unwrap(), PasswordVerdict::Wrong);
        assert_eq!(hasher.hashing.load().computations, 3);

        let (dummy, real) = (StoredHash::dummy(&hasher.cost).unwrap(), StoredHash::parse(hash.as_str()).unwrap());
        assert_eq!((dummy.algorithm, dummy.version), (real.algorithm, real.version));
        assert_eq!((dummy.params.m_cost(), dummy.params.t_cost()), (real.params.m_cost(), real.params.t_cost()));
        assert_eq!((dummy.salt.len(), dummy.output.len()), (real.salt.len(), real.output.len()));
    }

    #[tokio::test]
    async fn a_stored_hash_that_asks_for_too_much_or_is_none_fails_without_a_computation() {
        let hasher = hasher();
        let (salt, hash) = ("c29tc2FsdHNvbWVzYWx0MQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
        let cases = [
            (format!("$argon2id$v=19$m=1048577,t=2,p=1${salt}${hash}"), StoredHashError::TooCostly),
            (format!("$argon2id$v=19$m=19456,t=11,p=1${salt}${hash}"), StoredHashError::TooCostly),
            (format!("$argon2id$v=19$m=19456,t=2,p=17${salt}${hash}"), StoredHashError::TooCostly),
            (format!("$argon2id$v=19$m=19456,t=2,p=1${salt}"), StoredHashError::Malformed),
            (format!("$argon2id$v=20$m=19456,t=2,p=1${salt}${hash}"), StoredHashError::Malformed),
            (format!("$scrypt$v=19$m=19456,t=2,p=1${salt}${hash}"), StoredHashError::Malformed),
            ("tulip".to_owned(), StoredHashError::Malformed),
            (String::new(), StoredHashError::Malformed),
        ];
        for (phc, expected) in cases {
            match hasher.verify(&secret("tulip"), Some(&PasswordHash::new(phc.clone())), &Behalf::Operator).await {
                Err(PasswordHasherError::Failed(error)) => {
                    assert_eq!(error.downcast_ref(), Some(&expected), "{phc}");
                }
                other => panic!("{phc}: {other:?}"),
            }
        }
        assert_eq!(hasher.hashing.load().computations, 0);
    }

    #[tokio::test]
    async fn without_randomness_no_password_is_hashed() {
        let hasher = hasher_with(Arc::new(NoEntropy), Argon2idCost::default());
        assert!(matches!(hasher.hash(&secret("tulip"), &Behalf::Operator).await, Err(PasswordHasherError::Failed(_))));
    }

    #[tokio::test]
    async fn passwords_are_refused_as_busy_when_no_place_is_free() {
        let hashing = SlowHashing::new(ComputeLimit { parallel: 1, waiting: 0, ..ComputeLimit::default() });
        let hasher = Argon2idHasher::new(hashing.clone(), Arc::new(OsEntropy), Argon2idCost::default());
        let (end, told) = std::sync::mpsc::channel::<()>();
        let occupied = tokio::spawn(async move {
            hashing
                .run(&Behalf::Operator, move |_| {
                    let _ = told.recv();
                    Ok(())
                })
                .await
        });
        while hasher.hashing.load().running == 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(hasher.hash(&secret("tulip"), &Behalf::Operator).await, Err(PasswordHasherError::Busy)));
        assert!(matches!(
            hasher.verify(&secret("tulip"), None, &Behalf::Operator).await,
            Err(PasswordHasherError::Busy)
        ));
        drop(end);
        occupied.await.unwrap().unwrap();
    }
}
