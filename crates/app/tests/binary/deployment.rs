//! A place where the binary runs, and a server that runs in it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "plum-ladder-orbit-7731";

/// How long something may take that takes milliseconds on an idle machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Deployment {
    directory: TempDir,
    pub(crate) variables: Vec<(&'static str, String)>,
}

/// What a command left behind.
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) results: String,
    pub(crate) prose: String,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.results).unwrap_or_else(|error| panic!("{error}: {}{}", self.results, self.prose))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code().unwrap(),
            results: String::from_utf8(output.stdout).unwrap(),
            prose: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Deployment {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn key_ring(&self) -> PathBuf {
        self.path("countersign-data.key")
    }

    pub(crate) fn is_untouched(&self) -> bool {
        std::fs::read_dir(self.directory.path()).unwrap().next().is_none()
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(arguments.split_whitespace()).current_dir(self.directory.path());
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Ran {
        self.run_with(arguments, "")
    }

    pub(crate) fn run_with(&self, arguments: &str, standard_input: &str) -> Ran {
        let mut child = self.command(arguments).spawn().unwrap();
        // Who needs no input may be gone before it comes.
        let _ = child.stdin.take().unwrap().write_all(standard_input.as_bytes());
        child.wait_with_output().unwrap().into()
    }

    pub(crate) fn create_account(&self, login: &str) -> Ran {
        self.run_with(&format!("account create {login} --password-stdin"), &format!("{PASSWORD}\n"))
    }

    /// Starts a server and waits until it listens.
    pub(crate) fn serve(&self) -> Server {
        let mut server = self.begin_to_serve("listening on ");
        let line = server.said.last().unwrap();
        server.address = line.trim_start_matches("listening on ").to_owned();
        server
    }

    /// Starts a server and waits for a line that begins so.
    pub(crate) fn begin_to_serve(&self, beginning: &str) -> Server {
        let mut child = self.command("serve --listen 127.0.0.1:0").spawn().unwrap();
        let lines = lines_of(child.stderr.take().unwrap());
        let mut server = Server { child, lines, said: Vec::new(), address: String::new() };
        server.wait_for(beginning);
        server
    }

    /// Serves once and stops: what the first start makes is there.
    pub(crate) fn set_up() -> Self {
        let deployment = Self::new();
        assert_eq!(deployment.serve().stop(), Some(0));
        deployment
    }
}

pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    pub(crate) said: Vec<String>,
    pub(crate) address: String,
}

fn lines_of(stream: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

impl Server {
    pub(crate) fn wait_for(&mut self, beginning: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| panic!("{error} before {beginning:?}: {:#?}", self.said));
            self.said.push(line.clone());
            if line.starts_with(beginning) {
                return line;
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Stops the server in order, and answers its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        self.signal();
        self.finish()
    }

    pub(crate) fn finish(&mut self) -> Option<i32> {
        // Its standard error ends when it ends.
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push(line);
        }
        let ended = self.child.try_wait().unwrap();
        ended
            .or_else(|| {
                std::thread::sleep(Duration::from_millis(200));
                self.child.try_wait().unwrap()
            })?
            .code()
    }

    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        get(&format!("{}{path}", self.address))
    }

    pub(crate) fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent.post(format!("{}{path}", self.address)).header("Authorization", format!("Bearer {token}"));
        let mut response = request.send_json(body).unwrap();
        let answer: Value = response.body_mut().read_json().unwrap();
        assert!(response.status().is_success(), "{path}: {answer}");
        answer
    }

    /// Gives an account an active authenticator, and answers its identifier.
    pub(crate) fn enroll(&self, deployment: &Deployment, login: &str) -> Value {
        let credentials = serde_json::json!({ "login": login, "password": PASSWORD });
        let signed_in = self.post("/v1/sign-in", "none", &credentials);
        let token = signed_in["session"]["token"].as_str().unwrap();
        let proof = serde_json::json!({ "password": PASSWORD });
        let begun = self.post("/v1/account/two-factor/authenticators", token, &proof);
        let uri = begun["otpauth_uri"].as_str().unwrap();
        let code = deployment.run(&format!("totp code {uri}")).json()["code"].clone();
        let id = begun["authenticator"]["id"].as_str().unwrap();
        let confirm = format!("/v1/account/two-factor/authenticators/{id}/confirm");
        self.post(&confirm, token, &serde_json::json!({ "code": code }));
        begun["authenticator"]["id"].clone()
    }
}

pub(crate) fn get(url: &str) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut response = agent.get(url).call().unwrap();
    (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}
