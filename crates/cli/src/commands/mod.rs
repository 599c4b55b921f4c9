//! What the commands do that belong to this crate.

mod account;
mod administration;
mod api_key;
mod audit;
mod completions;
mod confirmation;
mod realm;
mod throttle;
mod totp;

pub use administration::{AdministrationPlace, check_administration_command, run_administration_command};
pub use completions::print_completions;
pub use confirmation::{check as check_confirmation, confirm};
pub use throttle::run_throttle_command;
pub use totp::run_totp_command;
