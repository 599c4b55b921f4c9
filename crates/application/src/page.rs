use uuid::Uuid;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// How many items at most: 1 to 200.
    pub limit: u32,
    /// The last item of the page before.
    pub after: Option<Uuid>,
}

impl PageRequest {
    /// The most items one page holds.
    pub const LIMIT: u32 = 200;

    /// The first page, as long as a page may be.
    #[must_use]
    pub fn first() -> Self {
        Self { limit: Self::LIMIT, after: None }
    }

    /// Reads a cursor: what [`Page::next_cursor`] gave.
    #[must_use]
    pub fn parse_cursor(cursor: &str) -> Option<Uuid> {
        Uuid::try_parse(cursor).ok()
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page continues; `None` on the last.
    pub next: Option<Uuid>,
}

impl<T> Page<T> {
    /// Makes a page of rows that were read with a limit of one more than was asked for.
    #[must_use]
    pub fn from_overfull(mut items: Vec<T>, limit: u32, id: impl Fn(&T) -> Uuid) -> Self {
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(id) } else { None };
        Self { items, next }
    }

    /// What continues the list, as clients are given it.
    #[must_use]
    pub fn next_cursor(&self) -> Option<String> {
        self.next.map(|id| id.simple().to_string())
    }

    /// The same page with every item turned into something else.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
