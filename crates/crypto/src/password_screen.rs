//! Common passwords.

use countersign_application::ports::PasswordScreen;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// Refuses passwords that a guesser would try among the first million, by the estimate of zxcvbn: common passwords,
/// names and words with their usual changes, keyboard patterns, dates, repetitions, and what the login consists of
/// (OWASP ASVS 5.0.0, V6.2.4 and V6.2.11; NIST SP 800-63B-4, section 3.1.1.2).
#[derive(Clone, Copy, Debug, Default)]
pub struct ZxcvbnScreen;

impl ZxcvbnScreen {
    /// Fewer guesses than this are too few. Online guessing is braked far below it.
    const FEWEST_GUESSES: u64 = 1_000_000;
    /// The work grows with the length much faster than the length; what is weak shows in this many characters.
    const LONGEST_ESTIMATED: usize = 64;
    /// Shorter parts of a login are in too many passwords.
    const SHORTEST_PART: usize = 3;
    /// Nobody has more names, and each is looked for at every place of the password.
    const MOST_PARTS: usize = 16;
}

impl PasswordScreen for ZxcvbnScreen {
    fn is_common(&self, password: &SecretString, login: &str) -> bool {
        let password = password.expose_secret();
        let end = password.char_indices().nth(Self::LONGEST_ESTIMATED).map_or(password.len(), |(end, _)| end);
        let beginning = Zeroizing::new(password.get(..end).unwrap_or_default().to_owned());
        let parts = login
            .split(|character: char| !character.is_alphanumeric())
            .filter(|part| part.chars().count() >= Self::SHORTEST_PART)
            .take(Self::MOST_PARTS);
        let known: Vec<_> = [login, "countersign"].into_iter().chain(parts).collect();
        zxcvbn::zxcvbn(&beginning, &known).guesses() < Self::FEWEST_GUESSES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_common(password: &str, login: &str) -> bool {
        ZxcvbnScreen.is_common(&SecretString::from(password), login)
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
