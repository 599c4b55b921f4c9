use std::sync::Arc;

use countersign_application::ports::{Entropy, Store};
use countersign_application::{Application, Ports};

use crate::{
    ManualClock, PlainPasswordHasher, PlainPasswordScreen, PlainQrRenderer, PlainRecoveryDigester, PlainSealer,
    PlainTokenIssuer, ScriptedEntropy,
};

/// An application on cheap ports, with a handle on each that a test may want to turn or read.
#[derive(Clone)]
pub struct TestApplication {
    /// The application.
    pub application: Application,
    /// Where it keeps everything.
    pub store: Arc<dyn Store>,
    /// Its clock, at [`crate::NOW`] to begin with.
    pub clock: Arc<ManualClock>,
    /// Its password hasher.
    pub passwords: Arc<PlainPasswordHasher>,
    /// Its knowledge of common passwords.
    pub password_screen: Arc<PlainPasswordScreen>,
    /// Its digester of recovery codes.
    pub recovery_digester: Arc<PlainRecoveryDigester>,
    /// Its sealer.
    pub sealer: Arc<PlainSealer>,
    /// Its tokens.
    pub tokens: Arc<PlainTokenIssuer>,
}

/// Puts an application on `store` together from the cheap ports. The same acts in the same order yield the same
/// secrets, codes and tokens.
#[must_use]
pub fn application(store: Arc<dyn Store>) -> TestApplication {
    TestApplication::with_entropy(store, Arc::new(ScriptedEntropy::default()))
}

impl TestApplication {
    /// Like [`application`], with another source of randomness.
    #[must_use]
    pub fn with_entropy(store: Arc<dyn Store>, entropy: Arc<dyn Entropy>) -> Self {
        let clock = Arc::new(ManualClock::default());
        let passwords = Arc::new(PlainPasswordHasher::default());
        let password_screen = Arc::new(PlainPasswordScreen::default());
        let recovery_digester = Arc::new(PlainRecoveryDigester::default());
        let sealer = Arc::new(PlainSealer);
        let tokens = Arc::new(PlainTokenIssuer::new(Arc::clone(&entropy)));
        let application = Application::new(Ports {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock) as _,
            entropy,
            passwords: Arc::clone(&passwords) as _,
            password_screen: Arc::clone(&password_screen) as _,
            recovery_digester: Arc::clone(&recovery_digester) as _,
            sealer: Arc::clone(&sealer) as _,
            tokens: Arc::clone(&tokens) as _,
            qr: Arc::new(PlainQrRenderer),
        });
        Self { application, store, clock, passwords, password_screen, recovery_digester, sealer, tokens }
    }
}
