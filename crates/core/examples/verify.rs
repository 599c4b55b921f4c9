//! Verifying codes: guesses are counted, and each code is accepted once.
//!
//! `cargo run --example verify`

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a program of its own, with the real clock")]

use std::time::SystemTime;

use countersign_core::{
    Attempt, Counters, Gate, GuessingRules, SharedSecret, ThrottleSchedule, Timestamp, Totp, TotpCode, TotpParameters,
};

/// What a store keeps for an account. A real one writes each of these guarded by what it read.
struct Account {
    secret: SharedSecret,
    last_step: Option<u64>,
    counters: Counters,
}

fn verify(account: &mut Account, typed: &str, now: Timestamp) -> &'static str {
    let waits = ThrottleSchedule { free_failures: 4, first_wait_seconds: 30, longest_wait_seconds: 3_600 };
    let (rules, attempt) = (GuessingRules::with_waits(waits), Attempt::Code { authenticators: 1 });
    // A code that is given while one has to wait is neither looked at nor spent.
    if account.counters.gate(&rules, attempt, now) != Gate::Open {
        return "wait";
    }
    let totp = Totp::new(TotpParameters::DEFAULT, 1);
    let matched =
        TotpCode::parse(typed).ok().and_then(|code| totp.match_step(&account.secret, &code, now, account.last_step));
    match matched {
        Some(matched) => {
            account.last_step = Some(matched.step());
            account.counters = account.counters.after_success(&rules, attempt, now);
            "welcome"
        }
        None => {
            account.counters = account.counters.after_failure(&rules, attempt, now).counters;
            "wrong"
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = SharedSecret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
    let now = Timestamp::from(SystemTime::now());
    let totp = Totp::new(TotpParameters::DEFAULT, 1);
    let (code, old) = (totp.code_at(&secret, now), totp.code_at_step(&secret, 1));
    let mut account = Account { secret, last_step: None, counters: Counters::default() };

    assert_eq!(verify(&mut account, code.as_str(), now), "welcome");
    assert_eq!(verify(&mut account, code.as_str(), now), "wrong", "a code works once");
    for _ in 0..4 {
        verify(&mut account, old.as_str(), now);
    }
    assert_eq!(verify(&mut account, code.as_str(), now), "wait");
    eprintln!("The code is good for {} more seconds, but not for anyone here.", totp.seconds_left(now));
    Ok(())
}
