//! The account that a command names.

use countersign_application::AccountId;
use countersign_application::account::{AccountName, whom};
use countersign_wire::AccountOverviewView;

use super::AccountDirectory;
use crate::CommandError;

/// The one account that goes by a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: AccountId,
    login: String,
    subject: Option<String>,
}

impl Found {
    /// Finds it; `None` where nobody goes by the name.
    pub(crate) async fn find(
        accounts: &dyn AccountDirectory,
        name: &AccountName,
    ) -> Result<Option<Self>, CommandError> {
        let found = accounts.named(name).await?.into_iter().map(Self::new).collect::<Result<Vec<_>, _>>()?;
        match <[Self; 1]>::try_from(found) {
            Ok([one]) => Ok(Some(one)),
            Err(none) if none.is_empty() => Ok(None),
            Err(several) => Err(ambiguous(name, &several, &accounts.whereabouts())),
        }
    }

    /// Finds it, where somebody has to go by the name.
    pub(crate) async fn load(accounts: &dyn AccountDirectory, name: &AccountName) -> Result<Self, CommandError> {
        let found = Self::find(accounts, name).await?;
        found.ok_or_else(|| {
            let whereabouts = accounts.whereabouts();
            let message = match name {
                AccountName::Subject(subject) => format!("there is no subject {subject:?} {whereabouts}"),
                AccountName::Any(name) => format!("there is no account {name:?} {whereabouts}, and no such subject"),
            };
            CommandError::not_found(message).advise(
                "give a login, a subject's identifier or an id; `countersign account list --query TEXT` finds by a part of \
                 login, identifier or label",
            )
        })
    }

    fn new(view: AccountOverviewView) -> Result<Self, CommandError> {
        let AccountOverviewView { account, subject, .. } = view;
        let id = account.id.parse();
        let id = id.map_err(|error| CommandError::refused("an account's id is not understood").because(error))?;
        Ok(Self { id, login: account.login, subject })
    }

    /// What people call it, in a sentence.
    pub(crate) fn whom(&self) -> String {
        whom(&self.login, self.subject.as_deref())
    }

    /// The same with what it is.
    pub(crate) fn noun(&self) -> String {
        match &self.subject {
            Some(subject) => format!("subject {subject}"),
            None => format!("account {}", self.login),
        }
    }
}

fn ambiguous(name: &AccountName, several: &[Found], whereabouts: &str) -> CommandError {
    let each: Vec<String> = several.iter().map(|one| format!("the {} (id {})", one.noun(), one.id)).collect();
    CommandError::refused(format!("several go by {:?} {whereabouts}: {}", name.as_str(), each.join(", ")))
        .advise("give the id of the one that is meant, or --subject if it is the subject")
}
