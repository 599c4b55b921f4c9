use std::path::PathBuf;

use clap::Subcommand;
use countersign_application::realm::RealmSlug;

use crate::{AppearanceArguments, KeyValue};

/// What can be done with realms.
#[derive(Debug, Subcommand)]
pub enum RealmCommand {
    /// Make a realm; over a server, for operators
    Create {
        /// Its short name, which applications and commands give
        #[arg(value_parser = RealmSlug::new)]
        slug: RealmSlug,
        /// The name that authenticator apps show
        #[arg(long, value_name = "NAME")]
        issuer: String,
        /// The preset that its policy is [default: recommended]
        #[arg(long, value_name = "NAME")]
        preset: Option<String>,
    },
    /// List realms; over a server, for operators
    List,
    /// Show the realm of --realm and its policy
    Show,
    /// Change how the hosted pages of the realm of --realm look, and where they may send users back to
    ///
    /// It holds from the next request on. What breaks a rule changes nothing. docs/hosted-pages.md tells more.
    SetAppearance {
        /// What is to be otherwise
        #[command(flatten)]
        change: AppearanceArguments,
    },
    /// Change the policy of the realm of --realm; it holds from the next request on
    ///
    /// First the preset, then the keys of the file, then those that are typed. What breaks a rule changes nothing.
    /// docs/policies.md lists every key and preset.
    SetPolicy {
        /// Begin with this preset instead of the present policy
        #[arg(long, value_name = "NAME")]
        preset: Option<String>,
        /// Take keys from this file: JSON if its name ends in .json, else TOML
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The name that authenticator apps show from now on
        #[arg(long, value_name = "NAME")]
        issuer: Option<String>,
        /// A key and what it shall be, such as totp.digits=8
        #[arg(value_name = "KEY=VALUE", required_unless_present_any = ["preset", "file", "issuer"])]
        keys: Vec<KeyValue>,
    },
}
