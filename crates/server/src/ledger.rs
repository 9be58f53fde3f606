//! The ledger: every record, every change, and what became of it. It knows SQL and time as an argument; no
//! network.
//!
//! [`push`](Ledger::push), [`pull`](Ledger::pull) and [`pulse`](Ledger::pulse) are what devices ask; the rest
//! is for admin commands, sessions and tests. The decisions are in `rules`, the statements in `sqlite`.

use std::fmt;
use std::path::Path;

mod admin;
mod backup;
mod case;
mod feeds;
mod import;
mod late;
mod people;
mod pull;
mod push;
mod quarantine;
mod rules;
mod sqlite;
mod trouble;
mod versions;
mod words;

pub use admin::{HistoryRow, TerritoryRow};
pub use backup::{Replaced, Whole, check, copy};
pub use import::{AccountRow, ContactRow, Imported};
pub use people::{Session, User, own_territory};
pub use quarantine::SetAside;

/// The oldest field catalogue that may still pull; pushing is always welcome.
pub const SCHEMA_MIN: u32 = 1;

/// One connection to the ledger. Several may be open on one file: one writer at a time, readers beside it.
#[derive(Debug)]
pub struct Ledger {
    connection: rusqlite::Connection,
}

impl Ledger {
    /// Opens the ledger in this file, and makes or upgrades it first where needed.
    ///
    /// # Errors
    /// When the file cannot be opened or was written by a newer version.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        sqlite::open(path).map(|connection| Self { connection })
    }

    /// A ledger that is gone when it is dropped.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory() -> Result<Self, LedgerError> {
        sqlite::in_memory().map(|connection| Self { connection })
    }

    /// Writes, and changes nothing: proves that a change would be taken now.
    ///
    /// # Errors
    /// Why one would not.
    pub fn prove(&mut self) -> Result<(), LedgerError> {
        self.write(|db| {
            // Up and down again: a value written over itself would not reach the disk.
            db.execute("UPDATE server SET epoch = epoch + 1", [])?;
            db.execute("UPDATE server SET epoch = epoch - 1", [])?;
            Ok(())
        })
    }

    /// Makes this ledger hold what the other holds now, and nothing else.
    ///
    /// # Errors
    /// When the other cannot be read or this one cannot be written.
    pub fn become_copy_of(&mut self, other: &Self) -> Result<(), LedgerError> {
        let backup = rusqlite::backup::Backup::new(&other.connection, &mut self.connection)?;
        backup.step(-1)?;
        Ok(())
    }

    /// Runs `write` in one transaction that holds the only pen; all of it is kept, or nothing.
    fn write<T>(
        &mut self,
        write: impl FnOnce(&rusqlite::Connection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let transaction =
            self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let value = write(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs `read` on one moment of the ledger.
    fn read<T>(
        &mut self,
        read: impl FnOnce(&rusqlite::Connection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let transaction = self.connection.transaction()?;
        let value = read(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}

/// Why the ledger could not do as asked. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerError {
    /// Another writer holds the file for longer than we wait. Try again.
    Busy,
    /// The disk is full. Try again later.
    Full,
    /// The disk does not take or give what it should, or the file is damaged; for the log. Nothing that was asked is
    /// at fault. Try again later.
    Disk(String),
    /// There is no such user, or no longer.
    UnknownUser,
    /// The device belongs to another user.
    OtherDevice,
    /// The request holds more than one request may.
    TooLarge,
    /// The app is too old to pull.
    SchemaOld,
    /// An admin command cannot be done; the sentence says why.
    Refused(String),
    /// The database failed, or holds what it should not; for the log, not for users.
    Database(String),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("The database is busy. Try again in a moment."),
            Self::Full => f.write_str("The disk of the server is full."),
            Self::Disk(text) => write!(f, "The disk of the server fails: {text}"),
            Self::UnknownUser => f.write_str("There is no such user."),
            Self::OtherDevice => f.write_str("This device belongs to another user."),
            Self::TooLarge => f.write_str("The request holds too much at once."),
            Self::SchemaOld => f.write_str("This version of the app is too old to pull."),
            Self::Refused(sentence) => f.write_str(sentence),
            Self::Database(text) => write!(f, "The database failed: {text}"),
        }
    }
}

impl std::error::Error for LedgerError {}
