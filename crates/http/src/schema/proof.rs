use countersign_application::verification::GivenProof;
use poem_openapi::Object;
use secrecy::{ExposeSecret, SecretString};

/// What the policy asks for again.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ProofRequest {
    /// The account's password.
    #[oai(validator(min_length = 1, max_length = 1024))]
    password: Option<String>,
    /// A code of an active authenticator, or a recovery code, which is spent.
    #[oai(validator(min_length = 1, max_length = 128))]
    code: Option<String>,
}

impl From<ProofRequest> for GivenProof {
    fn from(request: ProofRequest) -> Self {
        given(request.password, request.code)
    }
}

/// The administrator's own proof, of a session that administers: what outlasts it asks for one. `proof` that is not there is
/// what an API key gives, and what a session is refused for.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct ProvenRequest {
    /// The administrator's own proof; an API key gives none.
    pub(crate) proof: Option<ProofRequest>,
}

/// What came as an administrator's proof.
pub(crate) fn own_proof(proof: Option<ProofRequest>) -> GivenProof {
    proof.map(GivenProof::from).unwrap_or_default()
}

pub(super) fn given(password: Option<String>, code: Option<String>) -> GivenProof {
    GivenProof { password: password.map(SecretString::from), code: code.map(SecretString::from) }
}

/// A recovery code, as it was written down.
#[derive(Object)]
#[oai(deny_unknown_fields, write_only_all = true)]
pub(crate) struct TestRecoveryCodeRequest {
    /// Spaces, hyphens and, where the policy says so, case do not matter.
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(crate) code: String,
}

/// Recovery codes, as their owner keeps them.
#[derive(Object)]
pub(crate) struct RecoveryCodes {
    /// Each stands in for the authenticator once.
    recovery_codes: Vec<String>,
}

impl RecoveryCodes {
    pub(crate) fn new(codes: &[SecretString]) -> Self {
        Self { recovery_codes: shown(codes) }
    }
}

pub(super) fn shown(codes: &[SecretString]) -> Vec<String> {
    codes.iter().map(|code| code.expose_secret().to_owned()).collect()
}
