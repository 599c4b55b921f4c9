//! Lists, in the form of the HTTP interface.

use countersign_application::{Page, PageRequest};
use serde::{Deserialize, Serialize};

use crate::CommandError;

/// A part of a list, or all of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct List<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where it continues; `None` where nothing follows.
    pub next_cursor: Option<String>,
}

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many items at most, 200 at most.
    pub limit: u32,
    /// The cursor that the part before ended with.
    pub cursor: Option<String>,
}

impl Part {
    /// As use cases take it.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest { limit: self.limit, after: self.cursor.as_deref().and_then(PageRequest::parse_cursor) }
    }
}

impl<T> List<T> {
    /// A part that a use case gave.
    pub(crate) fn of<U>(page: Page<U>, view: impl FnMut(U) -> T) -> Self {
        let next_cursor = page.next_cursor();
        Self { items: page.items.into_iter().map(view).collect(), next_cursor }
    }

    /// A list that nothing follows.
    pub(crate) fn complete(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// All of a list, from one part after the other.
    pub(crate) async fn whole(
        mut part: impl AsyncFnMut(Part) -> Result<Self, CommandError>,
    ) -> Result<Self, CommandError> {
        let mut whole = Self::complete(Vec::new());
        loop {
            let next = part(Part { limit: PageRequest::LIMIT, cursor: whole.next_cursor.take() }).await?;
            whole.items.extend(next.items);
            if next.next_cursor.is_none() {
                return Ok(whole);
            }
            whole.next_cursor = next.next_cursor;
        }
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

    #[tokio::test]
    async fn a_whole_list_is_asked_for_until_nothing_follows() {
        let mut asked = Vec::new();
        let whole = List::whole(async |part: Part| {
            asked.push(part.cursor.clone());
            let number = asked.len();
            let next_cursor = (number < 3).then(|| format!("after {number}"));
            Ok(List { items: vec![number], next_cursor })
        });
        assert_eq!(whole.await.unwrap(), List::complete(vec![1, 2, 3]));
        assert_eq!(asked, [None, Some("after 1".to_owned()), Some("after 2".to_owned())]);
    }
}
