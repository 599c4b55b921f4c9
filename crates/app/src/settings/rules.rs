//! What each setting may be: a sentence for people and a function for the program.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

use super::layers::Value;

/// Where the database is. Hidden in debug output: on some engines it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL of an SQLite file.
    pub(crate) fn of_file(path: &Path) -> Self {
        // What a URL takes for its own signs.
        let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        Self(format!("sqlite://{path}"))
    }

    /// The URL.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// How messages name the database: a file, or only which engine it is.
    pub(crate) fn for_people(&self) -> &str {
        match self.0.split_once(':') {
            Some(("sqlite", _)) => &self.0,
            Some((engine, _)) => engine,
            None => "the database",
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl")
    }
}

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

pub(super) const DATABASE_URL: &str = "must be a URL such as sqlite:///var/lib/countersign/countersign.db";

pub(super) fn database_url(value: &Value) -> Option<DatabaseUrl> {
    let url = text(value)?;
    let (scheme, rest) = url.split_once(':')?;
    (scheme == "sqlite" && !rest.is_empty()).then(|| DatabaseUrl(url.to_owned()))
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
        let network = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))?;
        (network.prefix_len() > 0).then_some(network)
    };
    match value {
        Value::Text(text) if text.trim().is_empty() => Some(Vec::new()),
        Value::Text(text) => text.split(',').map(network).collect(),
        Value::List(items) => items.iter().map(|item| network(item)).collect(),
        Value::Other => None,
    }
}

pub(super) const ISSUER: &str = "must be 1 to 200 characters, without ':' and control characters";

pub(super) fn issuer(value: &Value) -> Option<String> {
    let issuer = text(value)?.trim();
    let good = (1..=200).contains(&issuer.chars().count()) && !issuer.chars().any(|c| c == ':' || c.is_control());
    good.then(|| issuer.to_owned())
}

pub(super) const READERS: &str = "must be a whole number from 1 to 64";

pub(super) fn readers(value: &Value) -> Option<u32> {
    number(value, 1, 64)
}

pub(super) const COMPUTATIONS: &str = "must be a whole number from 1 to 1024";

pub(super) fn computations(value: &Value) -> Option<usize> {
    number(value, 1, 1024).map(|number| number as usize)
}

pub(super) const QUEUE: &str = "must be a whole number from 0 to 65536";

pub(super) fn queue(value: &Value) -> Option<usize> {
    number(value, 0, 65_536).map(|number| number as usize)
}

pub(super) const SHUTDOWN: &str = "must be a whole number of seconds from 0 to 3600";

pub(super) fn shutdown(value: &Value) -> Option<Duration> {
    number(value, 0, 3600).map(|seconds| Duration::from_secs(seconds.into()))
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
