use std::net::IpAddr;

use clap::{Args, Subcommand, ValueEnum};
use countersign_application::account::AccountName;
use countersign_application::audit::{ActorKind, AuditOutcome, EventKind};
use countersign_wire::Moment;

use super::named;

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List audit events, newest first
    List {
        /// Which.
        #[command(flatten)]
        filter: AuditFilterArguments,
        /// How many at most
        #[arg(long, value_name = "NUMBER", default_value = "50", value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Print all audit events for other programs, newest first, one a line
    Export {
        /// Which.
        #[command(flatten)]
        filter: AuditFilterArguments,
        /// How many at most [default: all]
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
        limit: Option<u32>,
        /// The form
        #[arg(long, default_value = "jsonl")]
        format: ExportFormat,
    },
}

/// Which audit events are asked for. All that is given must fit.
#[derive(Clone, Debug, Args)]
pub struct AuditFilterArguments {
    /// Only of this kind
    #[arg(long, value_parser = named::event(), hide_possible_values = true)]
    pub event: Option<EventKind>,
    /// Only concerning this account: its login, a subject's identifier, or an id, which also finds what happened to one that is
    /// gone
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Only concerning this subject, by the application's own identifier of its user
    #[arg(long, value_name = "SUBJECT", conflicts_with = "account")]
    pub subject: Option<String>,
    /// Only what was done (success) or refused (failure)
    #[arg(long, value_parser = named::outcome())]
    pub outcome: Option<AuditOutcome>,
    /// Only from this address
    #[arg(long, value_name = "ADDRESS")]
    pub address: Option<IpAddr>,
    /// Only what someone did who acted in this role
    #[arg(long, value_name = "KIND", value_parser = named::actor_kind())]
    pub actor_kind: Option<ActorKind>,
    /// Only what was done by this account (login or id) or with this API key (name or id)
    #[arg(long, value_name = "WHO")]
    pub actor: Option<String>,
    /// Only concerning accounts whose login, as it was then, contains this
    #[arg(long, value_name = "TEXT")]
    pub login: Option<String>,
    /// Only at this time or later, such as 2026-03-01T09:00:00Z
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub since: Option<Moment>,
    /// Only before this time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub until: Option<Moment>,
}

impl AuditFilterArguments {
    /// What whoever the events concern is called.
    pub(crate) fn name(&self) -> Option<AccountName> {
        let subject = self.subject.clone().map(AccountName::Subject);
        subject.or_else(|| self.account.clone().map(AccountName::Any))
    }
}

/// The form of exported events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a header.
    Csv,
}

fn moment(text: &str) -> Result<Moment, &'static str> {
    Moment::parse(text).ok_or("must be a time as RFC 3339 writes it, for example 2026-03-01T09:00:00Z")
}
