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

/// At the end of an API key: so many hexadecimal characters of SHA-256 of what is before them.
const CHECKSUM_CHARACTERS: usize = 6;

/// Separates fingerprints from the digests of tokens.
const FINGERPRINT_DOMAIN: &[u8] = b"countersign fingerprint v1\0";

/// Makes tokens of 32 random bytes: the prefix of their kind, then base64url without padding (RFC 4648, section 5).
///
/// An API key ends with a checksum, so that a mistyped one is recognized without a look-up.
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
        let length = kind.as_str().len() + RANDOM_CHARACTERS + checksum_characters(kind);
        let mut token = Zeroizing::new(String::with_capacity(length));
        token.push_str(kind.as_str());
        URL_SAFE_NO_PAD.encode_string(&random[..], &mut token);
        if kind == TokenKind::ApiKey {
            let checksum = checksum(&token);
            token.push_str(&checksum);
        }
        let digest = digest(&token);
        Ok(IssuedToken { token: SecretString::from(std::mem::take(&mut *token)), digest })
    }

    fn digest(&self, kind: TokenKind, presented: &str) -> Option<TokenDigest> {
        let random = presented.strip_prefix(kind.as_str())?;
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let good = random.len() == RANDOM_CHARACTERS + checksum_characters(kind)
            && random.bytes().all(base64url)
            && (kind != TokenKind::ApiKey || ends_with_checksum(presented));
        good.then(|| digest(presented))
    }

    fn fingerprint(&self, label: &str) -> [u8; 32] {
        Sha256::new().chain_update(FINGERPRINT_DOMAIN).chain_update(label).finalize().into()
    }
}

fn digest(token: &str) -> TokenDigest {
    TokenDigest(Sha256::digest(token).into())
}

fn checksum_characters(kind: TokenKind) -> usize {
    if kind == TokenKind::ApiKey { CHECKSUM_CHARACTERS } else { 0 }
}

fn checksum(text: &str) -> String {
    let mut checksum = hex::encode(Sha256::digest(text));
    checksum.truncate(CHECKSUM_CHARACTERS);
    checksum
}

fn ends_with_checksum(key: &str) -> bool {
    let end = key.len().saturating_sub(CHECKSUM_CHARACTERS);
    key.split_at_checked(end).is_some_and(|(text, given)| given == checksum(text))
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
    fn the_format_of_api_keys_stays_as_it_is() {
        let issued = RandomTokenIssuer::new(Arc::new(CountingEntropy::from(0))).issue(TokenKind::ApiKey).unwrap();
        assert_eq!(issued.token.expose_secret(), "cs_key_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh827c9d8");
        assert_eq!(hex::encode(issued.digest.0), "ae2d680f39db4114b0961f705bf307f4d330ceb382277260ae454dfc69f82201");
    }

    #[test]
    fn an_api_key_ends_with_a_checksum_of_the_rest() {
        let issuer = issuer();
        for _ in 0..32 {
            let issued = issuer.issue(TokenKind::ApiKey).unwrap();
            let (text, given) = issued.token.expose_secret().split_at("cs_key_".len() + RANDOM_CHARACTERS);
            assert_eq!(given, &hex::encode(Sha256::digest(text))[..CHECKSUM_CHARACTERS]);
            assert_eq!(issuer.digest(TokenKind::ApiKey, issued.token.expose_secret()), Some(issued.digest));
        }
    }

    #[test]
    fn an_api_key_with_one_character_changed_has_no_digest() {
        let issuer = issuer();
        // One that is always the same: six characters agree by chance once in 16 million changes.
        let issued = RandomTokenIssuer::new(Arc::new(CountingEntropy::from(0))).issue(TokenKind::ApiKey).unwrap();
        let key = issued.token.expose_secret();
        for position in 0..key.len() {
            for other in ['A', 'a', '0', 'é'] {
                let mut changed = String::from(&key[..position]);
                changed.push(other);
                changed.push_str(&key[position + 1..]);
                let expected = (changed == key).then_some(issued.digest);
                assert_eq!(issuer.digest(TokenKind::ApiKey, &changed), expected, "{changed}");
            }
        }
        let (text, given) = key.split_at(key.len() - CHECKSUM_CHARACTERS);
        for changed in [text.to_owned(), format!("{text}{}", given.to_uppercase()), format!("{key}{given}")] {
            assert_eq!(issuer.digest(TokenKind::ApiKey, &changed), None, "{changed}");
        }
    }

    #[test]
    fn only_api_keys_have_a_checksum() {
        let issuer = issuer();
        for kind in [TokenKind::Session, TokenKind::PageSession, TokenKind::Challenge, TokenKind::Device] {
            let token = issuer.issue(kind).unwrap().token;
            let token = token.expose_secret();
            assert_eq!(token.len(), kind.as_str().len() + RANDOM_CHARACTERS);
            assert_eq!(issuer.digest(kind, &format!("{token}{}", checksum(token))), None);
            let without = format!("{}{}", kind.as_str(), "A".repeat(RANDOM_CHARACTERS));
            assert!(issuer.digest(kind, &without).is_some(), "any text of the form will do");
        }
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
