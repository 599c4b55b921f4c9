//! The application on cheap ports.

use std::sync::Arc;

use countersign_application::ports::{Clock, TokenIssuer, TokenKind};
use countersign_testing::{MemoryStore, NOW, application};
use secrecy::ExposeSecret;

#[test]
fn the_same_acts_yield_the_same_tokens() {
    let first_token = || {
        let test = application(Arc::new(MemoryStore::new()));
        test.tokens.issue(TokenKind::Session).unwrap().token.expose_secret().to_owned()
    };
    assert_eq!(first_token(), first_token());
}

#[test]
fn the_clock_stands_still_until_it_is_moved() {
    let test = application(Arc::new(MemoryStore::new()));
    assert_eq!(test.clock.now(), NOW);
    test.clock.advance_seconds(30);
    test.clock.turn_back_seconds(10);
    assert_eq!(test.clock.now(), NOW.plus_seconds(20));
}
