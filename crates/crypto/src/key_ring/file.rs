//! Reading and writing key ring files.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use countersign_application::ports::Entropy;
use countersign_application::text::text_of_file;
use zeroize::Zeroizing;

use super::KeyRingFault;
use crate::entropy::draw;

/// Readable by the owner only, and not even writable: whatever changes it has to mean it.
const MODE: u32 = 0o400;
const MAXIMUM_BYTES: u64 = 64 * 1024;

/// The text of the file and its mode.
pub(super) fn read(path: &Path) -> Result<(Zeroizing<String>, u32), KeyRingFault> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KeyRingFault::NotFound,
        _ => KeyRingFault::Unreadable(error),
    })?;
    // Of the opened file: what the name points to may have changed since.
    let metadata = file.metadata().map_err(KeyRingFault::Unreadable)?;
    if metadata.len() > MAXIMUM_BYTES {
        return Err(KeyRingFault::TooLong);
    }
    // Room for the longest file from the start: growing would leave copies of the material behind.
    let mut bytes = Zeroizing::new(vec![0; MAXIMUM_BYTES as usize]);
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(KeyRingFault::Unreadable(error)),
        }
    }
    let text = text_of_file(bytes.get(..length).unwrap_or_default());
    let text = text.map_err(|_| KeyRingFault::Syntax { line: 1 })?;
    Ok((Zeroizing::new(text.to_owned()), metadata.mode()))
}

/// Writes a file that must not exist yet.
///
/// It is written under another name and then linked: a link, unlike a rename, never replaces what is there, and a
/// crash leaves no half of a key ring under the right name.
pub(super) fn create(path: &Path, text: &str, entropy: &dyn Entropy) -> Result<(), KeyRingFault> {
    let temporary = Temporary::write(path, text, entropy)?;
    fs::hard_link(&temporary.path, path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyRingFault::Exists,
        _ => KeyRingFault::Unwritable(error),
    })?;
    drop(temporary);
    sync_directory(path)
}

/// Replaces a file at once.
pub(super) fn replace(path: &Path, text: &str, entropy: &dyn Entropy) -> Result<(), KeyRingFault> {
    // The file itself, not a symbolic link to it.
    let path = fs::canonicalize(path).map_err(KeyRingFault::Unwritable)?;
    let temporary = Temporary::write(&path, text, entropy)?;
    fs::rename(&temporary.path, &path).map_err(KeyRingFault::Unwritable)?;
    sync_directory(&path)
}

/// A written file beside the one that is meant, removed when dropped.
struct Temporary {
    path: PathBuf,
}

impl Temporary {
    fn write(target: &Path, text: &str, entropy: &dyn Entropy) -> Result<Self, KeyRingFault> {
        // Random, so that what a crash left behind is not in the way.
        let random = draw::<8>(entropy).map_err(KeyRingFault::Entropy)?;
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}.tmp", hex::encode(&random[..])));
        let path = target.with_file_name(name);

        // O_EXCL: never into a file that someone else put there.
        let file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&path);
        let mut file = file.map_err(KeyRingFault::Unwritable)?;
        let temporary = Self { path };
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(KeyRingFault::Unwritable)?;
        Ok(temporary)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After a rename it is gone already.
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes the new name durable.
fn sync_directory(path: &Path) -> Result<(), KeyRingFault> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory).and_then(|directory| directory.sync_all()).map_err(KeyRingFault::Unwritable)
}
