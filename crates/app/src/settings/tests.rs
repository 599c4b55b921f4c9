use std::collections::BTreeSet;
use std::path::Path;

use countersign_persistence::Protection;
use secrecy::ExposeSecret;

use super::reference::{SETTINGS, markdown};
use super::*;

fn load<const N: usize>(file: &str, flags: Flags, variables: [(&str, &str); N]) -> Result<Settings, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("countersign.toml");
    std::fs::write(&path, file).unwrap();
    let flags = Flags { config: Some(path), ..flags };
    let shown = |error: SettingsError| error.to_string().replace(&directory.path().display().to_string(), "");
    Settings::load(flags, &Environment::of(variables)).map_err(shown)
}

fn of_file(file: &str) -> Result<Settings, String> {
    load(file, Flags::default(), [])
}

#[test]
fn without_anything_the_defaults_hold() {
    let settings = of_file("").unwrap();
    let here = std::env::current_dir().unwrap();
    assert_eq!(settings.data_dir, here.join("countersign-data"));
    assert_eq!(settings.master_key_file, here.join("countersign-data.key"));
    let usual = DatabaseUrl::of_file(&here.join("countersign-data/countersign.db"));
    assert_eq!(settings.database_url.to_string(), usual.to_string());
    assert_eq!(settings.listen, "127.0.0.1:8080".parse().unwrap());
    assert_eq!((settings.issuer.as_str(), settings.log.as_str()), ("Countersign", "info"));
    assert_eq!((settings.password_queue, settings.database_connections), (1024, 4));
    assert_eq!(settings.database_connect_seconds, Duration::from_secs(5));
    assert_eq!(settings.database_statement_seconds, Duration::from_secs(5));
    assert_eq!(settings.database_start_seconds, Duration::from_secs(30));
    assert!(settings.database_password_file.is_none());
    assert_eq!(settings.shutdown_seconds, Duration::from_secs(20));
    assert_eq!(settings.audit_retention_days, None, "audit events are kept for ever");
    assert_eq!(of_file("audit_retention_days = 0").unwrap().audit_retention_days, None);
    assert_eq!(of_file("audit_retention_days = 90").unwrap().audit_retention_days, Some(90));
    assert!(settings.trusted_proxies.is_empty() && settings.metrics_listen.is_none());
    assert!(!settings.metrics_public && settings.connections_per_address == 256);
}

#[test]
fn the_environment_is_stronger_than_the_file_and_an_option_stronger_than_both() {
    let file = "listen = \"127.0.0.1:1\"\nissuer = \"File\"\npassword_queue = 7\n";
    let flags = Flags { listen: Some("127.0.0.1:3".to_owned()), ..Flags::default() };
    let variables = [("COUNTERSIGN_LISTEN", "127.0.0.1:2"), ("COUNTERSIGN_ISSUER", "Environment")];
    let settings = load(file, flags, variables).unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!((settings.issuer.as_str(), settings.password_queue), ("Environment", 7));
}

#[test]
fn lists_are_lists_in_the_file_and_separated_by_commas_in_the_environment() {
    let file = "trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n";
    let of_file = of_file(file).unwrap().trusted_proxies;
    assert_eq!(of_file, ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]);
    let variables = [("COUNTERSIGN_TRUSTED_PROXIES", "10.0.0.0/8, ::1")];
    assert_eq!(load("", Flags::default(), variables).unwrap().trusted_proxies, of_file);
}

#[test]
fn a_truth_value_is_one_in_the_file_and_a_word_in_the_environment() {
    assert!(of_file("metrics_public = true\n").unwrap().metrics_public);
    let variables = [("COUNTERSIGN_METRICS_PUBLIC", "true")];
    assert!(load("", Flags::default(), variables).unwrap().metrics_public);
    assert!(of_file("metrics_public = 1\n").is_err());
}

#[test]
fn an_unknown_key_is_an_error_with_the_nearest_known_one() {
    assert_eq!(
        of_file("issuer = \"A\"\nlisten_on = \"127.0.0.1:1\"\n").unwrap_err(),
        "there is no setting `listen_on` (/countersign.toml, line 2); did you mean `listen`?"
    );
    assert_eq!(
        load("", Flags::default(), [("COUNTERSIGN_DATADIR", "x")]).unwrap_err(),
        "there is no setting for the environment variable COUNTERSIGN_DATADIR; did you mean COUNTERSIGN_DATA_DIR?"
    );
    assert!(of_file("[server]\nlisten = \"127.0.0.1:1\"\n").unwrap_err().contains("no setting `server`"));
}

#[test]
fn the_variables_of_the_command_line_are_no_settings() {
    let variables = [("COUNTERSIGN_TOKEN", "t"), ("COUNTERSIGN_SERVER", "s"), ("PATH", "/bin")];
    assert!(load("", Flags::default(), variables).is_ok());
}

#[test]
fn what_kubernetes_tells_of_a_service_and_what_clients_keep_is_left_alone() {
    for name in [
        "SERVICE_HOST",
        "SERVICE_PORT",
        "SERVICE_PORT_HTTP",
        "PORT",
        "PORT_80_TCP",
        "PORT_80_TCP_PROTO",
        "PORT_8443_UDP_ADDR",
        "URL",
        "API_KEY",
        "BIN",
    ] {
        assert!(
            load("", Flags::default(), [(&*format!("COUNTERSIGN_{name}"), "tcp://10.0.12.7:80")]).is_ok(),
            "{name}"
        );
    }
    for name in ["SERVICE", "SERVICE_HOSTS", "PORTS", "PORT_HTTP", "PORT_80", "PORT_80000_TCP", "PORT_80_TCPS", "URLS"]
    {
        let error = load("", Flags::default(), [(&*format!("COUNTERSIGN_{name}"), "x")]).unwrap_err();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn a_bad_value_is_an_error_with_the_rule_and_the_place_and_without_the_value() {
    for (file, told) in [
        ("\nlisten = \"hunter2\"", "the setting `listen` must be an IP address"),
        ("\nlisten = 8080", "must be an IP address"),
        ("\ndatabase_url = \"oracle://kim:hunter2@host/db\"", "must begin with sqlite:, postgres: or mysql:"),
        (
            "\ndatabase_url = \"postgres://kim:hunter2@host\"",
            "the setting `database_url` must be a URL such as sqlite:",
        ),
        ("\ndatabase_url = \"postgres://kim:hunter2@host\"", "names no database"),
        ("\ndatabase_url = \"mysql://kim:hunter2@host/db?sslmode=hunter2\"", "a parameter that does not exist"),
        ("\ndatabase_url = [\"hunter2\"]", "not text"),
        ("\ndatabase_connections = 1001", "a whole number from 1 to 1000"),
        ("\ndatabase_connect_seconds = 0", "seconds from 1 to 60"),
        ("\ndatabase_statement_seconds = 301", "seconds from 1 to 300"),
        ("\ndatabase_start_seconds = 3601", "seconds from 0 to 3600"),
        ("\naudit_retention_days = 36501", "a whole number of days from 0 to 36500"),
        ("\npassword_queue = -1", "a whole number from 0"),
        ("\npassword_computations = 0", "a whole number from 1"),
        ("\ntrusted_proxies = [\"0.0.0.0/0\"]", "not everyone"),
        ("\ntrusted_proxies = [1]", "a list of networks"),
        ("\nissuer = \"a:hunter2\"", "without ':'"),
        ("\ncookie_prefix = \"hunter2;\"", "lower-case letters"),
        ("\nlog = \"hunter2=loud\"", "must be error, warn"),
        ("\nlog_format = true", "must be auto, text or json"),
        ("\ndata_dir = \"\"", "must be the path"),
        ("\ntls_key_file = [\"a\"]", "must be the path"),
    ] {
        let error = of_file(file).unwrap_err();
        assert!(error.contains(told) && error.contains("line 2") && !error.contains("hunter2"), "{error}");
    }
    let error = load("", Flags::default(), [("COUNTERSIGN_LISTEN", "")]).unwrap_err();
    assert!(error.contains("environment variable COUNTERSIGN_LISTEN"), "{error}");
    let flags = Flags { listen: Some("x".to_owned()), ..Flags::default() };
    assert!(load("", flags, []).unwrap_err().contains("option --listen"));
}

#[test]
fn a_broken_file_is_named_with_the_line_and_nothing_of_it() {
    let error = of_file("issuer = \"A\"\nhunter2 hunter3\n").unwrap_err();
    assert_eq!(error, "the configuration file /countersign.toml, line 2, is not TOML");
    let flags = Flags { config: Some("/no/such/file".into()), ..Flags::default() };
    assert!(matches!(Settings::load(flags, &Environment::of([])), Err(SettingsError::Unreadable { .. })));
}

#[test]
fn half_of_tls_is_refused() {
    assert!(of_file("tls_key_file = \"key.pem\"").unwrap_err().contains("belong together"));
}

#[test]
fn a_systemd_credential_is_used_unless_a_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let credential = directory.path().join(CREDENTIAL);
    let place = [("CREDENTIALS_DIRECTORY", directory.path().to_str().unwrap())];
    assert!(load("", Flags::default(), place).unwrap().master_key_file.ends_with("countersign-data.key"));
    std::fs::write(&credential, "").unwrap();
    assert_eq!(load("", Flags::default(), place).unwrap().master_key_file, credential);
    let named = load("master_key_file = \"/keys/ring\"", Flags::default(), place).unwrap();
    assert_eq!(named.master_key_file, Path::new("/keys/ring"));
}

#[test]
fn data_and_key_ring_lie_in_the_directory_that_systemd_keeps() {
    let place = [("STATE_DIRECTORY", "/var/lib/countersign:/var/lib/other")];
    let settings = load("", Flags::default(), place).unwrap();
    assert_eq!(settings.data_dir, Path::new("/var/lib/countersign/data"));
    assert_eq!(settings.master_key_file, Path::new("/var/lib/countersign/data.key"));
    let named = load("data_dir = \"/elsewhere\"", Flags::default(), place).unwrap();
    assert_eq!(named.data_dir, Path::new("/elsewhere"));
}

#[test]
fn a_key_ring_in_the_environment_has_no_file_beside_it() {
    let variable = ("COUNTERSIGN_MASTER_KEY", "material");
    let settings = load("", Flags::default(), [variable]).unwrap();
    assert!(settings.master_key.is_some() && settings.seen_file.ends_with("countersign-data.seen"));
    assert!(!format!("{settings:?}").contains("material"));
    let error = load("master_key_file = \"/keys/ring\"", Flags::default(), [variable]).unwrap_err();
    assert!(error.contains("must not be set beside"), "{error}");
    assert!(load("", Flags::default(), [("COUNTERSIGN_MASTER_KEY", "")]).unwrap().master_key.is_none());
}

#[test]
fn a_server_has_more_connections_and_is_named_without_what_opens_it() {
    for (url, shown) in [
        ("postgres://kim:hunter2@db.example:6432/cs", "postgres://db.example:6432/cs"),
        ("postgresql://kim:hunter2@127.0.0.1/cs?sslmode=disable", "postgresql://127.0.0.1/cs"),
        ("mysql://kim:hunter2@db/cs?ssl-mode=REQUIRED", "mysql://db/cs"),
    ] {
        let settings = load("", Flags::default(), [("COUNTERSIGN_DATABASE_URL", url)]).unwrap();
        let database = &settings.database_url;
        assert_eq!((settings.database_connections, password_of(database).as_deref()), (16, Some("hunter2")));
        assert_eq!((database.to_string().as_str(), database.engine().is_server()), (shown, true));
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}

fn password_of(url: &DatabaseUrl) -> Option<String> {
    url.password().map(|password| password.expose_secret().to_owned())
}

#[test]
fn the_password_may_come_from_a_file_and_from_there_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("password");
    let with = |content: &str, url: &str| {
        std::fs::write(&path, content).unwrap();
        let variables =
            [("COUNTERSIGN_DATABASE_URL", url), ("COUNTERSIGN_DATABASE_PASSWORD_FILE", path.to_str().unwrap())];
        load("", Flags::default(), variables).map(|settings| settings.database_url)
    };
    for content in ["h%4/ü@ \n", "h%4/ü@ \r\n", "h%4/ü@ "] {
        let url = with(content, "postgres://kim@db/cs?sslmode=disable").unwrap();
        assert_eq!(password_of(&url).as_deref(), Some("h%4/ü@ "));
        assert_eq!(url.to_string(), "postgres://db/cs");
    }
    let url = with("a", "mysql://kim@db:3307/cs").unwrap();
    assert_eq!((password_of(&url).as_deref(), url.to_string().as_str()), (Some("a"), "mysql://db:3307/cs"));
    for (content, url, told) in [
        ("hunter2", "postgres://kim:hunter2@db/cs", "beside a password in `database_url`"),
        ("hunter2", "sqlite:///a.db", "for a database server"),
        ("\n", "postgres://kim@db/cs", "it is empty"),
    ] {
        let error = with(content, url).unwrap_err();
        assert!(error.contains("`database_password_file`") && error.contains(told), "{error}");
        assert!(error.contains("COUNTERSIGN_DATABASE_PASSWORD_FILE") && !error.contains("hunter2"), "{error}");
    }
    let error =
        of_file("database_url = \"mysql://kim@db/cs\"\ndatabase_password_file = \"/no/such/file\"").unwrap_err();
    assert!(error.contains("names /no/such/file, which cannot be read") && error.contains("line 2"), "{error}");
}

#[test]
fn a_way_over_the_network_is_as_protected_as_the_url_says() {
    for (url, protection) in [
        ("sqlite:///a.db", Protection::Local),
        ("postgres://u@localhost/d?sslmode=disable", Protection::Local),
        ("mysql://u@localhost/d?socket=/run/mysqld/mysqld.sock", Protection::Local),
        ("postgres://u@db/d", Protection::Proven),
        ("postgres://u@db/d?sslmode=verify-full&sslrootcert=/ca.pem", Protection::Proven),
        ("mysql://u@db/d?ssl-ca=/ca.pem", Protection::Proven),
        ("mysql://u@db/d?ssl-mode=VERIFY_IDENTITY", Protection::Proven),
        ("mysql://u@db/d?ssl-mode=verify_ca", Protection::OfAnyName),
        ("postgres://u@db/d?sslmode=verify-ca", Protection::OfAnyName),
        ("postgres://u@db/d?sslmode=require", Protection::Unproven),
        ("mysql://u@db/d?ssl-mode=REQUIRED", Protection::Unproven),
        ("postgres://u@db/d?sslmode=prefer", Protection::None),
        ("postgres://u@db/d?sslmode=allow", Protection::None),
        ("postgres://u@db/d?sslmode=verify-full&sslmode=disable", Protection::None),
        ("mysql://u@db/d?ssl-mode=DISABLED", Protection::None),
    ] {
        let found = DatabaseUrl::parse(url).unwrap().protection();
        assert_eq!(found, protection, "{url}");
        assert_eq!(found.weakness().is_none(), matches!(found, Protection::Local | Protection::Proven));
    }
}

#[test]
fn the_table_has_every_field_and_nothing_else() {
    let settings = format!("{:#?}", of_file("").unwrap());
    let mut fields: BTreeSet<&str> = settings
        .lines()
        .filter_map(|line| line.strip_prefix("    ").filter(|line| !line.starts_with([' ', ')', ']'])))
        .filter_map(|line| line.split_once(':').map(|(field, _)| field))
        .collect();
    // Where they came from is none of them.
    assert!(fields.remove("config_file"));
    // A secret is no setting: the environment alone may hold it.
    assert!(fields.remove("master_key"));
    assert_eq!(fields, SETTINGS.iter().map(|setting| setting.key).collect());
}

#[test]
fn every_setting_of_the_table_is_taken() {
    let mut layers = Layers::default();
    for setting in SETTINGS {
        // Readable as no setting: whoever takes it complains.
        layers.lay(setting.key, Value::Other, Origin::Flag("--test"));
        assert!(Settings::resolve(&mut layers, &Environment::of([])).is_err(), "{}", setting.key);
        assert!(layers.left().is_empty(), "{}", setting.key);
    }
}

#[test]
fn the_documentation_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    #[expect(clippy::disallowed_methods, reason = "asks whoever runs the test, not the configuration")]
    let update = std::env::var("UPDATE_DOCS").is_ok();
    if update {
        std::fs::write(&path, markdown()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == markdown(), "docs/configuration.md is stale: UPDATE_DOCS=1 cargo test -p countersign");
}
