//! The second step of signing in: the pages that answer a challenge, with a code of the app or a recovery code.

use askama::Template;
use countersign_application::second_factor::{CodeState, SecondFactorMethod};
use countersign_application::sign_in::{
    ChallengeMethod, FindChallenge, OpenChallenge, SignedInBySecondFactor, VerifySecondFactor,
    VerifySecondFactorOutcome,
};
use countersign_policy::AfterUse;
use countersign_serving::count_sign_in;
use poem::http::StatusCode;
use poem::{Response, handler};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::cookies::{Cookie, YEAR_SECONDS};
use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::recovery_codes::{are_few, example, is_case_sensitive};
use crate::pages::sign_in::{address, with_return};
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
use crate::shown_once::{CodesReason, RecoveryCodes};
use crate::texts::Texts;
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "second_factor.html")]
struct SecondFactorPage {
    t: Texts,
    page: Page,
    login: String,
    same_length: bool,
    digits: u32,
    recovery_possible: bool,
    trust_days: u32,
    trust: bool,
    has_return_to: bool,
    return_to: String,
    recovery_url: String,
    start_over_url: String,
    wait: Wait,
    consecutive_codes: bool,
    two_codes: bool,
    autosubmit: u32,
    help_open: bool,
    may_have_another: bool,
}

#[derive(Template)]
#[template(path = "recovery_code.html")]
struct RecoveryCodePage {
    t: Texts,
    page: Page,
    login: String,
    example: String,
    case_sensitive: bool,
    remaining: u32,
    few: bool,
    replaces: bool,
    has_return_to: bool,
    return_to: String,
    app_url: String,
    start_over_url: String,
    wait: Wait,
}

/// What is said of a wrong code: it names the entry of the app.
const CODE_WRONG: &str = "error-sign-in-code-wrong";

/// After so many wrong codes the page says what else can be done without being asked.
const OPEN_HELP_AFTER: u32 = 2;

/// The challenge that is to be answered, and where to go afterwards. It is found once a request, and once more where something
/// was wrong: that is counted.
struct Challenged {
    challenge: OpenChallenge,
    /// What the browser keeps of it.
    token: SecretString,
    return_to: Option<ReturnTo>,
}

/// What names a challenge in forms and addresses, so that nobody's code is tried on somebody else's; it opens nothing.
fn tag(token: &SecretString) -> String {
    hex::encode(&Sha256::digest(token.expose_secret())[..8])
}

impl Challenged {
    /// The challenge of a tag; without one, the newest of the browser. Where there is none that still stands: the token of one
    /// that expired, or was answered wrongly too often; nothing where it was answered, or is not one of this browser.
    async fn of(visit: &Visit, named: &str, return_to: &str) -> Result<Result<Self, Option<SecretString>>, Refusal> {
        let mut tokens = visit.tokens(Cookie::Challenge).into_iter();
        let Some(token) = tokens.find(|token| named.is_empty() || tag(token) == named) else { return Ok(Err(None)) };
        let find = FindChallenge { challenge_token: token.clone() };
        let Some(challenge) = find.execute(&visit.application).await? else { return Ok(Err(Some(token))) };
        let return_to = match return_to {
            "" => None,
            address => Some(visit.return_address(&challenge.realm, address).await?),
        };
        Ok(Ok(Self { challenge, token, return_to }))
    }

    /// The address of another page for the same challenge.
    fn at(&self, path: &str) -> String {
        let return_to = self.return_to.as_ref().map(|address| ("return_to", address.as_str()));
        let tag = tag(&self.token);
        let query: Vec<_> = [("challenge", tag.as_str())].into_iter().chain(return_to).collect();
        format!("{path}?{}", serde_urlencoded::to_string(query).unwrap_or_default())
    }

    /// The page's query, under which it can be got again in another language.
    fn on(&self, page: Page) -> Page {
        let tag = tag(&self.token);
        let return_to = self.return_to.as_ref().map(|address| ("return_to", address.as_str()));
        page.at(&[("challenge", tag.as_str())].into_iter().chain(return_to).collect::<Vec<_>>())
    }

    async fn second_factor(self, mut visit: Visit, trust: bool, again: Again) -> Result<Response, Refusal> {
        let Self { challenge: OpenChallenge { realm, .. }, token, return_to } = &self;
        let challenge = self.challenge.overview(visit.application.now());
        let (texts, policy) = (visit.texts, &realm.policy);
        let return_address = address(return_to.as_ref());
        visit.forms_for(&tag(token));
        let mut page = self.on(visit.page("second-factor-title", Some(realm)).await);
        let hardened = challenge.code_state == CodeState::Hardened;
        match again {
            Again::Wrong(CODE_WRONG) => {
                let entry = format!("{}: {}", realm.issuer, challenge.login);
                page = page.wrong("code", texts.say1(CODE_WRONG, "entry", &entry));
            }
            Again::Wrong(key) => page = page.wrong("code", texts.say(key)),
            // There is nothing to wait for: two consecutive codes will do.
            Again::Wait(_) if hardened => page = page.wrong("code", texts.say("error-consecutive-codes")),
            Again::First | Again::Wait(_) => {}
        }
        let digits = challenge.digits.unwrap_or(policy.totp.digits);
        let page = SecondFactorPage {
            t: texts,
            page,
            same_length: challenge.digits.is_some(),
            digits,
            autosubmit: if hardened { 2 * digits } else { digits },
            recovery_possible: challenge.methods.contains(&ChallengeMethod::RecoveryCode),
            trust_days: policy.sign_in.trusted_device_days,
            trust,
            has_return_to: return_to.is_some(),
            recovery_url: self.at("/sign-in/recovery-code"),
            start_over_url: with_return("/sign-in", &return_address),
            return_to: return_address,
            wait: if hardened { Wait::default() } else { again.wait(challenge.codes_wait_seconds, texts) },
            consecutive_codes: hardened,
            two_codes: challenge.code_state == CodeState::Waiting,
            may_have_another: policy.authenticators.max_per_account > 1,
            help_open: challenge.failed_tries >= OPEN_HELP_AFTER,
            login: challenge.login,
        };
        let status = match again {
            Again::Wait(_) if hardened => StatusCode::TOO_MANY_REQUESTS,
            again => again.status(page.wait.seconds),
        };
        Ok(ReturnTo::allow_on(return_to.clone(), visit.show_as(status, &page)?))
    }

    async fn recovery_code(self, mut visit: Visit, again: Again) -> Result<Response, Refusal> {
        let Self { challenge: OpenChallenge { realm, .. }, token, return_to } = &self;
        let challenge = self.challenge.overview(visit.application.now());
        let (texts, policy) = (visit.texts, &realm.policy);
        let return_address = address(return_to.as_ref());
        visit.forms_for(&tag(token));
        let mut page = self.on(visit.page("recovery-code-title", Some(realm)).await);
        if let Again::Wrong(key) = again {
            page = page.wrong("code", texts.say(key));
        }
        let page = RecoveryCodePage {
            t: texts,
            page,
            case_sensitive: challenge.recovery_format.as_ref().is_some_and(is_case_sensitive),
            example: challenge.recovery_format.as_ref().map(example).unwrap_or_default(),
            remaining: challenge.recovery_codes_remaining,
            few: are_few(challenge.recovery_codes_remaining),
            replaces: policy.recovery_codes.after_use == AfterUse::Replace,
            has_return_to: return_to.is_some(),
            app_url: self.at("/sign-in/second-factor"),
            start_over_url: with_return("/sign-in", &return_address),
            return_to: return_address,
            wait: again.wait(challenge.recovery_codes_wait_seconds, texts),
            login: challenge.login,
        };
        let status = again.status(page.wait.seconds);
        Ok(ReturnTo::allow_on(return_to.clone(), visit.show_as(status, &page)?))
    }
}

/// Why a page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// It was opened.
    First,
    /// Something was wrong: the key of what to say.
    Wrong(&'static str),
    /// Nothing was looked at, for so many seconds more.
    Wait(u64),
}

impl Again {
    /// The wait to show: the one that was answered just now, else the one that stands.
    fn wait(self, standing: Option<u64>, texts: Texts) -> Wait {
        let answered = if let Self::Wait(seconds) = self { Some(seconds) } else { None };
        answered.max(standing).map(|seconds| Wait::new(seconds, texts)).unwrap_or_default()
    }

    fn status(self, wait: u64) -> StatusCode {
        match (self, wait) {
            (_, 1..) => StatusCode::TOO_MANY_REQUESTS,
            (Self::Wrong(_), 0) => StatusCode::UNPROCESSABLE_ENTITY,
            (Self::First | Self::Wait(_), 0) => StatusCode::OK,
        }
    }
}

/// There is no challenge any more: back to the password, with a word why; or on, where it was answered already.
async fn over(mut visit: Visit, token: Option<SecretString>, return_to: &str) -> Result<Response, Refusal> {
    match &token {
        Some(token) => visit.remove_token(Cookie::Challenge, token),
        None => {
            if let Some(caller) = visit.signed_in().await? {
                let next = match return_to {
                    "" => None,
                    address => visit.return_address(&caller.realm, address).await.ok(),
                };
                return visit.go_on(next.as_ref());
            }
        }
    }
    visit.notice("error-challenge-expired");
    visit.go(&with_return("/sign-in", return_to))
}

/// The page for a code of an authenticator.
#[handler]
pub(super) async fn show_second_factor(visit: Visit) -> Result<Response, Refusal> {
    let return_to = visit.parameter("return_to").to_owned();
    match Challenged::of(&visit, visit.parameter("challenge"), &return_to).await? {
        Ok(challenged) => challenged.second_factor(visit, false, Again::First).await,
        Err(token) => over(visit, token, &return_to).await,
    }
}

/// A code of an authenticator.
#[handler]
pub(super) async fn submit_second_factor(visit: Visit, form: Form) -> Result<Response, Refusal> {
    let trust = form.is_ticked("trust");
    answer(visit, &form, Way::App { trust }).await
}

/// The page for a recovery code.
#[handler]
pub(super) async fn show_recovery_code(visit: Visit) -> Result<Response, Refusal> {
    let return_to = visit.parameter("return_to").to_owned();
    match Challenged::of(&visit, visit.parameter("challenge"), &return_to).await? {
        Ok(challenged) => challenged.recovery_code(visit, Again::First).await,
        Err(token) => over(visit, token, &return_to).await,
    }
}

/// A recovery code.
#[handler]
pub(super) async fn submit_recovery_code(visit: Visit, form: Form) -> Result<Response, Refusal> {
    answer(visit, &form, Way::RecoveryCode).await
}

/// On which of the two pages a challenge is answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    App { trust: bool },
    RecoveryCode,
}

/// Answers the challenge with what was typed, whichever kind of code it is.
async fn answer(visit: Visit, form: &Form, way: Way) -> Result<Response, Refusal> {
    let (return_to, named) = (form.text("return_to"), &form.token().whose);
    let again = |visit: Visit, again: Again| async move {
        match (Challenged::of(&visit, named, return_to).await?, way) {
            (Ok(challenged), Way::RecoveryCode) => challenged.recovery_code(visit, again).await,
            (Ok(challenged), Way::App { trust }) => challenged.second_factor(visit, trust, again).await,
            (Err(token), _) => over(visit, token, return_to).await,
        }
    };
    if form.given("code").is_none() {
        return again(visit, Again::Wrong("error-code-missing")).await;
    }
    // Looked at before the code is spent: an address that is not allowed must not cost one.
    let Challenged { challenge, token, return_to: allowed } = match Challenged::of(&visit, named, return_to).await? {
        Ok(challenged) => challenged,
        Err(token) => return over(visit, token, return_to).await,
    };
    let verify = VerifySecondFactor {
        code: form.secret("code"),
        remember_device: way == (Way::App { trust: true }),
        origin: visit.origin.clone(),
    };
    let outcome = match verify.execute(&visit.application, Some(&challenge)).await {
        Err(error) if error.is_busy() => return again(visit, Again::Wrong("error-busy")).await,
        outcome => outcome?,
    };
    count_sign_in("second_factor", outcome.kind());
    match outcome {
        VerifySecondFactorOutcome::SignedIn(done) => signed_in(visit, &done, &token, allowed).await,
        VerifySecondFactorOutcome::InvalidChallenge => over(visit, Some(token), return_to).await,
        VerifySecondFactorOutcome::InvalidCode { .. } => {
            let wrong = match way {
                Way::App { .. } => CODE_WRONG,
                Way::RecoveryCode => "error-recovery-code-wrong",
            };
            again(visit, Again::Wrong(wrong)).await
        }
        VerifySecondFactorOutcome::Throttled { retry_after_seconds, .. } => {
            again(visit, Again::Wait(retry_after_seconds)).await
        }
    }
}

async fn signed_in(
    mut visit: Visit,
    done: &SignedInBySecondFactor,
    challenge: &SecretString,
    return_to: Option<ReturnTo>,
) -> Result<Response, Refusal> {
    visit.begin_session(&done.grant).await;
    visit.remove_token(Cookie::Challenge, challenge);
    if let Some(token) = &done.device_token {
        // Longer than any trust: the server decides how long that is.
        visit.add_token(Cookie::Device, token, YEAR_SECONDS);
    }
    if let Some(code) = &done.code.replacement_recovery_code {
        let codes = RecoveryCodes {
            reason: CodesReason::Replaced,
            codes: vec![code.expose_secret().to_owned()],
            issued_at: done.grant.session.created_at.as_micros(),
            next: address(return_to.as_ref()),
        };
        return codes.go(visit, done.account.id);
    }
    let by_recovery_code = done.code.method == SecondFactorMethod::RecoveryCode;
    if by_recovery_code && return_to.is_none() {
        visit.notice_counting("notice-recovery-code-used", "remaining", done.code.recovery_codes_remaining);
    }
    if done.account.password_change_required {
        if let Some(address) = &return_to {
            visit.keep_way_back(address);
        }
        return visit.go("/security/password");
    }
    if by_recovery_code && return_to.is_none() {
        // Whoever used one has no phone at hand: what to do about that comes next.
        return visit.go("/security/replace");
    }
    visit.go_on(return_to.as_ref())
}
