//! The administration pages: accounts, policy, appearance, audit events, statistics, API keys; and realms, for operators.
//!
//! Who may do what, the use cases decide. What these pages know of it only keeps them from offering what would be refused.

mod account;
mod account_acts;
mod account_export;
mod account_filter;
mod account_form;
mod account_several;
mod accounts;
mod api_keys;
mod appearance;
mod audit;
mod audit_export;
mod audit_filter;
mod confirm;
mod days;
mod events;
mod export;
mod password_link;
mod policy;
mod policy_fields;
mod policy_form;
mod policy_presets;
mod realms;
mod statistics;

use countersign_application::account::Role;
use countersign_application::administration::AdministrationDenial;
use countersign_application::{AccountId, PageRequest};
use poem::{Response, Route, get, handler, post};

use crate::posted::{act, form, upload};
use crate::refusal::Refusal;
use crate::texts::Texts;
use crate::visit::Visit;

/// Where a picture is sent.
pub(crate) const UPLOAD: &str = "/admin/appearance";

/// How many items one page of a list has.
const ITEMS: u32 = 50;

/// The addresses of these pages.
pub(super) fn add_to(routes: Route) -> Route {
    routes
        .at("/admin", get(home))
        .at("/admin/accounts", get(accounts::show))
        .at("/admin/accounts/new", get(account_form::show_new).post(act(account_form::create)))
        .at("/admin/accounts/several", get(account_several::confirm).post(act(account_several::submit)))
        .at("/admin/accounts/several/done", get(account_several::show_done))
        .at("/admin/accounts/:id", get(account::show))
        .at("/admin/accounts/:id/password", get(account_form::show_password).post(act(account_form::set_password)))
        .at("/admin/accounts/:id/unlock", post(act(account_acts::unlock)))
        .at("/admin/accounts/:id/:act", get(account_acts::confirm).post(act(account_acts::submit)))
        .at("/admin/password-link", get(password_link::show).post(form(password_link::passed_on)))
        .at("/admin/policy", get(policy::show).post(act(policy::submit)))
        .at("/admin/appearance", get(appearance::show).post(upload(appearance::submit)))
        .at("/admin/realms", get(realms::show).post(act(realms::create)))
        .at("/admin/realms/:slug/act", post(form(realms::act_in)))
        .at("/admin/audit-events", get(audit::show))
        .at("/admin/audit-events/export", get(audit_export::export))
        .at("/admin/statistics", get(statistics::show))
        .at("/admin/api-keys", get(api_keys::show).post(act(api_keys::create)))
        .at("/admin/api-keys/created", get(api_keys::show_created))
        .at("/admin/api-keys/saved", post(form(api_keys::saved)))
        .at("/admin/api-keys/:id/revoke", get(api_keys::confirm).post(act(api_keys::revoke)))
}

/// The beginning: the accounts.
#[handler]
async fn home(visit: Visit) -> Result<Response, Refusal> {
    visit.go("/admin/accounts")
}

/// The part of a list that the address asks for. What is no cursor of ours leads nowhere.
fn page_request(visit: &Visit) -> Result<PageRequest, Refusal> {
    let after = match visit.parameter("cursor") {
        "" => None,
        cursor => Some(PageRequest::parse_cursor(cursor).ok_or(Refusal::NotFound)?),
    };
    Ok(PageRequest { limit: ITEMS, after })
}

/// An address with those parameters that say something.
fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let given: Vec<_> = parameters.iter().filter(|(_, value)| !value.is_empty()).collect();
    let query = serde_urlencoded::to_string(given).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Where the other parts of a list are; empty where there are none.
struct Pager {
    newest_url: String,
    older_url: String,
}

impl Pager {
    fn new(visit: &Visit, path: &str, parameters: &[(&str, &str)], next_cursor: Option<String>) -> Self {
        let begins_here = visit.parameter("cursor").is_empty();
        let newest_url = if begins_here { String::new() } else { address(path, parameters) };
        let older_url = next_cursor.map_or_else(String::new, |cursor| {
            let mut parameters = parameters.to_vec();
            parameters.push(("cursor", &cursor));
            address(path, &parameters)
        });
        Self { newest_url, older_url }
    }
}

/// The account of an address. What is no identifier is no account.
fn account_id(id: &str) -> Result<AccountId, Refusal> {
    id.parse().map_err(|_| Refusal::NotFound)
}

/// Why an act was refused, and what to do. An account that is not there has no page that could say so.
fn denied(denial: &AdministrationDenial, texts: Texts) -> Result<String, Refusal> {
    Ok(texts.say(match denial {
        AdministrationDenial::NotFound => return Err(Refusal::NotFound),
        AdministrationDenial::OwnersOnly => "error-owners-only",
        AdministrationDenial::OwnAccount => "error-own-account",
        AdministrationDenial::MayNotDisableTwoFactor => "error-may-not-disable",
        AdministrationDenial::LastOwner => "error-last-owner",
        // Whoever asks for a proof says at its field what is wrong with it.
        AdministrationDenial::Unproven(_) => return Err(Refusal::Internal),
    }))
}

/// A role in the reader's language.
fn role_text(role: Role, texts: Texts) -> String {
    texts.say(&format!("role-{role}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_what_says_something_and_escapes_it() {
        assert_eq!(address("/admin/accounts", &[("query", ""), ("role", "")]), "/admin/accounts");
        assert_eq!(address("/a", &[("query", "a&b=c d"), ("role", "admin")]), "/a?query=a%26b%3Dc+d&role=admin");
    }
}
