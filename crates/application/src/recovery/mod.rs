//! Recovery codes: made, kept as slow digests, viewed where the policy says so, replaced.

mod digester;
mod issue;
mod regenerate;
mod store;
mod test;
mod values;
mod view;

pub use digester::{RecoveryDigest, RecoveryDigester, RecoveryDigesterError, RecoverySalt};
pub(crate) use issue::{FreshRecoveryCode, FreshRecoveryCodes};
pub use regenerate::{RegenerateRecoveryCodes, RegenerateRecoveryCodesOutcome};
pub use store::RecoveryCodeStore;
pub use test::{TestRecoveryCode, TestRecoveryCodeOutcome};
pub(crate) use values::recovery_code_context;
pub use values::{RecoveryCodeSet, RecoverySetStatus, SealedRecoveryCode};
pub use view::{ViewRecoveryCodes, ViewRecoveryCodesOutcome};
