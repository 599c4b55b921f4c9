//! Recovery codes: shown once, viewed, regenerated.

use askama::Template;
use countersign_application::Timestamp;
use countersign_application::caller::Caller;
use countersign_application::recovery::{
    RegenerateRecoveryCodes, RegenerateRecoveryCodesOutcome, ViewRecoveryCodes, ViewRecoveryCodesOutcome,
};
use countersign_application::second_factor::ShowTwoFactor;
use countersign_application::session::purpose::{Anything, Look};
use countersign_core::{RecoveryAlphabet, RecoveryCodeFormat};
use countersign_policy::ProofAct;
use poem::{Response, handler};
use secrecy::{ExposeSecret, SecretString};

use crate::form::Form;
use crate::moments::{Moment, Wait};
use crate::page::Page;
use crate::pages::disable::not_on;
use crate::pages::proof::{Proof, ProofNames, Wrong, given};
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
use crate::shown_once::{CodesReason, RecoveryCodes, SHOWN, ShownWhat};
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

/// Longer codes stand in one column.
const LONG: usize = 22;

/// So many codes or fewer are few.
const FEW: u32 = 2;

/// Whether it is time to make new codes.
pub(super) fn are_few(remaining: u32) -> bool {
    remaining <= FEW
}

/// Whether codes are too long for two columns.
pub(super) fn are_long(codes: &[String]) -> bool {
    codes.iter().any(|code| code.chars().count() > LONG)
}

/// Whether capital and small letters differ in codes of a format.
pub(super) fn is_case_sensitive(format: &RecoveryCodeFormat) -> bool {
    format.alphabet() == RecoveryAlphabet::Alphanumeric
}

/// How a recovery code of a format looks; no real one.
pub(super) fn example(format: &RecoveryCodeFormat) -> String {
    // Bytes that run through the alphabet: the same example each time.
    let mut next = 7_u8;
    let code = format.generate(&mut |bytes: &mut [u8]| {
        for byte in bytes {
            next = next.wrapping_mul(5).wrapping_add(13);
            *byte = next;
        }
        Ok::<(), std::convert::Infallible>(())
    });
    code.map_or_else(|never| match never {}, |code| format.display(&code).to_string())
}

/// Codes as templates take them.
pub(super) fn exposed(codes: &[SecretString]) -> Vec<String> {
    codes.iter().map(|code| code.expose_secret().to_owned()).collect()
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct RecoveryCodesPage {
    t: Texts,
    page: Page,
    /// The name of the act that shows them.
    shown: String,
    reason: &'static str,
    step: u32,
    steps: u32,
    codes: Vec<String>,
    codes_long: bool,
    case_sensitive: bool,
    count: usize,
    single: bool,
    issued: Moment,
    viewable: bool,
    return_to: String,
}

#[derive(Template)]
#[template(path = "recovery_codes_view.html")]
struct ViewPage {
    t: Texts,
    page: Page,
    remaining: u32,
    total: u32,
    few: bool,
    issued: Moment,
    viewable: bool,
    proof: Proof,
    wait: Wait,
}

/// The codes that an act showed to the one who asked, until they are saved.
#[handler]
pub(super) async fn show_once(mut visit: Visit, caller: SessionFor<Look>) -> Result<Response, Refusal> {
    let Some(ShownWhat::RecoveryCodes(shown)) = visit.shown(caller.account.id).await? else {
        // Saved, or too long ago: what the case is now, the security page shows.
        visit.notice("notice-codes-not-shown");
        return visit.go("/security");
    };
    let texts = visit.texts;
    visit.forms_for(&caller.account.id.to_string());
    let page = Page {
        login: caller.account.login.as_str().to_owned(),
        ..visit.page("recovery-codes-title", Some(&caller.realm)).await
    };
    let next = match &*shown.next {
        "" => None,
        address => visit.return_address(&caller.realm, address).await.ok(),
    };
    let page = RecoveryCodesPage {
        t: texts,
        page,
        shown: visit.parameter(SHOWN).to_owned(),
        reason: match shown.reason {
            CodesReason::Before | CodesReason::Enrolled => "enrolled",
            CodesReason::Regenerated => "regenerated",
            CodesReason::Replaced => "replaced",
            CodesReason::Viewed => "viewed",
        },
        step: 3,
        steps: 3,
        codes_long: are_long(&shown.codes),
        case_sensitive: caller.realm.policy.recovery_format().is_some_and(is_case_sensitive),
        count: shown.codes.len(),
        single: shown.codes.len() == 1,
        codes: shown.codes,
        issued: Moment::new(Timestamp::from_micros(shown.issued_at), texts),
        viewable: caller.realm.policy.recovery_codes.viewable,
        return_to: next.as_ref().map(|next| next.as_str().to_owned()).unwrap_or_default(),
    };
    Ok(ReturnTo::allow_on(next, visit.show(&page)?))
}

/// Viewing them again, or making new ones.
#[handler]
pub(super) async fn show(visit: Visit, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    ask(visit, &caller, &Wrong::default()).await
}

/// Views them, or makes new ones.
#[handler]
pub(super) async fn submit(visit: Visit, form: Form, caller: SessionFor<Anything>) -> Result<Response, Refusal> {
    match form.text("act") {
        "view" => view(visit, &caller, &form).await,
        "regenerate" => regenerate(visit, &caller, &form).await,
        _ => Err(Refusal::NotFound),
    }
}

async fn view(mut visit: Visit, caller: &Caller, form: &Form) -> Result<Response, Refusal> {
    let view = ViewRecoveryCodes { proof: given(form) };
    let wrong = match view.execute(&visit.application, caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            // A recovery code that was the proof may have been the last one.
            ViewRecoveryCodesOutcome::Shown(codes) if codes.is_empty() => {
                visit.notice("error-codes-not-viewable");
                return visit.go("/security/recovery-codes");
            }
            ViewRecoveryCodesOutcome::Shown(codes) => {
                let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
                let issued = factor.active_recovery_set().map(|set| set.issued_at);
                let issued = issued.unwrap_or_else(|| visit.application.now());
                return shown(CodesReason::Viewed, &codes, issued).go(visit, caller.account.id);
            }
            ViewRecoveryCodesOutcome::NotViewable => Wrong::field("", "error-codes-not-viewable"),
            ViewRecoveryCodesOutcome::NotEnabled => return not_on(visit),
            ViewRecoveryCodesOutcome::Denied(denial) => Wrong::denial(denial, form, ProofNames::default()),
        },
    };
    ask(visit, caller, &wrong).await
}

async fn regenerate(visit: Visit, caller: &Caller, form: &Form) -> Result<Response, Refusal> {
    let regenerate = RegenerateRecoveryCodes { proof: given(form) };
    let wrong = match regenerate.execute(&visit.application, caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            RegenerateRecoveryCodesOutcome::Issued(codes) => {
                let issued = visit.application.now();
                return shown(CodesReason::Regenerated, &codes, issued).go(visit, caller.account.id);
            }
            RegenerateRecoveryCodesOutcome::NotEnabled => return not_on(visit),
            RegenerateRecoveryCodesOutcome::NoRecoveryCodes => return Err(Refusal::NotFound),
            RegenerateRecoveryCodesOutcome::Denied(denial) => Wrong::denial(denial, form, ProofNames::default()),
        },
    };
    ask(visit, caller, &wrong).await
}

fn shown(reason: CodesReason, codes: &[SecretString], issued: Timestamp) -> RecoveryCodes {
    RecoveryCodes { reason, codes: exposed(codes), issued_at: issued.as_micros(), next: String::new() }
}

async fn ask(mut visit: Visit, caller: &Caller, wrong: &Wrong) -> Result<Response, Refusal> {
    let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
    let (texts, policy) = (visit.texts, &caller.realm.policy);
    if !factor.state.is_enabled() {
        return not_on(visit);
    }
    if policy.recovery_format().is_none() {
        return Err(Refusal::NotFound);
    }
    let proof = Proof::of(caller.proof_for(ProofAct::RecoveryCodes, &factor), caller, &factor);
    let set = factor.active_recovery_set();
    let remaining = factor.recovery_codes_remaining();
    let page = ViewPage {
        t: texts,
        page: wrong.put_on(visit.page_of("recovery-codes-view-title", caller, "").await),
        remaining,
        total: set.map_or(0, |set| set.total),
        few: are_few(remaining),
        issued: Moment::of(set.map(|set| set.issued_at), texts),
        viewable: policy.recovery_codes.viewable && set.is_some_and(|set| set.viewable && set.remaining > 0),
        wait: wrong.wait(proof.standing_wait(caller, &factor, visit.application.now()), texts),
        proof,
    };
    visit.show_as(wrong.status(), &page)
}

/// The codes are saved: they are shown no more, and it goes on.
#[handler]
pub(super) async fn saved(mut visit: Visit, form: Form, caller: SessionFor<Look>) -> Result<Response, Refusal> {
    if !form.is_ticked("saved") {
        visit.notice("error-codes-not-saved");
        let query = serde_urlencoded::to_string([(SHOWN, form.text(SHOWN))]).unwrap_or_default();
        return visit.go(&format!("/security/recovery-codes/shown?{query}"));
    }
    visit.forget_shown(form.text(SHOWN)).await?;
    match form.text("return_to") {
        "" => visit.go("/security"),
        address => {
            let address = visit.return_address(&caller.realm, address).await?;
            visit.go(address.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_codes_stand_in_one_column() {
        assert!(!are_long(&["ABCD-EFGH-JKMN-PQRS".to_owned()]));
        assert!(are_long(&["0123456789012345678901234".to_owned()]));
    }
}
