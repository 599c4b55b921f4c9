//! `limit` and `cursor` of lists.

use countersign_application::PageRequest;
use poem_openapi::param::Query;

use crate::problem::Problem;
use crate::schema::{Cursor, Limit};

/// Reads the two query parameters of a list.
pub(crate) fn page_request(
    limit: &Query<Option<Limit>>,
    cursor: &Query<Option<Cursor>>,
) -> Result<PageRequest, Problem> {
    let limit = limit_of(limit)?;
    let after = match cursor.0.as_deref() {
        None => None,
        Some(cursor) => {
            let parsed = PageRequest::parse_cursor(cursor);
            Some(
                parsed
                    .ok_or_else(|| Problem::invalid_request("cursor", "must be the next_cursor of the page before"))?,
            )
        }
    };
    Ok(PageRequest { limit, after })
}

/// Reads how many items are asked for.
pub(crate) fn limit_of(limit: &Query<Option<Limit>>) -> Result<u32, Problem> {
    let limit = limit.0.as_ref().map_or(Limit::DEFAULT, |limit| limit.0);
    if (1..=PageRequest::LIMIT).contains(&limit) {
        Ok(limit)
    } else {
        Err(Problem::invalid_request("limit", "must be 1 to 200"))
    }
}
