use countersign_application::account::{
    Account, CreateAccount, CreateAccountOutcome, Login, Role, UpdateAccount, UpdateAccountOutcome,
};
use countersign_application::audit::EventKind;
use countersign_application::second_factor::SecondFactorReads;
use countersign_application::sign_in::{SignIn, SignInOutcome};
use countersign_application::verification::GivenProof;
use countersign_testing::{PASSWORD, PlainPasswordHasher, an_account, keep};

use crate::world::World;

const COMPOSED: &str = "caf\u{e9} lantern orbit";
const DECOMPOSED: &str = "cafe\u{301} lantern orbit";

fn create(login: &str, password: &str) -> CreateAccount {
    CreateAccount {
        login: login.to_owned(),
        password: Some(password.into()),
        password_change_required: false,
        role: Role::Member,
        proof: GivenProof::default(),
    }
}

async fn created(world: &World, login: &str, password: &str) -> CreateAccountOutcome {
    create(login, password).execute(&world.test.application, &world.operator().await).await.unwrap()
}

/// Whose session it is, if they are signed in.
async fn signed_in(world: &World, login: &str, password: &str) -> Option<Account> {
    let sign_in = SignIn { login: login.to_owned(), ..world.sign_in_with(password) };
    match sign_in.execute(&world.test.application).await.unwrap() {
        SignInOutcome::SignedIn { account, .. } => Some(*account),
        _ => None,
    }
}

#[tokio::test]
async fn a_password_opens_however_its_letters_are_composed() {
    let world = World::new(|_| {}).await;
    for (login, set) in [("one", COMPOSED), ("two", DECOMPOSED)] {
        assert!(matches!(created(&world, login, set).await, CreateAccountOutcome::Created(_)));
        for typed in [COMPOSED, DECOMPOSED] {
            assert!(signed_in(&world, login, typed).await.is_some(), "{typed:?} opens what {set:?} set");
        }
        assert!(signed_in(&world, login, "cafe lantern orbit").await.is_none());
    }
}

#[tokio::test]
async fn a_hash_of_a_password_that_was_not_composed_opens_and_is_made_anew() {
    let world = World::new(|_| {}).await;
    let hash = PlainPasswordHasher::hash_of(DECOMPOSED);
    let old = Account { password_hash: Some(hash), ..an_account(&world.realm, "old") };
    keep(world.store(), &[&old]).await;
    assert!(signed_in(&world, "old", COMPOSED).await.is_none(), "what was hashed before was hashed as it was typed");
    assert!(signed_in(&world, "old", DECOMPOSED).await.is_some());
    // The sign-in made the hash anew.
    assert!(signed_in(&world, "old", COMPOSED).await.is_some());
}

#[tokio::test]
async fn spellings_of_a_login_are_one_account_and_sign_in() {
    let world = World::new(|_| {}).await;
    for (login, others) in [
        ("straße", &["STRASSE", "Stra\u{1e9e}e", " strasse "][..]),
        ("ΝΙΚΟΣ", &["νικος", "νικοσ"]),
        (
            "zoe@example.org",
            &["Zoe@Example.ORG", "\u{feff}zoe@example.org", "zo\u{ad}e@example.org", "zoe\u{200b}@example.org"],
        ),
        ("jos\u{e9}", &["jose\u{301}", "JOSÉ"]),
    ] {
        assert!(matches!(created(&world, login, COMPOSED).await, CreateAccountOutcome::Created(_)), "{login:?}");
        for other in others {
            let found = signed_in(&world, other, COMPOSED).await.unwrap_or_else(|| panic!("{other:?} signs in"));
            assert_eq!(found.login.as_str(), login);
            let twin = created(&world, other.trim(), COMPOSED).await;
            let none = matches!(twin, CreateAccountOutcome::LoginTaken | CreateAccountOutcome::InvalidLogin(_));
            assert!(none, "{other:?} beside {login:?}: {twin:?}");
        }
    }
}

/// Two accounts that the rule before told apart: neither loses its sign-in, and there is never a third.
#[tokio::test]
async fn accounts_whose_logins_have_become_one_are_each_found_by_their_own_spelling() {
    let world = World::new(|_| {}).await;
    let capital = an_account(&world.realm, "STRASSE");
    let login = Login::stored("straße".to_owned(), "straße".to_owned()).unwrap();
    let sharp = Account { login, ..an_account(&world.realm, "other") };
    keep(world.store(), &[&capital]).await;
    keep(world.store(), &[&sharp]).await;
    for (typed, account) in [("STRASSE", &capital), ("strasse", &capital), ("straße", &sharp), ("Straße", &sharp)] {
        assert_eq!(signed_in(&world, typed, PASSWORD).await.unwrap().id, account.id, "{typed:?}");
    }
    for taken in ["Strasse", "Straße"] {
        assert!(matches!(created(&world, taken, COMPOSED).await, CreateAccountOutcome::LoginTaken), "{taken:?}");
    }
}

fn rename(new: &str) -> UpdateAccount {
    UpdateAccount { login: Some(new.to_owned()), ..UpdateAccount::default() }
}

#[tokio::test]
async fn who_gets_another_login_keeps_the_second_factor_and_the_session() {
    let world = World::new(|_| {}).await;
    keep(world.store(), &[&an_account(&world.realm, "lee")]).await;
    let (caller, phone) = world.enrolled().await;
    for (new, expected) in [("LEE", "LoginTaken"), ("a:b", "InvalidLogin"), ("a\u{200b}b", "InvalidLogin")] {
        let outcome = world.act(&world.on_the_account(), &rename(new)).await;
        assert!(format!("{outcome:?}").starts_with(expected), "{new:?}: {outcome:?}");
    }
    let renamed = rename("Ada.New@example.org");
    assert!(matches!(world.act(&world.on_the_account(), &renamed).await, UpdateAccountOutcome::Updated(_)));
    let key = Login::key_of("ada@example.org");
    assert!(world.store().find_account_by_login(world.realm.id, &key).await.unwrap().is_none());
    let sign_in = SignIn { login: "ada.new@example.org".to_owned(), ..world.sign_in_with(PASSWORD) };
    let SignInOutcome::SecondFactorRequired { challenge_token, .. } =
        sign_in.execute(&world.test.application).await.unwrap()
    else {
        panic!("the second factor went along")
    };
    let code = world.code(&phone);
    assert!(format!("{:?}", world.verify(&challenge_token, &code).await).starts_with("SignedIn"));
    assert_eq!(world.events(EventKind::AccountUpdated).await, 1);
    drop(caller);
}

#[tokio::test]
async fn authenticators_that_nobody_named_are_told_apart() {
    let world = World::new(|document| document.authenticators.max_per_account = 5).await;
    let (caller, phone) = world.enrolled().await;
    let names = |caller: &countersign_application::caller::Caller| {
        let id = caller.account.id;
        let store = world.store();
        async move {
            let factor = SecondFactorReads::find_second_factor(store, id).await;
            let factor = factor.unwrap().unwrap();
            factor.authenticators.iter().map(|it| it.name.as_str().to_owned()).collect::<Vec<_>>()
        }
    };
    let proof = GivenProof { password: Some(PASSWORD.into()), code: Some(world.code(&phone).as_str().into()) };
    world.begun(&caller, proof).await;
    assert_eq!(names(&caller).await, ["Authenticator app", "Authenticator app 2"]);
}
