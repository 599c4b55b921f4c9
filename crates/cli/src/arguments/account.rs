use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use countersign_application::Role;

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Make an account
    Create {
        /// The e-mail address or user name it signs in with
        login: String,
        /// What it may do
        #[arg(long, default_value = "member", value_parser = role_parser())]
        role: Role,
        /// Read the password from standard input, one line, instead of asking for it
        #[arg(long)]
        password_stdin: bool,
    },
    /// List accounts, oldest first
    List {
        /// Only those whose login contains this, in any case
        #[arg(long, value_name = "TEXT")]
        query: Option<String>,
    },
    /// Show an account and its second factor
    Show {
        /// The account's login
        login: String,
    },
    /// Give an account a new password; ends its sessions, and leaves its second factor as it is
    SetPassword {
        /// The account's login
        login: String,
        /// Read the password from standard input, one line, instead of asking for it
        #[arg(long)]
        password_stdin: bool,
    },
    /// Delete an account and everything of it but its audit events
    Delete {
        /// The account's login
        login: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Forget an account's failed attempts, so that its owner need not wait
    Unlock {
        /// The account's login
        login: String,
    },
    /// Disable two-factor authentication for someone who lost their authenticator; ends the account's sessions
    #[command(name = "disable-2fa")]
    DisableTwoFactor {
        /// The account's login
        login: String,
        /// Why, for the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

fn role_parser() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.iter().map(|role| role.as_str()))
        .try_map(|name| Role::from_name(&name).ok_or("no such role"))
}
