use poem_openapi::Object;

use super::values::Nullable;
use super::{Session, TrustedDevice};

/// A part of the list of sessions, newest first.
#[derive(Object)]
pub(crate) struct SessionList {
    /// The sessions.
    pub(crate) items: Vec<Session>,
    /// What to give as `cursor` for the next part; null on the last.
    pub(crate) next_cursor: Nullable<String>,
}

/// A part of the list of trusted devices, newest first.
#[derive(Object)]
pub(crate) struct TrustedDeviceList {
    /// The trusted devices.
    pub(crate) items: Vec<TrustedDevice>,
    /// What to give as `cursor` for the next part; null on the last.
    pub(crate) next_cursor: Nullable<String>,
}
