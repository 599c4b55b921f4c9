//! Who waits for wrong passwords, for the operator.

use std::net::IpAddr;

use crate::account::Login;
use crate::realm::RealmSlug;
use crate::verification::{believed, wait_of_unknown_places};
use crate::{Application, Origin, UseCaseError};

/// How many are listed at most: those that failed last.
const MOST: u32 = 1_000;

/// Someone who waits.
#[derive(Clone, Debug)]
pub struct WaitingPlace {
    /// The network; `None` for all places that an account is not known at.
    pub network: Option<String>,
    /// The account that was tried, where it is one and exists.
    pub account: Option<(RealmSlug, Login)>,
    /// How often it failed in a row.
    pub failures: u32,
    /// For how long it waits, in seconds.
    pub wait_seconds: u64,
}

/// Lists the networks that wait, or are suspect, for failed sign-ins, those that failed last first.
#[derive(Clone, Copy, Debug)]
pub struct ListThrottles;

impl ListThrottles {
    /// # Errors
    /// The store failed.
    pub async fn execute(&self, application: &Application) -> Result<Vec<WaitingPlace>, UseCaseError> {
        let now = application.now();
        let mut places = Vec::new();
        for attempts in application.store().list_waiting_attempts(now, MOST).await? {
            let wait = match &attempts.network {
                Some(_) => believed(attempts.throttle, now).blocked_for(now),
                None => wait_of_unknown_places(&attempts, now),
            };
            let Some(wait_seconds) = wait else { continue };
            let account = match attempts.account {
                Some(id) => match application.store().find_account(id).await? {
                    Some(account) => {
                        let realm = application.store().find_realm_by_id(account.realm_id).await?;
                        realm.map(|realm| (realm.slug, account.login))
                    }
                    None => None,
                },
                None => None,
            };
            let failures = attempts.throttle.failures_in_a_row;
            places.push(WaitingPlace { network: attempts.network, account, failures, wait_seconds });
        }
        Ok(places)
    }
}

/// Ends the waits of one network over all accounts, or every wait for failed sign-ins.
#[derive(Clone, Copy, Debug)]
pub struct ClearThrottles {
    /// An address of the network; `None` for all.
    pub address: Option<IpAddr>,
}

impl ClearThrottles {
    /// Answers how many counters were ended.
    ///
    /// # Errors
    /// A port failed; every wait is as it was.
    pub async fn execute(&self, application: &Application) -> Result<u64, UseCaseError> {
        let network = Origin { address: self.address, ..Origin::UNKNOWN }.network();
        let network = network.as_deref();
        application.transact(|unit| Box::pin(async move { Ok(unit.attempts().forgive_network(network).await?) })).await
    }
}
