use async_trait::async_trait;
use countersign_application::Origin;
use countersign_application::administration::{AdministrationDenial, Authority};
use countersign_application::appearance::{AppearanceChange, FindAppearance, SetAppearance, SetAppearanceOutcome};
use countersign_application::realm::{
    CreateRealm, CreateRealmOutcome, KeyViolation, ListRealms, OperatorsOnly, PolicyChange, Realm, UpdateRealm,
    UpdateRealmOutcome,
};
use countersign_application::verification::GivenProof;
use countersign_wire::{AppearanceView, RealmView};

use super::{NewRealm, RealmChange, RealmDirectory};
use crate::{CommandError, Local};

#[async_trait]
impl RealmDirectory for Local {
    async fn create(&self, realm: NewRealm) -> Result<RealmView, CommandError> {
        let slug = realm.slug.clone();
        let create = CreateRealm {
            slug: realm.slug.to_string(),
            issuer: realm.issuer,
            policy: PolicyChange { preset: realm.preset, patch: None },
            origin: Origin::default(),
            proof: GivenProof::default(),
        };
        match create.execute(&self.application, &Authority::Operator).await? {
            CreateRealmOutcome::Created(realm) => Ok(RealmView::from(&*realm)),
            CreateRealmOutcome::SlugTaken => Err(CommandError::refused(format!("there is a realm {slug} already"))),
            CreateRealmOutcome::InvalidSlug(rule) => Err(CommandError::refused(format!("the realm's name {rule}"))),
            CreateRealmOutcome::Invalid(violations) => Err(broken("no realm was made", &violations)),
            CreateRealmOutcome::OperatorsOnly => Err(AdministrationDenial::OwnersOnly.into()),
            CreateRealmOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
        }
    }

    async fn list(&self) -> Result<Vec<RealmView>, CommandError> {
        let mut realms = Vec::new();
        let all = ListRealms.execute(&self.application, &Authority::Operator).await?;
        for realm in all.map_err(|OperatorsOnly| AdministrationDenial::OwnersOnly)? {
            realms.push(self.view(&realm).await?);
        }
        Ok(realms)
    }

    async fn load(&self) -> Result<RealmView, CommandError> {
        self.view(&self.found().await?).await
    }

    async fn update(&self, change: RealmChange) -> Result<RealmView, CommandError> {
        let update = UpdateRealm {
            expected_version: None,
            issuer: change.issuer,
            policy: PolicyChange { preset: change.preset, patch: change.policy },
            proof: GivenProof::default(),
        };
        match update.execute(&self.application, &self.operator().await?).await? {
            UpdateRealmOutcome::Updated(realm) => self.view(&realm).await,
            UpdateRealmOutcome::ChangedMeanwhile => {
                Err(countersign_application::UseCaseError::Fault("no version was expected").into())
            }
            UpdateRealmOutcome::MayNotDisableTwoFactor => Err(AdministrationDenial::MayNotDisableTwoFactor.into()),
            UpdateRealmOutcome::OwnersKeys(_) => Err(AdministrationDenial::OwnersOnly.into()),
            UpdateRealmOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
            UpdateRealmOutcome::Invalid(violations) => Err(broken("nothing was changed", &violations)),
        }
    }

    async fn set_appearance(&self, change: AppearanceChange) -> Result<RealmView, CommandError> {
        let set = SetAppearance { change, proof: GivenProof::default() };
        match set.execute(&self.application, &self.operator().await?).await? {
            SetAppearanceOutcome::Set(_) => RealmDirectory::load(self).await,
            SetAppearanceOutcome::OwnersOnly => Err(AdministrationDenial::OwnersOnly.into()),
            SetAppearanceOutcome::Unproven(denial) => Err(AdministrationDenial::Unproven(denial).into()),
            SetAppearanceOutcome::Invalid(violations) => {
                Err(refused("nothing was changed", &violations).advise("docs/hosted-pages.md tells what is allowed"))
            }
        }
    }
}

impl Local {
    async fn view(&self, realm: &Realm) -> Result<RealmView, CommandError> {
        let appearance = FindAppearance { realm: realm.id }.execute(&self.application).await?;
        Ok(RealmView::from(realm).with_appearance(AppearanceView::from(&appearance)))
    }
}

fn broken(consequence: &str, violations: &[KeyViolation]) -> CommandError {
    refused(consequence, violations).advise("docs/policies.md lists every key and preset")
}

fn refused(consequence: &str, violations: &[KeyViolation]) -> CommandError {
    let lines: Vec<String> = violations.iter().map(|it| format!("{} {}", it.key, it.rule)).collect();
    CommandError::refused(format!("{consequence}: {}", lines.join("; ")))
}
