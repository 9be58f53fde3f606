//! Whether the ledger's file can be used at all, and what is said to who typed its name where it cannot.

use std::path::Path;

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

/// What the system says of this file.
fn in_file(path: &Path) -> impl Fn(std::io::Error) -> String + '_ {
    |error| format!("{}: {error}", path.display())
}
