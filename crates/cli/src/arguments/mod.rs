//! What may be typed.

mod account;
mod administration;
mod api_key;
mod appearance;
mod audit;
mod backup;
mod key;
mod named;
mod realm;
mod server;
mod throttle;
mod totp;
mod url_source;

pub use account::{AccountArgument, AccountCommand, AccountFilterArguments, AccountsArgument};
pub use administration::{AdministrationCommand, Place};
pub use api_key::ApiKeyCommand;
pub use appearance::AppearanceArguments;
pub use audit::{AuditCommand, AuditFilterArguments, ExportFormat};
pub use backup::{BackupArguments, RestoreArguments};
pub use key::KeyCommand;
pub use realm::RealmCommand;
pub use server::{CopyArguments, DatabaseCommand, DocumentFormat, ServeArguments};
pub use throttle::ThrottleCommand;
pub use totp::{KeyUriSource, TotpCommand};
pub use url_source::UrlSource;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use countersign_application::realm::RealmSlug;

use crate::OutputFormat;

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 refused or failed, 2 usage, 3 not found, 4 unavailable.
Results go to standard output, questions, notes and errors to standard error.";

/// A self-hosted second factor for any application.
///
/// `countersign serve` runs the server; everything it needs is made on the first start. The other commands look after a
/// deployment on this machine, also while the server runs; those that administer can also talk to a running server.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, after_help = EXIT_CODES, max_term_width = 100)]
#[command(propagate_version = false, arg_required_else_help = true)]
pub struct CommandLine {
    /// What every command takes.
    #[command(flatten)]
    pub global: GlobalArguments,
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

impl CommandLine {
    /// Reads what was typed, the name of the program first. Whoever types something wrong is told which argument it is and
    /// what its rule is, never what they typed: a URL may have a password in it, and a password stand in the place of another
    /// argument.
    ///
    /// # Errors
    /// It is no command; also where help or the version was asked for.
    pub fn read(typed: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
        Self::try_parse_from(typed).map_err(without_values)
    }
}

/// What stands for a value that was typed.
const UNTOLD: &str = "…";

fn without_values(mut error: clap::Error) -> clap::Error {
    let untold = || ContextValue::String(UNTOLD.to_owned());
    if error.get(ContextKind::InvalidValue).is_some() {
        error.insert(ContextKind::InvalidValue, untold());
    }
    // A surplus word, where it is no option.
    if let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg)
        && error.kind() == ErrorKind::UnknownArgument
        && !argument.starts_with('-')
    {
        error.insert(ContextKind::InvalidArg, untold());
        error.remove(ContextKind::Suggested);
    }
    error
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub struct GlobalArguments {
    /// How to print results [default: table on a terminal, json otherwise]
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Global options")]
    pub output: Option<OutputFormat>,
    /// The realm that is meant [default: default; with --server, the one of COUNTERSIGN_TOKEN]
    #[arg(long, global = true, value_name = "SLUG", help_heading = "Global options", value_parser = RealmSlug::new)]
    pub realm: Option<RealmSlug>,
    /// The configuration file [default: $COUNTERSIGN_CONFIG, or ./countersign.toml if it is there]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub config: Option<PathBuf>,
}

/// Everything that can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server
    Serve(ServeArguments),
    /// Administer, beside the database or over a server.
    #[command(flatten)]
    Administration(AdministrationCommand),
    /// Check the configuration, data, keys, database and clock, and say what to do
    ///
    /// Each check is ok, a warning or a failure; any failure makes the exit code 1. Works while the server runs, and changes
    /// nothing but one row of its own, by which it is known that the database can be written.
    Doctor,
    /// Look after the database: its schema, and a copy on another engine
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// Write a consistent copy of the database to a file, while the server runs
    ///
    /// For SQLite; a database server has its own means, which this names. The copy is checked before it gets its name. The key
    /// ring is not in it: keep a copy of that apart. Put it in place with `countersign restore`, never by copying it.
    Backup(BackupArguments),
    /// Put a backup in the database's place, so that nothing that was used since opens anything again
    ///
    /// The server has to be stopped. The present database is kept beside it. Codes up to now are refused, recovery codes have
    /// to be made anew, and everyone signs in again. After a restore by a database server's own means, --mark does the same.
    Restore(RestoreArguments),
    /// Look after the key ring: the master keys that everything is sealed under
    #[command(subcommand)]
    Key(KeyCommand),
    /// See who waits for failed sign-ins, and end it; beside the database, also while the server runs
    #[command(subcommand)]
    Throttle(ThrottleCommand),
    /// Print the OpenAPI document of the HTTP interface
    Openapi {
        /// The form of the document
        #[arg(long, value_name = "FORMAT", default_value = "json")]
        format: DocumentFormat,
    },
    /// Print a script that completes these commands in a shell
    ///
    /// For example, in Bash: source <(countersign completions bash)
    Completions {
        /// The shell
        shell: Shell,
    },
    /// A developer's authenticator app: show codes and draw QR codes of key URIs
    #[command(subcommand)]
    Totp(TotpCommand),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn global_options_may_stand_anywhere() {
        for line in [
            "countersign --output json --realm shop account list",
            "countersign account --realm shop list --output json",
            "countersign account list --output json --realm shop",
        ] {
            let parsed = CommandLine::try_parse_from(line.split(' ')).unwrap();
            assert_eq!(parsed.global.output, Some(OutputFormat::Json));
            assert_eq!(parsed.global.realm.unwrap().as_str(), "shop");
        }
    }

    #[test]
    fn a_server_may_be_named_where_it_makes_sense_and_nowhere_else() {
        for line in [
            "countersign account --server https://a list",
            "countersign account list --server https://a",
            "countersign realm show --server https://a",
            "countersign api-key list --server https://a",
            "countersign audit export --server https://a",
        ] {
            let Command::Administration(command) = CommandLine::try_parse_from(line.split(' ')).unwrap().command else {
                panic!("{line}")
            };
            assert_eq!(command.server().unwrap().to_string(), "https://a", "{line}");
        }
        for line in ["countersign doctor --server https://a", "countersign account list --server http://192.0.2.1"] {
            assert_eq!(CommandLine::try_parse_from(line.split(' ')).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn a_password_is_never_an_argument() {
        for line in ["countersign account create kim --password x", "countersign account set-password kim x"] {
            assert!(CommandLine::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }

    #[test]
    fn what_cannot_be_is_a_usage_error() {
        for line in [
            "countersign account create kim --role king",
            "countersign account list --realm UPPER",
            "countersign account show",
            "countersign account show --subject",
            "countersign audit list --account a --subject b",
            "countersign account set-role kim king",
            "countersign account list --two-factor maybe",
            "countersign realm create UPPER --issuer A",
            "countersign realm create shop",
            "countersign realm set-policy",
            "countersign realm set-appearance",
            "countersign realm set-appearance shop --no-name",
            "countersign realm show shop",
            "countersign realm set-appearance --name A --no-name",
            "countersign realm set-appearance --return-to https://a/ --no-return-to",
            "countersign realm set-appearance --time-zone UTC --no-time-zone",
            "countersign realm set-policy totp.digits",
            "countersign api-key create --name a",
            "countersign api-key create --name a --scope everything",
            "countersign api-key create --name a --scope admin --expires-in 0",
            "countersign api-key create --name a --scope admin --token b",
            "countersign audit list --event nothing",
            "countersign audit list --since yesterday",
            "countersign audit list --limit 0",
            "countersign audit export --format xml",
            "countersign key retire",
            "countersign frobnicate",
        ] {
            let error = CommandLine::try_parse_from(line.split(' ')).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    /// What is wrong is told by argument and rule.
    #[test]
    fn nothing_that_was_typed_is_repeated() {
        for (line, told) in [
            ("account list --server http://x:hunter2@127.0.0.1:1", "--server <URL>"),
            ("account create ada --password-stdin=hunter2", "--password-stdin"),
            ("account create ada hunter2", "unexpected argument"),
            ("account create ada --password hunter2", "--password"),
            ("account create ada --password=hunter2", "--password"),
            ("account create ada --role hunter2", "[possible values: member, admin, owner, operator]"),
            ("api-key create --name a --scope hunter2", "--scope"),
            ("audit list --since hunter2", "--since <TIME>"),
            ("audit list --limit hunter2", "--limit"),
            ("--output hunter2 account list", "--output <FORMAT>"),
            ("serve hunter2", "unexpected argument"),
        ] {
            let typed = std::iter::once("countersign").chain(line.split(' '));
            let said = match CommandLine::read(typed) {
                Ok(read) => panic!("{line} was taken: {read:?}"),
                Err(error) => error.to_string(),
            };
            assert!(!said.contains("hunter2"), "{line}: {said}");
            assert!(said.contains(told), "{line}: {said}");
        }
    }

    #[test]
    fn every_command_and_argument_has_a_help_text() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
                assert!(argument.get_help().is_some(), "{} of {}", argument.get_id(), command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        check(&CommandLine::command());
    }
}
