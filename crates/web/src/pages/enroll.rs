//! Enrolling an authenticator: beginning, scanning, confirming.

use askama::Template;
use countersign_application::caller::Caller;
use countersign_application::enrollment::{
    BeginEnrollment, BeginEnrollmentOutcome, BegunEnrollment, ConfirmEnrollment, ConfirmEnrollmentOutcome,
    PendingEnrollment, ShowPendingEnrollment,
};
use countersign_application::realm::{enrollment_deadline, two_factor_is_required};
use countersign_application::recovery::RecoverySetStatus;
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, RemoveAuthenticator, RemoveAuthenticatorOutcome, SecondFactor, ShowTwoFactor,
};
use countersign_application::session::purpose::Enroll;
use countersign_application::verification::GivenProof;
use countersign_application::{AuthenticatorId, Timestamp};
use countersign_core::{KeyUri, TotpParameters};
use countersign_policy::{ProofAct, RecoveryCodesShown};
use poem::web::Path;
use poem::{Response, handler};

use crate::form::Form;
use crate::moments::{Moment, Wait};
use crate::page::Page;
use crate::pages::proof::{Proof, ProofNames, Wrong, given};
use crate::pages::recovery_codes::{are_long, exposed};
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
use crate::shown_once::{CodesReason, RecoveryCodes, SHOWN, ShownWhat};
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

/// So many characters of a key stand together: what people can keep in mind while they type.
const GROUP: usize = 4;

/// The QR code of a longer key URI needs a wider page.
const LONG_URI: usize = 300;

#[derive(Template)]
#[template(path = "enroll_begin.html")]
struct BeginPage {
    t: Texts,
    page: Page,
    step: u32,
    steps: u32,
    required: bool,
    has_deadline: bool,
    deadline: Moment,
    first: bool,
    no_way_back: bool,
    name: String,
    may_choose_issuer: bool,
    issuer: String,
    proof: Proof,
    wait: Wait,
    cancel_url: &'static str,
}

#[derive(Template)]
#[template(path = "enroll_confirm.html")]
struct ConfirmPage {
    t: Texts,
    page: Page,
    /// The name of the act that shows the codes.
    shown: String,
    id: String,
    step: u32,
    steps: u32,
    has_replaced: bool,
    replaced: String,
    key_uri: String,
    dense: bool,
    qr_svg: String,
    has_secret: bool,
    secret_groups: String,
    account: String,
    issuer: String,
    digits: u32,
    period: u32,
    algorithm: &'static str,
    uncommon: bool,
    issued: Moment,
    expires: Moment,
    has_codes: bool,
    codes: Vec<String>,
    codes_long: bool,
    codes_shown_before: bool,
    proof: Proof,
    wait: Wait,
}

/// What was typed on the first page.
struct Typed {
    name: String,
    issuer: String,
}

/// How many steps an enrollment has: recovery codes at its end are one of their own.
fn steps(caller: &Caller, factor: &SecondFactor) -> u32 {
    let policy = &caller.realm.policy;
    let codes_at_the_end = !factor.state.is_enabled()
        && policy.recovery_format().is_some()
        && policy.recovery_codes.shown == RecoveryCodesShown::AfterConfirm;
    if codes_at_the_end { 3 } else { 2 }
}

/// Why the account can have no further authenticator.
fn full(caller: &Caller, factor: &SecondFactor) -> Option<&'static str> {
    let most = caller.realm.policy.authenticators.max_per_account as usize;
    match factor.active().count() {
        active if active < most => None,
        _ if most == 1 => Some("error-already-on"),
        _ => Some("error-too-many-authenticators"),
    }
}

fn back_with(mut visit: Visit, key: &'static str) -> Result<Response, Refusal> {
    visit.notice(key);
    visit.go("/security")
}

/// There is nothing to confirm any more: it is done, or the beginning comes next.
async fn over(mut visit: Visit, caller: &Caller, id: AuthenticatorId) -> Result<Response, Refusal> {
    let factor = factor_of(&visit, caller).await?;
    if factor.active().any(|active| active.id == id) {
        return back_with(visit, "notice-authenticator-is-on");
    }
    visit.notice("error-enrollment-gone");
    visit.go("/security/enroll")
}

async fn factor_of(visit: &Visit, caller: &Caller) -> Result<SecondFactor, Refusal> {
    Ok(ShowTwoFactor.execute(&visit.application, caller).await?.factor)
}

/// The first page.
#[handler]
pub(super) async fn show_begin(visit: Visit, caller: SessionFor<Enroll>) -> Result<Response, Refusal> {
    let factor = factor_of(&visit, &caller).await?;
    if let Some(key) = full(&caller, &factor) {
        return back_with(visit, key);
    }
    let typed = Typed { name: String::new(), issuer: caller.realm.issuer.clone() };
    ask(visit, &caller, &factor, typed, &Wrong::default()).await
}

/// Begins, and leads on to what is to be scanned.
#[handler]
pub(super) async fn begin(visit: Visit, form: Form, caller: SessionFor<Enroll>) -> Result<Response, Refusal> {
    let factor = factor_of(&visit, &caller).await?;
    let typed = Typed { name: form.text("name").to_owned(), issuer: form.text("issuer").to_owned() };
    let Ok(name) = form.given("name").map(AuthenticatorName::new).transpose() else {
        return ask(visit, &caller, &factor, typed, &Wrong::field("name", "error-name-invalid")).await;
    };
    let may_choose = caller.realm.policy.authenticators.user_chosen_issuer;
    let issuer = form.given("issuer").filter(|_| may_choose).map(str::to_owned);
    let begin = BeginEnrollment { name, issuer, replaces: None, proof: given(&form) };
    let wrong = match begin.execute(&visit.application, &caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            BeginEnrollmentOutcome::Begun(begun) => return begun_page(visit, &caller, &begun),
            BeginEnrollmentOutcome::AlreadyEnabled => return back_with(visit, "error-already-on"),
            // This page replaces none.
            BeginEnrollmentOutcome::TooMany | BeginEnrollmentOutcome::NothingToReplace => {
                return back_with(visit, "error-too-many-authenticators");
            }
            BeginEnrollmentOutcome::IssuerNotAllowed | BeginEnrollmentOutcome::InvalidIssuer => {
                Wrong::field("issuer", "error-issuer-invalid")
            }
            BeginEnrollmentOutcome::Denied(denial) => Wrong::denial(denial, &form, ProofNames::default()),
        },
    };
    // With the counters as they are now.
    let factor = factor_of(&visit, &caller).await?;
    ask(visit, &caller, &factor, typed, &wrong).await
}

async fn ask(
    mut visit: Visit,
    caller: &Caller,
    factor: &SecondFactor,
    typed: Typed,
    wrong: &Wrong,
) -> Result<Response, Refusal> {
    let (texts, now, policy) = (visit.texts, visit.application.now(), &caller.realm.policy);
    let first = !factor.state.is_enabled();
    let deadline = enrollment_deadline(policy, &caller.account).filter(|deadline| first && now < *deadline);
    let proof = Proof::of(caller.proof_for(ProofAct::Begin, factor), caller, factor);
    let page = BeginPage {
        t: texts,
        page: wrong.put_on(visit.page_of("enroll-title", caller, "").await),
        step: 1,
        steps: steps(caller, factor),
        // Before the grace period has begun there is nothing to say: neither now nor from a day on.
        required: first
            && two_factor_is_required(policy, &caller.account)
            && (deadline.is_some() || caller.may_only_enroll),
        has_deadline: deadline.is_some(),
        deadline: Moment::of(deadline, texts),
        first,
        no_way_back: policy.recovery_format().is_none(),
        name: typed.name,
        may_choose_issuer: policy.authenticators.user_chosen_issuer,
        issuer: typed.issuer,
        wait: wrong.wait(proof.standing_wait(caller, factor, now), texts),
        proof,
        cancel_url: if caller.may_only_enroll { "" } else { "/security" },
    };
    visit.show_as(wrong.status(), &page)
}

/// What the second page shows of an enrollment.
struct Scan<'a> {
    authenticator: &'a Authenticator,
    key_uri: &'a KeyUri,
    secret: &'a str,
    qr_svg: &'a str,
    expires_at: Timestamp,
    /// Recovery codes that are shown with it.
    codes: Vec<String>,
}

/// What was begun, at its own address, which can be loaded again; with the recovery codes that are shown beside it.
pub(super) fn begun_page(visit: Visit, caller: &Caller, begun: &BegunEnrollment) -> Result<Response, Refusal> {
    let address = format!("/security/enroll/{}", begun.authenticator.id);
    match &begun.recovery_codes {
        None => visit.go(&address),
        Some(codes) => {
            let codes = RecoveryCodes {
                reason: CodesReason::Before,
                codes: exposed(codes),
                issued_at: begun.authenticator.created_at.as_micros(),
                next: String::new(),
            };
            visit.go_and_show(&address, caller.account.id, ShownWhat::RecoveryCodes(codes))
        }
    }
}

impl Scan<'_> {
    async fn page(
        self,
        mut visit: Visit,
        caller: &Caller,
        factor: &SecondFactor,
        wrong: &Wrong,
    ) -> Result<Response, Refusal> {
        let (texts, now) = (visit.texts, visit.application.now());
        let Self { authenticator, codes, .. } = self;
        let parameters = authenticator.parameters;
        let key_uri = self.key_uri.to_uri();
        let proof = Proof::of(caller.proof_for(ProofAct::Confirm, factor), caller, factor);
        let pending_set = factor
            .recovery_sets
            .iter()
            .any(|set| set.status == RecoverySetStatus::Pending && set.authenticator_id == Some(authenticator.id));
        let page = wrong.put_on(visit.page_of("enroll-confirm-title", caller, "").await);
        let replaced = factor.replaced(authenticator.replaces);
        let page = ConfirmPage {
            t: texts,
            page,
            has_replaced: replaced.is_some(),
            replaced: replaced.map(|one| one.name.as_str().to_owned()).unwrap_or_default(),
            shown: if codes.is_empty() { String::new() } else { visit.parameter(SHOWN).to_owned() },
            id: authenticator.id.to_string(),
            step: 2,
            steps: if pending_set { 2 } else { steps(caller, factor) },
            dense: key_uri.len() > LONG_URI,
            key_uri: key_uri.to_string(),
            qr_svg: self.qr_svg.to_owned(),
            has_secret: true,
            secret_groups: grouped(self.secret),
            account: caller.account.login.as_str().to_owned(),
            issuer: authenticator.issuer.clone(),
            digits: parameters.digits().get().into(),
            period: parameters.period_seconds(),
            algorithm: parameters.algorithm().name(),
            uncommon: parameters != TotpParameters::DEFAULT,
            issued: Moment::new(authenticator.created_at, texts),
            expires: Moment::new(self.expires_at, texts),
            has_codes: !codes.is_empty(),
            codes_long: are_long(&codes),
            codes_shown_before: pending_set && codes.is_empty(),
            codes,
            proof,
            wait: wrong.wait(proof.standing_wait(caller, factor, now), texts),
        };
        let next = visit.way_back(&caller.realm).await.filter(|_| caller.may_only_enroll);
        Ok(ReturnTo::allow_on(next, visit.show_as(wrong.status(), &page)?))
    }
}

/// A key in groups.
fn grouped(secret: &str) -> String {
    let mut groups = String::with_capacity(secret.len() + secret.len() / GROUP);
    for (index, character) in secret.chars().enumerate() {
        if index > 0 && index % GROUP == 0 {
            groups.push(' ');
        }
        groups.push(character);
    }
    groups
}

/// The second page once more, to the session that began.
#[handler]
pub(super) async fn show_confirm(
    visit: Visit,
    Path(id): Path<String>,
    caller: SessionFor<Enroll>,
) -> Result<Response, Refusal> {
    let authenticator_id = id.parse().map_err(|_| Refusal::NotFound)?;
    again(visit, &caller, authenticator_id, &Wrong::default()).await
}

async fn again(visit: Visit, caller: &Caller, id: AuthenticatorId, wrong: &Wrong) -> Result<Response, Refusal> {
    let show = ShowPendingEnrollment { authenticator_id: id };
    let Some(pending) = show.execute(&visit.application, caller).await? else { return over(visit, caller, id).await };
    let factor = factor_of(&visit, caller).await?;
    let PendingEnrollment { authenticator, key_uri, secret, qr_svg, expires_at } = &pending;
    let codes = match visit.shown(caller.account.id).await? {
        Some(ShownWhat::RecoveryCodes(shown)) => shown.codes,
        Some(ShownWhat::ApiKey(_) | ShownWhat::PasswordLink(_) | ShownWhat::Several(_)) | None => Vec::new(),
    };
    let scan = Scan { authenticator, key_uri, secret, qr_svg, expires_at: *expires_at, codes };
    scan.page(visit, caller, &factor, wrong).await
}

/// The first code.
#[handler]
pub(super) async fn confirm(
    visit: Visit,
    Path(id): Path<String>,
    form: Form,
    caller: SessionFor<Enroll>,
) -> Result<Response, Refusal> {
    let authenticator_id = id.parse().map_err(|_| Refusal::NotFound)?;
    if form.given("code").is_none() {
        return again(visit, &caller, authenticator_id, &Wrong::field("code", "error-code-missing")).await;
    }
    let factor = factor_of(&visit, &caller).await?;
    let first = !factor.state.is_enabled();
    let replaces = factor.authenticator(authenticator_id).is_some_and(|it| factor.replaced(it.replaces).is_some());
    let confirm = ConfirmEnrollment { authenticator_id, code: form.secret("code"), proof: given(&form) };
    let wrong = match confirm.execute(&visit.application, &caller).await {
        Err(error) if error.is_busy() => Wrong::busy(),
        outcome => match outcome? {
            ConfirmEnrollmentOutcome::Confirmed { recovery_codes, session, .. } => {
                let mut visit = visit;
                if let Some(grant) = &session {
                    visit.keep_session(grant, Some(caller.token()));
                }
                if !visit.parameter(SHOWN).is_empty() {
                    visit.forget_shown(visit.parameter(SHOWN)).await?;
                }
                // Who had to enroll before going on to an application goes on now.
                let next = visit.way_back(&caller.realm).await.filter(|_| caller.may_only_enroll);
                let Some(codes) = recovery_codes else {
                    return match next {
                        Some(address) => visit.go(address.as_str()),
                        None if first => back_with(visit, "notice-two-factor-on"),
                        None if replaces => back_with(visit, "notice-authenticator-replaced"),
                        None => back_with(visit, "notice-authenticator-added"),
                    };
                };
                let codes = RecoveryCodes {
                    reason: CodesReason::Enrolled,
                    codes: exposed(&codes),
                    issued_at: visit.application.now().as_micros(),
                    next: next.map(|address| address.as_str().to_owned()).unwrap_or_default(),
                };
                return codes.go(visit, caller.account.id);
            }
            ConfirmEnrollmentOutcome::NoPendingEnrollment => return over(visit, &caller, authenticator_id).await,
            // Of an application's key, and here is a session.
            ConfirmEnrollmentOutcome::MayNotAdd => return Err(Refusal::Forbidden),
            ConfirmEnrollmentOutcome::TooMany => return back_with(visit, "error-too-many-authenticators"),
            ConfirmEnrollmentOutcome::InvalidCode { clock_ahead_seconds: None } => {
                Wrong::field("code", "error-enroll-code-wrong")
            }
            ConfirmEnrollmentOutcome::InvalidCode { clock_ahead_seconds: Some(seconds) } => {
                let texts = visit.texts;
                let key = if seconds > 0 { "error-enroll-clock-ahead" } else { "error-enroll-clock-behind" };
                let off = Wait::new(seconds.unsigned_abs(), texts).text;
                Wrong::said("code", texts.say1(key, "time", &off))
            }
            ConfirmEnrollmentOutcome::Denied(denial) => Wrong::denial(denial, &form, ProofNames::default()),
        },
    };
    again(visit, &caller, authenticator_id, &wrong).await
}

/// Gives up what is pending. It brings no proof, so that nothing that counts can be removed by it.
#[handler]
pub(super) async fn cancel(
    visit: Visit,
    Path(id): Path<String>,
    _: Form,
    caller: SessionFor<Enroll>,
) -> Result<Response, Refusal> {
    let authenticator_id = id.parse().map_err(|_| Refusal::NotFound)?;
    let remove = RemoveAuthenticator { authenticator_id, proof: GivenProof::default() };
    match remove.execute(&visit.application, &caller).await? {
        RemoveAuthenticatorOutcome::Removed => back_with(visit, "notice-enrollment-cancelled"),
        // It was cancelled, or confirmed, meanwhile: the page shows which.
        RemoveAuthenticatorOutcome::NotFound | RemoveAuthenticatorOutcome::Denied(_) => visit.go("/security"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_in_groups_of_four() {
        assert_eq!(grouped(""), "");
        assert_eq!(grouped("GEZD"), "GEZD");
        assert_eq!(grouped("GEZDGNBVGY"), "GEZD GNBV GY");
    }
}
