//! How a realm looks, and where its users may go back to.

mod accent;
mod change;
mod contact;
mod logo;
mod return_address;
mod set;
mod store;
mod time_zone;
mod values;

pub use accent::{Accent, AccentError, Color};
pub(crate) use change::difference;
pub use change::{AppearanceChange, Setting};
pub use contact::{ContactLink, ContactLinkError, ContactName};
pub use logo::{Logo, LogoError, LogoType};
pub use return_address::{ReturnAddress, ReturnAddressError, ReturnAddresses, ReturnAddressesError};
pub use set::{FindAppearance, SetAppearance, SetAppearanceOutcome};
pub use store::{AppearanceReads, AppearanceStore};
pub use time_zone::{LocalTime, TimeZone, TimeZoneError};
pub use values::{Appearance, DisplayName};
