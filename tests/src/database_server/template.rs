//! Databases with all tables, without running every migration for each.
//!
//! PostgreSQL copies a template, which is made once for each server. MariaDB knows no templates: there the statements
//! that make the tables are taken from a migrated database, once for each process, and run again.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, OnceLock};

use super::administration::{Administration, Engine, name};
use super::database::Database;
use crate::binary::binary;

/// What a copy is made of.
enum Template {
    Database(String),
    Statements(String),
}

type Templates = HashMap<Administration, Arc<OnceLock<Template>>>;

static TEMPLATES: LazyLock<Mutex<Templates>> = LazyLock::new(Mutex::default);

/// Makes the database `name` as a copy of the template, which is made first if need be.
pub(super) fn copy(administration: &Administration, name: &str) {
    let template = Arc::clone(TEMPLATES.lock().unwrap().entry(administration.clone()).or_default());
    match template.get_or_init(|| make(administration)) {
        Template::Database(template) => {
            administration.run(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        }
        Template::Statements(statements) => {
            administration.run(&format!("CREATE DATABASE {name};\nUSE {name};\n{statements}"));
        }
    }
}

fn make(administration: &Administration) -> Template {
    match administration.engine() {
        Engine::Postgres => {
            let template = template_name();
            if !exists(administration, &template) {
                // Under a name of its own until it is complete; then the first one has it.
                let made = Database::new(administration.clone(), name());
                administration.run(&format!("CREATE DATABASE {}", made.name()));
                migrate(&made);
                let renamed =
                    administration.try_run("", &format!("ALTER DATABASE {} RENAME TO {template}", made.name()));
                assert!(renamed.is_ok() || exists(administration, &template), "{renamed:?}");
            }
            Template::Database(template)
        }
        Engine::MariaDb => {
            let made = administration.create_empty_database();
            migrate(&made);
            Template::Statements(String::from_utf8(made.mariadb_dump(&["--hex-blob"])).unwrap())
        }
    }
}

/// The template of this binary: another one may have other migrations.
fn template_name() -> String {
    let metadata = std::fs::metadata(binary()).unwrap();
    let mut hasher = DefaultHasher::new();
    (binary(), metadata.len(), metadata.modified().unwrap()).hash(&mut hasher);
    format!("countersign_template_{:016x}", hasher.finish())
}

fn exists(administration: &Administration, database: &str) -> bool {
    !administration.run(&format!("SELECT 1 FROM pg_database WHERE datname = '{database}'")).trim().is_empty()
}

/// Has the binary make the tables.
fn migrate(database: &Database) {
    let directory = tempfile::tempdir().unwrap();
    let output = Command::new(binary())
        .args(["database", "migrate"])
        .current_dir(directory.path())
        .env_clear()
        .env("COUNTERSIGN_DATABASE_URL", database.url())
        .env("COUNTERSIGN_DATA_DIR", directory.path().join("data"))
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    assert!(output.status.success(), "`countersign database migrate` failed on {}: {said}", database.engine());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::all_at_once;

    fn databases_made_at_once_have_all_tables_and_are_apart(engine: Engine) {
        let administration = engine.administration();
        let databases = all_at_once(vec![(); 6], |()| administration.create_database());
        let migrations: Vec<String> = databases
            .iter()
            .map(|database| database.query("SELECT version FROM seaql_migrations ORDER BY 1"))
            .collect();
        assert!(migrations[0].starts_with('m'), "{}", migrations[0]);
        assert!(migrations.iter().all(|found| *found == migrations[0]));
        databases[0].query("DROP TABLE seaql_migrations");
        assert_eq!(databases[1].query("SELECT version FROM seaql_migrations ORDER BY 1"), migrations[0]);
    }

    #[test]
    #[ignore = "needs PostgreSQL; tests/run starts one"]
    fn postgresql_databases_made_at_once_have_all_tables_and_are_apart() {
        databases_made_at_once_have_all_tables_and_are_apart(Engine::Postgres);
    }

    #[test]
    #[ignore = "needs MariaDB; tests/run starts one"]
    fn mariadb_databases_made_at_once_have_all_tables_and_are_apart() {
        databases_made_at_once_have_all_tables_and_are_apart(Engine::MariaDb);
    }
}
