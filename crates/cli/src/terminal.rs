//! The person at the keyboard, if there is one.

use std::io::{self, BufRead, IsTerminal, Read};

use secrecy::SecretString;
use zeroize::Zeroizing;

/// Where answers come from.
pub trait Terminal {
    /// Whether there is a person who can answer.
    fn is_interactive(&self) -> bool;

    /// Reads a line without showing it.
    ///
    /// # Errors
    /// The terminal failed.
    fn read_hidden(&mut self) -> io::Result<SecretString>;

    /// Reads a line.
    ///
    /// # Errors
    /// The terminal failed.
    fn read_line(&mut self) -> io::Result<String>;

    /// Reads all of standard input, which may hold a secret.
    ///
    /// # Errors
    /// Standard input failed, or holds more than `limit` bytes.
    fn read_all(&mut self, limit: usize) -> io::Result<Zeroizing<Vec<u8>>>;
}

/// The process's own terminal and standard input.
#[derive(Clone, Copy, Debug, Default)]
pub struct StandardTerminal;

impl Terminal for StandardTerminal {
    fn is_interactive(&self) -> bool {
        io::stdin().is_terminal()
    }

    fn read_hidden(&mut self) -> io::Result<SecretString> {
        rpassword::read_password().map(SecretString::from)
    }

    fn read_line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(line)
    }

    fn read_all(&mut self, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
        read_limited(io::stdin().lock(), limit)
    }
}

/// Reads at most `limit` bytes into memory that is not moved meanwhile, so that no copy is left behind.
pub(crate) fn read_limited(source: impl Read, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit + 1));
    source.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("more than {limit} bytes")));
    }
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod scripted {
    use super::*;

    /// A terminal whose answers are written down beforehand.
    #[derive(Default)]
    pub(crate) struct ScriptedTerminal {
        pub(crate) interactive: bool,
        pub(crate) answers: std::collections::VecDeque<&'static str>,
        pub(crate) standard_input: &'static [u8],
    }

    impl ScriptedTerminal {
        pub(crate) fn answering<const N: usize>(answers: [&'static str; N]) -> Self {
            Self { interactive: true, answers: answers.into(), standard_input: b"" }
        }

        pub(crate) fn piped(standard_input: &'static [u8]) -> Self {
            Self { standard_input, ..Self::default() }
        }
    }

    impl Terminal for ScriptedTerminal {
        fn is_interactive(&self) -> bool {
            self.interactive
        }

        fn read_hidden(&mut self) -> io::Result<SecretString> {
            self.read_line().map(SecretString::from)
        }

        fn read_line(&mut self) -> io::Result<String> {
            self.answers.pop_front().map(str::to_owned).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        }

        fn read_all(&mut self, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
            read_limited(self.standard_input, limit)
        }
    }
}
