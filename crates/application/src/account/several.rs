//! One act on several accounts.

use std::collections::BTreeSet;

use crate::account::{
    Account, AccountOrder, AccountPart, ListAccounts, UpdateAccount, UpdateAccountOutcome, WantedAccounts, whom,
};
use crate::administration::{AdministrationDenial, Administrator, Confirmed};
use crate::named::named;
use crate::session::EndSessionsOf;
use crate::verification::{GivenProof, ProofDenial};
use crate::{AccountId, Application, PageRequest, UseCaseError};

/// How many accounts one act concerns at most.
pub const SEVERAL_AT_MOST: usize = 1_000;

/// How many accounts are looked at to find those that an act concerns.
const LOOKED_AT: usize = 10_000;

named! {
    /// What is done to several accounts.
    pub enum SeveralAct {
        /// Signing in is refused from now on, and their sessions end.
        Disable = "disable",
        /// Signing in is allowed again.
        Enable = "enable",
        /// A second factor is required of them, whatever the policy says.
        RequireTwoFactor = "require_two_factor",
        /// They are signed out everywhere.
        EndSessions = "end_sessions",
    }
}

impl SeveralAct {
    /// Whether it means anything for the account: a subject does not sign in.
    fn is_for(self, account: &Account) -> bool {
        account.subject.is_none() || matches!(self, Self::Disable | Self::Enable)
    }

    /// Those among the wanted ones for whom it can change something, as far as the store tells them apart; `None` where there
    /// can be none.
    fn narrowed(self, wanted: WantedAccounts) -> Option<WantedAccounts> {
        let disabled = match self {
            Self::Disable => false,
            Self::Enable => true,
            Self::RequireTwoFactor | Self::EndSessions => return Some(wanted),
        };
        (wanted.disabled != Some(!disabled)).then_some(WantedAccounts { disabled: Some(disabled), ..wanted })
    }

    /// Whether the account is so already.
    async fn is_done(self, application: &Application, account: &Account) -> Result<bool, UseCaseError> {
        Ok(match self {
            Self::Disable => account.disabled_at.is_some(),
            Self::Enable => account.disabled_at.is_none(),
            Self::RequireTwoFactor => account.two_factor_required == Some(true),
            Self::EndSessions => {
                let one = PageRequest { limit: 1, after: None };
                application.store().list_sessions(account.id, one).await?.items.is_empty()
            }
        })
    }
}

/// Which accounts an act concerns.
#[derive(Clone, Debug)]
pub enum Several {
    /// Just these.
    These(Vec<AccountId>),
    /// All of the realm that fit and for whom the act changes something.
    Matching(WantedAccounts),
}

/// Finds out which accounts an act on several concerns.
#[derive(Clone, Debug)]
pub struct SelectSeveral {
    pub act: SeveralAct,
    pub several: Several,
}

/// Those that an act concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// Each once, at most [`SEVERAL_AT_MOST`].
    pub accounts: Vec<AccountId>,
    /// Whether there are more.
    pub more: bool,
}

impl SelectSeveral {
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application, by: &Administrator) -> Result<Selected, UseCaseError> {
        let wanted = match &self.several {
            Several::These(these) => {
                let mut seen = BTreeSet::new();
                let mut accounts: Vec<_> = these.iter().copied().filter(|id| seen.insert(*id)).collect();
                let more = accounts.len() > SEVERAL_AT_MOST;
                accounts.truncate(SEVERAL_AT_MOST);
                return Ok(Selected { accounts, more });
            }
            Several::Matching(wanted) => match self.act.narrowed(wanted.clone()) {
                Some(wanted) => wanted,
                None => return Ok(Selected { accounts: Vec::new(), more: false }),
            },
        };
        let part = AccountPart { order: AccountOrder::Created, limit: PageRequest::LIMIT, from: None };
        let mut list = ListAccounts { wanted, part, counting: false };
        let (mut accounts, mut looked_at) = (Vec::new(), 0);
        loop {
            let page = list.execute(application, &by.realm).await?.page;
            looked_at += page.items.len();
            for found in &page.items {
                let account = &found.account;
                if !self.act.is_for(account) || self.act.is_done(application, account).await? {
                    continue;
                }
                if accounts.len() == SEVERAL_AT_MOST {
                    return Ok(Selected { accounts, more: true });
                }
                accounts.push(account.id);
            }
            match page.next {
                None => return Ok(Selected { accounts, more: false }),
                Some(_) if looked_at >= LOOKED_AT => return Ok(Selected { accounts, more: true }),
                next => list.part.from = next,
            }
        }
    }
}

/// Does the same to several accounts: each in its own unit of work and with its own audit event, all for one proof. What is
/// refused for one is done for the others, and whoever does it again changes nothing that is done.
#[derive(Clone, Debug)]
pub struct ActOnSeveral {
    pub act: SeveralAct,
    pub several: Several,
    /// How many were said to be concerned, where somebody was told: otherwise nothing is done.
    pub expected: Option<usize>,
    /// The administrator's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum ActOnSeveralOutcome {
    /// It was done, as far as it could be.
    Done(DoneToSeveral),
    /// Another number of accounts is concerned by now; nothing was done.
    Changed(Selected),
    /// The proof was not taken; nothing was done.
    Unproven(ProofDenial),
}

/// What was done to how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoneToSeveral {
    /// To so many it was done.
    pub done: u32,
    /// So many were so already.
    pub unchanged: u32,
    /// To these it was not done.
    pub refused: Vec<RefusedAccount>,
    /// Whether more are concerned, to whom nothing was done.
    pub more: bool,
}

/// An account to which it was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAccount {
    pub account: AccountId,
    /// What it is called: see [`Account::whom`]; nothing where there is none.
    pub whom: Option<String>,
    pub why: SeveralRefusal,
}

named! {
    /// Why it was not done to an account.
    pub enum SeveralRefusal {
        /// The realm has no such account.
        NotFound = "not_found",
        /// It is the administrator's own.
        OwnAccount = "own_account",
        /// It is an owner's, on whom only owners act, or the change is for owners.
        OwnersOnly = "owners_only",
        /// Nobody would be left who can administer the whole realm.
        LastOwner = "last_owner",
        /// It is a subject, which does not sign in.
        Subject = "subject",
        /// Something failed; it may be done again.
        Unavailable = "unavailable",
    }
}

impl From<AdministrationDenial> for SeveralRefusal {
    fn from(denial: AdministrationDenial) -> Self {
        match denial {
            AdministrationDenial::NotFound => Self::NotFound,
            AdministrationDenial::OwnAccount => Self::OwnAccount,
            AdministrationDenial::LastOwner => Self::LastOwner,
            AdministrationDenial::OwnersOnly
            | AdministrationDenial::MayNotDisableTwoFactor
            | AdministrationDenial::Unproven(_) => Self::OwnersOnly,
        }
    }
}

/// What came of it for one account.
enum Each {
    Done,
    Unchanged,
    Refused(Option<String>, SeveralRefusal),
}

impl ActOnSeveral {
    /// # Errors
    /// A port failed before anything was done.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
    ) -> Result<ActOnSeveralOutcome, UseCaseError> {
        let select = SelectSeveral { act: self.act, several: self.several.clone() };
        let selected = select.execute(application, by).await?;
        if self.expected.is_some_and(|expected| expected != selected.accounts.len()) {
            return Ok(ActOnSeveralOutcome::Changed(selected));
        }
        let confirmed = match application.confirm(by, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(ActOnSeveralOutcome::Unproven(denial)),
        };
        let mut done = DoneToSeveral { more: selected.more, ..DoneToSeveral::default() };
        let mut fails = false;
        for account in selected.accounts {
            // Whoever lost the right meanwhile stops here, and not a thousand accounts later. What failed for one fails for the
            // next one as well, and each would be waited for.
            fails = fails || !by.still_may(application).await?;
            let each = if fails {
                Each::Refused(None, SeveralRefusal::Unavailable)
            } else {
                self.act_on(application, by, account, &confirmed).await.unwrap_or_else(|error| {
                    tracing::error!(%error, "an act on several accounts broke off");
                    fails = true;
                    Each::Refused(None, SeveralRefusal::Unavailable)
                })
            };
            match each {
                Each::Done => done.done += 1,
                Each::Unchanged => done.unchanged += 1,
                Each::Refused(whom, why) => done.refused.push(RefusedAccount { account, whom, why }),
            }
        }
        Ok(ActOnSeveralOutcome::Done(done))
    }

    async fn act_on(
        &self,
        application: &Application,
        by: &Administrator,
        id: AccountId,
        confirmed: &Confirmed,
    ) -> Result<Each, UseCaseError> {
        let Some(account) = by.account(application, id).await? else {
            return Ok(Each::Refused(None, SeveralRefusal::NotFound));
        };
        let refused = |why: SeveralRefusal| {
            Ok(Each::Refused(Some(whom(account.login.as_str(), account.subject.as_deref())), why))
        };
        if let Some(denial) = by.refuses(&account) {
            return refused(denial.into());
        }
        if !self.act.is_for(&account) {
            return refused(SeveralRefusal::Subject);
        }
        if self.act.is_done(application, &account).await? {
            return Ok(Each::Unchanged);
        }
        let (disabled, two_factor_required) = match self.act {
            SeveralAct::Disable => (Some(true), None),
            SeveralAct::Enable => (Some(false), None),
            SeveralAct::RequireTwoFactor => (None, Some(Some(true))),
            SeveralAct::EndSessions => {
                return match EndSessionsOf.execute(application, by, &account).await? {
                    Ok(_) => Ok(Each::Done),
                    Err(denial) => refused(denial.into()),
                };
            }
        };
        let update = UpdateAccount { disabled, two_factor_required, ..UpdateAccount::default() };
        match update.execute_confirmed(application, by, &account, confirmed).await? {
            UpdateAccountOutcome::Updated(_) => Ok(Each::Done),
            UpdateAccountOutcome::Denied(denial) => refused(denial.into()),
            UpdateAccountOutcome::NotOfASubject(_) => refused(SeveralRefusal::Subject),
            UpdateAccountOutcome::LoginTaken
            | UpdateAccountOutcome::InvalidLogin(_)
            | UpdateAccountOutcome::UnfitPassword(_) => {
                Err(UseCaseError::Fault("neither a login nor a password was given"))
            }
        }
    }
}
