//! Service mode: an application keeps its own users and passwords and asks only for the second factor.

use std::net::IpAddr;

use secrecy::SecretString;

use crate::account::{Account, Login};
use crate::audit::{Actor, AuditScene, AuditText, CreatedAs, Event, ProvenAct, Purpose};
use crate::caller::{Caller, Credential, KeyCredential};
use crate::ports::{Conflict, StoreError, StoreFault};
use crate::realm::Realm;
use crate::second_factor::SecondFactor;
use crate::text::{Remark, Subject};
use crate::verification::{AcceptedCode, Claim, CodeFinding, CodeVerdict, Throttled, Verdict};
use crate::{AccountId, Application, Origin, Timestamp, UseCaseError};

/// An application that asks about one of its users.
#[derive(Clone, Debug)]
pub struct SubjectScene {
    /// The key it asks with.
    pub key: KeyCredential,
    /// The key's realm.
    pub realm: Realm,
    /// The application's own identifier of its user.
    pub subject: Subject,
    /// From where.
    pub origin: Origin,
}

impl SubjectScene {
    /// The same for an end user of whom the application states this: it stands in the audit trail in place of the
    /// application's own address, and guesses are counted by it within the realm.
    #[must_use]
    pub fn for_end_user(self, address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        Self { origin: Origin::stated(self.realm.id, address, user_agent), ..self }
    }

    /// Finds the subject; `None` where nothing was ever enrolled for it.
    ///
    /// # Errors
    /// A port failed.
    pub async fn find(&self, application: &Application) -> Result<Option<Caller>, UseCaseError> {
        let key = Login::subject_key(self.subject.as_str());
        let found = application.store().find_account_by_login(self.realm.id, &key).await?;
        Ok(found.map(|account| self.caller(account)))
    }

    /// Finds the subject, or makes it. `label` is what its authenticator app shall show for it.
    ///
    /// # Errors
    /// A port failed; no subject was made.
    pub async fn ensure(&self, application: &Application, label: Option<&str>) -> Result<Caller, UseCaseError> {
        if let Some(mut caller) = self.find(application).await? {
            if let Some(login) = label.and_then(|label| Login::of_subject(self.subject.as_str(), label).ok()) {
                caller.account.login = login;
            }
            return Ok(caller);
        }
        let now = application.now();
        let subject = self.subject.as_str();
        let login = Login::of_subject(subject, label.unwrap_or(subject))
            .or_else(|_| Login::of_subject(subject, &readable(subject)))
            .map_err(|_| UseCaseError::Fault("what is readable is a login"))?;
        let id = AccountId::new(now, 0, application.random()?);
        let account = Account { subject: Some(subject.to_owned()), ..Account::new(id, self.realm.id, login, now) };
        let stored = &account;
        // Aside: that there is a subject is not yet what was asked for.
        application
            .transact_aside(|unit| {
                Box::pin(async move {
                    // Looked for within the unit of work: what another request is just making is not committed yet, and
                    // would be found neither before nor after a conflict with it.
                    if let Some(made) = unit.accounts().find_by_login(self.realm.id, stored.login.key()).await? {
                        return Ok(self.caller(made));
                    }
                    match unit.accounts().insert(stored).await {
                        Err(StoreError::Conflict { what: Conflict::Login }) => {
                            let meanwhile = StoreFault::from("the subject was made meanwhile");
                            return Err(StoreError::Contention(meanwhile).into());
                        }
                        inserted => inserted?,
                    }
                    let actor = Actor::Application(self.key.id.to_string());
                    let mut record = application.record(AuditScene::new(&self.realm, stored, actor, &self.origin), now);
                    let created_as = CreatedAs::Subject(AuditText::new(subject));
                    record.succeeded(Event::AccountCreated { created_as })?;
                    record.append(unit).await?;
                    Ok(self.caller(stored.clone()))
                })
            })
            .await
    }

    fn caller(&self, account: Account) -> Caller {
        Caller {
            may_only_enroll: false,
            credential: Credential::ApiKey(self.key),
            account,
            realm: self.realm.clone(),
            origin: self.origin.clone(),
        }
    }
}

/// A subject as an authenticator app can show it: what may not stand in a key URI becomes `-`.
fn readable(subject: &str) -> String {
    let legal = |c: char| if Login::of_subject("any", &format!("a{c}a")).is_ok() { c } else { '-' };
    let text: String = subject.chars().map(legal).collect();
    // Composing may make it longer.
    let text: String = text.trim().chars().take(Login::MAX_CHARS / 3).collect();
    match text.trim() {
        "" => "user".to_owned(),
        text => text.to_owned(),
    }
}

/// Verifies a code of a subject.
#[derive(Clone, Debug)]
pub struct VerifySubject {
    /// What was typed as code.
    pub code: SecretString,
    /// What for, for the audit log.
    pub purpose: Option<Remark>,
}

/// What may come of it.
#[derive(Debug)]
pub enum VerifySubjectOutcome {
    /// The code was accepted, and is spent.
    Verified { code: AcceptedCode, at: Timestamp },
    /// The subject has no second factor.
    NotEnabled,
    /// An administrator disabled the subject.
    Disabled,
    /// Wrong, replayed or already spent code.
    InvalidCode {
        /// Whether it is the code that was accepted last: the application may have missed the answer. Nothing was counted.
        already_used: bool,
    },
    /// It was not looked at, because of earlier failures.
    Throttled {
        /// When it may be tried again.
        retry_after_seconds: u64,
        /// Whether two consecutive codes would be looked at now, instead of one.
        consecutive_codes_required: bool,
    },
}

impl From<Throttled> for VerifySubjectOutcome {
    fn from(throttled: Throttled) -> Self {
        let Throttled { retry_after_seconds, consecutive_codes_required } = throttled;
        Self::Throttled { retry_after_seconds, consecutive_codes_required }
    }
}

impl VerifySubject {
    /// # Errors
    /// A port failed; nothing was verified.
    pub async fn execute(
        &self,
        application: &Application,
        caller: &Caller,
    ) -> Result<VerifySubjectOutcome, UseCaseError> {
        let now = application.now();
        if caller.account.disabled_at.is_some() {
            return Ok(VerifySubjectOutcome::Disabled);
        }
        let factor = caller.second_factor(application).await?;
        if !factor.state.is_enabled() {
            return Ok(VerifySubjectOutcome::NotEnabled);
        }
        let finding = application.examine_code(&caller.realm, &factor, caller.guesses_from(), &self.code, now).await?;
        if let CodeFinding::Throttled(throttled) = finding {
            // Nothing changes, so nothing is written: waiting out a flood costs reads only.
            return Ok(throttled.into());
        }
        self.settle(application, caller, factor, finding, now).await
    }

    /// Settles what was found, decided anew for as long as others at the same account come before.
    async fn settle(
        &self,
        application: &Application,
        caller: &Caller,
        mut factor: SecondFactor,
        mut finding: CodeFinding,
        now: Timestamp,
    ) -> Result<VerifySubjectOutcome, UseCaseError> {
        let purpose = match &self.purpose {
            Some(stated) => Purpose::Stated(AuditText::new(stated.as_str())),
            None => ProvenAct::Verify.into(),
        };
        let mut tries = application.tries();
        loop {
            let mut settlement = caller.settlement(application, &factor, purpose.clone(), now);
            settlement.look_at_attempts(application, finding.attempt()).await?;
            let decision = settlement.decide(&finding);
            settlement.record.note(decision.events)?;
            let claim = Claim { events: settlement.record.into_events(), ..decision.claim };
            match application.claim(&claim).await? {
                Verdict::Settled => {
                    return Ok(match decision.verdict {
                        CodeVerdict::Accepted(code) => VerifySubjectOutcome::Verified { code, at: now },
                        CodeVerdict::Rejected { repeated } => {
                            VerifySubjectOutcome::InvalidCode { already_used: repeated }
                        }
                        CodeVerdict::Throttled(throttled) => throttled.into(),
                    });
                }
                Verdict::UnknownRecoveryCode => finding = CodeFinding::UNKNOWN_RECOVERY_CODE,
                Verdict::Moved => tries.again("the account moved").await?,
            }
            let account = application.store().find_account(caller.account.id).await?;
            if account.is_some_and(|account| account.disabled_at.is_some()) {
                return Ok(VerifySubjectOutcome::Disabled);
            }
            factor = caller.second_factor(application).await?;
            if !factor.state.is_enabled() {
                return Ok(VerifySubjectOutcome::NotEnabled);
            }
        }
    }
}
