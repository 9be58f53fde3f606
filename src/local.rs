//! The device's disk: IndexedDB, one database a user. It stores rows of bytes and knows nothing of what they say.
//!
//! `commit` is one transaction, and answers only when the browser says `complete`. Between building a transaction and
//! committing it nothing else is awaited: the browser would commit behind our back.

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
use wasm_bindgen::JsValue;

use schema::{DRAFTS, LOG, META, OUTBOX};

/// An open database, held by one window at a time.
#[derive(Debug)]
pub struct Local {
    name: String,
    lease: String,
    database: Database,
}

/// Why the disk did not do as asked. Nothing of the transaction was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalError {
    /// Another window has taken the database over.
    Fenced,
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
            Self::Fenced => "Satchel is working in another window.".to_owned(),
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
    /// Opens the database, making or upgrading it where needed, and takes it over from any other window. `lease` must
    /// be a name that no other opening has.
    ///
    /// # Errors
    /// The browser does not give us the database.
    pub async fn open(name: &str, lease: &str) -> Result<Self, LocalError> {
        let database = schema::open(name).await?;
        let local = Self { name: name.to_owned(), lease: lease.to_owned(), database };
        let transaction = local.writing(false)?;
        put(&transaction.object_store(META)?, &JsValue::from_str(LEASE), &bytes(lease.as_bytes()))?;
        finish(transaction).await?;
        Ok(local)
    }

    /// Reads all rows. In pieces, so that memory holds each row's bytes once.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub async fn load(&self) -> Result<Snapshot, LocalError> {
        let meta = self.read(META, &JsValue::from_str(STATE)).await?;
        let log = self.rows(LOG).await?;
        let outbox = self.rows(OUTBOX).await?;
        Ok(Snapshot { meta, log, outbox })
    }

    /// Writes a batch: all of it, or nothing. When this answers, it is durable as the batch asks.
    ///
    /// # Errors
    /// Nothing was written.
    pub async fn commit(&mut self, batch: &Batch) -> Result<(), LocalError> {
        match self.try_commit(batch).await {
            // The rows have their keys, so that writing them once more does no harm.
            Err(LocalError::Gone) => {
                self.database = schema::open(&self.name).await?;
                self.try_commit(batch).await
            }
            done => done,
        }
    }

    async fn try_commit(&self, batch: &Batch) -> Result<(), LocalError> {
        let meta = sealed_all(batch.meta.iter().map(|row| (JsValue::from_str(STATE), row))).await;
        let log = sealed_all(batch.append.iter().map(|(key, row)| (number(*key), row))).await;
        let outbox = sealed_all(batch.outbox_put.iter().map(|(key, row)| (number(*key), row))).await;

        let transaction = self.writing(batch.strict)?;
        self.check_lease(&transaction).await?;
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
        let row = self.read(DRAFTS, &JsValue::from_str(key)).await?;
        Ok(row.and_then(|row| String::from_utf8(row).ok()))
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

    /// Removes every row of this user from the device.
    ///
    /// # Errors
    /// The rows are still there.
    pub async fn erase(&self) -> Result<(), LocalError> {
        let transaction = self.writing(true)?;
        for store in schema::STORES {
            transaction.object_store(store)?.clear()?;
        }
        finish(transaction).await
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

    async fn check_lease(&self, transaction: &Transaction<'_>) -> Result<(), LocalError> {
        let store = transaction.object_store(META)?;
        let row = store.get::<JsValue, JsValue, _>(JsValue::from_str(LEASE)).primitive()?.await?;
        let ours = row.is_some_and(|row| Uint8Array::new(&row).to_vec() == self.lease.as_bytes());
        if ours { Ok(()) } else { Err(LocalError::Fenced) }
    }

    async fn read(&self, store: &str, key: &JsValue) -> Result<Option<Vec<u8>>, LocalError> {
        let transaction = self.database.transaction(store).build()?;
        let row = {
            let store = transaction.object_store(store)?;
            store.get::<JsValue, JsValue, _>(key.clone()).primitive()?.await?
        };
        Ok(match row {
            Some(row) => Some(seal::open(Uint8Array::new(&row).to_vec()).await),
            None => None,
        })
    }

    async fn rows(&self, name: &str) -> Result<Vec<(u64, Vec<u8>)>, LocalError> {
        let mut rows: Vec<(u64, Vec<u8>)> = Vec::new();
        loop {
            let after = rows.last().map_or(-1.0, |(key, _)| *key as f64);
            let range = || KeyRange::LowerBound(JsValue::from_f64(after), true);
            let (keys, values) = {
                let transaction = self.database.transaction(name).build()?;
                let store = transaction.object_store(name)?;
                let keys =
                    store.get_all_keys::<JsValue>().with_query::<JsValue, _>(range()).with_limit(ROWS_A_READ);
                let keys = keys.primitive()?.await?.collect::<Result<Vec<_>, _>>()?;
                let values =
                    store.get_all::<JsValue>().with_query::<JsValue, _>(range()).with_limit(ROWS_A_READ);
                let values = values.primitive()?.await?.collect::<Result<Vec<_>, _>>()?;
                (keys, values)
            };
            let last = keys.len() < ROWS_A_READ as usize;
            for (key, value) in keys.iter().zip(values) {
                let key = key.as_f64().ok_or_else(|| LocalError::Other("a row has no number".to_owned()))?;
                rows.push((key as u64, seal::open(Uint8Array::new(&value).to_vec()).await));
            }
            if last {
                return Ok(rows);
            }
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

fn bytes(text: &[u8]) -> Uint8Array {
    Uint8Array::from(text)
}

/// Numbers stay far below 2^53: a device would need centuries.
fn number(key: u64) -> JsValue {
    JsValue::from_f64(key as f64)
}

fn named(name: &str, message: &str) -> LocalError {
    match name {
        "QuotaExceededError" => LocalError::Quota,
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
const LEASE: &str = "lease";
const ROWS_A_READ: u32 = 64;
