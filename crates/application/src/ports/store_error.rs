//! Why a store could not do what was asked.

/// What an adapter's library said, boxed so that no port names the library.
pub type StoreFault = Box<dyn std::error::Error + Send + Sync>;

/// What would have been there twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// A realm of that short name.
    RealmSlug,
    /// An account of that login in the realm.
    Login,
    /// Anything else: a fault, since identifiers are unique (`a_conflict_of_identifiers_is_no_taken_login`).
    Other,
}

/// Why a store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another unit of work was in the way; the whole unit of work may be tried again.
    #[error("the store is contended")]
    Contention(#[source] StoreFault),
    /// The store does not answer, or refuses.
    #[error("the store is unavailable")]
    Unavailable(#[source] StoreFault),
    /// A stored value is not what this program could have written.
    #[error("the store holds a value that cannot be right: {table}.{column} of {row}")]
    Corrupt {
        /// In which table.
        table: &'static str,
        /// In which column.
        column: &'static str,
        /// In the row with this identifier.
        row: String,
    },
    /// It exists already.
    #[error("the store holds such a row already: {what:?}")]
    Conflict { what: Conflict },
}
