//! The doctor: looks at everything, and changes nothing but the one row by which it is known that the database can be written.

mod checks;
mod files;
mod report;
mod sealed;
mod storage;
mod time;
mod waits;

use countersign_cli::{CommandError, Exit, Output};

use crate::settings::{Settings, SettingsError};

use report::Report;

/// Examines the deployment of this machine, if there is one.
pub(crate) async fn run(
    settings: Result<Settings, SettingsError>,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let mut report = Report::default();
    checks::clock(&mut report);
    time::check(&mut report).await;
    match settings {
        Ok(settings) => {
            report.ok("configuration", "every setting is known and has a value that it may have");
            checks::listener(&settings, &mut report);
            checks::descriptors(&settings, &mut report);
            if !settings.database_url.engine().is_server() {
                checks::data_directory(&settings, &mut report);
            }
            let ring = checks::key_ring(&settings, &mut report);
            files::check(&settings, &mut report);
            checks::database(&settings, ring.as_ref(), &mut report).await;
        }
        Err(error) => report.failure("configuration", error.to_string(), "docs/configuration.md lists every setting"),
    }
    output.result(&report)?;
    Ok(if report.has_failure() { Exit::Refused } else { Exit::Done })
}
