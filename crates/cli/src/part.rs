//! Lists, part by part.

use countersign_application::PageRequest;
use countersign_wire::List;

use crate::CommandError;

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

/// All of a list, from one part after the other.
pub(crate) async fn whole<T>(
    mut part: impl AsyncFnMut(Part) -> Result<List<T>, CommandError>,
) -> Result<List<T>, CommandError> {
    let mut whole = List::complete(Vec::new());
    loop {
        let next = part(Part { limit: PageRequest::LIMIT, cursor: whole.next_cursor.take() }).await?;
        whole.items.extend(next.items);
        if next.next_cursor.is_none() {
            return Ok(whole);
        }
        whole.next_cursor = next.next_cursor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_whole_list_is_asked_for_until_nothing_follows() {
        let mut asked = Vec::new();
        let whole = whole(async |part: Part| {
            asked.push(part.cursor.clone());
            let number = asked.len();
            let next_cursor = (number < 3).then(|| format!("after {number}"));
            Ok(List { items: vec![number], next_cursor })
        });
        assert_eq!(whole.await.unwrap(), List::complete(vec![1, 2, 3]));
        assert_eq!(asked, [None, Some("after 1".to_owned()), Some("after 2".to_owned())]);
    }
}
