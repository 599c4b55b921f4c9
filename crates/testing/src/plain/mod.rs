//! Stand-ins for the ports beside the store: cheap, deterministic, and secure in no way.

mod digest;
mod password_hasher;
mod password_screen;
mod qr_renderer;
mod recovery_digester;
mod sealer;
mod token_issuer;

pub use password_hasher::PlainPasswordHasher;
pub use password_screen::PlainPasswordScreen;
pub use qr_renderer::PlainQrRenderer;
pub use recovery_digester::PlainRecoveryDigester;
pub use sealer::PlainSealer;
pub use token_issuer::PlainTokenIssuer;

/// The only key that the plain sealer and digester know.
const KEY_ID: &str = "plain";

/// A key that the plain ports still open with.
pub const OLDER_KEY_ID: &str = "older";
