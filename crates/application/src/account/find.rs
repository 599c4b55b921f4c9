//! Finding accounts.

use crate::account::{Account, AccountName, AccountPage, AccountPart, Login, WantedAccounts};
use crate::ports::StoreError;
use crate::realm::Realm;
use crate::second_factor::{AccountOverview, SecondFactor};
use crate::text::{SearchText, Subject, TypedLogin};
use crate::{AccountId, Application, RealmId, UseCaseError};

/// Finds an account of a realm, and its second factor.
#[derive(Clone, Debug)]
pub struct FindAccount {
    pub account: AccountId,
}

impl FindAccount {
    /// `None` when the realm has no such account.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        realm: &Realm,
    ) -> Result<Option<(Account, SecondFactor)>, UseCaseError> {
        let store = application.store();
        let account = store.find_account(self.account).await?.filter(|account| account.realm_id == realm.id);
        let Some(account) = account else { return Ok(None) };
        let Some(factor) = store.find_second_factor(account.id).await? else { return Ok(None) };
        Ok(Some((account, factor)))
    }
}

/// Finds whoever of a realm goes by a name: nobody, one account, or several where the name of one is that of another as well.
#[derive(Clone, Debug)]
pub struct FindNamedAccounts {
    /// What they are called.
    pub name: AccountName,
}

impl FindNamedAccounts {
    /// The oldest comes first.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        realm: &Realm,
    ) -> Result<Vec<AccountOverview>, UseCaseError> {
        let store = application.store();
        let now = application.now();
        let mut overviews = Vec::new();
        for account in application.find_named(realm.id, &self.name).await? {
            // One that was deleted meanwhile has no second factor either.
            if let Some(factor) = store.find_second_factor(account.id).await? {
                let enrollment_pending = factor.authenticators.iter().any(|it| it.is_pending_at(now));
                overviews.push(AccountOverview { account, state: factor.state, enrollment_pending });
            }
        }
        Ok(overviews)
    }
}

/// No login, identifier or label is longer, so that whatever is asked for beyond it finds nobody. Engines refuse long patterns,
/// or work on them for long.
const LONGEST_QUERY: usize = 4 * Login::MAX_CHARS;

/// How far it is counted how many accounts there are: whoever has more learns that there are more, and no page of a list waits
/// for a million rows.
pub const ACCOUNTS_COUNTED: u32 = 10_000;

/// Lists accounts of a realm.
#[derive(Clone, Debug)]
pub struct ListAccounts {
    /// Which of them.
    pub wanted: WantedAccounts,
    /// Which part, in which order.
    pub part: AccountPart,
    /// Whether to count them.
    pub counting: bool,
}

/// A part of the list, and how many there are in all.
#[derive(Clone, Debug)]
pub struct ListedAccounts {
    /// The part.
    pub page: AccountPage,
    /// How many fit, if that was asked.
    pub count: Option<CountedAccounts>,
}

/// How many accounts fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedAccounts {
    /// So many, at most [`ACCOUNTS_COUNTED`].
    pub count: u32,
    /// Whether there are more.
    pub more: bool,
}

impl ListAccounts {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, realm: &Realm) -> Result<ListedAccounts, UseCaseError> {
        let (store, now) = (application.store(), application.now());
        let query = self.wanted.query.as_deref().unwrap_or_default();
        // What nobody can be called, nobody is: least of all everybody.
        let is_unfit = !query.is_empty() && SearchText::new(query).is_err();
        if is_unfit || query.chars().nth(LONGEST_QUERY).is_some() {
            let count = self.counting.then_some(CountedAccounts { count: 0, more: false });
            return Ok(ListedAccounts { page: self.part.of_overfull(Vec::new()), count });
        }
        let filter = self.wanted.in_realm(realm, now);
        let page = store.list_accounts(realm.id, &filter, now, &self.part).await?;
        let count = match self.counting {
            false => None,
            true if page.previous.is_none() && page.next.is_none() && self.part.from.is_none() => {
                Some(CountedAccounts { count: u32::try_from(page.items.len()).unwrap_or(u32::MAX), more: false })
            }
            true => {
                let count = store.count_listed_accounts(realm.id, &filter, now, ACCOUNTS_COUNTED + 1).await?;
                Some(CountedAccounts { count: count.min(ACCOUNTS_COUNTED), more: count > ACCOUNTS_COUNTED })
            }
        };
        Ok(ListedAccounts { page, count })
    }
}

impl Application {
    /// Finds an account of a realm by what someone typed where its login belongs.
    pub(crate) async fn find_by_login(&self, realm: RealmId, typed: &str) -> Result<Option<Account>, StoreError> {
        // Whoever kept an older key, because another account has the present one, is meant by who types just that.
        if let Some(older) = Login::older_key_of(typed)
            && let Some(account) = self.store().find_account_by_login(realm, &older).await?
        {
            return Ok(Some(account));
        }
        self.store().find_account_by_login(realm, &Login::key_of(typed)).await
    }

    /// Finds whoever of a realm goes by a name, oldest first: several where the name of one is that of another as well.
    pub(crate) async fn find_named(&self, realm: RealmId, name: &AccountName) -> Result<Vec<Account>, StoreError> {
        let mut found = Vec::new();
        if let Ok(subject) = Subject::new(name.as_str()) {
            found.extend(self.store().find_account_by_login(realm, &Login::subject_key(subject.as_str())).await?);
        }
        if let AccountName::Any(typed) = name
            && let Ok(typed) = TypedLogin::new(typed)
        {
            found.extend(self.find_by_login(realm, typed.as_str()).await?);
        }
        if let Some(id) = name.id() {
            found.extend(self.store().find_account(id).await?.filter(|account| account.realm_id == realm));
        }
        found.sort_by_key(|account| account.id);
        found.dedup_by_key(|account| account.id);
        Ok(found)
    }
}
