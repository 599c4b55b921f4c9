//! Sign-in with a password: the first of two steps where a second factor is on.

use countersign_core::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::account::{Account, Login, PasswordHash, PasswordVerdict};
use crate::audit::{Actor, AuditScene, Event, SignInFactor, SignInFailure, SignInRefusal};
use crate::ports::{TokenKind, UnitOfWork};
use crate::realm::{Realm, RealmSlug, begin_grace, grace_end};
use crate::second_factor::SecondFactor;
use crate::session::{AuthenticationMethod, SessionGrant};
use crate::sign_in::{Challenge, ChallengeMethod};
use crate::trusted_device::TrustedDevice;
use crate::verification::{PasswordClaim, ShownDevice};
use crate::{Application, ChallengeId, Origin, UseCaseError};

/// Signs in with a login and a password.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The realm's short name.
    pub realm: String,
    /// What was typed as login.
    pub login: String,
    /// What was typed as password.
    pub password: SecretString,
    /// The tokens of trusted devices that the client has. A browser in which several people sign in has one of each.
    pub device_tokens: Vec<SecretString>,
    /// By what the client's device is known, to each account that was signed in to on it
    /// (see [`RememberDevice`](crate::trusted_device::RememberDevice)).
    pub known_devices: Vec<SecretString>,
    /// From where.
    pub origin: Origin,
}

/// What may come of a sign-in with a password.
#[derive(Debug)]
pub enum SignInOutcome {
    /// No second factor was due.
    SignedIn {
        /// The new session.
        grant: SessionGrant,
        account: Box<Account>,
        realm: Box<Realm>,
        /// Until when it has to enroll, where the policy requires it.
        enrollment_deadline: Option<Timestamp>,
    },
    /// The password is right, and the policy requires a second factor that the account should have by now: the session
    /// may only enroll.
    EnrollmentRequired {
        /// The new session.
        grant: SessionGrant,
        account: Box<Account>,
        realm: Box<Realm>,
    },
    /// The password is right, and was given by someone else: the session may only change it.
    PasswordChangeRequired {
        /// The new session.
        grant: SessionGrant,
        account: Box<Account>,
        realm: Box<Realm>,
    },
    /// The password is right and a second factor is due.
    SecondFactorRequired {
        /// What the second factor is verified with; opens nothing else.
        challenge_token: SecretString,
        /// Until when.
        expires_at: Timestamp,
        /// What it can be answered with.
        methods: Vec<ChallengeMethod>,
        /// Whether single codes of an authenticator are not looked at now, and two consecutive ones are.
        consecutive_codes_required: bool,
    },
    /// Unknown realm or login, wrong password, disabled account: one answer for all.
    InvalidCredentials,
    /// It was not looked at, because of earlier failures.
    Throttled {
        /// When it may be tried again.
        retry_after_seconds: u64,
    },
}

impl SignInOutcome {
    /// What came of it, as metrics count it; never who.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "signed_in",
            Self::EnrollmentRequired { .. } => "enrollment_required",
            Self::PasswordChangeRequired { .. } => "password_change_required",
            Self::SecondFactorRequired { .. } => "challenged",
            Self::InvalidCredentials => "refused",
            Self::Throttled { .. } => "throttled",
        }
    }

    /// Why it was refused, if it was.
    fn refusal(&self) -> Option<SignInRefusal> {
        match self {
            Self::SignedIn { .. }
            | Self::EnrollmentRequired { .. }
            | Self::PasswordChangeRequired { .. }
            | Self::SecondFactorRequired { .. } => None,
            Self::InvalidCredentials => Some(SignInRefusal::Password),
            Self::Throttled { .. } => Some(SignInRefusal::Throttled),
        }
    }
}

/// A right password, examined outside of the unit of work.
struct RightPassword<'a> {
    realm: &'a Realm,
    account: &'a Account,
    new_hash: Option<PasswordHash>,
    device: Option<TrustedDevice>,
}

impl SignIn {
    /// # Errors
    /// A port failed; nobody was signed in.
    pub async fn execute(&self, application: &Application) -> Result<SignInOutcome, UseCaseError> {
        let outcome = self.decide(application).await?;
        if let Some(why) = outcome.refusal() {
            application.sign_in_refused(why, &self.origin);
        }
        Ok(outcome)
    }

    async fn decide(&self, application: &Application) -> Result<SignInOutcome, UseCaseError> {
        let now = application.now();
        let login_key = Login::key_of(&self.login);
        let (realm, account) = self.find(application).await?;
        let device = self.find_device(application, account.as_ref()).await?;
        let shown = ShownDevice { trusted: device.as_ref(), known: &self.known_devices };
        let (typed, account_of) = (&self.realm, account.as_ref());
        let claim = application.password_claim(typed, &login_key, account_of, shown, &self.origin, now).await?;
        let (wait, behalf) = claim.examine(application, now).await?;
        if let Some(retry_after_seconds) = wait {
            return Ok(SignInOutcome::Throttled { retry_after_seconds });
        }
        let hash = account.as_ref().and_then(|account| account.password_hash.as_ref());
        let verdict = application.passwords().verify(&self.password, hash, &behalf).await?;
        match (realm, account, verdict) {
            (Some(realm), Some(account), PasswordVerdict::Right { outdated }) if account.disabled_at.is_none() => {
                let new_hash =
                    if outdated { Some(application.passwords().hash(&self.password, &behalf).await?) } else { None };
                let right = RightPassword { realm: &realm, account: &account, new_hash, device };
                let (right, claim) = (&right, &claim);
                application
                    .transact(|unit| Box::pin(async move { self.admit(application, unit, right, claim, now).await }))
                    .await
            }
            (realm, account, verdict) => {
                let reason = match (&account, verdict) {
                    (None, _) => SignInFailure::UnknownLogin,
                    (Some(_), PasswordVerdict::Right { .. }) => SignInFailure::AccountDisabled,
                    (Some(_), PasswordVerdict::Wrong) => SignInFailure::WrongPassword,
                };
                let (realm, account, claim) = (realm.as_ref(), account.as_ref(), &claim);
                application
                    .transact(|unit| {
                        Box::pin(
                            async move { self.refuse(application, unit, (realm, account, reason), claim, now).await },
                        )
                    })
                    .await
            }
        }
    }

    async fn find(&self, application: &Application) -> Result<(Option<Realm>, Option<Account>), UseCaseError> {
        let Ok(slug) = RealmSlug::new(&self.realm) else { return Ok((None, None)) };
        let Some(realm) = application.store().find_realm(&slug).await? else { return Ok((None, None)) };
        let account = application.find_by_login(realm.id, &self.login).await?;
        Ok((Some(realm), account))
    }

    /// The one among the browser's trusted devices that is the account's. Of an unknown login they are all looked up as
    /// well: it must take as long.
    async fn find_device(
        &self,
        application: &Application,
        account: Option<&Account>,
    ) -> Result<Option<TrustedDevice>, UseCaseError> {
        for token in &self.device_tokens {
            let Some(digest) = application.tokens().digest(TokenKind::Device, token.expose_secret()) else { continue };
            let device = application.store().find_trusted_device(&digest).await?;
            if let Some(device) = device.filter(|device| account.is_some_and(|account| account.id == device.account_id))
            {
                return Ok(Some(device));
            }
        }
        Ok(None)
    }

    /// The password is right: answers with a session or a challenge.
    async fn admit(
        &self,
        application: &Application,
        unit: &mut dyn UnitOfWork,
        right: &RightPassword<'_>,
        claim: &PasswordClaim,
        now: Timestamp,
    ) -> Result<SignInOutcome, UseCaseError> {
        let RightPassword { realm, account: seen, new_hash, device } = right;
        if unit.second_factors().lock(seen.id).await?.is_none() {
            return Ok(SignInOutcome::InvalidCredentials);
        }
        match claim.lock(unit, now).await? {
            Ok(counted) => claim.forgive(unit, counted, now).await?,
            Err(retry_after_seconds) => return Ok(SignInOutcome::Throttled { retry_after_seconds }),
        }
        // The account may have changed while the password was being hashed.
        let account = match unit.accounts().find(seen.id).await? {
            Some(account) if account.password_version == seen.password_version && account.disabled_at.is_none() => {
                account
            }
            _ => return Ok(SignInOutcome::InvalidCredentials),
        };
        if let Some(hash) = new_hash {
            unit.accounts().rehash_password(account.id, account.password_version, hash).await?;
        }
        let factor = unit.second_factors().load(account.id).await?;
        let factor = factor.ok_or(UseCaseError::Fault("a locked second factor can be loaded"))?;
        let scene = AuditScene::new(realm, &account, Actor::Account(account.id), &self.origin);
        let mut record = application.record(scene, now);

        let device = device.as_ref().filter(|device| device.stands_in(realm, &account, &factor, now));
        if factor.state.is_enabled() && device.is_none() {
            let (challenge, challenge_token) = new_challenge(application, realm, &account, &factor, now)?;
            unit.challenges().insert(&challenge).await?;
            record.of_sign_in(challenge.id);
            record.succeeded(Event::SignInChallenged)?;
            record.append(unit).await?;
            let expires_at = challenge.expires_at;
            return Ok(SignInOutcome::SecondFactorRequired {
                challenge_token,
                expires_at,
                methods: methods(realm, &factor),
                consecutive_codes_required: factor.consecutive_codes_required(&realm.policy, now),
            });
        }
        let by = match device {
            Some(device) => {
                unit.trusted_devices().touch(device.id, now).await?;
                SignInFactor::TrustedDevice
            }
            None => SignInFactor::None,
        };
        let grace_started_at = begin_grace(unit, realm, &account, now).await?;
        let enrollment_deadline = grace_started_at.map(|started| grace_end(&realm.policy, started));
        let overdue = enrollment_deadline.is_some_and(|deadline| deadline <= now);
        let methods = AuthenticationMethod::ONE_FACTOR;
        let grant = application.new_session(realm, &account, &self.origin, overdue, methods, now)?;
        unit.begin_session(&grant.session).await?;
        unit.accounts().record_sign_in(account.id, now).await?;
        let place = application.known_network(realm, &account, &self.origin, now);
        unit.note_known_place(account.id, &place, now).await?;
        let second_factor = if overdue { SignInFactor::EnrollmentRequired } else { by };
        record.succeeded(Event::SignInSucceeded { second_factor })?;
        record.append(unit).await?;
        let (account, realm) = (Box::new(account), Box::new((*realm).clone()));
        Ok(if account.password_change_required {
            SignInOutcome::PasswordChangeRequired { grant, account, realm }
        } else if overdue {
            SignInOutcome::EnrollmentRequired { grant, account, realm }
        } else {
            SignInOutcome::SignedIn { grant, account, realm, enrollment_deadline }
        })
    }

    /// The password is wrong, or there is nobody to sign in: counts it and says so, unless it has to wait meanwhile.
    async fn refuse(
        &self,
        application: &Application,
        unit: &mut dyn UnitOfWork,
        (realm, account, reason): (Option<&Realm>, Option<&Account>, SignInFailure),
        claim: &PasswordClaim,
        now: Timestamp,
    ) -> Result<SignInOutcome, UseCaseError> {
        match claim.lock(unit, now).await? {
            Ok(counted) => claim.count_failure(unit, counted, now).await?,
            Err(retry_after_seconds) => return Ok(SignInOutcome::Throttled { retry_after_seconds }),
        }
        application.carries_out();
        if let Some(realm) = realm {
            // For an unknown login neither the login nor anything else that was typed is kept: people type passwords
            // into the wrong field.
            let scene = AuditScene {
                realm_id: realm.id,
                realm: realm.slug.clone(),
                account: account.map(|account| (account.id, account.login.as_str().to_owned())),
                actor: Actor::Claimant,
                origin: self.origin.clone(),
                sign_in: None,
            };
            let mut record = application.record(scene, now);
            record.failed(Event::SignInFailed { reason })?;
            record.append(unit).await?;
        }
        Ok(SignInOutcome::InvalidCredentials)
    }
}

fn new_challenge(
    application: &Application,
    realm: &Realm,
    account: &Account,
    factor: &SecondFactor,
    now: Timestamp,
) -> Result<(Challenge, SecretString), UseCaseError> {
    let issued = application.tokens().issue(TokenKind::Challenge)?;
    let challenge = Challenge {
        id: ChallengeId::new(now, 0, application.random()?),
        token_digest: issued.digest,
        account_id: account.id,
        password_version: account.password_version,
        second_factor_version: factor.state.version,
        failed_tries: 0,
        created_at: now,
        expires_at: now.plus_seconds(u64::from(realm.policy.sign_in.challenge_ttl_seconds)),
    };
    Ok((challenge, issued.token))
}

pub(crate) fn methods(realm: &Realm, factor: &SecondFactor) -> Vec<ChallengeMethod> {
    let any = realm.policy.recovery_format().is_some() && factor.recovery_codes_remaining() > 0;
    let recovery = any.then_some(ChallengeMethod::RecoveryCode);
    // Without an authenticator that counts, recovery codes are the way; without those either, an administrator is.
    let totp = (factor.active_count() > 0 || !any).then_some(ChallengeMethod::Totp);
    totp.into_iter().chain(recovery).collect()
}
