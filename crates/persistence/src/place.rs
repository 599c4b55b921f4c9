//! Where a database is.

use std::fmt;
use std::net::IpAddr;

use url::Url;

use crate::{Engine, OpenError};

/// Where a database is, without what opens it: no password stands in it, so that it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    engine: Engine,
    shown: String,
    local: bool,
}

impl Place {
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
        let (scheme, rest) = url.split_once(':').ok_or(OpenError::Url(SCHEMES))?;
        let (engine, parameters) = match scheme {
            "sqlite" if rest.trim_start_matches('/').is_empty() => return Err(OpenError::Url("it names no file")),
            "sqlite" => return Ok(Self { engine: Engine::Sqlite, shown: url.to_owned(), local: true }),
            "postgres" | "postgresql" => (Engine::Postgres, POSTGRES_PARAMETERS),
            "mysql" => (Engine::MySql, MYSQL_PARAMETERS),
            _ => return Err(OpenError::Url(SCHEMES)),
        };
        let url = Url::parse(url).map_err(|_| OpenError::Url("it is malformed"))?;
        let mut socket = None;
        for (name, value) in url.query_pairs() {
            if !parameters.contains(&&*name) {
                return Err(OpenError::Url("it has a parameter that does not exist"));
            }
            if matches!(&*name, "host" | "socket") {
                socket = Some(value.into_owned());
            }
        }
        let database = url.path().trim_start_matches('/');
        if database.is_empty() {
            return Err(OpenError::Url("it names no database, as in postgres://user@host/database"));
        }
        if url.username().is_empty() {
            return Err(OpenError::Url("it names no user, as in postgres://user@host/database"));
        }
        let host = socket.or_else(|| url.host_str().map(str::to_owned)).unwrap_or_default();
        if host.is_empty() {
            return Err(OpenError::Url("it names no host"));
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self { engine, local: is_local(&host), shown: format!("{scheme}://{host}{port}/{database}") })
    }

    /// Of which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Whether the way to it does not leave this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.local
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

const SCHEMES: &str = "it must begin with sqlite:, postgres: or mysql:";
const POSTGRES_PARAMETERS: &[&str] = &["sslmode", "sslrootcert", "sslcert", "sslkey", "host"];
const MYSQL_PARAMETERS: &[&str] = &["ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "socket"];

/// Whether a URL says how TLS is to be used. Where it does not, a server on another machine has to prove who it is.
pub(crate) fn names_tls(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.query_pairs().any(|(name, _)| matches!(&*name, "sslmode" | "ssl-mode")))
}

fn is_local(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.starts_with('/') || host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_shown_without_user_and_password() {
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
            let place = Place::parse(url).unwrap();
            assert_eq!((place.to_string().as_str(), place.engine(), place.is_local()), (shown, engine, local), "{url}");
        }
    }

    #[test]
    fn a_url_that_is_not_understood_whole_is_refused() {
        for url in [
            "",
            "cs.db",
            "oracle://u@h/d",
            "sqlite:",
            "sqlite://",
            "postgres://u@h",
            "postgres://h/d",
            "postgres:///d",
            "mysql://u@h/",
            "postgres://u@h/d?ssl_mode=verify-full",
            "postgres://u@h/d?sslmode=verify-full&options=-c%20fsync%3Doff",
            "mysql://u@h/d?sslmode=DISABLED",
        ] {
            assert!(matches!(Place::parse(url), Err(OpenError::Url(_))), "{url}");
        }
    }
}
