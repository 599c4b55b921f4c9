//! The command line: what may be typed, what a command does with it, and how its result looks.
//!
//! [`CommandLine`] is the whole grammar. What a command finds is a view, which [`Output`] prints as a table or as JSON:
//! results on standard output, everything meant for a person to read on standard error. A command ends with an
//! [`Exit`] or with a [`CommandError`], which has one as well.
//!
//! The commands of administration run against an [`AdministrationPlace`]: [`Local`] beside the database, [`Remote`] over
//! the HTTP interface of a running server. What they print is the same either way.

mod accounts;
mod api_keys;
mod arguments;
mod audit;
mod commands;
mod error;
mod exit;
mod local;
mod output;
mod part;
mod password;
mod proof;
mod realms;
mod remote;
mod table;
mod terminal;

pub use accounts::{AccountChange, AccountDirectory, AccountQuery, NewAccount};
pub use api_keys::{ApiKeyDirectory, NewApiKey};
pub use arguments::{
    AccountArgument, AccountCommand, AccountFilterArguments, AccountsArgument, AdministrationCommand, ApiKeyCommand,
    AppearanceArguments, AuditCommand, AuditFilterArguments, BackupArguments, Command, CommandLine, CopyArguments,
    DatabaseCommand, DocumentFormat, ExportFormat, GlobalArguments, KeyCommand, KeyUriSource, Place, RealmCommand,
    RestoreArguments, ServeArguments, ThrottleCommand, TotpCommand, UrlSource,
};
pub use audit::{AuditQuery, AuditTrail};
pub use commands::{
    AdministrationPlace, check_administration_command, check_confirmation, confirm, print_completions,
    run_administration_command, run_throttle_command, run_totp_command,
};
pub use error::CommandError;
pub use exit::Exit;
pub use local::Local;
pub use output::{Output, OutputFormat, View};
pub use part::Part;
pub use proof::{OwnProof, read_own_proof};
pub use realms::{KeyValue, KeyValueError, NewRealm, RealmChange, RealmDirectory};
pub use remote::{Remote, ServerUrl, ServerUrlError};
pub use table::{Fact, columns, facts};
pub use terminal::{StandardTerminal, Terminal};
