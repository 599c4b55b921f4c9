//! Every requirement against everything that can be given, read from one table.

use countersign_application::policy::ProofRequirement::{self, Code, Password, PasswordAndCode, PasswordOrCode};
use countersign_application::second_factor::{DisableTwoFactor, DisableTwoFactorOutcome};
use countersign_application::verification::{GivenProof, ProofDenial, ProofField};
use countersign_testing::PASSWORD;

use crate::world::{WRONG, World, password};

#[derive(Clone, Copy)]
enum Given {
    No,
    Right,
    Wrong,
}
use Given::{No, Right};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    Taken,
    Missing(&'static [ProofField]),
    WrongPassword,
    WrongCode,
}
use Expected::{Missing, Taken, WrongCode, WrongPassword};

const P: ProofField = ProofField::Password;
const C: ProofField = ProofField::Code;

/// Requirement, password, code, and what comes of it.
const TABLE: &[(ProofRequirement, Given, Given, Expected)] = &[
    (Password, No, No, Missing(&[P])),
    (Password, No, Right, Missing(&[P])),
    (Password, Right, No, Taken),
    (Password, Given::Wrong, No, WrongPassword),
    (Password, Given::Wrong, Right, WrongPassword),
    (Code, No, No, Missing(&[C])),
    (Code, Right, No, Missing(&[C])),
    (Code, No, Right, Taken),
    (Code, No, Given::Wrong, WrongCode),
    (Code, Right, Given::Wrong, WrongCode),
    (PasswordOrCode, No, No, Missing(&[P, C])),
    (PasswordOrCode, Right, No, Taken),
    (PasswordOrCode, No, Right, Taken),
    (PasswordOrCode, Given::Wrong, No, WrongPassword),
    (PasswordOrCode, No, Given::Wrong, WrongCode),
    (PasswordAndCode, No, No, Missing(&[P, C])),
    (PasswordAndCode, Right, No, Missing(&[C])),
    (PasswordAndCode, No, Right, Missing(&[P])),
    (PasswordAndCode, Right, Right, Taken),
    (PasswordAndCode, Given::Wrong, Right, WrongPassword),
    (PasswordAndCode, Right, Given::Wrong, WrongCode),
];

#[tokio::test]
async fn every_proof_is_taken_or_denied_as_the_policy_says() {
    for (row, (requirement, password_given, code_given, expected)) in TABLE.iter().enumerate() {
        let world = World::new(|policy| policy.proofs.disable = *requirement).await;
        let (caller, phone) = world.enrolled().await;
        let code = world.code(&phone);
        let choose = |given: Given, right: &str, wrong: &str| match given {
            No => None::<secrecy::SecretString>,
            Right => Some(right.into()),
            Given::Wrong => Some(wrong.into()),
        };
        let proof = GivenProof {
            password: choose(*password_given, PASSWORD, "wrong password"),
            code: choose(*code_given, &code, WRONG),
        };
        let outcome = DisableTwoFactor { proof, reason: None }.execute(&world.test.application, &caller).await.unwrap();
        let (outcome, was_missing) = match outcome {
            DisableTwoFactorOutcome::Disabled => (Taken, false),
            DisableTwoFactorOutcome::Denied(ProofDenial::WrongPassword) => (WrongPassword, false),
            DisableTwoFactorOutcome::Denied(ProofDenial::WrongCode) => (WrongCode, false),
            DisableTwoFactorOutcome::Denied(ProofDenial::Missing { asked_for, any }) => {
                assert_eq!(any, *requirement == PasswordOrCode, "row {row}");
                match expected {
                    Missing(fields) => assert_eq!(asked_for, **fields, "row {row}"),
                    _ => panic!("row {row}: {asked_for:?} is missing"),
                }
                (*expected, true)
            }
            other => panic!("row {row}: {other:?}"),
        };
        assert_eq!(outcome, *expected, "row {row}");
        // What was denied took nothing away, and what was not needed was not spent.
        if *expected != Taken {
            let spent = matches!((expected, code_given), (WrongCode, _));
            assert!(was_missing || spent || world.signs_in(&code).await, "row {row}: the code is still good");
        }
    }
}

#[tokio::test]
async fn a_code_is_asked_only_of_who_has_an_authenticator() {
    for requirement in [Code, PasswordOrCode, PasswordAndCode] {
        let world = World::new(|policy| policy.proofs.begin = requirement).await;
        let caller = world.caller().await;
        world.begun(&caller, password()).await;
    }
}

#[tokio::test]
async fn a_recovery_code_is_a_code_and_is_spent_as_a_proof() {
    let world = World::new(|policy| {
        policy.proofs.recovery_codes = Code;
        policy.proofs.disable = Code;
    })
    .await;
    let (caller, phone) = world.enrolled().await;
    use countersign_application::recovery::{RegenerateRecoveryCodes, RegenerateRecoveryCodesOutcome};
    let proof = GivenProof { password: None, code: Some(phone.recovery_codes[0].clone()) };
    let regenerate = RegenerateRecoveryCodes { proof };
    let outcome = regenerate.execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(outcome, RegenerateRecoveryCodesOutcome::Issued(codes) if codes.len() == 10));
    let again = regenerate.execute(&world.test.application, &caller).await.unwrap();
    assert!(matches!(again, RegenerateRecoveryCodesOutcome::Denied(ProofDenial::WrongCode)));
}
