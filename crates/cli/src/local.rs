//! The place of administration beside the database.

use countersign_application::administration::{Administration, Authority};
use countersign_application::realm::RealmSlug;
use countersign_application::{AccountId, Application, Origin};

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

    pub(crate) fn administration(&self, account: AccountId) -> Administration {
        Administration { realm: self.realm.clone(), account, authority: Authority::Operator, origin: Origin::default() }
    }

    pub(crate) fn no_realm(&self) -> CommandError {
        CommandError::not_found(format!("there is no realm {}", self.realm))
            .advise("`countersign realm list` shows those there are")
    }
}
