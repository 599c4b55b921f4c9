//! How realms look.

use async_trait::async_trait;
use countersign_application::appearance::{
    Accent, Appearance, AppearanceReads, AppearanceStore, ContactLink, ContactName, DisplayName, Logo, ReturnAddresses,
    TimeZone,
};
use countersign_application::ports::StoreError;
use countersign_application::{RealmId, Timestamp};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, Insert};

use crate::connection::SeaUnitOfWork;
use crate::errors::store_error;
use crate::rows::{Row, json};
use crate::statements::one;
use crate::store::SeaStore;
use crate::tables::locks::{Lock, lock};

entity!(realm_appearance = "realm_appearance" {
    pub realm_id: Uuid,
    pub display_name: Option<String>,
    pub accent: Option<String>,
    pub logo: Option<Vec<u8>>,
    pub logo_type: Option<String>,
    pub contact_name: Option<String>,
    pub contact_link: Option<String>,
    pub time_zone: Option<String>,
    pub return_addresses: String,
    pub changed_at: i64,
});

use realm_appearance::{Column, Entity};

fn from_row(row: realm_appearance::Model) -> Result<Appearance, StoreError> {
    let read = Row::new("realm_appearance", row.realm_id);
    let display_name = row.display_name.map(|text| read.parsed("display_name", DisplayName::stored(text)));
    let accent = row.accent.map(|text| read.parsed("accent", Accent::new(&text).ok()));
    let contact_name = row.contact_name.map(|text| read.parsed("contact_name", ContactName::stored(text)));
    let contact_link = row.contact_link.map(|text| read.parsed("contact_link", ContactLink::new(&text).ok()));
    // Nodes of two versions may know other zones; what tells a time in UTC is no reason to show no page.
    let time_zone = row.time_zone.and_then(|name| TimeZone::new(&name).ok());
    let logo = match (row.logo, row.logo_type) {
        (None, None) => None,
        (Some(bytes), Some(kind)) => {
            let logo = Logo::new(bytes).ok().filter(|logo| logo.kind().as_str() == kind);
            Some(read.parsed("logo", logo)?)
        }
        _ => return Err(read.corrupt("logo_type")),
    };
    let texts = serde_json::from_str::<Vec<String>>(&row.return_addresses).ok();
    let addresses = texts.and_then(|texts| ReturnAddresses::new(&texts).ok());
    Ok(Appearance {
        name: display_name.transpose()?,
        accent: accent.transpose()?,
        logo,
        contact_name: contact_name.transpose()?,
        contact_link: contact_link.transpose()?,
        time_zone,
        return_addresses: read.parsed("return_addresses", addresses)?,
    })
}

async fn find(connection: &impl ConnectionTrait, realm: RealmId) -> Result<Appearance, StoreError> {
    Ok(one(connection, Entity::find_by_id(realm.as_uuid()), from_row).await?.unwrap_or_default())
}

#[async_trait]
impl AppearanceReads for SeaStore {
    async fn find_appearance(&self, realm: RealmId) -> Result<Appearance, StoreError> {
        find(self.reading(), realm).await
    }
}

#[async_trait]
impl AppearanceStore for SeaUnitOfWork {
    /// Of all realms: it happens seldom, and is short.
    async fn lock(&mut self, realm: RealmId) -> Result<Appearance, StoreError> {
        lock(self, Lock::Appearances).await?;
        find(self, realm).await
    }

    async fn set(&mut self, realm: RealmId, appearance: &Appearance, at: Timestamp) -> Result<(), StoreError> {
        let row = realm_appearance::Model {
            realm_id: realm.as_uuid(),
            display_name: appearance.name.as_ref().map(|name| name.as_str().to_owned()),
            accent: appearance.accent.map(|accent| accent.to_string()),
            logo: appearance.logo.as_ref().map(|logo| logo.bytes().to_vec()),
            logo_type: appearance.logo.as_ref().map(|logo| logo.kind().as_str().to_owned()),
            contact_name: appearance.contact_name.as_ref().map(|name| name.as_str().to_owned()),
            contact_link: appearance.contact_link.as_ref().map(|link| link.as_str().to_owned()),
            time_zone: appearance.time_zone.map(|zone| zone.as_str().to_owned()),
            return_addresses: json(serde_json::to_string(&appearance.return_addresses.to_texts()))?,
            changed_at: at.as_micros(),
        };
        let replace = OnConflict::column(Column::RealmId)
            .update_columns([
                Column::DisplayName,
                Column::Accent,
                Column::Logo,
                Column::LogoType,
                Column::ContactName,
                Column::ContactLink,
                Column::TimeZone,
                Column::ReturnAddresses,
                Column::ChangedAt,
            ])
            .to_owned();
        Insert::<realm_appearance::ActiveModel>::one(row)
            .on_conflict(replace)
            .exec_without_returning(self)
            .await
            .map_err(store_error)?;
        Ok(())
    }
}
