//! Formats of recovery codes.

use alloc::string::String;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::RecoveryCode;
use crate::characters::{Spelling, spelling};

/// The least entropy of a recovery code, in bits: far beyond what can be guessed through any brake, and enough for
/// one salt a set together with Argon2id.
pub const MINIMUM_ENTROPY_BITS: u32 = 50;

/// The characters recovery codes draw from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum RecoveryAlphabet {
    /// `0`-`9` and `A`-`Z` without `I`, `L`, `O`, `U`. Input is taken in any case, `O` read as `0`, `I` and `L` as `1`.
    Crockford32,
    /// `A`-`Z`, `a`-`z`, and `0`-`9`, case-sensitive.
    Alphanumeric,
}

impl RecoveryAlphabet {
    /// The stable name, as policies and stores write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crockford32 => "crockford32",
            Self::Alphanumeric => "alphanumeric",
        }
    }

    /// The alphabet of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Crockford32, Self::Alphanumeric].into_iter().find(|alphabet| alphabet.name() == name)
    }

    const fn symbols(self) -> &'static [u8] {
        match self {
            Self::Crockford32 => b"0123456789ABCDEFGHJKMNPQRSTVWXYZ",
            Self::Alphanumeric => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        }
    }

    /// The entropy of one symbol in billionths of a bit, rounded down: log2 of 32 and of 62.
    const fn entropy_nanobits(self) -> u64 {
        match self {
            Self::Crockford32 => 5_000_000_000,
            Self::Alphanumeric => 5_954_196_310,
        }
    }

    /// The symbol that a typed character stands for.
    const fn normalize(self, typed: u8) -> Option<u8> {
        match self {
            Self::Crockford32 => match typed.to_ascii_uppercase() {
                b'O' => Some(b'0'),
                b'I' | b'L' => Some(b'1'),
                b'U' => None,
                symbol if symbol.is_ascii_alphanumeric() => Some(symbol),
                _ => None,
            },
            Self::Alphanumeric if typed.is_ascii_alphanumeric() => Some(typed),
            Self::Alphanumeric => None,
        }
    }
}

/// How recovery codes look: a pattern such as `XXXXX-XXXXX` and an alphabet.
///
/// An `X` stands for a symbol of the alphabet; `-` and spaces are separators, which are cosmetic: on input any number
/// of separators of any kind is ignored anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecoveryCodeFormat {
    pattern: String,
    symbols: usize,
    alphabet: RecoveryAlphabet,
}

/// Why a pattern is no format for recovery codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RecoveryFormatError {
    /// A character other than `X`, `-`, and space.
    #[error("must consist of X, hyphens, and spaces")]
    ForbiddenCharacter,
    /// More than 64 characters.
    #[error("must have at most 64 characters")]
    TooLong,
    /// A separator at the beginning or the end.
    #[error("must not begin or end with a separator")]
    SeparatorAtEdge,
    /// Fewer than nine `X`: such a code might be taken for a time-based code, which has up to eight digits.
    #[error("must have at least 9 X, so as not to look like a time-based code")]
    TooFewSymbols,
    /// Fewer than [`MINIMUM_ENTROPY_BITS`] bits.
    #[error("must have at least 50 bits of entropy (10 X of crockford32, 9 X of alphanumeric)")]
    TooLittleEntropy,
}

impl RecoveryCodeFormat {
    const LONGEST_PATTERN: usize = 64;
    const FEWEST_SYMBOLS: usize = 9;
    /// The longest input looked at, in characters: the longest pattern with generous separators.
    const LONGEST_INPUT: usize = 256;

    /// Checks a pattern.
    ///
    /// # Errors
    /// See [`RecoveryFormatError`].
    pub fn new(pattern: &str, alphabet: RecoveryAlphabet) -> Result<Self, RecoveryFormatError> {
        if pattern.len() > Self::LONGEST_PATTERN {
            return Err(RecoveryFormatError::TooLong);
        }
        if !pattern.bytes().all(|byte| matches!(byte, b'X' | b'-' | b' ')) {
            return Err(RecoveryFormatError::ForbiddenCharacter);
        }
        let symbols = pattern.bytes().filter(|byte| *byte == b'X').count();
        if symbols < Self::FEWEST_SYMBOLS {
            return Err(RecoveryFormatError::TooFewSymbols);
        }
        if !pattern.starts_with('X') || !pattern.ends_with('X') {
            return Err(RecoveryFormatError::SeparatorAtEdge);
        }
        let format = Self { pattern: String::from(pattern), symbols, alphabet };
        if format.entropy_bits() < MINIMUM_ENTROPY_BITS {
            return Err(RecoveryFormatError::TooLittleEntropy);
        }
        Ok(format)
    }

    /// Whether each separator of `text` stands where the pattern has it, and nowhere else.
    pub(crate) fn is_written_as_shown(&self, text: &str) -> bool {
        self.pattern.len() == text.len()
            && self.pattern.bytes().zip(text.bytes()).all(|(pattern, typed)| match pattern {
                b'X' => typed.is_ascii_alphanumeric(),
                separator => separator == typed,
            })
    }

    /// The pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The alphabet.
    #[must_use]
    pub const fn alphabet(&self) -> RecoveryAlphabet {
        self.alphabet
    }

    /// The entropy of a code in whole bits, rounded down.
    #[must_use]
    pub fn entropy_bits(&self) -> u32 {
        let nanobits = self.symbols as u64 * self.alphabet.entropy_nanobits();
        // At most 64 symbols of less than six bits.
        (nanobits / 1_000_000_000) as u32
    }

    /// Makes a code out of random bytes, which `fill` writes. All codes of the format are equally likely: bytes that
    /// would favor some symbols are thrown away, and more are asked for.
    ///
    /// It ends only if the bytes are random: a source that repeats `0xff` for ever never yields an alphanumeric code.
    ///
    /// # Errors
    /// The error of `fill`, passed on.
    pub fn generate<E>(&self, fill: &mut dyn FnMut(&mut [u8]) -> Result<(), E>) -> Result<RecoveryCode, E> {
        let symbols = self.alphabet.symbols();
        // The greatest multiple of the alphabet's size that bytes can be below.
        let limit = 256 - 256 % symbols.len();
        let mut code = Zeroizing::new(String::with_capacity(self.symbols));
        let mut random = Zeroizing::new([0_u8; Self::LONGEST_PATTERN]);
        while code.len() < self.symbols {
            let missing = self.symbols - code.len();
            let (random, _) = random.split_at_mut(missing);
            fill(random)?;
            code.extend(
                random
                    .iter()
                    .map(|byte| usize::from(*byte))
                    .filter(|byte| *byte < limit)
                    .map(|byte| char::from(symbols[byte % symbols.len()])),
            );
        }
        Ok(RecoveryCode::new(code))
    }

    /// Reads a code of this format, as it was typed or pasted: separators are ignored anywhere, digits and letters may be
    /// wide or of another script (the table is in `characters.rs`); `None` if anything else does not belong to the
    /// alphabet, if the number of symbols is another, or beyond 256 characters.
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<RecoveryCode> {
        let mut code = Zeroizing::new(String::with_capacity(self.symbols));
        for (at, typed) in text.chars().enumerate() {
            let typed = match spelling(typed) {
                _ if at >= Self::LONGEST_INPUT => return None,
                Spelling::Separator => continue,
                Spelling::Symbol(typed) => typed,
                Spelling::Other => return None,
            };
            let symbol = self.alphabet.normalize(typed)?;
            if code.len() == self.symbols {
                return None;
            }
            code.push(char::from(symbol));
        }
        (code.len() == self.symbols).then(|| RecoveryCode::new(code))
    }

    /// Writes a code in the pattern, for its owner to keep. A code of another format keeps all of its characters,
    /// whatever the pattern has room for.
    #[must_use]
    pub fn display(&self, code: &RecoveryCode) -> Zeroizing<String> {
        let length = self.pattern.len() + code.normalized().len();
        let mut text = Zeroizing::new(String::with_capacity(length));
        let mut rest = code.normalized().chars();
        for place in self.pattern.chars() {
            if rest.as_str().is_empty() {
                break;
            }
            match place {
                'X' => text.extend(rest.next()),
                separator => text.push(separator),
            }
        }
        text.push_str(rest.as_str());
        text
    }
}
