//! What every request shares: the ledger's connections, the settings, and the sign-in counter.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use crate::auth::limiter::Limiter;
use crate::ledger::{Ledger, LedgerError};

/// A handle; clones share everything.
#[derive(Clone, Debug)]
pub struct App {
    /// The ledger, for reading and for writing.
    pub ledgers: Ledgers,
    /// How long a session lives without being used, ms.
    pub session_ms: i64,
    /// Counts attempts to sign in.
    pub limiter: Arc<Limiter>,
    /// Passwords being checked at one time: each takes 19 MiB and a whole core.
    pub password_checks: Arc<Semaphore>,
}

impl App {
    /// Opens the ledger for a server.
    ///
    /// # Errors
    /// When the ledger cannot be opened.
    pub fn open(db: &Path, session_ms: i64) -> Result<Self, LedgerError> {
        Ok(Self {
            ledgers: Ledgers::open(db)?,
            session_ms,
            limiter: Arc::default(),
            password_checks: Arc::new(Semaphore::new(PASSWORD_CHECKS_MAX)),
        })
    }
}

/// One connection that writes and a few that read, each used by one request at a time, off the async threads.
#[derive(Clone, Debug)]
pub struct Ledgers {
    writer: Arc<tokio::sync::Mutex<Ledger>>,
    readers: Arc<Readers>,
}

#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Ledger>>,
    permits: Arc<Semaphore>,
}

impl Ledgers {
    fn open(path: &Path) -> Result<Self, LedgerError> {
        let writer = Arc::new(tokio::sync::Mutex::new(Ledger::open(path)?));
        let (path, idle) = (path.to_owned(), Mutex::default());
        let permits = Arc::new(Semaphore::new(READERS_MAX));
        Ok(Self { writer, readers: Arc::new(Readers { path, idle, permits }) })
    }

    /// Runs `write` on the connection that writes, when its turn comes.
    ///
    /// # Errors
    /// Those of `write`.
    pub async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let mut ledger = self.writer.clone().lock_owned().await;
        blocking(move || write(&mut ledger)).await
    }

    /// Runs `read` on a connection that reads.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let readers = self.readers.clone();
        let permit = readers.permits.clone().acquire_owned().await.expect("it is never closed");
        blocking(move || {
            // What is in the list is whole at all times, so a lock that a panic left behind is still good.
            let idle = readers.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut ledger = match idle {
                Some(ledger) => ledger,
                None => Ledger::open(&readers.path)?,
            };
            let value = read(&mut ledger);
            readers.idle.lock().unwrap_or_else(PoisonError::into_inner).push(ledger);
            drop(permit);
            value
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => Err(LedgerError::Database(format!("a request to the ledger ended early: {error}"))),
    }
}

/// Connections that read at one time.
const READERS_MAX: usize = 4;
/// Passwords checked at one time.
const PASSWORD_CHECKS_MAX: usize = 2;
