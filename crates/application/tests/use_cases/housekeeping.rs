//! Housekeeping goes on piece by piece, and others get their turn in between.

use countersign_application::housekeeping::PruneExpired;
use countersign_application::sign_in::Challenge;
use countersign_testing::{a_challenge, keep, seconds};

use crate::world::World;

const NUMBER: usize = 1_000;

/// On one thread: whatever is seen here is seen while the other task rests between two pieces.
#[tokio::test]
async fn a_backlog_is_removed_in_pieces_between_which_others_get_their_turn() {
    let world = World::new(|_| {}).await;
    let expired = Challenge { expires_at: seconds(-1), ..a_challenge(&world.account) };
    let mut digests = Vec::new();
    for _ in 0..NUMBER {
        let challenge = Challenge {
            id: a_challenge(&world.account).id,
            token_digest: a_challenge(&world.account).token_digest,
            ..expired
        };
        digests.push(challenge.token_digest);
        keep(world.store(), &[&challenge]).await;
    }
    let application = world.test.application.clone();
    let pruning = tokio::spawn(async move { PruneExpired::default().execute(&application).await });

    let (mut left, mut largest, mut turns) = (NUMBER, 0, 0);
    while left > 0 {
        // A unit of work of someone else: it is not behind all pieces, but between two.
        keep(world.store(), &[&a_challenge(&world.account)]).await;
        let mut now = 0;
        for digest in &digests {
            now += usize::from(world.store().find_challenge(digest).await.unwrap().is_some());
        }
        largest = largest.max(left - now);
        turns += usize::from(now < left);
        left = now;
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert_eq!(pruning.await.unwrap().unwrap().challenges, NUMBER as u64);
    assert!(turns >= 4 && largest <= NUMBER / 4, "{turns} pieces were seen, the largest of {largest}");
}
