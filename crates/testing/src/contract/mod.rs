//! The contract of the store ports, one function a clause. Their names stand in the ports' documentation.
//!
//! [`store_contract!`](crate::store_contract) makes a test of each; [`clauses`] lists them to be run otherwise.

mod account_lists;
mod accounts;
mod api_keys;
mod appearances;
mod attempts;
mod audit_log;
mod authenticators;
mod bench;
mod challenges;
mod claims;
mod clauses;
mod deletion;
mod ended;
mod housekeeping;
mod idempotency;
mod master_keys;
mod owners;
mod pages;
mod patience;
mod people;
mod place;
mod realms;
mod recovery_codes;
mod restoration;
mod roundtrips;
mod second_factors;
mod sessions;
mod statistics;
mod trusted_devices;
mod units_of_work;

pub use account_lists::*;
pub use accounts::*;
pub use api_keys::*;
pub use appearances::*;
pub use attempts::*;
pub use audit_log::*;
pub use authenticators::*;
pub use challenges::*;
pub use claims::*;
pub use clauses::{Clause, clauses, run};
pub use deletion::*;
pub use ended::*;
pub use housekeeping::*;
pub use idempotency::*;
pub use master_keys::*;
pub use owners::*;
pub use pages::*;
pub use people::*;
pub use place::StorePlace;
pub use realms::*;
pub use recovery_codes::*;
pub use restoration::*;
pub use roundtrips::*;
pub use second_factors::*;
pub use sessions::*;
pub use statistics::*;
pub use trusted_devices::*;
pub use units_of_work::*;

pub(crate) use patience::{Patience, in_unit};
