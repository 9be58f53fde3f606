//! Backup and restore: which file is written, checked, renamed and kept, in an order in which no moment leaves less
//! than one whole ledger.

use std::fmt;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::hold::{Hold, HoldError};
use crate::ledger::{self, Ledger, LedgerError, Replaced, Whole};

/// Copies the ledger into `file`, also while it is served. The name appears once the copy is whole and on the disk.
///
/// # Errors
/// When there is no ledger, or the file exists and is not to be replaced, or cannot be written.
pub fn backup(db: &Path, file: &Path, replace: bool) -> Result<Whole, BackupError> {
    must_exist(db)?;
    if is_same(db, file) {
        return Err(BackupError::Itself);
    }
    let free = |file: &Path| if replace || !file.exists() { Ok(()) } else { Err(exists(file)) };
    free(file)?;
    let part = beside(file, ".part");
    remove_ledger(&part)?;
    // SQLite writes into an empty file, and would say less of a place where it can make none.
    File::create(&part).map_err(in_file(file))?;
    let copied = ledger::copy(db, &part).and_then(|()| ledger::check(&part));
    let copied = copied.map_err(BackupError::from).and_then(|whole| {
        flush(&part)?;
        free(file)?;
        rename(&part, file)?;
        Ok(whole)
    });
    if copied.is_err() {
        // What is left of the attempt helps nobody; that it failed is said already.
        let _ = remove_ledger(&part);
    }
    copied
}

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    /// The server's new life number.
    pub epoch: u64,
    /// Where the ledger that was there before is kept, if there was one.
    pub kept: Option<PathBuf>,
    /// Whether those who were signed in still are.
    pub signed_in: bool,
}

/// Puts the ledger in `file` into the place of the one in `db`, as a new life of the server, so that devices send
/// again what it lacks. `now` is ms since 1970.
///
/// # Errors
/// When the file is not a whole ledger, the one to be replaced is in use, or the disk fails; then the one that was
/// there is there still.
pub fn restore(db: &Path, file: &Path, now: i64) -> Result<Restored, BackupError> {
    must_exist(file)?;
    if is_same(db, file) {
        return Err(BackupError::Itself);
    }
    let _hold = Hold::alone(db)?;
    let backup = ledger::check(file)?;
    let fresh = beside(db, ".restoring");
    remove_ledger(&fresh)?;
    ledger::copy(file, &fresh)?;
    let replaced = match db.exists() {
        true => match Replaced::take(db) {
            Ok(replaced) => Some(replaced),
            Err(LedgerError::Busy) => return Err(HoldError::InUse.into()),
            // A damaged ledger is the very reason to restore; what is left of it is kept all the same.
            Err(_) => None,
        },
        false => None,
    };
    let epoch = next_life(backup.epoch, replaced.as_ref(), now);
    let mut ledger = Ledger::open(&fresh)?;
    ledger.begin_life(epoch, replaced.as_ref())?;
    ledger.fold()?;
    flush(&fresh)?;
    let kept = set_aside(db, replaced.is_some(), now)?;
    rename(&fresh, db)?;
    Ok(Restored { epoch, kept, signed_in: replaced.is_some() })
}

/// Why a backup or a restore was not done.
#[derive(Debug, PartialEq, Eq)]
pub enum BackupError {
    /// There is no such file.
    Missing(PathBuf),
    /// The file is there already.
    Exists(PathBuf),
    /// Source and target are one file.
    Itself,
    /// The ledger is in use.
    Hold(HoldError),
    /// The ledger or its copy.
    Ledger(LedgerError),
    /// The file system, at this path.
    File(PathBuf, String),
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "There is no file {}.", path.display()),
            Self::Exists(path) => {
                write!(f, "{} is there already. Name another file, or add --replace.", path.display())
            }
            Self::Itself => f.write_str("That is the ledger itself. Name another file."),
            Self::Hold(error) => error.fmt(f),
            Self::Ledger(error) => error.fmt(f),
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for BackupError {}

impl From<HoldError> for BackupError {
    fn from(error: HoldError) -> Self {
        Self::Hold(error)
    }
}

impl From<LedgerError> for BackupError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

/// A number past every life that any device may have met. Counting on from the two files is not enough: after a
/// backup older than an earlier restore, on a new machine, it would give out a number for the second time.
fn next_life(backup: u64, replaced: Option<&Replaced>, now: i64) -> u64 {
    let clock = u64::try_from(now).unwrap_or(0);
    let known = replaced.map_or(backup, |replaced| replaced.epoch.max(backup));
    clock.max(known + 1)
}

/// Keeps the ledger that is there under a dated name as well; one that can be opened no more goes there with its log.
fn set_aside(db: &Path, is_whole: bool, now: i64) -> Result<Option<PathBuf>, BackupError> {
    if !db.exists() {
        return Ok(None);
    }
    let kept = beside(db, &format!(".replaced-{}", date(now)));
    if kept.exists() {
        return Err(exists(&kept));
    }
    if !is_whole {
        // A log left beside the new ledger would be laid over it.
        for log in ["-wal", "-shm", "-journal"] {
            let (from, to) = (beside(db, log), beside(&kept, log));
            match fs::rename(&from, to) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(in_file(&from)(error)),
                _ => {}
            }
        }
    }
    // A second name first, so that the rename that follows leaves no moment without a ledger. Some file systems know
    // no second names.
    if fs::hard_link(db, &kept).is_err() {
        fs::rename(db, &kept).map_err(in_file(db))?;
    }
    Ok(Some(kept))
}

/// The day and the second in UTC, as digits (Hinnant's algorithm for the calendar).
fn date(now: i64) -> String {
    let seconds = now.div_euclid(1_000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let shifted = (5 * doy + 2) / 153;
    let day = doy - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{second:02}")
}

fn must_exist(path: &Path) -> Result<(), BackupError> {
    if path.is_file() { Ok(()) } else { Err(BackupError::Missing(path.to_owned())) }
}

fn exists(path: &Path) -> BackupError {
    BackupError::Exists(path.to_owned())
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// What an attempt that was cut short left behind.
fn remove_ledger(path: &Path) -> Result<(), BackupError> {
    for file in ["", "-wal", "-shm", "-journal"].map(|ending| beside(path, ending)) {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(in_file(&file)(error)),
            _ => {}
        }
    }
    Ok(())
}

fn flush(path: &Path) -> Result<(), BackupError> {
    File::options().write(true).open(path).and_then(|file| file.sync_all()).map_err(in_file(path))
}

fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::rename(from, to).map_err(in_file(to))?;
    // The name is durable with its directory. Where directories cannot be opened, the system sees to it itself.
    let dir = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    match File::open(dir) {
        Ok(dir) => dir.sync_all().map_err(in_file(to)),
        Err(_) => Ok(()),
    }
}

fn in_file(path: &Path) -> impl Fn(std::io::Error) -> BackupError + '_ {
    |error| BackupError::File(path.to_owned(), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (now, text) in [
            (0, "19700101-000000"),
            (951_782_399_000, "20000228-235959"),
            (951_782_400_000, "20000229-000000"),
            (1_772_323_200_500, "20260301-000000"),
            (1_798_761_599_999, "20261231-235959"),
        ] {
            assert_eq!(date(now), text);
        }
    }

    #[test]
    fn a_new_life_is_past_both_ledgers_and_past_the_clock() {
        assert_eq!(next_life(1, None, 1_700_000_000_000), 1_700_000_000_000);
        assert_eq!(next_life(1_800_000_000_000, None, 1_700_000_000_000), 1_800_000_000_001);
        assert_eq!(next_life(3, None, -5), 4);
    }
}
