use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use countersign_application::Timestamp;
use countersign_cli::CommandError;
use countersign_crypto::{KeyRing, verify_key_checks};
use countersign_persistence::{FileCopy, FileCopyStep, FileFacts};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::refusal;
use crate::hold::with_ending;

/// A backup that is to be made.
#[derive(Clone, Debug)]
pub(crate) struct Backup {
    pub(crate) database: PathBuf,
    pub(crate) file: PathBuf,
    /// Whether a file that is there is replaced.
    pub(crate) overwrite: bool,
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
        if self.file == self.database {
            return Err(CommandError::usage("the backup cannot be the database itself").advise("name another file"));
        }
        if !self.overwrite && self.file.exists() {
            return Err(self.exists());
        }
        let part = with_ending(&self.file, &format!(".{}.part", std::process::id()));
        let written = self.write_part(&part, ring, told);
        if written.is_err() {
            // What is left of it is of no use to anybody; where there was nothing, there is nothing to remove.
            let _ = fs::remove_file(&part);
            let _ = fs::remove_file(with_ending(&part, "-journal"));
        }
        written
    }

    fn write_part(
        &self,
        part: &Path,
        ring: &KeyRing,
        told: &mut dyn FnMut(FileCopyStep) -> ControlFlow<()>,
    ) -> Result<Written, CommandError> {
        let copy = FileCopy { from: &self.database, to: part, alone: false };
        let facts = copy.back_up(self.at, told).map_err(refusal)?;
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

/// Makes what happened to the names in a file's directory durable.
pub(crate) fn sync_directory(file: &Path) -> io::Result<()> {
    let directory = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}
