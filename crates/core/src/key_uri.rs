//! Key URIs.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::characters::is_invisible;
use crate::percent_encoding::{decode, encode_into, encoded_length};
use crate::{Algorithm, Digits, SharedSecret, SharedSecretError, TotpParameters, UnknownAlgorithm};

/// A key URI: what the QR code of an enrollment says, `otpauth://totp/Issuer:login?secret=…&issuer=…` and so on.
///
/// The format is that of the "Key URI Format" document of Google Authenticator, with RFC 3986 encoding.
///
/// One that is made here fits a QR code: an issuer of more than 600 bytes and an account name of more than 1,500, percent-
/// encoded, are cut at a character and end in `…`. With the longest secret and parameters that makes 2,874 bytes, and the
/// largest QR code holds 2,953.
#[derive(Clone)]
pub struct KeyUri {
    issuer: String,
    account_name: String,
    secret: SharedSecret,
    parameters: TotpParameters,
}

/// A part of a key URI's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUriPart {
    /// Who issued the secret: the realm's issuer name.
    Issuer,
    /// Whose secret it is: the account's login.
    AccountName,
}

impl fmt::Display for KeyUriPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issuer => "issuer",
            Self::AccountName => "account name",
        })
    }
}

/// Why something is not a key URI. Never contains any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyUriError {
    /// A part is empty or all white space.
    #[error("the {0} is empty")]
    Empty(KeyUriPart),
    /// A part has more than 200 characters.
    #[error("the {0} is longer than 200 characters")]
    TooLong(KeyUriPart),
    /// A part contains `:`, which separates the two, or a control character.
    #[error("the {0} contains a colon or a control character")]
    ForbiddenCharacter(KeyUriPart),
    /// Not a URI that begins with `otpauth://`, or characters in it that RFC 3986 does not allow, or more than
    /// 16,384 bytes.
    #[error("this is not a key URI (otpauth://totp/…)")]
    NotAKeyUri,
    /// A `%` without two hexadecimal digits, or encoded bytes that are not UTF-8.
    #[error("the percent-encoding is broken")]
    BrokenEncoding,
    /// The URI is for counter-based codes.
    #[error("counter-based codes (hotp) are not supported")]
    HotpNotSupported,
    /// The type is neither `totp` nor `hotp`.
    #[error("the type of the key URI must be totp")]
    UnknownType,
    /// Something that a lenient reader lets pass.
    #[error("{0}")]
    Unusual(KeyUriWarning),
    /// There is no secret.
    #[error("the secret is missing")]
    MissingSecret,
    /// A parameter stands there twice.
    #[error("the parameter {0} stands there twice")]
    DuplicateParameter(&'static str),
    /// The secret is none.
    #[error(transparent)]
    Secret(#[from] SharedSecretError),
    /// The algorithm is none of `SHA1`, `SHA256`, `SHA512`.
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
    /// The number of digits is not 6, 7, or 8.
    #[error("the number of digits must be 6, 7, or 8")]
    Digits,
    /// The period is not 1 to 86,400 seconds.
    #[error("the period must be 1 to 86400 seconds")]
    Period,
}

impl KeyUri {
    /// The greatest length of the issuer and of the account name, in characters.
    pub const MAXIMUM_PART_CHARACTERS: usize = 200;

    /// The most bytes of an issuer, percent-encoded. It stands there twice.
    const MAXIMUM_ISSUER_BYTES: usize = 600;
    /// The most bytes of an account name, percent-encoded.
    const MAXIMUM_ACCOUNT_NAME_BYTES: usize = 1_500;

    /// Four bytes a character, three characters a byte, and the issuer twice: 7,200 and the rest of the URI.
    const MAXIMUM_URI_BYTES: usize = 16_384;

    /// Puts a key URI together. White space around a part is dropped, as readers of key URIs do, and a part that would not
    /// fit a QR code is shortened by the rule of the type.
    ///
    /// # Errors
    /// [`KeyUriError::Empty`], [`KeyUriError::TooLong`], or [`KeyUriError::ForbiddenCharacter`] with the part: each
    /// must have 1 to 200 characters, no `:`, and no control character.
    pub fn new(
        issuer: &str,
        account_name: &str,
        secret: SharedSecret,
        parameters: TotpParameters,
    ) -> Result<Self, KeyUriError> {
        Ok(Self {
            issuer: shortened(part(KeyUriPart::Issuer, issuer)?, Self::MAXIMUM_ISSUER_BYTES),
            account_name: shortened(part(KeyUriPart::AccountName, account_name)?, Self::MAXIMUM_ACCOUNT_NAME_BYTES),
            secret,
            parameters,
        })
    }

    /// The issuer, as an authenticator app shows it; empty where another system's key URI names none.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The account name, as an authenticator app shows it.
    #[must_use]
    pub fn account_name(&self) -> &str {
        &self.account_name
    }

    /// The secret.
    #[must_use]
    pub const fn secret(&self) -> &SharedSecret {
        &self.secret
    }

    /// The parameters.
    #[must_use]
    pub const fn parameters(&self) -> TotpParameters {
        self.parameters
    }

    /// Writes the URI. Everything but unreserved characters is percent-encoded (a space is `%20`, never `+`); all
    /// parameters are present, also those that have their default values.
    #[must_use]
    pub fn to_uri(&self) -> Zeroizing<String> {
        // Enough from the start: growing would leave copies of the secret behind.
        let capacity = 256 + 6 * self.issuer.len() + 3 * self.account_name.len();
        let mut uri = Zeroizing::new(String::with_capacity(capacity));
        uri.push_str("otpauth://totp/");
        if !self.issuer.is_empty() {
            encode_into(&mut uri, &self.issuer);
            uri.push(':');
        }
        encode_into(&mut uri, &self.account_name);
        uri.push_str("?secret=");
        uri.push_str(&self.secret.to_base32());
        if !self.issuer.is_empty() {
            uri.push_str("&issuer=");
            encode_into(&mut uri, &self.issuer);
        }
        // Writing to a string does not fail.
        let _ = write!(
            *uri,
            "&algorithm={}&digits={}&period={}",
            self.parameters.algorithm(),
            self.parameters.digits().get(),
            self.parameters.period_seconds()
        );
        uri
    }

    /// Reads a URI that says everything and says it exactly: an issuer, the same wherever it stands, a
    /// secret of at least [`SharedSecret::MINIMUM_BYTES`], and percent-encoding wherever RFC 3986 asks for it.
    ///
    /// # Errors
    /// See [`KeyUriError`]; [`KeyUriError::Unusual`] names what [`parse_lenient`](Self::parse_lenient) would let pass.
    pub fn parse(uri: &str) -> Result<Self, KeyUriError> {
        let read = Self::parse_lenient(uri)?;
        match read.warnings.first() {
            Some(warning) => Err(KeyUriError::Unusual(*warning)),
            None => Ok(read.uri),
        }
    }

    /// Reads a URI as authenticator apps do, also of systems that are less exact, and says what was unusual. Missing
    /// `algorithm`, `digits`, and `period` are SHA1, 6, and 30. Scheme, type, and names of parameters are read in any
    /// case; parameters unknown here (`image`, for example) are ignored, since other systems add their own; characters
    /// may stand there without their encoding, except `#`, control characters and what shows nothing. The secret may have
    /// from 10 bytes on, and spaces, `+` and `=` in it.
    ///
    /// Where the issuer before the account name and the parameter differ, the parameter counts, as in the apps; an empty
    /// one counts as none. There may be no issuer at all.
    ///
    /// # Errors
    /// See [`KeyUriError`]. In particular a parameter may not be repeated.
    pub fn parse_lenient(uri: &str) -> Result<LenientKeyUri, KeyUriError> {
        let unclean = |character: char| character == '#' || character.is_control() || is_invisible(character);
        if uri.len() > Self::MAXIMUM_URI_BYTES || uri.contains(unclean) {
            return Err(KeyUriError::NotAKeyUri);
        }
        let (scheme, rest) = uri.split_once("://").ok_or(KeyUriError::NotAKeyUri)?;
        if !scheme.eq_ignore_ascii_case("otpauth") {
            return Err(KeyUriError::NotAKeyUri);
        }
        let (before_query, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, label) = before_query.split_once('/').ok_or(KeyUriError::NotAKeyUri)?;
        if kind.eq_ignore_ascii_case("hotp") {
            return Err(KeyUriError::HotpNotSupported);
        }
        if !kind.eq_ignore_ascii_case("totp") {
            return Err(KeyUriError::UnknownType);
        }

        let label = decode(label).ok_or(KeyUriError::BrokenEncoding)?;
        let (prefix, account_name) = match label.split_once(':') {
            Some((prefix, account_name)) => (Some(prefix), account_name),
            None => (None, label.as_str()),
        };
        let prefix = prefix.map(|prefix| part(KeyUriPart::Issuer, prefix)).transpose()?;
        let account_name = part(KeyUriPart::AccountName, account_name)?;

        let parameters = Parameters::parse(query)?;
        let given = parameters.issuer.as_deref().filter(|issuer| !issuer.trim().is_empty());
        let given = given.map(|issuer| part(KeyUriPart::Issuer, issuer)).transpose()?;
        let mut warnings = Vec::new();
        let issuer = match (prefix, given) {
            // Forms write a space as `+`; the label tells what is meant.
            (Some(prefix), Some(given)) if given.replace('+', " ") == prefix => prefix,
            (Some(prefix), Some(given)) => {
                if prefix != given {
                    warnings.push(KeyUriWarning::IssuersDiffer);
                }
                given
            }
            (None, Some(given)) => given,
            (Some(prefix), None) => prefix,
            (None, None) => {
                warnings.push(KeyUriWarning::NoIssuer);
                String::new()
            }
        };
        let secret = parameters.secret.as_ref().ok_or(KeyUriError::MissingSecret)?;
        let secret = Zeroizing::new(secret.replace('+', " "));
        let secret = SharedSecret::of_other_systems(&secret)?;
        if secret.len() < SharedSecret::MINIMUM_BYTES {
            warnings.push(KeyUriWarning::ShortSecret);
        }
        if !uri.is_ascii() || uri.contains([' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}']) {
            warnings.push(KeyUriWarning::NotEncoded);
        }
        let uri = Self { issuer, account_name, secret, parameters: parameters.totp()? };
        Ok(LenientKeyUri { uri, warnings })
    }

    /// The QR code (ISO/IEC 18004) that says the URI, with error correction level M, which restores 15 % of the symbol,
    /// or L, which restores 7 %, where long names make it so dense that a camera has more use for larger modules: letters
    /// other than those of ASCII take six or nine characters each in a URI.
    ///
    /// Its modules are the secret: wipe whatever is drawn from them.
    ///
    /// # Errors
    /// It does not fit, which happens to no key URI that [`new`](Self::new) made.
    #[cfg(feature = "qr")]
    pub fn to_qr_code(&self) -> Result<qrcode::QrCode, qrcode::types::QrError> {
        use qrcode::{EcLevel, QrCode};
        /// The modules a side of version 13, which is read from a screen with ease.
        const DENSE: usize = 69;
        let uri = self.to_uri();
        // Level M ends at 2,331 bytes, L at 2,953.
        match QrCode::with_error_correction_level(uri.as_bytes(), EcLevel::M) {
            Ok(code) if code.width() <= DENSE => Ok(code),
            Ok(_) | Err(_) => QrCode::with_error_correction_level(uri.as_bytes(), EcLevel::L),
        }
    }
}

/// A key URI of a system that may be less exact, and what was unusual.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LenientKeyUri {
    /// What it says.
    pub uri: KeyUri,
    /// What was unusual, each once.
    pub warnings: Vec<KeyUriWarning>,
}

/// What is unusual about a key URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyUriWarning {
    /// Nobody can tell whose it is: apps show the account name alone.
    NoIssuer,
    /// The issuer before the account name is another than the parameter, which counts.
    IssuersDiffer,
    /// The secret has fewer than 128 bits, the least that RFC 4226 allows (requirement R6).
    ShortSecret,
    /// Characters stand there without the encoding that RFC 3986 asks for: some readers refuse that.
    NotEncoded,
}

impl fmt::Display for KeyUriWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoIssuer => "there is no issuer",
            Self::IssuersDiffer => "the issuer before the account name is not the one of the parameter",
            Self::ShortSecret => "the secret has fewer than 128 bits",
            Self::NotEncoded => "characters are not percent-encoded",
        })
    }
}

impl fmt::Debug for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyUri")
            .field("issuer", &self.issuer)
            .field("account_name", &self.account_name)
            .finish_non_exhaustive()
    }
}

/// The known parameters of a query, decoded but not yet understood.
#[derive(Default)]
struct Parameters {
    secret: Option<Zeroizing<String>>,
    issuer: Option<Zeroizing<String>>,
    algorithm: Option<Zeroizing<String>>,
    digits: Option<Zeroizing<String>>,
    period: Option<Zeroizing<String>>,
}

impl Parameters {
    fn parse(query: &str) -> Result<Self, KeyUriError> {
        let mut parameters = Self::default();
        for parameter in query.split('&') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let name = decode(name).ok_or(KeyUriError::BrokenEncoding)?;
            let value = decode(value).ok_or(KeyUriError::BrokenEncoding)?;
            let slots = [
                ("secret", &mut parameters.secret),
                ("issuer", &mut parameters.issuer),
                ("algorithm", &mut parameters.algorithm),
                ("digits", &mut parameters.digits),
                ("period", &mut parameters.period),
            ];
            // Known names in another case are not "unknown": ignoring `Digits=8` would yield codes that never match.
            for (known, slot) in slots {
                if known.eq_ignore_ascii_case(&name) && slot.replace(value.clone()).is_some() {
                    return Err(KeyUriError::DuplicateParameter(known));
                }
            }
        }
        Ok(parameters)
    }

    fn totp(&self) -> Result<TotpParameters, KeyUriError> {
        let defaults = TotpParameters::DEFAULT;
        let algorithm = match &self.algorithm {
            Some(name) => name.parse::<Algorithm>()?,
            None => defaults.algorithm(),
        };
        let digits = match &self.digits {
            Some(text) => number(text)
                .and_then(|digits| u8::try_from(digits).ok())
                .and_then(|digits| Digits::new(digits).ok())
                .ok_or(KeyUriError::Digits)?,
            None => defaults.digits(),
        };
        let period_seconds = match &self.period {
            Some(text) => number(text).ok_or(KeyUriError::Period)?,
            None => defaults.period_seconds(),
        };
        TotpParameters::new(algorithm, digits, period_seconds).map_err(|_| KeyUriError::Period)
    }
}

/// Cuts a text that would take more than `most` bytes when percent-encoded.
fn shortened(text: String, most: usize) -> String {
    const ELLIPSIS: &str = "…";
    let length = |text: &str| text.bytes().map(encoded_length).sum::<usize>();
    if length(&text) <= most {
        return text;
    }
    let mut room = most - length(ELLIPSIS);
    let kept = text.char_indices().find(|(at, character)| {
        let taken = text.get(*at..*at + character.len_utf8()).map_or(0, length);
        match room.checked_sub(taken) {
            Some(left) => {
                room = left;
                false
            }
            None => true,
        }
    });
    let kept = kept.and_then(|(at, _)| text.get(..at)).unwrap_or(&text);
    // A joiner at the end would join the ellipsis to what stands before it.
    let mut short = String::from(kept.trim_end_matches(|character: char| is_invisible(character)).trim_end());
    short.push_str(ELLIPSIS);
    short
}

fn part(part: KeyUriPart, text: &str) -> Result<String, KeyUriError> {
    if text.chars().any(|character| character == ':' || character.is_control()) {
        return Err(KeyUriError::ForbiddenCharacter(part));
    }
    let text = text.trim();
    if text.is_empty() {
        return Err(KeyUriError::Empty(part));
    }
    if text.chars().count() > KeyUri::MAXIMUM_PART_CHARACTERS {
        return Err(KeyUriError::TooLong(part));
    }
    Ok(String::from(text))
}

/// A decimal number without a sign, which `u32::from_str` would let through.
fn number(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
