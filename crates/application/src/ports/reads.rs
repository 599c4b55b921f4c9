//! Everything that a store can be asked outside of a unit of work. Within one, what decides is read under the account's
//! lock: [`SecondFactorStore::lock`](crate::second_factor::SecondFactorStore::lock) and
//! [`SecondFactorStore::load`](crate::second_factor::SecondFactorStore::load).

use crate::account::AccountReads;
use crate::api_key::ApiKeyReads;
use crate::appearance::AppearanceReads;
use crate::audit::AuditReads;
use crate::housekeeping::EndedReads;
use crate::idempotency::IdempotencyReads;
use crate::master_key::MasterKeyReads;
use crate::ports::{KeyCheckReads, PersonReads};
use crate::realm::{RealmReads, StatisticsReads};
use crate::second_factor::SecondFactorReads;
use crate::session::SessionReads;
use crate::sign_in::ChallengeReads;
use crate::trusted_device::TrustedDeviceReads;
use crate::verification::AttemptReads;

/// Everything that can be read.
pub trait Reads:
    RealmReads
    + AppearanceReads
    + AccountReads
    + SecondFactorReads
    + ChallengeReads
    + SessionReads
    + TrustedDeviceReads
    + AttemptReads
    + AuditReads
    + ApiKeyReads
    + StatisticsReads
    + KeyCheckReads
    + MasterKeyReads
    + EndedReads
    + IdempotencyReads
    + PersonReads
{
}

impl<T> Reads for T where
    T: RealmReads
        + AppearanceReads
        + AccountReads
        + SecondFactorReads
        + ChallengeReads
        + SessionReads
        + TrustedDeviceReads
        + AttemptReads
        + AuditReads
        + ApiKeyReads
        + StatisticsReads
        + KeyCheckReads
        + MasterKeyReads
        + EndedReads
        + IdempotencyReads
        + PersonReads
        + PersonReads
{
}
