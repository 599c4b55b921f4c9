//! What a store keeps of accounts.

use async_trait::async_trait;
use countersign_core::Timestamp;

use crate::account::{Account, AccountFilter, AccountPage, AccountPart, Login, PasswordHash, Role};
use crate::ports::StoreError;
use crate::{AccountId, RealmId};

/// Reads accounts.
#[async_trait]
pub trait AccountReads {
    /// The account with an identifier.
    async fn find_account(&self, id: AccountId) -> Result<Option<Account>, StoreError>;
    /// The account of a login.
    ///
    /// - MUST compare keys exactly, and only within the realm (`accounts_are_found_by_their_key_in_their_realm_only`).
    async fn find_account_by_login(&self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError>;
    /// A part of the accounts of a realm, in the order that it says.
    ///
    /// - MUST give each account once over all parts, and in order, forward and back (`accounts_are_listed_once_in_any_order_and_both_ways`,
    ///   `pages_hold_every_item_once_and_in_order`).
    /// - An enrollment is pending while it can be confirmed at `now` (`accounts_are_found_by_the_state_of_their_second_factor`).
    /// - MUST find subjects by part of what they are called (`a_query_finds_subjects_by_identifier_and_label`).
    /// - MUST take `%` and `_` in the query for themselves (`a_query_is_text_and_no_pattern`).
    /// - MUST find those who wait, never signed in, are disabled, or lack what is required of them, and nobody else
    ///   (`accounts_are_found_by_what_is_wrong_with_them`).
    async fn list_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        now: Timestamp,
        part: &AccountPart,
    ) -> Result<AccountPage, StoreError>;
    /// How many accounts of a realm fit, counted up to `most` (`accounts_that_fit_are_counted_up_to_a_limit`).
    async fn count_listed_accounts(
        &self,
        realm: RealmId,
        filter: &AccountFilter,
        now: Timestamp,
        most: u32,
    ) -> Result<u32, StoreError>;
}

/// Changes accounts.
#[async_trait]
pub trait AccountStore: Send {
    /// Adds an account and the row of its second factor, [`SecondFactorState::new`](crate::second_factor::SecondFactorState::new).
    ///
    /// - MUST answer [`Conflict::Login`](crate::ports::Conflict::Login) when the login's key is taken in the realm, also for inserts at the
    ///   same time (`a_login_is_taken_once_under_contention`).
    async fn insert(&mut self, account: &Account) -> Result<(), StoreError>;
    /// The account of a login as this unit of work sees it (`of_many_that_find_no_login_one_makes_it`).
    async fn find_by_login(&mut self, realm: RealmId, login_key: &str) -> Result<Option<Account>, StoreError>;
    /// Whether the realm has any account, as this unit of work sees it (the same test).
    async fn is_any_in(&mut self, realm: RealmId) -> Result<bool, StoreError>;
    /// Whether the realm has an owner or operator that may sign in, beside this account
    /// (`another_owner_is_one_of_the_realm_that_may_sign_in`).
    async fn has_owner_beside(&mut self, realm: RealmId, account: AccountId) -> Result<bool, StoreError>;
    /// The account as this unit of work sees it.
    async fn find(&mut self, id: AccountId) -> Result<Option<Account>, StoreError>;
    /// Sets a new password hash and raises the password version by one.
    async fn change_password(&mut self, id: AccountId, hash: &PasswordHash) -> Result<(), StoreError>;
    /// Replaces the hash of the same password.
    ///
    /// - MUST NOT do so when the password was changed since `seen_version`
    ///   (`a_rehash_never_brings_back_an_old_password`).
    async fn rehash_password(
        &mut self,
        id: AccountId,
        seen_version: i64,
        hash: &PasswordHash,
    ) -> Result<(), StoreError>;
    /// Gives the account another login, and leaves everything else of it as it is
    /// (`a_renamed_account_is_found_by_its_new_login_only`).
    ///
    /// - MUST refuse a login that another account of the realm has, with [`Conflict::Login`](crate::ports::Conflict::Login)
    ///   (`a_login_is_given_to_no_second_account`).
    async fn rename(&mut self, id: AccountId, login: &Login) -> Result<(), StoreError>;
    /// Sets what the account may do.
    async fn set_role(&mut self, id: AccountId, role: Role) -> Result<(), StoreError>;
    /// Notes since when signing in is refused, or that it is not.
    async fn set_disabled(&mut self, id: AccountId, since: Option<Timestamp>) -> Result<(), StoreError>;
    /// Notes whether a second factor is required of the account, or that the policy says so
    /// (`what_is_required_of_an_account_is_noted_for_it_alone`).
    async fn set_two_factor_required(&mut self, id: AccountId, required: Option<bool>) -> Result<(), StoreError>;
    /// Notes whether the password has to be changed before anything else (the same test).
    async fn set_password_change_required(&mut self, id: AccountId, required: bool) -> Result<(), StoreError>;
    /// Notes when the account's grace period began.
    ///
    /// - MUST NOT change a time that is there already (`a_grace_period_is_never_renewed`).
    async fn start_grace(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError>;
    /// Notes a completed sign-in.
    async fn record_sign_in(&mut self, id: AccountId, at: Timestamp) -> Result<(), StoreError>;
    /// Removes the account and everything of it but its audit events; `false` when there was none
    /// (`deleting_an_account_removes_everything_but_its_audit_events`).
    async fn delete(&mut self, id: AccountId) -> Result<bool, StoreError>;
}
