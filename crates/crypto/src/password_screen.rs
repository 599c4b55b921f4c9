//! Common passwords.

use async_trait::async_trait;
use countersign_application::account::{PasswordHasherError, PasswordScreen};
use countersign_application::ports::Behalf;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::slow_hashing::SlowHashing;

/// Refuses passwords that a guesser would try among the first million, by the estimate of zxcvbn: common passwords,
/// names and words with their usual changes, keyboard patterns, dates, repetitions, and what the login consists of
/// (OWASP ASVS 5.0.0, V6.2.4 and V6.2.11; NIST SP 800-63B-4, section 3.1.1.2).
///
/// The estimate takes up to a second for a text that was made for it, so that it takes a place as a hash does.
#[derive(Clone, Debug)]
pub struct ZxcvbnScreen {
    hashing: SlowHashing,
}

impl ZxcvbnScreen {
    /// Fewer guesses than this are too few. Online guessing is braked far below it.
    const FEWEST_GUESSES: u64 = 1_000_000;
    /// The work grows with the length much faster than the length; what is weak shows in this many characters.
    const LONGEST_ESTIMATED: usize = 64;
    /// Shorter parts of what is known are in too many passwords.
    const SHORTEST_PART: usize = 3;
    /// Nobody has more names, and each is looked for at every place of the password.
    const MOST_PARTS: usize = 16;

    /// Judges within the limit of `hashing`.
    #[must_use]
    pub fn new(hashing: SlowHashing) -> Self {
        Self { hashing }
    }
}

#[async_trait]
impl PasswordScreen for ZxcvbnScreen {
    async fn is_common(
        &self,
        password: &SecretString,
        known: &[&str],
        behalf: &Behalf,
    ) -> Result<bool, PasswordHasherError> {
        let password = password.clone();
        let known: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
        self.hashing.run(behalf, move |_| Ok(is_common(password.expose_secret(), &known))).await
    }
}

fn is_common(password: &str, known: &[String]) -> bool {
    let end = password.char_indices().nth(ZxcvbnScreen::LONGEST_ESTIMATED).map_or(password.len(), |(end, _)| end);
    let beginning = Zeroizing::new(password.get(..end).unwrap_or_default().to_owned());
    let parts = known.iter().flat_map(|word| {
        word.split(|character: char| !character.is_alphanumeric())
            .filter(|part| part.chars().count() >= ZxcvbnScreen::SHORTEST_PART)
            .take(ZxcvbnScreen::MOST_PARTS)
    });
    let known: Vec<_> = known.iter().map(String::as_str).chain(["countersign"]).chain(parts).collect();
    zxcvbn::zxcvbn(&beginning, &known).guesses() < ZxcvbnScreen::FEWEST_GUESSES
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slow_hashing::{ComputeLimit, Workspace};

    fn is_common(password: &str, login: &str) -> bool {
        super::is_common(password, &[login.to_owned()])
    }

    #[tokio::test]
    async fn a_password_is_judged_in_the_place_of_a_hash() {
        let hashing = SlowHashing::new(ComputeLimit { parallel: 1, waiting: 0, ..ComputeLimit::default() });
        let screen = ZxcvbnScreen::new(hashing.clone());
        let judge = |password: &str| {
            let (screen, password) = (screen.clone(), SecretString::from(password));
            async move { screen.is_common(&password, &["ada@example.org"], &Behalf::Operator).await }
        };
        assert!(judge("password1").await.unwrap());
        assert!(!judge("vR8#kq2Lw!zT").await.unwrap());
        let (end, told) = std::sync::mpsc::channel::<()>();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let holding = tokio::spawn(async move {
            let hold = move |_: &mut Workspace<'_>| {
                let _ = begun.send(());
                let _ = told.recv();
                Ok(())
            };
            hashing.run(&Behalf::Operator, hold).await
        });
        begins.await.unwrap();
        assert!(matches!(judge("password1").await, Err(PasswordHasherError::Busy)));
        drop(end);
        holding.await.unwrap().unwrap();
    }

    #[test]
    fn passwords_that_everyone_tries_are_common() {
        for password in [
            "password",
            "12345678",
            "qwertyuiop",
            "letmein123",
            "iloveyou1",
            "P@ssw0rd",
            "password1",
            "aaaaaaaaaaaa",
            "abcdefghijkl",
            "11111111",
            "qwerty123",
            "countersign",
            "Countersign1",
            "",
        ] {
            assert!(is_common(password, "ada@example.org"), "{password}");
        }
    }

    #[test]
    fn the_login_and_its_parts_are_common_in_every_spelling() {
        for password in ["krzhqvimplsk", "KRZHQVIMPLSK", "krzhqvimplsk1", "kslpmivqhzrk", "krzhqvimplskkrzhqvimplsk"] {
            assert!(is_common(password, "krzhqvimplsk"), "{password}");
        }
        assert!(is_common("xvqzkwjt", "xvqzkwjt.bronwkql@example.org"));
        assert!(is_common("bronwkql1", "xvqzkwjt.bronwkql@example.org"));
        assert!(is_common("xvqzkwjt.bronwkql@example.org", "xvqzkwjt.bronwkql@example.org"));
        assert!(!is_common("bronwkql1", "ada@example.org"));
    }

    #[test]
    fn what_the_realm_is_called_is_common_in_every_spelling() {
        let known = ["ada@example.org", "krzhqv", "Xvqzkwjt & Bronwkql GmbH"].map(str::to_owned);
        for password in ["krzhqv2026", "Xvqzkwjt1", "xvqzkwjtbronwkql", "Xvqzkwjt & Bronwkql GmbH", "bronwkqlkrzhqv"] {
            assert!(super::is_common(password, &known), "{password}");
            assert!(
                !is_common(&format!("{password}#tR"), "ada@example.org"),
                "elsewhere it is as good as any: {password}"
            );
        }
    }

    #[test]
    fn passwords_that_take_longer_to_guess_are_not_common() {
        for password in ["correct horse battery staple", "violet-Kettle-42-river", "vR8#kq2Lw!zT", "jx7mq2vbn9wd"] {
            assert!(!is_common(password, "ada@example.org"), "{password}");
        }
    }

    #[test]
    fn long_passwords_and_logins_of_any_script_are_judged_by_their_beginning() {
        assert!(is_common(&"ü".repeat(256), "ada@example.org"));
        assert!(!is_common(&"vR8#kq2Lw!zT🦀ß".repeat(18), &"a-b.ccc ".repeat(25)));
    }
}
