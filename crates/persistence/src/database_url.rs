//! Database URLs, read once: where a database is, and what opens it.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use crate::{Engine, OpenError};

/// Where a database is, and what opens it. Shown and debugged it says where, without user and password.
#[derive(Clone)]
pub struct DatabaseUrl {
    shown: String,
    pub(crate) location: Location,
}

/// Where a database is.
#[derive(Clone)]
pub(crate) enum Location {
    File(PathBuf),
    Server(Server),
}

/// A database on a server.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) engine: Engine,
    /// Without the password.
    pub(crate) url: Url,
    pub(crate) password: Option<SecretString>,
    /// A name, an address, or the path of a socket or of its directory.
    host: String,
}

const SCHEMES: &str = "it must begin with sqlite:, postgres: or mysql:";
const MALFORMED: &str = "it is malformed";
const POSTGRES_PARAMETERS: &[&str] = &["sslmode", "sslrootcert", "sslcert", "sslkey", "host"];
const MYSQL_PARAMETERS: &[&str] = &["ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "socket"];

impl DatabaseUrl {
    /// Reads a database URL:
    ///
    /// - `sqlite:///absolute/path.db`, without parameters;
    /// - `postgres://user:password@host:5432/database`, with the parameters `sslmode`, `sslrootcert`, `sslcert`, `sslkey`
    ///   and `host` (the directory of a socket);
    /// - `mysql://user:password@host:3306/database`, with the parameters `ssl-mode`, `ssl-ca`, `ssl-cert`, `ssl-key` and
    ///   `socket`.
    ///
    /// Other parameters are refused rather than overlooked: a mistyped `sslmode` must not be no TLS.
    ///
    /// # Errors
    /// [`OpenError::Url`].
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        Self::read(url).map_err(OpenError::Url)
    }

    fn read(url: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = url.split_once(':').ok_or(SCHEMES)?;
        let (engine, parameters) = match scheme {
            "sqlite" => {
                let location = Location::File(path_of(rest.strip_prefix("//").unwrap_or(rest))?);
                return Ok(Self { shown: url.to_owned(), location });
            }
            "postgres" | "postgresql" => (Engine::Postgres, POSTGRES_PARAMETERS),
            "mysql" => (Engine::MySql, MYSQL_PARAMETERS),
            _ => return Err(SCHEMES),
        };
        let mut url = Url::parse(url).map_err(|_| MALFORMED)?;
        let mut socket = None;
        for (name, value) in url.query_pairs() {
            if !parameters.contains(&&*name) {
                return Err("it has a parameter that does not exist");
            }
            if matches!(&*name, "host" | "socket") {
                socket = Some(value.into_owned());
            }
        }
        let database = url.path().trim_start_matches('/').to_owned();
        if database.is_empty() {
            return Err("it names no database, as in postgres://user@host/database");
        }
        if url.username().is_empty() {
            return Err("it names no user, as in postgres://user@host/database");
        }
        let host = socket.or_else(|| url.host_str().map(str::to_owned)).unwrap_or_default();
        if host.is_empty() {
            return Err("it names no host");
        }
        let password = url.password().map(decoded).transpose()?.map(SecretString::from);
        url.set_password(None).map_err(|()| MALFORMED)?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{scheme}://{host}{port}/{database}");
        Ok(Self { shown, location: Location::Server(Server { engine, url, password, host }) })
    }

    /// The database in a file.
    #[must_use]
    pub fn of_file(path: &Path) -> Self {
        // What a URL takes for its own signs.
        let shown = path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
        Self { shown: format!("sqlite://{shown}"), location: Location::File(path.to_owned()) }
    }

    /// The password, where there is one.
    #[must_use]
    pub fn password(&self) -> Option<&SecretString> {
        self.server().and_then(|server| server.password.as_ref())
    }

    /// The same with a password. A file has none.
    #[must_use]
    pub fn with_password(mut self, password: SecretString) -> Self {
        if let Location::Server(server) = &mut self.location {
            server.password = Some(password);
        }
        self
    }

    /// Of which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.server().map_or(Engine::Sqlite, |server| server.engine)
    }

    /// The file that it is; `None` for a server.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match &self.location {
            Location::File(path) => Some(path),
            Location::Server(_) => None,
        }
    }

    /// Whether both name the same database, as far as can be told from how they name it.
    #[must_use]
    pub fn is_same_place(&self, other: &Self) -> bool {
        match (&self.location, &other.location) {
            (Location::File(one), Location::File(other)) => one == other,
            (Location::Server(one), Location::Server(other)) => one.place() == other.place(),
            _ => false,
        }
    }

    /// How the way to the database is protected.
    #[must_use]
    pub fn protection(&self) -> Protection {
        let Some(server) = self.server().filter(|server| !server.is_local()) else { return Protection::Local };
        match server.tls_mode().as_deref() {
            // Where nothing is said, the strictest holds.
            None | Some("verify-full" | "verify-identity") => Protection::Proven,
            Some("verify-ca") => Protection::OfAnyName,
            Some("require" | "required") => Protection::Unproven,
            Some(_) => Protection::None,
        }
    }

    /// The port of a PostgreSQL server that it names over the network.
    #[must_use]
    pub fn postgres_port(&self) -> Option<u16> {
        let server =
            self.server().filter(|server| server.engine == Engine::Postgres && !server.host.starts_with('/'))?;
        Some(server.url.port().unwrap_or(5_432))
    }

    fn server(&self) -> Option<&Server> {
        match &self.location {
            Location::File(_) => None,
            Location::Server(server) => Some(server),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Server {
    /// Whether the way to it does not leave this machine.
    pub(crate) fn is_local(&self) -> bool {
        let address = self.host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        self.host.starts_with('/') || self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// How TLS is to be used, where that is said. Where it is not, a server on another machine has to prove who it is.
    pub(crate) fn tls_mode(&self) -> Option<String> {
        let modes = self.url.query_pairs().filter(|(name, _)| matches!(&**name, "sslmode" | "ssl-mode"));
        modes.last().map(|(_, mode)| mode.to_ascii_lowercase().replace('_', "-"))
    }

    /// The files that TLS needs. The library takes the content of one as well.
    pub(crate) fn tls_files(&self) -> Vec<PathBuf> {
        const NAMES: [&str; 6] = ["sslrootcert", "sslcert", "sslkey", "ssl-ca", "ssl-cert", "ssl-key"];
        self.url
            .query_pairs()
            .filter(|(name, value)| NAMES.contains(&&**name) && !value.trim_start().starts_with("-----BEGIN"))
            .map(|(_, value)| PathBuf::from(value.into_owned()))
            .collect()
    }

    fn place(&self) -> (Engine, &str, Option<u16>, &str) {
        (self.engine, &self.host, self.url.port(), self.url.path())
    }
}

fn path_of(text: &str) -> Result<PathBuf, &'static str> {
    if text.contains('?') {
        // `mode=memory` would give each connection a database of its own; the other parameters are options of ours.
        return Err("it must not have parameters");
    }
    if text.ends_with(":memory:") {
        return Err("a database in memory would be lost; name a file");
    }
    if text.trim_start_matches('/').is_empty() {
        return Err("it names no file");
    }
    Ok(decoded(text)?.into())
}

fn decoded(text: &str) -> Result<String, &'static str> {
    percent_decode_str(text).decode_utf8().map(Into::into).map_err(|_| MALFORMED)
}

/// How the way to a database is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
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
    #[must_use]
    pub fn weakness(self) -> Option<&'static str> {
        match self {
            Self::Local | Self::Proven => None,
            Self::OfAnyName => {
                Some("any server with a certificate of a trusted authority could stand in for the database")
            }
            Self::Unproven => Some("whoever answers in its place is taken for the database server"),
            Self::None => Some("passwords and data may pass the network in the clear"),
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_url_is_shown_without_user_and_password() {
        for (url, shown, engine, local) in [
            ("sqlite:///var/lib/a.db", "sqlite:///var/lib/a.db", Engine::Sqlite, true),
            (
                "postgres://u:p%40@db.example:6432/cs?sslmode=require",
                "postgres://db.example:6432/cs",
                Engine::Postgres,
                false,
            ),
            ("postgresql://u@127.0.0.1/cs", "postgresql://127.0.0.1/cs", Engine::Postgres, true),
            ("postgres://u@[::1]:5432/cs", "postgres://[::1]:5432/cs", Engine::Postgres, true),
            ("postgres://u@localhost/cs?host=/run/postgresql", "postgres:///run/postgresql/cs", Engine::Postgres, true),
            ("mysql://u:p@db/cs?ssl-mode=DISABLED", "mysql://db/cs", Engine::MySql, false),
        ] {
            let read = DatabaseUrl::parse(url).unwrap();
            let is_local = read.protection() == Protection::Local;
            assert_eq!((read.to_string().as_str(), read.engine(), is_local), (shown, engine, local), "{url}");
            assert_eq!(format!("{read:?}"), shown);
        }
    }

    #[test]
    fn the_password_is_kept_apart_from_the_url() {
        let password = |url: &DatabaseUrl| url.password().map(|password| password.expose_secret().to_owned());
        for (url, wanted) in [
            ("postgres://u:hunter2@h/d", Some("hunter2")),
            ("mysql://u:%68%25%34%2F%C3%BC%40%20+@h/d", Some("h%4/ü@ +")),
            ("postgres://u@h/d", None),
            ("sqlite:///hunter2:p@x.db", None),
        ] {
            let read = DatabaseUrl::parse(url).unwrap();
            assert_eq!(password(&read).as_deref(), wanted, "{url}");
            if let Some(server) = read.server() {
                assert_eq!(server.url.password(), None, "{url}");
            }
            let other = read.with_password("other".to_owned().into());
            assert_eq!(password(&other).is_some(), other.server().is_some());
        }
        assert!(matches!(DatabaseUrl::parse("mysql://u:%FF@h/d"), Err(OpenError::Url(MALFORMED))));
    }

    #[test]
    fn a_url_that_is_not_understood_whole_is_refused() {
        for url in [
            "",
            "cs.db",
            "oracle://u@h/d",
            "sqlite:",
            "sqlite://",
            "sqlite::memory:",
            "sqlite:a.db?mode=memory",
            "postgres://u@h",
            "postgres://h/d",
            "postgres:///d",
            "mysql://u@h/",
            "postgres://u@h/d?ssl_mode=verify-full",
            "postgres://u@h/d?sslmode=verify-full&options=-c%20fsync%3Doff",
            "mysql://u@h/d?sslmode=DISABLED",
        ] {
            assert!(matches!(DatabaseUrl::parse(url), Err(OpenError::Url(_))), "{url}");
        }
    }

    #[test]
    fn a_file_is_named_by_its_path_and_shown_as_a_url() {
        let path = |url: &DatabaseUrl| match &url.location {
            Location::File(path) => path.clone(),
            Location::Server(_) => unreachable!("a file"),
        };
        for (url, wanted) in [
            ("sqlite:///var/lib/a.db", "/var/lib/a.db"),
            ("sqlite:a.db", "a.db"),
            ("sqlite://b/a.db", "b/a.db"),
            ("sqlite:///a%3Fb/100%25.db", "/a?b/100%.db"),
        ] {
            assert_eq!(path(&DatabaseUrl::parse(url).unwrap()), Path::new(wanted));
        }
        let url = DatabaseUrl::of_file(Path::new("/a?b/100%.db"));
        assert_eq!(url.to_string(), "sqlite:///a%3Fb/100%25.db");
        assert!(url.is_same_place(&DatabaseUrl::parse(&url.to_string()).unwrap()));
    }

    #[test]
    fn the_same_place_may_be_named_in_several_ways() {
        let same = |one: &str, other: &str| {
            DatabaseUrl::parse(one).unwrap().is_same_place(&DatabaseUrl::parse(other).unwrap())
        };
        assert!(same("postgres://u:p@h/d", "postgresql://other@h/d?sslmode=disable"));
        assert!(same("sqlite:a.db", "sqlite://a.db"));
        assert!(!same("postgres://u@h/d", "postgres://u@h/e"));
        assert!(!same("postgres://u@h/d", "mysql://u@h/d"));
        assert!(!same("postgres://u@h:1/d", "postgres://u@h:2/d"));
        assert!(!same("sqlite:a.db", "sqlite:/a.db"));
    }
}
