//! One realm, one account, and someone with a phone.

use std::sync::Arc;

use countersign_application::account::{
    Account, DeleteAccount, Login, Role, UnlockAccount, UpdateAccount, UpdateAccountOutcome,
};
use countersign_application::administration::{AdministrationDenial, Administrator, Authority};
use countersign_application::audit::{AuditFilter, AuditReads, EventKind};
use countersign_application::caller::Caller;
use countersign_application::core::{SharedSecret, Totp};
use countersign_application::enrollment::{
    BeginEnrollment, BeginEnrollmentOutcome, BegunEnrollment, ConfirmEnrollment, ConfirmEnrollmentOutcome,
};
use countersign_application::policy::{Policy, PolicyDocument, Preset};
use countersign_application::ports::Store;
use countersign_application::realm::Realm;
use countersign_application::second_factor::{ResetTwoFactor, ResetTwoFactorOutcome};
use countersign_application::session::{AuthenticateSession, AuthenticateSessionOutcome, SessionPurpose};
use countersign_application::sign_in::{
    FindChallenge, SignIn, SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome,
};
use countersign_application::verification::GivenProof;
use countersign_application::{AccountId, Application, AuthenticatorId, Origin, PageRequest, UseCaseError};
use countersign_testing::{MemoryStore, PASSWORD, TestApplication, a_realm, an_account, application, keep};
use secrecy::{ExposeSecret, SecretString};

pub(crate) struct World {
    pub(crate) test: TestApplication,
    pub(crate) realm: Realm,
    pub(crate) account: Account,
}

/// What a phone holds, and when its owner last typed a code of it.
pub(crate) struct Phone {
    pub(crate) id: AuthenticatorId,
    pub(crate) totp: Totp,
    pub(crate) secret: SharedSecret,
    pub(crate) recovery_codes: Vec<SecretString>,
}

/// Whom an administrative act concerns, and who does it, before either was looked up.
#[derive(Clone, Debug)]
pub(crate) struct Administration {
    pub(crate) account: AccountId,
    pub(crate) authority: Authority,
}

/// What is done to an account.
pub(crate) trait Act {
    type Outcome;

    async fn run(
        &self,
        application: &Application,
        by: &Administrator,
        account: &Account,
    ) -> Result<Self::Outcome, UseCaseError>;

    /// What an adapter answers that finds no such account.
    fn not_found() -> Self::Outcome;
}

macro_rules! acts {
    ($($act:ty => $outcome:ty, $not_found:expr;)+) => {
        $(
            impl Act for $act {
                type Outcome = $outcome;

                async fn run(
                    &self,
                    application: &Application,
                    by: &Administrator,
                    account: &Account,
                ) -> Result<$outcome, UseCaseError> {
                    self.execute(application, by, account).await
                }

                fn not_found() -> $outcome {
                    $not_found
                }
            }
        )+
    };
}

acts! {
    DeleteAccount => Result<(), AdministrationDenial>, Err(AdministrationDenial::NotFound);
    UnlockAccount => Result<(), AdministrationDenial>, Err(AdministrationDenial::NotFound);
    ResetTwoFactor => ResetTwoFactorOutcome, ResetTwoFactorOutcome::Denied(AdministrationDenial::NotFound);
    UpdateAccount => UpdateAccountOutcome, UpdateAccountOutcome::Denied(AdministrationDenial::NotFound);
}

pub(crate) fn policy(change: impl FnOnce(&mut PolicyDocument)) -> Policy {
    let mut document = Preset::RECOMMENDED.policy().unwrap().into_document();
    change(&mut document);
    Policy::new(document).unwrap()
}

pub(crate) fn password() -> GivenProof {
    GivenProof { password: Some(PASSWORD.into()), code: None }
}

pub(crate) fn code(code: &str) -> GivenProof {
    GivenProof { password: None, code: Some(code.into()) }
}

pub(crate) fn password_and_code(code: &str) -> GivenProof {
    GivenProof { password: Some(PASSWORD.into()), code: Some(code.into()) }
}

pub(crate) const WRONG: &str = "000000";

impl World {
    /// A realm with the recommended policy, changed.
    pub(crate) async fn new(change: impl FnOnce(&mut PolicyDocument)) -> Self {
        let realm = Realm { policy: policy(change), ..a_realm() };
        let account = an_account(&realm, "ada@example.org");
        let test = application(Arc::new(MemoryStore::new()));
        keep(&*test.store, &[&realm, &account]).await;
        Self { test, realm, account }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.test.store
    }

    /// An origin of its own, so that counters of addresses stay out of the way.
    pub(crate) fn origin(last: u8) -> Origin {
        Origin { address: Some([203, 0, 113, last].into()), user_agent: Some("test".to_owned()), ..Origin::UNKNOWN }
    }

    pub(crate) fn sign_in_with(&self, password: &str) -> SignIn {
        SignIn {
            realm: self.realm.slug.to_string(),
            login: self.account.login.to_string(),
            password: password.into(),
            device_tokens: Vec::new(),
            known_devices: Vec::new(),
            origin: Self::origin(1),
        }
    }

    pub(crate) async fn sign_in(&self) -> SignInOutcome {
        self.sign_in_with(PASSWORD).execute(&self.test.application).await.unwrap()
    }

    /// A challenge's token.
    pub(crate) async fn challenge(&self) -> SecretString {
        match self.sign_in().await {
            SignInOutcome::SecondFactorRequired { challenge_token, .. } => challenge_token,
            other => panic!("a second factor is due, and not {other:?}"),
        }
    }

    /// A signed-in caller, where no second factor is due.
    pub(crate) async fn caller(&self) -> Caller {
        match self.sign_in().await {
            SignInOutcome::SignedIn { grant, .. } => self.recognize(&grant.token).await.unwrap(),
            other => panic!("no second factor is due, and not {other:?}"),
        }
    }

    /// The account in a new session, for which a code of the phone was given.
    pub(crate) async fn caller_of(&self, phone: &Phone) -> Caller {
        let challenge = self.challenge().await;
        match self.verify(&challenge, &self.code(phone)).await {
            VerifySecondFactorOutcome::SignedIn(done) => self.recognize(&done.grant.token).await.unwrap(),
            other => panic!("signed in, and not {other:?}"),
        }
    }

    /// Someone with this right, in the realm as it is now.
    pub(crate) async fn by(&self, authority: Authority) -> Administrator {
        let realm = self.store().find_realm_by_id(self.realm.id).await.unwrap().unwrap();
        Administrator { authority, realm, origin: Origin::UNKNOWN }
    }

    pub(crate) async fn operator(&self) -> Administrator {
        self.by(Authority::Operator).await
    }

    /// The operator, for an act on the account.
    pub(crate) fn on_the_account(&self) -> Administration {
        Administration { account: self.account.id, authority: Authority::Operator }
    }

    /// Does something to an account, as an adapter does: it finds out once who does it to whom.
    pub(crate) async fn act<A: Act>(&self, on: &Administration, act: &A) -> A::Outcome {
        self.act_in(&self.test.application, on, act).await
    }

    pub(crate) async fn act_in<A: Act>(&self, application: &Application, on: &Administration, act: &A) -> A::Outcome {
        let by = self.by(on.authority.clone()).await;
        match by.account(application, on.account).await.unwrap() {
            Some(account) => act.run(application, &by, &account).await.unwrap(),
            None => A::not_found(),
        }
    }

    /// Answers a challenge.
    pub(crate) async fn answer(
        &self,
        application: &Application,
        challenge_token: &SecretString,
        verify: &VerifySecondFactor,
    ) -> Result<VerifySecondFactorOutcome, UseCaseError> {
        let challenge = FindChallenge { challenge_token: challenge_token.clone() }.execute(application).await?;
        verify.execute(application, challenge.as_ref()).await
    }

    /// Someone else of a role, signed in, by the right of that session.
    pub(crate) async fn administrator(&self, role: Role) -> Authority {
        Authority::Administrator(Box::new(self.someone(role).await))
    }

    /// Someone else of a role, signed in.
    pub(crate) async fn someone(&self, role: Role) -> Caller {
        let mut account = Account { role, ..an_account(&self.realm, "someone") };
        account.login = Login::new(&format!("{}", account.id)).unwrap();
        keep(self.store(), &[&account]).await;
        let sign_in = SignIn { login: account.login.to_string(), ..self.sign_in_with(PASSWORD) };
        match sign_in.execute(&self.test.application).await.unwrap() {
            SignInOutcome::SignedIn { grant, .. } => self.recognize(&grant.token).await.unwrap(),
            other => panic!("no second factor is due, and not {other:?}"),
        }
    }

    /// Another session of the account, made without a sign-in.
    pub(crate) async fn recognize(&self, token: &SecretString) -> Option<Caller> {
        match self.recognize_to(SessionPurpose::Anything, token).await {
            AuthenticateSessionOutcome::Recognized(caller) => Some(*caller),
            _ => None,
        }
    }

    pub(crate) async fn recognize_to(
        &self,
        purpose: SessionPurpose,
        token: &SecretString,
    ) -> AuthenticateSessionOutcome {
        let authenticate = AuthenticateSession { token: token.clone(), origin: Self::origin(1), purpose };
        authenticate.execute(&self.test.application).await.unwrap()
    }

    pub(crate) async fn begin(&self, caller: &Caller, proof: GivenProof) -> BeginEnrollmentOutcome {
        let begin = BeginEnrollment { proof, ..BeginEnrollment::default() };
        begin.execute(&self.test.application, caller).await.unwrap()
    }

    pub(crate) async fn begun(&self, caller: &Caller, proof: GivenProof) -> BegunEnrollment {
        match self.begin(caller, proof).await {
            BeginEnrollmentOutcome::Begun(begun) => *begun,
            other => panic!("begun, and not {other:?}"),
        }
    }

    pub(crate) fn phone(&self, begun: &BegunEnrollment) -> Phone {
        Phone {
            id: begun.authenticator.id,
            totp: Totp::new(begun.authenticator.parameters, 1),
            secret: SharedSecret::from_base32(&begun.secret).unwrap(),
            recovery_codes: begun.recovery_codes.clone().unwrap_or_default(),
        }
    }

    pub(crate) async fn confirm(
        &self,
        caller: &Caller,
        id: AuthenticatorId,
        code: &str,
        proof: GivenProof,
    ) -> ConfirmEnrollmentOutcome {
        let confirm = ConfirmEnrollment { authenticator_id: id, code: code.into(), proof };
        confirm.execute(&self.test.application, caller).await.unwrap()
    }

    /// Enrolls a phone; afterwards a minute has passed, so that its next code is a fresh one.
    pub(crate) async fn enroll(&self, caller: &Caller, begin: GivenProof, confirm: GivenProof) -> Phone {
        let begun = self.begun(caller, begin).await;
        let mut phone = self.phone(&begun);
        match self.confirm(caller, phone.id, &self.code(&phone), confirm).await {
            ConfirmEnrollmentOutcome::Confirmed { recovery_codes, .. } => {
                phone.recovery_codes.extend(recovery_codes.unwrap_or_default());
            }
            other => panic!("confirmed, and not {other:?}"),
        }
        self.test.clock.advance_seconds(60);
        phone
    }

    /// An account with a phone, and the session that enrolled it.
    pub(crate) async fn enrolled(&self) -> (Caller, Phone) {
        let token = match self.sign_in().await {
            SignInOutcome::SignedIn { grant, .. } => grant.token,
            other => panic!("no second factor is due, and not {other:?}"),
        };
        let caller = self.recognize(&token).await.unwrap();
        let phone = self.enroll(&caller, password(), GivenProof::default()).await;
        // As the next request finds it: the first code has shown the second factor.
        (self.recognize(&token).await.unwrap(), phone)
    }

    /// What the phone shows now.
    pub(crate) fn code(&self, phone: &Phone) -> String {
        use countersign_application::ports::Clock;
        phone.totp.code_at(&phone.secret, self.test.clock.now()).as_str().to_owned()
    }

    pub(crate) async fn verify(&self, challenge: &SecretString, code: &str) -> VerifySecondFactorOutcome {
        self.verify_from(challenge, code, Self::origin(1)).await
    }

    pub(crate) async fn verify_from(
        &self,
        challenge: &SecretString,
        code: &str,
        origin: Origin,
    ) -> VerifySecondFactorOutcome {
        let verify = VerifySecondFactor { code: code.into(), remember_device: false, origin };
        self.answer(&self.test.application, challenge, &verify).await.unwrap()
    }

    /// Whether a code signs in, on a fresh challenge.
    pub(crate) async fn signs_in(&self, code: &str) -> bool {
        let challenge = self.challenge().await;
        matches!(self.verify(&challenge, code).await, VerifySecondFactorOutcome::SignedIn(_))
    }

    /// How many events of a kind the account has.
    pub(crate) async fn events(&self, event: EventKind) -> usize {
        let filter = AuditFilter { event: Some(event), ..AuditFilter::default() };
        AuditReads::list_audit_events(self.store(), &filter, PageRequest::first()).await.unwrap().items.len()
    }
}

/// A new password that is fit to be one.
pub(crate) const NEW_PASSWORD: &str = "amber lantern harbor";

pub(crate) fn text(code: &SecretString) -> &str {
    code.expose_secret()
}
