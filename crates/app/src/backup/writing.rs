use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use countersign_application::Timestamp;
use countersign_cli::CommandError;
use countersign_crypto::{KeyRing, verify_key_checks};
use countersign_persistence::{FileCopy, FileCopyError, FileCopyStep, FileFacts};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::refusal;
use crate::hold::with_ending;
use crate::own_file;

/// A backup that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct Backup {
    pub(crate) database: PathBuf,
    pub(crate) file: PathBuf,
    /// Whether a file that is there is replaced.
    pub(crate) overwrite: bool,
    /// What else must not be replaced: the files of this deployment that are not its database.
    pub(crate) others: Vec<PathBuf>,
    pub(crate) at: Timestamp,
}

/// A backup that was made.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) file: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) at: Timestamp,
    pub(crate) facts: FileFacts,
}

impl Backup {
    /// Copies the database to a file beside the one that is wanted, checks it, and only then gives it its name.
    pub(crate) fn write(
        &self,
        ring: &KeyRing,
        told: &mut dyn FnMut(FileCopyStep) -> ControlFlow<()>,
    ) -> Result<Written, CommandError> {
        self.require_other_file()?;
        if !self.overwrite && self.file.exists() {
            return Err(self.exists());
        }
        if let (Some(directory), Some(name)) = (self.file.parent(), self.file.file_name().and_then(|it| it.to_str())) {
            remove_stale_parts(directory, |other| other == name);
        }
        let part = with_ending(&self.file, &format!(".{}.part", std::process::id()));
        let copied = FileCopy { from: &self.database, to: &part, alone: false }.back_up(self.at, told);
        if copied.as_ref().is_err_and(FileCopyError::is_taken) {
            // It is somebody else's.
            return copied.map_err(refusal).and_then(|_| Err(self.exists()));
        }
        let written = copied.map_err(refusal).and_then(|facts| self.finish(&part, facts, ring));
        if written.is_err() {
            // What is left of it is of no use to anybody; where it got its name, there is nothing to remove.
            let _ = fs::remove_file(&part);
            let _ = fs::remove_file(with_ending(&part, "-journal"));
        }
        written
    }

    /// Refuses a file by which the deployment works, by whatever path it is named.
    fn require_other_file(&self) -> Result<(), CommandError> {
        let beside = ["-wal", "-shm", "-journal", ".lock", ".restore", ".restoring"];
        let beside = beside.map(|ending| with_ending(&self.database, ending));
        let others = std::iter::once(&self.database).chain(&beside).chain(&self.others);
        if let Some(other) = others.into_iter().find(|other| are_one(&self.file, other)) {
            return Err(CommandError::usage(format!(
                "the backup cannot be the database itself or what belongs to it: that is {}",
                other.display()
            ))
            .advise("name another file"));
        }
        Ok(())
    }

    fn finish(&self, part: &Path, facts: FileFacts, ring: &KeyRing) -> Result<Written, CommandError> {
        verify_key_checks(ring, &facts.key_checks).map_err(|error| CommandError::refused(error.to_string()))?;
        let unnamed = |error: io::Error| {
            CommandError::refused(format!("the backup cannot get the name {}", self.file.display())).because(error)
        };
        let bytes = fs::metadata(part).map_err(unnamed)?.len();
        match self.name(part) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(self.exists()),
            Err(error) => return Err(unnamed(error)),
        }
        sync_directory(&self.file).map_err(unnamed)?;
        Ok(Written { file: self.file.clone(), bytes, at: self.at, facts })
    }

    fn name(&self, part: &Path) -> io::Result<()> {
        if self.overwrite {
            return fs::rename(part, &self.file);
        }
        match renameat_with(CWD, part, CWD, &self.file, RenameFlags::NOREPLACE) {
            // Not every file system can.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => fs::rename(part, &self.file),
            renamed => renamed.map_err(io::Error::from),
        }
    }

    fn exists(&self) -> CommandError {
        CommandError::refused(format!("there is a file {} already", self.file.display()))
            .advise("name another one, or give --overwrite to replace it")
    }
}

/// Whether two paths are one file, or will be: one that is there by its number, and one that is not by where it would be.
fn are_one(one: &Path, other: &Path) -> bool {
    let number = |path: &Path| fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    let place = |path: &Path| Some((fs::canonicalize(path.parent()?).ok()?, path.file_name()?.to_owned()));
    let same = |one: Option<_>, other: Option<_>| one.is_some() && one == other;
    one == other || same(number(one), number(other)) || place(one).is_some_and(|one| place(other) == Some(one))
}

/// Removes what backups have left that were killed. Whoever is still at work keeps its part locked.
pub(crate) fn remove_stale_parts(directory: &Path, is_ours: impl Fn(&str) -> bool) {
    for file in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = file.file_name();
        let part = name.to_str().and_then(|name| name.strip_suffix(".part")).and_then(|name| name.rsplit_once('.'));
        let is_part = part.is_some_and(|(of, process)| is_ours(of) && process.parse::<u32>().is_ok());
        let path = file.path();
        if is_part && own_file::open(&path).is_ok_and(|part| part.try_lock().is_ok()) {
            // Whoever may not remove it is told so by what comes next.
            let _ = fs::remove_file(&path);
            let _ = fs::remove_file(with_ending(&path, "-journal"));
        }
    }
}

/// Makes what happened to the names in a file's directory durable.
pub(crate) fn sync_directory(file: &Path) -> io::Result<()> {
    let directory = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}
