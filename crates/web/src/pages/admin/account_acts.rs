//! What administrators do to accounts. Each act but ending a wait is confirmed on a page of its own.

use countersign_application::AccountId;
use countersign_application::account::{
    Account, DeleteAccount, IssuePasswordLink, IssuePasswordLinkOutcome, PasswordLink, Role, UnlockAccount,
    UpdateAccount, UpdateAccountOutcome,
};
use countersign_application::administration::{AdministrationDenial, Administrator};
use countersign_application::caller::Caller;
use countersign_application::second_factor::{ResetTwoFactor, ResetTwoFactorOutcome};
use countersign_application::text::Remark;
use countersign_wire::password_path;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, handler};
use secrecy::ExposeSecret;

use super::account::{Rights, account_page};
use super::confirm::{ConfirmPage, HiddenField, proof_of, unless_busy, unproven};
use super::{account_id, denied, role_text};
use crate::form::Form;
use crate::moments::Wait;
use crate::pages::proof::{Proof, Wrong, given};
use crate::refusal::Refusal;
use crate::shown_once::{MadePasswordLink, ShownWhat};
use crate::signed_in::Administering;
use crate::texts::Texts;
use crate::visit::Visit;

/// The longest reason, in characters.
const REASON_CHARS: usize = 200;

/// What is done to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    DisableTwoFactor,
    /// A link by which they set a password themselves.
    PasswordLink,
    SetRole(Role),
    /// Whether a second factor is required of it; `None` for as the policy says.
    Require(Option<bool>),
    Disable,
    Enable,
    Delete,
}

impl Act {
    /// The act of an address; `role` is what shall become of the account where its role changes.
    fn named(name: &str, role: &str) -> Result<Self, Refusal> {
        match name {
            "disable-two-factor" => Ok(Self::DisableTwoFactor),
            "password-link" => Ok(Self::PasswordLink),
            "role" => Role::from_name(role).map(Self::SetRole).ok_or(Refusal::NotFound),
            "require" => Ok(Self::Require(Some(true))),
            "exempt" => Ok(Self::Require(Some(false))),
            "by-policy" => Ok(Self::Require(None)),
            "disable" => Ok(Self::Disable),
            "enable" => Ok(Self::Enable),
            "delete" => Ok(Self::Delete),
            _ => Err(Refusal::NotFound),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::DisableTwoFactor => "disable-two-factor",
            Self::PasswordLink => "password-link",
            Self::SetRole(_) => "role",
            Self::Require(Some(true)) => "require",
            Self::Require(Some(false)) => "exempt",
            Self::Require(None) => "by-policy",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Delete => "delete",
        }
    }

    /// The texts that say what it means.
    fn consequences(self) -> &'static [&'static str] {
        match self {
            Self::DisableTwoFactor => &["removed", "sessions", "password"],
            Self::PasswordLink => &["once", "until", "second-factor"],
            Self::SetRole(Role::Member) => &["member"],
            Self::SetRole(Role::Admin) => &["admin"],
            Self::SetRole(Role::Owner) => &["owner"],
            Self::SetRole(Role::Operator) => &["operator"],
            Self::Disable => &["sessions", "kept"],
            Self::Require(Some(true)) => &["grace", "administers"],
            Self::Enable | Self::Require(_) => &[],
            Self::Delete => &["gone", "audit", "final"],
        }
    }

    /// Whether it takes something away.
    fn is_danger(self) -> bool {
        matches!(self, Self::DisableTwoFactor | Self::Disable | Self::Delete)
    }

    /// Whether the account is so already.
    fn is_done(self, account: &Account) -> bool {
        match self {
            Self::SetRole(role) => account.role == role,
            Self::Require(mark) => account.two_factor_required == mark,
            Self::Disable => account.disabled_at.is_some(),
            Self::Enable => account.disabled_at.is_none(),
            Self::DisableTwoFactor | Self::PasswordLink | Self::Delete => false,
        }
    }

    /// Whether what it does outlasts the session: then a proof is asked for. Shutting somebody out has to be quick.
    fn is_proven(self) -> bool {
        self != Self::Disable
    }

    /// Whether it is kept why: nobody can ask the one it is done to any more, or they did not ask for it themselves.
    fn is_reasoned(self) -> bool {
        matches!(self, Self::DisableTwoFactor | Self::Delete)
    }

    /// Whether it means anything for the account: a subject does not sign in here, and has neither role nor password.
    fn is_for(self, account: &Account) -> bool {
        let of_who_signs_in = matches!(self, Self::PasswordLink | Self::SetRole(_) | Self::Require(_));
        account.subject.is_none() || !of_who_signs_in
    }

    async fn confirm_page(
        self,
        visit: &mut Visit,
        caller: &Caller,
        account: &Account,
        asked: &Asked,
    ) -> Result<ConfirmPage, Refusal> {
        let (texts, name) = (visit.texts, self.name());
        let mut page = visit.page_of(&format!("confirm-{name}-title"), caller, "admin-accounts").await;
        if let Some((field, text)) = &asked.wrong {
            page = page.wrong(field, text.clone());
        }
        page = asked.unproven.put_on(page);
        let (proof, wait) = match self.is_proven() {
            true => proof_of(visit, caller, &asked.unproven).await?,
            false => (Proof::default(), Wait::default()),
        };
        let (login, key) = (account.login.to_string(), format!("confirm-{name}-text"));
        let (text, hidden) = match self {
            Self::SetRole(role) => (
                texts.say2(&key, "login", &login, "role", &role_text(role, texts)),
                vec![HiddenField::new("role", role.as_str())],
            ),
            _ => (texts.say1(&key, "login", &login), Vec::new()),
        };
        let means = |what: &&str| texts.say(&format!("confirm-{name}-means-{what}"));
        Ok(ConfirmPage {
            t: texts,
            page,
            text,
            consequences: self.consequences().iter().map(means).collect(),
            action_url: format!("/admin/accounts/{}/{name}", account.id),
            hidden,
            ask_reason: self.is_reasoned(),
            reason_required: self.is_reasoned(),
            reason: asked.reason.clone(),
            proof,
            wait,
            button: texts.say(&format!("confirm-{name}-button")),
            danger: self.is_danger(),
            cancel_url: format!("/admin/accounts/{}", account.id),
        })
    }

    /// Does it.
    async fn run(
        self,
        visit: &Visit,
        (by, account): (&Administrator, &Account),
        reason: Option<Remark>,
        form: &Form,
    ) -> Result<ActOutcome, Refusal> {
        let proof = given(form);
        let application = &visit.application;
        let (role, disabled, two_factor_required) = match self {
            Self::DisableTwoFactor => {
                let reset = ResetTwoFactor { reason, proof };
                return Ok(match unless_busy(reset.execute(application, by, account).await)? {
                    Ok(ResetTwoFactorOutcome::Disabled { .. }) => ActOutcome::Done("notice-account-two-factor-off"),
                    Ok(ResetTwoFactorOutcome::NotEnabled) => ActOutcome::NotEnabled,
                    Ok(ResetTwoFactorOutcome::Denied(denial)) => ActOutcome::denied(denial, form),
                    Err(busy) => ActOutcome::Unproven(busy),
                });
            }
            Self::PasswordLink => {
                let issue = IssuePasswordLink { proof };
                return Ok(match unless_busy(issue.execute(application, by, account).await)? {
                    Ok(IssuePasswordLinkOutcome::Issued(link)) => ActOutcome::Link(link),
                    Ok(IssuePasswordLinkOutcome::Denied(denial)) => ActOutcome::denied(denial, form),
                    // No page of ours offers it.
                    Ok(IssuePasswordLinkOutcome::NotOfASubject) => return Err(Refusal::NotFound),
                    Err(busy) => ActOutcome::Unproven(busy),
                });
            }
            Self::Delete => {
                let delete = DeleteAccount { reason, even_the_last_owner: false, proof };
                return Ok(match unless_busy(delete.execute(application, by, account).await)? {
                    Ok(Ok(())) => ActOutcome::Done("notice-account-deleted"),
                    Ok(Err(denial)) => ActOutcome::denied(denial, form),
                    Err(busy) => ActOutcome::Unproven(busy),
                });
            }
            Self::SetRole(role) => (Some(role), None, None),
            Self::Require(mark) => (None, None, Some(mark)),
            Self::Disable => (None, Some(true), None),
            Self::Enable => (None, Some(false), None),
        };
        let update = UpdateAccount { role, disabled, two_factor_required, proof, ..UpdateAccount::default() };
        let outcome = match unless_busy(update.execute(application, by, account).await)? {
            Ok(outcome) => outcome,
            Err(busy) => return Ok(ActOutcome::Unproven(busy)),
        };
        Ok(match (outcome, self) {
            (UpdateAccountOutcome::Denied(denial), _) => ActOutcome::denied(denial, form),
            (UpdateAccountOutcome::Updated(_), Self::Disable) => ActOutcome::Done("notice-account-disabled"),
            (UpdateAccountOutcome::Updated(_), Self::Enable) => ActOutcome::Done("notice-account-enabled"),
            (UpdateAccountOutcome::Updated(_), Self::Require(_)) => ActOutcome::Done("notice-account-requirement"),
            (UpdateAccountOutcome::Updated(_), _) => ActOutcome::Done("notice-account-role"),
            // Neither a login nor a password was given.
            (
                UpdateAccountOutcome::LoginTaken
                | UpdateAccountOutcome::InvalidLogin(_)
                | UpdateAccountOutcome::UnfitPassword(_),
                _,
            ) => return Err(Refusal::Internal),
            // No page of ours offers it.
            (UpdateAccountOutcome::NotOfASubject(_), _) => return Err(Refusal::NotFound),
        })
    }
}

/// What outcome of an act.
enum ActOutcome {
    /// It is done, and the next page says so.
    Done(&'static str),
    /// The link is made, and the next page shows it.
    Link(PasswordLink),
    /// There was no second factor to turn off.
    NotEnabled,
    /// The proof was not taken.
    Unproven(Wrong),
    /// It was refused.
    Denied(AdministrationDenial),
}

impl ActOutcome {
    fn denied(denial: AdministrationDenial, form: &Form) -> Self {
        match denial {
            AdministrationDenial::Unproven(denial) => Self::Unproven(unproven(denial, form)),
            denial => Self::Denied(denial),
        }
    }
}

/// What the form of a confirmation held, and what was wrong with it.
#[derive(Default)]
struct Asked {
    reason: String,
    wrong: Option<(&'static str, String)>,
    unproven: Wrong,
}

/// The account that an act is about.
pub(super) async fn find(visit: &Visit, administrator: &Administrator, id: AccountId) -> Result<Account, Refusal> {
    administrator.account(&visit.application, id).await?.ok_or(Refusal::NotFound)
}

/// The page that asks once more.
#[handler]
pub(super) async fn confirm(
    mut visit: Visit,
    Path((id, act)): Path<(String, String)>,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let act = Act::named(&act, visit.parameter("role"))?;
    let account = find(&visit, &administrator, account_id(&id)?).await?;
    if !act.is_for(&account) {
        return Err(Refusal::NotFound);
    }
    if !Rights::of(&caller, &administrator, &account).may_act {
        // The account's page says why, and what to do instead.
        return visit.go(&format!("/admin/accounts/{}", account.id));
    }
    if act.is_done(&account) {
        visit.notice("notice-unchanged");
        return visit.go(&format!("/admin/accounts/{}", account.id));
    }
    let page = act.confirm_page(&mut visit, &caller, &account, &Asked::default()).await?;
    visit.show(&page)
}

/// What is wrong with a reason, for the one who typed it.
fn reason_error(reason: &str, texts: Texts) -> Option<String> {
    match reason.chars().count() {
        0 => Some(texts.say("error-reason-missing")),
        1..=REASON_CHARS if Remark::new(reason).is_err() => Some(texts.say("error-text-unseen")),
        1..=REASON_CHARS => None,
        _ => Some(texts.say("error-reason-long")),
    }
}

/// Does what was confirmed.
#[handler]
pub(super) async fn submit(
    mut visit: Visit,
    Path((id, act)): Path<(String, String)>,
    form: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let act = Act::named(&act, form.text("role"))?;
    let account = find(&visit, &administrator, account_id(&id)?).await?;
    let texts = visit.texts;
    let reason = form.given("reason").unwrap_or_default().to_owned();
    if act.is_reasoned()
        && let Some(wrong) = reason_error(&reason, texts)
    {
        let asked = Asked { reason, wrong: Some(("reason", wrong)), ..Asked::default() };
        let page = act.confirm_page(&mut visit, &caller, &account, &asked).await?;
        return visit.show_wrong(&page);
    }
    let why = Remark::new(&reason).ok();
    match act.run(&visit, (&administrator, &account), why, &form).await? {
        ActOutcome::Done(notice) => {
            visit.notice_about(notice, "login", account.login.as_str());
            match act {
                Act::Delete => visit.go("/admin/accounts"),
                _ => visit.go(&format!("/admin/accounts/{}", account.id)),
            }
        }
        ActOutcome::Link(link) => {
            let made = MadePasswordLink {
                login: account.login.as_str().to_owned(),
                path: password_path(&link.token).expose_secret().to_owned(),
                expires_at: link.expires_at.as_micros(),
            };
            visit.go_and_show("/admin/password-link", caller.account.id, ShownWhat::PasswordLink(made))
        }
        ActOutcome::NotEnabled => {
            let wrong = (StatusCode::CONFLICT, texts.say("error-account-not-on"));
            account_page(visit, &caller, &administrator, account.id, Some(wrong)).await
        }
        ActOutcome::Unproven(unproven) => {
            let status = unproven.status();
            let asked = Asked { reason, unproven, ..Asked::default() };
            let page = act.confirm_page(&mut visit, &caller, &account, &asked).await?;
            visit.show_as(status, &page)
        }
        ActOutcome::Denied(denial) => {
            let status = match denial {
                AdministrationDenial::LastOwner => StatusCode::CONFLICT,
                _ => StatusCode::FORBIDDEN,
            };
            let asked = Asked { reason, wrong: Some(("", denied(&denial, texts)?)), ..Asked::default() };
            let page = act.confirm_page(&mut visit, &caller, &account, &asked).await?;
            visit.show_as(status, &page)
        }
    }
}

/// Ends the wait of an account.
#[handler]
pub(super) async fn unlock(
    mut visit: Visit,
    Path(id): Path<String>,
    _: Form,
    Administering { caller, administrator }: Administering,
) -> Result<Response, Refusal> {
    let account = find(&visit, &administrator, account_id(&id)?).await?;
    match UnlockAccount.execute(&visit.application, &administrator, &account).await? {
        Ok(()) => {
            visit.notice_about("notice-account-unlocked", "login", account.login.as_str());
            visit.go(&format!("/admin/accounts/{}", account.id))
        }
        Err(denial) => {
            let wrong = (StatusCode::FORBIDDEN, denied(&denial, visit.texts)?);
            account_page(visit, &caller, &administrator, account.id, Some(wrong)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_act_has_its_address_and_its_texts_in_every_language() {
        let mut acts = vec![Act::DisableTwoFactor, Act::PasswordLink, Act::Disable, Act::Enable, Act::Delete];
        acts.extend([Some(true), Some(false), None].map(Act::Require));
        acts.extend(Role::ALL.iter().copied().map(Act::SetRole));
        for act in acts {
            let role = if let Act::SetRole(role) = act { role.as_str() } else { "" };
            assert_eq!(Act::named(act.name(), role), Ok(act));
            let parts = ["title", "text", "button"].map(str::to_owned);
            let means = act.consequences().iter().map(|what| format!("means-{what}"));
            for part in parts.into_iter().chain(means) {
                for language in Language::all() {
                    let key = format!("confirm-{}-{part}", act.name());
                    assert!(Texts(language).has(&key), "{key}");
                }
            }
        }
        assert_eq!(Act::named("role", "emperor"), Err(Refusal::NotFound));
        assert_eq!(Act::named("unlock", ""), Err(Refusal::NotFound));
    }

    #[test]
    fn a_reason_is_given_and_short() {
        let texts = Texts(Language::default());
        assert!(reason_error("", texts).is_some() && reason_error(&"x".repeat(201), texts).is_some());
        assert_eq!(reason_error("lost the phone", texts), None);
        assert!(reason_error("lost\u{202e}it", texts).is_some());
    }
}
