//! Whether the ledger's file can be used at all, and what is said to who typed its name where it cannot: in a command
//! that is a slip or somebody else's file long before it is a dying disk.

use std::fs::File;
use std::path::Path;

use crate::ledger::LedgerError;

/// Says no where there is no ledger yet. Opening would make an empty one.
///
/// # Errors
/// The sentence that says how to make one, or why nobody can tell.
pub(crate) fn must_exist(db: &Path) -> Result<(), String> {
    match db.try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => {
            let db = db.display();
            Err(format!("There is no ledger {db}. Make one with: organisation add NAME"))
        }
        Err(error) => Err(in_file(db)(error)),
    }
}

/// Says no to a file that this user may not read and write. SQLite would say less of it.
///
/// # Errors
/// What the system says, with the name.
pub(crate) fn must_be_ours(db: &Path) -> Result<(), String> {
    File::options().read(true).write(true).open(db).map(drop).map_err(in_file(db))
}

/// What a command says of a ledger that it cannot use.
pub(crate) fn cannot_use(db: &Path, error: &LedgerError) -> String {
    let db = db.display();
    match error {
        LedgerError::Disk(text) => format!(
            "{db} cannot be used: {text}. Is it a ledger, and may this user write to it and to its directory?"
        ),
        other => format!("{db}: {other}"),
    }
}

/// What the system says of this file.
fn in_file(path: &Path) -> impl Fn(std::io::Error) -> String + '_ {
    |error| format!("{}: {error}", path.display())
}
