//! Accounts as a file for other programs: the same columns and the same JSON as the command line writes.

use std::io;

use countersign_application::account::{AccountName, AccountPart, FindNamedAccounts, ListAccounts};
use countersign_application::realm::Realm;
use countersign_application::second_factor::AccountOverview;
use countersign_application::{AccountId, Application, PageRequest};
use countersign_wire::{AccountOverviewView, account_csv_header, account_csv_line, json_line};
use poem::Response;

use super::account_filter::AccountFilter;
use super::export::{Format, file};
use crate::refusal::Refusal;
use crate::visit::Visit;

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
    /// The next part of the file.
    async fn next(mut self) -> io::Result<(String, Option<Self>)> {
        let mut lines = if self.begun { String::new() } else { self.format.beginning(&account_csv_header()) };
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
        Ok((lines, goes_on.then_some(self)))
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
    let part = AccountPart { order: filter.order()?, limit: PageRequest::LIMIT, from: None };
    let list = ListAccounts { wanted: filter.wanted()?, part, counting: false };
    let rest = if these.is_empty() { Rest::All(list) } else { Rest::These(these) };
    let name = format!("accounts-{}", realm.slug);
    let export = Export { application: visit.application.clone(), realm, rest, format, begun: false };
    Ok(file(visit, &name, format, export, Export::next))
}
