//! Signing in: the password, then the second factor, and out again.

use askama::Template;
use countersign_application::account::Login;
use countersign_application::caller::Caller;
use countersign_application::realm::{AwaitsFirstOwner, Realm};
use countersign_application::second_factor::{CodeState, SecondFactorMethod};
use countersign_application::session::EndSession;
use countersign_application::session::purpose::Look;
use countersign_application::sign_in::{
    ChallengeMethod, FindChallenge, OpenChallenge, SignIn, SignInOutcome, SignedInBySecondFactor, VerifySecondFactor,
    VerifySecondFactorOutcome,
};
use countersign_policy::AfterUse;
use countersign_serving::count_sign_in;
use poem::http::StatusCode;
use poem::{IntoResponse, Response, handler};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::cookies::{Cookie, YEAR_SECONDS};
use crate::form::Form;
use crate::moments::Wait;
use crate::page::Page;
use crate::pages::recovery_codes::{are_few, example, is_case_sensitive};
use crate::refusal::Refusal;
use crate::return_to::ReturnTo;
use crate::shown_once::{CodesReason, RecoveryCodes};
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::{DEFAULT_REALM, Visit};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    t: Texts,
    page: Page,
    login: String,
    realm: String,
    has_return_to: bool,
    return_to: String,
    wait: Wait,
    signed_in: Vec<SignedIn>,
    awaits_owner: bool,
}

/// Someone who is signed in to the realm already, in this browser.
struct SignedIn {
    account: String,
    login: String,
}

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

/// What was asked for by the address: a realm, and where to go afterwards.
struct Destination {
    slug: String,
    realm: Option<Realm>,
    return_to: Option<ReturnTo>,
}

impl Destination {
    /// Reads it. Signing in to a realm that does not exist fails like a wrong password; that a realm exists is no secret, its
    /// page has its name.
    async fn of(visit: &Visit, slug: &str, return_to: &str) -> Result<Self, Refusal> {
        let slug = if slug.is_empty() { visit.usual_realm() } else { slug };
        let realm = visit.realm(slug).await?;
        let return_to = match (return_to, &realm) {
            ("", _) => None,
            (address, Some(realm)) => Some(visit.return_address(realm, address).await?),
            (_, None) => return Err(Refusal::ReturnAddress),
        };
        Ok(Self { slug: slug.to_owned(), realm, return_to })
    }

    async fn page(self, mut visit: Visit, login: &str, why: Why) -> Result<Response, Refusal> {
        let texts = visit.texts;
        let signed_in = match &self.realm {
            Some(realm) => visit.signed_in_to(realm).await?,
            None => Vec::new(),
        };
        let awaits_owner = match &self.realm {
            Some(realm) if realm.slug.as_str() == DEFAULT_REALM && signed_in.is_empty() => {
                AwaitsFirstOwner { realm }.execute(&visit.application).await?
            }
            _ => false,
        };
        let mut page = visit.page("sign-in-title", self.realm.as_ref()).await.at(&self.query());
        let (status, wrong, wait) = match why {
            Why::Opened => (StatusCode::OK, None, None),
            Why::Wrong(key) => (StatusCode::UNPROCESSABLE_ENTITY, Some(key), None),
            Why::FormExpired => (StatusCode::BAD_REQUEST, Some("error-form-expired"), None),
            Why::Wait(seconds) => (StatusCode::TOO_MANY_REQUESTS, None, Some(seconds)),
        };
        if let Some(key) = wrong {
            page = page.wrong("", texts.say(key));
        }
        let page = SignInPage {
            t: texts,
            page,
            // Whatever was sent, a login is no longer.
            login: login.chars().take(Login::MAX_CHARS).collect(),
            realm: self.slug,
            has_return_to: self.return_to.is_some(),
            return_to: address(self.return_to.as_ref()),
            awaits_owner,
            wait: wait.map(|seconds| Wait::new(seconds, texts)).unwrap_or_default(),
            signed_in: signed_in
                .iter()
                .map(|(_, caller)| SignedIn {
                    account: caller.account.id.to_string(),
                    login: caller.account.login.as_str().to_owned(),
                })
                .collect(),
        };
        Ok(ReturnTo::allow_on(self.return_to, visit.show_as(status, &page)?))
    }

    /// The query of an address that asks for the same.
    fn query(&self) -> Vec<(&str, &str)> {
        let return_to = self.return_to.as_ref().map(|address| ("return_to", address.as_str()));
        [("realm", self.slug.as_str())].into_iter().chain(return_to).collect()
    }
}

/// Why the sign-in page is shown.
enum Why {
    Opened,
    /// Something was wrong: the key of what to say.
    Wrong(&'static str),
    /// The form was not from a page of ours that still holds.
    FormExpired,
    /// Nothing was looked at, for so many seconds more.
    Wait(u64),
}

fn address(return_to: Option<&ReturnTo>) -> String {
    return_to.map(|address| address.as_str().to_owned()).unwrap_or_default()
}

/// A relative address with where to go afterwards.
fn with_return(path: &str, return_to: &str) -> String {
    if return_to.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", serde_urlencoded::to_string([("return_to", return_to)]).unwrap_or_default())
}

/// The beginning: the account's own page, which sends on to the sign-in.
#[handler]
pub(super) async fn home(visit: Visit) -> Result<Response, Refusal> {
    visit.go("/security")
}

/// The sign-in page.
#[handler]
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let destination = Destination::of(&visit, visit.parameter("realm"), visit.parameter("return_to")).await?;
    destination.page(visit, "", Why::Opened).await
}

/// Login and password.
#[handler]
pub(super) async fn submit(mut visit: Visit, form: Form) -> Result<Response, Refusal> {
    let destination = Destination::of(&visit, form.text("realm"), form.text("return_to")).await?;
    let login = form.text("login").trim().to_owned();
    if !form.is_ours() {
        return destination.page(visit, &login, Why::FormExpired).await;
    }
    let sign_in = SignIn {
        realm: destination.slug.clone(),
        login: login.clone(),
        password: form.secret("password"),
        device_tokens: visit.tokens(Cookie::Device),
        known_devices: visit.tokens(Cookie::KnownDevice),
        origin: visit.origin.clone(),
    };
    let outcome = match sign_in.execute(&visit.application).await {
        Err(error) if error.is_busy() => return destination.page(visit, &login, Why::Wrong("error-busy")).await,
        outcome => outcome?,
    };
    count_sign_in("sign_in", outcome.kind());
    match outcome {
        SignInOutcome::SignedIn { grant, .. } => {
            visit.keep_realm(&destination.slug);
            visit.begin_session(&grant).await;
            visit.go_on(destination.return_to.as_ref())
        }
        SignInOutcome::EnrollmentRequired { grant, .. } | SignInOutcome::PasswordChangeRequired { grant, .. } => {
            visit.keep_realm(&destination.slug);
            visit.begin_session(&grant).await;
            if let Some(address) = &destination.return_to {
                visit.keep_way_back(address);
            }
            visit.go("/security")
        }
        SignInOutcome::SecondFactorRequired { challenge_token, expires_at, .. } => {
            let seconds = expires_at.as_micros().saturating_sub(visit.application.now().as_micros()) / 1_000_000;
            let seconds = u64::try_from(seconds).unwrap_or_default();
            visit.add_token(Cookie::Challenge, &challenge_token, seconds);
            visit.keep_realm(&destination.slug);
            visit.go(&with_return("/sign-in/second-factor", &address(destination.return_to.as_ref())))
        }
        SignInOutcome::InvalidCredentials => {
            destination.page(visit, &login, Why::Wrong("error-invalid-credentials")).await
        }
        SignInOutcome::Throttled { retry_after_seconds } => {
            destination.page(visit, &login, Why::Wait(retry_after_seconds)).await
        }
    }
}

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

/// Goes on as someone who is signed in already.
#[handler]
pub(super) async fn go_on(mut visit: Visit, form: Form) -> Result<Response, Refusal> {
    let destination = Destination::of(&visit, form.text("realm"), form.text("return_to")).await?;
    let Some(realm) = &destination.realm else { return Err(Refusal::NotFound) };
    let signed_in = visit.signed_in_to(realm).await?;
    let of_form = |(_, caller): &&(SecretString, Box<Caller>)| caller.account.id.to_string() == form.text("account");
    let Some((token, _)) = signed_in.iter().find(of_form) else {
        visit.notice("error-session-ended");
        let query = serde_urlencoded::to_string(destination.query()).unwrap_or_default();
        return visit.go(&format!("/sign-in?{query}"));
    };
    // It becomes the one used last; how long it lasts, the server knows.
    visit.add_token(Cookie::Session, token, YEAR_SECONDS);
    visit.keep_realm(&destination.slug);
    visit.go_on(destination.return_to.as_ref())
}

const CLEAR_SITE_DATA: &str = "clear-site-data";

/// What the browser forgets at signing out: every page of ours that it kept, so that "back" shows none. Not all cookies: that
/// would take those of the hosts beside this one along, and the trust of this browser, which is not the session's. And nothing
/// else, for the pages keep nothing else in a browser, and what is there is another program's.
const FORGET: &str = "\"cache\"";

/// Ends the session.
#[handler]
pub(super) async fn sign_out(mut visit: Visit, _: Form, caller: SessionFor<Look>) -> Result<Response, Refusal> {
    if let Some(session_id) = caller.session_id() {
        EndSession { session_id }.execute(&visit.application, &caller).await?;
    }
    visit.remove_token(Cookie::Session, caller.token());
    visit.cookies.remove(Cookie::Challenge);
    visit.cookies.remove(Cookie::WayBack);
    visit.notice("notice-signed-out");
    Ok(visit.go("/sign-in")?.with_header(CLEAR_SITE_DATA, FORGET).into_response())
}
