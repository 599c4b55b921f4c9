//! People: who asks, or is asked about, with realm and second factor. Many are read in one statement.

use std::fmt::Write as _;
use std::marker::PhantomData;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_application::ports::{AskedAbout, Person, PersonReads, StoreError, TokenDigest};
use countersign_application::recovery::RecoveryCodeSet;
use countersign_application::second_factor::{Authenticator, SecondFactor};
use countersign_application::session::Session;
use countersign_application::sign_in::Challenge;
use countersign_application::{account::Account, api_key::ApiKey, realm::Realm};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, QueryResult, Statement, Value};

use crate::connection::Reading;
use crate::errors::read_error;
use crate::lane::Serve;
use crate::many::{Kind, Sql};
use crate::rows::{Cursor, Positioned};
use crate::store::SeaStore;
use crate::tables::{
    account, accounts, api_key, api_keys, authenticator, authenticators, challenge, challenges, realm, realms,
    recovery_code_set, recovery_codes, second_factor, second_factors, session, sessions,
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
    type Entity: EntityTrait;
    /// How the tables are joined: `h` is the row of the token, `r` the realm, `c` the account.
    const FROM: &'static str;

    fn from_row(row: Self::Row) -> Result<Self, StoreError>;
}

const OF_AN_ACCOUNT: &str = "JOIN account c ON c.id = h.account_id JOIN realm r ON r.id = c.realm_id";

impl Head for ApiKey {
    type Row = api_key::Model;
    type Entity = api_key::Entity;
    const FROM: &'static str = "JOIN api_key h ON h.digest = v.token JOIN realm r ON r.id = h.realm_id \
        LEFT JOIN account c ON c.realm_id = r.id AND c.login_key = v.login_key";

    fn from_row(row: Self::Row) -> Result<Self, StoreError> {
        api_keys::from_row(row)
    }
}

impl Head for Challenge {
    type Row = challenge::Model;
    type Entity = challenge::Entity;
    const FROM: &'static str = "JOIN challenge h ON h.token_digest = v.token";

    fn from_row(row: Self::Row) -> Result<Self, StoreError> {
        challenges::from_row(&row)
    }
}

impl Head for Session {
    type Row = session::Model;
    type Entity = session::Entity;
    const FROM: &'static str = "JOIN session h ON h.token_digest = v.token";

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

/// The whole of it in one statement: one hop, and on every engine one moment's truth. The few authenticators and sets of
/// someone make as many rows as their product.
fn select<H: Head>(backend: sea_orm::DbBackend, wanted: &[Wanted]) -> Statement {
    let mut sql = String::from("SELECT v.n");
    columns::<H::Row>(&mut sql, "h");
    columns::<realm::Model>(&mut sql, "r");
    columns::<account::Model>(&mut sql, "c");
    columns::<second_factor::Model>(&mut sql, "f");
    columns::<authenticator::Model>(&mut sql, "a");
    columns::<recovery_code_set::Model>(&mut sql, "s");
    sql.push_str(", (SELECT COUNT(*) FROM recovery_code u WHERE u.set_id = s.id AND u.used_at IS NULL) FROM ");
    let rows = wanted.iter().zip(0_i64..).map(|(wanted, n)| {
        let (token, login_key) = (wanted.token.0.to_vec(), wanted.login_key.clone());
        [Value::from(n), Value::from(token), Value::from(login_key)]
    });
    let mut statement = Sql::new(backend);
    statement
        .sql(&sql)
        .table([("n", Kind::Integer), ("token", Kind::Digest), ("login_key", Kind::LoginKey)], rows.collect())
        .sql(" ")
        .sql(H::FROM);
    if !H::FROM.contains(" account c ") {
        statement.sql(" ").sql(OF_AN_ACCOUNT);
    }
    statement.sql(
        " LEFT JOIN second_factor f ON f.account_id = c.id LEFT JOIN authenticator a ON a.account_id = c.id \
         LEFT JOIN recovery_code_set s ON s.account_id = c.id ORDER BY v.n, a.id, s.id",
    );
    statement.finished()
}

fn columns<M: Positioned>(sql: &mut String, table: &str) {
    for column in M::COLUMNS {
        let _ = write!(sql, ", {table}.{column}");
    }
}

/// Finds people, in the order in which they are wanted.
pub(crate) async fn find<H: Head>(
    connection: &impl ConnectionTrait,
    wanted: &[Wanted],
) -> Result<Vec<Option<Found<H>>>, StoreError> {
    let select = select::<H>(connection.get_database_backend(), wanted);
    let rows = connection.query_all_raw(select).await.map_err(read_error::<H::Entity>)?;
    let mut found: Vec<Option<Found<H>>> = wanted.iter().map(|_| None).collect();
    for row in &rows {
        let n: i64 = Cursor::new(row).next().map_err(read_error::<H::Entity>)?;
        let place = usize::try_from(n).ok().and_then(|n| found.get_mut(n));
        let place = place.ok_or_else(|| StoreError::Unavailable("a row that nobody asked for".into()))?;
        read(row, place)?;
    }
    Ok(found)
}

/// Reads one row of those of one person.
fn read<H: Head>(row: &QueryResult, place: &mut Option<Found<H>>) -> Result<(), StoreError> {
    let mut cursor = Cursor::new(row);
    let _: i64 = cursor.next().map_err(read_error::<H::Entity>)?;
    match place {
        Some(_) => {
            cursor.pass::<H::Row>();
            cursor.pass::<realm::Model>();
            cursor.pass::<account::Model>();
            cursor.pass::<second_factor::Model>();
        }
        None => {
            let head = H::from_row(H::Row::read(&mut cursor).map_err(read_error::<H::Entity>)?)?;
            let realm = realms::from_row(realm::Model::read(&mut cursor).map_err(read_error::<realm::Entity>)?)?;
            let account = cursor.joined::<account::Model>().map_err(read_error::<account::Entity>)?;
            let state = cursor.joined::<second_factor::Model>().map_err(read_error::<second_factor::Entity>)?;
            let account = match (account, state) {
                (Some(account), Some(state)) => {
                    let account = accounts::joined(account, state.enabled_at)?;
                    let state = second_factors::from_row(&state)?;
                    Some((account, SecondFactor { state, authenticators: Vec::new(), recovery_sets: Vec::new() }))
                }
                _ => None,
            };
            *place = Some(Found { head, realm, account });
        }
    }
    let Some(Found { account: Some((_, factor)), .. }) = place else { return Ok(()) };
    second_factor_parts(&mut cursor, factor)
}

/// Adds the authenticator and the set of recovery codes that stand in a row, where they are new.
fn second_factor_parts(cursor: &mut Cursor<'_>, factor: &mut SecondFactor) -> Result<(), StoreError> {
    let of_authenticator = read_error::<authenticator::Entity>;
    let key = cursor.key().map_err(of_authenticator)?;
    let is_new = |it: &Authenticator| key != Some(it.id.as_uuid());
    if key.is_some() && factor.authenticators.last().is_none_or(is_new) {
        let row = authenticator::Model::read(cursor).map_err(of_authenticator)?;
        factor.authenticators.push(authenticators::from_row(row)?);
    } else {
        cursor.pass::<authenticator::Model>();
    }
    let of_set = read_error::<recovery_code_set::Entity>;
    let key = cursor.key().map_err(of_set)?;
    let is_new = |it: &RecoveryCodeSet| key != Some(it.id.as_uuid());
    if key.is_some() && factor.recovery_sets.iter().all(is_new) {
        let row = recovery_code_set::Model::read(cursor).map_err(of_set)?;
        let remaining: Result<i64, DbErr> = cursor.next();
        factor.recovery_sets.push(recovery_codes::from_row(row, remaining.map_err(of_set)?)?);
    }
    Ok(())
}

/// Finds many people at once.
pub(crate) struct Finding<H> {
    reading: Arc<Reading>,
    head: PhantomData<fn() -> H>,
}

impl<H> Finding<H> {
    pub(crate) fn over(reading: &Arc<Reading>) -> Self {
        Self { reading: Arc::clone(reading), head: PhantomData }
    }
}

impl<H: Head> Serve for Finding<H> {
    type Ask = Wanted;
    type Answer = Option<Found<H>>;
    type About = Wanted;

    fn about(wanted: &Wanted) -> Wanted {
        wanted.clone()
    }

    async fn serve(&self, wanted: Vec<Wanted>) -> Vec<Result<Option<Found<H>>, StoreError>> {
        match find::<H>(&*self.reading, &wanted).await {
            Ok(found) => found.into_iter().map(Ok).collect(),
            Err(error) if wanted.len() == 1 => vec![Err(error)],
            // A row that cannot be read fails those alone whose row it is.
            Err(_) => {
                let mut found = Vec::with_capacity(wanted.len());
                for one in &wanted {
                    found.push(
                        find::<H>(&*self.reading, std::slice::from_ref(one)).await.map(|mut it| it.pop().flatten()),
                    );
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
    use sea_orm::{Database, DatabaseConnection, DbBackend};

    use super::*;

    async fn assert_no_table_is_scanned<H: Head>(database: &DatabaseConnection, people: usize) {
        let wanted = vec![Wanted { token: TokenDigest([1; 32]), login_key: Some("someone".to_owned()) }; people];
        let mut select = select::<H>(DbBackend::Sqlite, &wanted);
        select.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
        let plan = database.query_all_raw(select).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
        let scanned: Vec<_> = steps.iter().filter(|step| step.starts_with("SCAN")).collect();
        // Nothing but the table of those who are wanted.
        assert!(!steps.is_empty() && scanned.iter().all(|step| step.contains("CONSTANT ROW")), "{steps:#?}");
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
