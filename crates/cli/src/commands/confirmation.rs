//! Asking before something is taken away.

use crate::{CommandError, Output, Terminal};

/// Whether a confirmation can be had at all.
///
/// # Errors
/// There is nobody to ask.
pub fn check(already: bool, terminal: &dyn Terminal) -> Result<(), CommandError> {
    if already || terminal.is_interactive() {
        Ok(())
    } else {
        Err(CommandError::usage("there is no terminal to ask for confirmation on").advise("give --yes if you are sure"))
    }
}

/// Gets the confirmation.
///
/// # Errors
/// It was not given.
pub fn confirm(
    already: bool,
    question: &str,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<(), CommandError> {
    if already {
        return Ok(());
    }
    output.ask(&format!("{question} [y/N] "))?;
    let answer = terminal.read_line()?;
    if ["y", "yes"].iter().any(|yes| answer.trim().eq_ignore_ascii_case(yes)) {
        Ok(())
    } else {
        Err(CommandError::refused("not confirmed; nothing was changed"))
    }
}
