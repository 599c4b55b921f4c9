use std::sync::Arc;

use countersign_application::ports::{Entropy, SealContext, SealPurpose, Sealed, SealerError, SecretSealer};
use countersign_application::{AccountId, RealmId};
use countersign_core::{Algorithm, Digits, TotpParameters};
use uuid::Uuid;

use super::AeadSealer;
use crate::OsEntropy;
use crate::key_ring::test_rings::{OTHER_ID, PRIMARY_ID, RETIRED_ID, other_ring, ring};
use crate::scripted_entropy::{CountingEntropy, NoEntropy};

const SECRET: &[u8] = b"12345678901234567890";

fn sealer() -> AeadSealer {
    sealer_with(Arc::new(OsEntropy))
}

fn sealer_with(entropy: Arc<dyn Entropy>) -> AeadSealer {
    AeadSealer::new(ring(), entropy)
}

fn parameters(algorithm: Algorithm, digits: Digits, period_seconds: u32) -> SealPurpose {
    SealPurpose::TotpSecret(TotpParameters::new(algorithm, digits, period_seconds).unwrap())
}

fn context() -> SealContext {
    SealContext {
        realm_id: RealmId::from_uuid(Uuid::from_bytes([0xa1; 16])),
        account_id: AccountId::from_uuid(Uuid::from_bytes([0xa2; 16])),
        row_id: Uuid::from_bytes([0xa3; 16]),
        purpose: parameters(Algorithm::Sha1, Digits::SIX, 30),
    }
}

async fn assert_broken(sealer: &AeadSealer, context: &SealContext, sealed: &Sealed) {
    let result = sealer.open(context, sealed).await;
    assert!(matches!(result, Err(SealerError::Broken)), "{context:?}: {:?}", result.map(|_| "it opened"));
}

#[tokio::test]
async fn what_is_sealed_opens_again_on_its_row() {
    let sealer = sealer();
    let recovery_code = SealContext { purpose: SealPurpose::RecoveryCode, ..context() };
    for (context, plaintext) in [(context(), SECRET), (recovery_code, b"ABCDE12345"), (context(), b"")] {
        let sealed = sealer.seal(&context, plaintext).await.unwrap();
        assert_eq!(sealed.key_id, PRIMARY_ID);
        assert_eq!(sealed.bytes.len(), 57 + plaintext.len());
        assert_eq!(**sealer.open(&context, &sealed).await.unwrap(), *plaintext);
    }
}

#[tokio::test]
async fn two_sealings_of_the_same_secret_have_nothing_in_common() {
    let sealer = sealer();
    let (first, second) =
        (sealer.seal(&context(), SECRET).await.unwrap(), sealer.seal(&context(), SECRET).await.unwrap());
    let (salt, nonce, ciphertext) = (1..17, 17..41, 41..61);
    for range in [salt, nonce, ciphertext] {
        assert_ne!(first.bytes[range.clone()], second.bytes[range]);
    }
}

#[tokio::test]
async fn the_formats_of_sealed_values_stay_as_they_are() {
    let recovery_code = SealContext { purpose: SealPurpose::RecoveryCode, ..context() };
    // Computed independently, from the description of the format, with libsodium and Python's HMAC.
    let totp = "01000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627\
                dcc273ff76f12ae47c7b83bee939dda04bf2d5c335df71aafe43710bbd98e3d66a617232";
    let recovery = "01000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627\
                    acb2038f06f62fef717eaf3571f8091ed5ab55d1370548b75fd9";
    for (context, plaintext, pinned) in [(context(), SECRET, totp), (recovery_code, b"ABCDE12345", recovery)] {
        let sealed = sealer_with(Arc::new(CountingEntropy::from(0))).seal(&context, plaintext).await.unwrap();
        assert_eq!(hex::encode(&sealed.bytes), pinned);
        assert_eq!(**sealer().open(&context, &sealed).await.unwrap(), *plaintext);
    }
}

#[tokio::test]
async fn a_value_that_was_moved_or_whose_parameters_were_changed_does_not_open() {
    let sealer = sealer();
    let sealed = sealer.seal(&context(), SECRET).await.unwrap();
    let moved = [
        SealContext { realm_id: RealmId::from_uuid(Uuid::from_bytes([0xb1; 16])), ..context() },
        SealContext { account_id: AccountId::from_uuid(Uuid::from_bytes([0xb2; 16])), ..context() },
        SealContext { row_id: Uuid::from_bytes([0xb3; 16]), ..context() },
        SealContext { purpose: SealPurpose::RecoveryCode, ..context() },
        SealContext { purpose: parameters(Algorithm::Sha256, Digits::SIX, 30), ..context() },
        SealContext { purpose: parameters(Algorithm::Sha1, Digits::EIGHT, 30), ..context() },
        SealContext { purpose: parameters(Algorithm::Sha1, Digits::SIX, 60), ..context() },
    ];
    for context in moved {
        assert_broken(&sealer, &context, &sealed).await;
    }
}

#[tokio::test]
async fn a_value_of_another_key_does_not_open_even_under_this_keys_name() {
    let other = AeadSealer::new(other_ring(), Arc::new(OsEntropy));
    let sealed = other.seal(&context(), SECRET).await.unwrap();
    assert_eq!(sealed.key_id, OTHER_ID);
    // A decrypt-only key opens.
    assert_eq!(**sealer().open(&context(), &sealed).await.unwrap(), *SECRET);
    let renamed = Sealed { key_id: PRIMARY_ID.to_owned(), ..sealed };
    assert_broken(&sealer(), &context(), &renamed).await;
}

#[tokio::test]
async fn a_key_that_is_unknown_or_retired_is_named() {
    let sealed = sealer().seal(&context(), SECRET).await.unwrap();
    for key_id in ["0000000000000000", RETIRED_ID, ""] {
        let sealed = Sealed { key_id: key_id.to_owned(), ..sealed.clone() };
        let error = sealer().open(&context(), &sealed).await.unwrap_err();
        assert!(matches!(error, SealerError::KeyMissing { key_id: named } if named == key_id));
    }
}

#[tokio::test]
async fn no_bit_can_be_flipped_and_no_byte_be_missing_or_added() {
    let sealer = sealer();
    let sealed = sealer.seal(&context(), SECRET).await.unwrap();
    for bit in 0..sealed.bytes.len() * 8 {
        let mut flipped = sealed.clone();
        flipped.bytes[bit / 8] ^= 1 << (bit % 8);
        assert_broken(&sealer, &context(), &flipped).await;
    }
    for length in 0..sealed.bytes.len() {
        let mut truncated = sealed.clone();
        truncated.bytes.truncate(length);
        assert_broken(&sealer, &context(), &truncated).await;
    }
    let mut longer = sealed.clone();
    longer.bytes.push(0);
    assert_broken(&sealer, &context(), &longer).await;
}

#[tokio::test]
async fn without_randomness_nothing_is_sealed() {
    let result = sealer_with(Arc::new(NoEntropy)).seal(&context(), SECRET).await;
    assert!(matches!(result, Err(SealerError::Failed(_))));
}

#[test]
fn debug_shows_no_material() {
    let hashing = crate::SlowHashing::default();
    let hasher = crate::Argon2idHasher::new(hashing.clone(), Arc::new(OsEntropy), crate::Argon2idCost::default());
    let digester = crate::Argon2idRecoveryDigester::new(hashing, ring());
    let debug = format!("{:?} {digester:?} {hasher:?}", sealer());
    assert!(debug.contains(PRIMARY_ID) && !debug.contains("AQEB") && !debug.contains("1, 1"), "{debug}");
}
