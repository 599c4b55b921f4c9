//! Realms: making, finding and changing them.

use std::collections::BTreeMap;

use crate::administration::{Administrator, Authority};
use crate::audit::{AuditScene, AuditText, Change, ChangedPolicy, Event};
use crate::ports::{Conflict, StoreError, StoreFault, UnitOfWork};
use crate::realm::{KeyViolation, PolicyChange, Realm, RealmSlug, RealmSlugError, owners_keys, policy_differences};
use crate::text::{IssuerName, TextError};
use crate::verification::{GivenProof, ProofDenial};
use crate::{Application, Origin, RealmId, Timestamp, UseCaseError};
use countersign_policy::Preset;

/// How often a change is tried anew because others changed the realm meanwhile.
const TRIES: u32 = 8;

/// Makes a realm, as an operator.
#[derive(Clone, Debug)]
pub struct CreateRealm {
    /// Its short name.
    pub slug: String,
    /// The name that authenticator apps show.
    pub issuer: String,
    /// Its rules, as a change of the recommended ones.
    pub policy: PolicyChange,
    /// From where.
    pub origin: Origin,
    /// The operator's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum CreateRealmOutcome {
    /// The realm.
    Created(Box<Realm>),
    /// The short name is taken.
    SlugTaken,
    /// The short name breaks a rule.
    InvalidSlug(RealmSlugError),
    /// A name or a key of the policy breaks a rule.
    Invalid(Vec<KeyViolation>),
    /// Only operators make realms.
    OperatorsOnly,
    /// The operator's own proof was not taken.
    Unproven(ProofDenial),
}

impl CreateRealm {
    /// # Errors
    /// A port failed; no realm was made.
    pub async fn execute(&self, application: &Application, by: &Authority) -> Result<CreateRealmOutcome, UseCaseError> {
        if !by.is_operator() {
            return Ok(CreateRealmOutcome::OperatorsOnly);
        }
        let recommended =
            Preset::RECOMMENDED.policy().map_err(|_| UseCaseError::Fault("a preset follows the rules"))?;
        let slug = match RealmSlug::new(&self.slug) {
            Ok(slug) => slug,
            Err(error) => return Ok(CreateRealmOutcome::InvalidSlug(error)),
        };
        let issuer = match IssuerName::new(&self.issuer) {
            Ok(issuer) => issuer.as_str().to_owned(),
            Err(rule) => return Ok(CreateRealmOutcome::Invalid(vec![issuer_violation(rule)])),
        };
        let policy = match self.policy.apply(&recommended) {
            Ok(policy) => policy,
            Err(violations) => return Ok(CreateRealmOutcome::Invalid(violations)),
        };
        // What is taken says so before a code is spent on it.
        if application.store().find_realm(&slug).await?.is_some() {
            return Ok(CreateRealmOutcome::SlugTaken);
        }
        let confirmed = match application.confirm_authority(by, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(CreateRealmOutcome::Unproven(denial)),
        };
        let now = application.now();
        let id = RealmId::new(now, 0, application.random()?);
        let realm = Realm { id, slug, issuer, policy, version: 1, enforced_since: None, created_at: now };
        let scene = AuditScene::of_realm(&realm, confirmed.actor(), &self.origin);
        let (stored, scene, preset) = (&realm, &scene, self.policy.preset.as_deref().unwrap_or("recommended"));
        let made = application
            .transact(|unit| {
                Box::pin(async move {
                    unit.realms().insert(stored).await?;
                    let mut record = application.record(scene.clone(), now);
                    let change = ChangedPolicy::Created { preset: AuditText::new(preset) };
                    record.succeeded(Event::PolicyChanged { change })?;
                    record.append(unit).await
                })
            })
            .await;
        match made {
            Ok(()) => Ok(CreateRealmOutcome::Created(Box::new(realm))),
            Err(UseCaseError::Store(StoreError::Conflict { what: Conflict::RealmSlug })) => {
                Ok(CreateRealmOutcome::SlugTaken)
            }
            Err(error) => Err(error),
        }
    }
}

/// Finds a realm by its short name.
#[derive(Clone, Debug)]
pub struct FindRealm {
    /// The short name.
    pub realm: RealmSlug,
}

impl FindRealm {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<Option<Realm>, UseCaseError> {
        Ok(application.store().find_realm(&self.realm).await?)
    }
}

/// Lists all realms, by short name.
#[derive(Clone, Copy, Debug)]
pub struct ListRealms;

/// Only operators may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatorsOnly;

impl ListRealms {
    /// # Errors
    /// A port failed.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Authority,
    ) -> Result<Result<Vec<Realm>, OperatorsOnly>, UseCaseError> {
        if !by.is_operator() {
            return Ok(Err(OperatorsOnly));
        }
        Ok(Ok(application.store().list_realms().await?))
    }
}

/// Changes a realm's issuer or policy. It holds from the next request on.
#[derive(Clone, Debug)]
pub struct UpdateRealm {
    /// The name that authenticator apps show from now on.
    pub issuer: Option<String>,
    /// What changes in its rules.
    pub policy: PolicyChange,
    /// The version that the change was made for, where it shall count for no other.
    pub expected_version: Option<i64>,
    /// The administrator's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum UpdateRealmOutcome {
    /// The realm as it is now.
    Updated(Box<Realm>),
    /// It is not the expected version any more; nothing was changed.
    ChangedMeanwhile,
    /// A name or a key of the policy breaks a rule; nothing was changed.
    Invalid(Vec<KeyViolation>),
    /// Who may turn off the second factor of others is changed only by those whom the present rule does not hold back.
    MayNotDisableTwoFactor,
    /// These keys only owners may change; nothing was changed.
    OwnersKeys(Vec<String>),
    /// The administrator's own proof was not taken.
    Unproven(ProofDenial),
}

impl UpdateRealm {
    /// What has ended under the present policy does not rise again under the new one.
    ///
    /// # Errors
    /// A port failed; the realm is as it was.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
    ) -> Result<UpdateRealmOutcome, UseCaseError> {
        let now = application.now();
        let issuer = match self.issuer.as_deref().map(IssuerName::new).transpose() {
            Ok(issuer) => issuer,
            Err(rule) => return Ok(UpdateRealmOutcome::Invalid(vec![issuer_violation(rule)])),
        };
        let (mut before, mut confirmed) = (by.realm.clone(), None);
        for _ in 0..TRIES {
            let after = match self.planned(&by.authority, &before, issuer.as_ref(), now) {
                Ok(after) => after,
                Err(refused) => return Ok(refused),
            };
            if confirmed.is_none() {
                confirmed = match application.confirm(by, &self.proof).await? {
                    Ok(confirmed) => Some(confirmed),
                    Err(denial) => return Ok(UpdateRealmOutcome::Unproven(denial)),
                };
            }
            if before.policy != after.policy {
                application.remove_ended(&before, now).await?;
            }
            let Some(confirmed) = &confirmed else {
                return Err(UseCaseError::Fault("what was confirmed is confirmed"));
            };
            let (present, planned) = (&before, &after);
            let changed = application
                .transact(|unit| {
                    Box::pin(async move {
                        let scene = AuditScene::of_realm(planned, confirmed.actor(), &by.origin);
                        apply(application, unit, (present, planned), scene, now).await
                    })
                })
                .await?;
            if changed {
                return Ok(UpdateRealmOutcome::Updated(Box::new(Realm { version: before.version + 1, ..after })));
            }
            // Someone else changed it meanwhile: the same change on what it is now.
            let now = application.store().find_realm_by_id(before.id).await?;
            before = now.ok_or(UseCaseError::Fault("a realm stays"))?;
        }
        Err(StoreError::Contention(StoreFault::from("the realm was changed meanwhile")).into())
    }

    /// The realm as it shall be.
    fn planned(
        &self,
        authority: &Authority,
        before: &Realm,
        issuer: Option<&IssuerName>,
        now: Timestamp,
    ) -> Result<Realm, UpdateRealmOutcome> {
        if self.expected_version.is_some_and(|version| version != before.version) {
            return Err(UpdateRealmOutcome::ChangedMeanwhile);
        }
        let policy = self.policy.apply(&before.policy).map_err(UpdateRealmOutcome::Invalid)?;
        let owners = owners_keys(&before.policy, &policy);
        if !owners.is_empty() && !authority.may_change_owners_keys() {
            return Err(UpdateRealmOutcome::OwnersKeys(owners));
        }
        if policy.administration != before.policy.administration && !authority.may_disable_two_factor(&before.policy) {
            return Err(UpdateRealmOutcome::MayNotDisableTwoFactor);
        }
        let issuer = issuer.map_or_else(|| before.issuer.clone(), |issuer| issuer.as_str().to_owned());
        // Whoever is signed in has the grace from now on, and not from the next sign-in.
        let enforced_since = if policy.enforcement.required_for == before.policy.enforcement.required_for {
            before.enforced_since
        } else {
            Some(now)
        };
        Ok(Realm { issuer, policy, enforced_since, ..before.clone() })
    }
}

/// Changes it, unless it is not any more what it was.
async fn apply(
    application: &Application,
    unit: &mut dyn UnitOfWork,
    (before, after): (&Realm, &Realm),
    scene: AuditScene,
    now: Timestamp,
) -> Result<bool, UseCaseError> {
    if !unit.realms().update(after).await? {
        return Ok(false);
    }
    let differences = policy_differences(&before.policy, &after.policy).into_iter();
    let mut keys: BTreeMap<_, _> =
        differences.map(|(field, before, after)| (field.key.to_owned(), Change::new(before, after))).collect();
    if before.policy.preset() != after.policy.preset() {
        let (before, after) = (before.policy.preset(), after.policy.preset());
        keys.insert("preset".to_owned(), Change::new(before.name(), after.name()));
    }
    if before.issuer != after.issuer {
        keys.insert("issuer".to_owned(), Change::new(&before.issuer, &after.issuer));
    }
    let mut record = application.record(scene, now);
    record.succeeded(Event::PolicyChanged { change: ChangedPolicy::Keys(keys) })?;
    record.append(unit).await?;
    Ok(true)
}

fn issuer_violation(rule: TextError) -> KeyViolation {
    KeyViolation::new("issuer", rule.to_string())
}
