//! Sessions.

use async_trait::async_trait;
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::session::{AuthenticationMethod, Session, SessionReads, SessionStore};
use countersign_application::{AccountId, Page, PageRequest, SessionId, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryTrait};

use crate::connection::SeaUnitOfWork;
use crate::many::{Changes, Kind};
use crate::rows::Row;
use crate::statements::{Guarded, exists, insert, one, page, revoke, set};
use crate::store::SeaStore;

entity!(session = "session" of AccountId {
    pub id: Uuid,
    pub token_digest: Vec<u8>,
    pub account_id: Uuid,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub expires_at: i64,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub enrollment_only: bool,
    pub amr: String,
});

use session::{Column, Entity};

/// Where an account has many more than it may have, from before there was a limit, they go piece by piece.
const MOST_ENDED_AT_ONCE: i64 = 250;

/// Methods as they are stored: their names, apart by spaces.
fn methods_text(methods: &[AuthenticationMethod]) -> String {
    methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(" ")
}

pub(super) fn from_row(row: session::Model) -> Result<Session, StoreError> {
    let read = Row::new("session", row.id);
    Ok(Session {
        id: SessionId::from_uuid(row.id),
        token_digest: TokenDigest(read.bytes("token_digest", &row.token_digest)?),
        account_id: AccountId::from_uuid(row.account_id),
        enrollment_only: row.enrollment_only,
        methods: read.parsed("amr", row.amr.split(' ').map(AuthenticationMethod::from_name).collect())?,
        created_at: Timestamp::from_micros(row.created_at),
        last_seen_at: Timestamp::from_micros(row.last_seen_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        ip: row.ip,
        user_agent: row.user_agent,
    })
}

pub(crate) fn row_of(session: &Session) -> session::Model {
    session::Model {
        id: session.id.as_uuid(),
        token_digest: session.token_digest.0.to_vec(),
        account_id: session.account_id.as_uuid(),
        created_at: session.created_at.as_micros(),
        last_seen_at: session.last_seen_at.as_micros(),
        expires_at: session.expires_at.as_micros(),
        ip: session.ip.clone(),
        user_agent: session.user_agent.clone(),
        enrollment_only: session.enrollment_only,
        amr: methods_text(&session.methods),
    }
}

/// Leaves each of these accounts as many sessions as these, where it has more: those go that were used least lately.
pub(crate) fn make_room_for_each(changes: &mut Changes, accounts: &[AccountId], most: u32) {
    const WHOSE: [(&str, Kind); 1] = [("whose", Kind::Identifier)];
    if accounts.is_empty() {
        return;
    }
    let most = i64::from(most);
    let rows = accounts.iter().map(|account| [account.as_uuid().into()]).collect();
    changes.add_unguarded(|sql| {
        let my_sql = sql.backend() == DbBackend::MySql;
        sql.sql(if my_sql {
            "DELETE t FROM session AS t JOIN "
        } else {
            "DELETE FROM session WHERE id IN (SELECT id FROM "
        });
        sql.sql(
            "(SELECT s.id AS id, ROW_NUMBER() OVER (PARTITION BY s.account_id ORDER BY s.last_seen_at DESC, s.id DESC)",
        )
        .sql(" AS place FROM (SELECT v.whose FROM ")
        .table(WHOSE, rows)
        .sql(" JOIN session c ON c.account_id = v.whose GROUP BY v.whose HAVING COUNT(*) > ")
        .value(most.into())
        .sql(") AS full_up JOIN session s ON s.account_id = full_up.whose) AS placed ")
        .sql(if my_sql { "ON placed.id = t.id WHERE " } else { "WHERE " })
        .sql("placed.place > ")
        .value(most.into())
        .sql(" AND placed.place <= ")
        .value((most + MOST_ENDED_AT_ONCE).into())
        .sql(if my_sql { "" } else { ")" });
    });
}

#[async_trait]
impl SessionReads for SeaStore {
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError> {
        one(self.reading(), Entity::find().filter(Column::TokenDigest.eq(token.0.to_vec())), from_row).await
    }

    async fn list_sessions(&self, account: AccountId, request: PageRequest) -> Result<Page<Session>, StoreError> {
        let select = Entity::find().filter(Column::AccountId.eq(account.as_uuid()));
        page(self.reading(), select, request, from_row, |session| session.id.as_uuid()).await
    }
}

#[async_trait]
impl SessionStore for SeaUnitOfWork {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        insert(self, row_of(session)).await
    }

    async fn make_room(&mut self, account: AccountId, most: u32) -> Result<(), StoreError> {
        let mut changes = Changes::new(self.get_database_backend());
        make_room_for_each(&mut changes, &[account], most);
        changes.make(self).await.map(drop)
    }

    async fn exists(&mut self, id: SessionId) -> Result<bool, StoreError> {
        exists(self, Entity::find_by_id(id.as_uuid())).await
    }

    async fn touch(&mut self, id: SessionId, at: Timestamp) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::LastSeenAt, at.as_micros()).await
    }

    async fn set_methods(&mut self, id: SessionId, methods: &[AuthenticationMethod]) -> Result<(), StoreError> {
        set(self, id.as_uuid(), Column::Amr, methods_text(methods)).await
    }

    async fn end(&mut self, account: AccountId, id: SessionId) -> Result<bool, StoreError> {
        revoke::<Entity>(self, account.as_uuid(), id.as_uuid()).await
    }

    async fn end_all(&mut self, account: AccountId, except: Option<SessionId>) -> Result<u64, StoreError> {
        Entity::delete_many()
            .filter(Column::AccountId.eq(account.as_uuid()))
            .apply_if(except, |removal, kept| removal.filter(Column::Id.ne(kept.as_uuid())))
            .rows(self)
            .await
    }
}
