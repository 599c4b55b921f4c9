//! Who waits for failed sign-ins.

use countersign_application::Application;
use countersign_application::verification::{ClearThrottles, ListThrottles, WaitingPlace};
use serde::Serialize;

use crate::{CommandError, Exit, Output, ThrottleCommand, View, columns};

/// A network that waits, or all places that an account is not known at.
#[derive(Debug, Serialize)]
struct WaitingView {
    /// `null` for all places that the account is not known at.
    network: Option<String>,
    realm: Option<String>,
    /// `null` for logins that there are not, and for a network over all logins.
    login: Option<String>,
    failures: u32,
    wait_seconds: u64,
}

#[derive(Debug, Serialize)]
struct WaitingList {
    items: Vec<WaitingView>,
}

#[derive(Debug, Serialize)]
struct Cleared {
    cleared: u64,
}

impl From<WaitingPlace> for WaitingView {
    fn from(place: WaitingPlace) -> Self {
        let (realm, login) = place.account.map(|(realm, login)| (realm.to_string(), login.to_string())).unzip();
        Self { network: place.network, realm, login, failures: place.failures, wait_seconds: place.wait_seconds }
    }
}

impl View for WaitingList {
    fn table(&self) -> String {
        let rows = self.items.iter().map(|item| {
            [
                item.network.clone().unwrap_or_else(|| "wherever it is not known".to_owned()),
                item.realm.clone().unwrap_or_default(),
                item.login.clone().unwrap_or_default(),
                item.failures.to_string(),
                item.wait_seconds.to_string(),
            ]
        });
        columns(["network", "realm", "login", "failures", "seconds"], rows)
    }
}

impl View for Cleared {
    fn table(&self) -> String {
        format!("{} counters begin anew.", self.cleared)
    }
}

/// Runs a command on the waits for failed sign-ins, beside the database.
///
/// # Errors
/// It failed; every wait is as it was.
pub async fn run_throttle_command(
    command: &ThrottleCommand,
    application: &Application,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    match command {
        ThrottleCommand::List => {
            let places = ListThrottles.execute(application).await?;
            output.result(&WaitingList { items: places.into_iter().map(WaitingView::from).collect() })?;
        }
        ThrottleCommand::Clear { address, .. } => {
            let cleared = ClearThrottles { address: *address }.execute(application).await?;
            output.result(&Cleared { cleared })?;
        }
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{Command, CommandLine};

    fn parse(line: &str) -> Option<ThrottleCommand> {
        match CommandLine::try_parse_from(format!("countersign throttle {line}").split(' ')).ok()?.command {
            Command::Throttle(command) => Some(command),
            _ => None,
        }
    }

    #[test]
    fn an_address_or_all_is_cleared_and_never_all_by_leaving_the_address_out() {
        assert!(matches!(parse("list"), Some(ThrottleCommand::List)));
        for address in ["192.0.2.7", "2001:db8::1"] {
            let parsed = parse(&format!("clear {address}"));
            assert!(matches!(parsed, Some(ThrottleCommand::Clear { address: Some(_), all: false })), "{address}");
        }
        assert!(matches!(parse("clear --all"), Some(ThrottleCommand::Clear { address: None, all: true })));
        for refused in ["clear", "clear nonsense", "clear 192.0.2.7 --all"] {
            assert!(parse(refused).is_none(), "{refused}");
        }
    }
}
