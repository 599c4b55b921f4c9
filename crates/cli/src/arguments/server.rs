use clap::{Args, Subcommand, ValueEnum};

use super::UrlSource;

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

/// What can be done with the database.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum DatabaseCommand {
    /// Bring the schema up to date; `countersign serve` does so as well
    Migrate,
    /// Show whether the schema is up to date
    Status,
    /// Copy the deployment to another database, of any engine, and compare both
    ///
    /// Stop the servers on the database to copy from first: what they change after the copy is lost. While it is copied
    /// nobody can change it. The database to copy to must be empty; on a server it has to be there already. It is not
    /// served before all of it was copied and compared. A copy that was interrupted goes on when the same command is run
    /// again. The key ring is not in the database: the new deployment uses the same file.
    ///
    /// A URL with a password must not be an argument, which everyone on the machine can read: name an environment variable
    /// or a file that holds it.
    Copy(CopyArguments),
}

/// From where to where to copy.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct CopyArguments {
    /// The database to copy from: its URL without a password, env:NAME or file:PATH
    ///
    /// A URL is sqlite:///PATH, postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE. With env:NAME the environment
    /// variable NAME holds it, with file:PATH the first line of the file; there it may have a password.
    #[arg(value_name = "FROM")]
    pub from: UrlSource,
    /// The database to copy to, in the same way
    #[arg(value_name = "TO")]
    pub to: UrlSource,
}

/// The form of a printed document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocumentFormat {
    /// JSON.
    Json,
}
