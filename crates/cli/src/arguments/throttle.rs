use std::net::IpAddr;

use clap::Subcommand;

/// What can be done with the waits for failed sign-ins.
#[derive(Debug, Subcommand)]
pub enum ThrottleCommand {
    /// List the networks that wait for failed sign-ins, those that failed last first
    List,
    /// End the waits of one network, or all of them; `account unlock` ends those of an account
    Clear {
        /// An address of the network: an IPv4 address, or one of a /64 of IPv6
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        address: Option<IpAddr>,
        /// Every wait for failed sign-ins, of all networks and accounts
        #[arg(long)]
        all: bool,
    },
}
