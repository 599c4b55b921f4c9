use countersign_application::AccountId;
use countersign_application::account::{Account, DeleteAccount, Role, UpdateAccount, UpdateAccountOutcome};
use countersign_application::administration::AdministrationDenial;
use countersign_application::verification::GivenProof;
use countersign_testing::{an_account, keep};

use crate::world::{Administration, World};

fn on(world: &World, account: AccountId) -> Administration {
    Administration { account, ..world.on_the_account() }
}

/// The ways to lose an owner.
#[derive(Clone, Copy, Debug)]
enum Way {
    Demote,
    Disable,
    Delete,
}

impl Way {
    const ALL: [Self; 3] = [Self::Demote, Self::Disable, Self::Delete];

    async fn go(self, world: &World, account: AccountId, even: bool) -> Result<(), AdministrationDenial> {
        let (on, proof) = (on(world, account), GivenProof::default());
        let (role, disabled) = match self {
            Self::Demote => (Some(Role::Admin), None),
            Self::Disable => (None, Some(true)),
            Self::Delete => {
                let delete = DeleteAccount { reason: None, even_the_last_owner: even, proof };
                return world.act(&on, &delete).await;
            }
        };
        let update = UpdateAccount { role, disabled, even_the_last_owner: even, proof, ..UpdateAccount::default() };
        match world.act(&on, &update).await {
            UpdateAccountOutcome::Updated(_) => Ok(()),
            UpdateAccountOutcome::Denied(denial) => Err(denial),
            outcome => panic!("{outcome:?}"),
        }
    }
}

async fn owner(world: &World, login: &str) -> AccountId {
    let owner = Account { role: Role::Owner, ..an_account(&world.realm, login) };
    keep(world.store(), &[&owner]).await;
    owner.id
}

#[tokio::test]
async fn the_last_owner_stays_unless_the_operator_says_otherwise() {
    for way in Way::ALL {
        let world = World::new(|_| {}).await;
        let (first, second) = (owner(&world, "first").await, owner(&world, "second").await);
        assert_eq!(way.go(&world, first, false).await, Ok(()), "{way:?}: another one is left");
        for last in Way::ALL {
            let outcome = last.go(&world, second, false).await;
            assert_eq!(outcome, Err(AdministrationDenial::LastOwner), "{way:?}, then {last:?}");
        }
        assert_eq!(way.go(&world, second, true).await, Ok(()), "{way:?}");
        // Whoever is no owner who can sign in can go.
        assert_eq!(Way::Delete.go(&world, world.account.id, false).await, Ok(()));
    }
}

#[tokio::test]
async fn an_owner_who_is_disabled_does_not_count() {
    let world = World::new(|_| {}).await;
    let (first, second) = (owner(&world, "first").await, owner(&world, "second").await);
    assert_eq!(Way::Disable.go(&world, first, false).await, Ok(()));
    assert_eq!(Way::Demote.go(&world, first, false).await, Ok(()), "nothing is lost with one who is disabled");
    assert_eq!(Way::Delete.go(&world, second, false).await, Err(AdministrationDenial::LastOwner));
}
