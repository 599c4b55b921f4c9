//! The own proof of whoever administers with a session over a server: typed on a terminal, or the lines of a file or of
//! standard input; never an argument, which everyone on the machine can read and shells remember.

use std::fs::File;
use std::path::Path;

use countersign_application::text::text_of_file;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::terminal::read_limited;
use crate::{CommandError, Output, Terminal};

/// Far more than the longest password and a code take in UTF-8.
const LONGEST_INPUT: usize = 4096;

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// A password, and a code where the server asks for one.
pub struct OwnProof {
    password: SecretString,
    code: Option<SecretString>,
}

impl OwnProof {
    /// As the HTTP interface takes it.
    pub(crate) fn to_json(&self) -> Value {
        let mut proof = json!({ "password": self.password.expose_secret() });
        if let Some(code) = &self.code {
            proof["code"] = code.expose_secret().into();
        }
        proof
    }
}

/// Gets the proof.
///
/// # Errors
/// There is nobody to ask and no file, or the file is not of one or two lines.
pub fn read_own_proof(
    file: Option<&Path>,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<OwnProof, CommandError> {
    if let Some(path) = file {
        return from_file(path, terminal);
    }
    if !terminal.is_interactive() {
        return Err(CommandError::usage(
            "what outlasts a session asks for your own password, and there is no terminal",
        )
        .advise("give it with --proof-file FILE (- for standard input), or set COUNTERSIGN_TOKEN to an API key"));
    }
    output.ask("Your own password: ")?;
    let password = terminal.read_hidden()?;
    output.ask("A code, if two-factor is on for you (else nothing): ")?;
    let code = terminal.read_hidden()?;
    let code = Some(code).filter(|code| !code.expose_secret().trim().is_empty());
    Ok(OwnProof { password, code })
}

fn from_file(path: &Path, terminal: &mut dyn Terminal) -> Result<OwnProof, CommandError> {
    let bytes = if path.as_os_str() == STANDARD_INPUT {
        terminal.read_all(LONGEST_INPUT)?
    } else {
        let read = File::open(path).and_then(|file| read_limited(file, LONGEST_INPUT));
        read.map_err(|error| CommandError::refused(format!("{} cannot be read", path.display())).because(error))?
    };
    let text = text_of_file(&bytes).map_err(|error| CommandError::usage(format!("the proof {error}")))?;
    let mut lines = text.lines();
    match (lines.next(), lines.next(), lines.next()) {
        (Some(password), code, None) if !password.is_empty() => {
            let code = code.filter(|code| !code.trim().is_empty()).map(SecretString::from);
            Ok(OwnProof { password: password.into(), code })
        }
        _ => Err(CommandError::usage(
            "the proof must be your own password, and on a second line a code where one is asked",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::scripted::ScriptedTerminal;
    use crate::{Exit, OutputFormat};

    fn read(file: Option<&str>, mut terminal: ScriptedTerminal) -> Result<Value, Exit> {
        let mut output = Output::new(OutputFormat::Json, std::io::sink(), std::io::sink());
        let proof = read_own_proof(file.map(Path::new), &mut terminal, &mut output);
        proof.map(|proof| proof.to_json()).map_err(|error| error.exit())
    }

    #[test]
    fn a_terminal_is_asked_for_both_and_a_code_is_not_needed() {
        let both = ScriptedTerminal::answering(["violet kettle", "123456"]);
        assert_eq!(read(None, both), Ok(json!({ "password": "violet kettle", "code": "123456" })));
        let one = ScriptedTerminal::answering(["violet kettle", ""]);
        assert_eq!(read(None, one), Ok(json!({ "password": "violet kettle" })));
        assert_eq!(read(None, ScriptedTerminal::piped(b"violet kettle\n")), Err(Exit::Usage));
    }

    #[test]
    fn a_file_has_the_password_and_perhaps_a_code() {
        let piped = |input| read(Some("-"), ScriptedTerminal::piped(input));
        assert_eq!(piped(b"violet kettle\r\n"), Ok(json!({ "password": "violet kettle" })));
        // As some shells pipe it.
        assert_eq!(piped(b"\xef\xbb\xbfviolet kettle\r\n"), Ok(json!({ "password": "violet kettle" })));
        assert_eq!(piped(b"violet kettle\n123 456\n"), Ok(json!({ "password": "violet kettle", "code": "123 456" })));
        for wrong in [&b""[..], b"\n", b"a\nb\nc\n", b"\xff\n"] {
            assert_eq!(piped(wrong), Err(Exit::Usage), "{wrong:?}");
        }
        assert_eq!(read(Some("/no/such/file"), ScriptedTerminal::default()), Err(Exit::Refused));
    }
}
