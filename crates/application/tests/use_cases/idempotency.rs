//! Requests that are sent again: what is carried out once, and what of it is told to whom.

use std::sync::Arc;

use countersign_application::api_key::{ApiKeyName, CreateApiKey, CreateApiKeyOutcome, RevokeApiKey, Scope};
use countersign_application::audit::EventKind;
use countersign_application::core::Counters;
use countersign_application::idempotency::{
    AnswerKind, AnswerOnce, AnswerOnceOutcome, Asker, FindKeptAnswer, FirstTime, ForgetKeptAnswer, IdempotencyKey,
    Repeat,
};
use countersign_application::second_factor::{ResetTwoFactor, ResetTwoFactorOutcome};
use countersign_application::sign_in::{
    FindChallenge, SignIn, SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome,
};
use countersign_application::verification::GivenProof;
use countersign_application::{Application, Origin, UseCaseError};
use secrecy::{ExposeSecret, SecretString};

use crate::world::{WRONG, World};

/// What someone is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// This, for the first time or again.
    Answer(String),
    OtherRequest,
    InProgress,
    Lost,
}

impl From<Repeat> for Told {
    fn from(repeat: Repeat) -> Self {
        match repeat {
            Repeat::Answer(answer) => Self::Answer(String::from_utf8(answer.to_vec()).unwrap()),
            Repeat::OtherRequest => Self::OtherRequest,
            Repeat::InProgress { .. } => Self::InProgress,
            Repeat::AnswerLost => Self::Lost,
        }
    }
}

/// A code for a challenge, under the key `k`.
#[derive(Clone)]
struct Try {
    challenge: SecretString,
    code: String,
}

impl Try {
    fn new(challenge: &SecretString, code: &str) -> Self {
        Self { challenge: challenge.clone(), code: code.to_owned() }
    }

    async fn begin(&self, application: &Application) -> AnswerOnceOutcome {
        let answer_once = AnswerOnce {
            key: IdempotencyKey::new("k").unwrap(),
            asker: Asker::Challenge(self.challenge.clone()),
            request: self.code.clone().into(),
        };
        answer_once.execute(application).await.unwrap()
    }

    async fn first(&self, application: &Application) -> FirstTime {
        match self.begin(application).await {
            AnswerOnceOutcome::First(first) => *first,
            AnswerOnceOutcome::Repeated(_) => panic!("it was carried out before"),
        }
    }

    /// Carries it out.
    async fn act(&self, application: &Application) -> (AnswerKind, String) {
        let verify =
            VerifySecondFactor { code: self.code.as_str().into(), remember_device: false, origin: World::origin(1) };
        let challenge = FindChallenge { challenge_token: self.challenge.clone() }.execute(application).await.unwrap();
        match verify.execute(application, challenge.as_ref()).await {
            Ok(VerifySecondFactorOutcome::SignedIn(done)) => {
                (AnswerKind::Done, done.grant.token.expose_secret().to_owned())
            }
            Ok(VerifySecondFactorOutcome::Throttled { .. }) => (AnswerKind::Later, "wait".to_owned()),
            Ok(refused) => (AnswerKind::Refused, format!("{refused:?}")),
            Err(UseCaseError::Repeated) => (AnswerKind::Refused, "repeated".to_owned()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn answer(&self, application: &Application) -> Told {
        let first = match self.begin(application).await {
            AnswerOnceOutcome::First(first) => first,
            AnswerOnceOutcome::Repeated(repeat) => return repeat.into(),
        };
        let (kind, answer) = self.act(first.application()).await;
        match first.finish(kind, answer.as_bytes()).await.unwrap() {
            None => Told::Answer(answer),
            Some(repeat) => repeat.into(),
        }
    }

    /// All at once.
    async fn answers(tries: Vec<Self>, application: &Application) -> Vec<Told> {
        let barrier = Arc::new(tokio::sync::Barrier::new(tries.len()));
        let spawn = |it: Self| {
            let (application, barrier) = (application.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                it.answer(&application).await
            })
        };
        let running: Vec<_> = tries.into_iter().map(spawn).collect();
        let mut answers = Vec::new();
        for task in running {
            answers.push(task.await.unwrap());
        }
        answers
    }
}

async fn accepted(world: &World) -> usize {
    world.events(EventKind::SecondFactorAccepted).await
}

async fn rejected(world: &World) -> usize {
    world.events(EventKind::SecondFactorRejected).await
}

#[tokio::test]
async fn a_request_that_is_sent_again_gets_the_same_answer_and_is_carried_out_once() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let application = &world.test.application;
    let wrong = Try::new(&world.challenge().await, WRONG);
    let told = wrong.answer(application).await;
    for _ in 0..20 {
        assert_eq!(wrong.answer(application).await, told);
    }
    assert_eq!(rejected(&world).await, 1, "one failure is counted");
    let right = Try::new(&world.challenge().await, &world.code(&phone));
    let told = right.answer(application).await;
    for _ in 0..20 {
        assert_eq!(right.answer(application).await, told);
    }
    assert_eq!(accepted(&world).await, 1);
    assert!(matches!(told, Told::Answer(token) if world.recognize(&token.clone().into()).await.is_some()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_thirty_at_once_one_is_carried_out_and_all_are_told_the_same() {
    for right in [true, false] {
        let world = World::new(|_| {}).await;
        let (_, phone) = world.enrolled().await;
        let code = if right { world.code(&phone) } else { WRONG.to_owned() };
        let it = Try::new(&world.challenge().await, &code);
        let mut answers = Try::answers(vec![it; 30], &world.test.application).await;
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!((accepted(&world).await, rejected(&world).await), if right { (1, 0) } else { (0, 1) });
    }
}

/// Codes that are tried under one key without being counted would be free guesses.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_codes_under_one_key_at_once_one_is_looked_at() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let tries = (0..29).map(|n| Try::new(&challenge, &format!("{n:06}")));
    let tries = tries.chain([Try::new(&challenge, &world.code(&phone))]).collect();
    let answers = Try::answers(tries, &world.test.application).await;
    let others = answers.iter().filter(|told| **told == Told::OtherRequest).count();
    assert_eq!(others, 29, "{answers:?}");
    assert_eq!(accepted(&world).await + rejected(&world).await, 1);
}

#[tokio::test]
async fn another_request_with_the_key_is_refused_and_not_looked_at() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let application = &world.test.application;
    Try::new(&challenge, WRONG).answer(application).await;
    for code in ["111111", &world.code(&phone)] {
        assert_eq!(Try::new(&challenge, code).answer(application).await, Told::OtherRequest);
    }
    assert_eq!((accepted(&world).await, rejected(&world).await), (0, 1));
}

#[tokio::test]
async fn keys_of_one_who_asks_never_meet_those_of_another() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let (mine, others) = (world.challenge().await, world.challenge().await);
    let application = &world.test.application;
    let told = Try::new(&mine, &world.code(&phone)).answer(application).await;
    let other = Try::new(&others, &world.code(&phone)).answer(application).await;
    assert_ne!(told, other, "the same key and code with another challenge is another request");
    assert!(matches!(other, Told::Answer(answer) if answer.contains("InvalidCode")));
    let askers = [
        Asker::Bearer("a".into()),
        Asker::Challenge("a".into()),
        Asker::Claimant { realm: "a".to_owned(), login: String::new() },
        Asker::Claimant { realm: String::new(), login: "a".to_owned() },
        Asker::Claimant { realm: "a 1".to_owned(), login: "a".to_owned() },
    ];
    for asker in askers {
        let key = IdempotencyKey::new("same").unwrap();
        let outcome = AnswerOnce { key, asker, request: "same".into() }.execute(application).await.unwrap();
        let AnswerOnceOutcome::First(first) = outcome else { panic!("it was answered what another was") };
        sign_in_as_nobody(first.application()).await;
        assert!(first.finish(AnswerKind::Refused, b"no").await.unwrap().is_none());
    }
}

/// Something that is counted, whoever asks.
async fn sign_in_as_nobody(application: &Application) {
    let sign_in = SignIn {
        realm: "nowhere".to_owned(),
        login: "nobody".to_owned(),
        password: "wrong".into(),
        device_tokens: Vec::new(),
        known_devices: Vec::new(),
        origin: Origin::UNKNOWN,
    };
    assert!(matches!(sign_in.execute(application).await.unwrap(), SignInOutcome::InvalidCredentials));
}

#[tokio::test]
async fn what_is_kept_ends_after_a_quarter_of_an_hour() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let application = &world.test.application;
    let it = Try::new(&world.challenge().await, &world.code(&phone));
    let told = it.answer(application).await;
    world.test.clock.advance_seconds(899);
    assert_eq!(it.answer(application).await, told);
    world.test.clock.advance_seconds(1);
    let later = it.answer(application).await;
    assert!(matches!(later, Told::Answer(answer) if answer.contains("InvalidChallenge")), "it is looked at anew");
}

#[tokio::test]
async fn a_clock_that_was_ahead_leaves_no_answer_behind() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    let application = &world.test.application;
    let challenge = world.challenge().await;
    world.test.clock.advance_seconds(200);
    let it = Try::new(&challenge, WRONG);
    it.answer(application).await;
    world.test.clock.turn_back_seconds(200);
    it.answer(application).await;
    assert_eq!(rejected(&world).await, 1, "clocks may differ a little");
    world.test.clock.turn_back_seconds(2_000);
    it.answer(application).await;
    assert_eq!(rejected(&world).await, 2, "a claim of the future does not hold");
}

#[tokio::test]
async fn a_request_that_changed_nothing_may_be_sent_again() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let application = &world.test.application;
    for _ in 0..5 {
        let challenge = world.challenge().await;
        world.verify(&challenge, WRONG).await;
    }
    let it = Try::new(&world.challenge().await, &world.code(&phone));
    assert_eq!(it.answer(application).await, Told::Answer("wait".to_owned()));
    world.test.clock.advance_seconds(60);
    let it = Try { code: world.code(&phone), ..it };
    assert!(matches!(it.answer(application).await, Told::Answer(_)), "the key stands for nothing yet");
    assert_eq!(accepted(&world).await, 1);
}

/// Ended between the claim and the answer: what was carried out is not carried out again.
#[tokio::test]
async fn a_request_whose_answer_is_missing_is_not_carried_out_again() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let application = &world.test.application;
    let it = Try::new(&world.challenge().await, &world.code(&phone));
    let first = it.first(application).await;
    let (kind, _) = it.act(first.application()).await;
    assert_eq!(kind, AnswerKind::Done);
    drop(first);
    assert_eq!(it.answer(application).await, Told::InProgress);
    world.test.clock.advance_seconds(60);
    assert_eq!(it.answer(application).await, Told::Lost);
    let other = Try { code: WRONG.to_owned(), ..it };
    assert_eq!(other.answer(application).await, Told::OtherRequest);
    assert_eq!((accepted(&world).await, rejected(&world).await), (1, 0));
}

/// Ended before anything was committed: it is carried out when it comes again.
#[tokio::test]
async fn a_request_that_was_begun_and_not_carried_out_leaves_no_claim() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let application = &world.test.application;
    let it = Try::new(&world.challenge().await, &world.code(&phone));
    drop(it.first(application).await);
    assert!(matches!(it.answer(application).await, Told::Answer(_)));
    assert_eq!(accepted(&world).await, 1);
}

#[tokio::test]
async fn a_fault_after_something_was_carried_out_is_not_tried_again() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let application = &world.test.application;
    let it = Try::new(&world.challenge().await, &world.code(&phone));
    let first = it.first(application).await;
    it.act(first.application()).await;
    assert!(first.finish(AnswerKind::Fault, b"503").await.unwrap().is_none());
    world.test.clock.advance_seconds(60);
    assert_eq!(it.answer(application).await, Told::Lost, "and not what the fault said");

    let it = Try::new(&world.challenge().await, WRONG);
    let first = it.first(application).await;
    assert!(first.finish(AnswerKind::Fault, b"503").await.unwrap().is_none());
    assert!(matches!(it.answer(application).await, Told::Answer(answer) if answer.contains("InvalidCode")));
}

/// Of two consecutive codes, only the first hundred wrong ones in a row and each thousandth leave an event.
#[tokio::test]
async fn a_failure_that_leaves_no_event_is_counted_once_as_well() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    let mut unit = world.store().begin().await.unwrap();
    let state = unit.second_factors().lock(world.account.id).await.unwrap().unwrap();
    let counters = Counters { consecutive_failures: 100, ..state.counters };
    assert!(unit.second_factors().set_counters(world.account.id, state.revision, &counters).await.unwrap());
    unit.commit().await.unwrap();
    let application = &world.test.application;
    let it = Try::new(&world.challenge().await, "000000 111111");
    for _ in 0..2 {
        assert!(matches!(it.answer(application).await, Told::Answer(answer) if answer.contains("InvalidCode")));
    }
    let factor = world.store().find_second_factor(world.account.id).await.unwrap().unwrap();
    assert_eq!((factor.state.counters.consecutive_failures, rejected(&world).await), (101, 0));
}

/// Nor does it leave an event that an enrollment was taken away which somebody had begun.
#[tokio::test]
async fn a_reset_that_finds_it_off_is_carried_out_once_as_well() {
    let world = World::new(|_| {}).await;
    let application = &world.test.application;
    let once = || AnswerOnce {
        key: IdempotencyKey::new("k").unwrap(),
        asker: Asker::Bearer("an administrator".into()),
        request: "reset".into(),
    };
    let reset = ResetTwoFactor { reason: None, proof: GivenProof::default() };
    let AnswerOnceOutcome::First(first) = once().execute(application).await.unwrap() else { panic!("the first") };
    assert_eq!(
        world.act_in(first.application(), &world.on_the_account(), &reset).await,
        ResetTwoFactorOutcome::NotEnabled
    );
    assert!(first.finish(AnswerKind::Refused, b"off").await.unwrap().is_none());
    let again = once().execute(application).await.unwrap();
    assert!(matches!(again, AnswerOnceOutcome::Repeated(Repeat::Answer(_))));
}

/// Also of a realm that there is not: it is counted like any other.
#[tokio::test]
async fn a_wrong_password_that_is_sent_again_is_one_failure() {
    let world = World::new(|_| {}).await;
    let application = &world.test.application;
    for (realm, login) in [(world.realm.slug.to_string(), "nobody"), ("nowhere".to_owned(), "ada@example.org")] {
        let sign_in = SignIn { realm: realm.clone(), login: login.to_owned(), ..world.sign_in_with("wrong") };
        for _ in 0..12 {
            let asker = Asker::Claimant { realm: realm.clone(), login: login.to_owned() };
            let key = IdempotencyKey::new("k").unwrap();
            let once = AnswerOnce { key, asker, request: "wrong".into() }.execute(application).await.unwrap();
            if let AnswerOnceOutcome::First(first) = once {
                sign_in.execute(first.application()).await.unwrap();
                assert!(first.finish(AnswerKind::Refused, b"no").await.unwrap().is_none());
            }
        }
        let outcome = sign_in.execute(application).await.unwrap();
        assert!(matches!(outcome, SignInOutcome::InvalidCredentials), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_api_key_that_was_revoked_gets_no_kept_answers() {
    let world = World::new(|_| {}).await;
    let application = &world.test.application;
    let create = CreateApiKey {
        name: ApiKeyName::new("shop").unwrap(),
        scopes: vec![Scope::Verify],
        expires_at: None,
        proof: GivenProof::default(),
    };
    let CreateApiKeyOutcome::Created { token, key } =
        create.execute(application, &world.operator().await).await.unwrap()
    else {
        panic!()
    };
    let ask = async || {
        let (key, asker) = (IdempotencyKey::new("k").unwrap(), Asker::Bearer(token.clone()));
        AnswerOnce { key, asker, request: "r".into() }.execute(application).await.unwrap()
    };
    let AnswerOnceOutcome::First(first) = ask().await else { panic!("it was carried out before") };
    sign_in_as_nobody(first.application()).await;
    first.finish(AnswerKind::Done, b"secret").await.unwrap();
    assert!(matches!(ask().await, AnswerOnceOutcome::Repeated(Repeat::Answer(answer)) if *answer == b"secret"));
    let revoke = RevokeApiKey { id: key.id, proof: GivenProof::default() };
    revoke.execute(application, &world.operator().await).await.unwrap();
    assert!(matches!(ask().await, AnswerOnceOutcome::First(_)));
}

/// Whoever reads the database can guess neither what was sent nor what was answered.
#[tokio::test]
async fn what_is_kept_of_a_request_is_sealed() {
    let world = World::new(|_| {}).await;
    world.enrolled().await;
    let application = &world.test.application;
    let it = Try::new(&world.challenge().await, WRONG);
    let told = it.answer(application).await;
    let Told::Answer(answer) = told else { panic!("{told:?}") };
    use countersign_application::ports::TokenIssuer;
    let label = format!("idempotency key of a challenge: 77 {} 0  k", it.challenge.expose_secret());
    let digest = countersign_application::idempotency::IdempotencyDigest(world.test.tokens.fingerprint(&label));
    let claim = world.test.store.find_idempotency_claim(&digest).await.unwrap().expect("a claim of the key");
    let bare = world.test.tokens.fingerprint(WRONG);
    let holds = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    assert!(!holds(&claim.request.bytes, &bare) && !holds(&claim.request.bytes, WRONG.as_bytes()));
    assert!(!holds(&claim.answer.unwrap().bytes, answer.as_bytes()));
}

#[tokio::test]
async fn what_was_answered_is_found_by_whoever_asked_until_it_is_forgotten() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let code = world.code(&phone);
    let asked = Try::new(&challenge, &code);
    let find = |key: &str, asker: Asker| FindKeptAnswer { key: IdempotencyKey::new(key).unwrap(), asker };
    let mine = || find("k", Asker::Challenge(challenge.clone()));
    assert!(mine().execute(&world.test.application).await.unwrap().is_none(), "nothing was asked yet");
    let Told::Answer(answer) = asked.answer(&world.test.application).await else { panic!("it was carried out") };
    for _ in 0..2 {
        let found = mine().execute(&world.test.application).await.unwrap().unwrap();
        assert_eq!(&**found, answer.as_bytes());
    }
    for other in [
        find("other", Asker::Challenge(challenge.clone())),
        find("k", Asker::Browser(challenge.clone())),
        find("k", Asker::Bearer(challenge.clone())),
        find("k", Asker::Challenge("another".into())),
    ] {
        assert!(other.execute(&world.test.application).await.unwrap().is_none());
    }
    let forget = |asker: Asker| ForgetKeptAnswer { key: IdempotencyKey::new("k").unwrap(), asker };
    forget(Asker::Browser(challenge.clone())).execute(&world.test.application).await.unwrap();
    assert!(mine().execute(&world.test.application).await.unwrap().is_some(), "somebody else forgets nothing of it");
    forget(Asker::Challenge(challenge.clone())).execute(&world.test.application).await.unwrap();
    assert!(mine().execute(&world.test.application).await.unwrap().is_none());
    forget(Asker::Challenge(challenge.clone())).execute(&world.test.application).await.unwrap();
}

#[tokio::test]
async fn what_was_answered_is_not_found_after_its_time() {
    let world = World::new(|_| {}).await;
    let (_, phone) = world.enrolled().await;
    let challenge = world.challenge().await;
    let code = world.code(&phone);
    Try::new(&challenge, &code).answer(&world.test.application).await;
    let find = FindKeptAnswer { key: IdempotencyKey::new("k").unwrap(), asker: Asker::Challenge(challenge) };
    world.test.clock.advance_seconds(15 * 60 - 1);
    assert!(find.execute(&world.test.application).await.unwrap().is_some());
    world.test.clock.advance_seconds(1);
    assert!(find.execute(&world.test.application).await.unwrap().is_none());
}
