//! The QR code of an enrollment that is under way.

use countersign_core::KeyUri;
use zeroize::Zeroizing;

use crate::{Application, AuthenticatorId, Caller, UseCaseError};

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
    /// Which.
    pub authenticator_id: AuthenticatorId,
    /// How.
    pub format: QrFormat,
}

impl ShowEnrollmentQr {
    /// Runs the use case; `None` when there is no such pending authenticator, or another session began it.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        self,
        application: &Application,
        caller: &Caller,
    ) -> Result<Option<EnrollmentQr>, UseCaseError> {
        let now = application.now();
        let factor = caller.second_factor(application).await?;
        let Some(authenticator) = factor.authenticator(self.authenticator_id) else { return Ok(None) };
        if !authenticator.is_pending_at(now) || authenticator.begun_by != caller.session_id() {
            return Ok(None);
        }
        let secret = application.open_secret(&caller.realm, authenticator).await?;
        let login = caller.account.login.as_str();
        let uri = KeyUri::new(&authenticator.issuer, login, secret, authenticator.parameters)
            .map_err(|_| UseCaseError::Fault("an issuer was checked before it was stored"))?;
        Ok(Some(match self.format {
            QrFormat::Svg => EnrollmentQr::Svg(application.qr().svg(&uri)?),
            QrFormat::Png => EnrollmentQr::Png(application.qr().png(&uri)?),
        }))
    }
}
