//! The command line: what may be typed, what a command does with it, and how its result looks.
//!
//! [`CommandLine`] is the whole grammar. What a command finds is a view, which [`Output`] prints as a table or as JSON:
//! results on standard output, everything meant for a person to read on standard error. A command ends with an
//! [`Exit`] or with a [`CommandError`], which has one as well.
//!
//! The account commands run against [`AccountDirectory`]. [`LocalAccounts`] plays it beside the database; another one
//! may play it over HTTP, with the same output.

mod accounts;
mod arguments;
mod commands;
mod error;
mod exit;
mod moment;
mod output;
mod password;
mod table;
mod terminal;

pub use accounts::{
    AccountDetails, AccountDirectory, AccountList, AccountView, AuthenticatorView, LocalAccounts, NewAccount, Outcome,
};
pub use arguments::{
    AccountCommand, Command, CommandLine, DatabaseCommand, DocumentFormat, GlobalArguments, KeyUriSource,
    ServeArguments, TotpCommand,
};
pub use commands::{check_account_command, print_completions, run_account_command, run_totp_command};
pub use error::CommandError;
pub use exit::Exit;
pub use moment::Moment;
pub use output::{Output, OutputFormat, View};
pub use table::{Fact, columns, facts};
pub use terminal::{StandardTerminal, Terminal};
