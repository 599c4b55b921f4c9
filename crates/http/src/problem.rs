//! Problems (RFC 9457): every answer that is not what was asked for.

use countersign_application::UseCaseError;
use countersign_application::administration::AdministrationDenial;
use countersign_application::realm::Realm;
use countersign_application::verification::{ProofDenial, ProofField};
use countersign_serving::{BodyError, Failure};
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiResponse, Enum, Object};

use crate::schema::rfc3339;

/// The stable codes, with their status and their title.
macro_rules! problem_codes {
    ($($variant:ident = ($code:literal, $status:ident, $title:literal),)+) => {
        /// The stable code of a problem. There may be more one day: a client takes one that it does not know by its status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
        #[oai(rename_all = "snake_case")]
        pub(crate) enum ProblemCode { $($variant,)+ }

        impl ProblemCode {
            /// Every code, in the order of the documentation.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }
            pub(crate) fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }
        }
    };
}

problem_codes! {
    InvalidRequest = ("invalid_request", BAD_REQUEST, "The request is malformed"),
    Unauthenticated = ("unauthenticated", UNAUTHORIZED, "Sign in first"),
    InvalidCredentials = ("invalid_credentials", UNAUTHORIZED, "Login or password is wrong"),
    InvalidChallenge = ("invalid_challenge", UNAUTHORIZED, "Sign in with the password again"),
    InvalidCode = ("invalid_code", UNPROCESSABLE_ENTITY, "The code was not accepted"),
    InvalidProof = ("invalid_proof", UNPROCESSABLE_ENTITY, "The proof was not accepted"),
    Forbidden = ("forbidden", FORBIDDEN, "This is not allowed"),
    EnrollmentRequired = ("enrollment_required", FORBIDDEN, "Enroll an authenticator first"),
    PasswordChangeRequired = ("password_change_required", FORBIDDEN, "Change the password first"),
    LoginTaken = ("login_taken", CONFLICT, "The login is taken"),
    RealmTaken = ("realm_taken", CONFLICT, "The short name is taken"),
    NotFound = ("not_found", NOT_FOUND, "There is nothing here"),
    MethodNotAllowed = ("method_not_allowed", METHOD_NOT_ALLOWED, "The method is not allowed here"),
    TwoFactorAlreadyEnabled = ("two_factor_already_enabled", CONFLICT, "Two-factor is already on"),
    TwoFactorNotEnabled = ("two_factor_not_enabled", CONFLICT, "Two-factor is not on"),
    LastOwner = ("last_owner", CONFLICT, "The realm would be left without an owner"),
    NoPendingEnrollment = ("no_pending_enrollment", CONFLICT, "There is no enrollment to confirm"),
    TooManyAuthenticators = ("too_many_authenticators", CONFLICT, "There are as many authenticators as allowed"),
    RecoveryCodesNotViewable = ("recovery_codes_not_viewable", FORBIDDEN, "Recovery codes cannot be shown again"),
    IdempotencyConflict = ("idempotency_conflict", CONFLICT, "The idempotency key is in use"),
    PolicyViolation = ("policy_violation", UNPROCESSABLE_ENTITY, "A rule of the realm is broken"),
    TooManyAttempts = ("too_many_attempts", TOO_MANY_REQUESTS, "Too many attempts; wait before the next"),
    Unavailable = ("unavailable", SERVICE_UNAVAILABLE, "The service cannot answer now"),
    InternalError = ("internal_error", INTERNAL_SERVER_ERROR, "A fault of this service"),
}

/// The media type of problems.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A set of problems, as bits: what an operation may answer beside what was asked for.
pub(crate) const fn may(codes: &[ProblemCode]) -> u64 {
    let (mut set, mut at) = (0, 0);
    while at < codes.len() {
        set |= 1 << codes[at] as u64;
        at += 1;
    }
    set
}

/// What any operation may answer: a body that is too long is refused wherever it comes, and anything can fail.
const ANY: u64 = may(&[ProblemCode::InvalidRequest, ProblemCode::Unavailable, ProblemCode::InternalError]);

/// What an operation that changes something may answer: it takes an idempotency key.
pub(crate) const CHANGES: u64 = may(&[ProblemCode::IdempotencyConflict]);

/// What an operation may answer that asks for a proof.
pub(crate) const PROVEN: u64 =
    may(&[ProblemCode::InvalidProof, ProblemCode::InvalidCode, ProblemCode::TooManyAttempts]);

/// A refusal of an operation that may answer the problems of the set `MAY`, made by [`may`], and those that any may. So
/// each says in its own signature what the document says of it.
#[derive(Debug)]
pub(crate) struct Refused<const MAY: u64>(Problem);

impl<const MAY: u64> From<Problem> for Refused<MAY> {
    fn from(problem: Problem) -> Self {
        debug_assert!(
            (MAY | ANY) & may(&[problem.code]) != 0,
            "the operation does not say that it may answer {}",
            problem.code.as_str()
        );
        Self(problem)
    }
}

impl<const MAY: u64> From<UseCaseError> for Refused<MAY> {
    fn from(error: UseCaseError) -> Self {
        Problem::from(error).into()
    }
}

impl<const MAY: u64> From<Refused<MAY>> for poem::Error {
    fn from(Refused(problem): Refused<MAY>) -> Self {
        problem.into()
    }
}

impl<const MAY: u64> ApiResponse for Refused<MAY> {
    fn meta() -> MetaResponses {
        let codes = || ProblemCode::ALL.iter().copied().filter(|code| (MAY | ANY) & may(&[*code]) != 0);
        let mut statuses: Vec<StatusCode> = codes().map(ProblemCode::status).collect();
        statuses.sort();
        statuses.dedup();
        let of = |status| codes().filter(move |code| code.status() == status).collect::<Vec<_>>();
        MetaResponses { responses: statuses.into_iter().map(|status| documented(status, &of(status))).collect() }
    }

    fn register(registry: &mut Registry) {
        ProblemBody::register(registry);
    }
}

/// The problems of one status, as the document lists them.
pub(crate) fn told(codes: &[ProblemCode]) -> String {
    let lines: Vec<String> = codes.iter().map(|code| format!("`{}`: {}.", code.as_str(), code.title())).collect();
    lines.join("\n")
}

/// How the document describes the problems of one status.
fn documented(status: StatusCode, codes: &[ProblemCode]) -> MetaResponse {
    let example = codes.first().map(|code| {
        let problem = Problem::new(*code, format!("{}.", code.title()));
        problem.into_body("7f3c9a1e5b2d8046-1a".to_owned()).to_json().unwrap_or_default()
    });
    let schema = || {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            all_of: vec![ProblemBody::schema_ref()],
            example: example.clone(),
            ..MetaSchema::ANY
        }))
    };
    // What is sent is the first; generators that know no other media type of JSON read the second.
    let content = [MEDIA_TYPE, "application/json"].map(|content_type| MetaMediaType { content_type, schema: schema() });
    let waits = codes.iter().any(|code| {
        matches!(code, ProblemCode::TooManyAttempts | ProblemCode::Unavailable | ProblemCode::IdempotencyConflict)
    });
    let retry_after = waits.then(|| MetaHeader {
        name: "Retry-After".to_owned(),
        description: Some("After how many seconds to try again.".to_owned()),
        required: false,
        deprecated: false,
        schema: u32::schema_ref(),
    });
    MetaResponse {
        // The document is made once for each program that serves or prints it.
        description: told(codes).leak(),
        status: Some(status.as_u16()),
        status_range: None,
        content: content.into(),
        headers: retry_after.into_iter().collect(),
    }
}

/// One field that breaks a rule. Never the value that was sent.
#[derive(Clone, Debug, Object)]
#[oai(rename = "FieldError")]
pub(crate) struct FieldError {
    /// The field.
    pub(crate) field: String,
    /// The rule.
    pub(crate) detail: String,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: field.into(), detail: detail.into() }
    }
}

/// What was refused, and why.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.code.as_str())]
pub(crate) struct Problem {
    pub(crate) code: ProblemCode,
    pub(crate) detail: String,
    pub(crate) retry_after_seconds: Option<u64>,
    /// Whether two consecutive codes would be looked at now, instead of one.
    pub(crate) consecutive_codes_required: bool,
    /// What tells this case from others of the same code, where the one who asks may know it.
    pub(crate) reason: Option<ProblemReason>,
    pub(crate) errors: Vec<FieldError>,
    /// Whether the log has told of it already, in words of its own.
    pub(crate) has_left_a_line: bool,
}

impl Problem {
    pub(crate) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            retry_after_seconds: None,
            consecutive_codes_required: false,
            reason: None,
            errors: Vec::new(),
            has_left_a_line: false,
        }
    }

    pub(crate) fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    pub(crate) fn throttled(retry_after_seconds: u64) -> Self {
        let detail = "There were too many failed attempts. Wait before the next; until then nothing is checked.";
        let problem = Self::new(ProblemCode::TooManyAttempts, detail);
        Self { retry_after_seconds: Some(retry_after_seconds), ..problem }
    }

    /// Single codes are not looked at, and where `consecutive_codes_required` is set two consecutive ones are. It is said
    /// only to someone who has given the password, or for whom an application has checked it.
    pub(crate) fn codes_throttled(retry_after_seconds: u64, consecutive_codes_required: bool) -> Self {
        let problem = Self::throttled(retry_after_seconds);
        if !consecutive_codes_required {
            return problem;
        }
        let detail = "There were too many failed attempts. Until the wait is over no single code is checked; two consecutive \
                      codes of one authenticator are: the one that it shows now and then the next, separated by a space.";
        Self { detail: detail.to_owned(), consecutive_codes_required, ..problem }
    }

    /// A refusal of a sign-in, of which the log tells apart.
    pub(crate) fn of_a_sign_in(self) -> Self {
        Self { has_left_a_line: true, ..self }
    }

    /// The code is the one that was accepted last: the answer to it may not have arrived.
    pub(crate) fn already_used(self) -> Self {
        Self { reason: Some(ProblemReason::AlreadyUsed), ..self }
    }

    /// A request whose idempotency key is claimed by one that is not answered yet.
    pub(crate) fn in_progress(retry_after_seconds: u64) -> Self {
        let detail = "A request with this key is being carried out. Send the same again a little later for its answer.";
        let problem = Self::new(ProblemCode::IdempotencyConflict, detail);
        Self { retry_after_seconds: Some(retry_after_seconds), ..problem }
    }

    pub(crate) fn invalid_code(recovery_codes: bool) -> Self {
        let way_back = if recovery_codes {
            "Enter the code that the authenticator app shows now, or an unused recovery code."
        } else {
            "Enter the code that the authenticator app shows now; if it is lost, an administrator can turn two-factor off."
        };
        Self::new(ProblemCode::InvalidCode, format!("The code is wrong, or was used before. {way_back}"))
    }

    pub(crate) fn invalid_request(field: &str, rule: impl Into<String>) -> Self {
        let rule = rule.into();
        Self::new(ProblemCode::InvalidRequest, format!("{field}: {rule}."))
            .with_errors(vec![FieldError::new(field, rule)])
    }

    pub(crate) fn not_found() -> Self {
        Self::new(ProblemCode::NotFound, "Nothing is here, or it belongs to someone else.")
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            ProblemCode::Unauthenticated,
            "Send the token of a session in the header Authorization: Bearer. It is missing, unknown or expired.",
        )
    }

    pub(crate) fn enrollment_required() -> Self {
        Self::new(
            ProblemCode::EnrollmentRequired,
            "A second factor is required of this account. Until it has one, it administers nothing, and after its time of \
             grace this session can only enroll.",
        )
    }

    pub(crate) fn password_change_required() -> Self {
        Self::new(
            ProblemCode::PasswordChangeRequired,
            "The password of this account was given by someone else. Until it is changed, this session can do nothing else.",
        )
    }

    /// Keys of a policy, or other fields, that break rules.
    pub(crate) fn policy_violation(violations: impl IntoIterator<Item = (String, String)>) -> Self {
        let errors: Vec<_> = violations.into_iter().map(|(field, rule)| FieldError::new(field, rule)).collect();
        let lines: Vec<String> = errors.iter().map(|error| format!("{} {}", error.field, error.detail)).collect();
        Self::new(ProblemCode::PolicyViolation, format!("{}.", lines.join("; "))).with_errors(errors)
    }

    /// An administrative act in a realm that was refused.
    pub(crate) fn from_administration(denial: AdministrationDenial, realm: &Realm) -> Self {
        let detail = match denial {
            AdministrationDenial::NotFound => return Self::not_found(),
            AdministrationDenial::Unproven(denial) => return Self::unproven(denial, realm),
            AdministrationDenial::LastOwner => {
                let detail = "This is the last owner of the realm who can sign in. Make another one first; the local \
                              command line can do without.";
                return Self::new(ProblemCode::LastOwner, detail);
            }
            AdministrationDenial::OwnersOnly => {
                "Only an owner may act on an owner, make one, or exempt an administrator from two-factor; only an operator \
                 may act on an operator, or make one, in the realm default."
            }
            AdministrationDenial::OwnAccount => {
                "This is your own account: change it under /v1/account, with the proofs that the policy asks for."
            }
            AdministrationDenial::MayNotDisableTwoFactor => {
                "The policy of this realm does not let you turn off the two-factor of others \
                 (administration.may_disable_two_factor); the local command line can."
            }
        };
        Self::new(ProblemCode::Forbidden, detail)
    }

    /// The proof of an administrator that was not taken.
    pub(crate) fn unproven(denial: ProofDenial, realm: &Realm) -> Self {
        Self::from_denial(denial, realm.policy.recovery_codes.count > 0)
    }

    /// Keys of the policy that are the owners'.
    pub(crate) fn owners_keys(keys: Vec<String>) -> Self {
        let detail = format!("Only an owner may change {}, which protect owners as well.", keys.join(", "));
        let errors = keys.into_iter().map(|key| FieldError::new(key, "only an owner may change it")).collect();
        Self::new(ProblemCode::Forbidden, detail).with_errors(errors)
    }

    /// A realm that is not the one of the session or key, whether it is there or not.
    pub(crate) fn another_realm() -> Self {
        let detail = "Only an operator names a realm that is not their own; leave the header Countersign-Realm out.";
        Self::new(ProblemCode::Forbidden, detail)
    }

    /// What concerns all realms.
    pub(crate) fn operators_only() -> Self {
        Self::new(ProblemCode::Forbidden, "Only an operator lists realms and makes them.")
    }

    /// How the realm looks, which is the owners' to say.
    pub(crate) fn owners_appearance() -> Self {
        let detail = "Only an owner may change how the realm looks, and where its users may be sent back to.";
        Self::new(ProblemCode::Forbidden, detail)
    }

    /// A proof that was not taken. `recovery_codes` says whether the realm has them.
    pub(crate) fn from_denial(denial: ProofDenial, recovery_codes: bool) -> Self {
        match denial {
            ProofDenial::Missing { asked_for, any } => {
                let fields: Vec<&str> = asked_for.iter().map(|field| field.as_str()).collect();
                let detail = if any {
                    format!("This needs one of: {}.", fields.join(", "))
                } else {
                    format!("This needs: {}.", fields.join(", "))
                };
                let rule = if any { "give this or another of the fields named here" } else { "is needed for this" };
                let errors = fields.into_iter().map(|field| FieldError::new(field, rule)).collect();
                Self::new(ProblemCode::InvalidProof, detail).with_errors(errors)
            }
            ProofDenial::WrongPassword => Self::new(ProblemCode::InvalidProof, "The password is wrong.")
                .with_errors(vec![FieldError::new(ProofField::Password.as_str(), "is wrong")]),
            ProofDenial::WrongCode => Self::invalid_code(recovery_codes),
            ProofDenial::Held { until } => {
                let until = rfc3339(until);
                let rule =
                    format!("is of what was added, issued or viewed too short a while ago for this; until {until}");
                let detail = format!(
                    "This code turns off nothing that was there before it until {until}. Use one of an older \
                     authenticator or an older recovery code; an administrator can turn two-factor off."
                );
                Self::new(ProblemCode::InvalidProof, detail)
                    .with_errors(vec![FieldError::new(ProofField::Code.as_str(), rule)])
            }
            ProofDenial::Throttled { retry_after_seconds, consecutive_codes_required } => {
                Self::codes_throttled(retry_after_seconds, consecutive_codes_required)
            }
        }
    }

    /// The document that is sent.
    pub(crate) fn into_body(self, request_id: String) -> ProblemBody {
        ProblemBody {
            type_: format!("urn:countersign:problem:{}", self.code.as_str()),
            title: self.code.title().to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail,
            code: self.code,
            request_id,
            retry_after_seconds: self.retry_after_seconds,
            consecutive_codes_required: self.consecutive_codes_required.then_some(true),
            reason: self.reason,
            errors: if self.errors.is_empty() { None } else { Some(self.errors) },
        }
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.code.status()
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Body(error) => error.into(),
            Failure::Panicked => {
                Self::new(ProblemCode::InternalError, "Something went wrong here; nobody was admitted.")
            }
        }
    }
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        let detail = match error {
            BodyError::TooLong { most } => format!("The body is longer than {} KiB.", most / 1024),
            BodyError::Late => "The body did not arrive in time.".to_owned(),
            BodyError::Broken => "The body could not be read.".to_owned(),
        };
        Self::new(ProblemCode::InvalidRequest, detail)
    }
}

impl From<UseCaseError> for Problem {
    /// The only place where a failure inside becomes an answer, and therefore the only one that logs it.
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::SessionEnded => Self::unauthenticated(),
            UseCaseError::Repeated => Self::in_progress(1),
            UseCaseError::Fault(_) => {
                tracing::error!(%error, "a fault of this program");
                Self::new(ProblemCode::InternalError, "Something went wrong here; nobody was admitted.")
            }
            error => {
                let source = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, source, "a part that is needed does not work");
                let detail = "A part that is needed does not work at the moment; nobody was admitted. Try again later.";
                let retry_after_seconds = error.is_busy().then_some(1);
                Self { retry_after_seconds, ..Self::new(ProblemCode::Unavailable, detail) }
            }
        }
    }
}

/// One answer for unknown, expired, spent and exhausted challenges.
pub(crate) const INVALID_CHALLENGE: &str = "This sign-in cannot be continued: it is too old, was completed, or had too many wrong codes. Start again with login and password.";

/// What tells a case from others of the same code.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum ProblemReason {
    /// The code is the one that was accepted last.
    AlreadyUsed,
}

/// A problem (RFC 9457). `code` is stable; texts may change.
#[derive(Debug, Object)]
#[oai(rename = "Problem")]
pub(crate) struct ProblemBody {
    /// A URI that names the kind of problem.
    #[oai(rename = "type")]
    type_: String,
    /// The kind of problem for people.
    title: String,
    /// The HTTP status.
    #[oai(validator(minimum(value = "400"), maximum(value = "599")))]
    status: u16,
    /// What is wrong and what to do.
    detail: String,
    /// The kind of problem for programs.
    code: ProblemCode,
    /// What names this request in the logs.
    request_id: String,
    /// After how many seconds to try again; also in the header `Retry-After`.
    #[oai(skip_serializing_if_is_none)]
    retry_after_seconds: Option<u64>,
    /// Present and true where no single code is looked at now, and two consecutive codes of one authenticator are: the one
    /// that it shows and then the next, in the same field and separated by a space.
    #[oai(skip_serializing_if_is_none)]
    consecutive_codes_required: Option<bool>,
    /// In service mode, with `invalid_code`: `already_used` where the code is the one that was accepted last, so that the
    /// answer to it may not have arrived. It is not counted as a failure.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<ProblemReason>,
    /// The fields that break a rule.
    #[oai(skip_serializing_if_is_none)]
    errors: Option<Vec<FieldError>>,
}
