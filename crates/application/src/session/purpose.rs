//! What a session is needed for, as types: each handler that takes a session says one in its signature.

use crate::session::SessionPurpose;

/// One of the purposes of a session.
pub trait Purpose: Send + Sync + 'static {
    const PURPOSE: SessionPurpose;
}

macro_rules! purposes {
    ($($purpose:ident,)+) => {
        $(
            #[doc = concat!("[`SessionPurpose::", stringify!($purpose), "`].")]
            #[derive(Clone, Copy, Debug)]
            pub struct $purpose;

            impl Purpose for $purpose {
                const PURPOSE: SessionPurpose = SessionPurpose::$purpose;
            }
        )+
    };
}

purposes! {
    Look,
    ChangePassword,
    Enroll,
    Anything,
}
