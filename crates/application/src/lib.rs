//! Entities, ports and use cases of Countersign.
//!
//! A use case is a command value with an `execute` method that takes the [`Application`]. What may happen is its
//! `…Outcome`; what must not is a [`UseCaseError`], and then nothing was admitted. Adapters implement the traits of
//! [`ports`]; nothing here knows a database, a cipher, a clock or a protocol.

mod account;
mod account_name;
mod administration;
mod api_key;
mod appearance;
mod application;
mod audit;
mod authenticator;
mod caller;
mod challenge;
mod confirmation;
mod csv;
mod ended;
mod enforcement;
mod error;
mod idempotency;
mod identifiers;
mod named;
mod origin;
mod page;
mod policy_change;
pub mod ports;
mod realm;
mod recovery_codes;
mod recovery_issue;
mod refusals;
mod second_factor;
mod session;
pub mod text;
mod trusted_device;
mod turns;
pub mod use_cases;
mod verification;

pub use account::{Account, Login, LoginError, NewPassword, NewPasswordError, Role, whom};
pub use account_name::AccountName;
pub use administration::{Administration, AdministrationDenial, Authority};
pub use api_key::{ApiKey, ApiKeyName, ApiKeyNameError, Scope};
pub use appearance::{
    Accent, AccentError, Appearance, AppearanceChange, Color, DisplayName, DisplayNameError, Logo, LogoError, LogoType,
    ReturnAddress, ReturnAddressError, ReturnAddresses, ReturnAddressesError, Setting,
};
pub use application::{Application, Ports};
pub use audit::{
    AcceptedBy, AccountChange, Actor, AttemptMethod, AuditDetails, AuditEvent, AuditOutcome, AuditText, Change,
    ChangedPolicy, CreatedAs, EndedSessions, Event, EventKind, ProvenAct, Purpose, RejectionReason, RevokedDevices,
    SignInFactor, SignInFailure, read_details,
};
pub use authenticator::{Authenticator, AuthenticatorName, AuthenticatorNameError, AuthenticatorStatus};
pub use caller::{Caller, KeyStanding, Standing};
pub use challenge::{Challenge, ChallengeMethod};
pub use confirmation::asked_of_administrators;
pub use countersign_core as core;
pub use countersign_core::Timestamp;
pub use countersign_policy as policy;
pub use csv::csv_cell;
pub use enforcement::{effective_role, enrollment_deadline, two_factor_is_required, two_factor_is_required_of};
pub use error::UseCaseError;
pub use idempotency::{Asker, IdempotencyClaim, IdempotencyDigest, IdempotencyKey, IdempotencyKeyError};
pub use identifiers::{
    AccountId, ApiKeyId, AuditEventId, AuthenticatorId, ChallengeId, IdempotencyClaimId, IdentifierError, RealmId,
    RecoveryCodeId, RecoveryCodeSetId, SessionId, TrustedDeviceId,
};
pub use origin::{Door, ForwardingDoubt, NetworkDoubt, Origin, TrustedProxies};
pub use page::{Page, PageRequest};
pub use policy_change::{KeyViolation, PolicyChange, differences as policy_differences, owners_keys};
pub use realm::{Realm, RealmSlug, RealmSlugError};
pub use recovery_codes::{RecoveryCodeSet, RecoverySetStatus, SealedRecoveryCode};
pub use refusals::SignInRefusal;
pub use second_factor::{
    AccountOverview, CodeState, SecondFactor, SecondFactorMethod, SecondFactorState, TwoFactorStatus,
};
pub use session::{AuthenticationMethod, Session, SessionGrant};
pub use trusted_device::TrustedDevice;
pub use verification::{AcceptedCode, GivenProof, ProofDenial, ProofField};
