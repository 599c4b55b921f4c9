//! Which adapter plays which port.

use std::sync::Arc;

use countersign_application::ports::{Clock, Entropy, SecretSealer, Store};
use countersign_application::recovery::RecoveryDigester;
use countersign_application::{Application, Ports};
use countersign_crypto::{
    AeadSealer, Argon2idCost, Argon2idHasher, Argon2idRecoveryDigester, ComputeLimit, KeyRingInUse, OsEntropy, QrCodes,
    RandomTokenIssuer, SlowHashing, SystemClock, ZxcvbnScreen,
};
use countersign_persistence::SeaStore;

use crate::no_keys::NoKeys;
use crate::settings::Settings;

/// The application with what is behind it.
pub(crate) struct Wired {
    pub(crate) application: Application,
    pub(crate) hashing: SlowHashing,
}

/// Puts the application together. Without a key ring it looks after accounts only.
pub(crate) fn wire(settings: &Settings, store: SeaStore, ring: Option<KeyRingInUse>) -> Wired {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    // Passwords and recovery codes share one limit: they share the cores.
    let hashing = SlowHashing::new(ComputeLimit {
        parallel: settings.password_computations,
        waiting: settings.password_queue,
        longest_wait: ComputeLimit::LONGEST_WAIT,
    });
    let (sealer, recovery_digester): (Arc<dyn SecretSealer>, Arc<dyn RecoveryDigester>) = match ring {
        Some(ring) => (
            Arc::new(AeadSealer::new(ring.clone(), Arc::clone(&entropy))),
            Arc::new(Argon2idRecoveryDigester::new(hashing.clone(), ring)),
        ),
        None => (Arc::new(NoKeys), Arc::new(NoKeys)),
    };
    let store: Arc<dyn Store> = Arc::new(store);
    let application = Application::new(Ports {
        store,
        clock,
        passwords: Arc::new(Argon2idHasher::new(hashing.clone(), Arc::clone(&entropy), Argon2idCost::default())),
        password_screen: Arc::new(ZxcvbnScreen::new(hashing.clone())),
        recovery_digester,
        sealer,
        tokens: Arc::new(RandomTokenIssuer::new(Arc::clone(&entropy))),
        qr: Arc::new(QrCodes),
        entropy,
    });
    Wired { application, hashing }
}
