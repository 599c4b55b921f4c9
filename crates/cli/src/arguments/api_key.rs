use clap::Subcommand;
use countersign_application::api_key::Scope;

use super::named;

/// What can be done with API keys.
#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    /// Make an API key and print it, this once
    Create {
        /// What it is called
        #[arg(long)]
        name: String,
        /// What it may be used for; may be given several times
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = named::scope())]
        scopes: Vec<Scope>,
        /// After how many days it opens nothing [default: never]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
        expires_in: Option<u32>,
    },
    /// List API keys, newest first; never the keys themselves
    List,
    /// Revoke an API key; it opens nothing from the next request on
    Revoke {
        /// Its identifier
        id: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}
