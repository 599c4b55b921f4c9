//! Entities, ports and use cases of Countersign.
//!
//! A use case is a command value with an `execute` method that takes the [`Application`]. What may happen is its
//! `…Outcome`; what must not is a [`UseCaseError`], and then nothing was admitted. Adapters implement the traits of
//! [`ports`]; nothing here knows a database, a cipher, a clock or a protocol.

mod account;
mod administered;
mod application;
mod audit;
mod authenticator;
mod challenge;
mod error;
mod identifiers;
mod named;
mod origin;
mod page;
pub mod ports;
mod realm;
mod recovery_codes;
mod recovery_issue;
mod second_factor;
mod session;
mod signed_in;
mod trusted_device;
pub mod use_cases;
mod verification;

pub use account::{Account, Login, LoginError, NewPassword, NewPasswordError, Role};
pub use administered::Administration;
pub use application::{Application, Ports};
pub use audit::{Actor, AuditDetails, AuditEvent, AuditOutcome, EventKind};
pub use authenticator::{Authenticator, AuthenticatorName, AuthenticatorNameError, AuthenticatorStatus};
pub use challenge::{Challenge, ChallengeMethod};
pub use countersign_core as core;
pub use countersign_core::Timestamp;
pub use error::UseCaseError;
pub use identifiers::{
    AccountId, AuditEventId, AuthenticatorId, ChallengeId, IdentifierError, RealmId, RecoveryCodeId, RecoveryCodeSetId,
    SessionId, TrustedDeviceId,
};
pub use origin::Origin;
pub use page::{Page, PageRequest};
pub use realm::{Realm, RealmSlug, RealmSlugError};
pub use recovery_codes::{RecoveryCodeSet, RecoverySetStatus, SealedRecoveryCode};
pub use second_factor::{SecondFactor, SecondFactorMethod, SecondFactorState, ThrottleLane};
pub use session::{Session, SessionGrant};
pub use signed_in::SignedIn;
pub use trusted_device::TrustedDevice;
pub use verification::{AcceptedCode, GivenProof, ProofDenial, ProofField};
