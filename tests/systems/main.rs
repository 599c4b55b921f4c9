//! What the documentation of other systems promises of their second factor, step by step, under the preset of each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code: it runs by the real clock, and what must hold and does not ends the test"
)]

countersign_tests::on_every_database!(every_system_on_postgresql, every_system_on_mariadb);

mod docspell;
mod dokploy;
mod dqos;
mod ispconfig;
mod presets;
mod pterodactyl;

/// Where two-factor is turned off.
const DISABLE: &str = "/v1/account/two-factor/disable";
/// Where its state is shown.
const STATE: &str = "/v1/account/two-factor";
/// Where unused recovery codes are shown again.
const VIEW: &str = "/v1/account/two-factor/recovery-codes/view";
/// Where they are made anew.
const REGENERATE: &str = "/v1/account/two-factor/recovery-codes/regenerate";

/// Whether `code` is made of `groups` groups of `length` letters and digits.
fn is_alphanumeric(code: &str, groups: usize, length: usize) -> bool {
    let parts: Vec<&str> = code.split('-').collect();
    let fits = |part: &&str| part.len() == length && part.chars().all(|symbol| symbol.is_ascii_alphanumeric());
    parts.len() == groups && parts.iter().all(fits)
}
