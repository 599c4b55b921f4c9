//! Account commands, beside the database.

use countersign_application::RealmSlug;
use countersign_cli::{AccountCommand, CommandError, Exit, LocalAccounts, Output, Terminal};

use crate::deployment;
use crate::settings::Settings;
use crate::wiring::{Wired, wire};

/// Runs an account command on the deployment of this machine, also while the server runs.
pub(crate) async fn run(
    settings: &Settings,
    realm: &RealmSlug,
    command: &AccountCommand,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let store = deployment::open(settings).await?;
    let Wired { application, clock, .. } = wire(settings, store.clone(), None);
    let accounts = LocalAccounts::new(application, clock, realm.clone());
    let result = countersign_cli::run_account_command(command, &accounts, terminal, output).await;
    store.close().await;
    result
}
