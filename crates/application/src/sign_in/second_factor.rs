//! The second step of a sign-in.

use countersign_core::Timestamp;
use secrecy::SecretString;

use crate::account::Account;
use crate::audit::{Actor, AuditRecord, AuditScene, Event, ProvenAct, SignInRefusal};
use crate::ports::TokenKind;
use crate::realm::Realm;
use crate::session::{AuthenticationMethod, SessionGrant};
use crate::sign_in::{Challenge, OpenChallenge};
use crate::trusted_device::TrustedDevice;
use crate::verification::{
    AcceptedCode, ChallengeUse, Claim, CodeFinding, CodeVerdict, Decision, SignsIn, Throttled, Verdict,
};
use crate::{Application, Origin, TrustedDeviceId, UseCaseError};

/// Answers a challenge with a code of an authenticator or a recovery code.
#[derive(Clone, Debug)]
pub struct VerifySecondFactor {
    /// What was typed as code.
    pub code: SecretString,
    /// Whether this browser shall be trusted from now on, where the policy allows it.
    pub remember_device: bool,
    /// From where.
    pub origin: Origin,
}

/// A completed sign-in.
#[derive(Debug)]
pub struct SignedInBySecondFactor {
    /// The new session.
    pub grant: SessionGrant,
    pub account: Account,
    pub realm: Realm,
    /// The code that was spent.
    pub code: AcceptedCode,
    /// The token of the newly trusted device.
    pub device_token: Option<SecretString>,
}

/// What may come of a second factor.
#[derive(Debug)]
pub enum VerifySecondFactorOutcome {
    /// Signed in.
    SignedIn(Box<SignedInBySecondFactor>),
    /// Unknown, expired, spent or exhausted challenge: one answer for all.
    InvalidChallenge,
    /// Wrong, replayed or already spent code: one answer for all.
    InvalidCode {
        /// Whether the realm has recovery codes; without them an administrator is the way back.
        recovery_codes: bool,
    },
    /// It was not looked at, because of earlier failures.
    Throttled {
        /// When it may be tried again.
        retry_after_seconds: u64,
        /// Whether two consecutive codes would be looked at now, instead of one.
        consecutive_codes_required: bool,
    },
}

impl VerifySecondFactorOutcome {
    /// What came of it, as metrics count it; never who.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignedIn(done) => done.code.method.as_str(),
            Self::InvalidChallenge => "invalid_challenge",
            Self::InvalidCode { .. } => "refused",
            Self::Throttled { .. } => "throttled",
        }
    }

    /// Why it was refused, if it was.
    fn refusal(&self) -> Option<SignInRefusal> {
        match self {
            Self::SignedIn(_) => None,
            Self::InvalidChallenge => Some(SignInRefusal::Challenge),
            Self::InvalidCode { .. } => Some(SignInRefusal::Code),
            Self::Throttled { .. } => Some(SignInRefusal::Throttled),
        }
    }
}

impl From<Throttled> for VerifySecondFactorOutcome {
    fn from(throttled: Throttled) -> Self {
        let Throttled { retry_after_seconds, consecutive_codes_required } = throttled;
        Self::Throttled { retry_after_seconds, consecutive_codes_required }
    }
}

impl VerifySecondFactor {
    /// `challenge` is the one that was sent, if it stands.
    ///
    /// # Errors
    /// A port failed; nobody was signed in.
    pub async fn execute(
        &self,
        application: &Application,
        challenge: Option<&OpenChallenge>,
    ) -> Result<VerifySecondFactorOutcome, UseCaseError> {
        let outcome = match challenge {
            Some(challenge) => self.decide(application, challenge).await?,
            None => VerifySecondFactorOutcome::InvalidChallenge,
        };
        if let Some(why) = outcome.refusal() {
            application.sign_in_refused(why, &self.origin);
        }
        Ok(outcome)
    }

    async fn decide(
        &self,
        application: &Application,
        challenge: &OpenChallenge,
    ) -> Result<VerifySecondFactorOutcome, UseCaseError> {
        let now = application.now();
        let mut finding =
            application.examine_code(&challenge.realm, &challenge.factor, &self.origin, &self.code, now).await?;
        if let CodeFinding::Throttled(throttled) = finding {
            // Nothing changes, so nothing is written: waiting out a flood costs reads only.
            return Ok(throttled.into());
        }
        // Decided anew for as long as others at the same account come before.
        let mut tries = application.tries();
        let mut moved = None;
        loop {
            let open = moved.as_ref().unwrap_or(challenge);
            let (outcome, claim) = self.claim(application, open, &finding, now).await?;
            match application.claim(&claim).await? {
                Verdict::Settled => return Ok(outcome),
                Verdict::UnknownRecoveryCode => finding = CodeFinding::UNKNOWN_RECOVERY_CODE,
                Verdict::Moved => tries.again("the account or its challenge moved").await?,
            }
            moved = OpenChallenge::find(application, &open.challenge.token_digest).await?;
            if moved.is_none() {
                return Ok(VerifySecondFactorOutcome::InvalidChallenge);
            }
        }
    }

    /// Decides what comes of the code, as everything is now.
    async fn claim(
        &self,
        application: &Application,
        open: &OpenChallenge,
        finding: &CodeFinding,
        now: Timestamp,
    ) -> Result<(VerifySecondFactorOutcome, Claim), UseCaseError> {
        let OpenChallenge { challenge, account, realm, factor } = open;
        let scene = AuditScene::new(realm, account, Actor::Account(account.id), &self.origin);
        let mut record = application.record(scene, now);
        record.of_sign_in(challenge.id);
        let mut settlement = application.settlement(record, realm, factor, &self.origin, ProvenAct::SignIn.into(), now);
        settlement.look_at_attempts(application, finding.attempt()).await?;
        let Decision { verdict, mut claim, events } = settlement.decide(finding);
        let mut record = settlement.record;
        record.note(events)?;
        let (id, limit) = (challenge.id, realm.policy.sign_in.challenge_attempts);
        let outcome = match verdict {
            CodeVerdict::Accepted(code) => {
                claim.challenge = Some(ChallengeUse::Spend { id, limit });
                self.sign_in(application, &mut claim, &mut record, open, code)?
            }
            CodeVerdict::Rejected { repeated } => {
                if !repeated {
                    claim.challenge = Some(ChallengeUse::CountRefusal { id, limit });
                }
                VerifySecondFactorOutcome::InvalidCode { recovery_codes: realm.policy.recovery_codes.count > 0 }
            }
            CodeVerdict::Throttled(throttled) => throttled.into(),
        };
        claim.events = record.into_events();
        Ok((outcome, claim))
    }

    fn sign_in(
        &self,
        application: &Application,
        claim: &mut Claim,
        record: &mut AuditRecord<'_>,
        open: &OpenChallenge,
        code: AcceptedCode,
    ) -> Result<VerifySecondFactorOutcome, UseCaseError> {
        let OpenChallenge { challenge, account, realm, .. } = open;
        let now = claim.at;
        let grant =
            application.new_session(realm, account, &self.origin, false, AuthenticationMethod::TWO_FACTORS, now)?;
        claim.known_place = Some(application.known_network(realm, account, &self.origin, now));
        record.succeeded(Event::SignInSucceeded { second_factor: code.method.into() })?;
        let (device, device_token) = if self.remember_device && realm.policy.sign_in.trusted_device_days > 0 {
            let (device, token) = self.new_device(application, challenge, realm, now)?;
            record.succeeded(Event::DeviceTrusted { device_id: device.id })?;
            (Some(device), Some(token))
        } else {
            (None, None)
        };
        claim.signs_in = Some(SignsIn { session: grant.session.clone(), device });
        let (account, realm) = (account.clone(), realm.clone());
        let signed_in = SignedInBySecondFactor { grant, account, realm, code, device_token };
        Ok(VerifySecondFactorOutcome::SignedIn(Box::new(signed_in)))
    }

    fn new_device(
        &self,
        application: &Application,
        challenge: &Challenge,
        realm: &Realm,
        now: Timestamp,
    ) -> Result<(TrustedDevice, SecretString), UseCaseError> {
        let issued = application.tokens().issue(TokenKind::Device)?;
        let days = u64::from(realm.policy.sign_in.trusted_device_days);
        let device = TrustedDevice {
            id: TrustedDeviceId::new(now, 0, application.random()?),
            token_digest: issued.digest,
            account_id: challenge.account_id,
            password_version: challenge.password_version,
            second_factor_version: challenge.second_factor_version,
            created_at: now,
            expires_at: now.plus_seconds(days * 86_400),
            last_used_at: None,
            ip: self.origin.address.map(|address| address.to_string()),
            user_agent: self.origin.user_agent.clone(),
        };
        Ok((device, issued.token))
    }
}
