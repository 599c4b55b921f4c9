//! The rows as sea-orm sees them, one table a file. What they mean is for [`crate::tables`] to say.

#![allow(unreachable_pub, reason = "sea-orm's macros make public types")]

pub(crate) mod account;
pub(crate) mod api_key;
pub(crate) mod attempt;
pub(crate) mod audit_event;
pub(crate) mod authenticator;
pub(crate) mod challenge;
pub(crate) mod key_check;
pub(crate) mod realm;
pub(crate) mod recovery_code;
pub(crate) mod recovery_code_set;
pub(crate) mod second_factor;
pub(crate) mod session;
pub(crate) mod trusted_device;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use countersign_migrations::{Migrator, MigratorTrait};
    use sea_orm::{ConnectionTrait, Database, DatabaseConnection, EntityTrait, IdenStatic, Iterable, Statement};

    use super::*;

    async fn agree<E: EntityTrait>(database: &DatabaseConnection) -> String {
        let table = E::default().table_name();
        let select = format!("SELECT name FROM pragma_table_info('{table}')");
        let rows =
            database.query_all_raw(Statement::from_string(database.get_database_backend(), select)).await.unwrap();
        let migrated: BTreeSet<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
        let mapped: BTreeSet<String> = E::Column::iter().map(|column| column.as_str().to_owned()).collect();
        assert_eq!(mapped, migrated, "{table}");
        table.to_owned()
    }

    #[tokio::test]
    async fn every_table_has_the_columns_of_its_entity_and_no_others() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("schema.db").display());
        let database = Database::connect(url).await.unwrap();
        Migrator::up(&database, None).await.unwrap();

        let mut mapped = vec!["seaql_migrations".to_owned()];
        mapped.push(agree::<account::Entity>(&database).await);
        mapped.push(agree::<api_key::Entity>(&database).await);
        mapped.push(agree::<attempt::Entity>(&database).await);
        mapped.push(agree::<audit_event::Entity>(&database).await);
        mapped.push(agree::<authenticator::Entity>(&database).await);
        mapped.push(agree::<challenge::Entity>(&database).await);
        mapped.push(agree::<key_check::Entity>(&database).await);
        mapped.push(agree::<realm::Entity>(&database).await);
        mapped.push(agree::<recovery_code::Entity>(&database).await);
        mapped.push(agree::<recovery_code_set::Entity>(&database).await);
        mapped.push(agree::<second_factor::Entity>(&database).await);
        mapped.push(agree::<session::Entity>(&database).await);
        mapped.push(agree::<trusted_device::Entity>(&database).await);
        mapped.sort();
        let select = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1";
        let rows =
            database.query_all_raw(Statement::from_string(database.get_database_backend(), select)).await.unwrap();
        let tables: Vec<String> = rows.iter().map(|row| row.try_get("", "name").unwrap()).collect();
        assert_eq!(tables, mapped);
    }
}
