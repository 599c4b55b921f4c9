//! Whether the system keeps the clock right by itself.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::report::Report;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the system's time service, which asks the kernel whether the clock is kept in step.
pub(super) async fn check(report: &mut Report) {
    match synchronized().await {
        Some(true) => report.ok("time synchronization", "the system keeps its clock in step with others"),
        Some(false) => report.warning(
            "time synchronization",
            "nothing keeps the clock of this machine right: it drifts until no code fits",
            "turn NTP on: `timedatectl set-ntp true`, or install chrony",
        ),
        None => report.ok(
            "time synchronization",
            "this system does not say whether its clock is kept right (in a container, its host does)",
        ),
    }
}

/// Where systems have it. Never by PATH: whoever has a directory in that would have it run by root.
const WHERE: [&str; 3] = ["/usr/bin/timedatectl", "/bin/timedatectl", "/run/current-system/sw/bin/timedatectl"];

async fn synchronized() -> Option<bool> {
    let program = WHERE.into_iter().find(|path| std::path::Path::new(path).exists())?;
    let asked = Command::new(program)
        .env_clear()
        .args(["show", "--property=NTPSynchronized", "--value"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let answer = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
    match answer.stdout.trim_ascii() {
        b"yes" => Some(true),
        b"no" => Some(false),
        _ => None,
    }
}
