use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::administration::{Administration, Engine};
use super::process::{Place, Process, on_a_free_port};
use super::{DatabaseServer, Durability, Options};

/// The line by which it says that it takes connections.
const READY: &str = "ready for connections";

/// A MariaDB server.
pub struct MariaDb {
    administration: Administration,
    process: Process,
    place: Place,
    options: Options,
}

impl MariaDb {
    /// Makes a new one and waits until it takes connections.
    pub fn start(options: &Options) -> Self {
        let place = Place::new("mysql");
        for (name, content) in &options.files {
            place.write(name, content);
        }
        let user = Administration::USER;
        // Read at every start.
        let administrator = format!(
            "CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY '{}';\n\
             GRANT ALL PRIVILEGES ON *.* TO '{user}'@'%' WITH GRANT OPTION;\n",
            options.password.replace('\\', "\\\\").replace('\'', "''")
        );
        place.write("administrator.sql", administrator.as_bytes());
        let mut initialize = place.command(Path::new("mariadb-install-db"));
        initialize.arg("--no-defaults").arg(format!("--datadir={}", place.text("data")));
        initialize.args(["--auth-root-authentication-method=normal", "--skip-name-resolve", "--skip-test-db"]);
        place.run(initialize);
        let (port, process) = on_a_free_port(|port| run(&place, options, port));
        let administration = Administration::local(Engine::MariaDb, port, &options.password);
        Self { administration, process, place, options: options.clone() }
    }

    /// How to reach it as its administrator.
    pub fn administration(&self) -> &Administration {
        &self.administration
    }
}

fn run(place: &Place, options: &Options, port: u16) -> Result<Process, String> {
    let mut command = place.command(&program());
    command.arg("--no-defaults");
    let directory = place.text("");
    let mut settings = vec![
        format!("datadir={}", place.text("data")),
        format!("port={port}"),
        "bind-address=127.0.0.1".to_owned(),
        format!("socket={}", place.text("socket")),
        format!("init-file={}", place.text("administrator.sql")),
        "skip-name-resolve".to_owned(),
        "skip-log-bin".to_owned(),
        "max-connections=500".to_owned(),
        "innodb-buffer-pool-size=128M".to_owned(),
        // What Debian and the container images have: an order that takes upper and lower case for the same. Who relies
        // on another one must say so.
        "character-set-server=utf8mb4".to_owned(),
        "collation-server=utf8mb4_general_ci".to_owned(),
    ];
    if options.durability == Durability::Fast {
        let fast = ["innodb-flush-log-at-trx-commit=2", "innodb-flush-method=nosync", "innodb-doublewrite=0"];
        settings.extend(fast.map(str::to_owned));
    }
    settings.extend(options.arguments.iter().map(|setting| setting.replace("{directory}", &directory)));
    for setting in settings {
        command.arg(format!("--{setting}"));
    }
    Process::start(command, READY)
}

/// The server's program, which is not in the path of everyone.
fn program() -> PathBuf {
    let places = ["/usr/sbin/mariadbd", "/usr/bin/mariadbd", "/usr/local/sbin/mariadbd", "/usr/local/bin/mariadbd"];
    let found = places.into_iter().map(PathBuf::from).find(|path| path.is_file());
    found.expect("there is no `mariadbd`: the tests need it; install the Debian package `mariadb-server`")
}

impl AsRef<Administration> for MariaDb {
    fn as_ref(&self) -> &Administration {
        &self.administration
    }
}

impl DatabaseServer for MariaDb {
    fn kill(&mut self) {
        self.process.kill();
    }

    fn restart(&mut self) {
        self.process.kill();
        self.process = run(&self.place, &self.options, self.administration.port())
            .unwrap_or_else(|log| panic!("MariaDB does not start again:\n{log}"));
    }

    fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        self.process.end(Signal::TERM);
    }
}
