//! The first half of an enrollment: a pending authenticator, its secret and its QR code.

use countersign_core::{KeyUri, SharedSecret, Timestamp};
use countersign_policy::{ProofAct, RecoveryCodesShown};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::audit::{Event, ProvenAct};
use crate::caller::Caller;
use crate::enrollment::room::has_room;
use crate::ports::{SealContext, SealPurpose, UnitOfWork};
use crate::recovery::FreshRecoveryCodes;
use crate::second_factor::{Authenticator, AuthenticatorName, AuthenticatorStatus, SecondFactor};
use crate::text::IssuerName;
use crate::verification::{ExaminedProof, GivenProof, ProofDenial, TurnsOff};
use crate::{Application, AuthenticatorId, UseCaseError};

/// Begins to enroll an authenticator.
#[derive(Clone, Debug, Default)]
pub struct BeginEnrollment {
    /// What its owner calls it.
    pub name: Option<AuthenticatorName>,
    /// The issuer that the app shall show, where the policy lets its owner choose.
    pub issuer: Option<String>,
    /// The active authenticator that goes when the new one is confirmed, and works until then. It takes the place that the
    /// policy's limit would not leave.
    pub replaces: Option<AuthenticatorId>,
    /// What the policy asks for.
    pub proof: GivenProof,
}

/// A begun enrollment: the only time, beside its QR code, that the secret is shown.
#[derive(Debug)]
pub struct BegunEnrollment {
    /// The pending authenticator.
    pub authenticator: Authenticator,
    /// Secret, issuer and login, as an app reads them.
    pub key_uri: KeyUri,
    /// The secret for typing: Base32 (RFC 4648, section 6) without padding.
    pub secret: Zeroizing<String>,
    /// The QR code as SVG.
    pub qr_svg: Zeroizing<String>,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
    /// The recovery codes, where the policy shows them before the confirmation. Worthless until then.
    pub recovery_codes: Option<Vec<SecretString>>,
}

/// What may come of beginning.
#[derive(Debug)]
pub enum BeginEnrollmentOutcome {
    /// Begun.
    Begun(Box<BegunEnrollment>),
    /// The one authenticator that the policy allows is active already.
    AlreadyEnabled,
    /// As many authenticators are active as the policy allows.
    TooMany,
    /// The one to be replaced is not active, or not the caller's.
    NothingToReplace,
    /// The policy does not let its owner choose the issuer.
    IssuerNotAllowed,
    /// The issuer breaks the rule of [`IssuerName`].
    InvalidIssuer,
    /// The proof was not taken.
    Denied(ProofDenial),
}

impl BeginEnrollment {
    /// # Errors
    /// A port failed; nothing was begun.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<BeginEnrollmentOutcome, UseCaseError> {
        let now = application.now();
        let policy = &caller.realm.policy;
        if self.issuer.is_some() && !policy.authenticators.user_chosen_issuer {
            return Ok(BeginEnrollmentOutcome::IssuerNotAllowed);
        }
        let factor = caller.second_factor(application).await?;
        if let Some(full) = full(caller, &factor, self.replaces) {
            return Ok(full);
        }
        // A policy asks for no less here than for turning an authenticator off. But a code for it has to be old enough.
        let turns_off = self.replaces.map_or(TurnsOff::Nothing, TurnsOff::Authenticator);
        let asked = caller.asked(ProofAct::Begin, &factor, turns_off);
        let proof = application.examine_proof(caller, &factor, asked, &self.proof, now).await?;

        let Some((begun, codes)) = self.prepare(application, caller, &factor, proof.may_be_right(), now).await? else {
            return Ok(BeginEnrollmentOutcome::InvalidIssuer);
        };
        let (authenticator, stored_codes, proof) = (&begun.authenticator, &codes, &proof);
        let refused = application
            .transact(|unit| {
                Box::pin(
                    async move { store(application, unit, caller, authenticator, stored_codes.as_ref(), proof).await },
                )
            })
            .await?;
        Ok(match refused {
            Some(refused) => refused,
            None => {
                let recovery_codes = codes.map(|codes| codes.shown);
                BeginEnrollmentOutcome::Begun(Box::new(BegunEnrollment { recovery_codes, ..begun }))
            }
        })
    }

    /// Makes everything that is stored and shown; `None` when the issuer is not fit for a key URI.
    async fn prepare(
        &self,
        application: &Application,
        caller: &Caller,
        factor: &SecondFactor,
        may_be_right: bool,
        now: Timestamp,
    ) -> Result<Option<(BegunEnrollment, Option<FreshRecoveryCodes>)>, UseCaseError> {
        let Caller { realm, account, .. } = caller;
        let parameters = realm.policy.totp_parameters();
        let mut bytes = Zeroizing::new(vec![0_u8; realm.policy.totp.secret_bytes as usize]);
        application.entropy().fill(&mut bytes)?;
        let secret = SharedSecret::from_bytes(&bytes)
            .map_err(|_| UseCaseError::Fault("a policy's secrets have a legal length"))?;
        let issuer = match self.issuer.as_deref().map(IssuerName::new) {
            Some(Ok(issuer)) => issuer.as_str().to_owned(),
            Some(Err(_)) => return Ok(None),
            None => realm.issuer.clone(),
        };
        let Ok(key_uri) = KeyUri::new(&issuer, account.login.as_str(), secret.clone(), parameters) else {
            return Ok(None);
        };
        let id = AuthenticatorId::new(now, 0, application.random()?);
        let context = SealContext {
            realm_id: realm.id,
            account_id: account.id,
            row_id: id.as_uuid(),
            purpose: SealPurpose::TotpSecret(parameters),
        };
        let expires_at = now.plus_seconds(u64::from(realm.policy.enrollment.ttl_seconds));
        let name = self.name.clone().unwrap_or_else(|| {
            let others: Vec<_> = factor.active().map(|authenticator| &authenticator.name).collect();
            AuthenticatorName::unlike(&others)
        });
        let authenticator = Authenticator {
            id,
            account_id: account.id,
            name,
            status: AuthenticatorStatus::Pending,
            issuer,
            parameters,
            sealed_secret: application.sealer().seal(&context, secret.expose()).await?,
            last_step: None,
            begun_by: caller.session_id(),
            replaces: self.replaces,
            created_at: now,
            expires_at: Some(expires_at),
            confirmed_at: None,
            last_used_at: None,
        };
        let shown_first = realm.policy.recovery_codes.shown == RecoveryCodesShown::BeforeConfirm;
        // Slow, so not for a proof that is wrong already.
        let codes = if shown_first && may_be_right && !factor.state.is_enabled() {
            application.fresh_recovery_codes(realm, account.id, Some(id), &caller.behalf(), now).await?
        } else {
            None
        };
        let qr_svg = application.qr().svg(&key_uri)?;
        let secret = secret.to_base32();
        let begun = BegunEnrollment { authenticator, key_uri, secret, qr_svg, expires_at, recovery_codes: None };
        Ok(Some((begun, codes)))
    }
}

/// Why another authenticator cannot be enrolled: it would be one too many, or there is none to be replaced.
fn full(caller: &Caller, factor: &SecondFactor, replaces: Option<AuthenticatorId>) -> Option<BeginEnrollmentOutcome> {
    if replaces.is_some() && factor.replaced(replaces).is_none() {
        return Some(BeginEnrollmentOutcome::NothingToReplace);
    }
    if has_room(caller, factor, replaces) {
        return None;
    }
    let one_only = caller.realm.policy.authenticators.max_per_account == 1;
    // Of several that there are by an older policy, replacing one leaves too many.
    Some(if one_only && replaces.is_none() {
        BeginEnrollmentOutcome::AlreadyEnabled
    } else {
        BeginEnrollmentOutcome::TooMany
    })
}

/// Stores the pending authenticator in place of another pending one; an active one is never touched.
async fn store(
    application: &Application,
    unit: &mut dyn UnitOfWork,
    caller: &Caller,
    authenticator: &Authenticator,
    codes: Option<&FreshRecoveryCodes>,
    proof: &ExaminedProof,
) -> Result<Option<BeginEnrollmentOutcome>, UseCaseError> {
    let factor = caller.lock(unit).await?;
    if let Some(full) = full(caller, &factor, authenticator.replaces) {
        return Ok(Some(full));
    }
    let mut settlement = caller.settlement(application, &factor, ProvenAct::Begin, authenticator.created_at);
    if let Err(denial) = settlement.proof(unit, proof).await? {
        settlement.record.append(unit).await?;
        return Ok(Some(BeginEnrollmentOutcome::Denied(denial)));
    }
    unit.authenticators().remove_pending(caller.account.id).await?;
    unit.authenticators().insert(authenticator).await?;
    if let Some(codes) = codes {
        unit.recovery_codes().insert(&codes.set, &codes.stored).await?;
    }
    settlement.record.succeeded(Event::EnrollmentStarted { authenticator_id: authenticator.id })?;
    settlement.record.append(unit).await?;
    Ok(None)
}
