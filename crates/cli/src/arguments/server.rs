use clap::{Args, Subcommand, ValueEnum};

/// How to run the server.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeArguments {
    /// The address and port to listen on, 0 for any free port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The database's URL [default: the file countersign.db in the data directory]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

/// What can be done with the database's schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum DatabaseCommand {
    /// Bring the schema up to date; `countersign serve` does so as well
    Migrate,
    /// Show whether the schema is up to date
    Status,
}

/// The form of a printed document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocumentFormat {
    /// JSON.
    Json,
}
