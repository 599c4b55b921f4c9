use clap::CommandFactory;
use clap_complete::Shell;

use crate::{CommandError, CommandLine, Exit, Output};

/// Prints a script that completes the commands in `shell`.
///
/// # Errors
/// Standard output failed.
pub fn print_completions(shell: Shell, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    // The generator panics when its writer fails, which a buffer never does.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "countersign", &mut script);
    output.document(&script)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OutputFormat;

    #[test]
    fn every_shell_gets_a_script() {
        for shell in [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
            let mut script = Vec::new();
            print_completions(shell, &mut Output::new(OutputFormat::Json, &mut script, std::io::sink())).unwrap();
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("disable-2fa") && script.contains("subject"), "{shell}");
        }
    }
}
