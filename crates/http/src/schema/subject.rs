//! What applications send about their users.

use countersign_application::Timestamp;
use countersign_application::verification::{AcceptedCode, SubjectScene};
use poem_openapi::Object;
use secrecy::ExposeSecret;

use super::Id;
use super::sign_in::Method;
use super::values::{Issuer, LoginText, Nullable, Time, Words};
use crate::problem::Problem;

/// The application's end user, as the application states them: for the audit trail, and for counting within the realm.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ClientRequest {
    /// The address that they ask from.
    #[oai(validator(min_length = 1, max_length = 45))]
    ip: Option<String>,
    /// What their program calls itself. 300 visible ASCII characters and spaces of it are kept.
    #[oai(validator(max_length = 1024))]
    user_agent: Option<String>,
}

impl ClientRequest {
    /// Tells the scene of them.
    pub(crate) fn state(client: Option<Self>, scene: SubjectScene) -> Result<SubjectScene, Problem> {
        let Some(Self { ip, user_agent }) = client else { return Ok(scene) };
        let rule = "must be an IPv4 or IPv6 address, without a port";
        let address = ip.map(|ip| ip.parse().map_err(|_| Problem::invalid_request("client.ip", rule))).transpose()?;
        Ok(scene.for_end_user(address, user_agent.as_deref()))
    }
}

/// The beginning of an enrollment for a subject.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct BeginSubjectRequest {
    /// What the authenticator app shows for the subject; the subject itself when it is left out.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) label: Option<LoginText>,
    /// What the authenticator is called.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) name: Option<Words>,
    /// The issuer that the app shall show, where the policy lets it be chosen.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) issuer: Option<Issuer>,
    /// The active authenticator that goes when the new one is confirmed.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) replaces: Option<Id>,
    /// The end user.
    pub(crate) client: Option<ClientRequest>,
}

/// A code of a subject's new authenticator.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ConfirmSubjectRequest {
    /// A code of the new authenticator.
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(crate) code: String,
    /// The end user.
    pub(crate) client: Option<ClientRequest>,
}

/// A code to verify.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct VerifyRequest {
    /// A code of an authenticator, or a recovery code. Separators are ignored; digits may be of any script.
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(crate) code: String,
    /// What it is asked for, for the audit trail.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) purpose: Option<Words>,
    /// The end user.
    pub(crate) client: Option<ClientRequest>,
}

/// An accepted code.
#[derive(Object)]
pub(crate) struct Verified {
    /// Always true.
    verified: bool,
    /// What the code was.
    method: Method,
    /// The authenticator that it came from.
    authenticator_id: Nullable<String>,
    /// How many recovery codes are left.
    recovery_codes_remaining: u32,
    /// The new recovery code, where the policy replaces used ones.
    #[oai(skip_serializing_if_is_none)]
    replacement_recovery_code: Option<String>,
    /// When.
    verified_at: Time,
}

impl Verified {
    pub(crate) fn new(code: &AcceptedCode, at: Timestamp) -> Self {
        Self {
            verified: true,
            method: code.method.into(),
            authenticator_id: code.authenticator_id.map(|id| id.to_string()).into(),
            recovery_codes_remaining: code.recovery_codes_remaining,
            replacement_recovery_code: code
                .replacement_recovery_code
                .as_ref()
                .map(|code| code.expose_secret().to_owned()),
            verified_at: at.into(),
        }
    }
}
