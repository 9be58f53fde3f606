//! The device's disk: IndexedDB, one database a user. It stores rows of bytes and knows nothing of what they say.
//!
//! `commit` is one transaction, and answers only when the browser says `complete`. Between building a transaction and
//! committing it nothing else is awaited: the browser would commit behind our back. Every use of the database goes
//! through `attempt`, which opens a lost connection again and tries once more, and never waits for ever.
//!
//! Several windows may hold the database open. Every commit writes its [`Mark`] over the one before it, and one that
//! finds another mark than its window has seen writes nothing: no lock is needed for two windows never to mix.

mod rescue;
mod reserve;
mod salvage;
mod schema;
mod seal;
mod trouble;

use std::cell::RefCell;

use engine::{Batch, Snapshot};
use indexed_db_futures::database::Database;
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionMode, TransactionOptions,
};
use indexed_db_futures::{KeyRange, internals::SystemRepr};
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

pub use rescue::Rescue;
pub use salvage::{Salvage, salvage};
pub use schema::names;
use schema::{DRAFTS, LOG, META, OUTBOX, within};
pub use trouble::LocalError;

/// A database, open in one window.
#[derive(Debug)]
pub struct Local {
    name: String,
    window: String,
    seen: Mark,
    /// Replaced when the connection was lost.
    database: RefCell<Database>,
}

/// Which commit is the last on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// One more with each commit.
    pub number: u64,
    /// The window that made it.
    pub by: String,
}

impl Local {
    /// Opens the database, making or upgrading it where needed. `window` must be a name that no other opening has.
    ///
    /// # Errors
    /// The browser does not give us the database.
    pub async fn open(name: &str, window: &str) -> Result<Self, LocalError> {
        let database = RefCell::new(schema::open(name).await?);
        Ok(Self { name: name.to_owned(), window: window.to_owned(), seen: Mark::default(), database })
    }

    /// Reads all rows as of one commit, which counts as seen from here on. In pieces, so that memory holds each row's
    /// bytes once, and in one transaction, so that no commit comes in between.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub async fn load(&mut self) -> Result<Snapshot, LocalError> {
        let (mark, meta, log, outbox) = self.attempt_for(LOAD_MS, read_all).await?;
        let mut snapshot = Snapshot::default();
        if let Some(meta) = meta {
            snapshot.meta = Some(seal::open(meta).await);
        }
        for (key, row) in log {
            snapshot.log.push((key, seal::open(row).await));
        }
        for (key, row) in outbox {
            snapshot.outbox.push((key, seal::open(row).await));
        }
        self.seen = mark;
        Ok(snapshot)
    }

    /// The last commit that this window has seen.
    pub const fn seen(&self) -> &Mark {
        &self.seen
    }

    /// This window has taken in what another one committed.
    pub fn saw(&mut self, mark: Mark) {
        self.seen = mark;
    }

    /// Whether this window has seen the last commit.
    ///
    /// # Errors
    /// The mark cannot be read.
    pub async fn is_current(&self) -> Result<bool, LocalError> {
        let last = self.attempt(async |database| {
            let transaction = database.transaction(META).build()?;
            last_mark(&transaction).await
        });
        Ok(last.await? == self.seen)
    }

    /// Writes a batch: all of it, or nothing. When this answers, it is durable as the batch asks. Should the browser
    /// give us no more room, a batch with the rep's words gets the room kept for it.
    ///
    /// # Errors
    /// Nothing was written, as far as the browser tells; after [`LocalError::Silent`] only reading tells.
    pub async fn commit(&mut self, batch: &Batch) -> Result<(), LocalError> {
        let mark = self.next_mark();
        self.commit_somehow(batch, &mark).await?;
        self.seen = mark;
        Ok(())
    }

    async fn commit_somehow(&self, batch: &Batch, mark: &Mark) -> Result<(), LocalError> {
        // The rows have their keys, so that writing them once more does no harm.
        let commit = async |database: &Database| self.try_commit(database, batch, mark).await;
        let done = self.attempt(&commit).await;
        let has_words = !batch.outbox_put.is_empty();
        let only_deletes =
            batch.delete_upto.is_some() && !has_words && batch.append.is_empty() && batch.meta.is_none();
        match done {
            Err(LocalError::Quota) if has_words && self.attempt(reserve::release).await? => {
                self.attempt(&commit).await
            }
            // Deleting needs no room, the mark beside it does: first the one, then the other.
            Err(LocalError::Quota) if only_deletes => {
                self.attempt(async |database| self.try_delete(database, batch).await).await?;
                self.attempt(&commit).await
            }
            done => done,
        }
    }

    /// Puts the room for saves aside, unless it is there.
    pub fn refill_reserve(&self) -> impl Future<Output = ()> + 'static {
        let database = self.database.borrow().clone();
        // Without room it stays away; the next opening tries again.
        async move { drop(within(ACT_MS, reserve::fill(&database)).await) }
    }

    async fn try_delete(&self, database: &Database, batch: &Batch) -> Result<(), LocalError> {
        let transaction = writing(database, false)?;
        if last_mark(&transaction).await? != self.seen {
            return Err(LocalError::Behind);
        }
        if let Some(upto) = batch.delete_upto {
            let store = transaction.object_store(LOG)?;
            store.delete::<JsValue, _>(KeyRange::UpperBound(number(upto), false)).primitive()?;
        }
        finish(transaction).await
    }

    async fn try_commit(&self, database: &Database, batch: &Batch, mark: &Mark) -> Result<(), LocalError> {
        let meta = sealed_all(batch.meta.iter().map(|row| (JsValue::from_str(STATE), row))).await;
        let log = sealed_all(batch.append.iter().map(|(key, row)| (number(*key), row))).await;
        let outbox = sealed_all(batch.outbox_put.iter().map(|(key, row)| (number(*key), row))).await;

        let transaction = writing(database, batch.strict)?;
        match last_mark(&transaction).await? {
            last if last == self.seen => {}
            // The connection went after an earlier try of this very commit had been stored.
            last if last == *mark => return Ok(()),
            _ => return Err(LocalError::Behind),
        }
        let store = transaction.object_store(LOG)?;
        if let Some(upto) = batch.delete_upto {
            store.delete::<JsValue, _>(KeyRange::UpperBound(number(upto), false)).primitive()?;
        }
        put_all(&store, &log)?;
        let store = transaction.object_store(OUTBOX)?;
        for key in &batch.outbox_delete {
            store.delete::<JsValue, _>(KeyRange::Only(number(*key))).primitive()?;
        }
        put_all(&store, &outbox)?;
        put_all(&transaction.object_store(META)?, &meta)?;
        put_mark(&transaction, mark)?;
        if let Some(key) = &batch.draft_delete {
            transaction
                .object_store(DRAFTS)?
                .delete::<JsValue, _>(KeyRange::Only(JsValue::from_str(key)))
                .primitive()?;
        }
        finish(transaction).await
    }

    /// Keeps a form's text under a key; an empty text clears it. These are the rep's words too: should the browser give
    /// them no more room, they get the room kept for saves.
    ///
    /// # Errors
    /// The text was not stored.
    pub async fn keep_draft(&self, key: &str, text: &str) -> Result<(), LocalError> {
        let sealed = if text.is_empty() { None } else { Some(seal::seal(text.as_bytes()).await) };
        let key = JsValue::from_str(key);
        let keep = async |database: &Database| {
            let transaction = writing(database, false)?;
            let store = transaction.object_store(DRAFTS)?;
            match &sealed {
                Some(row) => put(&store, &key, row)?,
                None => store.delete::<JsValue, _>(KeyRange::Only(key.clone())).primitive().map(drop)?,
            }
            finish(transaction).await
        };
        match self.attempt(&keep).await {
            Err(LocalError::Quota) if self.attempt(reserve::release).await? => self.attempt(&keep).await,
            done => done,
        }
    }

    /// The text kept under a key.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn draft(&self, key: &str) -> Result<Option<String>, LocalError> {
        let key = JsValue::from_str(key);
        let found = self.attempt(async |database| {
            let transaction = database.transaction(DRAFTS).build()?;
            row(&transaction, DRAFTS, &key).await
        });
        Ok(match found.await? {
            Some(sealed) => String::from_utf8(seal::open(sealed).await).ok(),
            None => None,
        })
    }

    /// Keys of all kept forms.
    ///
    /// # Errors
    /// They cannot be read.
    pub async fn drafts(&self) -> Result<Vec<String>, LocalError> {
        self.attempt(async |database| {
            let transaction = database.transaction(DRAFTS).build()?;
            let store = transaction.object_store(DRAFTS)?;
            let keys = store.get_all_keys::<JsValue>().primitive()?.await?;
            keys.map(|key| Ok(key?.as_string().unwrap_or_default())).collect()
        })
        .await
    }

    /// Removes every row of this user from the device. The mark stays and moves on, so that no other window writes
    /// over the empty stores what it still has in memory.
    ///
    /// # Errors
    /// The rows are still there.
    pub async fn erase(&mut self) -> Result<(), LocalError> {
        let mark = self.next_mark();
        self.attempt(async |database| self.try_erase(database, &mark).await).await?;
        self.seen = mark;
        Ok(())
    }

    async fn try_erase(&self, database: &Database, mark: &Mark) -> Result<(), LocalError> {
        let transaction = writing(database, true)?;
        match last_mark(&transaction).await? {
            last if last == self.seen => {}
            last if last == *mark => return Ok(()),
            _ => return Err(LocalError::Behind),
        }
        for store in schema::STORES {
            transaction.object_store(store)?.clear()?;
        }
        put_mark(&transaction, mark)?;
        finish(transaction).await
    }

    /// Closes the connection as a browser may do at any time; the next use opens it again.
    pub fn close_connection(&self) {
        self.database.borrow().clone().close();
    }

    /// Lets go of the database.
    pub fn close(self) {
        self.database.into_inner().close();
    }

    /// Does something with the database. What fails for a reason that may pass is done once more over a new
    /// connection; what does not answer in time is given up.
    async fn attempt<T>(
        &self,
        act: impl AsyncFn(&Database) -> Result<T, LocalError>,
    ) -> Result<T, LocalError> {
        self.attempt_for(ACT_MS, act).await
    }

    async fn attempt_for<T>(
        &self,
        ms: u32,
        act: impl AsyncFn(&Database) -> Result<T, LocalError>,
    ) -> Result<T, LocalError> {
        let database = self.database.borrow().clone();
        let done = within(ms, act(&database)).await.unwrap_or(Err(LocalError::Silent));
        if !done.as_ref().is_err_and(LocalError::may_pass) {
            return done;
        }
        let again = schema::open(&self.name).await?;
        self.database.replace(again.clone()).close();
        within(ms, act(&again)).await.unwrap_or(Err(LocalError::Silent))
    }

    fn next_mark(&self) -> Mark {
        Mark { number: self.seen.number + 1, by: self.window.clone() }
    }
}

type Rows = Vec<(u64, Vec<u8>)>;

async fn read_all(database: &Database) -> Result<(Mark, Option<Vec<u8>>, Rows, Rows), LocalError> {
    let transaction = database.transaction([META, LOG, OUTBOX]).build()?;
    let mark = last_mark(&transaction).await?;
    let meta = row(&transaction, META, &JsValue::from_str(STATE)).await?;
    let log = rows(&transaction, LOG).await?;
    let outbox = rows(&transaction, OUTBOX).await?;
    Ok((mark, meta, log, outbox))
}

/// The last commit. A database that has none was never written to.
async fn last_mark(transaction: &Transaction<'_>) -> Result<Mark, LocalError> {
    match row(transaction, META, &JsValue::from_str(MARK)).await? {
        Some(row) => serde_json::from_slice(&row).map_err(|error| LocalError::Other(error.to_string())),
        None => Ok(Mark::default()),
    }
}

fn put_mark(transaction: &Transaction<'_>, mark: &Mark) -> Result<(), LocalError> {
    let row = serde_json::to_vec(mark).expect("a number and a name are always JSON");
    put(&transaction.object_store(META)?, &JsValue::from_str(MARK), &Uint8Array::from(&*row))
}

async fn row(
    transaction: &Transaction<'_>,
    store: &str,
    key: &JsValue,
) -> Result<Option<Vec<u8>>, LocalError> {
    let store = transaction.object_store(store)?;
    let row = store.get::<JsValue, JsValue, _>(key.clone()).primitive()?.await?;
    Ok(row.map(|row| Uint8Array::new(&row).to_vec()))
}

async fn rows(transaction: &Transaction<'_>, store: &str) -> Result<Rows, LocalError> {
    let store = transaction.object_store(store)?;
    let mut rows: Rows = Vec::new();
    loop {
        let after = rows.last().map_or(-1.0, |(key, _)| *key as f64);
        let range = || KeyRange::LowerBound(JsValue::from_f64(after), true);
        let keys = store.get_all_keys::<JsValue>().with_query::<JsValue, _>(range()).with_limit(ROWS_A_READ);
        let keys = keys.primitive()?.await?.collect::<Result<Vec<_>, _>>()?;
        let values = store.get_all::<JsValue>().with_query::<JsValue, _>(range()).with_limit(ROWS_A_READ);
        let values = values.primitive()?.await?.collect::<Result<Vec<_>, _>>()?;
        let last = keys.len() < ROWS_A_READ as usize;
        for (key, value) in keys.iter().zip(values) {
            let key = key.as_f64().ok_or_else(|| LocalError::Other("a row has no number".to_owned()))?;
            rows.push((key as u64, Uint8Array::new(&value).to_vec()));
        }
        if last {
            return Ok(rows);
        }
    }
}

fn writing(database: &Database, strict: bool) -> Result<Transaction<'_>, LocalError> {
    let mut options = TransactionOptions::new();
    let durability = if strict { TransactionDurability::Strict } else { TransactionDurability::Relaxed };
    options.set_durability(durability);
    let builder = database.transaction(schema::STORES).with_mode(TransactionMode::Readwrite);
    Ok(builder.with_options(options).build()?)
}

async fn sealed_all<'a>(rows: impl Iterator<Item = (JsValue, &'a Vec<u8>)>) -> Vec<(JsValue, Uint8Array)> {
    let mut sealed = Vec::new();
    for (key, row) in rows {
        sealed.push((key, seal::seal(row).await));
    }
    sealed
}

fn put_all(store: &ObjectStore<'_>, rows: &[(JsValue, Uint8Array)]) -> Result<(), LocalError> {
    rows.iter().try_for_each(|(key, row)| put(store, key, row))
}

fn put(store: &ObjectStore<'_>, key: &JsValue, row: &Uint8Array) -> Result<(), LocalError> {
    let value: &JsValue = row.as_ref();
    store.put(value.clone()).with_key(key.clone()).without_key_type().primitive()?;
    Ok(())
}

/// The crate says only that the transaction was aborted; the transaction itself knows why.
async fn finish(transaction: Transaction<'_>) -> Result<(), LocalError> {
    let raw = transaction.as_sys().clone();
    match transaction.commit().await {
        Ok(()) => Ok(()),
        Err(error) => Err(raw
            .error()
            .map_or_else(|| error.into(), |cause| trouble::named(&cause.name(), &cause.message()))),
    }
}

/// Numbers stay far below 2^53: a device would need centuries.
fn number(key: u64) -> JsValue {
    JsValue::from_f64(key as f64)
}

const STATE: &str = "state";
const MARK: &str = "mark";
const ROWS_A_READ: u32 = 64;
/// Longer than any transaction of ours takes on a slow phone; one that waits behind a frozen window never ends.
const ACT_MS: u32 = 15_000;
/// As long as reading the largest territory takes on a slow phone.
const LOAD_MS: u32 = 60_000;
