use super::{account, api_key, audit, realm};
use crate::accounts::AccountDirectory;
use crate::api_keys::ApiKeyDirectory;
use crate::audit::AuditTrail;
use crate::realms::RealmDirectory;
use crate::{AdministrationCommand, CommandError, Exit, Output, Terminal};

/// A place where all administration can be done: [`crate::Local`] beside the database, [`crate::Remote`] over a server.
pub trait AdministrationPlace: AccountDirectory + RealmDirectory + ApiKeyDirectory + AuditTrail {}

impl<T: AccountDirectory + RealmDirectory + ApiKeyDirectory + AuditTrail> AdministrationPlace for T {}

/// Refuses what cannot be done where nobody can be asked, before anything is opened.
///
/// # Errors
/// A usage error that says which option is missing.
pub fn check_administration_command(
    command: &AdministrationCommand,
    terminal: &dyn Terminal,
) -> Result<(), CommandError> {
    match command {
        AdministrationCommand::Account { command, .. } => account::check(command, terminal),
        AdministrationCommand::ApiKey { command, .. } => api_key::check(command, terminal),
        AdministrationCommand::Realm { .. } | AdministrationCommand::Audit { .. } => Ok(()),
    }
}

/// Runs a command of administration.
///
/// # Errors
/// It was refused or failed; what it was about is as it was.
pub async fn run_administration_command(
    command: &AdministrationCommand,
    place: &dyn AdministrationPlace,
    terminal: &mut dyn Terminal,
    output: &mut Output<'_>,
) -> Result<Exit, CommandError> {
    check_administration_command(command, terminal)?;
    match command {
        AdministrationCommand::Account { command, .. } => account::run(command, place, terminal, output).await,
        AdministrationCommand::Realm { command, .. } => realm::run(command, place, output).await,
        AdministrationCommand::ApiKey { command, .. } => api_key::run(command, place, terminal, output).await,
        AdministrationCommand::Audit { command, .. } => audit::run(command, place, output).await,
    }
}

#[cfg(test)]
pub(super) mod shell {
    use std::sync::Arc;

    use clap::Parser;
    use countersign_application::account::{Account, Login};
    use countersign_application::ports::Store;
    use countersign_application::realm::RealmSlug;
    use countersign_testing::{MemoryStore, TestApplication, an_account, application, keep, the_default_realm};

    use super::*;
    use crate::terminal::scripted::ScriptedTerminal;
    use crate::{Command, CommandLine, Local, OutputFormat};

    /// A shell beside a database in memory.
    pub(in crate::commands) struct Shell {
        test: TestApplication,
    }

    /// What a command left behind.
    pub(in crate::commands) struct Said {
        pub(in crate::commands) exit: Exit,
        pub(in crate::commands) results: String,
        pub(in crate::commands) prose: String,
    }

    impl Said {
        pub(in crate::commands) fn json(&self) -> serde_json::Value {
            serde_json::from_str(&self.results)
                .unwrap_or_else(|error| panic!("{error}: {}{}", self.results, self.prose))
        }
    }

    impl Shell {
        pub(in crate::commands) async fn new() -> Self {
            let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
            let test = application(Arc::clone(&store));
            keep(&*store, &[&the_default_realm()]).await;
            Self { test }
        }

        /// Keeps a subject and answers its id.
        pub(in crate::commands) async fn subject(&self, subject: &str, label: &str) -> String {
            let realm = self.test.store.find_realm(&RealmSlug::default_realm()).await.unwrap().unwrap();
            let login = Login::of_subject(subject, label).unwrap();
            let subject = Some(subject.to_owned());
            let account = Account { login, subject, password_hash: None, ..an_account(&realm, "any") };
            keep(&*self.test.store, &[&account]).await;
            account.id.to_string()
        }

        pub(in crate::commands) async fn run(&self, line: &str, mut terminal: ScriptedTerminal) -> Said {
            self.run_as(OutputFormat::Json, line, &mut terminal).await
        }

        pub(in crate::commands) async fn run_as(
            &self,
            format: OutputFormat,
            line: &str,
            terminal: &mut ScriptedTerminal,
        ) -> Said {
            let line = format!("countersign {line}");
            let CommandLine { global, command } = CommandLine::try_parse_from(line.split(' ')).unwrap();
            let Command::Administration(command) = command else { panic!("a command of administration") };
            let realm = global.realm.unwrap_or_else(RealmSlug::default_realm);
            let place = Local::new(self.test.application.clone(), realm);
            let (mut results, mut prose) = (Vec::new(), Vec::new());
            let exit = {
                let mut output = Output::new(format, &mut results, &mut prose);
                match run_administration_command(&command, &place, terminal, &mut output).await {
                    Ok(exit) => exit,
                    Err(error) => {
                        output.error(&error).unwrap();
                        error.exit()
                    }
                }
            };
            Said { exit, results: String::from_utf8(results).unwrap(), prose: String::from_utf8(prose).unwrap() }
        }
    }
}
