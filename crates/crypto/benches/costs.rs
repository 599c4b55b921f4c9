//! What the slow and the frequent operations cost: `cargo bench -p countersign-crypto`.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark that cannot be set up has nothing to measure")]

use std::hint::black_box;
use std::sync::Arc;

use countersign_application::account::{PasswordHasher, PasswordScreen};
use countersign_application::core::TotpParameters;
use countersign_application::ports::{Behalf, Entropy, SealContext, SealPurpose, SecretSealer, TokenIssuer, TokenKind};
use countersign_application::{AccountId, RealmId};
use countersign_crypto::{
    AeadSealer, Argon2idCost, Argon2idHasher, KeyRing, OsEntropy, RandomTokenIssuer, SlowHashing, ZxcvbnScreen,
};
use criterion::{Criterion, criterion_group, criterion_main};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

fn costs(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);

    let hashing = SlowHashing::default();
    let screen = ZxcvbnScreen::new(hashing.clone());
    let hasher = Argon2idHasher::new(hashing, Arc::clone(&entropy), Argon2idCost::default());
    let password = SecretString::from("violet-Kettle-42-river");
    criterion.bench_function("Argon2id", |bencher| {
        bencher.iter(|| {
            runtime.block_on(hasher.verify(black_box(&password), None, &Behalf::Operator)).expect("a verdict")
        });
    });

    let directory = tempfile::tempdir().expect("a directory");
    let now = countersign_application::Timestamp::from_unix_seconds(0);
    let ring = KeyRing::create(&directory.path().join("keys.toml"), &OsEntropy, now).expect("a key ring");
    let sealer = AeadSealer::new(ring, Arc::clone(&entropy));
    let context = SealContext {
        realm_id: RealmId::from_uuid(Uuid::nil()),
        account_id: AccountId::from_uuid(Uuid::nil()),
        row_id: Uuid::nil(),
        purpose: SealPurpose::TotpSecret(TotpParameters::DEFAULT),
    };
    let sealed = runtime.block_on(sealer.seal(&context, &[7; 20])).expect("a sealed value");
    criterion.bench_function("seal", |bencher| {
        bencher.iter(|| runtime.block_on(sealer.seal(&context, black_box(&[7; 20]))).expect("a sealed value"));
    });
    criterion.bench_function("open", |bencher| {
        bencher.iter(|| runtime.block_on(sealer.open(&context, black_box(&sealed))).expect("a secret"));
    });

    let issuer = RandomTokenIssuer::new(entropy);
    let token = issuer.issue(TokenKind::Session).expect("a token").token;
    criterion.bench_function("token digest", |bencher| {
        bencher.iter(|| issuer.digest(TokenKind::Session, black_box(token.expose_secret())));
    });

    let worst = SecretString::from("p@5sw0rdqwerty1987-12-24aaaabcdefGHIJzxcvbn!".repeat(6));
    for (name, password) in [("screen", &password), ("screen, 264 characters", &worst)] {
        criterion.bench_function(name, |bencher| {
            let judge = || screen.is_common(black_box(password), &["ada.lovelace@example.org"], &Behalf::Operator);
            bencher.iter(|| runtime.block_on(judge()).expect("a verdict"));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50);
    targets = costs
}
criterion_main!(benches);
