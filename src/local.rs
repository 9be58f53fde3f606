//! The device's disk: IndexedDB, one database a user. It stores rows of bytes and knows nothing of what they say.
//!
//! `commit` is one transaction, and answers only when the browser says `complete`. Between building a transaction and
//! committing it nothing else is awaited: the browser would commit behind our back. Every use of the database goes
//! through `attempt`, which opens a lost connection again and tries once more, and never waits for ever.

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
use wasm_bindgen::JsValue;

pub use rescue::Rescue;
pub use salvage::{Salvage, salvage};
pub use schema::names;
use schema::{DRAFTS, LOG, META, OUTBOX, within};
pub use trouble::LocalError;

/// An open database, held by one window at a time.
#[derive(Debug)]
pub struct Local {
    name: String,
    lease: String,
    /// Replaced when the connection was lost.
    database: RefCell<Database>,
}

impl Local {
    /// Opens the database, making or upgrading it where needed, and takes it over from any other window. `lease` must
    /// be a name that no other opening has.
    ///
    /// # Errors
    /// The browser does not give us the database.
    pub async fn open(name: &str, lease: &str) -> Result<Self, LocalError> {
        let database = RefCell::new(schema::open(name).await?);
        let local = Self { name: name.to_owned(), lease: lease.to_owned(), database };
        local.take_over().await?;
        Ok(local)
    }

    /// Opening needs a few bytes. On a full disk the room for saves gives them, and at the last what was pulled: it
    /// can be fetched again.
    async fn take_over(&self) -> Result<(), LocalError> {
        let take_lease = async |database: &Database| self.take_lease(database).await;
        match self.attempt(&take_lease).await {
            Err(LocalError::Quota) => {}
            done => return done,
        }
        if self.attempt(reserve::release).await? {
            match self.attempt(&take_lease).await {
                Err(LocalError::Quota) => {}
                done => return done,
            }
        }
        self.attempt(clear_log).await?;
        self.attempt(&take_lease).await
    }

    /// Reads all rows. In pieces, so that memory holds each row's bytes once.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub async fn load(&self) -> Result<Snapshot, LocalError> {
        let state = JsValue::from_str(STATE);
        let meta = self.attempt(async |database| read(database, META, &state).await).await?;
        let log = self.rows(LOG).await?;
        let outbox = self.rows(OUTBOX).await?;
        Ok(Snapshot { meta, log, outbox })
    }

    /// Writes a batch: all of it, or nothing. When this answers, it is durable as the batch asks. Should the browser
    /// give us no more room, a batch with the rep's words gets the room kept for it.
    ///
    /// # Errors
    /// Nothing was written, as far as the browser tells; after [`LocalError::Silent`] only reading tells.
    pub async fn commit(&mut self, batch: &Batch) -> Result<(), LocalError> {
        // The rows have their keys, so that writing them once more does no harm.
        let this = &*self;
        let commit = async |database: &Database| this.try_commit(database, batch).await;
        match this.attempt(&commit).await {
            Err(LocalError::Quota) if !batch.outbox_put.is_empty() => {
                let made_room = this.attempt(reserve::release).await?;
                if made_room { this.attempt(&commit).await } else { Err(LocalError::Quota) }
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

    async fn take_lease(&self, database: &Database) -> Result<(), LocalError> {
        let transaction = writing(database, false)?;
        put(&transaction.object_store(META)?, &JsValue::from_str(LEASE), &bytes(self.lease.as_bytes()))?;
        finish(transaction).await
    }

    async fn try_commit(&self, database: &Database, batch: &Batch) -> Result<(), LocalError> {
        let meta = sealed_all(batch.meta.iter().map(|row| (JsValue::from_str(STATE), row))).await;
        let log = sealed_all(batch.append.iter().map(|(key, row)| (number(*key), row))).await;
        let outbox = sealed_all(batch.outbox_put.iter().map(|(key, row)| (number(*key), row))).await;

        let transaction = writing(database, batch.strict)?;
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
        self.attempt(async |database| {
            let transaction = writing(database, false)?;
            let store = transaction.object_store(DRAFTS)?;
            if text.is_empty() {
                store.delete::<JsValue, _>(KeyRange::Only(JsValue::from_str(key))).primitive()?;
            } else {
                put(&store, &JsValue::from_str(key), &sealed)?;
            }
            finish(transaction).await
        })
        .await
    }

    /// The text kept under a key.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn draft(&self, key: &str) -> Result<Option<String>, LocalError> {
        let key = JsValue::from_str(key);
        let row = self.attempt(async |database| read(database, DRAFTS, &key).await).await?;
        Ok(row.and_then(|row| String::from_utf8(row).ok()))
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

    /// Removes every row of this user from the device.
    ///
    /// # Errors
    /// The rows are still there.
    pub async fn erase(&mut self) -> Result<(), LocalError> {
        self.attempt(async |database| {
            let transaction = writing(database, true)?;
            for store in schema::STORES {
                transaction.object_store(store)?.clear()?;
            }
            finish(transaction).await
        })
        .await
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
        let database = self.database.borrow().clone();
        let done = within(ACT_MS, act(&database)).await.unwrap_or(Err(LocalError::Silent));
        if !done.as_ref().is_err_and(LocalError::may_pass) {
            return done;
        }
        let again = schema::open(&self.name).await?;
        self.database.replace(again.clone()).close();
        within(ACT_MS, act(&again)).await.unwrap_or(Err(LocalError::Silent))
    }

    async fn check_lease(&self, transaction: &Transaction<'_>) -> Result<(), LocalError> {
        let store = transaction.object_store(META)?;
        let row = store.get::<JsValue, JsValue, _>(JsValue::from_str(LEASE)).primitive()?.await?;
        let ours = row.is_some_and(|row| Uint8Array::new(&row).to_vec() == self.lease.as_bytes());
        if ours { Ok(()) } else { Err(LocalError::Fenced) }
    }

    async fn rows(&self, name: &str) -> Result<Vec<(u64, Vec<u8>)>, LocalError> {
        let mut rows: Vec<(u64, Vec<u8>)> = Vec::new();
        loop {
            let after = rows.last().map_or(-1.0, |(key, _)| *key as f64);
            let piece = self.attempt(async |database| rows_after(database, name, after).await).await?;
            let is_last = piece.len() < ROWS_A_READ as usize;
            for (key, row) in piece {
                rows.push((key, seal::open(row).await));
            }
            if is_last {
                return Ok(rows);
            }
        }
    }
}

async fn clear_log(database: &Database) -> Result<(), LocalError> {
    let transaction = writing(database, false)?;
    transaction.object_store(LOG)?.clear()?;
    finish(transaction).await
}

async fn read(database: &Database, store: &str, key: &JsValue) -> Result<Option<Vec<u8>>, LocalError> {
    let transaction = database.transaction(store).build()?;
    let row = {
        let store = transaction.object_store(store)?;
        store.get::<JsValue, JsValue, _>(key.clone()).primitive()?.await?
    };
    Ok(match row {
        Some(row) => Some(seal::open(Uint8Array::new(&row).to_vec()).await),
        None => None,
    })
}

async fn rows_after(database: &Database, name: &str, after: f64) -> Result<Vec<(u64, Vec<u8>)>, LocalError> {
    let range = || KeyRange::LowerBound(JsValue::from_f64(after), true);
    let transaction = database.transaction(name).build()?;
    let store = transaction.object_store(name)?;
    let keys = store.get_all_keys::<JsValue>().with_query::<JsValue, _>(range()).with_limit(ROWS_A_READ);
    let keys = keys.primitive()?.await?.collect::<Result<Vec<_>, _>>()?;
    let values = store.get_all::<JsValue>().with_query::<JsValue, _>(range()).with_limit(ROWS_A_READ);
    let values = values.primitive()?.await?.collect::<Result<Vec<_>, _>>()?;
    let numbered =
        |key: &JsValue| key.as_f64().ok_or_else(|| LocalError::Other("a row has no number".to_owned()));
    let rows = keys.iter().zip(values);
    rows.map(|(key, row)| Ok((numbered(key)? as u64, Uint8Array::new(&row).to_vec()))).collect()
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

fn bytes(text: &[u8]) -> Uint8Array {
    Uint8Array::from(text)
}

/// Numbers stay far below 2^53: a device would need centuries.
fn number(key: u64) -> JsValue {
    JsValue::from_f64(key as f64)
}

const STATE: &str = "state";
const LEASE: &str = "lease";
const ROWS_A_READ: u32 = 64;
/// Longer than any transaction of ours takes on a slow phone; one that waits behind a frozen window never ends.
const ACT_MS: u32 = 15_000;
