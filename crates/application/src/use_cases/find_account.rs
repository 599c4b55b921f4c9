//! Finding accounts.

use crate::ports::AccountFilter;
use crate::{Account, Application, Login, Page, PageRequest, Realm, RealmSlug, SecondFactor, UseCaseError};

/// Finds an account and its second factor by its login.
#[derive(Clone, Debug)]
pub struct FindAccount {
    /// The realm.
    pub realm: RealmSlug,
    /// What was typed as login.
    pub login: String,
}

impl FindAccount {
    /// Runs the use case; `None` when there is no such account.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
    ) -> Result<Option<(Realm, Account, SecondFactor)>, UseCaseError> {
        let store = application.store();
        let Some(realm) = store.find_realm(&self.realm).await? else { return Ok(None) };
        let key = Login::key_of(&self.login);
        let Some(account) = store.find_account_by_login(realm.id, &key).await? else { return Ok(None) };
        let Some(factor) = store.find_second_factor(account.id).await? else { return Ok(None) };
        Ok(Some((realm, account, factor)))
    }
}

/// Lists the accounts of a realm, oldest first.
#[derive(Clone, Debug)]
pub struct ListAccounts {
    /// The realm.
    pub realm: RealmSlug,
    /// Which of them.
    pub filter: AccountFilter,
    /// Which part.
    pub page: PageRequest,
}

impl ListAccounts {
    /// Runs the use case; `None` when there is no such realm.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<Option<Page<Account>>, UseCaseError> {
        let store = application.store();
        let Some(realm) = store.find_realm(&self.realm).await? else { return Ok(None) };
        Ok(Some(store.list_accounts(realm.id, &self.filter, self.page).await?))
    }
}
