//! Who is using a ledger's file: the server and the admin's commands side by side, or a restore alone.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// A lock on the ledger's file, held until dropped; the system lets go of it when the process dies.
///
/// SQLite's own locks keep two writers apart. They cannot keep a server away from a file that is about to be put in
/// the place of another one, which is what this is for.
#[derive(Debug)]
pub struct Hold {
    _file: Option<File>,
}

/// Why a hold was not given.
#[derive(Debug, PartialEq, Eq)]
pub enum HoldError {
    /// Somebody uses the ledger.
    InUse,
    /// The ledger is being replaced.
    Replaced,
    /// The file of the lock cannot be used; its name and why.
    File(String),
}

impl Hold {
    /// For one who reads and writes beside others.
    ///
    /// # Errors
    /// While the ledger is being replaced.
    pub fn shared(db: &Path) -> Result<Self, HoldError> {
        let file = match open(db) {
            Ok(file) => file,
            Err(error) => {
                // A full disk has no room for the lock, and must still be served.
                tracing::warn!("no lock beside {}: {error}", db.display());
                return Ok(Self { _file: None });
            }
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(HoldError::Replaced),
            Err(TryLockError::Error(error)) => {
                tracing::warn!("no lock beside {}: {error}", db.display());
                Ok(Self { _file: None })
            }
        }
    }

    /// For one who replaces the ledger.
    ///
    /// # Errors
    /// While anybody else has a hold, or when none can be had.
    pub fn alone(db: &Path) -> Result<Self, HoldError> {
        let failed = |error: std::io::Error| HoldError::File(format!("{}: {error}", name(db).display()));
        let file = open(db).map_err(failed)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: Some(file) }),
                // A hold that was let go lives on in a process that is just being started, until that runs its program.
                Err(TryLockError::WouldBlock) => sleep(BETWEEN_TRIES),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Err(HoldError::InUse)
    }
}

impl std::fmt::Display for HoldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InUse => f.write_str("The ledger is in use. Stop satchel-server first."),
            Self::Replaced => f.write_str("The ledger is being replaced. Try again in a moment."),
            Self::File(error) => write!(f, "The ledger cannot be locked: {error}"),
        }
    }
}

impl std::error::Error for HoldError {}

const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// An empty file beside the ledger. It stays there: to delete it would let two processes hold different ones.
fn open(db: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(name(db))
}

fn name(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_use_a_ledger_side_by_side_and_nobody_beside_its_replacement() {
        let dir = tempfile::tempdir().expect("a directory");
        let db = dir.path().join("satchel.sqlite");
        let one = Hold::shared(&db).expect("free");
        let two = Hold::shared(&db).expect("side by side");
        drop(one);
        assert_eq!(Hold::alone(&db).err(), Some(HoldError::InUse));
        drop(two);
        let alone = Hold::alone(&db).expect("nobody else");
        assert_eq!(Hold::shared(&db).err(), Some(HoldError::Replaced));
        drop(alone);
        assert!(Hold::shared(&db).is_ok());
    }
}
