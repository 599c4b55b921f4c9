//! Enrolling an authenticator: a secret, its QR code, and the first code.
//!
//! `cargo run --example enroll --features qr`, then scan, and type the code that the app shows.

#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a program of its own, with the real clock")]

use std::io::{BufRead, Read};
use std::time::SystemTime;

use countersign_core::{KeyUri, SharedSecret, Timestamp, Totp, TotpCode, TotpParameters};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Any source of randomness that is made for secrets; with the feature `rand`, `SharedSecret::generate`.
    let mut bytes = [0; 20];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let secret = SharedSecret::from_bytes(&bytes)?;
    let uri = KeyUri::new("Example", "kim@example.org", secret.clone(), TotpParameters::DEFAULT)?;

    let picture = uri.to_qr_code()?.render::<qrcode::render::unicode::Dense1x2>().build();
    eprintln!("{picture}\nor by hand: {}\n\nThe code that the app shows:", *secret.to_base32());
    let mut typed = String::new();
    std::io::stdin().lock().read_line(&mut typed)?;

    // One step before and after, for clocks that differ.
    let totp = Totp::new(uri.parameters(), 1);
    let now = Timestamp::from(SystemTime::now());
    let matched = totp.match_step(&secret, &TotpCode::parse(&typed)?, now, None);
    match matched {
        // The first code is spent like every other.
        Some(matched) => eprintln!("Enrolled. Store the secret, sealed, and the step {}.", matched.step()),
        None => eprintln!("That is not the code: is the clock of the phone right?"),
    }
    Ok(())
}
