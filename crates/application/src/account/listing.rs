//! Which accounts are listed, in which order, and which part of them.

use countersign_core::{Timestamp, Waiting};

use crate::AccountId;
use crate::account::{Account, Role};
use crate::named::named;
use crate::second_factor::{AccountOverview, TwoFactorStatus};

/// Which accounts a store looks for. All that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Part of the login, in any case; or part of a subject's identifier or label, in any case of ASCII letters.
    pub query: Option<String>,
    /// With a second factor in this state.
    pub two_factor: Option<TwoFactorStatus>,
    /// Of this role.
    pub role: Option<Role>,
    /// That are disabled, or that are not.
    pub disabled: Option<bool>,
    /// With such counters.
    pub waiting: Option<Waiting>,
    /// That are no subjects and have never signed in.
    pub never_signed_in: bool,
    /// That are not disabled and have no active authenticator, though a second factor is required of them: by their own
    /// mark, or by having none and one of these roles.
    pub missing: Option<Vec<Role>>,
}

named! {
    /// In which order accounts are listed.
    pub enum AccountOrder {
        /// As they were made, oldest first.
        Created = "created",
        /// As they were made, newest first.
        CreatedDescending = "created_desc",
        /// By what finds them, subjects first.
        Login = "login",
        /// The other way round.
        LoginDescending = "login_desc",
        /// By their last sign-in: first those that never signed in, then the one that did so longest ago.
        LastSignIn = "last_sign_in",
        /// The other way round.
        LastSignInDescending = "last_sign_in_desc",
    }
}

/// By what accounts are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKey {
    /// Their making, which identifiers sort by.
    Created,
    /// What finds them.
    Login,
    /// Their last sign-in.
    LastSignIn,
}

impl AccountOrder {
    /// By what it orders.
    #[must_use]
    pub fn key(self) -> AccountKey {
        match self {
            Self::Created | Self::CreatedDescending => AccountKey::Created,
            Self::Login | Self::LoginDescending => AccountKey::Login,
            Self::LastSignIn | Self::LastSignInDescending => AccountKey::LastSignIn,
        }
    }

    /// Whether it begins with the greatest.
    #[must_use]
    pub fn descends(self) -> bool {
        matches!(self, Self::CreatedDescending | Self::LoginDescending | Self::LastSignInDescending)
    }
}

/// Where an account stands among the others, in an order: also where it is there no more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountPosition {
    /// What the order goes by.
    pub value: PositionValue,
    /// Its identifier: of several with the same value, it decides.
    pub id: AccountId,
}

/// What an order goes by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PositionValue {
    /// Nothing but the identifier.
    Created,
    /// The key of the login.
    Login(String),
    /// The last sign-in.
    LastSignIn(Option<Timestamp>),
}

impl AccountPosition {
    /// Where this account stands.
    #[must_use]
    pub fn of(account: &Account, key: AccountKey) -> Self {
        let value = match key {
            AccountKey::Created => PositionValue::Created,
            AccountKey::Login => PositionValue::Login(account.login.key().to_owned()),
            AccountKey::LastSignIn => PositionValue::LastSignIn(account.last_sign_in_at),
        };
        Self { value, id: account.id }
    }
}

/// Where a part of a list begins, or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountCursor {
    /// It begins behind this position.
    After(AccountPosition),
    /// It ends before this position.
    Before(AccountPosition),
}

/// What a cursor begins with that leads back.
const BACK: &str = "before-";

impl AccountCursor {
    /// The longest, in characters: of a login's key of as many characters as it may have, of four bytes each.
    pub const MAX_CHARS: usize = BACK.len() + 33 + 2 * 4 * crate::account::Login::MAX_KEY_CHARS;

    /// Reads what [`Display`](std::fmt::Display) wrote, for a list in this order.
    #[must_use]
    pub fn parse(text: &str, order: AccountOrder) -> Option<Self> {
        let (back, rest) = text.strip_prefix(BACK).map_or((false, text), |rest| (true, rest));
        let (id, value) = match rest.split_once('.') {
            Some((id, value)) => (id, Some(value)),
            None => (rest, None),
        };
        let value = match (order.key(), value) {
            (AccountKey::Created, None) => PositionValue::Created,
            (AccountKey::Login, Some(key)) => PositionValue::Login(String::from_utf8(hex::decode(key).ok()?).ok()?),
            (AccountKey::LastSignIn, Some("")) => PositionValue::LastSignIn(None),
            (AccountKey::LastSignIn, Some(micros)) => {
                PositionValue::LastSignIn(Some(Timestamp::from_micros(micros.parse().ok()?)))
            }
            _ => return None,
        };
        let position = AccountPosition { value, id: id.parse().ok()? };
        Some(if back { Self::Before(position) } else { Self::After(position) })
    }
}

/// As clients are given it.
impl std::fmt::Display for AccountCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let position = match self {
            Self::After(position) => position,
            Self::Before(position) => {
                f.write_str(BACK)?;
                position
            }
        };
        write!(f, "{}", position.id.as_uuid().simple())?;
        match &position.value {
            PositionValue::Created => Ok(()),
            PositionValue::Login(key) => write!(f, ".{}", hex::encode(key)),
            PositionValue::LastSignIn(None) => f.write_str("."),
            PositionValue::LastSignIn(Some(at)) => write!(f, ".{}", at.as_micros()),
        }
    }
}

/// Which part of the list of accounts is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPart {
    /// In this order.
    pub order: AccountOrder,
    /// How many at most: 1 to [`PageRequest::LIMIT`](crate::PageRequest::LIMIT).
    pub limit: u32,
    /// From where on; `None` for the first part.
    pub from: Option<AccountCursor>,
}

impl AccountPart {
    /// The first accounts, oldest first, as many as a part may have.
    #[must_use]
    pub fn first() -> Self {
        Self { order: AccountOrder::Created, limit: crate::PageRequest::LIMIT, from: None }
    }

    /// Whether it is what comes before a position: a store reads it the other way round.
    #[must_use]
    pub fn goes_back(&self) -> bool {
        matches!(self.from, Some(AccountCursor::Before(_)))
    }

    /// Whether a store reads it from the greatest to the least.
    #[must_use]
    pub fn reads_down(&self) -> bool {
        self.order.descends() != self.goes_back()
    }

    /// The position that it is beyond, if it is beyond any.
    #[must_use]
    pub fn beyond(&self) -> Option<&AccountPosition> {
        match &self.from {
            Some(AccountCursor::After(position) | AccountCursor::Before(position)) => Some(position),
            None => None,
        }
    }

    /// Makes the part of accounts that were read with a limit of one more than was asked for, in the order in which a store
    /// reads it.
    #[must_use]
    pub fn of_overfull(&self, mut items: Vec<AccountOverview>) -> AccountPage {
        let limit = self.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        if self.goes_back() {
            items.reverse();
        }
        let (before, after) = if self.goes_back() { (more, true) } else { (self.from.is_some(), more) };
        let position = |item: &AccountOverview| AccountPosition::of(&item.account, self.order.key());
        AccountPage {
            previous: items.first().filter(|_| before).map(position).map(AccountCursor::Before),
            next: items.last().filter(|_| after).map(position).map(AccountCursor::After),
            items,
        }
    }
}

/// A part of the list of accounts.
#[derive(Clone, Debug)]
pub struct AccountPage {
    /// The accounts, in the list's order.
    pub items: Vec<AccountOverview>,
    /// What leads to the part before; `None` on the first.
    pub previous: Option<AccountCursor>,
    /// What leads to the part behind; `None` on the last.
    pub next: Option<AccountCursor>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test is a panic")]
    use super::*;

    fn id() -> AccountId {
        AccountId::from_uuid(uuid::Uuid::from_u128(0x0190_1234))
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_for_its_order_only() {
        let at = Timestamp::from_micros(1_750_000_000_000_001);
        for (value, order, other) in [
            (PositionValue::Created, AccountOrder::CreatedDescending, AccountOrder::Login),
            (PositionValue::Login("josé@example.org".to_owned()), AccountOrder::Login, AccountOrder::Created),
            (PositionValue::LastSignIn(Some(at)), AccountOrder::LastSignIn, AccountOrder::Created),
            (PositionValue::LastSignIn(None), AccountOrder::LastSignInDescending, AccountOrder::Created),
        ] {
            let position = AccountPosition { value, id: id() };
            for cursor in [AccountCursor::After(position.clone()), AccountCursor::Before(position.clone())] {
                assert_eq!(AccountCursor::parse(&cursor.to_string(), order), Some(cursor.clone()));
                assert_eq!(AccountCursor::parse(&cursor.to_string(), other), None, "{cursor}");
            }
        }
        for (nonsense, order) in [
            ("", AccountOrder::Created),
            ("before-", AccountOrder::Created),
            ("0190.6b", AccountOrder::Login),
            (&format!("{}.6", id()), AccountOrder::Login),
            (&format!("{}.ff", id()), AccountOrder::Login),
            (&format!("{}.soon", id()), AccountOrder::LastSignIn),
        ] {
            assert_eq!(AccountCursor::parse(nonsense, order), None, "{nonsense}");
        }
    }

    #[test]
    fn the_longest_cursor_has_room() {
        let value = PositionValue::Login("🙂".repeat(crate::account::Login::MAX_KEY_CHARS));
        let longest = AccountCursor::Before(AccountPosition { value, id: id() }).to_string();
        assert_eq!(longest.chars().count(), AccountCursor::MAX_CHARS);
    }
}
