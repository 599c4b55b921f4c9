use secrecy::SecretString;

use crate::named::named;
use crate::ports::EntropyError;

named! {
    /// What a token opens. The names are the tokens' prefixes.
    pub enum TokenKind {
        /// A session of the API.
        Session = "cs_session_",
        /// A session of the hosted pages, which a browser keeps as a cookie.
        PageSession = "cs_page_",
        /// A challenge: answers a second factor, opens nothing.
        Challenge = "cs_challenge_",
        /// A trusted device.
        Device = "cs_device_",
        /// A device that was signed in from: spares it the waits for what others did, and nothing else.
        KnownDevice = "cs_known_",
        /// An API key: like the others, with a checksum at its end, by which a scanner for leaked secrets recognizes it.
        ApiKey = "cs_key_",
    }
}

/// SHA-256 of a token: all that is stored of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenDigest(pub [u8; 32]);

/// A token that was just made: shown once, kept only as its digest.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// What the client gets.
    pub token: SecretString,
    /// What is stored.
    pub digest: TokenDigest,
}

/// Makes bearer tokens of 32 random bytes and recognizes them.
pub trait TokenIssuer: Send + Sync {
    /// Makes a token.
    ///
    /// # Errors
    /// The source of randomness failed.
    fn issue(&self, kind: TokenKind) -> Result<IssuedToken, EntropyError>;

    /// The digest of what a client sent, `None` when it cannot be a token of this kind.
    fn digest(&self, kind: TokenKind, presented: &str) -> Option<TokenDigest>;

    /// SHA-256 of a label, for keys under which attempts are counted without storing what was typed.
    fn fingerprint(&self, label: &str) -> [u8; 32];
}
