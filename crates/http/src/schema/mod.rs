//! What goes over the wire.

mod account;
mod administration;
mod appearance;
mod audit_event;
mod authenticator;
mod bulk;
mod enrollment;
mod listing;
mod policy;
mod proof;
mod session;
mod sign_in;
mod subject;
mod two_factor;
mod values;

pub(crate) use account::{Account, ChangePasswordRequest, OwnAccount, PasswordChanged, Role, SecuredAccount};
pub(crate) use administration::{
    AccountDetails, AccountList, AccountOverview, ActResult, ApiKey, ApiKeyList, CreateAccountRequest,
    CreateApiKeyRequest, CreateRealmRequest, CreatedApiKey, DeleteAccountRequest, PasswordLink, Realm, RealmList,
    ReasonRequest, ResetTwoFactorRequest, StatisticsResponse, TwoFactorStatus, UpdateAccountRequest,
    UpdateRealmRequest,
};
pub(crate) use appearance::{Appearance, UpdateAppearanceRequest};
pub(crate) use audit_event::{ActorKind, AuditEvent, AuditEventList};
pub(crate) use authenticator::{Authenticator, RenameRequest};
pub(crate) use bulk::{BulkRequest, BulkResult, MatchingAccounts};
pub(crate) use enrollment::{BeginRequest, BegunEnrollment, ConfirmRequest, Confirmed};
pub(crate) use listing::{SessionList, TrustedDeviceList};
pub(crate) use policy::Policy;
pub(crate) use proof::{ProofRequest, ProvenRequest, RecoveryCodes, TestRecoveryCodeRequest, own_proof};
pub(crate) use session::{Session, SessionGrant, TrustedDevice};
pub(crate) use sign_in::{
    ChallengeGrant, EnrollmentRequired, PasswordChangeRequired, SecondFactorRequest, SecondFactorRequired,
    SecondFactorResponse, SignInRequest, SignInResponse, SignedIn,
};
pub(crate) use subject::{BeginSubjectRequest, ClientRequest, ConfirmSubjectRequest, Verified, VerifyRequest};
pub(crate) use two_factor::TwoFactor;
pub(crate) use values::{
    AccountListCursor, AccountSort, Cursor, Event, Id, Limit, Moment, Outcome, Search, SubjectName,
};

use countersign_application::Timestamp;

/// A time as the API writes it: RFC 3339, UTC.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    countersign_wire::Moment(at).for_programs().unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

/// Reads a time: RFC 3339, in any zone.
pub(crate) fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    countersign_wire::Moment::parse(text).map(|moment| moment.0)
}
