//! What each setting may be: a sentence for people and a function for the program.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_application::TrustedProxies;
use countersign_application::text::IssuerName;
use countersign_persistence::{OpenError, Place};
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::layers::Value;

/// Where the database is, and what opens it. Hidden in debug output: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DatabaseUrl {
    url: String,
    place: Place,
}

impl DatabaseUrl {
    /// Reads a URL; the error says what is wrong with it.
    pub(super) fn parse(url: String) -> Result<Self, &'static str> {
        match Place::parse(&url) {
            Ok(place) => Ok(Self { url, place }),
            Err(OpenError::Url(reason)) => Err(reason),
            Err(_) => Err("it is not usable"),
        }
    }

    /// The URL of an SQLite file.
    pub(super) fn of_file(path: &Path) -> Result<Self, &'static str> {
        // What a URL takes for its own signs.
        let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        Self::parse(format!("sqlite://{path}"))
    }

    /// The same with a password, which must not be in it yet.
    pub(super) fn with_password(&self, password: &str) -> Result<Self, &'static str> {
        let mut url = Url::parse(&self.url).ok().filter(|_| self.place.engine().is_server()).ok_or(NO_SERVER)?;
        if url.password().is_some() {
            return Err("must not be set beside a password in `database_url`");
        }
        let encoded: String = password.bytes().map(|byte| format!("%{byte:02X}")).collect();
        url.set_password(Some(&encoded)).map_err(|()| NO_SERVER)?;
        Self::parse(url.into())
    }

    /// The URL.
    pub(crate) fn as_str(&self) -> &str {
        &self.url
    }

    /// Whether it is on a server, which several nodes may share, and not a file of this one.
    pub(crate) fn is_server(&self) -> bool {
        self.place.engine().is_server()
    }

    /// How messages name the database: where it is, without user and password.
    pub(crate) fn for_people(&self) -> String {
        self.place.to_string()
    }

    /// How the way to the database is protected.
    pub(crate) fn protection(&self) -> Protection {
        if self.place.is_local() {
            return Protection::Local;
        }
        let url = Url::parse(&self.url).ok();
        let mode = url.and_then(|url| {
            let modes = url.query_pairs().filter(|(name, _)| matches!(&**name, "sslmode" | "ssl-mode"));
            modes.last().map(|(_, mode)| mode.to_ascii_lowercase().replace('_', "-"))
        });
        match mode.as_deref() {
            // Where nothing is said, the strictest holds.
            None | Some("verify-full" | "verify-identity") => Protection::Proven,
            Some("verify-ca") => Protection::OfAnyName,
            Some("require" | "required") => Protection::Unproven,
            Some(_) => Protection::None,
        }
    }
}

const NO_SERVER: &str = "is for a database server, and `database_url` names none";

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl")
    }
}

/// How the way to the database is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protection {
    /// It does not leave this machine.
    Local,
    /// By TLS with a server that proves to be the one that the URL names.
    Proven,
    /// By TLS with any server that has a certificate of a trusted authority.
    OfAnyName,
    /// By TLS with whoever answers.
    Unproven,
    /// By nothing, at least if whoever answers wants it so.
    None,
}

impl Protection {
    /// What is wrong with it, if anything is.
    pub(crate) fn weakness(self) -> Option<&'static str> {
        match self {
            Self::Local | Self::Proven => None,
            Self::OfAnyName => {
                Some("any server with a certificate of a trusted authority could stand in for the database")
            }
            Self::Unproven => Some("whoever answers in its place is taken for the database server"),
            Self::None => Some("passwords and data may pass the network in the clear"),
        }
    }

    /// What to do about a weakness.
    pub(crate) const REMEDY: &str = "leave sslmode (MySQL and MariaDB: ssl-mode) out of `database_url`, and name the \
                                     authority that signed the server's certificate with sslrootcert= (ssl-ca=)";
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
    DatabaseUrl::parse(text(value).ok_or("it is not text")?.to_owned())
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
