//! Changing the password.

use askama::Template;
use countersign_application::account::{ChangePassword, ChangePasswordOutcome, NewPasswordError};
use countersign_application::caller::Caller;
use countersign_application::second_factor::ShowTwoFactor;
use countersign_application::session::purpose;
use countersign_policy::ProofAct;
use poem::{Response, handler};

use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::proof::{Proof, ProofNames, Wrong, given_code, standing_wait};
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
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
    ask(visit, &caller, &Wrong::default()).await
}

/// The new password.
#[handler]
pub(super) async fn submit(
    mut visit: Visit,
    form: Form,
    caller: SessionFor<purpose::ChangePassword>,
) -> Result<Response, Refusal> {
    if form.text("current_password").is_empty() {
        return ask(visit, &caller, &Wrong::field("current_password", "error-password-missing")).await;
    }
    if form.text("new_password") != form.text("new_password_again") {
        return ask(visit, &caller, &Wrong::field("new_password_again", "error-passwords-differ")).await;
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
    ask(visit, &caller, &wrong).await
}

async fn ask(mut visit: Visit, caller: &Caller, wrong: &Wrong) -> Result<Response, Refusal> {
    let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
    let proof = Proof::of(caller.proof_for(ProofAct::ChangePassword, &factor), caller, &factor);
    let texts = visit.texts;
    let page = PasswordPage {
        t: texts,
        page: wrong.put_on(visit.page_of("password-title", caller, "password").await),
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
