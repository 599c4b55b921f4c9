use countersign_tests::{Deployment, Enrolled, Finished, Server};

/// The identifiers of the keys in a key ring.
fn key_ids(key_ring: &str) -> Vec<String> {
    let ids = key_ring.lines().filter_map(|line| line.trim().strip_prefix("id = "));
    ids.map(|id| id.trim_matches('"').to_owned()).collect()
}

/// It did not start, for a reason that names the key and what to do.
#[track_caller]
fn stopped(ended: &Finished, told: &[&str]) {
    assert!(![0, 101].contains(&ended.code), "{ended:?}");
    assert!(!ended.prose.contains("listening on"), "{ended:?}");
    for part in told {
        assert!(ended.prose.contains(part), "it says {part:?}: {}", ended.prose);
    }
}

#[test]
fn a_wrong_master_key_stops_the_start_and_the_right_one_opens_what_was_sealed() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let (deployment, _) = server.stop();
    let key_file = deployment.key_file();
    let right = std::fs::read_to_string(&key_file).unwrap();
    let [needed] = key_ids(&right).try_into().unwrap();

    let (other, _) = Server::start().stop();
    let aside = deployment.directory().join("aside.key");
    std::fs::rename(&key_file, &aside).unwrap();
    std::fs::copy(other.key_file(), &key_file).unwrap();
    let [wrong] = key_ids(&std::fs::read_to_string(&key_file).unwrap()).try_into().unwrap();
    stopped(&deployment.start_in_vain(), &[&needed, &wrong, "COUNTERSIGN_MASTER_KEY_FILE", "backup"]);
    let doctor = deployment.run(&["doctor"]).expect(1);
    assert!(doctor.results.contains(&needed), "{}", doctor.results);

    std::fs::remove_file(&key_file).unwrap();
    std::fs::rename(&aside, &key_file).unwrap();
    let server = deployment.start();
    kim.sign_in(&server.client());
    let code = kim.recovery_code();
    kim.sign_in_with(&server.client(), &code).expect(200);
}

#[test]
fn a_missing_master_key_stops_the_start_and_no_new_one_takes_its_place() {
    let server = Server::start();
    let mut kim = Enrolled::create(server.deployment(), &server.client());
    let (deployment, _) = server.stop();
    let key_file = deployment.key_file();
    let [needed] = key_ids(&std::fs::read_to_string(&key_file).unwrap()).try_into().unwrap();
    let aside = deployment.directory().join("aside.key");
    std::fs::rename(&key_file, &aside).unwrap();

    let path = key_file.display().to_string();
    stopped(&deployment.start_in_vain(), &[&needed, &path, "backup"]);
    assert!(!key_file.exists(), "no key was made for a database that another one sealed");

    // It may be kept elsewhere.
    let server = deployment.with("MASTER_KEY_FILE", &aside.display().to_string()).start();
    kim.sign_in(&server.client());
}

#[test]
fn a_damaged_master_key_stops_the_start() {
    let (deployment, _) = Server::start().stop();
    let key_file = deployment.key_file();
    let right = std::fs::read_to_string(&key_file).unwrap();
    std::fs::remove_file(&key_file).unwrap();
    for damaged in [String::new(), right[..right.len() / 2].to_owned(), right.replace("version = 1", "version = 2")] {
        std::fs::write(&key_file, damaged).unwrap();
        stopped(&deployment.start_in_vain(), &[&key_file.display().to_string()]);
    }
}

#[test]
fn a_first_start_makes_everything_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (deployment, log) = Deployment::new().start().stop();
    let mode = |path: std::path::PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(deployment.key_file()), 0o400);
    assert_eq!(mode(deployment.data_dir()), 0o700);
    assert!(log.contains("account create"), "it says what to do next: {log}");
    let [id] = key_ids(&std::fs::read_to_string(deployment.key_file()).unwrap()).try_into().unwrap();
    let material = std::fs::read_to_string(deployment.key_file()).unwrap();
    let material = material.lines().find_map(|line| line.trim().strip_prefix("material = ")).unwrap().to_owned();
    assert!(log.contains(&id) && !log.contains(material.trim_matches('"')), "the name is logged, the key is not");
}
