//! Bearer tokens.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_application::ports::{Entropy, EntropyError, IssuedToken, TokenDigest, TokenIssuer, TokenKind};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::entropy::draw;

const RANDOM_BYTES: usize = 32;
/// Of 32 bytes in base64 without padding (RFC 4648, section 5).
const RANDOM_CHARACTERS: usize = 43;

/// Separates fingerprints from the digests of tokens.
const FINGERPRINT_DOMAIN: &[u8] = b"countersign fingerprint v1\0";

/// Makes tokens of 32 random bytes: the prefix of their kind, then base64url without padding (RFC 4648, section 5).
///
/// What is stored is SHA-256 of the whole text. A slow hash would add nothing: 256 random bits cannot be guessed.
#[derive(Clone)]
pub struct RandomTokenIssuer {
    entropy: Arc<dyn Entropy>,
}

impl RandomTokenIssuer {
    /// Makes tokens of the randomness of `entropy`.
    #[must_use]
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy }
    }
}

impl std::fmt::Debug for RandomTokenIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RandomTokenIssuer")
    }
}

impl TokenIssuer for RandomTokenIssuer {
    fn issue(&self, kind: TokenKind) -> Result<IssuedToken, EntropyError> {
        let random = draw::<RANDOM_BYTES>(&*self.entropy)?;
        // Exactly as long as the token: neither growing nor shrinking leaves a copy behind.
        let mut token = Zeroizing::new(String::with_capacity(kind.as_str().len() + RANDOM_CHARACTERS));
        token.push_str(kind.as_str());
        URL_SAFE_NO_PAD.encode_string(&random[..], &mut token);
        let digest = digest(&token);
        Ok(IssuedToken { token: SecretString::from(std::mem::take(&mut *token)), digest })
    }

    fn digest(&self, kind: TokenKind, presented: &str) -> Option<TokenDigest> {
        let random = presented.strip_prefix(kind.as_str())?;
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (random.len() == RANDOM_CHARACTERS && random.bytes().all(base64url)).then(|| digest(presented))
    }

    fn fingerprint(&self, label: &str) -> [u8; 32] {
        Sha256::new().chain_update(FINGERPRINT_DOMAIN).chain_update(label).finalize().into()
    }
}

fn digest(token: &str) -> TokenDigest {
    TokenDigest(Sha256::digest(token).into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::OsEntropy;
    use crate::scripted_entropy::{CountingEntropy, NoEntropy};

    fn issuer() -> RandomTokenIssuer {
        RandomTokenIssuer::new(Arc::new(OsEntropy))
    }

    #[test]
    fn a_token_is_recognized_as_what_it_was_issued_for_and_as_nothing_else() {
        let issuer = issuer();
        for &kind in TokenKind::ALL {
            let issued = issuer.issue(kind).unwrap();
            for &asked in TokenKind::ALL {
                let expected = (asked == kind).then_some(issued.digest);
                assert_eq!(issuer.digest(asked, issued.token.expose_secret()), expected);
            }
        }
    }

    #[test]
    fn two_tokens_differ() {
        let issuer = issuer();
        let tokens = [0, 1].map(|_| issuer.issue(TokenKind::Session).unwrap().digest);
        assert_ne!(tokens[0], tokens[1]);
    }

    #[test]
    fn the_formats_of_tokens_digests_and_fingerprints_stay_as_they_are() {
        let issued = RandomTokenIssuer::new(Arc::new(CountingEntropy::from(0))).issue(TokenKind::Session).unwrap();
        assert_eq!(issued.token.expose_secret(), "cs_session_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
        assert_eq!(hex::encode(issued.digest.0), "ba9d44cc008281f442460273233dfd4d61cac691854e294b5755f6c59ecb98df");
        assert_eq!(
            hex::encode(issuer().fingerprint("login:alice")),
            "acf022c0fa9ea9c96e99c181ec28b09c3cddc5de333b1c008b68bf07bf8bff52"
        );
    }

    #[test]
    fn what_is_no_token_has_no_digest() {
        let issuer = issuer();
        let token = issuer.issue(TokenKind::Session).unwrap().token;
        let token = token.expose_secret();
        let cases = [
            String::new(),
            "cs_session_".to_owned(),
            token[..token.len() - 1].to_owned(),
            format!("{token}A"),
            format!(" {token}"),
            format!("{}=", &token[..token.len() - 1]),
            format!("{}+", &token[..token.len() - 1]),
            format!("{}é", &token[..token.len() - 2]),
            token.to_uppercase(),
            token.replace("session", "challenge"),
            "A".repeat(100_000),
            format!("cs_session_{}", "A".repeat(100_000)),
        ];
        for case in cases {
            assert_eq!(issuer.digest(TokenKind::Session, &case), None, "{case:.80}");
        }
    }

    #[test]
    fn fingerprints_differ_by_label_and_are_no_token_digests() {
        let issuer = issuer();
        assert_ne!(issuer.fingerprint("a"), issuer.fingerprint("b"));
        let token = issuer.issue(TokenKind::Device).unwrap();
        assert_ne!(issuer.fingerprint(token.token.expose_secret()), token.digest.0);
    }

    #[test]
    fn without_randomness_no_token_is_issued() {
        assert!(RandomTokenIssuer::new(Arc::new(NoEntropy)).issue(TokenKind::Session).is_err());
    }

    #[test]
    fn debug_shows_no_token() {
        let issued = issuer().issue(TokenKind::Session).unwrap();
        let random = &issued.token.expose_secret()["cs_session_".len()..];
        assert!(!format!("{issued:?} {:?}", issuer()).contains(random));
    }
}
