use countersign_tests::{Deployment, Server, workspace};

const UPDATE: &str = "UPDATE_DOCS=1 cargo test -p countersign-tests --test documents";

#[test]
fn the_committed_document_is_the_one_that_the_binary_prints() {
    let printed = Deployment::new().run(&["openapi"]).expect(0).results;
    let path = workspace::root().join("docs/openapi.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == printed, "docs/openapi.json is stale or missing; update it with: {UPDATE}");
}

#[test]
fn the_served_document_is_the_one_that_the_binary_prints() {
    let server = Server::start();
    let served = server.client().get("/openapi.json");
    assert_eq!((served.status, served.header("content-type")), (200, "application/json"));
    assert!(served.text() == server.deployment().run(&["openapi"]).expect(0).results);
}
