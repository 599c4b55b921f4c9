//! Policies: a realm's rules.

mod document;
mod field;
mod preset;
mod validated;
mod violations;

pub use document::{
    AdministrationRules, AfterUse, AuthenticatorRules, EnforcementRules, EnrollmentRules, MayDisableTwoFactor,
    OnDisable, PolicyDocument, ProofRequirement, ProofRules, RecoveryCodeRules, RecoveryCodesShown, RequiredFor,
    SignInRules, ThrottleRules, TotpRules,
};
pub use field::PolicyField;
pub use preset::{Preset, PresetError};
pub use validated::Policy;
pub use violations::{PolicyViolation, PolicyViolations};
