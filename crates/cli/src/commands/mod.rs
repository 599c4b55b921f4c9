//! What the commands do that belong to this crate.

mod account;
mod completions;
mod totp;

pub use account::{check_account_command, run_account_command};
pub use completions::print_completions;
pub use totp::run_totp_command;
