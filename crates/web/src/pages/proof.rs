//! Proofs that forms ask for, and what is wrong with what a form brought.

use countersign_application::Timestamp;
use countersign_application::caller::Caller;
use countersign_application::second_factor::SecondFactor;
use countersign_application::verification::{GivenProof, ProofDenial, ProofField};
use countersign_core::{Attempt, ConsecutiveCodes};
use countersign_policy::ProofRequirement;
use poem::http::StatusCode;

use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::texts::Texts;

/// More characters than any code of an authenticator has: a recovery code was meant.
const MOST_DIGITS: usize = 8;

/// What a form asks for again; see `_proof.html`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) need_password: bool,
    pub(super) need_code: bool,
    pub(super) either: bool,
    pub(super) recovery: bool,
    pub(super) digits: u32,
}

impl Proof {
    /// What of `requirement` this account can give: without an active authenticator there are no codes.
    pub(super) fn of(requirement: ProofRequirement, caller: &Caller, factor: &SecondFactor) -> Self {
        let (need_password, need_code) = fields(requirement, factor.state.is_enabled());
        // Older authenticators may have other codes than the policy asks for now.
        let digits = factor.active().next().map(|one| u32::from(one.parameters.digits().get()));
        Self {
            need_password,
            need_code,
            either: need_code && requirement == ProofRequirement::PasswordOrCode,
            recovery: factor.recovery_codes_remaining() > 0,
            digits: digits.unwrap_or(caller.realm.policy.totp.digits),
        }
    }

    /// For how long nothing that could be given is looked at. Where a code will do, there is no such time: two consecutive
    /// ones always are, and recovery codes have a counter of their own.
    pub(super) fn standing_wait(&self, caller: &Caller, factor: &SecondFactor, now: Timestamp) -> u64 {
        if self.need_password && !self.either { standing_wait(caller, factor, now) } else { 0 }
    }
}

/// For how long passwords of this account are not looked at as proofs.
pub(super) fn standing_wait(caller: &Caller, factor: &SecondFactor, now: Timestamp) -> u64 {
    let rules = caller.realm.policy.guessing_rules();
    factor.state.counters.gate(&rules, Attempt::Password, now).seconds().unwrap_or_default()
}

/// Whether there is a field for the password, and one for a code.
fn fields(requirement: ProofRequirement, enabled: bool) -> (bool, bool) {
    match requirement {
        ProofRequirement::None => (false, false),
        ProofRequirement::Password => (true, false),
        ProofRequirement::Code => (false, enabled),
        ProofRequirement::PasswordOrCode | ProofRequirement::PasswordAndCode => (true, enabled),
    }
}

/// What a form brought as proof.
pub(super) fn given(form: &Form) -> GivenProof {
    GivenProof { password: form.given_secret("proof_password"), code: given_code(form, "proof_code") }
}

/// A code, if one was typed: white space alone is not a wrong one.
pub(super) fn given_code(form: &Form, field: &str) -> Option<secrecy::SecretString> {
    form.given(field).is_some().then(|| form.secret(field))
}

/// The names of the fields of a proof.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProofNames {
    pub(super) password: &'static str,
    pub(super) code: &'static str,
}

impl Default for ProofNames {
    fn default() -> Self {
        Self { password: "proof_password", code: "proof_code" }
    }
}

/// What is wrong with what a form brought, for the page that shows the form once more.
#[derive(Debug, Default)]
pub(super) struct Wrong {
    errors: Vec<(&'static str, &'static str)>,
    /// A field, and what is wrong with it where that has a value in it.
    said: Option<(&'static str, String)>,
    wait_seconds: u64,
    is_throttled: bool,
    is_busy: bool,
}

impl Wrong {
    /// A field, and the key of what is wrong with it.
    pub(super) fn field(field: &'static str, key: &'static str) -> Self {
        Self { errors: vec![(field, key)], ..Self::default() }
    }

    /// A field, and what is wrong with it in the reader's language.
    pub(super) fn said(field: &'static str, text: String) -> Self {
        Self { said: Some((field, text)), ..Self::default() }
    }

    /// Too much is going on: nothing was looked at.
    pub(super) fn busy() -> Self {
        Self { is_busy: true, ..Self::field("", "error-busy") }
    }

    /// The proof was not taken.
    pub(super) fn denial(denial: ProofDenial, form: &Form, names: ProofNames) -> Self {
        match denial {
            ProofDenial::Missing { any: true, .. } => Self::field(names.password, "error-proof-missing"),
            ProofDenial::Missing { asked_for, any: false } => {
                let missing = |field: &ProofField| match field {
                    ProofField::Password => (names.password, "error-password-missing"),
                    ProofField::Code => (names.code, "error-code-missing"),
                };
                Self { errors: asked_for.iter().map(missing).collect(), ..Self::default() }
            }
            ProofDenial::WrongPassword => Self::field(names.password, "error-password-wrong"),
            ProofDenial::Held { .. } => Self::field(names.code, "error-code-too-new"),
            ProofDenial::WrongCode => Self::field(names.code, wrong_code(form.text(names.code))),
            ProofDenial::Throttled { consecutive_codes_required: true, .. } => {
                Self { is_throttled: true, ..Self::field(names.code, "error-consecutive-codes") }
            }
            ProofDenial::Throttled { retry_after_seconds, .. } => {
                Self { wait_seconds: retry_after_seconds, ..Self::default() }
            }
        }
    }

    /// The page with what is wrong on it.
    pub(super) fn put_on(&self, page: Page) -> Page {
        let texts = page.texts();
        let page = self.errors.iter().fold(page, |page, (field, key)| page.wrong(field, texts.say(key)));
        match &self.said {
            Some((field, text)) => page.wrong(field, text.clone()),
            None => page,
        }
    }

    /// The wait that the page shows: the one that was answered, or the one that stands.
    pub(super) fn wait(&self, standing: u64, texts: Texts) -> Wait {
        match self.wait_seconds.max(standing) {
            0 => Wait::default(),
            seconds => Wait::new(seconds, texts),
        }
    }

    /// How the page is answered.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self { is_busy: true, .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self { wait_seconds: 1.., .. } | Self { is_throttled: true, .. } => StatusCode::TOO_MANY_REQUESTS,
            Self { errors, said: None, .. } if errors.is_empty() => StatusCode::OK,
            Self { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// What to say of a wrong code: waiting for the next one helps only with codes of an app.
fn wrong_code(typed: &str) -> &'static str {
    let length = typed.chars().filter(|character| character.is_alphanumeric()).count();
    if length > MOST_DIGITS && ConsecutiveCodes::parse(typed).is_none() {
        "error-recovery-code-wrong"
    } else {
        "error-code-wrong"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_only_asked_of_an_account_that_has_an_authenticator() {
        assert_eq!(fields(ProofRequirement::None, true), (false, false));
        assert_eq!(fields(ProofRequirement::Password, true), (true, false));
        assert_eq!(fields(ProofRequirement::Code, true), (false, true));
        assert_eq!(fields(ProofRequirement::PasswordOrCode, true), (true, true));
        assert_eq!(fields(ProofRequirement::PasswordAndCode, true), (true, true));
        assert_eq!(fields(ProofRequirement::Code, false), (false, false));
        assert_eq!(fields(ProofRequirement::PasswordAndCode, false), (true, false));
    }

    #[test]
    fn what_is_missing_is_said_at_each_field() {
        let asked_for = vec![ProofField::Password, ProofField::Code];
        let denial = ProofDenial::Missing { asked_for: asked_for.clone(), any: false };
        let wrong = Wrong::denial(denial, &Form::default(), ProofNames::default());
        assert_eq!(wrong.errors, [("proof_password", "error-password-missing"), ("proof_code", "error-code-missing")]);
        let wrong =
            Wrong::denial(ProofDenial::Missing { asked_for, any: true }, &Form::default(), ProofNames::default());
        assert_eq!(wrong.errors, [("proof_password", "error-proof-missing")]);
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn a_wait_and_a_busy_server_have_statuses_of_their_own() {
        let throttled = ProofDenial::Throttled { retry_after_seconds: 7, consecutive_codes_required: false };
        let wrong = Wrong::denial(throttled, &Form::default(), ProofNames::default());
        assert_eq!(wrong.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(wrong.wait(3, Texts(crate::texts::Language::default())).seconds, 7);
        let hardened = ProofDenial::Throttled { retry_after_seconds: 7, consecutive_codes_required: true };
        let wrong = Wrong::denial(hardened, &Form::default(), ProofNames::default());
        assert_eq!(wrong.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(wrong.errors, [("proof_code", "error-consecutive-codes")], "there is something to do but to wait");
        assert_eq!(Wrong::busy().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(Wrong::default().status(), StatusCode::OK);
    }

    #[test]
    fn a_long_code_was_meant_as_a_recovery_code() {
        assert_eq!(wrong_code("123 456"), "error-code-wrong");
        assert_eq!(wrong_code("ABCD-EFGH-JKMN"), "error-recovery-code-wrong");
        assert_eq!(wrong_code("123456 654321"), "error-code-wrong", "two codes in a row are no recovery code");
    }
}
