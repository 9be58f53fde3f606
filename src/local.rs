//! The device's disk: IndexedDB, one database a user. It stores rows of bytes and knows nothing of what they say.
//!
//! `commit` is one transaction, and answers only when the browser says `complete`. Between building a transaction and
//! committing it nothing else is awaited: the browser would commit behind our back.
//!
//! Several windows may hold the database open. Every commit writes its [`Mark`] over the one before it, and one that
//! finds another mark than its window has seen writes nothing: no lock is needed for two windows never to mix.

mod schema;
mod seal;

use engine::{Batch, Snapshot};
use indexed_db_futures::database::Database;
use indexed_db_futures::error::{DomException, Error};
use indexed_db_futures::object_store::ObjectStore;
use indexed_db_futures::prelude::*;
use indexed_db_futures::transaction::{
    Transaction, TransactionDurability, TransactionMode, TransactionOptions,
};
use indexed_db_futures::{KeyRange, internals::SystemRepr};
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use schema::{DRAFTS, LOG, META, OUTBOX};

/// A database, open in one window.
#[derive(Debug)]
pub struct Local {
    name: String,
    window: String,
    seen: Mark,
    database: Database,
}

/// Which commit is the last on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// One more with each commit.
    pub number: u64,
    /// The window that made it.
    pub by: String,
}

/// Why the disk did not do as asked. Nothing of the transaction was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalError {
    /// Another window has committed what this one has not seen.
    Behind,
    /// A newer version of the app has made the database its own.
    Newer,
    /// The browser gives us no more room.
    Quota,
    /// The connection to the database is gone; opening again may help.
    Gone,
    /// Anything else, in the browser's words.
    Other(String),
}

impl LocalError {
    /// What to tell the rep.
    pub fn sentence(&self) -> String {
        match self {
            Self::Behind => "Other windows of Satchel saved at the same time. Save again.".to_owned(),
            Self::Newer => "A newer version of Satchel is open in another window.".to_owned(),
            Self::Quota => {
                "This phone has no more room for Satchel. Free some space, then save again.".to_owned()
            }
            Self::Gone => {
                "The browser closed Satchel's storage. Save again; if it stays so, reload.".to_owned()
            }
            Self::Other(why) => format!("The browser could not store it ({why})."),
        }
    }
}

impl Local {
    /// Opens the database, making or upgrading it where needed. `window` must be a name that no other opening has.
    ///
    /// # Errors
    /// The browser does not give us the database.
    pub async fn open(name: &str, window: &str) -> Result<Self, LocalError> {
        let database = schema::open(name).await?;
        Ok(Self { name: name.to_owned(), window: window.to_owned(), seen: Mark::default(), database })
    }

    /// Reads all rows as of one commit, which counts as seen from here on. In pieces, so that memory holds each row's
    /// bytes once, and in one transaction, so that no commit comes in between.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub async fn load(&mut self) -> Result<Snapshot, LocalError> {
        match self.try_load().await {
            Err(LocalError::Gone) => {
                self.database = schema::open(&self.name).await?;
                self.try_load().await
            }
            done => done,
        }
    }

    async fn try_load(&mut self) -> Result<Snapshot, LocalError> {
        let (mark, meta, log, outbox) = {
            let transaction = self.database.transaction([META, LOG, OUTBOX]).build()?;
            let mark = last_mark(&transaction).await?;
            let meta = row(&transaction, META, &JsValue::from_str(STATE)).await?;
            let log = rows(&transaction, LOG).await?;
            let outbox = rows(&transaction, OUTBOX).await?;
            (mark, meta, log, outbox)
        };
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
        let transaction = self.database.transaction(META).build()?;
        Ok(last_mark(&transaction).await? == self.seen)
    }

    /// Writes a batch: all of it, or nothing. When this answers, it is durable as the batch asks.
    ///
    /// # Errors
    /// Nothing was written.
    pub async fn commit(&mut self, batch: &Batch) -> Result<(), LocalError> {
        let mark = self.next_mark();
        let done = match self.try_commit(batch, &mark).await {
            Err(LocalError::Gone) => {
                self.database = schema::open(&self.name).await?;
                self.try_commit(batch, &mark).await
            }
            done => done,
        };
        if done.is_ok() {
            self.seen = mark;
        }
        done
    }

    async fn try_commit(&self, batch: &Batch, mark: &Mark) -> Result<(), LocalError> {
        let meta = sealed_all(batch.meta.iter().map(|row| (JsValue::from_str(STATE), row))).await;
        let log = sealed_all(batch.append.iter().map(|(key, row)| (number(*key), row))).await;
        let outbox = sealed_all(batch.outbox_put.iter().map(|(key, row)| (number(*key), row))).await;

        let transaction = self.writing(batch.strict)?;
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

    /// Keeps a form's text under a key; an empty text clears it.
    ///
    /// # Errors
    /// The text was not stored.
    pub async fn keep_draft(&self, key: &str, text: &str) -> Result<(), LocalError> {
        let sealed = seal::seal(text.as_bytes()).await;
        let transaction = self.writing(false)?;
        let store = transaction.object_store(DRAFTS)?;
        if text.is_empty() {
            store.delete::<JsValue, _>(KeyRange::Only(JsValue::from_str(key))).primitive()?;
        } else {
            put(&store, &JsValue::from_str(key), &sealed)?;
        }
        finish(transaction).await
    }

    /// The text kept under a key.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn draft(&self, key: &str) -> Result<Option<String>, LocalError> {
        let found = {
            let transaction = self.database.transaction(DRAFTS).build()?;
            row(&transaction, DRAFTS, &JsValue::from_str(key)).await?
        };
        Ok(match found {
            Some(sealed) => String::from_utf8(seal::open(sealed).await).ok(),
            None => None,
        })
    }

    /// Keys of all kept forms.
    ///
    /// # Errors
    /// They cannot be read.
    pub async fn drafts(&self) -> Result<Vec<String>, LocalError> {
        let transaction = self.database.transaction(DRAFTS).build()?;
        let store = transaction.object_store(DRAFTS)?;
        let keys = store.get_all_keys::<JsValue>().primitive()?.await?;
        keys.map(|key| Ok(key?.as_string().unwrap_or_default())).collect()
    }

    /// Removes every row of this user from the device. The mark stays and moves on, so that no other window writes
    /// over the empty stores what it still has in memory.
    ///
    /// # Errors
    /// The rows are still there.
    pub async fn erase(&mut self) -> Result<(), LocalError> {
        let mark = self.next_mark();
        let transaction = self.writing(true)?;
        if last_mark(&transaction).await? != self.seen {
            return Err(LocalError::Behind);
        }
        for store in schema::STORES {
            transaction.object_store(store)?.clear()?;
        }
        put_mark(&transaction, &mark)?;
        finish(transaction).await?;
        self.seen = mark;
        Ok(())
    }

    /// Closes the connection as a browser may do at any time; the next commit opens it again.
    pub fn close_connection(&self) {
        self.database.clone().close();
    }

    /// Lets go of the database.
    pub fn close(self) {
        self.database.close();
    }

    fn writing(&self, strict: bool) -> Result<Transaction<'_>, LocalError> {
        let mut options = TransactionOptions::new();
        let durability = if strict { TransactionDurability::Strict } else { TransactionDurability::Relaxed };
        options.set_durability(durability);
        let builder = self.database.transaction(schema::STORES).with_mode(TransactionMode::Readwrite);
        Ok(builder.with_options(options).build()?)
    }

    fn next_mark(&self) -> Mark {
        Mark { number: self.seen.number + 1, by: self.window.clone() }
    }
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

async fn rows(transaction: &Transaction<'_>, store: &str) -> Result<Vec<(u64, Vec<u8>)>, LocalError> {
    let store = transaction.object_store(store)?;
    let mut rows: Vec<(u64, Vec<u8>)> = Vec::new();
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
        Err(error) => {
            Err(raw.error().map_or_else(|| error.into(), |cause| named(&cause.name(), &cause.message())))
        }
    }
}

/// Numbers stay far below 2^53: a device would need centuries.
fn number(key: u64) -> JsValue {
    JsValue::from_f64(key as f64)
}

fn named(name: &str, message: &str) -> LocalError {
    match name {
        "QuotaExceededError" => LocalError::Quota,
        "VersionError" => LocalError::Newer,
        "InvalidStateError" | "UnknownError" | "TransactionInactiveError" => LocalError::Gone,
        _ => LocalError::Other(format!("{name}: {message}")),
    }
}

impl From<Error> for LocalError {
    fn from(error: Error) -> Self {
        match error {
            Error::DomException(DomException::Other(cause)) => named(&cause.name(), &cause.message()),
            Error::DomException(
                DomException::InvalidStateError(_) | DomException::TransactionInactiveError(_),
            ) => Self::Gone,
            error => Self::Other(error.to_string()),
        }
    }
}

const STATE: &str = "state";
const MARK: &str = "mark";
const ROWS_A_READ: u32 = 64;
