//! The outbound ports: what the use cases need from the outside, each a role that an adapter plays.
//!
//! The documentation of the store ports is a contract. Each clause names in parentheses the test of the contract suite
//! (`countersign-testing`) that holds every adapter against it.

mod attempts;
mod audit_log;
mod behalf;
mod clock;
mod entropy;
mod housekeeping;
mod password_hasher;
mod qr_renderer;
mod reads;
mod recovery_digester;
mod secret_sealer;
mod store;
mod token_issuer;
mod writes;

pub use attempts::{AttemptKey, AttemptReads, AttemptStore, Attempts};
pub use audit_log::{AuditFilter, AuditLog};
pub use behalf::Behalf;
pub use clock::Clock;
pub use entropy::{Entropy, EntropyError};
pub use housekeeping::{Due, HousekeepingStore, Pruned};
pub use password_hasher::{PasswordHash, PasswordHasher, PasswordHasherError, PasswordScreen, PasswordVerdict};
pub use qr_renderer::{QrRenderer, QrRendererError};
pub use reads::{
    AccountCount, AccountFilter, AccountReads, ApiKeyReads, AppearanceReads, AuditReads, ChallengeReads, DailyCount,
    Ended, EndedReads, IdempotencyReads, KeyCheck, KeyCheckReads, Reads, RealmReads, SecondFactorReads, SessionReads,
    StatisticsReads, TrustedDeviceReads,
};
pub use recovery_digester::{RecoveryDigest, RecoveryDigester, RecoveryDigesterError, RecoverySalt};
pub use secret_sealer::{SealContext, SealPurpose, Sealed, SealerError, SecretSealer};
pub use store::{Conflict, Store, StoreError, StoreFault, UnitOfWork};
pub(crate) use store::{Work, transact};
pub use token_issuer::{IssuedToken, TokenDigest, TokenIssuer, TokenKind};
pub use writes::{
    AccountStore, ApiKeyStore, AppearanceStore, AuthenticatorStore, ChallengeStore, IdempotencyStore, KeyCheckStore,
    RealmStore, RecoveryCodeStore, SecondFactorStore, SessionStore, TrustedDeviceStore,
};
