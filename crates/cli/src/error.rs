//! Why a command did not do what it was asked.

use std::error::Error;

use countersign_application::UseCaseError;
use countersign_application::administration::AdministrationDenial;
use countersign_application::ports::StoreError;

use crate::Exit;

/// Why a command did not do what it was asked, written for the person who typed it: what is wrong, and what to do next.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    exit: Exit,
    message: String,
    advice: Option<String>,
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CommandError {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), advice: None, source: None }
    }

    /// It was refused, or failed.
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// It was asked for in a way that makes no sense.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// What it was about does not exist.
    #[must_use]
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Exit::NotFound, message)
    }

    /// Something that it needs does not answer, or is not set up yet.
    #[must_use]
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Exit::Unavailable, message)
    }

    /// Adds what to do next.
    #[must_use]
    pub fn advise(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// Adds what it came from.
    #[must_use]
    pub fn because(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// How the command ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// What to do next.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.advice.as_deref()
    }

    /// The message and those of all errors that it came from. A message that repeats the one before is left out:
    /// some libraries' errors contain the text of their source.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut chain = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let message = error.to_string();
            if !chain.ends_with(&message) {
                chain = format!("{chain}: {message}");
            }
            cause = error.source();
        }
        chain
    }

    /// Whether it is only that nobody reads the output any more, as in `countersign account list | head -1`.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        self.source
            .as_ref()
            .and_then(|source| source.downcast_ref::<std::io::Error>())
            .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

/// Results and questions are all that a command writes or reads without naming a file.
impl From<std::io::Error> for CommandError {
    fn from(error: std::io::Error) -> Self {
        Self::refused("standard input or output failed").because(error)
    }
}

impl From<UseCaseError> for CommandError {
    fn from(error: UseCaseError) -> Self {
        let unavailable = error.is_busy() || matches!(error, UseCaseError::Store(StoreError::Unavailable(_)));
        if unavailable {
            Self::unavailable("the deployment cannot do this now")
                .because(error)
                .advise("try again; `countersign doctor` says what is wrong if it stays so")
        } else {
            Self::refused("this failed, and nothing was changed")
                .because(error)
                .advise("`countersign doctor` checks the deployment")
        }
    }
}

impl From<AdministrationDenial> for CommandError {
    fn from(denial: AdministrationDenial) -> Self {
        match denial {
            AdministrationDenial::NotFound => Self::not_found("there is no such account"),
            AdministrationDenial::OwnersOnly => Self::refused(
                "only an owner may act on an owner, or make one, and only an operator on an operator, in the realm default",
            ),
            AdministrationDenial::OwnAccount => Self::refused("this is the administrator's own account"),
            AdministrationDenial::LastOwner => Self::refused("this is the last owner of the realm who can sign in")
                .advise("make another owner first, or give --yes-the-last-owner to do it all the same"),
            AdministrationDenial::Unproven(_) => Self::refused("the proof was not taken"),
            AdministrationDenial::MayNotDisableTwoFactor => {
                Self::refused("the policy of this realm does not allow it (administration.may_disable_two_factor)")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_tells_its_whole_story_once() {
        let low = StoreError::Unavailable("disk on fire".into());
        let error = CommandError::from(UseCaseError::Store(low));
        assert_eq!(error.chain(), "the deployment cannot do this now: the store is unavailable: disk on fire");
        assert_eq!(error.exit(), Exit::Unavailable);
    }

    #[test]
    fn load_is_unavailable_and_a_fault_is_a_failure() {
        let contended = UseCaseError::Store(StoreError::Contention("busy".into()));
        assert_eq!(CommandError::from(contended).exit(), Exit::Unavailable);
        assert_eq!(CommandError::from(UseCaseError::Fault("impossible")).exit(), Exit::Refused);
    }
}
