//! The tables, one family a file: the entity of each, what its rows mean, how they are read and written, and the store
//! ports over them.
//!
//! The queries are functions over any connection, so that a unit of work and the store outside of it read alike. The
//! guards of an act stand in its statement's `WHERE`, never in a check before it.

/// Makes a table's entity, a module: its columns, of which the first is the key; and, where its rows belong to
/// something, the column that says to what.
macro_rules! entity {
    ($entity:ident = $table:tt $(of $owner:ident)? { pub $key:ident: $key_type:ty, $(pub $column:ident: $type:ty,)+ }) => {
        #[allow(unreachable_pub, reason = "sea-orm's macros make public types")]
        pub(crate) mod $entity {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                #[sea_orm(primary_key, auto_increment = false)]
                pub $key: $key_type,
                $(pub $column: $type,)+
            }

            #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}

            impl $crate::rows::Positioned for Model {
                const TABLE: &'static str = $table;
                const COLUMNS: &'static [&'static str] = &[stringify!($key), $(stringify!($column)),+];

                fn read(
                    cursor: &mut $crate::rows::Cursor<'_>,
                ) -> Result<Self, countersign_application::ports::StoreError> {
                    Ok(Self {
                        $key: cursor.next($table, stringify!($key))?,
                        $($column: cursor.next($table, stringify!($column))?),+
                    })
                }
            }

            $(impl $crate::statements::Owned for Entity {
                const OWNER: Column = Column::$owner;
            })?
        }
    };
}

mod account_lists;
pub(crate) mod accounts;
mod api_keys;
pub(crate) mod attempts;
pub(crate) mod audit_events;
pub(crate) mod authenticators;
pub(crate) mod bookkeeping;
pub(crate) mod challenges;
mod housekeeping;
mod idempotency_claims;
mod key_checks;
mod locks;
mod master_keys;
pub(crate) mod people;
mod realm_appearances;
mod realms;
mod recovery_codes;
mod restoration;
pub(crate) mod second_factors;
pub(crate) mod sessions;
mod statistics;
pub(crate) mod trusted_devices;

#[cfg(test)]
mod tests;

pub(crate) use accounts::account;
pub(crate) use api_keys::api_key;
pub(crate) use attempts::attempt;
pub(crate) use audit_events::audit_event;
pub(crate) use authenticators::authenticator;
pub(crate) use challenges::challenge;
pub(crate) use idempotency_claims::idempotency_claim;
pub(crate) use key_checks::key_check;
pub(crate) use realm_appearances::realm_appearance;
pub(crate) use realms::realm;
pub(crate) use recovery_codes::{recovery_code, recovery_code_set};
pub(crate) use second_factors::second_factor;
pub(crate) use sessions::session;
pub(crate) use trusted_devices::trusted_device;
