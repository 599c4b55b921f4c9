use std::fmt::Write;
use std::sync::Arc;

use countersign_application::ports::{Entropy, EntropyError, IssuedToken, TokenDigest, TokenIssuer, TokenKind};
use secrecy::SecretString;

use super::digest::digest;

/// Makes tokens of 32 bytes in hexadecimal behind the prefix of their kind.
pub struct PlainTokenIssuer {
    entropy: Arc<dyn Entropy>,
}

impl PlainTokenIssuer {
    /// Makes tokens of these random bytes.
    #[must_use]
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy }
    }
}

impl TokenIssuer for PlainTokenIssuer {
    fn issue(&self, kind: TokenKind) -> Result<IssuedToken, EntropyError> {
        let mut random = [0; 32];
        self.entropy.fill(&mut random)?;
        let mut token = kind.as_str().to_owned();
        for byte in random {
            let _ = write!(token, "{byte:02x}");
        }
        let digest = TokenDigest(digest(&[token.as_bytes()]));
        Ok(IssuedToken { token: SecretString::from(token), digest })
    }

    fn digest(&self, kind: TokenKind, presented: &str) -> Option<TokenDigest> {
        let hexadecimal = presented.strip_prefix(kind.as_str())?;
        let good = hexadecimal.len() == 64 && hexadecimal.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        good.then(|| TokenDigest(digest(&[presented.as_bytes()])))
    }

    fn fingerprint(&self, label: &str) -> [u8; 32] {
        digest(&[label.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::ScriptedEntropy;

    #[test]
    fn a_token_is_recognized_as_its_own_kind_only() {
        let issuer = PlainTokenIssuer::new(Arc::new(ScriptedEntropy::default()));
        let issued = issuer.issue(TokenKind::Challenge).unwrap();
        let token = issued.token.expose_secret();
        assert_eq!(issuer.digest(TokenKind::Challenge, token), Some(issued.digest));
        assert_eq!(issuer.digest(TokenKind::Session, token), None);
        assert_eq!(issuer.digest(TokenKind::Challenge, &token[..token.len() - 1]), None);
    }
}
