//! What the tests of every crate share: the store in memory, whose behavior is the reference; the suite that holds
//! every store against the contract of the ports; stores that are broken on purpose, which the suite must refuse; and
//! cheap stand-ins for the other ports.
//!
//! A store is held against the contract by a few lines; see [`store_contract!`].

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test support: a failed test is a panic")]

mod application;
pub mod broken;
mod builders;
mod clock;
pub mod contract;
mod entropy;
mod events;
mod kept;
mod memory;
mod phone;
mod plain;

pub use application::{TestApplication, application};
pub use builders::{
    NOW, PASSWORD, a_challenge, a_key_check, a_pending_authenticator, a_pending_recovery_set, a_realm, a_recovery_code,
    a_recovery_set, a_session, a_trusted_device, an_account, an_api_key, an_authenticator, an_event,
    an_idempotency_claim, seconds, the_default_realm,
};
pub use clock::ManualClock;
pub use entropy::{FailingEntropy, ScriptedEntropy};
pub use events::every_event;
pub use kept::{Kept, keep};
pub use memory::MemoryStore;
pub use phone::Phone;
pub use plain::{
    OLDER_KEY_ID, PlainPasswordHasher, PlainPasswordScreen, PlainQrRenderer, PlainRecoveryDigester, PlainSealer,
    PlainTokenIssuer,
};
