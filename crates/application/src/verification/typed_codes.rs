//! Codes of an authenticator as they were typed, one or two, compared with it.

use countersign_core::{Attempt, ConsecutiveCodes, MatchedStep, SharedSecret, Totp, TotpCode};

use crate::realm::Realm;
use crate::second_factor::Authenticator;
use crate::{Application, Timestamp, UseCaseError};

/// One code, or two consecutive ones.
pub(crate) enum TypedCodes {
    One(TotpCode),
    Consecutive(ConsecutiveCodes),
}

/// What comparing came to.
pub(crate) enum Compared {
    /// It is the code of this step.
    Fits(MatchedStep),
    /// It is the code that was accepted last.
    Repeats,
    /// It is neither.
    Differs,
}

impl TypedCodes {
    /// Reads the first code of an enrollment; `None` for what is neither one code nor two.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match TotpCode::parse(text) {
            Ok(code) => Some(Self::One(code)),
            Err(_) => ConsecutiveCodes::parse(text).map(Self::Consecutive),
        }
    }

    /// As what it is counted when it is compared with so many authenticators.
    pub(crate) fn attempt(&self, authenticators: u32) -> Attempt {
        match self {
            Self::One(_) => Attempt::Code { authenticators },
            Self::Consecutive(_) => Attempt::ConsecutiveCodes { authenticators },
        }
    }

    fn match_step(&self, totp: Totp, secret: &SharedSecret, now: Timestamp, after: Option<u64>) -> Option<MatchedStep> {
        match self {
            Self::One(code) => totp.match_step(secret, code, now, after),
            Self::Consecutive(codes) => totp.match_consecutive(secret, codes, now, after),
        }
    }

    fn repeats(&self, totp: Totp, secret: &SharedSecret, last: u64, now: Timestamp) -> bool {
        match self {
            Self::One(code) => totp.repeats(secret, code, last, now),
            Self::Consecutive(codes) => totp.repeats_consecutive(secret, codes, last, now),
        }
    }
}

impl Application {
    /// Compares what was typed with the steps of an authenticator's window, and with the step that it accepted last.
    pub(crate) async fn compare(
        &self,
        realm: &Realm,
        authenticator: &Authenticator,
        codes: &TypedCodes,
        now: Timestamp,
    ) -> Result<Compared, UseCaseError> {
        let secret = self.open_secret(realm, authenticator).await?;
        let totp = Totp::new(authenticator.parameters, realm.policy.skew_steps());
        let last = authenticator.last_step;
        // Both are computed, whatever comes of the first.
        let repeats = last.is_some_and(|last| codes.repeats(totp, &secret, last, now));
        Ok(match codes.match_step(totp, &secret, now, last) {
            Some(matched) => Compared::Fits(matched),
            None if repeats => Compared::Repeats,
            None => Compared::Differs,
        })
    }

    /// Opens the secret of an authenticator.
    pub(crate) async fn open_secret(
        &self,
        realm: &Realm,
        authenticator: &Authenticator,
    ) -> Result<SharedSecret, UseCaseError> {
        let bytes = self.sealer().open(&authenticator.sealed_to(realm), &authenticator.sealed_secret).await?;
        SharedSecret::from_bytes(&bytes).map_err(|_| UseCaseError::Fault("a sealed secret has a legal length"))
    }
}
