//! The second factor of an account, once it is there: its state, its authenticators, and how it is turned off.

mod authenticator;
mod disable;
mod remove_authenticator;
mod rename_authenticator;
mod reset;
mod show;
mod store;
mod values;

pub(crate) use authenticator::secret_context;
pub use authenticator::{Authenticator, AuthenticatorName, AuthenticatorStatus};
pub use disable::{DisableTwoFactor, DisableTwoFactorOutcome};
pub(crate) use disable::{disabled_for, take_second_factor_away};
pub use remove_authenticator::{RemoveAuthenticator, RemoveAuthenticatorOutcome};
pub use rename_authenticator::RenameAuthenticator;
pub use reset::{ResetTwoFactor, ResetTwoFactorOutcome};
pub use show::{ShowTwoFactor, TwoFactorOverview};
pub use store::{AuthenticatorStore, SecondFactorReads, SecondFactorStore};
pub use values::{AccountOverview, CodeState, SecondFactor, SecondFactorMethod, SecondFactorState, TwoFactorStatus};
