//! The state of the account's security at a glance.

use askama::Template;
use countersign_application::PageRequest;
use countersign_application::audit::{ListActivity, told};
use countersign_application::caller::Caller;
use countersign_application::realm::{enrollment_deadline, two_factor_is_required};
use countersign_application::second_factor::{
    Authenticator, AuthenticatorName, AuthenticatorStatus, RenameAuthenticator, SecondFactor, ShowTwoFactor,
};
use countersign_application::session::purpose::{Anything, Look};
use poem::web::Path;
use poem::{Response, handler};

use crate::cookies::Cookie;
use crate::form::Form;
use crate::moments::Moment;
use crate::page::Page;
use crate::pages::events::EventLine;
use crate::pages::recovery_codes::are_few;
use crate::pages::{sessions, trusted_devices};
use crate::refusal::Refusal;
use crate::signed_in::SessionFor;
use crate::texts::Texts;
use crate::visit::Visit;

/// How many of the last events are shown.
const RECENT: u32 = 5;

const DAY_SECONDS: u64 = 86_400;

#[derive(Template)]
#[template(path = "security.html")]
struct SecurityPage {
    t: Texts,
    page: Page,
    state: &'static str,
    enroll_now: bool,
    required: bool,
    has_deadline: bool,
    deadline: Moment,
    days_left: u64,
    enabled_at: Moment,
    has_pending: bool,
    pending_id: String,
    pending_name: String,
    pending_until: Moment,
    authenticators: Vec<AuthenticatorRow>,
    can_add: bool,
    has_recovery: bool,
    recovery_remaining: u32,
    recovery_total: u32,
    recovery_few: bool,
    trusted_allowed: bool,
    trusted_count: usize,
    session_count: usize,
    events: Vec<EventLine>,
}

struct AuthenticatorRow {
    id: String,
    name: String,
    /// What stands in the field for another name.
    typed: String,
    is_wrong: bool,
    disabled: bool,
    added: Moment,
    has_last_used: bool,
    last_used: Moment,
}

impl AuthenticatorRow {
    fn new(authenticator: &Authenticator, renaming: Option<&Renaming>, texts: Texts) -> Self {
        let id = authenticator.id.to_string();
        let name = authenticator.name.as_str().to_owned();
        let renaming = renaming.filter(|renaming| renaming.id == id);
        Self {
            typed: renaming.map_or_else(|| name.clone(), |renaming| renaming.typed.clone()),
            is_wrong: renaming.is_some(),
            disabled: authenticator.status == AuthenticatorStatus::Disabled,
            id,
            name,
            added: Moment::new(authenticator.confirmed_at.unwrap_or(authenticator.created_at), texts),
            has_last_used: authenticator.last_used_at.is_some(),
            last_used: Moment::of(authenticator.last_used_at, texts),
        }
    }
}

/// A new name that cannot be one.
struct Renaming {
    id: String,
    typed: String,
}

/// What of the page only a session may see that may do everything.
#[derive(Default)]
struct Surroundings {
    trusted_count: usize,
    session_count: usize,
    events: Vec<EventLine>,
}

impl Surroundings {
    async fn of(visit: &Visit, caller: &Caller) -> Result<Self, Refusal> {
        if caller.may_only_enroll {
            return Ok(Self::default());
        }
        let page = PageRequest { limit: RECENT, after: None };
        let events = ListActivity { page }.execute(&visit.application, caller).await?;
        Ok(Self {
            trusted_count: trusted_devices::count(visit, caller).await?,
            session_count: sessions::count(visit, caller).await?,
            events: told(events.items).iter().map(|part| EventLine::own_told(part, visit.texts)).collect(),
        })
    }
}

/// The page.
#[handler]
pub(super) async fn show(visit: Visit, caller: poem::Result<SessionFor<Look>>) -> poem::Result<Response> {
    if !visit.parameter("realm").is_empty() || !visit.parameter("return_to").is_empty() {
        return come_from_application(visit, caller).await;
    }
    let caller = caller?;
    Ok(own_page(visit, &caller).await?)
}

async fn own_page(mut visit: Visit, caller: &Caller) -> Result<Response, Refusal> {
    if caller.must_change_password() {
        return Err(Refusal::ChangePassword);
    }
    let factor = ShowTwoFactor.execute(&visit.application, caller).await?.factor;
    if caller.may_only_enroll && factor.state.is_enabled() {
        // It was enrolled elsewhere since: this session never showed the second factor, and may do nothing any more.
        visit.cookies.remove(Cookie::Session);
        visit.notice("error-session-ended");
        return visit.go("/sign-in");
    }
    let surroundings = Surroundings::of(&visit, caller).await?;
    let page = overview(&mut visit, caller, &factor, surroundings, None).await;
    visit.show(&page)
}

/// Someone whom an application sends here to look after the account, with an address to come back to: that is kept, and
/// every page has a link to it.
async fn come_from_application(mut visit: Visit, caller: poem::Result<SessionFor<Look>>) -> poem::Result<Response> {
    let slug = Some(visit.parameter("realm")).filter(|slug| !slug.is_empty()).unwrap_or_else(|| visit.usual_realm());
    let Some(realm) = visit.realm(slug).await? else {
        return if visit.parameter("return_to").is_empty() {
            Ok(visit.go("/sign-in")?)
        } else {
            Err(Refusal::ReturnAddress.into())
        };
    };
    let address = match visit.parameter("return_to") {
        "" => None,
        address => Some(visit.return_address(&realm, address).await?),
    };
    // Any page of the web can bring a browser here: what is kept is on the realm's list, and counts only for its accounts.
    if let Some(address) = &address {
        visit.keep_way_back(address);
    }
    match caller {
        Ok(caller) if caller.realm.id == realm.id => Ok(visit.go("/security")?),
        Err(error) if error.downcast_ref() != Some(&Refusal::SignIn) => Err(error),
        Ok(_) | Err(_) => Ok(visit.go(&format!("/sign-in?realm={}", realm.slug))?),
    }
}

/// Another name for an authenticator.
#[handler]
pub(super) async fn rename(
    mut visit: Visit,
    Path(id): Path<String>,
    form: Form,
    caller: SessionFor<Anything>,
) -> Result<Response, Refusal> {
    let authenticator_id = id.parse().map_err(|_| Refusal::NotFound)?;
    let typed = form.text("name").to_owned();
    let Ok(name) = AuthenticatorName::new(&typed) else {
        let factor = ShowTwoFactor.execute(&visit.application, &caller).await?.factor;
        let surroundings = Surroundings::of(&visit, &caller).await?;
        let page = overview(&mut visit, &caller, &factor, surroundings, Some(&Renaming { id, typed })).await;
        return visit.show_wrong(&page);
    };
    let rename = RenameAuthenticator { authenticator_id, name };
    rename.execute(&visit.application, &caller).await?.ok_or(Refusal::NotFound)?;
    visit.notice("notice-authenticator-renamed");
    visit.go("/security")
}

async fn overview(
    visit: &mut Visit,
    caller: &Caller,
    factor: &SecondFactor,
    surroundings: Surroundings,
    renaming: Option<&Renaming>,
) -> SecurityPage {
    let (texts, now, policy) = (visit.texts, visit.application.now(), &caller.realm.policy);
    let mut page = visit.page_of("security-title", caller, "security").await;
    if let Some(renaming) = renaming {
        page = page.wrong(&format!("name-{}", renaming.id), texts.say("error-name-invalid"));
    }
    let enabled = factor.state.is_enabled();
    let pending = factor.authenticators.iter().find(|authenticator| authenticator.is_pending_at(now));
    let listed = factor.authenticators.iter().filter(|one| one.status != AuthenticatorStatus::Pending);
    let deadline = enrollment_deadline(policy, &caller.account).filter(|deadline| now < *deadline && !enabled);
    let set = factor.active_recovery_set();
    let remaining = factor.recovery_codes_remaining();
    SecurityPage {
        t: texts,
        page,
        state: match (enabled, pending) {
            (true, _) => "on",
            (false, Some(_)) => "pending",
            (false, None) => "off",
        },
        enroll_now: caller.may_only_enroll,
        required: two_factor_is_required(policy, &caller.account),
        has_deadline: deadline.is_some(),
        deadline: Moment::of(deadline, texts),
        days_left: deadline.map_or(0, |deadline| now.seconds_until(deadline).div_ceil(DAY_SECONDS)),
        enabled_at: Moment::of(factor.state.enabled_at, texts),
        has_pending: pending.is_some(),
        pending_id: pending.map(|pending| pending.id.to_string()).unwrap_or_default(),
        pending_name: pending.map(|pending| pending.name.as_str().to_owned()).unwrap_or_default(),
        pending_until: Moment::of(pending.and_then(|pending| pending.expires_at), texts),
        authenticators: listed.map(|one| AuthenticatorRow::new(one, renaming, texts)).collect(),
        can_add: factor.active().count() < policy.authenticators.max_per_account as usize,
        has_recovery: enabled && policy.recovery_format().is_some(),
        recovery_remaining: remaining,
        recovery_total: set.map_or(0, |set| set.total),
        recovery_few: are_few(remaining),
        trusted_allowed: policy.sign_in.trusted_device_days > 0,
        trusted_count: surroundings.trusted_count,
        session_count: surroundings.session_count,
        events: surroundings.events,
    }
}
