//! Whom a change of the policy concerns, before it is made.

use countersign_policy::Policy;

use crate::account::Role;
use crate::realm::{AccountCount, Realm, two_factor_is_required_of};
use crate::{Application, UseCaseError};

/// Counts whom another policy would make enroll.
#[derive(Clone, Copy, Debug)]
pub struct CountConcerned<'a> {
    /// The realm as it is.
    pub realm: &'a Realm,
    /// The policy that it would have.
    pub policy: &'a Policy,
}

/// Who has no second factor, and would have to have one, of whom none is required now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// How many accounts.
    pub accounts: u64,
    /// How many of them administer, and could not until they have enrolled.
    pub administrators: u64,
}

impl CountConcerned<'_> {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<Concerned, UseCaseError> {
        let Self { realm, policy } = self;
        let newly = |one: &&AccountCount| {
            let required = |policy| two_factor_is_required_of(policy, one.role, one.two_factor_required);
            !one.two_factor_enabled && required(policy) && !required(&realm.policy)
        };
        let mut concerned = Concerned::default();
        for one in application.store().count_accounts(realm.id).await?.iter().filter(newly) {
            concerned.accounts += one.count;
            if one.role != Role::Member {
                concerned.administrators += one.count;
            }
        }
        Ok(concerned)
    }
}
