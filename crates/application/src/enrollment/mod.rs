//! How an authenticator comes to an account: begun, shown, confirmed.

mod begin;
mod confirm;
mod qr_renderer;
mod room;
mod show_qr;
mod turns;

pub use begin::{BeginEnrollment, BeginEnrollmentOutcome, BegunEnrollment};
pub use confirm::{ConfirmEnrollment, ConfirmEnrollmentOutcome};
pub use qr_renderer::{QrRenderer, QrRendererError};
pub use show_qr::{EnrollmentQr, PendingEnrollment, QrFormat, ShowEnrollmentQr, ShowPendingEnrollment};
pub(crate) use turns::Turns;
