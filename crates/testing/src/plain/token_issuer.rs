use std::fmt::Write;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_application::ports::{Entropy, EntropyError, IssuedToken, TokenDigest, TokenIssuer, TokenKind};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use super::digest::digest;

/// Makes tokens of 32 bytes in hexadecimal behind the prefix of their kind. API keys have the form of real ones, with
/// the checksum at their end.
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
        if kind == TokenKind::ApiKey {
            URL_SAFE_NO_PAD.encode_string(random, &mut token);
            token += &checksum(&token);
        } else {
            token += &hexadecimal(&random);
        }
        let digest = TokenDigest(digest(&[token.as_bytes()]));
        Ok(IssuedToken { token: SecretString::from(token), digest })
    }

    fn digest(&self, kind: TokenKind, presented: &str) -> Option<TokenDigest> {
        let random = presented.strip_prefix(kind.as_str())?;
        let good = if kind == TokenKind::ApiKey {
            let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            random.len() == 43 + 6
                && random.bytes().all(base64url)
                && presented.split_at_checked(presented.len() - 6).is_some_and(|(text, given)| given == checksum(text))
        } else {
            random.len() == 64 && random.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        good.then(|| TokenDigest(digest(&[presented.as_bytes()])))
    }

    fn fingerprint(&self, label: &str) -> [u8; 32] {
        digest(&[label.as_bytes()])
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn checksum(text: &str) -> String {
    hexadecimal(&Sha256::digest(text)[..3])
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

    #[test]
    fn a_mistyped_api_key_is_not_recognized() {
        let issuer = PlainTokenIssuer::new(Arc::new(ScriptedEntropy::default()));
        let issued = issuer.issue(TokenKind::ApiKey).unwrap();
        let key = issued.token.expose_secret();
        assert_eq!(key.len(), "cs_key_".len() + 43 + 6);
        assert_eq!(issuer.digest(TokenKind::ApiKey, key), Some(issued.digest));
        let (text, given) = key.split_at(key.len() - 6);
        assert_eq!(issuer.digest(TokenKind::ApiKey, &format!("{text}{}", given.to_uppercase())), None);
        assert_eq!(issuer.digest(TokenKind::ApiKey, &key.to_lowercase()), None);
        assert_eq!(issuer.digest(TokenKind::ApiKey, text), None);
        assert_eq!(issuer.digest(TokenKind::Session, key), None);
    }
}
