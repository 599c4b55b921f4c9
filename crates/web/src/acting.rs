//! In which realm somebody administers: their own, or the one that an operator went to. A form acts in the realm of its page, or
//! not at all.

use countersign_application::administration::Administrator;
use countersign_application::caller::Caller;
use countersign_application::{AccountId, Application};
use poem::Request;
use poem::http::HeaderMap;

use crate::cookies::Cookie;
use crate::form::Form;
use crate::refusal::Refusal;

/// What a cookie holds of the realm that an operator went to.
pub(crate) fn kept(account: AccountId, slug: &str) -> String {
    format!("{account}.{slug}")
}

/// The short name of the realm that this account went to in this browser.
fn chosen(headers: &HeaderMap, account: AccountId) -> Option<&str> {
    let (whose, slug) = Cookie::Acting.of(headers)?.split_once('.')?;
    (whose == account.to_string()).then_some(slug)
}

/// The administrator in the realm that they act in. What only an operator may choose is nothing to anybody else.
pub(crate) async fn administrator(
    application: &Application,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Option<Administrator>, Refusal> {
    let Some(at_home) = Administrator::of(caller) else { return Ok(None) };
    let Some(slug) = chosen(headers, caller.account.id) else { return Ok(Some(at_home)) };
    let there = at_home.clone().in_realm(application, slug).await?;
    Ok(Some(there.unwrap_or(at_home)))
}

/// The name of the realm that forms of a page act in: nothing where it is the own one.
pub(crate) fn abroad<'a>(administrator: &'a Administrator, caller: &Caller) -> &'a str {
    if administrator.realm.id == caller.realm.id { "" } else { administrator.realm.slug.as_str() }
}

/// Demands that a form is of a page of the realm that is acted in now: an operator may have gone to another one since, in another
/// window.
pub(crate) fn demand_same(request: &Request, administrator: &Administrator, caller: &Caller) -> Result<(), Refusal> {
    let Some(form) = request.data::<Form>() else { return Ok(()) };
    if form.token().realm == abroad(administrator, caller) { Ok(()) } else { Err(Refusal::OtherRealm) }
}
