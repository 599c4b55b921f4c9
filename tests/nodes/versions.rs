use countersign_tests::database_server::Administration;
use countersign_tests::{Enrolled, Realm};
use serde_json::Value;

use crate::three;

on_both_engines!(nodes_of_two_versions_share_a_realm_and_the_older_one_loses_nothing_of_the_newer);

/// What a version wrote that has keys which this one does not know, on a realm that this one serves.
fn nodes_of_two_versions_share_a_realm_and_the_older_one_loses_nothing_of_the_newer(server: &Administration) {
    let nodes = three(server);
    let (deployment, client) = (nodes.deployment(), nodes.rotating());
    let mut kim = Enrolled::create(deployment, &client);
    let stored = || -> Value {
        serde_json::from_str(&deployment.query("SELECT policy FROM realm WHERE slug = 'default'")).unwrap()
    };
    let mut newer = stored();
    newer["changes"]["sign_in.passkeys"] = "offered".into();
    newer["changes"]["totp.period_seconds"] = 60.into();
    // Quotes are all that JSON and SQL share here.
    deployment.query(&format!("UPDATE realm SET policy = '{newer}' WHERE slug = 'default'"));

    // This version obeys what it knows, and says what it does not.
    kim.sign_in(&client);
    let realm = Realm { slug: "default".to_owned(), issuer: String::new() };
    assert_eq!(realm.show(deployment)["policy"]["totp"]["period_seconds"], 60);
    let report = deployment.run(&["doctor"]);
    assert!(report.results.contains("sign_in.passkeys"), "{}", report.results);

    // It changes what it knows, and keeps what it does not.
    realm.set_policy(deployment, &["totp.digits=8"]).expect(0);
    realm.set_policy(deployment, &["totp.period_seconds=30"]).expect(0);
    let mut expected = newer;
    expected["changes"]["totp.digits"] = 8.into();
    expected["changes"].as_object_mut().unwrap().remove("totp.period_seconds");
    assert_eq!(stored(), expected);
    kim.sign_in(&client);
}
