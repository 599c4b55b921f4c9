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
    /// admin or the token of an administrator's session, and means that token's realm [default: $COUNTERSIGN_SERVER]
    #[arg(long, global = true, value_name = "URL", help_heading = "Global options")]
    pub server: Option<ServerUrl>,
}

impl AdministrationCommand {
    /// The server that was typed.
    #[must_use]
    pub fn server(&self) -> Option<&ServerUrl> {
        match self {
            Self::Account { place, .. }
            | Self::Realm { place, .. }
            | Self::ApiKey { place, .. }
            | Self::Audit { place, .. } => place.server.as_ref(),
        }
    }
}
