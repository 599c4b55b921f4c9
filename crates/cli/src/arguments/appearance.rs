use std::path::PathBuf;

use clap::Args;

/// What is to become of a realm's appearance. What is left out stays as it is.
#[derive(Debug, Default, Args)]
#[group(required = true, multiple = true)]
pub struct AppearanceArguments {
    /// What the pages call the realm
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,
    /// Call it by its issuer again
    #[arg(long, conflicts_with = "name")]
    pub no_name: bool,
    /// The color of buttons and links, such as '#0a7d55'
    #[arg(long, value_name = "COLOR")]
    pub accent: Option<String>,
    /// Use Countersign's own color again
    #[arg(long, conflicts_with = "accent")]
    pub no_accent: bool,
    /// The picture beside the name: PNG, SVG or WebP, at most 64 KiB
    #[arg(long, value_name = "FILE")]
    pub logo: Option<PathBuf>,
    /// Show no picture of its own any more
    #[arg(long, conflicts_with = "logo")]
    pub no_logo: bool,
    /// Whom users ask where they cannot help themselves, such as 'IT desk'
    #[arg(long, value_name = "TEXT")]
    pub contact_name: Option<String>,
    /// Call that an administrator again
    #[arg(long, conflicts_with = "contact_name")]
    pub no_contact_name: bool,
    /// Where users ask: a page (https://…), a mailbox (mailto:…) or a telephone (tel:…)
    #[arg(long, value_name = "LINK")]
    pub contact_link: Option<String>,
    /// Say nothing of where to ask any more
    #[arg(long, conflicts_with = "contact_link")]
    pub no_contact_link: bool,
    /// The time zone of the IANA database whose time the pages tell, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Tell times in UTC again
    #[arg(long, conflicts_with = "time_zone")]
    pub no_time_zone: bool,
    /// An address that the pages may send users back to, with everything below it. Give it once for each: they replace
    /// all that were allowed before
    #[arg(long, value_name = "URL")]
    pub return_to: Vec<String>,
    /// Send users back to nowhere any more
    #[arg(long, conflicts_with = "return_to")]
    pub no_return_to: bool,
}
