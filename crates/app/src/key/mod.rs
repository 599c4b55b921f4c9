//! The commands on the key ring.

mod change;
mod passes;
mod progress;
mod view;

use countersign_application::Application;
use countersign_application::ports::KeyCheckReads;
use countersign_cli::{CommandError, Exit, KeyCommand, Output, Terminal};
use countersign_crypto::{KeyRing, KeyRingFault, verify_key_checks};
use countersign_persistence::SeaStore;

use crate::settings::Settings;
use crate::wiring::{Wired, wire};
use crate::{deployment, keys};

use view::KeyList;

/// Runs a command on the key ring.
pub(crate) async fn run(
    command: &KeyCommand,
    settings: &Settings,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    if let KeyCommand::Create { file } = command {
        return change::create(file.as_deref(), settings, output);
    }
    let store = deployment::open(settings).await?;
    let done = on_store(command, settings, &store, terminal, output).await;
    store.close().await;
    done
}

async fn on_store(
    command: &KeyCommand,
    settings: &Settings,
    store: &SeaStore,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    match command {
        // Whatever is wrong with the ring is what they are asked for.
        KeyCommand::List => list(settings, store, output).await,
        KeyCommand::Check => passes::check(settings, store, output).await,
        _ => {
            let ring = fitting(settings, store).await?;
            let change = change::Change { settings, store, terminal };
            match command {
                KeyCommand::Add => change.add(ring, output).await,
                KeyCommand::Rotate { only_node, yes } => change.rotate(ring, *only_node, *yes, output).await,
                KeyCommand::Retire { id, void_recovery_codes, yes } => {
                    change.retire(ring, id, *void_recovery_codes, *yes, output).await
                }
                _ => passes::rewrap(settings, store, ring, output).await,
            }
        }
    }
}

/// The key ring, if it is the one that the database was sealed with.
async fn fitting(settings: &Settings, store: &SeaStore) -> Result<KeyRing, CommandError> {
    let ring = opened(settings)?;
    let checks = store.list_key_checks().await.map_err(unreadable)?;
    verify_key_checks(&ring, &checks).map_err(|error| CommandError::refused(error.to_string()))?;
    Ok(ring)
}

fn opened(settings: &Settings) -> Result<KeyRing, CommandError> {
    keys::load(settings).map_err(|error| match error.fault {
        KeyRingFault::NotFound => CommandError::not_found(error.to_string()),
        _ => CommandError::refused(error.to_string()),
    })
}

fn application(settings: &Settings, store: &SeaStore, ring: Option<KeyRing>) -> Application {
    let Wired { application, .. } = wire(settings, store.clone(), ring.map(Into::into));
    application
}

async fn list(settings: &Settings, store: &SeaStore, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    use countersign_application::master_key::MasterKeyReads;
    let ring = opened(settings)?;
    let checks = store.list_key_checks().await.map_err(unreadable)?;
    let uses = store.count_key_uses().await.map_err(unreadable)?;
    output.result(&KeyList::of(&ring, &checks, &uses))?;
    Ok(Exit::Done)
}

fn unreadable(error: countersign_application::ports::StoreError) -> CommandError {
    CommandError::unavailable("it cannot be read what is sealed under which key").because(error)
}
