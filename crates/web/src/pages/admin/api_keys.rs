//! API keys of the realm.

use askama::Template;
use countersign_application::administration::Administrator;
use countersign_application::api_key::{
    ApiKey, ApiKeyName, CreateApiKey, CreateApiKeyOutcome, ListApiKeys, RevokeApiKey, RevokeApiKeyOutcome, Scope,
};
use countersign_application::caller::Caller;
use countersign_application::{ApiKeyId, PageRequest, Timestamp};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};
use secrecy::ExposeSecret;

use super::confirm::{ConfirmPage, proof_of, unless_busy, unproven};
use super::{Pager, page_request};
use crate::form::Form;
use crate::moments::{Moment, Wait};
use crate::page::Page;
use crate::pages::proof::{Proof, Wrong, given};
use crate::refusal::Refusal;
use crate::shown_once::{CreatedApiKey, SHOWN, ShownWhat};
use crate::signed_in::Administering;
use crate::texts::Texts;
use crate::visit::Visit;

/// A key that ends within so many seconds is said to end soon: two weeks.
const SOON_SECONDS: u64 = 14 * 24 * 60 * 60;

/// For how many days a key may be made.
const DAYS: [u64; 3] = [30, 90, 365];

#[derive(Template)]
#[template(path = "admin_api_keys.html")]
struct ApiKeysPage {
    t: Texts,
    page: Page,
    keys: Vec<ApiKeyRow>,
    is_empty: bool,
    newest_url: String,
    older_url: String,
    form_open: bool,
    name: String,
    scopes: Vec<ScopeOption>,
    expiry: String,
    proof: Proof,
    wait: Wait,
}

struct ApiKeyRow {
    id: String,
    name: String,
    scopes: String,
    created: Moment,
    has_last_used: bool,
    last_used: Moment,
    has_expiry: bool,
    expires: Moment,
    expired: bool,
    /// It ends within two weeks: whoever uses it needs another one by then.
    ends_soon: bool,
}

impl ApiKeyRow {
    fn new(key: &ApiKey, now: Timestamp, texts: Texts) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.as_str().to_owned(),
            scopes: scopes_text(&key.scopes, texts),
            created: Moment::new(key.created_at, texts),
            has_last_used: key.last_used_at.is_some(),
            last_used: Moment::of(key.last_used_at, texts),
            has_expiry: key.expires_at.is_some(),
            expires: Moment::of(key.expires_at, texts),
            expired: !key.is_valid_at(now),
            ends_soon: key.is_valid_at(now) && !key.is_valid_at(now.plus_seconds(SOON_SECONDS)),
        }
    }
}

struct ScopeOption {
    name: &'static str,
    text: String,
    hint: String,
    selected: bool,
}

#[derive(Template)]
#[template(path = "admin_api_key_created.html")]
struct CreatedPage {
    t: Texts,
    page: Page,
    /// The name of the act that shows it.
    shown: String,
    name: String,
    key: String,
    scopes: String,
    has_expiry: bool,
    expires: Moment,
}

/// The key that was just made, to the one who made it.
#[handler]
pub(super) async fn show_created(
    mut visit: Visit,
    Administering { caller, .. }: Administering,
) -> Result<Response, Refusal> {
    let Some(ShownWhat::ApiKey(created)) = visit.shown(caller.account.id).await? else {
        visit.notice("notice-api-key-not-shown");
        return visit.go("/admin/api-keys");
    };
    let texts = visit.texts;
    let scopes: Vec<Scope> = created.scopes.iter().filter_map(|scope| Scope::from_name(scope)).collect();
    let page = CreatedPage {
        t: texts,
        page: visit.page_of("api-key-created-title", &caller, "admin-api-keys").await,
        shown: visit.parameter(SHOWN).to_owned(),
        name: created.name,
        key: created.key,
        scopes: scopes_text(&scopes, texts),
        has_expiry: created.expires_at.is_some(),
        expires: Moment::of(created.expires_at.map(Timestamp::from_micros), texts),
    };
    visit.show(&page)
}

/// The key is saved: it is shown no more.
#[handler]
pub(super) async fn saved(visit: Visit, form: Form, _: Administering) -> Result<Response, Refusal> {
    visit.forget_shown(form.text(SHOWN)).await?;
    visit.go("/admin/api-keys")
}

fn scopes_text(scopes: &[Scope], texts: Texts) -> String {
    scopes.iter().map(|scope| texts.say(&format!("scope-{scope}"))).collect::<Vec<_>>().join(", ")
}

/// What was typed into the form of a new key.
#[derive(Default)]
struct NewKey {
    name: String,
    scopes: Vec<Scope>,
    expiry: String,
    wrong: Vec<(&'static str, &'static str)>,
}

/// A key as it shall be made.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    name: ApiKeyName,
    days: Option<u64>,
}

impl NewKey {
    fn of(form: &Form) -> Self {
        Self {
            name: form.given("name").unwrap_or_default().to_owned(),
            scopes: form.all("scope").filter_map(Scope::from_name).collect(),
            expiry: form.text("expiry").to_owned(),
            wrong: Vec::new(),
        }
    }

    /// Checks everything at once, so that everything that is wrong is said at once. `None` where something is.
    fn check(&mut self) -> Option<Wanted> {
        let name = ApiKeyName::new(&self.name).ok();
        if name.is_none() {
            self.wrong.push(("name", "error-name-invalid"));
        }
        if self.scopes.is_empty() {
            self.wrong.push(("scopes", "error-scopes-missing"));
        }
        let days = match self.expiry.as_str() {
            "never" => Some(None),
            days => DAYS.into_iter().find(|known| days == known.to_string()).map(Some),
        };
        if days.is_none() {
            self.wrong.push(("expiry", "error-expiry-invalid"));
        }
        if self.wrong.is_empty() { Some(Wanted { name: name?, days: days? }) } else { None }
    }
}

/// The list, newest first, and the form of a new key.
#[handler]
pub(super) async fn show(
    visit: Visit,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    keys_page(visit, &caller, &administrator, NewKey::default(), &Wrong::default()).await
}

async fn keys_page(
    mut visit: Visit,
    caller: &Caller,
    administrator: &Administrator,
    new: NewKey,
    unproven: &Wrong,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let list = ListApiKeys { page: page_request(&visit)? };
    let found = list.execute(&visit.application, &administrator.realm).await?;
    let pager = Pager::new(&visit, "/admin/api-keys", &[], found.next_cursor());
    let now = visit.application.now();
    let mut page = visit.page_of("admin-api-keys-title", caller, "admin-api-keys").await;
    for (field, key) in &new.wrong {
        page = page.wrong(field, texts.say(key));
    }
    page = unproven.put_on(page);
    let (proof, wait) = proof_of(&visit, caller, unproven).await?;
    let status = match unproven.status() {
        StatusCode::OK if !new.wrong.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
        status => status,
    };
    let option = |scope: &Scope| ScopeOption {
        name: scope.as_str(),
        text: texts.say(&format!("scope-{scope}")),
        hint: texts.say(&format!("scope-{scope}-hint")),
        selected: new.scopes.contains(scope),
    };
    let page = ApiKeysPage {
        t: texts,
        page,
        keys: found.items.iter().map(|key| ApiKeyRow::new(key, now, texts)).collect(),
        is_empty: found.items.is_empty(),
        newest_url: pager.newest_url,
        older_url: pager.older_url,
        form_open: status != StatusCode::OK || found.items.is_empty(),
        scopes: Scope::ALL.iter().map(option).collect(),
        name: new.name,
        expiry: new.expiry,
        proof,
        wait,
    };
    visit.show_as(status, &page)
}

/// Makes a key, and leads on to where it is shown.
#[handler]
pub(super) async fn create(
    mut visit: Visit,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let mut new = NewKey::of(&form);
    let Some(Wanted { name, days }) = new.check() else {
        return keys_page(visit, &caller, &administrator, new, &Wrong::default()).await;
    };
    let now = visit.application.now();
    let create = CreateApiKey {
        name,
        scopes: new.scopes.clone(),
        expires_at: days.map(|days| now.plus_seconds(days * 24 * 60 * 60)),
        proof: given(&form),
    };
    let outcome = match unless_busy(create.execute(&visit.application, &administrator).await)? {
        Ok(outcome) => outcome,
        Err(busy) => return keys_page(visit, &caller, &administrator, new, &busy).await,
    };
    let wrong = match outcome {
        CreateApiKeyOutcome::Created { token, key } => {
            let created = CreatedApiKey {
                name: key.name.as_str().to_owned(),
                key: token.expose_secret().to_owned(),
                scopes: key.scopes.iter().map(ToString::to_string).collect(),
                expires_at: key.expires_at.map(Timestamp::as_micros),
            };
            return visit.go_and_show("/admin/api-keys/created", caller.account.id, ShownWhat::ApiKey(created));
        }
        CreateApiKeyOutcome::Unproven(denial) => {
            return keys_page(visit, &caller, &administrator, new, &unproven(denial, &form)).await;
        }
        CreateApiKeyOutcome::NoScopes => ("scopes", "error-scopes-missing"),
        CreateApiKeyOutcome::ExpiresInThePast => ("expiry", "error-expiry-invalid"),
    };
    new.wrong.push(wrong);
    keys_page(visit, &caller, &administrator, new, &Wrong::default()).await
}

/// A key of the realm. There is no use case that finds one by itself, and a realm has few.
async fn find(visit: &Visit, administrator: &Administrator, id: &str) -> Result<ApiKey, Refusal> {
    let id: ApiKeyId = id.parse().map_err(|_| Refusal::NotFound)?;
    let mut list = ListApiKeys { page: PageRequest::first() };
    loop {
        let part = list.execute(&visit.application, &administrator.realm).await?;
        if let Some(key) = part.items.into_iter().find(|key| key.id == id) {
            return Ok(key);
        }
        list.page.after = Some(part.next.ok_or(Refusal::NotFound)?);
    }
}

/// The page that asks once more before a key is revoked.
#[handler]
pub(super) async fn confirm(
    visit: Visit,
    Path(id): Path<String>,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let key = find(&visit, &administrator, &id).await?;
    revoke_page(visit, &caller, &key, &Wrong::default()).await
}

async fn revoke_page(mut visit: Visit, caller: &Caller, key: &ApiKey, unproven: &Wrong) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let (proof, wait) = proof_of(&visit, caller, unproven).await?;
    let page = ConfirmPage {
        t: texts,
        page: unproven.put_on(visit.page_of("confirm-revoke-api-key-title", caller, "admin-api-keys").await),
        text: texts.say1("confirm-revoke-api-key-text", "name", key.name.as_str()),
        consequences: ["application", "final"]
            .map(|what| texts.say(&format!("confirm-revoke-api-key-means-{what}")))
            .into(),
        action_url: format!("/admin/api-keys/{}/revoke", key.id),
        hidden: Vec::new(),
        ask_reason: false,
        reason_required: false,
        reason: String::new(),
        proof,
        wait,
        button: texts.say("confirm-revoke-api-key-button"),
        danger: true,
        cancel_url: "/admin/api-keys".to_owned(),
    };
    visit.show_as(unproven.status(), &page)
}

/// Revokes a key.
#[handler]
pub(super) async fn revoke(
    mut visit: Visit,
    Path(id): Path<String>,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let key = find(&visit, &administrator, &id).await?;
    let revoke = RevokeApiKey { id: key.id, proof: given(&form) };
    let wrong = match unless_busy(revoke.execute(&visit.application, &administrator).await)? {
        Ok(RevokeApiKeyOutcome::Revoked) => {
            visit.notice_about("notice-api-key-revoked", "name", key.name.as_str());
            return visit.go("/admin/api-keys");
        }
        Ok(RevokeApiKeyOutcome::NotFound) => return Err(Refusal::NotFound),
        Ok(RevokeApiKeyOutcome::Unproven(denial)) => unproven(denial, &form),
        Err(busy) => busy,
    };
    revoke_page(visit, &caller, &key, &wrong).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn everything_that_is_wrong_with_a_key_is_said_at_once() {
        let mut new = NewKey { expiry: "31".to_owned(), ..NewKey::default() };
        assert_eq!(new.check(), None);
        assert_eq!(new.wrong.iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["name", "scopes", "expiry"]);
        for (expiry, days) in [("never", None), ("90", Some(90))] {
            let mut new =
                NewKey { name: "Shop".into(), scopes: vec![Scope::Verify], expiry: expiry.into(), ..NewKey::default() };
            assert_eq!(new.check().map(|wanted| wanted.days), Some(days));
        }
    }

    #[test]
    fn every_scope_is_named_in_every_language() {
        for (language, scope) in Language::all().flat_map(|it| Scope::ALL.iter().map(move |scope| (it, scope))) {
            assert!(
                Texts(language).has(&format!("scope-{scope}")) && Texts(language).has(&format!("scope-{scope}-hint"))
            );
        }
    }
}
