//! Realms: what one is, its policy, whom it obliges to what, its first owner, and its numbers.

mod concerned;
mod counts;
mod enforcement;
mod ensure_default;
mod manage;
mod policy_change;
mod set_up;
mod statistics;
mod store;
mod values;

pub use concerned::{Concerned, CountConcerned};
pub use counts::{AccountCount, DailyCount, StatisticsReads};
pub(crate) use enforcement::{begin_grace, grace_end};
pub use enforcement::{effective_role, enrollment_deadline, two_factor_is_required, two_factor_is_required_of};
pub use ensure_default::EnsureDefaultRealm;
pub use manage::{
    CreateRealm, CreateRealmOutcome, FindRealm, ListRealms, OperatorsOnly, UpdateRealm, UpdateRealmOutcome,
};
pub use policy_change::{KeyViolation, PolicyChange, owners_keys, policy_differences};
pub use set_up::{AwaitsFirstOwner, CheckSetUpLink, CreateFirstOwner, CreateFirstOwnerOutcome, IssueSetUpLink};
pub use statistics::{ShowStatistics, Statistics};
pub use store::{RealmReads, RealmStore};
pub use values::{Realm, RealmSlug, RealmSlugError};
