use std::path::PathBuf;

use clap::Subcommand;

/// What can be done with master keys.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum KeyCommand {
    /// List the keys of the key ring, with what needs each
    List,
    /// Make a new key ring with one key, for a new deployment
    ///
    /// `countersign serve` does so by itself. This is for a file elsewhere, a systemd credential, or the environment variable
    /// COUNTERSIGN_MASTER_KEY. Nothing that exists is overwritten.
    Create {
        /// The file to make, or - for standard output [default: where the settings say]
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Add a key that opens and does not seal yet: the first step of a rotation on several nodes
    ///
    /// Copy the key ring to every node then, and make the key the primary one with `countersign key rotate`.
    Add,
    /// Seal under another key from now on
    ///
    /// With an SQLite database, a new key is made. With a database server it is the key that `countersign key add` made, which every
    /// node must have by then. Running servers take the changed key ring over by themselves.
    Rotate {
        /// There is only this node on the database server: make a new key at once
        #[arg(long)]
        only_node: bool,
        /// Do not ask whether every node has the key
        #[arg(long)]
        yes: bool,
    },
    /// Seal everything under the primary key that is not, while servers run
    ///
    /// Ended early, it goes on where it was when it is run again.
    Rewrap,
    /// Put a key out of use that nothing needs any more
    Retire {
        /// The key, as `countersign key list` shows it
        #[arg(value_name = "ID")]
        id: String,
        /// Put recovery codes out of use that were made with it: their owners have to make new ones
        #[arg(long)]
        void_recovery_codes: bool,
        /// Do not ask for confirmation
        #[arg(long)]
        yes: bool,
    },
    /// Open everything that is sealed, in all realms, and name each row that does not open
    Check,
}

impl KeyCommand {
    /// Whether it asks before it does something, and was not told that the answer is yes.
    #[must_use]
    pub fn asks(&self) -> bool {
        matches!(self, Self::Retire { yes: false, .. })
    }
}
