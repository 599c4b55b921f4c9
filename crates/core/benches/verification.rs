//! What checking a code costs, beside totp-rs on the same window and beside the hashing that cannot be avoided.
//!
//! The code never matches, so that totp-rs, which stops at the first match, looks at the whole window too.

#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]
#![allow(clippy::unwrap_used, reason = "fixed inputs")]

use std::hint::black_box;

use countersign_core::{Algorithm, Digits, SharedSecret, Timestamp, Totp, TotpCode, TotpParameters};
use criterion::{Criterion, criterion_group, criterion_main};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha1::block_api::compress;

const SECRET: [u8; 20] = *b"12345678901234567890";
const NOW: u64 = 1_700_000_000;
const WRONG: &str = "000000";

fn verification(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("window_of_three_steps");

    let secret = SharedSecret::from_bytes(&SECRET).unwrap();
    let code = TotpCode::parse(WRONG).unwrap();
    let now = Timestamp::from_unix_seconds(NOW.cast_signed());
    for algorithm in Algorithm::ALL {
        let parameters = TotpParameters::new(algorithm, Digits::SIX, 30).unwrap();
        let totp = Totp::new(parameters, 1);
        group.bench_function(format!("countersign {algorithm}"), |bencher| {
            bencher.iter(|| black_box(&totp).match_step(black_box(&secret), black_box(&code), black_box(now), None));
        });
    }
    for algorithm in [totp_rs::Algorithm::SHA1, totp_rs::Algorithm::SHA256, totp_rs::Algorithm::SHA512] {
        let totp = totp_rs::Builder::new().with_algorithm(algorithm).with_secret(SECRET).build().unwrap();
        group.bench_function(format!("totp-rs {algorithm}"), |bencher| {
            bencher.iter(|| black_box(&totp).check(black_box(WRONG), black_box(NOW)));
        });
    }

    group.bench_function("three HMAC-SHA-1, key set up each time", |bencher| {
        bencher.iter(|| {
            [0_u64, 1, 2].map(|step| {
                let mut mac = Hmac::<Sha1>::new_from_slice(black_box(&SECRET)).unwrap();
                mac.update(&black_box(step).to_be_bytes());
                mac.finalize().into_bytes()
            })
        });
    });
    group.bench_function("three HMAC-SHA-1, key set up once", |bencher| {
        bencher.iter(|| {
            let keyed = Hmac::<Sha1>::new_from_slice(black_box(&SECRET)).unwrap();
            [0_u64, 1, 2].map(|step| {
                let mut mac = keyed.clone();
                mac.update(&black_box(step).to_be_bytes());
                mac.finalize().into_bytes()
            })
        });
    });
    group.bench_function("six SHA-1 compressions, one after another", |bencher| {
        bencher.iter(|| {
            let mut state = black_box([1_u32; 5]);
            for _ in 0..6 {
                compress(&mut state, black_box(&[[7; 64]]));
            }
            state
        });
    });
    group.bench_function("eight SHA-1 compressions, one after another", |bencher| {
        bencher.iter(|| {
            let mut state = black_box([1_u32; 5]);
            for _ in 0..8 {
                compress(&mut state, black_box(&[[7; 64]]));
            }
            state
        });
    });
    group.bench_function("six SHA-1 compressions, independent", |bencher| {
        bencher.iter(|| {
            [1_u32, 2, 3, 4, 5, 6].map(|seed| {
                let mut state = black_box([seed; 5]);
                compress(&mut state, black_box(&[[7; 64]]));
                state
            })
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(50).without_plots();
    targets = verification
}
criterion_main!(benches);
