//! Accounts: what one is, and what becomes of it from its making to its removal.

mod change_password;
mod create;
mod delete;
mod find;
mod listing;
mod name;
mod password_hasher;
mod password_link;
mod secure;
mod several;
mod store;
mod unlock;
mod update;
mod values;
mod wanted;

pub use change_password::{ChangePassword, ChangePasswordOutcome};
pub(crate) use change_password::{is_same, require_same_password};
pub(crate) use create::refuse_an_older_key;
pub use create::{CreateAccount, CreateAccountOutcome};
pub use delete::DeleteAccount;
pub use find::{ACCOUNTS_COUNTED, CountedAccounts, FindAccount, FindNamedAccounts, ListAccounts, ListedAccounts};
pub use listing::{
    AccountCursor, AccountFilter, AccountKey, AccountOrder, AccountPage, AccountPart, AccountPosition, PositionValue,
};
pub use name::AccountName;
pub use password_hasher::{PasswordHash, PasswordHasher, PasswordHasherError, PasswordScreen, PasswordVerdict};
pub use password_link::{
    CheckPasswordLink, IssuePasswordLink, IssuePasswordLinkOutcome, PasswordLink, UsePasswordLink,
    UsePasswordLinkOutcome,
};
pub use secure::{SecureAccount, SecureAccountOutcome};
pub use several::{
    ActOnSeveral, ActOnSeveralOutcome, DoneToSeveral, RefusedAccount, SEVERAL_AT_MOST, SelectSeveral, Selected,
    Several, SeveralAct, SeveralRefusal,
};
pub use store::{AccountReads, AccountStore};
pub use unlock::UnlockAccount;
pub(crate) use update::shut_out;
pub use update::{UpdateAccount, UpdateAccountOutcome};
pub use values::{Account, Login, LoginError, NewPassword, NewPasswordError, Role, whom};
pub use wanted::WantedAccounts;
