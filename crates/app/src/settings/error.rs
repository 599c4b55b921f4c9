use std::path::PathBuf;

use super::layers::Origin;

/// What is wrong with the settings. Never repeats a value: it may be a secret, or a secret in the wrong place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A value breaks the rule of its key.
    #[error("the setting `{key}` {rule} ({origin})")]
    Value { key: &'static str, rule: &'static str, origin: Origin },
    /// The database's URL is not one.
    #[error(
        "the setting `database_url` must be a URL such as sqlite:///var/lib/countersign/countersign.db, \
         postgres://user@host/database or mysql://user@host/database: {reason} ({origin})"
    )]
    DatabaseUrl { reason: &'static str, origin: Origin },
    /// The file with the database's password cannot be read.
    #[error("the setting `database_password_file` names {}, which cannot be read: {source} ({origin})", path.display())]
    PasswordFile {
        path: PathBuf,
        #[source]
        source: std::io::Error,
        origin: Origin,
    },
    /// A key of the file does not exist.
    #[error("there is no setting `{key}` ({origin}); did you mean `{nearest}`?")]
    UnknownKey { key: String, nearest: &'static str, origin: Origin },
    /// An environment variable of ours does not exist.
    #[error("there is no setting for the environment variable {name}; did you mean {nearest}?")]
    UnknownVariable { name: String, nearest: String },
    /// An environment variable is not UTF-8.
    #[error("the environment variable {name} is not UTF-8")]
    NotUtf8 { name: String },
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML. The parser's own message would repeat the line.
    #[error("the configuration file {}, line {line}, is not TOML", path.display())]
    Syntax { path: PathBuf, line: usize },
    /// One half of TLS is missing.
    #[error("`tls_certificate_file` and `tls_key_file` belong together, and only one of them is set")]
    HalfOfTls,
    /// Relative paths have no meaning.
    #[error("the working directory is gone; start again from one that exists")]
    NoWorkingDirectory,
}
