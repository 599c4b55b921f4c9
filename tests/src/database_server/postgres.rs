use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::administration::{Administration, Engine};
use super::process::{Place, Process, on_a_free_port};
use super::{DatabaseServer, Durability, Options};

/// The line by which it says that it takes connections.
const READY: &str = "database system is ready to accept connections";

/// Where Debian keeps the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// A PostgreSQL server.
pub struct Postgres {
    administration: Administration,
    process: Process,
    place: Place,
    options: Options,
}

impl Postgres {
    /// Makes a new one and waits until it takes connections.
    pub fn start(options: &Options) -> Self {
        let place = Place::new("postgres");
        for (name, content) in &options.files {
            place.write(name, content);
        }
        place.write("password", options.password.as_bytes());
        let mut initialize = place.command(&program("initdb"));
        initialize.arg("--pgdata").arg(place.path("data"));
        // A language's order rather than that of bytes, as most have it: who relies on the latter must say so.
        initialize.args(["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"]);
        initialize.arg(format!("--username={}", Administration::USER)).arg("--no-sync");
        if options.password.is_empty() {
            initialize.arg("--auth=trust");
        } else {
            initialize.arg("--auth=scram-sha-256").arg("--pwfile").arg(place.path("password"));
        }
        place.run(initialize);
        let (port, process) = on_a_free_port(|port| run(&place, options, port));
        let administration = Administration::local(Engine::Postgres, port, &options.password);
        Self { administration, process, place, options: options.clone() }
    }

    /// How to reach it as its administrator.
    pub fn administration(&self) -> &Administration {
        &self.administration
    }
}

fn run(place: &Place, options: &Options, port: u16) -> Result<Process, String> {
    let mut command = place.command(&program("postgres"));
    command.arg("-D").arg(place.path("data"));
    let directory = place.text("");
    let mut settings = vec![
        format!("port={port}"),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={directory}"),
        "max_connections=500".to_owned(),
    ];
    if options.durability == Durability::Fast {
        settings.extend(["fsync=off", "full_page_writes=off"].map(str::to_owned));
    }
    settings.extend(options.arguments.iter().map(|setting| setting.replace("{directory}", &directory)));
    for setting in settings {
        command.arg("-c").arg(setting);
    }
    Process::start(command, READY)
}

/// A program of the newest version that is installed.
pub(super) fn program(name: &str) -> PathBuf {
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = std::fs::read_dir(VERSIONS).into_iter().flatten().map(|entry| entry.unwrap().path());
    let found = versions.filter(|path| path.join("bin").join(name).is_file()).max_by_key(number);
    found.map(|version| version.join("bin").join(name)).unwrap_or_else(|| {
        panic!("there is no `{name}` below {VERSIONS}: the tests need it; install the Debian package `postgresql`")
    })
}

impl AsRef<Administration> for Postgres {
    fn as_ref(&self) -> &Administration {
        &self.administration
    }
}

impl DatabaseServer for Postgres {
    fn kill(&mut self) {
        self.process.kill();
    }

    fn restart(&mut self) {
        self.process.kill();
        self.process = run(&self.place, &self.options, self.administration.port())
            .unwrap_or_else(|log| panic!("PostgreSQL does not start again:\n{log}"));
    }

    fn process_id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // At once, but not without giving its shared memory back.
        self.process.end(Signal::QUIT);
    }
}

/// Where the clients of the newest version are; Debian's own names start a script that looks for them each time.
pub(super) fn client(name: &str) -> String {
    let found = Path::new(VERSIONS).is_dir().then(|| program(name).display().to_string());
    found.unwrap_or_else(|| name.to_owned())
}
