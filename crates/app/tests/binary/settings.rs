use crate::deployment::Deployment;

#[test]
fn an_unknown_name_is_fatal_and_names_the_nearest() {
    let deployment = Deployment::new().with("COUNTERSIGN_DATADIR", "x");
    let ran = deployment.run("serve --listen 127.0.0.1:0");
    assert_eq!(ran.exit, 2);
    assert!(ran.prose.contains("COUNTERSIGN_DATADIR; did you mean COUNTERSIGN_DATA_DIR?"), "{}", ran.prose);

    let deployment = Deployment::new();
    std::fs::write(deployment.path("countersign.toml"), "isuer = \"A\"\n").unwrap();
    let ran = deployment.run("account list");
    assert_eq!(ran.exit, 2);
    assert!(ran.prose.contains("countersign.toml, line 1); did you mean `issuer`?"), "{}", ran.prose);
}

#[test]
fn the_file_is_found_in_the_working_directory_by_the_variable_and_by_the_option() {
    let broken = |line: &str| format!("{line}\n");
    let deployment = Deployment::new().with("COUNTERSIGN_CONFIG", "named.toml");
    std::fs::write(deployment.path("countersign.toml"), broken("first = 1")).unwrap();
    std::fs::write(deployment.path("named.toml"), broken("second = 1")).unwrap();
    std::fs::write(deployment.path("typed.toml"), broken("third = 1")).unwrap();
    assert!(deployment.run("account list").prose.contains("`second`"));
    assert!(deployment.run("account list --config typed.toml").prose.contains("`third`"));
}

#[test]
fn the_issuer_and_places_of_the_settings_are_used() {
    let deployment = Deployment::new().with("COUNTERSIGN_LOG", "info");
    let file = "data_dir = \"elsewhere\"\nmaster_key_file = \"ring\"\nlog = \"off\"\n";
    std::fs::write(deployment.path("countersign.toml"), file).unwrap();
    let server = deployment.serve();
    assert!(deployment.path("elsewhere/countersign.db").exists() && deployment.path("ring").exists());
    assert!(server.said.iter().any(|line| line.contains("\"message\":\"listening\"")), "{:#?}", server.said);
}
