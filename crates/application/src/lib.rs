//! Entities, ports and use cases of Countersign, by subject.
//!
//! A use case is a command value with an `execute` method that takes the [`Application`]. What may happen is its
//! `…Outcome`; what must not is a [`UseCaseError`], and then nothing was admitted. A subject holds its values, its use
//! cases and its ports; what several need is in [`ports`]. Adapters implement the ports; nothing here knows a database, a
//! cipher, a clock or a protocol.

pub mod account;
pub mod administration;
pub mod api_key;
pub mod appearance;
mod application;
pub mod audit;
pub mod caller;
pub mod enrollment;
mod error;
pub mod housekeeping;
pub mod idempotency;
mod identifiers;
mod link;
pub mod master_key;
mod named;
mod origin;
mod page;
pub mod ports;
pub mod realm;
pub mod recovery;
pub mod restoration;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod text;
pub mod trusted_device;
pub mod verification;

pub use countersign_core as core;
pub use countersign_core::Timestamp;
pub use countersign_policy as policy;

pub use application::{Application, Ports};
pub use error::UseCaseError;
pub use identifiers::{
    AccountId, ApiKeyId, AuditEventId, AuthenticatorId, ChallengeId, IdempotencyClaimId, IdentifierError, RealmId,
    RecoveryCodeId, RecoveryCodeSetId, SessionId, TrustedDeviceId,
};
pub use origin::{Door, ForwardingDoubt, NetworkDoubt, Origin, TrustedProxies};
pub use page::{Page, PageRequest};
