use countersign_tests::database_server::Administration;
use countersign_tests::{Deployment, Enrolled, Server, all_at_once};

on_both_engines!(
    three_nodes_that_start_at_once_on_an_empty_database_all_come_up,
    of_three_nodes_without_a_key_ring_that_start_at_once_one_comes_up,
    a_node_without_the_key_ring_of_the_others_does_not_start,
    a_node_that_is_killed_leaves_the_others_working,
);

/// What a server logs that made the tables.
const MIGRATED: &str = "the schema was brought up to date";

/// A deployment on an empty database, and two more nodes of it, without a key ring.
fn three_empty(server: &Administration) -> [Deployment; 3] {
    let first = Deployment::on_empty(server);
    let (second, third) = (first.node(), first.node());
    [first, second, third]
}

fn three_nodes_that_start_at_once_on_an_empty_database_all_come_up(server: &Administration) {
    // The key ring comes from elsewhere, as an operator hands it out.
    let (other, _) = Deployment::on_sqlite().start().stop();
    let deployments = three_empty(server);
    for deployment in &deployments {
        std::fs::copy(other.key_file(), deployment.key_file()).unwrap();
    }
    let servers = all_at_once(deployments.into(), Deployment::start);
    let migrated = servers.iter().filter(|server| server.log().contains(MIGRATED)).count();
    assert_eq!(migrated, 1, "one of them made the tables");
    let database = servers[0].deployment();
    let realms = database.query("SELECT slug FROM realm");
    assert_eq!(realms.trim(), "default", "one of them made the default realm");
    assert_eq!(database.query("SELECT COUNT(*) FROM key_check").trim(), "1");
    let status = database.run(&["database", "status", "--output", "json"]).expect(0).json();
    assert_eq!(status["up_to_date"], true, "{status}");

    let mut kim = Enrolled::create(database, &servers[0].client());
    servers[1..].iter().for_each(|server| drop(kim.sign_in(&server.client())));
}

fn of_three_nodes_without_a_key_ring_that_start_at_once_one_comes_up(server: &Administration) {
    let started = all_at_once(three_empty(server).into(), Deployment::try_start);
    let (up, refused): (Vec<_>, Vec<_>) = started.into_iter().partition(Result::is_ok);
    let up: Vec<Server> = up.into_iter().filter_map(Result::ok).collect();
    assert_eq!(up.len(), 1, "two key rings for one database would be one too many");
    for (deployment, ended) in refused.into_iter().filter_map(Result::err) {
        assert!(![0, 101].contains(&ended.code), "{ended:?}");
        assert!(!ended.prose.contains("panicked"), "{}", ended.prose);
        let told = ended.prose.to_lowercase();
        assert!(told.contains("key ring") && told.contains("copy"), "it says what to do: {}", ended.prose);
        // What it says helps.
        let _ = std::fs::remove_file(deployment.key_file());
        std::fs::copy(up[0].deployment().key_file(), deployment.key_file()).unwrap();
        let server = deployment.start();
        Enrolled::create(up[0].deployment(), &server.client()).sign_in(&up[0].client());
    }
    assert_eq!(up[0].deployment().query("SELECT COUNT(*) FROM key_check").trim(), "1");
}

fn a_node_without_the_key_ring_of_the_others_does_not_start(server: &Administration) {
    let first = Deployment::on(server);
    let second = first.node();
    let first = first.start();
    let ended = second.start_in_vain();
    assert!(![0, 101].contains(&ended.code), "{ended:?}");
    assert!(ended.prose.contains(&second.key_file().display().to_string()), "{}", ended.prose);
    assert!(!second.key_file().exists(), "no key was made for a database that another one sealed");
    std::fs::copy(first.deployment().key_file(), second.key_file()).unwrap();
    Enrolled::create(first.deployment(), &first.client()).sign_in(&second.start().client());
}

fn a_node_that_is_killed_leaves_the_others_working(server: &Administration) {
    let first = Deployment::on(server).start();
    let second = first.deployment().node().start();
    let mut kim = Enrolled::create(first.deployment(), &first.client());
    let session = kim.sign_in(&first.client());
    let deployment = first.kill();
    assert!(second.client().with_token(session.token()).is_signed_in());
    kim.sign_in(&second.client());
    drop(deployment);
}
