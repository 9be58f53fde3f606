//! The statements for SQLite, and nothing but statements: each function reads or writes rows. No rule lives
//! here.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Row, TransactionBehavior};

use super::LedgerError;

pub(super) mod changes;
pub(super) mod feeds;
pub(super) mod people;
pub(super) mod quarantine;
pub(super) mod records;

/// Numbered from 1; a released one is never edited.
pub(super) const MIGRATIONS: [&str; 2] =
    [include_str!("../../migrations/0001_start.sql"), include_str!("../../migrations/0002_lanes.sql")];

/// How long a writer waits for another.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// After how long it tries again where SQLite does not wait by itself.
const BUSY_AGAIN: Duration = Duration::from_millis(5);
/// Prepared statements kept on a connection: more than there are.
const STATEMENTS: usize = 96;

pub(super) fn open(path: &Path) -> Result<Connection, LedgerError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    log_ahead(&connection)?;
    prepare(connection)
}

/// Sets how the file is written. Where several do this to a new file at once, SQLite tells all but one that it is busy
/// and does not wait: each would wait for the others.
fn log_ahead(connection: &Connection) -> Result<(), LedgerError> {
    let begun = Instant::now();
    loop {
        match connection.pragma_update(None, "journal_mode", "WAL").map_err(LedgerError::from) {
            Err(LedgerError::Busy) if begun.elapsed() < BUSY => std::thread::sleep(BUSY_AGAIN),
            other => return other,
        }
    }
}

pub(super) fn in_memory() -> Result<Connection, LedgerError> {
    prepare(Connection::open_in_memory()?)
}

/// An empty ledger in memory as the first so many migrations make it.
pub(super) fn of_version(version: usize) -> Result<Connection, LedgerError> {
    let connection = Connection::open_in_memory()?;
    for migration in &MIGRATIONS[..version] {
        connection.execute_batch(migration)?;
    }
    Ok(connection)
}

fn prepare(mut connection: Connection) -> Result<Connection, LedgerError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -32_000)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    migrate(&mut connection)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), LedgerError> {
    if user_version(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again: another process may have been faster.
    let done = user_version(&transaction)?;
    if done > MIGRATIONS.len() {
        let sentence = "This database was written by a newer version of Satchel.".to_owned();
        return Err(LedgerError::Refused(sentence));
    }
    for migration in &MIGRATIONS[done..] {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    transaction.commit()?;
    Ok(())
}

/// A number that counts something. Below zero only in a file that somebody damaged: that is told, and not counted on.
fn whole(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(at)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, number))
}

fn user_version(connection: &Connection) -> Result<usize, LedgerError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}
