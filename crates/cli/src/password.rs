//! Passwords that a command needs: typed twice on a terminal, or one line of standard input; never an argument, which
//! everyone on the machine can read and shells remember.

use countersign_application::text::line_of_file;
use secrecy::{ExposeSecret, SecretString};

use crate::{CommandError, Output, Terminal};

/// Far more than the longest password takes in UTF-8.
const LONGEST_INPUT: usize = 4096;

/// Whether a password can be had at all.
pub(crate) fn check(from_standard_input: bool, terminal: &dyn Terminal) -> Result<(), CommandError> {
    if from_standard_input || terminal.is_interactive() {
        Ok(())
    } else {
        Err(CommandError::usage("there is no terminal to ask for the password on")
            .advise("give it as one line on standard input, with --password-stdin"))
    }
}

/// Gets the password.
pub(crate) fn read(
    from_standard_input: bool,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<SecretString, CommandError> {
    check(from_standard_input, terminal)?;
    if from_standard_input {
        return one_line(terminal);
    }
    output.ask("Password: ")?;
    let first = terminal.read_hidden()?;
    output.ask("The same password again: ")?;
    let second = terminal.read_hidden()?;
    if first.expose_secret() == second.expose_secret() {
        Ok(first)
    } else {
        Err(CommandError::refused("the two passwords differ; nothing was changed"))
    }
}

fn one_line(terminal: &mut dyn Terminal) -> Result<SecretString, CommandError> {
    let input = terminal.read_all(LONGEST_INPUT)?;
    let line =
        line_of_file(&input).map_err(|error| CommandError::usage(format!("the password on standard input {error}")))?;
    if line.is_empty() {
        return Err(CommandError::usage("there is no password on standard input"));
    }
    if line.contains(['\n', '\r']) {
        return Err(CommandError::usage("there is more than one line on standard input"));
    }
    Ok(line.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::scripted::ScriptedTerminal;
    use crate::{Exit, OutputFormat};

    fn read_from(piped: bool, mut terminal: ScriptedTerminal) -> Result<String, Exit> {
        let mut output = Output::new(OutputFormat::Json, std::io::sink(), std::io::sink());
        read(piped, &mut terminal, &mut output)
            .map(|password| password.expose_secret().to_owned())
            .map_err(|error| error.exit())
    }

    #[test]
    fn one_line_of_standard_input_loses_its_end_and_nothing_else() {
        for (input, password) in [
            (&b"correct horse\n"[..], "correct horse"),
            (b"correct horse\r\n", "correct horse"),
            // As some shells pipe it.
            (b"\xef\xbb\xbfcorrect horse\r\n", "correct horse"),
            (b" spaces stay ", " spaces stay "),
        ] {
            assert_eq!(read_from(true, ScriptedTerminal::piped(input)), Ok(password.to_owned()));
        }
    }

    #[test]
    fn what_is_not_one_line_is_a_usage_error() {
        for input in [&b""[..], b"\n", b"two\nlines\n", b"\xff\xfe", b"\xff\xfet\0u\0\n\0", b"\xe9t\xe9"] {
            assert_eq!(read_from(true, ScriptedTerminal::piped(input)), Err(Exit::Usage), "{input:?}");
        }
    }

    #[test]
    fn a_terminal_is_asked_twice() {
        assert_eq!(read_from(false, ScriptedTerminal::answering(["abc", "abc"])), Ok("abc".to_owned()));
        assert_eq!(read_from(false, ScriptedTerminal::answering(["abc", "abd"])), Err(Exit::Refused));
    }

    #[test]
    fn without_a_terminal_there_is_nobody_to_ask() {
        assert_eq!(read_from(false, ScriptedTerminal::piped(b"secret\n")), Err(Exit::Usage));
    }
}
