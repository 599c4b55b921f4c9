//! Finding accounts.

use crate::ports::AccountFilter;
use crate::{
    Account, AccountOverview, Application, Login, Page, PageRequest, Realm, RealmSlug, SecondFactor, Target,
    UseCaseError,
};

/// Finds an account and its second factor.
#[derive(Clone, Debug)]
pub struct FindAccount {
    /// The realm.
    pub realm: RealmSlug,
    /// Which.
    pub target: Target,
}

impl FindAccount {
    /// Runs the use case; `None` when the realm has no such account.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
    ) -> Result<Option<(Realm, Account, SecondFactor)>, UseCaseError> {
        let store = application.store();
        let Some(realm) = store.find_realm(&self.realm).await? else { return Ok(None) };
        let account = match &self.target {
            Target::Login(login) => application.find_by_login(realm.id, login).await?,
            Target::Account(id) => store.find_account(*id).await?.filter(|account| account.realm_id == realm.id),
        };
        let Some(account) = account else { return Ok(None) };
        let Some(factor) = store.find_second_factor(account.id).await? else { return Ok(None) };
        Ok(Some((realm, account, factor)))
    }
}

/// No login, identifier or label is longer, so that whatever is asked for beyond it finds nobody. Engines refuse long patterns,
/// or work on them for long.
const LONGEST_QUERY: usize = 4 * Login::MAX_CHARS;

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
    pub async fn execute(
        &self,
        application: &Application,
    ) -> Result<Option<(Realm, Page<AccountOverview>)>, UseCaseError> {
        let store = application.store();
        let Some(realm) = store.find_realm(&self.realm).await? else { return Ok(None) };
        let query = self.filter.query.as_deref().unwrap_or_default();
        let page = if query.chars().nth(LONGEST_QUERY).is_some() {
            Page { items: Vec::new(), next: None }
        } else {
            store.list_accounts(realm.id, &self.filter, application.now(), self.page).await?
        };
        Ok(Some((realm, page)))
    }
}
