use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{AccountCommand, ApiKeyCommand, AuditCommand, RealmCommand};
use crate::ServerUrl;

/// What can be done beside the database, and by an administrator over a server.
#[derive(Debug, Subcommand)]
pub enum AdministrationCommand {
    /// Look after accounts
    Account {
        /// Where.
        #[command(flatten)]
        place: Place,
        /// What.
        #[command(subcommand)]
        command: AccountCommand,
    },
    /// Look after realms and their policies
    Realm {
        /// Where.
        #[command(flatten)]
        place: Place,
        /// What.
        #[command(subcommand)]
        command: RealmCommand,
    },
    /// Look after API keys
    ApiKey {
        /// Where.
        #[command(flatten)]
        place: Place,
        /// What.
        #[command(subcommand)]
        command: ApiKeyCommand,
    },
    /// Read the audit trail
    Audit {
        /// Where.
        #[command(flatten)]
        place: Place,
        /// What.
        #[command(subcommand)]
        command: AuditCommand,
    },
}

/// Where the realm is.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// A running server, instead of the deployment on this machine; needs COUNTERSIGN_TOKEN, an API key with the scope
    /// admin or the token of an administrator's session, and means that token's realm, or for an operator that of
    /// --realm [default: $COUNTERSIGN_SERVER]
    #[arg(long, global = true, value_name = "URL", help_heading = "Global options")]
    pub server: Option<ServerUrl>,
    /// With --server and a session's token, take your own password from the first line of this file, and a code, if
    /// two-factor is on for you, from the second; - is standard input [default: ask on the terminal]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub proof_file: Option<PathBuf>,
}

impl AdministrationCommand {
    fn place(&self) -> &Place {
        match self {
            Self::Account { place, .. }
            | Self::Realm { place, .. }
            | Self::ApiKey { place, .. }
            | Self::Audit { place, .. } => place,
        }
    }

    /// The server that was typed.
    #[must_use]
    pub fn server(&self) -> Option<&ServerUrl> {
        self.place().server.as_ref()
    }

    /// Where the own proof is, if not to be asked for.
    #[must_use]
    pub fn proof_file(&self) -> Option<&Path> {
        self.place().proof_file.as_deref()
    }

    /// Whether it seals something, and so needs the master keys of the deployment that it runs beside.
    #[must_use]
    pub fn seals(&self) -> bool {
        matches!(self, Self::Account { command: AccountCommand::PasswordLink { .. }, .. })
    }

    /// Whether it does something that outlasts a session.
    #[must_use]
    pub fn outlasts_a_session(&self) -> bool {
        match self {
            Self::Account { command, .. } => match command {
                AccountCommand::Create { .. }
                | AccountCommand::Rename { .. }
                | AccountCommand::SetRole { .. }
                | AccountCommand::SetPassword { .. }
                | AccountCommand::PasswordLink { .. }
                | AccountCommand::Delete { .. }
                | AccountCommand::Disable { .. }
                | AccountCommand::Enable { .. }
                | AccountCommand::EndSessions { .. }
                | AccountCommand::RequireTwoFactor { .. }
                | AccountCommand::DisableTwoFactor { .. } => true,
                AccountCommand::List { .. }
                | AccountCommand::Export { .. }
                | AccountCommand::Show { .. }
                | AccountCommand::Unlock { .. } => false,
            },
            Self::Realm { command, .. } => !matches!(command, RealmCommand::List | RealmCommand::Show),
            Self::ApiKey { command, .. } => !matches!(command, ApiKeyCommand::List),
            Self::Audit { .. } => false,
        }
    }
}
