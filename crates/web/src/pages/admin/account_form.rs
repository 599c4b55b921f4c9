//! What administrators type for someone else: a login and a first password, or a new password.

use askama::Template;
use countersign_application::account::{
    Account, CreateAccount, CreateAccountOutcome, Role, UpdateAccount, UpdateAccountOutcome,
};
use countersign_application::administration::{AdministrationDenial, Administrator};
use countersign_application::caller::Caller;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};

use super::account::Rights;
use super::account_acts::find;
use super::confirm::{proof_of, unless_busy, unproven};
use super::{account_id, denied};
use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::password::unfit;
use crate::pages::proof::{Proof, Wrong, given};
use crate::refusal::Refusal;
use crate::signed_in::Administering;
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "admin_account_form.html")]
struct AccountFormPage {
    t: Texts,
    page: Page,
    text: String,
    has_login: bool,
    login: String,
    action_url: String,
    proof: Proof,
    wait: Wait,
    button: String,
    cancel_url: String,
}

/// What is wrong with what was typed: the field, and what to do.
type FieldError = (&'static str, String);

async fn new_page(
    mut visit: Visit,
    caller: &Caller,
    login: &str,
    unproven: &Wrong,
    wrong: Option<FieldError>,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let status = status_of(unproven, wrong.as_ref());
    let (proof, wait) = proof_of(&visit, caller, unproven).await?;
    let mut page = unproven.put_on(visit.page_of("account-new-title", caller, "admin-accounts").await);
    if let Some((field, text)) = wrong {
        page = page.wrong(field, text);
    }
    let page = AccountFormPage {
        t: texts,
        page,
        text: texts.say("account-new-text"),
        has_login: true,
        login: login.to_owned(),
        action_url: "/admin/accounts/new".to_owned(),
        proof,
        wait,
        button: texts.say("account-new-button"),
        cancel_url: "/admin/accounts".to_owned(),
    };
    visit.show_as(status, &page)
}

/// How a form is answered that may be wrong in more than its proof.
fn status_of(unproven: &Wrong, wrong: Option<&FieldError>) -> StatusCode {
    match unproven.status() {
        StatusCode::OK if wrong.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
        status => status,
    }
}

/// The page for a new account. It is a member's: a role that may do more is given on the account's page.
#[handler]
pub(super) async fn show_new(visit: Visit, Administering { caller, .. }: Administering) -> Result<Response, Refusal> {
    new_page(visit, &caller, "", &Wrong::default(), None).await
}

/// Makes the account.
#[handler]
pub(super) async fn create(
    mut visit: Visit,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let (texts, login) = (visit.texts, form.text("login").trim().to_owned());
    if login.is_empty() {
        let wrong = ("login", texts.say("error-login-missing"));
        return new_page(visit, &caller, &login, &Wrong::default(), Some(wrong)).await;
    }
    // Without a password they set their own, by a link that comes next.
    let password = form.given_secret("password");
    let by_link = password.is_none();
    let create = CreateAccount {
        login: login.clone(),
        password,
        password_change_required: !by_link && !form.is_ticked("password_stays"),
        role: Role::Member,
        proof: given(&form),
    };
    let outcome = match unless_busy(create.execute(&visit.application, &administrator).await)? {
        Ok(outcome) => outcome,
        Err(busy) => return new_page(visit, &caller, &login, &busy, None).await,
    };
    let wrong = match outcome {
        CreateAccountOutcome::Created(account) => {
            visit.notice_about("notice-account-created", "login", account.login.as_str());
            let next = if by_link { "/password-link" } else { "" };
            return visit.go(&format!("/admin/accounts/{}{next}", account.id));
        }
        CreateAccountOutcome::Unproven(denial) => {
            return new_page(visit, &caller, &login, &unproven(denial, &form), None).await;
        }
        CreateAccountOutcome::LoginTaken => ("login", texts.say("error-login-taken")),
        CreateAccountOutcome::InvalidLogin(_) => ("login", texts.say("error-login-invalid")),
        CreateAccountOutcome::UnfitPassword(error) => ("password", unfit(error, texts)),
        CreateAccountOutcome::OwnersOnly => return Err(Refusal::NotFound),
    };
    new_page(visit, &caller, &login, &Wrong::default(), Some(wrong)).await
}

/// The page for a new password of someone.
#[handler]
pub(super) async fn show_password(
    visit: Visit,
    Path(id): Path<String>,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let account = find_with_password(&visit, &administrator, &id).await?;
    if !Rights::of(&caller, &administrator, &account).may_act {
        // The account's page says why, and what to do instead.
        return visit.go(&format!("/admin/accounts/{}", account.id));
    }
    password_page(visit, &caller, (&id, account.login.as_str()), &Wrong::default(), None).await
}

async fn password_page(
    mut visit: Visit,
    caller: &Caller,
    (id, login): (&str, &str),
    unproven: &Wrong,
    wrong: Option<FieldError>,
) -> Result<Response, Refusal> {
    let texts = visit.texts;
    let status = status_of(unproven, wrong.as_ref());
    let (proof, wait) = proof_of(&visit, caller, unproven).await?;
    let mut page = unproven.put_on(visit.page_of("account-password-title", caller, "admin-accounts").await);
    if let Some((field, text)) = wrong {
        page = page.wrong(field, text);
    }
    let page = AccountFormPage {
        t: texts,
        page,
        text: texts.say1("account-password-text", "login", login),
        has_login: false,
        login: login.to_owned(),
        action_url: format!("/admin/accounts/{id}/password"),
        proof,
        wait,
        button: texts.say("account-password-button"),
        cancel_url: format!("/admin/accounts/{id}"),
    };
    visit.show_as(status, &page)
}

/// The account that a password is set for. A subject has none.
async fn find_with_password(visit: &Visit, administrator: &Administrator, id: &str) -> Result<Account, Refusal> {
    let account = find(visit, administrator, account_id(id)?).await?;
    if account.subject.is_some() { Err(Refusal::NotFound) } else { Ok(account) }
}

/// Sets the password of someone, which ends their sessions.
#[handler]
pub(super) async fn set_password(
    mut visit: Visit,
    Path(id): Path<String>,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let account = find_with_password(&visit, &administrator, &id).await?;
    if !Rights::of(&caller, &administrator, &account).may_act {
        return Err(Refusal::Forbidden);
    }
    let (texts, whose) = (visit.texts, (id.as_str(), account.login.as_str()));
    if form.text("password").is_empty() {
        let wrong = ("password", texts.say("error-password-missing"));
        return password_page(visit, &caller, whose, &Wrong::default(), Some(wrong)).await;
    }
    let update = UpdateAccount {
        password: form.given_secret("password"),
        password_change_required: Some(!form.is_ticked("password_stays")),
        proof: given(&form),
        ..UpdateAccount::default()
    };
    let outcome = match unless_busy(update.execute(&visit.application, &administrator, &account).await)? {
        Ok(outcome) => outcome,
        Err(busy) => return password_page(visit, &caller, whose, &busy, None).await,
    };
    let wrong = match outcome {
        UpdateAccountOutcome::Updated(_) => {
            visit.notice_about("notice-account-password", "login", account.login.as_str());
            return visit.go(&format!("/admin/accounts/{}", account.id));
        }
        UpdateAccountOutcome::Denied(AdministrationDenial::Unproven(denial)) => {
            return password_page(visit, &caller, whose, &unproven(denial, &form), None).await;
        }
        UpdateAccountOutcome::UnfitPassword(error) => ("password", unfit(error, texts)),
        UpdateAccountOutcome::Denied(denial) => ("", denied(&denial, texts)?),
        // No login was given.
        UpdateAccountOutcome::LoginTaken | UpdateAccountOutcome::InvalidLogin(_) => return Err(Refusal::Internal),
        // No page of ours offers it.
        UpdateAccountOutcome::NotOfASubject(_) => return Err(Refusal::NotFound),
    };
    password_page(visit, &caller, whose, &Wrong::default(), Some(wrong)).await
}
