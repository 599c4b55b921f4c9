use crate::deployment::Deployment;

#[test]
fn every_command_has_help() {
    let deployment = Deployment::new();
    for command in [
        "",
        "serve",
        "account",
        "account create",
        "account disable-2fa",
        "realm set-policy",
        "realm set-appearance",
        "api-key create",
        "audit export",
        "doctor",
        "database",
        "openapi",
        "totp code",
    ] {
        let ran = deployment.run(&format!("{command} --help"));
        assert_eq!((ran.exit, ran.prose.as_str()), (0, ""), "{command}");
        assert!(ran.results.contains("Usage: countersign"), "{command}: {}", ran.results);
    }
    assert!(deployment.run("--version").results.starts_with("countersign "));
    assert!(deployment.is_untouched());
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let deployment = Deployment::new();
    for command in ["", "frobnicate", "account show", "account list --output xml", "serve --listen nowhere"] {
        let ran = deployment.run(command);
        assert_eq!((ran.exit, ran.results.as_str()), (2, ""), "{command}");
    }
}

#[test]
fn without_a_deployment_commands_say_so_and_make_nothing() {
    let deployment = Deployment::new();
    for command in [
        "account list",
        "account show kim",
        "account create kim --password-stdin",
        "account delete kim --yes",
        "realm list",
        "realm set-policy totp.digits=8",
        "realm set-appearance --no-name",
        "api-key list",
        "audit export",
        "database status",
        "database migrate",
    ] {
        let ran = deployment.run_with(command, "plum-ladder-orbit-7731\n");
        assert_eq!((ran.exit, ran.results.as_str()), (4, ""), "{command}");
        assert!(ran.prose.contains("error: no deployment here") && ran.prose.contains("COUNTERSIGN_DATA_DIR"));
    }
    assert!(deployment.is_untouched());
}

#[test]
fn what_needs_a_person_needs_an_option_without_one() {
    let deployment = Deployment::new();
    for (command, option) in [
        ("account create kim", "--password-stdin"),
        ("account set-password kim", "--password-stdin"),
        ("account delete kim", "--yes"),
        ("account disable-2fa kim", "--yes"),
        ("api-key revoke 0190", "--yes"),
    ] {
        let ran = deployment.run(command);
        assert_eq!(ran.exit, 2, "{command}");
        assert!(ran.prose.contains(option), "{}", ran.prose);
    }
}

#[test]
fn documents_and_scripts_are_printed_without_a_deployment() {
    let deployment = Deployment::new();
    assert_eq!(deployment.run("openapi").json()["info"]["title"], "Countersign");
    assert!(deployment.run("completions bash").results.contains("disable-2fa"));
    assert!(deployment.is_untouched());
}

#[test]
fn the_developers_authenticator_needs_no_deployment_and_no_settings() {
    let deployment = Deployment::new().with("COUNTERSIGN_LISTEN", "broken");
    let uri = "otpauth://totp/Example:kim?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example";
    let typed = deployment.run(&format!("totp code {uri}"));
    let code = typed.json()["code"].as_str().unwrap().to_owned();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    assert!((1..=30).contains(&typed.json()["seconds_remaining"].as_u64().unwrap()));
    assert_eq!(deployment.run_with("totp code -", &format!("{uri}\n")).exit, 0);
    let drawn = deployment.run_with("totp qr", uri);
    assert!(drawn.exit == 0 && drawn.results.contains('█'), "{}{}", drawn.results, drawn.prose);
}
