use async_trait::async_trait;
use countersign_application::use_cases::{
    CreateRealm, CreateRealmOutcome, FindRealm, ListRealms, UpdateRealm, UpdateRealmOutcome,
};
use countersign_application::{AdministrationDenial, Authority, KeyViolation, Origin, PolicyChange, RealmSlug};
use countersign_core::Preset;

use super::{NewRealm, RealmChange, RealmDirectory, RealmView};
use crate::local::no_realm;
use crate::{CommandError, Local};

#[async_trait]
impl RealmDirectory for Local {
    async fn create(&self, realm: NewRealm) -> Result<RealmView, CommandError> {
        let recommended = Preset::RECOMMENDED
            .policy()
            .map_err(|error| CommandError::refused("this program is broken").because(error))?;
        let slug = realm.slug.clone();
        let create = CreateRealm {
            slug: realm.slug.to_string(),
            issuer: realm.issuer,
            policy: PolicyChange { preset: realm.preset, patch: None },
            authority: Authority::Operator,
            origin: Origin::default(),
        };
        match create.execute(&self.application, &recommended).await? {
            CreateRealmOutcome::Created(realm) => Ok(RealmView::from(&*realm)),
            CreateRealmOutcome::SlugTaken => Err(CommandError::refused(format!("there is a realm {slug} already"))),
            CreateRealmOutcome::InvalidSlug(rule) => Err(CommandError::refused(format!("the realm's name {rule}"))),
            CreateRealmOutcome::Invalid(violations) => Err(broken("no realm was made", &violations)),
        }
    }

    async fn list(&self) -> Result<Vec<RealmView>, CommandError> {
        Ok(ListRealms.execute(&self.application).await?.iter().map(RealmView::from).collect())
    }

    async fn load(&self, slug: Option<&RealmSlug>) -> Result<RealmView, CommandError> {
        let slug = slug.unwrap_or(&self.realm);
        let realm = FindRealm { realm: slug.clone() }.execute(&self.application).await?;
        realm.as_ref().map(RealmView::from).ok_or_else(|| no_realm(slug))
    }

    async fn update(&self, change: RealmChange) -> Result<RealmView, CommandError> {
        let update = UpdateRealm {
            realm: self.realm.clone(),
            issuer: change.issuer,
            policy: PolicyChange { preset: change.preset, patch: change.policy },
            authority: Authority::Operator,
            origin: Origin::default(),
        };
        match update.execute(&self.application).await? {
            UpdateRealmOutcome::Updated(realm) => Ok(RealmView::from(&*realm)),
            UpdateRealmOutcome::NotFound => Err(self.no_realm()),
            UpdateRealmOutcome::MayNotDisableTwoFactor => Err(AdministrationDenial::MayNotDisableTwoFactor.into()),
            UpdateRealmOutcome::Invalid(violations) => Err(broken("nothing was changed", &violations)),
        }
    }
}

fn broken(consequence: &str, violations: &[KeyViolation]) -> CommandError {
    let lines: Vec<String> = violations.iter().map(|it| format!("{} {}", it.key, it.rule)).collect();
    CommandError::refused(format!("{consequence}: {}", lines.join("; ")))
        .advise("docs/policies.md lists every key and preset")
}
