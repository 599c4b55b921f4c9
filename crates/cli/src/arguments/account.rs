use clap::Subcommand;
use countersign_application::{Role, TwoFactorStatus};

use super::named;

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Make an account
    Create {
        /// The e-mail address or user name it signs in with
        login: String,
        /// What it may do
        #[arg(long, default_value = "member", value_parser = named::role())]
        role: Role,
        /// Read the password from standard input, one line, instead of asking for it
        #[arg(long)]
        password_stdin: bool,
        /// The password has to be changed at the next sign-in, before anything else: for one that is given to someone else
        #[arg(long)]
        must_change_password: bool,
    },
    /// List accounts, oldest first
    List {
        /// Only those whose login contains this, in any case
        #[arg(long, value_name = "TEXT")]
        query: Option<String>,
        /// Only those of this role
        #[arg(long, value_parser = named::role())]
        role: Option<Role>,
        /// Only those whose second factor is in this state
        #[arg(long, value_name = "STATE", value_parser = named::two_factor_status())]
        two_factor: Option<TwoFactorStatus>,
    },
    /// Show an account and its second factor
    Show {
        /// The account's login
        login: String,
    },
    /// Give an account another login; its second factor, sessions and devices stay
    Rename {
        /// The account's login
        login: String,
        /// The login it has from now on
        #[arg(value_name = "NEW_LOGIN")]
        new: String,
    },
    /// Give an account another role
    SetRole {
        /// The account's login
        login: String,
        /// What it may do from now on
        #[arg(value_parser = named::role())]
        role: Role,
        /// Also take the role of owner from the last one who can sign in; beside the database only
        #[arg(long)]
        yes_the_last_owner: bool,
    },
    /// Give an account a new password; ends its sessions, and leaves its second factor as it is
    SetPassword {
        /// The account's login
        login: String,
        /// Read the password from standard input, one line, instead of asking for it
        #[arg(long)]
        password_stdin: bool,
        /// The password has to be changed at the next sign-in, before anything else: for one that is given to someone else
        #[arg(long)]
        must_change_password: bool,
    },
    /// Require a second factor of an account, whatever the policy says
    #[command(name = "require-2fa")]
    RequireTwoFactor {
        /// The account's login
        login: String,
        /// Exempt it instead, such as the account of a service
        #[arg(long)]
        exempt: bool,
        /// Leave it to the policy again
        #[arg(long, conflicts_with = "exempt")]
        by_policy: bool,
    },
    /// Delete an account and everything of it but its audit events
    Delete {
        /// The account's login
        login: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// Also delete the last owner who can sign in; beside the database only
        #[arg(long)]
        yes_the_last_owner: bool,
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
