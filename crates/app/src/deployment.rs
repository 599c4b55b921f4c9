//! A deployment on this machine: its directory and its database.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use countersign_cli::CommandError;
use countersign_persistence::{OpenError, SchemaStatus, SeaStore, StoreOptions};

use crate::hold::{Hold, hold};
use crate::seen;
use crate::settings::Settings;

/// How the database is opened, without making one.
pub(crate) fn store_options(settings: &Settings) -> StoreOptions {
    StoreOptions {
        connections: settings.database_connections,
        connect_timeout: settings.database_connect_seconds,
        statement_timeout: settings.database_statement_seconds,
        ..StoreOptions::new(settings.database_url.clone())
    }
}

/// Makes the data directory, for its owner only, unless it is there.
pub(crate) fn make_directory(path: &Path) -> Result<(), CommandError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|error| {
        CommandError::refused(format!("the data directory {} cannot be made", path.display()))
            .because(error)
            .advise("set `data_dir` (COUNTERSIGN_DATA_DIR) to a directory that this user may make or write to")
    })
}

/// Begins to work on the database: not while one is being restored, and not on one whose file was replaced.
pub(crate) fn enter(settings: &Settings) -> Result<(), CommandError> {
    hold(settings, Hold::Shared)?;
    seen::require_own_log(settings)
}

/// Opens the store of a deployment that was set up before, if its schema is the one that this program knows.
pub(crate) async fn open(settings: &Settings) -> Result<SeaStore, CommandError> {
    enter(settings)?;
    let options = StoreOptions { connections: 1, ..store_options(settings) };
    let store = SeaStore::open(&options).await.map_err(cannot_open)?;
    let fits = match store.schema_status().await {
        Ok(status) => require_current(&status),
        Err(error) => Err(cannot_open(error)),
    };
    match fits {
        Ok(()) => Ok(store),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

fn require_current(status: &SchemaStatus) -> Result<(), CommandError> {
    if status.is_newer() {
        return Err(cannot_open(OpenError::Newer { unknown: status.unknown.clone() }));
    }
    if status.applied.is_empty() {
        return Err(nothing_here());
    }
    if !status.pending.is_empty() {
        let message = format!("the database's schema is older than this program ({} pending)", status.pending.len());
        return Err(CommandError::unavailable(message)
            .advise("run `countersign database migrate`, or restart the server with this version"));
    }
    Ok(())
}

/// What an error on opening the database means to the person at the keyboard.
pub(crate) fn cannot_open(error: OpenError) -> CommandError {
    let advice = match error {
        OpenError::Missing { .. } => return nothing_here(),
        OpenError::Newer { .. } => {
            return CommandError::unavailable(error.to_string())
                .advise("use that version of countersign, or a newer one");
        }
        OpenError::Url(_) => return CommandError::usage("the setting `database_url` is not usable").because(error),
        OpenError::File { .. } | OpenError::Database(_) => "`countersign doctor` checks the deployment",
        OpenError::Unreachable(_) => {
            "see whether the database server runs, and whether host and port in `database_url` are its own"
        }
        OpenError::Tls(_) => {
            "the host in `database_url` must be a name in the server's certificate, and the certificate one of a public \
             authority or of the one in the file that sslrootcert= (MySQL and MariaDB: ssl-ca=) names; sslmode=disable \
             (ssl-mode=DISABLED) only where nobody else can listen"
        }
        OpenError::Certificate { .. } => {
            "correct the path in `database_url`, or let the user that runs the server read the file"
        }
        OpenError::Credentials(_) => {
            "see whether user and password are those of `database_url` or `database_password_file`, and whether the \
             server lets the user in from this machine (PostgreSQL: pg_hba.conf)"
        }
        OpenError::NoDatabase(_) => {
            "make it first, for the user of `database_url`: CREATE DATABASE countersign OWNER countersign on PostgreSQL; \
             CREATE DATABASE countersign and GRANT ALL ON countersign.* TO countersign on MySQL and MariaDB"
        }
        OpenError::Forbidden(_) => {
            "let the user of `database_url` make tables: ALTER DATABASE countersign OWNER TO countersign on PostgreSQL; \
             GRANT ALL ON countersign.* TO countersign on MySQL and MariaDB"
        }
        OpenError::Unrestored => {
            "run `countersign restore FILE` with the file of the backup, or `countersign restore --mark` where it is in its \
             place already: codes that were used since the backup are put out of use then"
        }
        OpenError::UnfinishedCopy => {
            "run `countersign database copy` to its end, or begin it again with an empty database"
        }
    };
    CommandError::unavailable("the database does not open").because(error).advise(advice)
}

pub(crate) fn nothing_here() -> CommandError {
    CommandError::unavailable("no deployment here").advise(
        "start `countersign serve` first, or set COUNTERSIGN_DATA_DIR or COUNTERSIGN_DATABASE_URL to where it is",
    )
}

#[cfg(test)]
mod tests {
    use countersign_cli::Exit;

    use super::*;

    #[test]
    fn a_schema_that_does_not_fit_is_refused_with_what_to_do() {
        let status = |applied: &[&str], pending: &[&str], unknown: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            SchemaStatus { applied: owned(applied), pending: owned(pending), unknown: owned(unknown) }
        };
        assert!(require_current(&status(&["m1"], &[], &[])).is_ok());
        for (status, told) in [
            (status(&["m1"], &["m2"], &[]), "countersign database migrate"),
            (status(&["m1"], &[], &["m3"]), "use that version"),
            (status(&[], &["m1"], &[]), "countersign serve"),
        ] {
            let error = require_current(&status).unwrap_err();
            assert_eq!(error.exit(), Exit::Unavailable);
            assert!(error.advice().unwrap().contains(told), "{error}");
        }
    }
}
