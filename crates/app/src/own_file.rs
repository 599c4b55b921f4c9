//! Files in directories where another user may write as well. Run by root, nothing that was planted there is followed, and
//! nothing is given away but what this program made.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use rustix::fs::OFlags;

/// Makes a file that was not there, for its owner only. A link in its place is something that is there.
pub(crate) fn make(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Opens a file that is there, to lock or to look at: no link, and no pipe that would keep us waiting.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    #[expect(clippy::cast_possible_wrap, reason = "flags are bits")]
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let opened = |options: &mut OpenOptions| options.custom_flags(flags).open(path);
    // To lock it, reading it is enough on most file systems.
    let file = opened(OpenOptions::new().write(true)).or_else(|_| opened(OpenOptions::new().read(true)))?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no regular file")) }
}

/// Run by root, gives a file that this program made to the owner of another one. It is refused where it has a second name: then
/// it is not known what it is.
pub(crate) fn give_to_owner_of(file: &File, other: &Metadata) -> io::Result<()> {
    let ours = file.metadata()?;
    if ours.uid() != 0 || (ours.uid(), ours.gid()) == (other.uid(), other.gid()) {
        return Ok(());
    }
    if !ours.is_file() || ours.nlink() != 1 {
        return Err(io::Error::other("it is not the file that was made: something else has its name, or it has two"));
    }
    fchown(file, Some(other.uid()), Some(other.gid()))
}

/// Whom new files beside a database belong to: its owner, or that of the directory where there is none yet.
pub(crate) fn owner_at(path: &Path) -> io::Result<Metadata> {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::symlink_metadata(path).or_else(|_| fs::metadata(directory))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// Somebody else, whom only root can give files to.
    const NOBODY: u32 = 65_534;

    fn belongs_to_nobody(directory: &Path) -> bool {
        std::os::unix::fs::chown(directory, Some(NOBODY), Some(NOBODY)).is_ok()
    }

    #[test]
    fn a_link_in_a_files_place_is_neither_made_nor_opened() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("target"), directory.path().join("link"));
        fs::write(&target, "precious").unwrap();
        for aim in [target.clone(), directory.path().join("nowhere")] {
            symlink(&aim, &link).unwrap();
            assert_eq!(make(&link).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            open(&link).unwrap_err();
            fs::remove_file(&link).unwrap();
        }
        assert_eq!(fs::read(&target).unwrap(), b"precious");
        open(&target).unwrap();
        open(directory.path()).unwrap_err();
    }

    #[test]
    fn only_a_file_with_one_name_is_given_away() {
        let directory = tempfile::tempdir().unwrap();
        if !belongs_to_nobody(directory.path()) {
            return;
        }
        let nobody = owner_at(&directory.path().join("none")).unwrap();
        let path = directory.path().join("file");
        let file = make(&path).unwrap();
        fs::hard_link(&path, directory.path().join("second")).unwrap();
        give_to_owner_of(&file, &nobody).unwrap_err();
        assert_eq!(file.metadata().unwrap().uid(), 0);
        fs::remove_file(directory.path().join("second")).unwrap();
        give_to_owner_of(&file, &nobody).unwrap();
        assert_eq!(file.metadata().unwrap().uid(), NOBODY);
    }
}
