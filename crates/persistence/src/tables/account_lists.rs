//! Lists of accounts: which, in which order, which part, and how many.

use countersign_application::account::{
    AccountFilter, AccountKey, AccountPart, AccountPosition, Login, PositionValue, Role,
};
use countersign_application::core::Waiting;
use countersign_application::ports::StoreError;
use countersign_application::second_factor::TwoFactorStatus;
use countersign_application::{RealmId, Timestamp};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Func, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};

use crate::errors::store_error;
use crate::statements::containing;
use crate::tables::account::{Column, Entity};
use crate::tables::{accounts, authenticators, second_factor};

/// The last sign-in of those who have none. It is a number, so that an index orders everybody, and every engine alike.
pub(super) const NEVER: i64 = 0;

/// Accounts whose login contains what is asked for, and subjects whose identifier or label does.
fn called(query: &str) -> Condition {
    let lower = query.to_ascii_lowercase();
    let contains = |column| Expr::expr(Func::lower(Expr::col((Entity, column)))).like(containing(&lower));
    let subject = Condition::any().add(contains(Column::Subject)).add(contains(Column::Login));
    Condition::any()
        .add(Expr::col((Entity, Column::LoginKey)).like(containing(&Login::key_of(query))))
        .add(Condition::all().add(Column::Subject.is_not_null()).add(subject))
}

/// Accounts with such counters.
fn waits(waiting: &Waiting) -> Condition {
    use second_factor::Column;
    let blocked = |column: Column| {
        let range = waiting.blocked_after.as_micros()..=waiting.blocked_at_most.as_micros();
        Condition::all().add(column.gt(*range.start())).add(column.lte(*range.end()))
    };
    let since = Column::CodeSpentSince;
    let whole = since.is_null().or(since.gt(waiting.spent_after.as_micros()));
    Condition::any()
        .add(blocked(Column::CodeBlockedUntil))
        .add(blocked(Column::RecoveryBlockedUntil))
        .add(Condition::all().add(Column::CodeSpent.gte(waiting.spent_at_least)).add(whole))
}

/// Accounts that lack what is required of them by their mark, or by having none and one of these roles.
fn lacks(roles: &[Role]) -> Condition {
    let by_role = Condition::all()
        .add(Column::TwoFactorRequired.is_null())
        .add(Column::Role.is_in(roles.iter().map(|role| role.as_str())));
    Condition::all()
        .add(Column::DisabledAt.is_null())
        .add(second_factor::Column::EnabledAt.is_null())
        .add(Condition::any().add(Column::TwoFactorRequired.eq(true)).add(by_role))
}

/// Those of a realm that fit, of a selection that the second factor is joined to.
pub(super) fn fitting(
    select: Select<Entity>,
    realm: RealmId,
    filter: &AccountFilter,
    now: Timestamp,
) -> Select<Entity> {
    let query = filter.query.as_deref().map(str::trim).filter(|query| !query.is_empty());
    let disabled = |disabled| if disabled { Column::DisabledAt.is_not_null() } else { Column::DisabledAt.is_null() };
    let select = select
        .filter(Column::RealmId.eq(realm.as_uuid()))
        .apply_if(filter.role, |select, role| select.filter(Column::Role.eq(role.as_str())))
        .apply_if(query, |select, query| select.filter(called(query)))
        .apply_if(filter.disabled, |select, it| select.filter(disabled(it)))
        .apply_if(filter.waiting, |select, waiting| select.filter(waits(&waiting)))
        .apply_if(filter.missing.as_deref(), |select, roles| select.filter(lacks(roles)))
        .apply_if(filter.never_signed_in.then_some(NEVER), |select, never| {
            select.filter(Column::LastSignInAt.eq(never)).filter(Column::Subject.is_null())
        });
    let Some(status) = filter.two_factor else { return select };
    let enrolling = authenticators::enrolling(now);
    let on = second_factor::Column::EnabledAt;
    match status {
        TwoFactorStatus::Enabled => select.filter(on.is_not_null()),
        TwoFactorStatus::Pending => select.filter(on.is_null()).filter(Column::Id.in_subquery(enrolling)),
        TwoFactorStatus::Disabled => select.filter(on.is_null()).filter(Column::Id.not_in_subquery(enrolling)),
    }
}

/// A part of them and one more, in the order in which it is read. Where several columns decide, the first is compared by
/// itself as well: every engine makes a range of an index of that.
pub(super) fn part(select: Select<Entity>, part: &AccountPart) -> Select<Entity> {
    let direction = if part.reads_down() { Order::Desc } else { Order::Asc };
    let select = match part.order.key() {
        AccountKey::Created => select.order_by(Column::Id, direction),
        AccountKey::Login => select.order_by(Column::LoginKey, direction),
        AccountKey::LastSignIn => {
            select.order_by(Column::LastSignInAt, direction.clone()).order_by(Column::Id, direction)
        }
    };
    select
        .apply_if(part.beyond(), |select, position| select.filter(beyond(position, part.reads_down())))
        .limit(u64::from(part.limit) + 1)
}

fn beyond(position: &AccountPosition, down: bool) -> Condition {
    let id = position.id.as_uuid();
    let next = if down { Column::Id.lt(id) } else { Column::Id.gt(id) };
    match &position.value {
        PositionValue::Created => Condition::all().add(next),
        PositionValue::Login(key) if down => Condition::all().add(Column::LoginKey.lt(key.as_str())),
        PositionValue::Login(key) => Condition::all().add(Column::LoginKey.gt(key.as_str())),
        PositionValue::LastSignIn(at) => {
            let (at, column) = (at.map_or(NEVER, Timestamp::as_micros), Column::LastSignInAt);
            let (from, strictly) = if down { (column.lte(at), column.lt(at)) } else { (column.gte(at), column.gt(at)) };
            Condition::all().add(from).add(Condition::any().add(strictly).add(next))
        }
    }
}

/// How many fit, counted up to `most`.
pub(super) async fn count(
    connection: &impl ConnectionTrait,
    realm: RealmId,
    filter: &AccountFilter,
    now: Timestamp,
    most: u32,
) -> Result<u32, StoreError> {
    let joined = Entity::find().select_only().column(Column::Id).join(JoinType::LeftJoin, accounts::to_second_factor());
    let some = fitting(joined, realm, filter, now).limit(u64::from(most)).into_query();
    let count = Query::select()
        .expr_as(Expr::col(Alias::new("id")).count(), Alias::new("number"))
        .from_subquery(some, Alias::new("fitting"))
        .to_owned();
    let row = connection.query_one(&count).await.map_err(store_error)?;
    let number: i64 = match row {
        Some(row) => row.try_get("", "number").map_err(store_error)?,
        None => 0,
    };
    Ok(u32::try_from(number).unwrap_or(u32::MAX))
}
