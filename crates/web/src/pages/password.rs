//! Changing the password.

use askama::Template;
use countersign_application::account::{
    ChangePassword, ChangePasswordOutcome, NewPasswordError, SecureAccount, SecureAccountOutcome,
};
use countersign_application::caller::Caller;
use countersign_application::second_factor::ShowTwoFactor;
use countersign_application::session::purpose;
use countersign_policy::ProofAct;
use poem::{Response, handler};
use secrecy::ExposeSecret;

use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::proof::{Proof, ProofNames, Wrong, given_code, standing_wait};
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
use crate::shown_once::{CodesReason, RecoveryCodes};
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

/// The proof has names of its own here.
const NAMES: ProofNames = ProofNames { password: "current_password", code: "code" };

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    t: Texts,
    page: Page,
    secures: bool,
    renews_codes: bool,
    required: bool,
    ends_sessions: bool,
    need_code: bool,
    digits: u32,
    recovery: bool,
    wait: Wait,
}

/// What is wrong with a new password, for the one who typed it.
pub(super) fn unfit(error: NewPasswordError, texts: Texts) -> String {
    texts.say(unfit_key(error))
}

fn unfit_key(error: NewPasswordError) -> &'static str {
    match error {
        NewPasswordError::Length => "error-password-length",
        NewPasswordError::Common => "error-password-common",
        NewPasswordError::Unchanged => "error-password-unchanged",
    }
}

/// Where password managers look for the page on which a password is changed (W3C, A Well-Known URL for Changing
/// Passwords).
#[handler]
pub(super) async fn well_known(visit: Visit) -> Result<Response, Refusal> {
    visit.go("/security/password")
}

/// The form.
#[handler]
pub(super) async fn show(visit: Visit, caller: SessionFor<purpose::ChangePassword>) -> Result<Response, Refusal> {
    ask(visit, &caller, &Wrong::default(), false).await
}

/// The form of someone who finds a sign-in that was not theirs.
#[handler]
pub(super) async fn show_not_me(visit: Visit, caller: SessionFor<purpose::Anything>) -> Result<Response, Refusal> {
    ask(visit, &caller, &Wrong::default(), true).await
}

/// What is wrong with what was typed, before anything is looked at.
fn wrong_before(form: &Form) -> Option<Wrong> {
    if form.text("current_password").is_empty() {
        return Some(Wrong::field("current_password", "error-password-missing"));
    }
    let differ = form.text("new_password") != form.text("new_password_again");
    differ.then(|| Wrong::field("new_password_again", "error-passwords-differ"))
}

/// Shuts everybody else out.
#[handler]
pub(super) async fn submit_not_me(
    mut visit: Visit,
    form: Form,
    caller: SessionFor<purpose::Anything>,
) -> Result<Response, Refusal> {
    if let Some(wrong) = wrong_before(&form) {
        return ask(visit, &caller, &wrong, true).await;
    }
    let secure = SecureAccount {
        current_password: form.secret("current_password"),
        new_password: form.secret("new_password"),
        code: given_code(&form, "code"),
    };
    let wrong = match secure.execute(&visit.application, &caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            SecureAccountOutcome::Secured { recovery_codes } => {
                visit.notice("notice-account-secured");
                let Some(codes) = recovery_codes else { return visit.go("/security") };
                let codes = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
                let issued_at = visit.application.now().as_micros();
                let shown = RecoveryCodes { reason: CodesReason::Regenerated, codes, issued_at, next: String::new() };
                return shown.go(visit, caller.account.id);
            }
            SecureAccountOutcome::Unfit(error) => Wrong::field("new_password", unfit_key(error)),
            SecureAccountOutcome::Denied(denial) => Wrong::denial(denial, &form, NAMES),
        },
    };
    ask(visit, &caller, &wrong, true).await
}

/// The new password.
#[handler]
pub(super) async fn submit(
    mut visit: Visit,
    form: Form,
    caller: SessionFor<purpose::ChangePassword>,
) -> Result<Response, Refusal> {
    if let Some(wrong) = wrong_before(&form) {
        return ask(visit, &caller, &wrong, false).await;
    }
    let change = ChangePassword {
        current_password: form.secret("current_password"),
        new_password: form.secret("new_password"),
        code: given_code(&form, "code"),
    };
    let wrong = match change.execute(&visit.application, &caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            ChangePasswordOutcome::Changed { session: Some(grant) } => {
                visit.keep_session(&grant, Some(caller.token()));
                visit.notice("notice-password-chosen");
                // Who had to choose one before going on to an application goes on now, and has a factor to add first if
                // one is required.
                let next = visit.way_back(&caller.realm).await.filter(|_| !caller.may_only_enroll);
                return visit.go(next.as_ref().map_or("/security", ReturnTo::as_str));
            }
            ChangePasswordOutcome::Changed { session: None } => {
                let ends_sessions = caller.realm.policy.sign_in.end_other_sessions_on_change;
                visit.notice(if ends_sessions { "notice-password-changed" } else { "notice-password-changed-only" });
                return visit.go("/security");
            }
            ChangePasswordOutcome::Unfit(error) => Wrong::field("new_password", unfit_key(error)),
            ChangePasswordOutcome::Denied(denial) => Wrong::denial(denial, &form, NAMES),
        },
    };
    ask(visit, &caller, &wrong, false).await
}

async fn ask(mut visit: Visit, caller: &Caller, wrong: &Wrong, secures: bool) -> Result<Response, Refusal> {
    let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
    let proof = Proof::of(caller.proof_for(ProofAct::ChangePassword, &factor), caller, &factor);
    let texts = visit.texts;
    let (title, section) = if secures { ("not-me-title", "activity") } else { ("password-title", "password") };
    let page = PasswordPage {
        t: texts,
        page: wrong.put_on(visit.page_of(title, caller, section).await),
        secures,
        renews_codes: factor.state.is_enabled() && caller.realm.policy.recovery_format().is_some(),
        required: caller.must_change_password(),
        ends_sessions: caller.realm.policy.sign_in.end_other_sessions_on_change,
        need_code: proof.need_code,
        digits: proof.digits,
        recovery: proof.recovery,
        wait: wrong.wait(standing_wait(caller, &factor, visit.application.now()), texts),
    };
    let next = visit.way_back(&caller.realm).await.filter(|_| caller.must_change_password());
    Ok(ReturnTo::allow_on(next, visit.show_as(wrong.status(), &page)?))
}
