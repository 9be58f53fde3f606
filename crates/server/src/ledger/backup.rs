//! Copies of a ledger's file: making one while the ledger is in use, telling whether one is whole, and what a ledger
//! that is about to be replaced must give up and hand on.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, params};
use uuid::Uuid;

use super::sqlite::{self, BUSY, MIGRATIONS};
use super::{Ledger, LedgerError};

/// What a whole ledger says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The number of its newest migration.
    pub version: usize,
    /// The server's life number.
    pub epoch: u64,
}

/// Copies the ledger in `from`, as of one moment, into the new file `to`. Those who read and write it go on meanwhile.
///
/// # Errors
/// When there is no ledger in `from`, or `to` exists or cannot be written.
pub fn copy(from: &Path, to: &Path) -> Result<(), LedgerError> {
    let to = to.to_str().ok_or_else(|| LedgerError::Refused("The file's name is not text.".to_owned()))?;
    existing(from)?.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}

/// Tells whether the file is a ledger of a version that this program knows, with nothing damaged or missing.
///
/// # Errors
/// A sentence in [`LedgerError::Refused`] when it is not; else why it cannot be read.
pub fn check(path: &Path) -> Result<Whole, LedgerError> {
    let db = existing(path)?;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(damaged)?;
    let version = usize::try_from(version).unwrap_or(0);
    if version > MIGRATIONS.len() {
        let sentence = "The file was written by a newer version of Satchel.".to_owned();
        return Err(LedgerError::Refused(sentence));
    }
    if version == 0 || tables(&db).map_err(damaged)? != tables(&sqlite::of_version(version)?)? {
        return Err(foreign());
    }
    let found: String = db.pragma_query_value(None, "integrity_check", |row| row.get(0)).map_err(damaged)?;
    if found != "ok" {
        return Err(LedgerError::Refused(format!("The file is damaged: {found}.")));
    }
    if db.prepare("PRAGMA foreign_key_check").and_then(|mut check| check.exists([])).map_err(damaged)? {
        return Err(LedgerError::Refused("The file is damaged: a row lacks what it belongs to.".to_owned()));
    }
    Ok(Whole { version, epoch: sqlite::people::epoch(&db)? })
}

fn foreign() -> LedgerError {
    LedgerError::Refused("The file is not a ledger of Satchel.".to_owned())
}

/// What a failure says of a file that somebody gave us.
fn damaged(error: rusqlite::Error) -> LedgerError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => foreign(),
        Some(ErrorCode::DatabaseCorrupt) => LedgerError::Refused("The file is damaged.".to_owned()),
        _ => LedgerError::from(error),
    }
}

/// A ledger that is being replaced. Nobody else can read or write its file, and all of it is in that one file, until
/// this is dropped.
#[derive(Debug)]
pub struct Replaced {
    _alone: Connection,
    /// Its life number.
    pub epoch: u64,
    sessions: Vec<Session>,
}

/// A row of the table of that name.
#[derive(Clone, Debug)]
struct Session {
    token_sha256: Vec<u8>,
    person: Uuid,
    created: i64,
    expires: i64,
}

impl Replaced {
    /// Takes the ledger in this file for oneself.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] while another process has it open; others when it cannot be read any more.
    pub fn take(path: &Path) -> Result<Self, LedgerError> {
        let db = existing(path)?;
        let epoch = sqlite::people::epoch(&db)?;
        let sessions = sessions(&db)?;
        // Leaving the log needs the file for oneself, and leaves nothing in another file.
        db.pragma_update(None, "journal_mode", "DELETE")?;
        db.execute_batch("BEGIN EXCLUSIVE")?;
        Ok(Self { _alone: db, epoch, sessions })
    }
}

impl Ledger {
    /// Starts a life of the server that no device has met, with the sessions of the ledger that this one replaces:
    /// who signed out since the copy was made stays signed out. Without that ledger everybody signs in again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_life(&mut self, epoch: u64, replaced: Option<&Replaced>) -> Result<(), LedgerError> {
        self.write(|db| {
            db.execute("UPDATE server SET epoch = ?1", [epoch as i64])?;
            db.execute("DELETE FROM session", [])?;
            for session in replaced.iter().flat_map(|replaced| &replaced.sessions) {
                db.execute(
                    "INSERT INTO session (org, token_sha256, person, created, expires)
                     SELECT org, ?1, id, ?3, ?4 FROM person WHERE id = ?2",
                    params![session.token_sha256, session.person, session.created, session.expires],
                )?;
            }
            Ok(())
        })
    }

    /// Puts all of the ledger into its one file and lets go of it.
    ///
    /// # Errors
    /// When another connection has it open, or the database fails.
    pub fn fold(self) -> Result<(), LedgerError> {
        self.connection.pragma_update(None, "journal_mode", "DELETE")?;
        self.connection.close().map_err(|(_, error)| LedgerError::from(error))
    }
}

/// A connection to a file that must be there: neither made nor upgraded.
fn existing(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY)?;
    Ok(db)
}

fn sessions(db: &Connection) -> Result<Vec<Session>, LedgerError> {
    let mut statement = db.prepare("SELECT token_sha256, person, created, expires FROM session")?;
    let rows = statement.query_map([], |row| {
        Ok(Session {
            token_sha256: row.get(0)?,
            person: row.get(1)?,
            created: row.get(2)?,
            expires: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every table with every column.
fn tables(db: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let sql = "SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_xinfo(t.name) AS c
               WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY t.name, c.cid";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}
