//! Links by which someone sets a password, a first or a new one: made by an administrator, used once by whoever has it.
//!
//! A link is the time at which it was made, the version of the password that it replaces and the role that the account had,
//! sealed to the account: any node with the key ring recognizes it, and nothing is stored. A password that was set since, by the
//! link or otherwise, makes it void; so does another role, for whoever made it may not have been allowed to make one for that.

use countersign_core::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::account::{Account, NewPasswordError, shut_out};
use crate::administration::{AdministrationDenial, Administrator, Locked};
use crate::audit::{Actor, AuditScene, Event};
use crate::ports::{Behalf, SealContext, SealPurpose, UnitOfWork};
use crate::realm::Realm;
use crate::verification::{GivenProof, forgive};
use crate::{AccountId, Application, Origin, UseCaseError};

/// How long a link is good, in seconds: over a weekend.
const LINK_SECONDS: u64 = 72 * 60 * 60;

/// Makes a link for an account that signs in.
#[derive(Clone, Debug)]
pub struct IssuePasswordLink {
    /// The administrator's own.
    pub proof: GivenProof,
}

/// A link that was just made: the only time that it is seen.
#[derive(Clone, Debug)]
pub struct PasswordLink {
    /// What the link carries.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What may come of it.
#[derive(Debug)]
pub enum IssuePasswordLinkOutcome {
    /// The link.
    Issued(PasswordLink),
    /// It was refused.
    Denied(AdministrationDenial),
    /// It is a subject, which has no password.
    NotOfASubject,
}

impl IssuePasswordLinkOutcome {
    /// What is said of a subject.
    pub const NOT_OF_A_SUBJECT: &'static str = "A subject does not sign in: it has no password.";
}

impl IssuePasswordLink {
    /// The password that the account has, if it has one, holds until the link is used.
    ///
    /// # Errors
    /// A port failed; no link was made.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
        account: &Account,
    ) -> Result<IssuePasswordLinkOutcome, UseCaseError> {
        let now = application.now();
        if let Some(denial) = by.refuses(account) {
            return Ok(IssuePasswordLinkOutcome::Denied(denial));
        }
        if account.subject.is_some() {
            return Ok(IssuePasswordLinkOutcome::NotOfASubject);
        }
        let confirmed = match by.confirm(application, &self.proof).await? {
            Ok(confirmed) => confirmed,
            Err(denial) => return Ok(IssuePasswordLinkOutcome::Denied(denial)),
        };
        let confirmed = &confirmed;
        let mut account = account.clone();
        loop {
            // Before anything is committed: without the keys there is no link, and nothing that says that there is one.
            let token = seal(application, &account, now).await?;
            let seen = &account;
            let locked = application
                .transact(|unit| {
                    Box::pin(async move {
                        let account = match by.lock(unit, seen.id).await? {
                            Ok(Locked { account, .. }) => account,
                            Err(denial) => return Ok(Err(denial)),
                        };
                        if is_same(&account, seen) {
                            let mut record = by.record(application, &account, confirmed, now);
                            record.succeeded(Event::PasswordLinkIssued)?;
                            record.append(unit).await?;
                        }
                        Ok(Ok(account))
                    })
                })
                .await?;
            match locked {
                Err(denial) => return Ok(IssuePasswordLinkOutcome::Denied(denial)),
                Ok(locked) if is_same(&locked, &account) => {
                    let expires_at = now.plus_seconds(LINK_SECONDS);
                    return Ok(IssuePasswordLinkOutcome::Issued(PasswordLink { token, expires_at }));
                }
                // It was changed meanwhile: the link would be void.
                Ok(changed) => account = changed,
            }
        }
    }
}

/// What the link carries.
async fn seal(application: &Application, account: &Account, now: Timestamp) -> Result<SecretString, UseCaseError> {
    let says = [&account.password_version.to_be_bytes()[..], account.role.as_str().as_bytes()].concat();
    let sealed = application.seal_link(&context(account), now, &says).await?;
    Ok(format!("{}.{}", account.id, sealed.expose_secret()).into())
}

/// Whether a link for the one account is a link for the other.
fn is_same(one: &Account, other: &Account) -> bool {
    one.password_version == other.password_version && one.role == other.role
}

/// Looks at a link.
#[derive(Clone, Debug)]
pub struct CheckPasswordLink {
    /// What the link carries.
    pub token: SecretString,
}

impl CheckPasswordLink {
    /// Whose password it sets; `None` where it is not good, or not any more.
    ///
    /// # Errors
    /// A port failed.
    pub async fn execute(&self, application: &Application) -> Result<Option<(Realm, Account)>, UseCaseError> {
        let Some((id, sealed)) = self.token.expose_secret().split_once('.') else { return Ok(None) };
        let Ok(id) = id.parse::<AccountId>() else { return Ok(None) };
        let Some(account) = application.store().find_account(id).await? else { return Ok(None) };
        let time = (application.now(), LINK_SECONDS);
        let Some(says) = application.open_link(&context(&account), &sealed.into(), time).await? else {
            return Ok(None);
        };
        let Some((version, role)) = says.split_first_chunk::<8>() else { return Ok(None) };
        let same_role = account.role.as_str().as_bytes() == role;
        if !same_role || !is_for(&account, i64::from_be_bytes(*version)) {
            return Ok(None);
        }
        let realm = application.store().find_realm_by_id(account.realm_id).await?;
        Ok(realm.map(|realm| (realm, account)))
    }
}

/// Sets the password by a link.
#[derive(Clone, Debug)]
pub struct UsePasswordLink {
    /// What the link carries.
    pub token: SecretString,
    /// The password, as typed.
    pub password: SecretString,
    /// From where.
    pub origin: Origin,
}

/// What may come of it.
#[derive(Debug)]
pub enum UsePasswordLinkOutcome {
    /// The password holds; it is the account's own. The second factor is as it was.
    Set { realm: Box<Realm>, account: Box<Account> },
    /// The link is not good, or not any more.
    InvalidLink,
    /// The password breaks a rule.
    UnfitPassword(NewPasswordError),
}

impl UsePasswordLink {
    /// Of several that use one link at once, one sets the password.
    ///
    /// # Errors
    /// A port failed; the password is as it was.
    pub async fn execute(&self, application: &Application) -> Result<UsePasswordLinkOutcome, UseCaseError> {
        let now = application.now();
        let check = CheckPasswordLink { token: self.token.clone() };
        let Some((realm, account)) = check.execute(application).await? else {
            return Ok(UsePasswordLinkOutcome::InvalidLink);
        };
        // Whoever has the link showed that the account is theirs.
        let behalf = Behalf::Account { account: account.id, network: self.origin.network() };
        let fit = application.hash_if_fit(self.password.clone(), &realm, &account.login, &behalf).await?;
        let hash = match fit {
            Ok(hash) => hash,
            Err(unfit) => return Ok(UsePasswordLinkOutcome::UnfitPassword(unfit)),
        };
        let (seen, hash, scene) =
            (&account, &hash, AuditScene::new(&realm, &account, Actor::Account(account.id), &self.origin));
        let scene = &scene;
        let set = application
            .transact(|unit| {
                Box::pin(async move {
                    unit.second_factors().lock(seen.id).await?;
                    let account = unit.accounts().find(seen.id).await?;
                    let still = |account: Account| is_same(&account, seen) && is_for(&account, seen.password_version);
                    if !account.is_some_and(still) {
                        return Ok(false);
                    }
                    set(unit, seen.id, hash).await?;
                    let mut record = application.record(scene.clone(), now);
                    record.succeeded(Event::PasswordChanged)?;
                    record.append(unit).await?;
                    Ok(true)
                })
            })
            .await?;
        Ok(if set {
            UsePasswordLinkOutcome::Set { realm: Box::new(realm), account: Box::new(account) }
        } else {
            UsePasswordLinkOutcome::InvalidLink
        })
    }
}

/// The password, and the end of all that rested on the one before.
async fn set(
    unit: &mut dyn UnitOfWork,
    id: AccountId,
    hash: &crate::account::PasswordHash,
) -> Result<(), UseCaseError> {
    unit.accounts().change_password(id, hash).await?;
    unit.accounts().set_password_change_required(id, false).await?;
    forgive(unit, id).await?;
    shut_out(unit, id).await
}

/// Whether a link that replaces the password of a version is for the account as it is now.
fn is_for(account: &Account, version: i64) -> bool {
    account.password_version == version && account.disabled_at.is_none() && account.subject.is_none()
}

fn context(account: &Account) -> SealContext {
    SealContext {
        realm_id: account.realm_id,
        account_id: account.id,
        row_id: account.id.as_uuid(),
        purpose: SealPurpose::PasswordLink,
    }
}
