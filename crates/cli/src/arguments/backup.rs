use std::path::PathBuf;

use clap::Args;

/// Where to write a backup.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct BackupArguments {
    /// The file to write; only its owner can read it
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Replace a file of that name
    #[arg(long)]
    pub overwrite: bool,
}

/// What to restore.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct RestoreArguments {
    /// The backup; an SQLite database that was copied otherwise will do
    #[arg(value_name = "FILE", required_unless_present = "mark", conflicts_with = "mark")]
    pub file: Option<PathBuf>,
    /// Only mark the database as restored: it was put in its place by other means
    #[arg(long)]
    pub mark: bool,
    /// Leave recovery codes good, if you know that none was used since: after a loss of seconds, not of days
    #[arg(long)]
    pub keep_recovery_codes: bool,
    /// Do not ask for confirmation
    #[arg(long)]
    pub yes: bool,
}
