//! Lists.

use countersign_application::Page;
use serde::{Deserialize, Serialize};

/// A part of a list, or all of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct List<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where it continues; `None` where nothing follows.
    pub next_cursor: Option<String>,
}

impl<T> List<T> {
    /// A part that a use case gave.
    pub fn of<U>(page: Page<U>, view: impl FnMut(U) -> T) -> Self {
        let next_cursor = page.next_cursor();
        Self { items: page.items.into_iter().map(view).collect(), next_cursor }
    }

    /// A list that nothing follows.
    #[must_use]
    pub fn complete(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_json_without_a_next_page() {
        assert_eq!(
            serde_json::to_string(&List::<u8>::complete(Vec::new())).unwrap(),
            r#"{"items":[],"next_cursor":null}"#
        );
    }
}
