//! The commands of administration: beside the database, or over a server.

use std::sync::Arc;

use countersign_application::realm::RealmSlug;
use countersign_cli::{
    AdministrationCommand, CommandError, Exit, GlobalArguments, Local, Output, Remote, ServerUrl, ServerUrlError,
    Terminal, ThrottleCommand,
};
use countersign_crypto::{KeyRingInUse, OsEntropy, SystemClock};
use countersign_persistence::SeaStore;

use crate::settings::{Environment, Settings};
use crate::wiring::{Wired, wire};
use crate::{deployment, keys};

/// The server that is meant, if not the deployment on this machine: the one that was typed, or else that of the
/// environment.
pub(crate) fn server(
    command: &AdministrationCommand,
    environment: &Environment,
) -> Result<Option<ServerUrl>, CommandError> {
    if let Some(server) = command.server() {
        return Ok(Some(server.clone()));
    }
    let url = environment.server()?.map(|text| text.parse()).transpose();
    url.map_err(|rule: ServerUrlError| {
        CommandError::usage(format!("the environment variable COUNTERSIGN_SERVER {rule}"))
    })
}

/// Runs a command on the deployment of this machine, also while the server runs.
pub(crate) async fn here(
    settings: &Settings,
    global: &GlobalArguments,
    command: &AdministrationCommand,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let store = deployment::open(settings).await?;
    let ring = match ring_for(settings, &store, command).await {
        Ok(ring) => ring,
        Err(error) => {
            store.close().await;
            return Err(error);
        }
    };
    let Wired { application, .. } = wire(settings, store.clone(), ring);
    let local = Local::new(application, global.realm.clone().unwrap_or_else(RealmSlug::default_realm));
    let result = countersign_cli::run_administration_command(command, &local, terminal, output).await;
    store.close().await;
    result
}

/// The key ring, for the few commands that need it: who may not read it can still look after accounts.
async fn ring_for(
    settings: &Settings,
    store: &SeaStore,
    command: &AdministrationCommand,
) -> Result<Option<KeyRingInUse>, CommandError> {
    if !command.seals() {
        return Ok(None);
    }
    Ok(Some(keys::open_or_create(settings, store, &SystemClock, &OsEntropy).await?.ring.into()))
}

/// Runs a command on the waits for failed sign-ins of this deployment, also while the server runs.
pub(crate) async fn throttles(
    settings: &Settings,
    command: &ThrottleCommand,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let store = deployment::open(settings).await?;
    let Wired { application, .. } = wire(settings, store.clone(), None);
    let result = countersign_cli::run_throttle_command(command, &application, output).await;
    store.close().await;
    result
}

/// Runs a command on a server.
pub(crate) async fn there(
    server: ServerUrl,
    global: &GlobalArguments,
    environment: &Environment,
    command: &AdministrationCommand,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let token = environment.token()?.ok_or_else(|| {
        CommandError::usage(format!("COUNTERSIGN_TOKEN is not set, and {server} has to know who asks")).advise(
            "set it to an API key with the scope admin (`countersign api-key create --name NAME --scope admin` on the \
             server's machine), or to the token of an administrator's session",
        )
    })?;
    let mut remote = Remote::new(server, token.into(), Arc::new(SystemClock))?;
    if let Some(realm) = &global.realm {
        remote = remote.in_realm(realm)?;
    }
    if remote.asks_for_proofs() && command.outlasts_a_session() {
        countersign_cli::check_administration_command(command, terminal)?;
        remote = remote.with_proof(countersign_cli::read_own_proof(command.proof_file(), terminal, output)?);
    }
    countersign_cli::run_administration_command(command, &remote, terminal, output).await
}
