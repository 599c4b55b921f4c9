//! How realms look.

use async_trait::async_trait;
use countersign_application::appearance::{
    Accent, Appearance, AppearanceReads, AppearanceStore, DisplayName, Logo, ReturnAddresses,
};
use countersign_application::ports::StoreError;
use countersign_application::{RealmId, Timestamp};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Insert, QueryFilter};

use crate::entities::realm;
use crate::entities::realm_appearance::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::rows::Row;
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

fn from_row(row: realm_appearance::Model) -> Result<Appearance, StoreError> {
    let name = Row::new("realm_appearance", row.realm_id);
    let display_name = row.display_name.map(|text| name.understood("display_name", DisplayName::stored(text)));
    let accent = row.accent.map(|text| name.understood("accent", Accent::new(&text).ok()));
    let logo = match (row.logo, row.logo_type) {
        (None, None) => None,
        (Some(bytes), Some(kind)) => {
            let logo = Logo::new(bytes).ok().filter(|logo| logo.kind().as_str() == kind);
            Some(name.understood("logo", logo)?)
        }
        _ => return Err(name.corrupt("logo_type")),
    };
    let texts = serde_json::from_str::<Vec<String>>(&row.return_addresses).ok();
    let addresses = texts.and_then(|texts| ReturnAddresses::new(&texts).ok());
    Ok(Appearance {
        name: display_name.transpose()?,
        accent: accent.transpose()?,
        logo,
        return_addresses: name.understood("return_addresses", addresses)?,
    })
}

async fn find<C: ConnectionTrait>(connection: &C, realm: RealmId) -> Result<Appearance, StoreError> {
    let row = Entity::find_by_id(realm.as_uuid()).one(connection).await.map_err(read_fault::<Entity>)?;
    Ok(row.map(from_row).transpose()?.unwrap_or_default())
}

#[async_trait]
impl AppearanceReads for SeaStore {
    async fn find_appearance(&self, realm: RealmId) -> Result<Appearance, StoreError> {
        find(self.reading(), realm).await
    }
}

#[async_trait]
impl AppearanceStore for SeaUnitOfWork {
    async fn lock(&mut self, realm: RealmId) -> Result<Appearance, StoreError> {
        // There may be no row of ours yet; the realm's is there. A write is the one row lock that every engine has, and
        // this one changes nothing, the realm's version least of all.
        realm::Entity::update_many()
            .col_expr(realm::Column::Version, Expr::col(realm::Column::Version))
            .filter(realm::Column::Id.eq(realm.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        find(self.connection(), realm).await
    }

    async fn set(&mut self, realm: RealmId, appearance: &Appearance, at: Timestamp) -> Result<(), StoreError> {
        let addresses = serde_json::to_string(&appearance.return_addresses.to_texts());
        let row = realm_appearance::Model {
            realm_id: realm.as_uuid(),
            display_name: appearance.name.as_ref().map(|name| name.as_str().to_owned()),
            accent: appearance.accent.map(|accent| accent.to_string()),
            logo: appearance.logo.as_ref().map(|logo| logo.bytes().to_vec()),
            logo_type: appearance.logo.as_ref().map(|logo| logo.kind().as_str().to_owned()),
            return_addresses: addresses.map_err(|error| StoreError::Unavailable(Box::new(error)))?,
            changed_at: at.as_micros(),
        };
        let replace = OnConflict::column(Column::RealmId)
            .update_columns([
                Column::DisplayName,
                Column::Accent,
                Column::Logo,
                Column::LogoType,
                Column::ReturnAddresses,
                Column::ChangedAt,
            ])
            .to_owned();
        Insert::<realm_appearance::ActiveModel>::one(row)
            .on_conflict(replace)
            .exec_without_returning(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }
}
