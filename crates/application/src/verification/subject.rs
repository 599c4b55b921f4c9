//! Service mode: an application keeps its own users and passwords and asks only for the second factor.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use crate::account::{Account, Login};
use crate::api_key::{AuthenticateApiKeyOutcome, Scope};
use crate::audit::{Actor, AuditScene, AuditText, CreatedAs, Event, ProvenAct, Purpose};
use crate::caller::{Caller, Credential, KeyCredential};
use crate::ports::{AskedAbout, Conflict, StoreError, StoreFault, TokenKind};
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
    /// What was found of it; `None` where nothing was ever enrolled for it.
    pub found: Option<(Account, SecondFactor)>,
}

/// Recognizes an API key that asks about a subject of its realm, and finds the subject.
#[derive(Clone, Debug)]
pub struct AskAboutSubject<'a> {
    /// What the client sent.
    pub token: SecretString,
    /// Any of these scopes will do.
    pub scopes: &'a [Scope],
    /// The application's own identifier of its user.
    pub subject: Subject,
    /// From where.
    pub origin: Origin,
}

impl AskAboutSubject<'_> {
    /// # Errors
    /// A port failed; nobody was recognized.
    pub async fn execute(
        self,
        application: &Application,
    ) -> Result<AuthenticateApiKeyOutcome<SubjectScene>, UseCaseError> {
        let Some(digest) = application.tokens().digest(TokenKind::ApiKey, self.token.expose_secret()) else {
            return Ok(AuthenticateApiKeyOutcome::Unknown);
        };
        let login_key = Login::subject_key(self.subject.as_str());
        let Some(asked) = application.store().find_asked_about(&digest, &login_key).await? else {
            return Ok(AuthenticateApiKeyOutcome::Unknown);
        };
        let AskedAbout { key, realm, found } = asked;
        if let Some(refused) = key.refusal(application, self.scopes) {
            return Ok(refused);
        }
        key.note_use(application).await?;
        let key = KeyCredential { id: key.id, manages: key.has_any(&[Scope::Manage]) };
        let scene = SubjectScene { key, realm, subject: self.subject, origin: self.origin, found };
        Ok(AuthenticateApiKeyOutcome::Recognized(Box::new(scene)))
    }
}

impl SubjectScene {
    /// The same for an end user of whom the application states this: it stands in the audit trail in place of the
    /// application's own address, and guesses are counted by it within the realm.
    #[must_use]
    pub fn for_end_user(self, address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        Self { origin: Origin::stated(self.realm.id, address, user_agent), ..self }
    }

    /// The subject; `None` where nothing was ever enrolled for it.
    #[must_use]
    pub fn caller(&self) -> Option<Caller> {
        self.found.as_ref().map(|(account, _)| self.called(account.clone()))
    }

    /// The subject, which is made where it is not there. `label` is what its authenticator app shall show for it.
    ///
    /// # Errors
    /// A port failed; no subject was made.
    pub async fn ensure(&self, application: &Application, label: Option<&str>) -> Result<Caller, UseCaseError> {
        if let Some(mut caller) = self.caller() {
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
                        return Ok(self.called(made));
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
                    Ok(self.called(stored.clone()))
                })
            })
            .await
    }

    fn called(&self, account: Account) -> Caller {
        Caller {
            chose_password_just_now: false,
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
        scene: &SubjectScene,
    ) -> Result<VerifySubjectOutcome, UseCaseError> {
        let now = application.now();
        let Some((account, factor)) = &scene.found else { return Ok(VerifySubjectOutcome::NotEnabled) };
        if account.disabled_at.is_some() {
            return Ok(VerifySubjectOutcome::Disabled);
        }
        if !factor.state.is_enabled() {
            return Ok(VerifySubjectOutcome::NotEnabled);
        }
        let caller = &scene.called(account.clone());
        let finding = application.examine_code(&caller.realm, factor, caller.guesses_from(), &self.code, now).await?;
        if let CodeFinding::Throttled(throttled) = finding {
            // Nothing changes, so nothing is written: waiting out a flood costs reads only.
            return Ok(throttled.into());
        }
        self.settle(application, caller, factor.clone(), finding, now).await
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
