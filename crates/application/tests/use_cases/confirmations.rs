use countersign_application::core::ProofRequirement;
use countersign_application::use_cases::{ConfirmAdministrator, EndSession};
use countersign_application::{ProofDenial, UseCaseError};
use countersign_testing::PASSWORD;

use crate::world::{WRONG, World};

fn with(password: Option<&str>) -> ConfirmAdministrator {
    ConfirmAdministrator { password: password.map(Into::into) }
}

#[tokio::test]
async fn administrators_are_confirmed_by_their_password_whatever_the_policy_asks_of_others() {
    let world = World::new(|policy| policy.proofs.begin = ProofRequirement::None).await;
    let (caller, _) = world.enrolled().await;
    let application = &world.test.application;
    assert_eq!(with(Some(PASSWORD)).execute(application, &caller).await.unwrap(), Ok(()));
    let missing = with(None).execute(application, &caller).await.unwrap();
    assert!(matches!(missing, Err(ProofDenial::Missing { .. })));
    assert_eq!(with(Some(WRONG)).execute(application, &caller).await.unwrap(), Err(ProofDenial::WrongPassword));
}

#[tokio::test]
async fn guesses_at_an_administrators_password_have_to_wait() {
    let world = World::new(|_| {}).await;
    let (caller, _) = world.enrolled().await;
    let application = &world.test.application;
    let mut verdicts = 0;
    for _ in 0..20 {
        match with(Some(WRONG)).execute(application, &caller).await.unwrap() {
            Err(ProofDenial::WrongPassword) => verdicts += 1,
            Err(ProofDenial::Throttled { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(verdicts, 5);
    let right = with(Some(PASSWORD)).execute(application, &caller).await.unwrap();
    assert!(matches!(right, Err(ProofDenial::Throttled { .. })), "also the right one is not looked at");
}

#[tokio::test]
async fn a_session_that_was_ended_meanwhile_confirms_nothing() {
    let world = World::new(|_| {}).await;
    let (caller, _) = world.enrolled().await;
    let application = &world.test.application;
    EndSession { session_id: caller.session_id().unwrap() }.execute(application, &caller).await.unwrap();
    let outcome = with(Some(PASSWORD)).execute(application, &caller).await;
    assert!(matches!(outcome, Err(UseCaseError::SessionEnded)));
}
