//! The `countersign` binary: settings, telemetry, wiring and shutdown. It alone names every adapter, and it decides
//! nothing that a use case could decide.

mod administration;
mod backup;
mod core_dumps;
mod database;
mod database_copy;
mod deployment;
mod doctor;
mod hold;
mod key;
mod keys;
mod no_keys;
mod own_file;
#[cfg(test)]
mod policy_reference;
mod restore;
mod seen;
mod serve;
mod settings;
mod telemetry;
mod wiring;

use std::process::ExitCode;

use countersign_cli::{
    Command, CommandError, CommandLine, Exit, GlobalArguments, Output, ServeArguments, StandardTerminal,
};
use countersign_crypto::{QrCodes, SystemClock};

use crate::settings::{Environment, Flags, Settings, SettingsError};

/// Overwrites whatever is given back. Secrets of our own are overwritten when they are dropped; what they came in and went out
/// by, buffers of connections and of documents, belongs to libraries that do not know what is in it.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<mimalloc::MiMalloc> = zeroizing_alloc::ZeroAlloc(mimalloc::MiMalloc);

fn main() -> ExitCode {
    let CommandLine { global, command } = CommandLine::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    let mut output = Output::standard(global.output);
    let exit = run(&global, command, &mut output).unwrap_or_else(|error| {
        if error.is_broken_pipe() {
            return Exit::Unread;
        }
        // There is nobody left to tell when standard error is gone.
        let _ = output.error(&error);
        error.exit()
    });
    exit.into()
}

fn run(global: &GlobalArguments, command: Command, output: &mut Output<'_>) -> Result<Exit, CommandError> {
    let settings = |serve: ServeArguments| {
        let flags = Flags { config: global.config.clone(), listen: serve.listen, database_url: serve.database };
        Settings::load(flags, &Environment::of_process())
    };
    let mut terminal = StandardTerminal;
    match command {
        Command::Serve(serve) => {
            let settings = settings(serve)?;
            block_on(&mut tokio::runtime::Builder::new_multi_thread(), serve::serve(&settings, output))
        }
        Command::Administration(command) => {
            countersign_cli::check_administration_command(&command, &terminal)?;
            let environment = Environment::of_process();
            match administration::server(&command, &environment)? {
                Some(server) => {
                    here(administration::there(server, global, &environment, &command, &mut terminal, output))
                }
                None => {
                    let settings = settings(ServeArguments::default())?;
                    here(administration::here(&settings, global, &command, &mut terminal, output))
                }
            }
        }
        Command::Doctor => here(doctor::run(settings(ServeArguments::default()), output)),
        Command::Database(database) => here(database::run(database, &settings(ServeArguments::default())?, output)),
        Command::Backup(arguments) => here(backup::run(&arguments, &settings(ServeArguments::default())?, output)),
        Command::Restore(arguments) => {
            countersign_cli::check_confirmation(arguments.yes, &terminal)?;
            let settings = settings(ServeArguments::default())?;
            here(restore::run(&arguments, &settings, &mut terminal, output))
        }
        Command::Key(command) => {
            countersign_cli::check_confirmation(!command.asks(), &terminal)?;
            here(key::run(&command, &settings(ServeArguments::default())?, &mut terminal, output))
        }
        Command::Throttle(command) => {
            here(administration::throttles(&settings(ServeArguments::default())?, &command, output))
        }
        Command::Openapi { format: countersign_cli::DocumentFormat::Json } => {
            output.document(countersign_http::openapi_json().as_bytes())?;
            Ok(Exit::Done)
        }
        Command::Completions { shell } => countersign_cli::print_completions(shell, output),
        Command::Totp(totp) => countersign_cli::run_totp_command(&totp, &SystemClock, &QrCodes, &mut terminal, output),
    }
}

/// Runs what needs no more than this thread.
fn here(work: impl Future<Output = Result<Exit, CommandError>>) -> Result<Exit, CommandError> {
    block_on(&mut tokio::runtime::Builder::new_current_thread(), work)
}

fn block_on(
    runtime: &mut tokio::runtime::Builder,
    work: impl Future<Output = Result<Exit, CommandError>>,
) -> Result<Exit, CommandError> {
    let runtime = runtime
        .enable_all()
        .build()
        .map_err(|error| CommandError::refused("the program could not start its threads").because(error))?;
    runtime.block_on(work)
}

impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        Self::usage(error.to_string()).advise("docs/configuration.md lists every setting")
    }
}
