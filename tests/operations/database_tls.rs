//! TLS on the way to a database server: what the URL asks for is what is done, and a server that is not the right one is
//! refused at once, not waited for.

use std::path::Path;

use countersign_tests::database_server::{DatabaseServer, MariaDb, Options, Postgres};
use countersign_tests::{Deployment, tools};
use tempfile::TempDir;

const PASSWORD: &str = "of-the+database";

/// An authority that certifies servers.
struct Authority {
    directory: TempDir,
}

/// The arguments for a new key, unencrypted, on P-256.
const NEW_KEY: [&str; 5] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];

impl Authority {
    fn new() -> Self {
        let authority = Self { directory: tempfile::tempdir().unwrap() };
        let (certificate, key) = (authority.path("ca.pem"), authority.path("ca.key"));
        let own = ["req", "-x509", "-days", "2", "-subj", "/CN=Authority", "-keyout", &key, "-out", &certificate];
        openssl(&[&own[..], &NEW_KEY].concat());
        authority
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    /// The file with its certificate.
    fn certificate(&self) -> String {
        self.path("ca.pem")
    }

    /// A certificate for `localhost`, and no address, and its key.
    fn issue(&self) -> (Vec<u8>, Vec<u8>) {
        let file = |name: &str| self.path(name);
        let (request, key, certificate) = (file("server.csr"), file("server.key"), file("server.pem"));
        let names = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"];
        let ask = ["req", "-subj", "/CN=database", "-keyout", &key, "-out", &request];
        openssl(&[&ask[..], &NEW_KEY, &names].concat());
        let (by, with) = (self.certificate(), file("ca.key"));
        let sign = ["x509", "-req", "-days", "2", "-copy_extensions", "copy", "-CA", &by, "-CAkey", &with];
        openssl(&[&sign[..], &["-in", &request, "-out", &certificate]].concat());
        (std::fs::read(certificate).unwrap(), std::fs::read(key).unwrap())
    }
}

fn openssl(arguments: &[&str]) {
    tools::run("openssl", "openssl", arguments, b"");
}

fn options(authority: &Authority) -> Options {
    let (certificate, key) = authority.issue();
    Options::fast().with_password(PASSWORD).with_file("server.pem", certificate).with_file("server.key", key)
}

fn postgres(authority: &Authority) -> Postgres {
    let settings = ["ssl=on", "ssl_cert_file={directory}/server.pem", "ssl_key_file={directory}/server.key"];
    Postgres::start(&settings.into_iter().fold(options(authority), Options::with_setting))
}

fn mariadb(authority: &Authority) -> MariaDb {
    let settings = ["ssl-cert={directory}/server.pem", "ssl-key={directory}/server.key"];
    MariaDb::start(&settings.into_iter().fold(options(authority), Options::with_setting))
}

/// How a URL asks for the ways of TLS.
struct Words {
    mode: &'static str,
    authority: &'static str,
    proven: &'static str,
    none: &'static str,
}

const OF_POSTGRES: Words = Words { mode: "sslmode", authority: "sslrootcert", proven: "verify-full", none: "disable" };
const OF_MARIADB: Words = Words { mode: "ssl-mode", authority: "ssl-ca", proven: "VERIFY_IDENTITY", none: "DISABLED" };

/// A deployment on a database of its own that asks for TLS in this way.
fn asking(server: &impl DatabaseServer, host: &str, parameters: &str) -> Deployment {
    let deployment = Deployment::on_empty(server);
    let password = deployment.directory().join("password");
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let url = deployment.database().unwrap().url();
    let (scheme, _) = url.split_once("://").unwrap();
    let (user, _) = url.split_once(&format!(":{PASSWORD}@")).unwrap();
    let user = user.rsplit('/').next().unwrap();
    let (port, name) = (server.port(), deployment.database().unwrap().name().to_owned());
    deployment
        .with("DATABASE_URL", &format!("{scheme}://{user}@{host}:{port}/{name}?{parameters}"))
        .with("DATABASE_PASSWORD_FILE", &password.display().to_string())
}

fn refused(server: &impl DatabaseServer, host: &str, parameters: &str, told: &str) {
    let ended = asking(server, host, parameters).start_in_vain();
    assert_eq!(ended.code, 4, "{parameters}: {ended:?}");
    assert!(ended.prose.contains(told), "{parameters}: {}", ended.prose);
    assert!(!ended.prose.contains("waiting for the database"), "{parameters}: {}", ended.prose);
    assert!(!ended.prose.contains(PASSWORD), "{parameters}: {}", ended.prose);
}

fn tls_is_what_the_url_asks_for(server: &impl DatabaseServer, authority: &Authority, words: &Words) {
    let Words { mode, authority: trusting, proven, none } = words;
    let ours = authority.certificate();
    let proof = format!("{mode}={proven}&{trusting}={ours}");
    let deployment = asking(server, "localhost", &proof).start().stop().0;
    let report = deployment.run(&["doctor", "--output", "json"]).expect(0).results;
    assert!(!report.contains(PASSWORD) && report.contains("database server"), "{report}");
    asking(server, "127.0.0.1", &format!("{mode}={none}")).start().stop();

    let untrusted = "there is no trusted TLS connection";
    // The certificate is for another name, or of an authority that nobody trusts, or of another one than was named.
    refused(server, "127.0.0.1", &proof, untrusted);
    refused(server, "localhost", &format!("{mode}={proven}"), untrusted);
    let other = Authority::new();
    refused(server, "localhost", &format!("{mode}={proven}&{trusting}={}", other.certificate()), untrusted);
    assert!(!Path::new("/no/such/ca.pem").exists());
    refused(server, "localhost", &format!("{mode}={proven}&{trusting}=/no/such/ca.pem"), "/no/such/ca.pem");
}

#[test]
#[ignore = "needs PostgreSQL; tests/run installs it"]
fn tls_with_postgresql_is_what_the_url_asks_for() {
    let authority = Authority::new();
    tls_is_what_the_url_asks_for(&postgres(&authority), &authority, &OF_POSTGRES);
}

#[test]
#[ignore = "needs MariaDB; tests/run installs it"]
fn tls_with_mariadb_is_what_the_url_asks_for() {
    let authority = Authority::new();
    tls_is_what_the_url_asks_for(&mariadb(&authority), &authority, &OF_MARIADB);
}

#[test]
#[ignore = "needs PostgreSQL; tests/run installs it"]
fn a_postgresql_without_tls_is_refused_where_it_was_asked_for() {
    let server = Postgres::start(&Options::fast().with_password(PASSWORD));
    refused(&server, "localhost", "sslmode=verify-full", "does not support TLS");
}

#[test]
#[ignore = "needs MariaDB; tests/run installs it"]
fn a_mariadb_without_tls_is_refused_where_it_was_asked_for() {
    let server = MariaDb::start(&Options::fast().with_password(PASSWORD));
    refused(&server, "localhost", "ssl-mode=VERIFY_IDENTITY", "does not support TLS");
}
