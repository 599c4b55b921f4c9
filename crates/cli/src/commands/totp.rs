use countersign_application::enrollment::QrRenderer;
use countersign_application::ports::Clock;
use countersign_application::text::text_of_file;
use countersign_core::{KeyUri, Totp};
use secrecy::ExposeSecret;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::terminal::read_limited;
use crate::{CommandError, Exit, KeyUriSource, Output, Terminal, TotpCommand, View, columns};

/// As long as a key URI may be, and a line end.
const LONGEST_INPUT: usize = 16_384 + 2;

/// Runs a command of the developer's authenticator. It needs no deployment.
///
/// # Errors
/// There is no key URI, or standard output failed.
pub fn run_totp_command(
    command: &TotpCommand,
    clock: &dyn Clock,
    qr: &dyn QrRenderer,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    match command {
        TotpCommand::Code { source } => {
            let uri = key_uri(source, terminal, output)?;
            let (totp, now) = (Totp::new(uri.parameters(), 0), clock.now());
            let code = totp.code_at(uri.secret(), now);
            output.result(&CodeView { code: code.as_str(), seconds_remaining: totp.seconds_left(now) })?;
        }
        TotpCommand::Qr { source } => {
            let drawing = qr
                .terminal(&key_uri(source, terminal, output)?)
                .map_err(|error| CommandError::refused("the key URI does not fit a QR code").because(error))?;
            output.document(drawing.as_bytes())?;
        }
    }
    Ok(Exit::Done)
}

fn key_uri(
    source: &KeyUriSource,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<KeyUri, CommandError> {
    let bytes = match source {
        KeyUriSource::Uri(uri) => Zeroizing::new(uri.expose_secret().as_bytes().to_vec()),
        KeyUriSource::StandardInput => terminal.read_all(LONGEST_INPUT)?,
        KeyUriSource::File(path) => std::fs::File::open(path)
            .and_then(|file| read_limited(file, LONGEST_INPUT))
            .map_err(|error| CommandError::refused(format!("{} cannot be read", path.display())).because(error))?,
    };
    let text = text_of_file(&bytes).map_err(|error| CommandError::refused(format!("the key URI {error}")))?;
    let read = KeyUri::parse_lenient(text.trim())
        .map_err(|error| CommandError::refused("there is no usable key URI").because(error))?;
    for warning in &read.warnings {
        output.note(&format!("unusual key URI: {warning}"))?;
    }
    Ok(read.uri)
}

/// The present code.
#[derive(Serialize)]
struct CodeView<'a> {
    code: &'a str,
    seconds_remaining: u64,
}

impl View for CodeView<'_> {
    fn table(&self) -> String {
        columns(["code", "good for"], [[self.code.to_owned(), format!("{} s", self.seconds_remaining)]])
    }
}

#[cfg(test)]
mod tests {
    use countersign_core::Timestamp;
    use countersign_testing::{ManualClock, PlainQrRenderer};

    use super::*;
    use crate::OutputFormat;
    use crate::terminal::scripted::ScriptedTerminal;

    /// The secret of RFC 6238, appendix B.
    const URI: &str = "otpauth://totp/Example:kim?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example&digits=8";

    fn code(source: &str, standard_input: &'static [u8]) -> Result<String, CommandError> {
        let command = TotpCommand::Code { source: source.parse().unwrap() };
        let clock = ManualClock::default();
        clock.set(Timestamp::from_unix_seconds(59));
        let mut terminal = ScriptedTerminal::piped(standard_input);
        let mut results = Vec::new();
        let mut output = Output::new(OutputFormat::Json, &mut results, std::io::sink());
        run_totp_command(&command, &clock, &PlainQrRenderer, &mut terminal, &mut output)?;
        drop(output);
        Ok(String::from_utf8(results).unwrap())
    }

    #[test]
    fn the_code_of_the_rfc_is_shown_with_the_seconds_it_is_good_for() {
        let expected = "{\n  \"code\": \"94287082\",\n  \"seconds_remaining\": 1\n}\n";
        assert_eq!(code(URI, b"").unwrap(), expected);
        let piped: &'static [u8] = Box::leak(format!("{URI}\n").into_bytes().into_boxed_slice());
        assert_eq!(code("-", piped).unwrap(), expected);
    }

    #[test]
    fn what_is_no_key_uri_is_refused_without_repeating_it() {
        let error = code("otpauth://totp/Example:kim?secret=SECRET1", b"").unwrap_err();
        assert_eq!(error.exit(), Exit::Refused);
        assert!(!error.chain().contains("SECRET1"), "{}", error.chain());
        assert!(code("/no/such/file", b"").unwrap_err().chain().contains("/no/such/file"));
    }

    #[test]
    fn a_source_that_is_typed_does_not_show_in_debug_output() {
        let command = TotpCommand::Qr { source: URI.parse().unwrap() };
        assert!(!format!("{command:?}").contains("GEZD"));
    }
}
