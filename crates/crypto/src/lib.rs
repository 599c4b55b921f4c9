//! The adapters of the cryptographic ports: Argon2id, sealing at rest, tokens, randomness, the clock, QR codes.
//!
//! | port | adapter | by |
//! | --- | --- | --- |
//! | `Clock` | [`SystemClock`] | the system's clock |
//! | `Entropy` | [`OsEntropy`] | the system's random number generator |
//! | `PasswordHasher` | [`Argon2idHasher`] | Argon2id (RFC 9106), cost after the OWASP Password Storage Cheat Sheet |
//! | `PasswordScreen` | [`ZxcvbnScreen`] | zxcvbn |
//! | `RecoveryDigester` | [`Argon2idRecoveryDigester`] | Argon2id with a pepper by HKDF-SHA256 (RFC 5869) |
//! | `SecretSealer` | [`AeadSealer`] | XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a subkey by HKDF-SHA256 |
//! | `TokenIssuer` | [`RandomTokenIssuer`] | 32 random bytes, SHA-256 |
//! | `QrRenderer` | [`QrCodes`] | QR codes (ISO/IEC 18004) as SVG, PNG and terminal text |
//!
//! Master keys come from a [`KeyRing`]; [`verify_key_checks`] holds it against what the database was sealed with.
//! Types that hold secrets zeroize them when dropped, and their `Debug` prints names only.

mod argon2id_cost;
mod clock;
mod entropy;
mod fair_queue;
mod key_check;
mod key_ring;
mod password_hasher;
mod password_screen;
mod qr;
mod recovery_digester;
mod sealer;
mod slow_hashing;
mod token_issuer;

#[cfg(test)]
mod scripted_entropy;

pub use argon2id_cost::{Argon2idCost, Argon2idCostError};
pub use clock::SystemClock;
pub use entropy::OsEntropy;
pub use key_check::{KeyCheckError, key_check_for, verify_key_checks};
pub use key_ring::{
    KeyRing, KeyRingError, KeyRingFault, KeyRingInUse, KeyRingSource, KeyRingWarning, KeyState, MasterKey,
};
pub use password_hasher::{Argon2idHasher, StoredHashError};
pub use password_screen::ZxcvbnScreen;
pub use qr::QrCodes;
pub use recovery_digester::Argon2idRecoveryDigester;
pub use sealer::AeadSealer;
pub use slow_hashing::{ComputeLimit, SlowHashing, SlowHashingLoad};
pub use token_issuer::RandomTokenIssuer;
