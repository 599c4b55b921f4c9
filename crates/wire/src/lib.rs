//! The JSON that the API answers administrators with, for whoever shows or reads the same: both sides of the command line,
//! and the exports of the pages.
//!
//! What is read may have fields that only a newer server knows. How times are written is [`Moment`]'s to say, also for the
//! answers whose types the API has to have itself, because it documents them.

mod account;
mod account_line;
mod api_key;
mod audit_event;
mod audit_line;
mod list;
mod moment;
mod password_link;
mod realm;
mod several;

pub use account::{AccountDetails, AccountOverviewView, AccountView, AuthenticatorView, Outcome};
pub use account_line::{account_csv_header, account_csv_line};
pub use api_key::{ApiKeyView, CreatedApiKeyView};
pub use audit_event::{ActorView, AuditEventView};
pub use audit_line::{csv_header, csv_line, json_line};
pub use list::List;
pub use moment::Moment;
pub use password_link::{PasswordLinkView, password_path};
pub use realm::{AppearanceView, LogoView, RealmView};
pub use several::{RefusedAccountView, SeveralView};
