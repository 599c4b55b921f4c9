//! Policies: a realm's rules.
//!
//! The rules are one table ([`PolicyField::ALL`]): a row a key, with its type, its bounds or choices, its default, what it
//! means, and who may change it. Everything that has to know the keys comes from it: [`PolicyDocument`], the checks of
//! [`Policy::new`], the schema of the HTTP interface, the form of the pages, and the documentation. A [`Preset`] is a
//! policy with a name, and names what is otherwise than the defaults. A store keeps a policy as [`StoredPolicy`].

#![forbid(unsafe_code)]

mod field;
mod policy;
mod preset;
mod proof;
mod stored;
mod table;
mod value;
mod violations;

pub use field::{KeyHolder, PolicyField, PolicyGroup, Values};
pub use policy::Policy;
pub use preset::{Preset, PresetError};
pub use proof::{ProofAct, ProofRequirement};
pub use stored::{StoredPolicy, StoredPolicyError};
pub use table::{
    AdministrationRules, AfterUse, AuthenticatorRules, EnforcementRules, EnrollmentRules, MayDisableTwoFactor,
    OnDisable, PolicyDocument, ProofRules, RecoveryCodeRules, RecoveryCodesShown, RequiredFor, SignInRules,
    ThrottleRules, TotpRules,
};
pub use value::PolicyValue;
pub use violations::{PolicyRule, PolicyViolation, PolicyViolations};
