//! A list as a file for other programs: what the files of all lists share.

use std::io;

use futures_util::stream;
use poem::http::header;
use poem::{Body, Response};

use crate::visit::Visit;

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    JsonLines,
    Csv,
}

impl Format {
    /// What stands before the first line, with these titles of the columns.
    pub(super) fn beginning(self, titles: &str) -> String {
        match self {
            Self::JsonLines => String::new(),
            // Whoever takes the file from a page opens it in a spreadsheet, and some of them take one without this mark for
            // something else than UTF-8.
            Self::Csv => format!("\u{feff}{titles}"),
        }
    }
}

/// A file of this name, which has letters, digits and hyphens only, made part by part: `next` yields the lines of a part, and what is needed for the one behind it.
/// However long the list is, no more than one part is in memory.
pub(super) fn file<S, F>(
    visit: Visit,
    name: &str,
    format: Format,
    first: S,
    next: impl Fn(S) -> F + Send + 'static,
) -> Response
where
    S: Send + 'static,
    F: Future<Output = io::Result<(String, Option<S>)>> + Send + 'static,
{
    let (kind, ending) = match format {
        Format::JsonLines => ("application/jsonl", "jsonl"),
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let parts = stream::try_unfold(Some(first), move |state| {
        let part = state.map(&next);
        async {
            match part {
                Some(part) => part.await.map(Some).inspect_err(|error| tracing::error!(%error, "an export broke off")),
                None => Ok(None),
            }
        }
    });
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_DISPOSITION, disposition)
        .body(Body::from_bytes_stream(parts));
    visit.cookies.write(response.headers_mut());
    response
}
