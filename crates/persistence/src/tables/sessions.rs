//! Sessions.

use async_trait::async_trait;
use countersign_application::ports::{StoreError, TokenDigest};
use countersign_application::session::{AuthenticationMethod, Session, SessionReads, SessionStore};
use countersign_application::{AccountId, Page, PageRequest, SessionId, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, Insert, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entities::session::{self, Column, Entity};
use crate::faults::{fault, read_fault};
use crate::rows::Row;
use crate::store::SeaStore;
use crate::unit_of_work::SeaUnitOfWork;

/// Where an account has many more than it may have, from before there was a limit, they go piece by piece.
const MOST_ENDED_AT_ONCE: u64 = 250;

/// Methods as they are stored: their names, apart by spaces.
fn methods_text(methods: &[AuthenticationMethod]) -> String {
    methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(" ")
}

fn from_row(row: session::Model) -> Result<Session, StoreError> {
    let name = Row::new("session", row.id);
    Ok(Session {
        id: SessionId::from_uuid(row.id),
        token_digest: TokenDigest(name.bytes("token_digest", &row.token_digest)?),
        account_id: AccountId::from_uuid(row.account_id),
        enrollment_only: row.enrollment_only,
        methods: name.understood("amr", row.amr.split(' ').map(AuthenticationMethod::from_name).collect())?,
        created_at: Timestamp::from_micros(row.created_at),
        last_seen_at: Timestamp::from_micros(row.last_seen_at),
        expires_at: Timestamp::from_micros(row.expires_at),
        ip: row.ip,
        user_agent: row.user_agent,
    })
}

#[async_trait]
impl SessionReads for SeaStore {
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, StoreError> {
        let row = Entity::find().filter(Column::TokenDigest.eq(token.0.to_vec())).one(self.reading()).await;
        row.map_err(read_fault::<Entity>)?.map(from_row).transpose()
    }

    async fn list_sessions(&self, account: AccountId, page: PageRequest) -> Result<Page<Session>, StoreError> {
        let mut select = Entity::find().filter(Column::AccountId.eq(account.as_uuid()));
        if let Some(after) = page.after {
            select = select.filter(Column::Id.lt(after));
        }
        let select = select.order_by_desc(Column::Id).limit(u64::from(page.limit) + 1);
        let rows = select.all(self.reading()).await.map_err(read_fault::<Entity>)?;
        let sessions = rows.into_iter().map(from_row).collect::<Result<_, _>>()?;
        Ok(Page::from_overfull(sessions, page.limit, |session: &Session| session.id.as_uuid()))
    }
}

#[async_trait]
impl SessionStore for SeaUnitOfWork {
    async fn insert(&mut self, session: &Session) -> Result<(), StoreError> {
        let row = session::Model {
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
        };
        Insert::<session::ActiveModel>::one(row).exec_without_returning(self.connection()).await.map_err(fault)?;
        Ok(())
    }

    async fn make_room(&mut self, account: AccountId, most: u32) -> Result<(), StoreError> {
        let beyond = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::AccountId.eq(account.as_uuid()))
            .order_by_desc(Column::LastSeenAt)
            .order_by_desc(Column::Id)
            .offset(u64::from(most))
            .limit(MOST_ENDED_AT_ONCE);
        let beyond: Vec<Uuid> = beyond.into_tuple().all(self.connection()).await.map_err(read_fault::<Entity>)?;
        if !beyond.is_empty() {
            Entity::delete_many().filter(Column::Id.is_in(beyond)).exec(self.connection()).await.map_err(fault)?;
        }
        Ok(())
    }

    async fn exists(&mut self, id: SessionId) -> Result<bool, StoreError> {
        let row = Entity::find_by_id(id.as_uuid()).select_only().column(Column::Id).into_tuple::<Uuid>();
        Ok(row.one(self.connection()).await.map_err(fault)?.is_some())
    }

    async fn touch(&mut self, id: SessionId, at: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(at.as_micros()))
            .filter(Column::Id.eq(id.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn set_methods(&mut self, id: SessionId, methods: &[AuthenticationMethod]) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Amr, Expr::value(methods_text(methods)))
            .filter(Column::Id.eq(id.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(())
    }

    async fn end(&mut self, account: AccountId, id: SessionId) -> Result<bool, StoreError> {
        let ended = Entity::delete_many()
            .filter(Column::Id.eq(id.as_uuid()))
            .filter(Column::AccountId.eq(account.as_uuid()))
            .exec(self.connection())
            .await
            .map_err(fault)?;
        Ok(ended.rows_affected == 1)
    }

    async fn end_all(&mut self, account: AccountId, except: Option<SessionId>) -> Result<u64, StoreError> {
        let mut removal = Entity::delete_many().filter(Column::AccountId.eq(account.as_uuid()));
        if let Some(kept) = except {
            removal = removal.filter(Column::Id.ne(kept.as_uuid()));
        }
        Ok(removal.exec(self.connection()).await.map_err(fault)?.rows_affected)
    }
}
