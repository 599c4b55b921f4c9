//! Whether what is sealed opens in the row where it stands.

use countersign_core::Timestamp;

use crate::account::{AccountFilter, AccountPart};
use crate::ports::SealerError;
use crate::realm::Realm;
use crate::recovery::recovery_code_context;
use crate::{AccountId, Application, PageRequest, UseCaseError};

/// Opens what is sealed for some accounts of each realm, the oldest first, and keeps nothing of it.
#[derive(Clone, Copy, Debug)]
pub struct CheckSealed {
    /// How many accounts of each realm at most.
    pub most: u32,
}

/// What was found.
#[derive(Debug, Default)]
pub struct SealedSample {
    /// How many values opened.
    pub opened: u64,
    /// Those that did not.
    pub broken: Vec<BrokenSeal>,
}

/// A sealed value that does not open.
#[derive(Debug)]
pub struct BrokenSeal {
    /// In which table.
    pub table: &'static str,
    /// In the row with this identifier.
    pub row: String,
    /// Why.
    pub error: SealerError,
}

impl SealedSample {
    fn note<T>(&mut self, table: &'static str, row: &impl ToString, opened: Result<T, SealerError>) {
        match opened {
            Ok(_) => self.opened += 1,
            Err(error) => self.broken.push(BrokenSeal { table, row: row.to_string(), error }),
        }
    }
}

impl CheckSealed {
    /// What does not open is its outcome and no error.
    ///
    /// # Errors
    /// The store failed, or holds what cannot be.
    pub async fn execute(&self, application: &Application) -> Result<SealedSample, UseCaseError> {
        let (now, mut sample) = (application.now(), SealedSample::default());
        for realm in application.store().list_realms().await? {
            self.look_at(application, &realm, now, &mut sample).await?;
        }
        Ok(sample)
    }

    async fn look_at(
        &self,
        application: &Application,
        realm: &Realm,
        now: Timestamp,
        sample: &mut SealedSample,
    ) -> Result<(), UseCaseError> {
        let (mut left, mut part) = (self.most, AccountPart::first());
        while left > 0 {
            part.limit = left.min(PageRequest::LIMIT);
            let page = application.store().list_accounts(realm.id, &AccountFilter::default(), now, &part).await?;
            for overview in &page.items {
                of_account(application, realm, overview.account.id, sample).await?;
            }
            left -= u32::try_from(page.items.len()).unwrap_or(left).min(left);
            part.from = page.next;
            if part.from.is_none() {
                break;
            }
        }
        Ok(())
    }
}

async fn of_account(
    application: &Application,
    realm: &Realm,
    account: AccountId,
    sample: &mut SealedSample,
) -> Result<(), UseCaseError> {
    let Some(factor) = application.store().find_second_factor(account).await? else { return Ok(()) };
    for authenticator in &factor.authenticators {
        let opened = application.sealer().open(&authenticator.sealed_to(realm), &authenticator.sealed_secret).await;
        sample.note("authenticator", &authenticator.id, opened);
    }
    for set in factor.recovery_sets.iter().filter(|set| set.viewable) {
        for code in application.store().list_unused_recovery_codes(set.id).await? {
            let Some(sealed) = &code.sealed else { continue };
            let opened = application.sealer().open(&recovery_code_context(realm, account, code.id), sealed).await;
            sample.note("recovery_code", &code.id, opened);
        }
    }
    Ok(())
}
