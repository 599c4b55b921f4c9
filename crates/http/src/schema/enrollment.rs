use countersign_application as domain;
use countersign_application::verification::GivenProof;
use poem_openapi::Object;
use secrecy::SecretString;

use super::proof::{given, shown};
use super::values::{Issuer, Nullable, Time, Words};
use super::{Authenticator, Id, SessionGrant};

/// The beginning of an enrollment.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct BeginRequest {
    /// What its owner calls the authenticator.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) name: Option<Words>,
    /// The issuer that the app shall show, where the policy lets its owner choose.
    #[oai(validator(min_length = 1, max_length = 200))]
    pub(crate) issuer: Option<Issuer>,
    /// The active authenticator that goes when the new one is confirmed.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(crate) replaces: Option<Id>,
    /// The account's password, where the policy asks for it.
    #[oai(validator(min_length = 1, max_length = 1024))]
    password: Option<String>,
    /// A code of an active authenticator, where the policy asks for it.
    #[oai(validator(min_length = 1, max_length = 128))]
    code: Option<String>,
}

impl BeginRequest {
    pub(crate) fn proof(&mut self) -> GivenProof {
        given(self.password.take(), self.code.take())
    }
}

/// A begun enrollment. Secret, URI and QR code are shown now and, as a QR code, to this session while it is pending.
#[derive(Object)]
pub(crate) struct BegunEnrollment {
    /// The pending authenticator.
    authenticator: Authenticator,
    /// The secret for typing: Base32 without padding.
    secret: String,
    /// Secret, issuer and login, as authenticator apps read them.
    otpauth_uri: String,
    /// The same as a QR code: an SVG element.
    qr_code_svg: String,
    /// Until when it can be confirmed.
    expires_at: Time,
    /// The recovery codes, where the policy shows them before the confirmation; worthless until then.
    recovery_codes: Nullable<Vec<String>>,
}

impl From<domain::enrollment::BegunEnrollment> for BegunEnrollment {
    fn from(begun: domain::enrollment::BegunEnrollment) -> Self {
        Self {
            authenticator: Authenticator::from(&begun.authenticator),
            secret: begun.secret.to_string(),
            otpauth_uri: begun.key_uri.to_uri().to_string(),
            qr_code_svg: begun.qr_svg.to_string(),
            expires_at: begun.expires_at.into(),
            recovery_codes: begun.recovery_codes.as_deref().map(shown).into(),
        }
    }
}

/// The confirmation of an enrollment.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ConfirmRequest {
    /// A code of the new authenticator.
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(crate) code: String,
    /// The account's password, where the policy asks for it.
    #[oai(validator(min_length = 1, max_length = 1024))]
    password: Option<String>,
    /// A code of an authenticator that is active already, where the policy asks for it.
    #[oai(validator(min_length = 1, max_length = 128))]
    proof_code: Option<String>,
}

impl ConfirmRequest {
    pub(crate) fn proof(&mut self) -> GivenProof {
        given(self.password.take(), self.proof_code.take())
    }
}

/// A confirmed enrollment.
#[derive(Object)]
pub(crate) struct Confirmed {
    /// The authenticator, active from now on.
    authenticator: Authenticator,
    /// Always true.
    two_factor_enabled: bool,
    /// The recovery codes, where the policy shows them now; they are not shown again.
    recovery_codes: Nullable<Vec<String>>,
    /// A session that may do everything, where the one that asks may only enroll.
    #[oai(skip_serializing_if_is_none)]
    session: Option<SessionGrant>,
}

impl Confirmed {
    pub(crate) fn new(
        authenticator: &countersign_application::second_factor::Authenticator,
        recovery_codes: Option<&[SecretString]>,
        session: Option<&countersign_application::session::SessionGrant>,
    ) -> Self {
        Self {
            authenticator: Authenticator::from(authenticator),
            two_factor_enabled: true,
            recovery_codes: recovery_codes.map(shown).into(),
            session: session.map(SessionGrant::new),
        }
    }
}
