//! Accounts as a file for other programs: the same columns and the same JSON as the command line writes.

use std::io;

use countersign_application::account::{AccountName, AccountPart, FindNamedAccounts, ListAccounts};
use countersign_application::realm::Realm;
use countersign_application::second_factor::AccountOverview;
use countersign_application::{AccountId, Application, PageRequest};
use countersign_wire::{AccountOverviewView, account_csv_header, account_csv_line, json_line};
use futures_util::stream;
use poem::http::header;
use poem::{Body, Response};

use super::account_filter::AccountFilter;
use crate::refusal::Refusal;
use crate::visit::Visit;

/// The form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    JsonLines,
    Csv,
}

/// Which accounts are still to be written.
enum Rest {
    These(Vec<AccountId>),
    All(ListAccounts),
}

struct Export {
    application: Application,
    realm: Realm,
    rest: Rest,
    format: Format,
    begun: bool,
}

impl Export {
    /// The next part of the file: however many there are, no more than one part is in memory.
    async fn next(mut self) -> io::Result<Option<(String, Option<Self>)>> {
        let mut lines = String::new();
        if !self.begun && self.format == Format::Csv {
            // As in the audit trail's: some spreadsheets take a file without this mark for something else than UTF-8.
            lines.push('\u{feff}');
            lines.push_str(&account_csv_header());
        }
        self.begun = true;
        let (found, goes_on) = self.part().await.map_err(io::Error::other)?;
        let now = self.application.now();
        for overview in &found {
            let view = AccountOverviewView::new(&self.realm, overview, now);
            let line = match self.format {
                Format::JsonLines => json_line(&view),
                Format::Csv => account_csv_line(&view),
            };
            lines.push_str(&line.map_err(io::Error::other)?);
        }
        Ok(Some((lines, goes_on.then_some(self))))
    }

    async fn part(&mut self) -> Result<(Vec<AccountOverview>, bool), countersign_application::UseCaseError> {
        match &mut self.rest {
            Rest::All(list) => {
                let page = list.execute(&self.application, &self.realm).await?.page;
                list.part.from = page.next;
                Ok((page.items, list.part.from.is_some()))
            }
            Rest::These(these) => {
                let mut found = Vec::new();
                for id in these.drain(..) {
                    let named = FindNamedAccounts { name: AccountName::Any(id.to_string()) };
                    let named = named.execute(&self.application, &self.realm).await?;
                    // A subject may be called as an account is identified.
                    found.extend(named.into_iter().filter(|overview| overview.account.id == id));
                }
                Ok((found, false))
            }
        }
    }
}

/// A file of these accounts; of all that the filter lets through where none are named.
pub(super) fn export(
    visit: Visit,
    realm: Realm,
    filter: &AccountFilter,
    these: Vec<AccountId>,
    format: Format,
) -> Result<Response, Refusal> {
    let (kind, ending) = match format {
        Format::JsonLines => ("application/jsonl", "jsonl"),
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    let part = AccountPart { order: filter.order()?, limit: PageRequest::LIMIT, from: None };
    let list = ListAccounts { wanted: filter.wanted()?, part, counting: false };
    let rest = if these.is_empty() { Rest::All(list) } else { Rest::These(these) };
    // The short name of a realm is made of letters, digits and hyphens.
    let disposition = format!("attachment; filename=\"accounts-{}.{ending}\"", realm.slug);
    let export = Export { application: visit.application.clone(), realm, rest, format, begun: false };
    let parts = stream::try_unfold(Some(export), |export| async {
        match export {
            Some(export) => export.next().await.inspect_err(|error| tracing::error!(%error, "an export broke off")),
            None => Ok(None),
        }
    });
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_DISPOSITION, disposition)
        .body(Body::from_bytes_stream(parts));
    visit.cookies.write(response.headers_mut());
    Ok(response)
}
