//! What applications send about their users.

use countersign_application::{AcceptedCode, Timestamp};
use poem_openapi::Object;
use secrecy::ExposeSecret;

use super::rfc3339;
use super::sign_in::Method;

/// The beginning of an enrollment for a subject.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct BeginSubjectRequest {
    /// What the authenticator app shows for the subject; the subject itself when it is left out.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) label: Option<String>,
    /// What the authenticator is called.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) name: Option<String>,
    /// The issuer that the app shall show, where the policy lets it be chosen.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) issuer: Option<String>,
}

/// A code of a subject's new authenticator.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ConfirmSubjectRequest {
    /// A code of the new authenticator.
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(crate) code: String,
}

/// A code to verify.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct VerifyRequest {
    /// A code of an authenticator, or a recovery code. Spaces and hyphens are ignored.
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(crate) code: String,
    /// What it is asked for, for the audit trail.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) purpose: Option<String>,
}

/// An accepted code.
#[derive(Object)]
pub(crate) struct Verified {
    /// Always true.
    verified: bool,
    /// What the code was.
    method: Method,
    /// The authenticator that it came from.
    authenticator_id: Option<String>,
    /// How many recovery codes are left.
    recovery_codes_remaining: u32,
    /// The new recovery code, where the policy replaces used ones.
    #[oai(skip_serializing_if_is_none)]
    replacement_recovery_code: Option<String>,
    /// When.
    verified_at: String,
}

impl Verified {
    pub(crate) fn new(code: &AcceptedCode, at: Timestamp) -> Self {
        Self {
            verified: true,
            method: code.method.into(),
            authenticator_id: code.authenticator_id.map(|id| id.to_string()),
            recovery_codes_remaining: code.recovery_codes_remaining,
            replacement_recovery_code: code
                .replacement_recovery_code
                .as_ref()
                .map(|code| code.expose_secret().to_owned()),
            verified_at: rfc3339(at),
        }
    }
}
