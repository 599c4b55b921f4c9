//! Policies: a realm's rules.

mod document;
mod field;
mod preset;
mod proof;
mod validated;
mod violations;

pub use document::{
    AdministrationRules, AfterUse, AuthenticatorRules, EnforcementRules, EnrollmentRules, MayDisableTwoFactor,
    OnDisable, PolicyDocument, ProofRules, RecoveryCodeRules, RecoveryCodesShown, RequiredFor, SignInRules,
    ThrottleRules, TotpRules,
};
pub use field::{KeyHolder, PolicyField};
pub use preset::{Preset, PresetError};
pub use proof::{ProofAct, ProofRequirement};
pub use validated::Policy;
pub use violations::{PolicyViolation, PolicyViolations};
