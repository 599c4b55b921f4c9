//! The settings: where each comes from, what it may be, and what holds when it is not given.
//!
//! A file, then the environment, then the command line; what comes later is stronger. A name that does not exist is an
//! error everywhere: a setting that was mistyped must not be a setting that does not hold.

mod environment;
mod error;
mod file;
mod layers;
mod reference;
mod rules;

#[cfg(test)]
mod tests;

use countersign_application::text::line_of_file;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_crypto::ComputeLimit;
use countersign_persistence::{DatabaseUrl, StoreOptions};
use ipnet::IpNet;
use secrecy::SecretString;
use zeroize::Zeroizing;

pub(crate) use environment::{Environment, MASTER_KEY};
pub(crate) use error::SettingsError;
pub(crate) use rules::{LogFormat, PROTECT_THE_WAY};

use layers::{Layers, Origin, Value};

/// The name of a systemd credential that is used as the key ring.
const CREDENTIAL: &str = "countersign-master-key";

const NOT_BESIDE: &str = "must not be set beside the environment variable COUNTERSIGN_MASTER_KEY";

/// Settings that were given on the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) config: Option<PathBuf>,
    pub(crate) listen: Option<String>,
    pub(crate) database_url: Option<String>,
}

/// Everything that can be set, complete and checked. All paths are absolute.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: DatabaseUrl,
    pub(crate) database_password_file: Option<PathBuf>,
    pub(crate) database_connections: u32,
    pub(crate) database_connect_seconds: Duration,
    pub(crate) database_statement_seconds: Duration,
    pub(crate) database_start_seconds: Duration,
    pub(crate) master_key_file: PathBuf,
    /// The key ring itself, where it is in the environment; there is no file then.
    pub(crate) master_key: Option<SecretString>,
    pub(crate) seen_file: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) tls_certificate_file: Option<PathBuf>,
    pub(crate) tls_key_file: Option<PathBuf>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) connections_per_address: usize,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) metrics_public: bool,
    pub(crate) issuer: String,
    pub(crate) cookie_prefix: String,
    pub(crate) password_computations: usize,
    pub(crate) password_queue: usize,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) audit_retention_days: Option<u32>,
    pub(crate) shutdown_seconds: Duration,
    pub(crate) backup_dir: Option<PathBuf>,
    pub(crate) backup_hours: u32,
    pub(crate) backup_kept: usize,
    /// The file that the settings came from, where there is one.
    pub(crate) config_file: Option<PathBuf>,
}

impl Settings {
    /// Reads and checks all settings.
    pub(crate) fn load(flags: Flags, environment: &Environment) -> Result<Self, SettingsError> {
        let mut layers = Layers::default();
        let config_file = config_file(flags.config, environment)?;
        if let Some(path) = &config_file {
            file::read(path, &mut layers)?;
        }
        environment.lay(&mut layers)?;
        let given = [("listen", "--listen", flags.listen), ("database_url", "--database", flags.database_url)];
        for (key, flag, value) in given {
            if let Some(value) = value {
                layers.lay(key, Value::Text(value), Origin::Flag(flag));
            }
        }
        Ok(Self { config_file, ..Self::resolve(&mut layers, environment)? })
    }

    fn resolve(layers: &mut Layers, environment: &Environment) -> Result<Self, SettingsError> {
        let data_dir = match layers.take("data_dir", rules::PATH, rules::path)? {
            Some(path) => path,
            // The key ring lies beside the data, and the directory that systemd keeps is all that the service may write to.
            None => match environment.state_directory() {
                Some(directory) => directory.join("data"),
                None => rules::absolute(Path::new("countersign-data")).ok_or(SettingsError::NoWorkingDirectory)?,
            },
        };
        let database_url = layers.take_with("database_url", |value, origin| {
            rules::database_url(value).map_err(|reason| SettingsError::DatabaseUrl { reason, origin })
        })?;
        let database_url = database_url.unwrap_or_else(|| DatabaseUrl::of_file(&data_dir.join("countersign.db")));
        let password = layers
            .take_with("database_password_file", |value, origin| database_password(value, &origin, &database_url))?;
        let (database_password_file, database_url) = match password {
            Some((path, url)) => (Some(path), url),
            None => (None, database_url),
        };
        let usual = StoreOptions::new(database_url.clone());
        let master_key = environment.master_key()?;
        let given = layers.take_with("master_key_file", |value, origin| {
            rules::path(value)
                .ok_or(SettingsError::Value { key: "master_key_file", rule: rules::PATH, origin: origin.clone() })
                .and_then(|path| match master_key {
                    Some(_) => Err(SettingsError::Value { key: "master_key_file", rule: NOT_BESIDE, origin }),
                    None => Ok(path),
                })
        })?;
        let master_key_file = match given {
            Some(path) => path,
            None => environment.credential(CREDENTIAL).unwrap_or_else(|| beside(&data_dir, ".key")),
        };
        let seen_file = match layers.take("seen_file", rules::PATH, rules::path)? {
            Some(path) => path,
            // Nobody can write beside a credential, or a variable.
            None if master_key.is_some() || environment.credential(CREDENTIAL).as_ref() == Some(&master_key_file) => {
                beside(&data_dir, ".seen")
            }
            None => beside(&master_key_file, ".seen"),
        };
        let backup_dir = layers.take_with("backup_dir", |value, origin| backup_dir(value, &origin, &database_url))?;
        let tls_certificate_file = layers.take("tls_certificate_file", rules::PATH, rules::path)?;
        let tls_key_file = layers.take("tls_key_file", rules::PATH, rules::path)?;
        if tls_certificate_file.is_some() != tls_key_file.is_some() {
            return Err(SettingsError::HalfOfTls);
        }
        Ok(Self {
            database_url,
            database_password_file,
            database_connections: layers
                .take("database_connections", rules::CONNECTIONS, rules::connections)?
                .unwrap_or(usual.connections),
            database_connect_seconds: layers
                .take("database_connect_seconds", rules::CONNECT, rules::connect)?
                .unwrap_or(usual.connect_timeout),
            database_statement_seconds: layers
                .take("database_statement_seconds", rules::STATEMENT, rules::statement)?
                .unwrap_or(usual.statement_timeout),
            database_start_seconds: layers
                .take("database_start_seconds", rules::START, rules::start)?
                .unwrap_or(Duration::from_secs(30)),
            master_key_file,
            master_key,
            seen_file,
            listen: layers
                .take("listen", rules::ADDRESS, rules::address)?
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            tls_certificate_file,
            tls_key_file,
            trusted_proxies: layers.take("trusted_proxies", rules::NETWORKS, rules::networks)?.unwrap_or_default(),
            connections_per_address: layers.take("connections_per_address", rules::SHARE, rules::share)?.unwrap_or(256),
            metrics_listen: layers.take("metrics_listen", rules::ADDRESS, rules::address)?,
            metrics_public: layers.take("metrics_public", rules::SWITCH, rules::switch)?.unwrap_or(false),
            issuer: layers.take("issuer", rules::ISSUER, rules::issuer)?.unwrap_or_else(|| "Countersign".to_owned()),
            cookie_prefix: layers
                .take("cookie_prefix", rules::COOKIE_PREFIX, rules::cookie_prefix)?
                .unwrap_or_else(|| "countersign".to_owned()),
            password_computations: layers
                .take("password_computations", rules::COMPUTATIONS, rules::computations)?
                .unwrap_or_else(|| ComputeLimit::default().parallel),
            password_queue: layers.take("password_queue", rules::QUEUE, rules::queue)?.unwrap_or(ComputeLimit::WAITING),
            log: layers.take("log", rules::LOG, rules::log)?.unwrap_or_else(|| "info".to_owned()),
            log_format: layers.take("log_format", rules::LOG_FORMAT, rules::log_format)?.unwrap_or(LogFormat::Auto),
            audit_retention_days: layers
                .take("audit_retention_days", rules::RETENTION, rules::retention)?
                .filter(|days| *days > 0),
            shutdown_seconds: layers
                .take("shutdown_seconds", rules::SHUTDOWN, rules::shutdown)?
                .unwrap_or(Duration::from_secs(20)),
            backup_dir,
            backup_hours: layers.take("backup_hours", rules::BACKUP_HOURS, rules::backup_hours)?.unwrap_or(24),
            backup_kept: layers.take("backup_kept", rules::BACKUP_KEPT, rules::backup_kept)?.unwrap_or(7),
            config_file: None,
            data_dir,
        })
    }
}

/// The file with the database's password, and the URL with it.
fn database_password(
    value: &Value,
    origin: &Origin,
    database: &DatabaseUrl,
) -> Result<(PathBuf, DatabaseUrl), SettingsError> {
    let key = "database_password_file";
    let refused = |rule| SettingsError::Value { key, rule, origin: origin.clone() };
    let path = rules::path(value).ok_or_else(|| refused(rules::PATH))?;
    let unreadable = |source| SettingsError::PasswordFile { path: path.clone(), source, origin: origin.clone() };
    let bytes = Zeroizing::new(std::fs::read(&path).map_err(unreadable)?);
    let password = line_of_file(&bytes).map_err(|error| unreadable(std::io::Error::other(format!("it {error}"))))?;
    if password.is_empty() {
        return Err(refused("must name a file with a password, and it is empty"));
    }
    if !database.engine().is_server() {
        return Err(refused("is for a database server, and `database_url` names none"));
    }
    if database.password().is_some() {
        return Err(refused("must not be set beside a password in `database_url`"));
    }
    Ok((path, database.clone().with_password(password.into())))
}

/// Where the server writes backups.
fn backup_dir(value: &Value, origin: &Origin, database: &DatabaseUrl) -> Result<PathBuf, SettingsError> {
    let refused = |rule| SettingsError::Value { key: "backup_dir", rule, origin: origin.clone() };
    let path = rules::path(value).ok_or_else(|| refused(rules::PATH))?;
    if database.engine().is_server() {
        return Err(refused(
            "is for an SQLite database, and `database_url` names a server, which has means of its own",
        ));
    }
    Ok(path)
}

/// The configuration file: the one that is named, or the one that lies in the working directory.
fn config_file(flag: Option<PathBuf>, environment: &Environment) -> Result<Option<PathBuf>, SettingsError> {
    if let Some(path) = flag {
        return Ok(Some(path));
    }
    if let Some(path) = environment.config_file()? {
        return Ok(Some(path));
    }
    let usual = PathBuf::from("countersign.toml");
    // Where one cannot look, there may be one: reading it then says what is wrong.
    Ok(if matches!(usual.try_exists(), Ok(false)) { None } else { Some(usual) })
}

/// A file beside another one or a directory, such as `<data_dir>.key`: a copy of the data directory does not contain it.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}
