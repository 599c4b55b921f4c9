use crate::deployment::{Deployment, mode};

#[test]
fn the_first_start_makes_directory_database_and_key_ring_for_their_owner_only() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let said = server.said.join("\n");
    assert!(said.contains("countersign account create you@example.org --role owner"), "{said}");
    assert!(said.contains("keep the key ring apart from the data"), "{said}");
    assert_eq!(mode(&deployment.path("countersign-data")), 0o700);
    assert_eq!(mode(&deployment.path("countersign-data/countersign.db")), 0o600);
    assert_eq!(mode(&deployment.key_ring()), 0o400);
}

#[test]
fn a_later_start_uses_the_same_key_ring_and_tells_less() {
    let deployment = Deployment::set_up();
    let before = std::fs::read(deployment.key_ring()).unwrap();
    deployment.create_account("kim");
    let said = deployment.serve().said.join("\n");
    assert!(!said.contains("account create") && !said.contains("new deployment"), "{said}");
    assert_eq!(std::fs::read(deployment.key_ring()).unwrap(), before);
}

#[test]
fn a_missing_key_ring_stops_the_start_and_none_is_made() {
    let deployment = Deployment::set_up();
    let ring = std::fs::read_to_string(deployment.key_ring()).unwrap();
    let id = ring.lines().find_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')).unwrap();
    std::fs::rename(deployment.key_ring(), deployment.path("away")).unwrap();
    let ran = deployment.run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.exit, 1);
    assert!(ran.prose.contains(&format!("sealed with master key {id}")), "{}", ran.prose);
    assert!(ran.prose.contains("COUNTERSIGN_MASTER_KEY_FILE") && !deployment.key_ring().exists());
    assert_eq!(ran.prose.matches("error: ").count(), 1);

    std::fs::rename(deployment.path("away"), deployment.key_ring()).unwrap();
    assert_eq!(deployment.serve().stop(), Some(0));
}

#[test]
fn a_wrong_key_ring_stops_the_start() {
    let deployment = Deployment::set_up();
    let other = Deployment::set_up();
    std::fs::rename(other.key_ring(), deployment.key_ring()).unwrap();
    let ran = deployment.run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.exit, 1);
    assert!(ran.prose.contains("was sealed with master key"), "{}", ran.prose);
    assert_eq!(deployment.run("doctor").exit, 1);
}
