use crate::tools;

#[test]
#[ignore = "needs tools from npm; tests/run installs them"]
fn redocly_finds_nothing_in_the_document() {
    let directory = tempfile::tempdir().unwrap();
    let mut lint = tools::from_npm("redocly");
    lint.args(["lint", "--format=json", "--max-problems=1000"]).arg(tools::document());
    // In a directory of its own, and so by the rules that it has built in.
    lint.current_dir(directory.path()).env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    let found = tools::run(&mut lint);
    assert!(found.contains(r#""errors": 0"#) && found.contains(r#""warnings": 0"#), "{found}");
}

#[test]
#[ignore = "needs tools from npm; tests/run installs them"]
fn spectral_finds_nothing_in_the_document() {
    let directory = tempfile::tempdir().unwrap();
    let rules = directory.path().join("rules.yaml");
    std::fs::write(&rules, "extends: [\"spectral:oas\"]\n").unwrap();
    let mut lint = tools::from_npm("spectral");
    lint.args(["lint", "--fail-severity=hint", "--ruleset"]).arg(&rules).arg(tools::document());
    let found = tools::run(&mut lint);
    assert!(found.contains("No results with a severity of 'hint' or higher found!"), "{found}");
}
