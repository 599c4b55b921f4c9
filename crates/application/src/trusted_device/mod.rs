//! Devices that stand in for the second factor for a while.

mod list;
mod remember;
mod revoke;
mod store;
mod values;

pub use list::{ListTrustedDevices, RecognizeTrustedDevice};
pub use remember::RememberDevice;
pub use revoke::{RevokeAllTrustedDevices, RevokeTrustedDevice};
pub use store::{TrustedDeviceReads, TrustedDeviceStore};
pub use values::TrustedDevice;
