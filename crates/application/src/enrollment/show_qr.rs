//! What an enrollment shows while it is under way: its QR code, and the key for typing.

use countersign_core::KeyUri;
use zeroize::Zeroizing;

use crate::caller::Caller;
use crate::second_factor::Authenticator;
use crate::{Application, AuthenticatorId, Timestamp, UseCaseError};

/// How a QR code is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrFormat {
    /// An SVG element.
    Svg,
    /// A PNG image.
    Png,
}

/// A drawn QR code.
#[derive(Debug)]
pub enum EnrollmentQr {
    /// An SVG element.
    Svg(Zeroizing<String>),
    /// A PNG image.
    Png(Zeroizing<Vec<u8>>),
}

/// Shows the QR code of a pending authenticator again, to the session that began it and to no other.
#[derive(Clone, Copy, Debug)]
pub struct ShowEnrollmentQr {
    pub authenticator_id: AuthenticatorId,
    pub format: QrFormat,
}

impl ShowEnrollmentQr {
    /// `None` when there is no such pending authenticator, or another session began it.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Option<EnrollmentQr>, UseCaseError> {
        let found = pending(application, caller, self.authenticator_id, application.now()).await?;
        let Some((_, uri)) = found else { return Ok(None) };
        Ok(Some(match self.format {
            QrFormat::Svg => EnrollmentQr::Svg(application.qr().svg(&uri)?),
            QrFormat::Png => EnrollmentQr::Png(application.qr().png(&uri)?),
        }))
    }
}

/// Shows all that the beginning of an enrollment showed again, for a page that someone comes back to: to the session that
/// began it and to no other.
#[derive(Clone, Copy, Debug)]
pub struct ShowPendingEnrollment {
    pub authenticator_id: AuthenticatorId,
}

/// An enrollment that is under way, and can still be confirmed.
#[derive(Debug)]
pub struct PendingEnrollment {
    /// The pending authenticator.
    pub authenticator: Authenticator,
    /// Secret, issuer and login, as an app on the same device reads them.
    pub key_uri: KeyUri,
    /// The secret for typing: Base32 (RFC 4648, section 6) without padding.
    pub secret: Zeroizing<String>,
    /// The QR code as SVG.
    pub qr_svg: Zeroizing<String>,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
}

impl ShowPendingEnrollment {
    /// `None` when there is no such pending authenticator, another session began it, or the policy no
    /// longer takes it.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Option<PendingEnrollment>, UseCaseError> {
        let now = application.now();
        let found = pending(application, caller, self.authenticator_id, now).await?;
        let Some((authenticator, uri)) = found else { return Ok(None) };
        let policy = &caller.realm.policy;
        // A policy made stricter since counts as well, as it does for the confirmation.
        let allowed_until = authenticator.created_at.plus_seconds(u64::from(policy.enrollment.ttl_seconds));
        let expires_at = authenticator.expires_at.map_or(allowed_until, |end| end.min(allowed_until));
        if expires_at <= now || authenticator.parameters != policy.totp_parameters() {
            return Ok(None);
        }
        let qr_svg = application.qr().svg(&uri)?;
        let secret = uri.secret().to_base32();
        Ok(Some(PendingEnrollment { authenticator, key_uri: uri, secret, qr_svg, expires_at }))
    }
}

/// A pending authenticator that the caller's session began, with what its app is told.
async fn pending(
    application: &Application,
    caller: &Caller,
    id: AuthenticatorId,
    now: Timestamp,
) -> Result<Option<(Authenticator, KeyUri)>, UseCaseError> {
    let factor = caller.second_factor(application).await?;
    let Some(authenticator) = factor.authenticator(id) else { return Ok(None) };
    if !authenticator.is_pending_at(now) || authenticator.begun_by != caller.session_id() {
        return Ok(None);
    }
    let secret = application.open_secret(&caller.realm, authenticator).await?;
    let login = caller.account.login.as_str();
    let uri = KeyUri::new(&authenticator.issuer, login, secret, authenticator.parameters)
        .map_err(|_| UseCaseError::Fault("an issuer was checked before it was stored"))?;
    Ok(Some((authenticator.clone(), uri)))
}
