//! The commands on the database's schema.

use countersign_cli::{CommandError, DatabaseCommand, Exit, Output, View, facts};
use countersign_persistence::{SchemaStatus, migrate, schema_status};
use countersign_wire::Outcome;
use serde::Serialize;

use crate::database_copy;
use crate::deployment::{cannot_open, enter, store_options};
use crate::settings::Settings;

/// Runs a command on the database's schema.
pub(crate) async fn run(
    command: DatabaseCommand,
    settings: &Settings,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    let options = store_options(settings);
    match command {
        DatabaseCommand::Migrate => {
            enter(settings)?;
            let applied = migrate(&options).await.map_err(cannot_open)?;
            output.result(&Outcome::success(match applied.len() {
                0 => "The schema was up to date already.".to_owned(),
                1 => "One migration was applied; the schema is up to date.".to_owned(),
                number => format!("{number} migrations were applied; the schema is up to date."),
            }))?;
        }
        DatabaseCommand::Status => {
            let status = schema_status(&options).await.map_err(cannot_open)?;
            output.result(&StatusView::from(status))?;
        }
        DatabaseCommand::Copy(arguments) => return database_copy::run(&arguments, output).await,
    }
    Ok(Exit::Done)
}

/// How the schema compares with this program's.
#[derive(Serialize)]
struct StatusView {
    up_to_date: bool,
    applied: Vec<String>,
    pending: Vec<String>,
    unknown: Vec<String>,
}

impl From<SchemaStatus> for StatusView {
    fn from(status: SchemaStatus) -> Self {
        let up_to_date = status.is_current();
        Self { up_to_date, applied: status.applied, pending: status.pending, unknown: status.unknown }
    }
}

impl View for StatusView {
    fn table(&self) -> String {
        let verdict = if !self.unknown.is_empty() {
            "a newer version of this program has migrated the database"
        } else if self.up_to_date {
            "up to date"
        } else {
            "older than this program: run `countersign database migrate`"
        };
        let names = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join("\n") };
        facts([
            ("schema", verdict.to_owned()),
            ("applied", names(&self.applied)),
            ("pending", names(&self.pending)),
            ("unknown", names(&self.unknown)),
        ])
    }
}
