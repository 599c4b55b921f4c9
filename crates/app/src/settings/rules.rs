//! What each setting may be: a sentence for people and a function for the program.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_application::TrustedProxies;
use countersign_application::text::IssuerName;
use countersign_persistence::{DatabaseUrl, OpenError};
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use super::layers::Value;

/// What to do where the way to the database is weakly protected.
pub(crate) const PROTECT_THE_WAY: &str = "leave sslmode (MySQL and MariaDB: ssl-mode) out of `database_url`, and name \
                                          the authority that signed the server's certificate with sslrootcert= \
                                          (ssl-ca=)";

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::List(_) | Value::Other => None,
    }
}

fn number(value: &Value, least: u32, most: u32) -> Option<u32> {
    let text = text(value)?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && (least..=most).contains(number))
}

fn seconds(value: &Value, least: u32, most: u32) -> Option<Duration> {
    number(value, least, most).map(|seconds| Duration::from_secs(seconds.into()))
}

pub(super) const PATH: &str = "must be the path of a file or directory";

pub(super) fn path(value: &Value) -> Option<PathBuf> {
    absolute(Path::new(text(value).filter(|text| !text.is_empty())?))
}

/// The same path from the root, so that messages can be understood elsewhere.
pub(super) fn absolute(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    // Without `.` and doubled separators; what `..` means only the file system knows.
    Some(absolute.components().collect())
}

pub(super) fn database_url(value: &Value) -> Result<DatabaseUrl, &'static str> {
    match DatabaseUrl::parse(text(value).ok_or("it is not text")?) {
        Ok(url) => Ok(url),
        Err(OpenError::Url(reason)) => Err(reason),
        Err(_) => Err("it is not usable"),
    }
}

pub(super) const ADDRESS: &str = "must be an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080";

pub(super) fn address(value: &Value) -> Option<SocketAddr> {
    text(value)?.parse().ok()
}

pub(super) const NETWORKS: &str =
    "must be a list of networks such as 10.0.0.0/8 or single addresses, and not everyone (/0)";

pub(super) fn networks(value: &Value) -> Option<Vec<IpNet>> {
    let network = |text: &str| {
        let text = text.trim();
        text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    };
    let networks: Vec<IpNet> = match value {
        Value::Text(text) if text.trim().is_empty() => Some(Vec::new()),
        Value::Text(text) => text.split(',').map(network).collect(),
        Value::List(items) => items.iter().map(|item| network(item)).collect(),
        Value::Other => None,
    }?;
    // Two halves are everyone as well.
    Some(networks).filter(|networks| !TrustedProxies(networks.clone()).are_everyone())
}

pub(super) const SHARE: &str = "must be a whole number from 16 to 65536";

pub(super) fn share(value: &Value) -> Option<usize> {
    number(value, 16, 65_536).map(|number| number as usize)
}

pub(super) const SWITCH: &str = "must be true or false";

pub(super) fn switch(value: &Value) -> Option<bool> {
    text(value)?.parse().ok()
}

pub(super) const ISSUER: &str = IssuerName::RULE;

pub(super) fn issuer(value: &Value) -> Option<String> {
    IssuerName::new(text(value)?).ok().map(|issuer| issuer.as_str().to_owned())
}

pub(super) const COOKIE_PREFIX: &str = "must be 1 to 40 lower-case letters, digits and hyphens";

pub(super) fn cookie_prefix(value: &Value) -> Option<String> {
    let prefix = text(value)?;
    let fits = (1..=40).contains(&prefix.len())
        && prefix.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    fits.then(|| prefix.to_owned())
}

pub(super) const CONNECTIONS: &str = "must be a whole number from 1 to 1000";

pub(super) fn connections(value: &Value) -> Option<u32> {
    number(value, 1, 1000)
}

pub(super) const CONNECT: &str = "must be a whole number of seconds from 1 to 60";

pub(super) fn connect(value: &Value) -> Option<Duration> {
    seconds(value, 1, 60)
}

pub(super) const STATEMENT: &str = "must be a whole number of seconds from 1 to 300";

pub(super) fn statement(value: &Value) -> Option<Duration> {
    seconds(value, 1, 300)
}

pub(super) const START: &str = "must be a whole number of seconds from 0 to 3600";

pub(super) fn start(value: &Value) -> Option<Duration> {
    seconds(value, 0, 3600)
}

pub(super) const COMPUTATIONS: &str = "must be a whole number from 1 to 1024";

pub(super) fn computations(value: &Value) -> Option<usize> {
    number(value, 1, 1024).map(|number| number as usize)
}

pub(super) const QUEUE: &str = "must be a whole number from 0 to 65536";

pub(super) fn queue(value: &Value) -> Option<usize> {
    number(value, 0, 65_536).map(|number| number as usize)
}

pub(super) const RETENTION: &str = "must be a whole number of days from 0 to 36500";

pub(super) fn retention(value: &Value) -> Option<u32> {
    number(value, 0, 36_500)
}

pub(super) const SHUTDOWN: &str = "must be a whole number of seconds from 0 to 3600";

pub(super) fn shutdown(value: &Value) -> Option<Duration> {
    seconds(value, 0, 3600)
}

pub(super) const BACKUP_HOURS: &str = "must be a whole number of hours from 1 to 8760";

pub(super) fn backup_hours(value: &Value) -> Option<u32> {
    number(value, 1, 8_760)
}

pub(super) const BACKUP_KEPT: &str = "must be a whole number from 1 to 1000";

pub(super) fn backup_kept(value: &Value) -> Option<usize> {
    number(value, 1, 1_000).map(|number| number as usize)
}

pub(super) const LOG: &str =
    "must be error, warn, info, debug, trace or off, or a filter such as info,countersign_http=debug";

pub(super) fn log(value: &Value) -> Option<String> {
    let filter = text(value).filter(|text| !text.trim().is_empty())?;
    EnvFilter::builder().parse(filter).ok().map(|_| filter.to_owned())
}

pub(super) const LOG_FORMAT: &str = "must be auto, text or json";

pub(super) fn log_format(value: &Value) -> Option<LogFormat> {
    match text(value)? {
        "auto" => Some(LogFormat::Auto),
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    }
}
