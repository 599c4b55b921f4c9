//! The place of administration beside the database.

use countersign_application::Application;
use countersign_application::administration::Administrator;
use countersign_application::realm::{FindRealm, Realm, RealmSlug};

use crate::CommandError;

/// One realm, beside this program. Whoever can read the database is its operator, and acts as such.
pub struct Local {
    pub(crate) application: Application,
    pub(crate) realm: RealmSlug,
}

impl Local {
    /// The realm `realm`.
    #[must_use]
    pub fn new(application: Application, realm: RealmSlug) -> Self {
        Self { application, realm }
    }

    /// The realm as it is now.
    pub(crate) async fn found(&self) -> Result<Realm, CommandError> {
        let found = FindRealm { realm: self.realm.clone() }.execute(&self.application).await?;
        found.ok_or_else(|| self.no_realm())
    }

    /// The operator, in this realm.
    pub(crate) async fn operator(&self) -> Result<Administrator, CommandError> {
        Ok(Administrator::operator(self.found().await?))
    }

    fn no_realm(&self) -> CommandError {
        CommandError::not_found(format!("there is no realm {}", self.realm))
            .advise("`countersign realm list` shows those there are")
    }
}
