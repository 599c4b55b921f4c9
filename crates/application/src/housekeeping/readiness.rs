//! Whether this node can do its work.

use countersign_core::{Algorithm, Digits, Timestamp, TotpParameters};
use uuid::Uuid;

use crate::ports::{SealContext, SealPurpose};
use crate::{AccountId, Application, RealmId, UseCaseError};

/// No clock that runs right can be before this program was written: 2026-01-01T00:00:00Z.
const EARLIEST: Timestamp = Timestamp::from_unix_seconds(1_767_225_600);

/// Asks each part that a verification needs.
#[derive(Clone, Copy, Debug)]
pub struct CheckReadiness;

/// Which parts work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The store answers, and can be written.
    pub store: bool,
    /// What is sealed can be opened.
    pub keys: bool,
    /// The clock shows a time that can be.
    pub clock: bool,
}

impl Readiness {
    /// Whether all of them do.
    #[must_use]
    pub fn is_ready(self) -> bool {
        self.store && self.keys && self.clock
    }
}

impl CheckReadiness {
    /// Failing parts are its outcome and no error.
    pub async fn execute(&self, application: &Application) -> Readiness {
        let store = application.store().probe().await;
        let keys = seal_and_open(application).await;
        if let Err(error) = &store {
            let reason = std::error::Error::source(error).map(ToString::to_string);
            tracing::warn!(%error, reason, "the store is not ready");
        }
        if let Err(error) = &keys {
            tracing::warn!(%error, "the key ring is not ready");
        }
        Readiness { store: store.is_ok(), keys: matches!(keys, Ok(true)), clock: application.now() >= EARLIEST }
    }
}

async fn seal_and_open(application: &Application) -> Result<bool, UseCaseError> {
    let parameters = TotpParameters::new(Algorithm::Sha1, Digits::SIX, 30)
        .map_err(|_| UseCaseError::Fault("the usual parameters are legal"))?;
    let context = SealContext {
        realm_id: RealmId::from_uuid(Uuid::nil()),
        account_id: AccountId::from_uuid(Uuid::nil()),
        row_id: Uuid::nil(),
        purpose: SealPurpose::TotpSecret(parameters),
    };
    let probe: [u8; 16] = application.random()?;
    let sealed = application.sealer().seal(&context, &probe).await?;
    Ok(application.sealer().open(&context, &sealed).await?.as_slice() == probe)
}
