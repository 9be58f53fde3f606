//! What every request shares: the ledger's connections, the settings, and the sign-in counter.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::auth::limiter::Limiter;
use crate::hold::Hold;
use crate::ledger::{Ledger, LedgerError};

/// A handle; clones share everything.
#[derive(Clone, Debug)]
pub struct App {
    /// The ledger, for reading and for writing.
    pub ledgers: Ledgers,
    /// How long a session lives without being used, ms.
    pub session_ms: i64,
    /// Whether the practice organisation is served: sign-in is for this machine then.
    pub practice: bool,
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
    pub fn open(db: &Path, session_ms: i64, practice: bool) -> Result<Self, LedgerError> {
        Ok(Self {
            ledgers: Ledgers::open(db)?,
            session_ms,
            practice,
            limiter: Arc::default(),
            password_checks: Arc::new(Semaphore::new(PASSWORD_CHECKS_MAX)),
        })
    }
}

/// One connection that writes and a few that read, each used by one request at a time, off the async threads. A
/// request waits for its turn a few seconds at most, and is told then.
#[derive(Clone, Debug)]
pub struct Ledgers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    /// Taken away when the disk failed under it, and opened anew by the next who writes.
    writer: Arc<tokio::sync::Mutex<Option<Ledger>>>,
    writers: Arc<Semaphore>,
    idle: Mutex<Vec<Ledger>>,
    readers: Arc<Semaphore>,
    last: Mutex<Last>,
    _hold: Hold,
}

/// What became of the last change that the disk was to take, and when.
#[derive(Clone, Debug, Default)]
enum Last {
    #[default]
    Unknown,
    Taken(Instant),
    Failed(LedgerError, Instant),
}

impl Ledgers {
    fn open(path: &Path) -> Result<Self, LedgerError> {
        let hold = Hold::shared(path).map_err(|error| LedgerError::Refused(error.to_string()))?;
        let writer = Ledger::open(path)?;
        let shared = Shared {
            path: path.to_owned(),
            writer: Arc::new(tokio::sync::Mutex::new(Some(writer))),
            writers: Arc::new(Semaphore::new(WRITERS_MAX)),
            idle: Mutex::default(),
            readers: Arc::new(Semaphore::new(READERS_MAX)),
            last: Mutex::default(),
            _hold: hold,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Runs `write` on the connection that writes, when its turn comes.
    ///
    /// # Errors
    /// Those of `write`; [`LedgerError::Busy`] when its turn does not come.
    pub async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let shared = self.shared.clone();
        let place = shared.writers.clone().try_acquire_owned().map_err(|_| LedgerError::Busy)?;
        let turn = tokio::time::timeout(TURN_WAIT_MAX, shared.writer.clone().lock_owned()).await;
        let mut writer = turn.map_err(|_| LedgerError::Busy)?;
        blocking(move || {
            let value = with(&mut writer, &shared.path, write);
            shared.note(&value);
            drop(place);
            value
        })
        .await
    }

    /// Runs `read` on a connection that reads.
    ///
    /// # Errors
    /// Those of `read`; [`LedgerError::Busy`] when its turn does not come.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Ledger) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let shared = self.shared.clone();
        let turn = tokio::time::timeout(TURN_WAIT_MAX, shared.readers.clone().acquire_owned()).await;
        let permit = turn.map_err(|_| LedgerError::Busy)?.expect("it is never closed");
        blocking(move || {
            let mut reader = shared.idle().pop();
            let value = with(&mut reader, &shared.path, read);
            shared.idle().extend(reader);
            drop(permit);
            value
        })
        .await
    }

    /// Proves that a change would be taken: the disk took one a moment ago, or takes one now. Where it failed under one
    /// a moment ago, a small one that it takes would prove nothing.
    ///
    /// # Errors
    /// Why one would not.
    pub async fn prove(&self) -> Result<(), LedgerError> {
        let last = self.shared.last().clone();
        match last {
            Last::Taken(at) if at.elapsed() < PROOF_AGE_MAX => Ok(()),
            Last::Failed(error, at) if at.elapsed() < PROOF_AGE_MAX => Err(error),
            _ => self.write(Ledger::prove).await,
        }
    }
}

impl Shared {
    /// What is in the list is whole at all times, so a lock that a panic left behind is still good.
    fn idle(&self) -> MutexGuard<'_, Vec<Ledger>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note<T>(&self, value: &Result<T, LedgerError>) {
        match value {
            Ok(_) => *self.last() = Last::Taken(Instant::now()),
            Err(LedgerError::Busy) => *self.last() = Last::Unknown,
            Err(error) if error.is_trouble() => *self.last() = Last::Failed(error.clone(), Instant::now()),
            Err(_) => {}
        }
    }
}

/// Uses a connection, opened first where there is none. One under which the disk failed may hold on to what is no
/// longer true of the disk: it is dropped, and the next one is opened from the file.
fn with<T>(
    ledger: &mut Option<Ledger>,
    path: &Path,
    work: impl FnOnce(&mut Ledger) -> Result<T, LedgerError>,
) -> Result<T, LedgerError> {
    let open = match ledger.take() {
        Some(open) => open,
        // Opening would make an empty one in its place.
        None if !path.exists() => return Err(LedgerError::Disk("the file is gone".to_owned())),
        None => Ledger::open(path)?,
    };
    let value = work(ledger.insert(open));
    if matches!(value, Err(LedgerError::Disk(_))) {
        *ledger = None;
    }
    value
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
/// Requests that write or wait to: what a disk of 50 changes a second works off while one waits.
const WRITERS_MAX: usize = 256;
/// How long a request waits for a connection. With the time that SQLite waits for another process, it is well below
/// [`protocol::limits::REQUEST_MS_MAX`], after which a device hears nothing.
const TURN_WAIT_MAX: Duration = Duration::from_secs(5);
/// For how long the fate of one change says something about the next.
const PROOF_AGE_MAX: Duration = Duration::from_secs(5);
/// Passwords checked at one time.
const PASSWORD_CHECKS_MAX: usize = 2;
