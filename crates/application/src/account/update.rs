//! Changing an account on behalf of its owner: its login, its role, its password, whether it may sign in.

use secrecy::SecretString;

use crate::account::{Account, Login, LoginError, NewPasswordError, PasswordHash, Role, refuse_an_older_key};
use crate::administration::{AdministrationDenial, Administrator, Confirmed, Locked, leaves_an_owner};
use crate::audit::{AccountChange, AuditRecord, AuditText, Event};
use crate::ports::{Conflict, StoreError, UnitOfWork};
use crate::realm::begin_grace;
use crate::verification::{GivenProof, forgive};
use crate::{AccountId, Application, Timestamp, UseCaseError};

/// Changes an account. What is left out stays as it is.
///
/// A new password ends all its sessions, challenges and trusted devices; so does disabling it. Its second factor stays,
/// and its login may change: what finds its sessions, codes and devices is its identifier. Disabling takes no proof: it
/// gives nobody anything, and may have to be quick.
#[derive(Clone, Debug, Default)]
pub struct UpdateAccount {
    /// The login it has from now on.
    pub login: Option<String>,
    /// What it may do from now on.
    pub role: Option<Role>,
    /// The password that shall hold from now on.
    pub password: Option<SecretString>,
    /// Whether signing in is refused from now on.
    pub disabled: Option<bool>,
    /// Whether a second factor is required of it from now on; `Some(None)` for as the policy says.
    pub two_factor_required: Option<Option<bool>>,
    /// Whether it has to change its password, the one that is set here or the one it has, before anything else.
    pub password_change_required: Option<bool>,
    /// Whether the operator wants it even where the realm is left without an owner.
    pub even_the_last_owner: bool,
    /// The administrator's own.
    pub proof: GivenProof,
}

/// What may come of it.
#[derive(Debug)]
pub enum UpdateAccountOutcome {
    /// The account as it is now.
    Updated(Box<Account>),
    /// It was refused.
    Denied(AdministrationDenial),
    /// The login is taken in the realm.
    LoginTaken,
    /// The login breaks a rule.
    InvalidLogin(LoginError),
    /// It is a subject, which does not sign in: it has no such thing as this field says.
    NotOfASubject(&'static str),
    /// The password breaks a rule.
    UnfitPassword(NewPasswordError),
}

impl UpdateAccountOutcome {
    /// What is said of a field that is not for subjects, to follow its name.
    pub const NOT_OF_A_SUBJECT: &'static str = "is for accounts that sign in, and this is a subject";
}

impl UpdateAccount {
    /// # Errors
    /// A port failed; the account is as it was.
    pub async fn execute(
        &self,
        application: &Application,
        by: &Administrator,
        account: &Account,
    ) -> Result<UpdateAccountOutcome, UseCaseError> {
        self.run(application, by, account, None).await
    }

    /// The same by someone who has proven already to be the one who signed in.
    pub(crate) async fn execute_confirmed(
        &self,
        application: &Application,
        by: &Administrator,
        account: &Account,
        confirmed: &Confirmed,
    ) -> Result<UpdateAccountOutcome, UseCaseError> {
        self.run(application, by, account, Some(confirmed)).await
    }

    async fn run(
        &self,
        application: &Application,
        by: &Administrator,
        account: &Account,
        already: Option<&Confirmed>,
    ) -> Result<UpdateAccountOutcome, UseCaseError> {
        let now = application.now();
        if let Some(denial) = by.refuses(account) {
            return Ok(UpdateAccountOutcome::Denied(denial));
        }
        if self.role.is_some_and(|role| !by.may_grant(role)) {
            return Ok(UpdateAccountOutcome::Denied(AdministrationDenial::OwnersOnly));
        }
        if !self.may_leave(by, account) {
            return Ok(UpdateAccountOutcome::Denied(AdministrationDenial::OwnersOnly));
        }
        if account.subject.is_some()
            && let Some(field) = self.field_of_who_signs_in()
        {
            return Ok(UpdateAccountOutcome::NotOfASubject(field));
        }
        let login = match self.login.as_deref().map(Login::new).transpose() {
            Ok(login) => login.filter(|login| *login != account.login),
            Err(rule) => return Ok(UpdateAccountOutcome::InvalidLogin(rule)),
        };
        if let Some(login) = &login
            && let Some(other) = application.find_by_login(by.realm.id, login.as_str()).await?
            && other.id != account.id
        {
            return Ok(UpdateAccountOutcome::LoginTaken);
        }
        // The proof first: looking at a password that someone made for it is slow.
        let own = match already {
            None if self.outlasts_the_session() => match by.confirm(application, &self.proof).await? {
                Ok(confirmed) => Some(confirmed),
                Err(denial) => return Ok(UpdateAccountOutcome::Denied(denial)),
            },
            _ => None,
        };
        let confirmed = already.or(own.as_ref());
        let hash = match &self.password {
            None => None,
            Some(password) => {
                let behalf = by.authority.behalf(&by.origin);
                let called = login.as_ref().unwrap_or(&account.login);
                match application.hash_if_fit(password.clone(), &by.realm, called, &behalf).await? {
                    Ok(hash) => Some(hash),
                    Err(unfit) => return Ok(UpdateAccountOutcome::UnfitPassword(unfit)),
                }
            }
        };
        let (update, new) = (&self, (login.as_ref(), hash.as_ref()));
        let updated = application
            .transact(|unit| {
                Box::pin(async move { update.apply(application, unit, (by, confirmed), account.id, new, now).await })
            })
            .await;
        match updated {
            Err(UseCaseError::Store(StoreError::Conflict { what: Conflict::Login })) => {
                Ok(UpdateAccountOutcome::LoginTaken)
            }
            updated => updated,
        }
    }

    /// The first field given here that only those have who sign in. Of a subject it would mean nothing, or too much: an owner
    /// who cannot sign in must not be the one that a realm is left with.
    fn field_of_who_signs_in(&self) -> Option<&'static str> {
        let given = [
            (self.login.is_some(), "login"),
            (self.role.is_some(), "role"),
            (self.password.is_some(), "password"),
            (self.two_factor_required.is_some(), "two_factor_required"),
            (self.password_change_required.is_some(), "password_change_required"),
        ];
        given.into_iter().find_map(|(given, field)| given.then_some(field))
    }

    /// Whether it gives somebody something that is there when the session is not any more.
    fn outlasts_the_session(&self) -> bool {
        let lets_in = self.disabled == Some(false) || self.password_change_required == Some(false);
        let sets = self.login.is_some() || self.role.is_some() || self.password.is_some();
        sets || self.two_factor_required.is_some() || lets_in
    }

    /// Whether this authority may leave the account with the role and the mark that it gets. Whoever may exempt an
    /// administrator could take from an owner what protects the realm, and whoever may promote someone exempt as well.
    fn may_leave(&self, by: &Administrator, account: &Account) -> bool {
        let role = self.role.unwrap_or(account.role);
        let (before, mark) =
            (account.two_factor_required, self.two_factor_required.unwrap_or(account.two_factor_required));
        let was_exempt = account.role != Role::Member && before == Some(false);
        let exempts = mark == Some(false) && !was_exempt;
        let lowers = before == Some(true) && mark != Some(true);
        let is_for_owners = role != Role::Member && (exempts || lowers);
        !is_for_owners || by.authority.may_act_on(Role::Owner)
    }

    /// Whether an owner, who is one now, would be able to administer no more.
    fn takes_the_owner_away(&self) -> bool {
        self.role.is_some_and(|role| !role.administers_everyone()) || self.disabled == Some(true)
    }

    async fn apply(
        &self,
        application: &Application,
        unit: &mut dyn UnitOfWork,
        (by, confirmed): (&Administrator, Option<&Confirmed>),
        account: AccountId,
        (login, hash): (Option<&Login>, Option<&PasswordHash>),
        now: Timestamp,
    ) -> Result<UpdateAccountOutcome, UseCaseError> {
        let account = match by.lock(unit, account).await? {
            Ok(Locked { account, .. }) => account,
            Err(denial) => return Ok(UpdateAccountOutcome::Denied(denial)),
        };
        // Once more, as it is now.
        if !self.may_leave(by, &account) {
            return Ok(UpdateAccountOutcome::Denied(AdministrationDenial::OwnersOnly));
        }
        if self.takes_the_owner_away() && !self.even_the_last_owner && !leaves_an_owner(unit, &account).await? {
            return Ok(UpdateAccountOutcome::Denied(AdministrationDenial::LastOwner));
        }
        let mut record = match confirmed {
            Some(confirmed) => by.record(application, &account, confirmed, now),
            None => by.record_without_proof(application, &account, now),
        };
        if let Some(login) = login {
            unit.accounts().rename(account.id, login).await?;
            // An older key that this very account had kept is free again.
            refuse_an_older_key(unit, account.realm_id, login).await?;
            let change = AccountChange::Login { before: AuditText::new(&account.login), after: AuditText::new(login) };
            record.succeeded(Event::AccountUpdated { change })?;
        }
        if let Some(role) = self.role.filter(|role| *role != account.role) {
            unit.accounts().set_role(account.id, role).await?;
            if role.administers_everyone() {
                unit.realms().mark_set_up(account.realm_id, now).await?;
            }
            let change = AccountChange::Role { before: account.role, after: role };
            record.succeeded(Event::AccountUpdated { change })?;
        }
        if let Some(disabled) = self.disabled.filter(|disabled| *disabled != account.disabled_at.is_some()) {
            unit.accounts().set_disabled(account.id, disabled.then_some(now)).await?;
            record.succeeded(Event::AccountUpdated { change: AccountChange::Disabled(disabled) })?;
        }
        if let Some(hash) = hash {
            unit.accounts().change_password(account.id, hash).await?;
            forgive(unit, account.id).await?;
            record.succeeded(Event::PasswordChanged)?;
        }
        self.apply_requirements(unit, &account, &mut record).await?;
        if hash.is_some() || self.disabled == Some(true) {
            shut_out(unit, account.id).await?;
        }
        record.append(unit).await?;
        let updated = unit.accounts().find(account.id).await?;
        let updated = updated.ok_or(UseCaseError::Fault("a locked account can be found"))?;
        // A new role or mark may be what makes the rule apply.
        let grace_started_at = begin_grace(unit, &by.realm, &updated, now).await?.or(updated.grace_started_at);
        Ok(UpdateAccountOutcome::Updated(Box::new(Account { grace_started_at, ..updated })))
    }

    async fn apply_requirements(
        &self,
        unit: &mut dyn UnitOfWork,
        account: &Account,
        record: &mut AuditRecord<'_>,
    ) -> Result<(), UseCaseError> {
        if let Some(mark) = self.two_factor_required.filter(|mark| *mark != account.two_factor_required) {
            unit.accounts().set_two_factor_required(account.id, mark).await?;
            record.succeeded(Event::AccountUpdated { change: AccountChange::TwoFactorRequired(mark) })?;
        }
        let changed = self.password_change_required.filter(|it| *it != account.password_change_required);
        if let Some(required) = changed {
            unit.accounts().set_password_change_required(account.id, required).await?;
            record.succeeded(Event::AccountUpdated { change: AccountChange::PasswordChangeRequired(required) })?;
        }
        Ok(())
    }
}

/// Ends everything by which somebody is signed in to an account, or half so.
pub(crate) async fn shut_out(unit: &mut dyn UnitOfWork, account: AccountId) -> Result<(), UseCaseError> {
    unit.challenges().remove_all(account).await?;
    unit.trusted_devices().revoke_all(account).await?;
    unit.sessions().end_all(account, None).await?;
    Ok(())
}
