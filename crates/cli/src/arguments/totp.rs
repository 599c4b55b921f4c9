use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use clap::Subcommand;
use secrecy::SecretString;

/// What the developer's authenticator can do.
#[derive(Debug, Subcommand)]
pub enum TotpCommand {
    /// Show the present code of a key URI, and how many seconds it is still good for
    Code {
        /// The key URI (otpauth://totp/…), a file that holds one, or - for standard input
        #[arg(value_name = "URI-OR-FILE")]
        source: KeyUriSource,
    },
    /// Draw the QR code of a key URI in the terminal
    Qr {
        /// The key URI (otpauth://totp/…), a file that holds one, or - for standard input
        #[arg(value_name = "URI-OR-FILE", default_value = "-")]
        source: KeyUriSource,
    },
}

/// Where a key URI is, or the key URI itself, which is a secret.
#[derive(Clone)]
pub enum KeyUriSource {
    /// It was typed.
    Uri(SecretString),
    /// It is in a file.
    File(std::path::PathBuf),
    /// It comes over standard input.
    StandardInput,
}

impl FromStr for KeyUriSource {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        Ok(if text == "-" {
            Self::StandardInput
        } else if scheme.eq_ignore_ascii_case("otpauth") {
            Self::Uri(text.into())
        } else {
            Self::File(text.into())
        })
    }
}

impl fmt::Debug for KeyUriSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyUriSource")
    }
}
