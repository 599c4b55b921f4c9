//! How much of the store a request reads before it changes something: who asks, and in which realm, is found out once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed test is a panic")]

use std::sync::Arc;

use countersign_application::Origin;
use countersign_application::account::{Account, Role};
use countersign_application::ports::Clock;
use countersign_application::sign_in::{
    FindChallenge, SignIn, SignInOutcome, VerifySecondFactor, VerifySecondFactorOutcome,
};
use countersign_http::HttpOptions;
use countersign_serving::Frame;
use countersign_testing::{
    MemoryStore, PASSWORD, Phone, TestApplication, an_account, application, keep, the_default_realm,
};
use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, Request};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// The owner's session, for which a code of the phone was given.
async fn session(test: &TestApplication, owner: &Account, phone: &Phone) -> String {
    let sign_in = SignIn {
        realm: "default".to_owned(),
        login: owner.login.to_string(),
        password: PASSWORD.into(),
        device_tokens: Vec::new(),
        known_devices: Vec::new(),
        origin: Origin::UNKNOWN,
    };
    let outcome = sign_in.execute(&test.application).await.unwrap();
    let SignInOutcome::SecondFactorRequired { challenge_token, .. } = outcome else { panic!("{outcome:?}") };
    let challenge = FindChallenge { challenge_token }.execute(&test.application).await.unwrap();
    let code = phone.code(test.clock.now()).into();
    let verify = VerifySecondFactor { code, remember_device: false, origin: Origin::UNKNOWN };
    let outcome = verify.execute(&test.application, challenge.as_ref()).await.unwrap();
    let VerifySecondFactorOutcome::SignedIn(done) = outcome else { panic!("{outcome:?}") };
    done.grant.token.expose_secret().to_owned()
}

#[tokio::test]
async fn an_administrators_act_reads_at_most_5_times_before_its_unit_of_work() {
    let (store, realm) = (MemoryStore::new(), the_default_realm());
    let test = application(Arc::new(store.clone()));
    let owner = Account { role: Role::Owner, ..an_account(&realm, "owner@example.org") };
    let member = an_account(&realm, "member@example.org");
    keep(&store, &[&realm, &owner, &member]).await;
    let phone = Phone::enrolled(&store, &realm, &owner).await;
    Phone::enrolled(&store, &realm, &member).await;
    let token = session(&test, &owner, &phone).await;
    let service = countersign_http::service(test.application.clone(), HttpOptions { metrics: None });
    let api = Frame::new(test.application.clone()).around(service);

    let account = format!("/v1/admin/accounts/{}", member.id);
    // A new login is the one act with a sixth: whether it is free is said before a code is spent on it.
    for (method, path, fields) in [
        (Method::POST, format!("{account}/two-factor/disable"), json!({ "reason": "lost the phone" })),
        (Method::PATCH, account.clone(), json!({ "role": "admin" })),
        (Method::POST, format!("{account}/unlock"), Value::Null),
        (Method::PATCH, "/v1/admin/realm".to_owned(), json!({ "policy": { "totp": { "digits": 8 } } })),
        (Method::POST, "/v1/admin/accounts".to_owned(), json!({ "login": "lee@example.org" })),
        (Method::POST, "/v1/admin/api-keys".to_owned(), json!({ "name": "Shop", "scopes": ["verify"] })),
        (Method::POST, format!("{account}/delete"), json!({})),
    ] {
        // A step of the phone, within the minute for which the session's last use is not noted again.
        test.clock.advance_seconds(30);
        let request = Request::builder()
            .method(method.clone())
            .uri(path.parse().unwrap())
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .content_type("application/json");
        let look = Request::builder()
            .uri("/v1/account".parse().unwrap())
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .finish();
        assert_eq!(api.call(look).await.unwrap().status(), StatusCode::OK);
        let body = match fields {
            Value::Object(mut fields) => {
                let code = phone.code(test.clock.now());
                fields.insert("proof".to_owned(), json!({ "password": PASSWORD, "code": code }));
                Value::Object(fields).to_string()
            }
            _ => String::new(),
        };
        store.count_reads();
        let mut response = api.call(request.body(body)).await.unwrap();
        let (status, text) = (response.status(), response.take_body().into_string().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        let reads = store.reads_before_the_first_unit().unwrap();
        assert!(reads <= 5, "{method} {path}: {reads} reads");
    }
}
