//! People: who asks, or is asked about, with realm and second factor. Many are read in one statement.

use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::ports::{AskedAbout, Person, PersonReads, StoreError, TokenDigest};
use countersign_application::second_factor::SecondFactor;
use countersign_application::session::Session;
use countersign_application::sign_in::Challenge;
use countersign_application::{account::Account, api_key::ApiKey, realm::Realm};
use rusqlite::Connection;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use tokio::runtime::Handle;

use crate::connection::{Reading, Writing};
use crate::engine::{Connections, FileThread};
use crate::errors::store_error;
use crate::file;
use crate::lane::{Lanes, Serve};
use crate::many::{Kind, Sql};
use crate::rows::{Cursor, Given, Positioned};
use crate::store::SeaStore;
use crate::tables::{
    account, accounts, api_key, api_keys, challenge, challenges, realm, realms, second_factor, second_factors, session,
    sessions,
};

/// By what someone is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    /// The digest of a token.
    pub(crate) token: TokenDigest,
    /// With an API key, the login key of the account that it asks about.
    pub(crate) login_key: Option<String>,
}

/// What a token stands for.
pub(crate) trait Head: Sized + Send + 'static {
    /// The row of the token.
    type Row: Positioned;
    /// How the row of a token, `h`, is found.
    const TOKEN: &'static str;
    /// How the realm, `r`, and the account, `c`, are joined to it.
    const ACCOUNT: &'static str = "JOIN account c ON c.id = h.account_id JOIN realm r ON r.id = c.realm_id";

    fn from_row(row: Self::Row) -> Result<Self, StoreError>;
}

impl Head for ApiKey {
    type Row = api_key::Model;
    const TOKEN: &'static str = "JOIN api_key h ON h.digest = v.token";
    const ACCOUNT: &'static str = "JOIN realm r ON r.id = h.realm_id \
        LEFT JOIN account c ON c.realm_id = r.id AND c.login_key = v.login_key";

    fn from_row(row: Self::Row) -> Result<Self, StoreError> {
        api_keys::from_row(row)
    }
}

impl Head for Challenge {
    type Row = challenge::Model;
    const TOKEN: &'static str = "JOIN challenge h ON h.token_digest = v.token";

    fn from_row(row: Self::Row) -> Result<Self, StoreError> {
        challenges::from_row(&row)
    }
}

impl Head for Session {
    type Row = session::Model;
    const TOKEN: &'static str = "JOIN session h ON h.token_digest = v.token";

    fn from_row(row: Self::Row) -> Result<Self, StoreError> {
        sessions::from_row(row)
    }
}

/// Whom a token leads to.
#[derive(Debug)]
pub(crate) struct Found<H> {
    pub(crate) head: H,
    pub(crate) realm: Realm,
    pub(crate) account: Option<(Account, SecondFactor)>,
}

/// The whole of it in one statement: one hop, and on every engine one moment's truth.
fn select<H: Head>(backend: DbBackend, wanted: &[Wanted]) -> Statement {
    let rows = wanted.iter().zip(0_i64..).map(|(wanted, n)| {
        let (token, login_key) = (wanted.token.0.to_vec(), wanted.login_key.clone());
        [Value::from(n), Value::from(token), Value::from(login_key)]
    });
    let mut statement = Sql::new(backend);
    statement.sql("SELECT v.n, ").columns::<H::Row>("h").columns::<realm::Model>("r").columns::<account::Model>("c");
    second_factors::select_whole(&mut statement)
        .sql(" FROM ")
        .table([("n", Kind::Integer), ("token", Kind::Digest), ("login_key", Kind::LoginKey)], rows.collect());
    for join in [H::TOKEN, H::ACCOUNT, "LEFT JOIN second_factor f ON f.account_id = c.id", second_factors::PARTS] {
        statement.sql(" ").sql(join);
    }
    statement.sql(" ORDER BY v.n, ").sql(second_factors::ORDER);
    statement.finished()
}

/// Finds people, in the order in which they are wanted.
pub(crate) async fn find<H: Head>(
    connection: &impl ConnectionTrait,
    wanted: &[Wanted],
) -> Result<Vec<Option<Found<H>>>, StoreError> {
    let select = select::<H>(connection.get_database_backend(), wanted);
    let rows = connection.query_all_raw(select).await.map_err(store_error)?;
    let mut found: Vec<Option<Found<H>>> = wanted.iter().map(|_| None).collect();
    for row in &rows {
        read(Given::Library(row), &mut found)?;
    }
    Ok(found)
}

/// Finds people as [`find`] does.
fn find_in<H: Head>(connection: &Connection, wanted: &[Wanted]) -> Result<Vec<Option<Found<H>>>, StoreError> {
    let mut found: Vec<Option<Found<H>>> = wanted.iter().map(|_| None).collect();
    let select = select::<H>(DbBackend::Sqlite, wanted);
    file::query(connection, &select, |row| read(Given::File(row), &mut found))?;
    Ok(found)
}

/// Reads a row of one of those who are wanted.
fn read<H: Head>(row: Given<'_>, found: &mut [Option<Found<H>>]) -> Result<(), StoreError> {
    let mut cursor = Cursor::new(row);
    let n: i64 = cursor.next("v", "n")?;
    let place = usize::try_from(n).ok().and_then(|n| found.get_mut(n));
    let place = place.ok_or_else(|| StoreError::Unavailable("a row that nobody asked for".into()))?;
    match place {
        Some(_) => {
            cursor.pass::<H::Row>();
            cursor.pass::<realm::Model>();
            cursor.pass::<account::Model>();
            cursor.pass::<second_factor::Model>();
        }
        None => {
            let head = H::from_row(H::Row::read(&mut cursor)?)?;
            let realm = realms::from_row(realm::Model::read(&mut cursor)?)?;
            let account = cursor.joined::<account::Model>()?;
            let state = cursor.joined::<second_factor::Model>()?;
            let account = match (account, state) {
                (Some(account), Some(state)) => {
                    let account = accounts::joined(account, state.enabled_at)?;
                    Some((account, second_factors::without_parts(&state)?))
                }
                _ => None,
            };
            *place = Some(Found { head, realm, account });
        }
    }
    let Some(Found { account: Some((_, factor)), .. }) = place else { return Ok(()) };
    second_factors::read_parts(&mut cursor, factor)
}

/// Finds many people at once.
pub(crate) struct Finding<H> {
    reading: Arc<Reading>,
    file: Option<FileThread>,
    head: PhantomData<fn() -> H>,
}

impl<H: Head> Finding<H> {
    pub(crate) fn over(connections: &Connections) -> Self {
        let file = match &connections.writing {
            Writing::InTurns(writer) => Some(writer.thread().clone()),
            Writing::AtOnce { .. } => None,
        };
        Self { reading: Arc::clone(&connections.reading), file, head: PhantomData }
    }
}

/// What comes of looking for one.
type Outcome<H> = Result<Option<Found<H>>, StoreError>;

impl<H: Head> Serve for Finding<H> {
    type Ask = Wanted;
    type Answer = Option<Found<H>>;
    type About = Wanted;

    fn about(wanted: &Wanted) -> Wanted {
        wanted.clone()
    }

    fn begin(lane: Lanes<Self>, runtime: Handle) {
        let Some(file) = lane.serve().file.clone() else {
            runtime.spawn(lane.run());
            return;
        };
        // A batch there, and others have their turn. One with a row that cannot be read goes another way.
        file.begin_lane(lane, runtime, (), |connection, wanted| {
            Some(find_in(connection, wanted).ok()?.into_iter().map(Ok).collect())
        });
    }

    async fn serve(&self, wanted: Vec<Wanted>) -> Vec<Outcome<H>> {
        match find(&*self.reading, &wanted).await {
            Ok(found) => found.into_iter().map(Ok).collect(),
            Err(error) if wanted.len() == 1 => vec![Err(error)],
            // A row that cannot be read fails those alone whose row it is.
            Err(_) => {
                let mut found = Vec::with_capacity(wanted.len());
                for one in &wanted {
                    found.push(find(&*self.reading, std::slice::from_ref(one)).await.map(|mut it| it.pop().flatten()));
                }
                found
            }
        }
    }
}

impl<H> Found<H> {
    fn person(self) -> Option<(H, Person)> {
        let Self { head, realm, account } = self;
        account.map(|(account, factor)| (head, Person { realm, account, factor }))
    }
}

#[async_trait]
impl PersonReads for SeaStore {
    async fn find_asked_about(&self, key: &TokenDigest, login_key: &str) -> Result<Option<AskedAbout>, StoreError> {
        let wanted = Wanted { token: *key, login_key: Some(login_key.to_owned()) };
        let found = self.lanes().asked_about.ask(wanted).await?;
        Ok(found.map(|found| AskedAbout { key: found.head, realm: found.realm, found: found.account }))
    }

    async fn find_challenged(&self, token: &TokenDigest) -> Result<Option<(Challenge, Person)>, StoreError> {
        let wanted = Wanted { token: *token, login_key: None };
        Ok(self.lanes().challenged.ask(wanted).await?.and_then(Found::person))
    }

    async fn find_signed_in(&self, token: &TokenDigest) -> Result<Option<(Session, Person)>, StoreError> {
        let wanted = Wanted { token: *token, login_key: None };
        Ok(self.lanes().signed_in.ask(wanted).await?.and_then(Found::person))
    }
}

#[cfg(test)]
mod tests {
    use countersign_migrations::{Migrator, MigratorTrait};
    use sea_orm::{Database, DatabaseConnection};

    use super::*;

    async fn assert_no_table_is_scanned<H: Head>(database: &DatabaseConnection, people: usize) {
        let wanted = vec![Wanted { token: TokenDigest([1; 32]), login_key: Some("someone".to_owned()) }; people];
        let mut select = select::<H>(DbBackend::Sqlite, &wanted);
        select.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
        let plan = database.query_all_raw(select).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
        // Nothing but the table of those who are wanted.
        let is_given =
            |step: &String| step.contains("CONSTANT ROW") || step.ends_with(" given") || step.contains("VALUES");
        let mut scanned = steps.iter().filter(|step| step.starts_with("SCAN"));
        assert!(!steps.is_empty() && scanned.all(is_given), "{steps:#?}");
    }

    #[tokio::test]
    async fn people_are_found_without_a_scan() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", directory.path().join("plan.db").display());
        let database = Database::connect(url).await.unwrap();
        Migrator::up(&database, None).await.unwrap();
        for people in [1, 2, 32] {
            assert_no_table_is_scanned::<ApiKey>(&database, people).await;
            assert_no_table_is_scanned::<Challenge>(&database, people).await;
            assert_no_table_is_scanned::<Session>(&database, people).await;
        }
    }
}
