use clap::{Args, Subcommand};
use countersign_application::account::{AccountName, AccountOrder, Role, WantedAccounts};
use countersign_application::second_factor::TwoFactorStatus;

use super::{ExportFormat, named};

/// The account that is meant.
#[derive(Clone, Debug, Args)]
pub struct AccountArgument {
    /// The account's login, a subject's identifier, or the id of either
    #[arg(value_name = "ACCOUNT")]
    name: String,
    /// ACCOUNT is the application's own identifier of its user: mean this subject, and no account that signs in
    #[arg(long)]
    subject: bool,
}

impl AccountArgument {
    /// What the account is called.
    #[must_use]
    pub fn name(&self) -> AccountName {
        let name = self.name.clone();
        if self.subject { AccountName::Subject(name) } else { AccountName::Any(name) }
    }
}

/// The accounts that are meant.
#[derive(Clone, Debug, Args)]
pub struct AccountsArgument {
    /// Logins, identifiers of subjects, or the ids of either
    #[arg(value_name = "ACCOUNT", required = true, num_args = 1..=1000)]
    names: Vec<String>,
    /// Each ACCOUNT is the application's own identifier of its user: mean these subjects, and no accounts that sign in
    #[arg(long)]
    subject: bool,
}

impl AccountsArgument {
    /// What the accounts are called.
    #[must_use]
    pub fn names(&self) -> Vec<AccountName> {
        let name = |name: &String| {
            if self.subject { AccountName::Subject(name.clone()) } else { AccountName::Any(name.clone()) }
        };
        self.names.iter().map(name).collect()
    }
}

/// Which accounts are asked for. All that is given must fit.
#[derive(Clone, Debug, Args)]
pub struct AccountFilterArguments {
    /// Only accounts whose login contains this, in any case, and subjects whose identifier or label does
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    /// Only those of this role
    #[arg(long, value_parser = named::role())]
    role: Option<Role>,
    /// Only those whose second factor is in this state
    #[arg(long, value_name = "STATE", value_parser = named::two_factor_status())]
    two_factor: Option<TwoFactorStatus>,
    /// Only those that are disabled
    #[arg(long)]
    disabled: bool,
    /// Only those that are not disabled
    #[arg(long, conflicts_with = "disabled")]
    active: bool,
    /// Only those whose codes are not looked at now, because of earlier failures
    #[arg(long)]
    waiting: bool,
    /// Only those that sign in and never have
    #[arg(long)]
    never_signed_in: bool,
    /// Only those that are not disabled and have no second factor, though one is required of them
    #[arg(long)]
    required_but_missing: bool,
}

impl AccountFilterArguments {
    /// Which accounts are meant.
    #[must_use]
    pub fn wanted(&self) -> WantedAccounts {
        WantedAccounts {
            query: self.query.clone(),
            two_factor: self.two_factor,
            role: self.role,
            disabled: (self.disabled || self.active).then_some(self.disabled),
            waiting: self.waiting,
            never_signed_in: self.never_signed_in,
            required_but_missing: self.required_but_missing,
        }
    }
}

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
    /// List accounts and subjects, oldest first unless --sort says otherwise
    List {
        /// Which.
        #[command(flatten)]
        filter: AccountFilterArguments,
        /// In this order: as they were made, by login, or by last sign-in, where those that never signed in come first; _desc is
        /// the other way round
        #[arg(long, value_name = "ORDER", default_value = "created", value_parser = named::account_order())]
        sort: AccountOrder,
    },
    /// Print accounts and subjects for other programs, one a line
    Export {
        /// Which.
        #[command(flatten)]
        filter: AccountFilterArguments,
        /// In this order, as `list` has it
        #[arg(long, value_name = "ORDER", default_value = "created", value_parser = named::account_order())]
        sort: AccountOrder,
        /// The form
        #[arg(long, default_value = "jsonl")]
        format: ExportFormat,
    },
    /// Refuse signing in to accounts, or the use of subjects, until they are enabled; ends their sessions
    Disable {
        /// Which
        #[command(flatten)]
        accounts: AccountsArgument,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Allow signing in to accounts, or the use of subjects, again
    Enable {
        /// Which
        #[command(flatten)]
        accounts: AccountsArgument,
    },
    /// Sign accounts out everywhere
    EndSessions {
        /// Which
        #[command(flatten)]
        accounts: AccountsArgument,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Show an account or a subject, and its second factor
    Show {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
    },
    /// Give an account another login; its second factor, sessions and devices stay
    Rename {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
        /// The login it has from now on
        #[arg(value_name = "NEW_LOGIN")]
        new: String,
    },
    /// Give an account another role
    SetRole {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
        /// What it may do from now on
        #[arg(value_parser = named::role())]
        role: Role,
        /// Also take the role of owner from the last one who can sign in; beside the database only
        #[arg(long)]
        yes_the_last_owner: bool,
    },
    /// Give an account a new password; ends its sessions, and leaves its second factor as it is
    SetPassword {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
        /// Read the password from standard input, one line, instead of asking for it
        #[arg(long)]
        password_stdin: bool,
        /// The password has to be changed at the next sign-in, before anything else: for one that is given to someone else
        #[arg(long)]
        must_change_password: bool,
    },
    /// Make a link by which someone sets the password of an account, once and within three days; nobody else ever knows it
    PasswordLink {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
    },
    /// Require a second factor of an account, whatever the policy says
    #[command(name = "require-2fa")]
    RequireTwoFactor {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
        /// Exempt it instead, such as the account of a service
        #[arg(long)]
        exempt: bool,
        /// Leave it to the policy again
        #[arg(long, conflicts_with = "exempt")]
        by_policy: bool,
    },
    /// Delete an account or a subject, and everything of it but its audit events
    Delete {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
        /// Why, for the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// Also delete the last owner who can sign in; beside the database only
        #[arg(long)]
        yes_the_last_owner: bool,
    },
    /// Forget the failed attempts of an account or a subject, so that its owner need not wait
    Unlock {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
    },
    /// Disable two-factor authentication for someone who lost their authenticator; ends the account's sessions
    #[command(name = "disable-2fa")]
    DisableTwoFactor {
        /// Which
        #[command(flatten)]
        account: AccountArgument,
        /// Why, for the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}
