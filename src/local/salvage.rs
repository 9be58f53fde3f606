//! What can still be read of a database that is not used any more: each row by itself, so that one that fails takes
//! no other with it. Nothing is written.

use indexed_db_futures::database::Database;
use indexed_db_futures::prelude::*;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use super::schema::{self, DRAFTS, OUTBOX, within};
use super::{LocalError, seal};

/// What was found.
#[derive(Debug, Default)]
pub struct Salvage {
    /// Outbox rows, in the order of their numbers.
    pub outbox: Vec<Vec<u8>>,
    /// Texts of forms, by their keys.
    pub drafts: Vec<(String, String)>,
    /// Outbox rows that are there and cannot be read.
    pub unreadable: usize,
}

/// Reads what can be read. `None`: the database cannot be opened, and nobody knows what is in it.
pub async fn salvage(name: &str) -> Option<Salvage> {
    let database = schema::open_old(name).await.ok()?;
    let found = within(SALVAGE_MS, read(&database)).await;
    database.close();
    found
}

async fn read(database: &Database) -> Salvage {
    let mut found = Salvage::default();
    match keys(database, OUTBOX).await {
        Ok(keys) => {
            for key in keys {
                match row(database, OUTBOX, &key).await {
                    Ok(row) => found.outbox.push(seal::open(row).await),
                    Err(_) => found.unreadable += 1,
                }
            }
        }
        Err(_) => found.unreadable += 1,
    }
    for key in keys(database, DRAFTS).await.unwrap_or_default() {
        let Ok(row) = row(database, DRAFTS, &key).await else { continue };
        let (name, text) = (key.as_string(), String::from_utf8(seal::open(row).await).ok());
        found.drafts.extend(name.zip(text));
    }
    found
}

async fn keys(database: &Database, store: &str) -> Result<Vec<JsValue>, LocalError> {
    let transaction = database.transaction(store).build()?;
    let store = transaction.object_store(store)?;
    Ok(store.get_all_keys::<JsValue>().primitive()?.await?.collect::<Result<_, _>>()?)
}

async fn row(database: &Database, store: &str, key: &JsValue) -> Result<Vec<u8>, LocalError> {
    let transaction = database.transaction(store).build()?;
    let store = transaction.object_store(store)?;
    let row = store.get::<JsValue, JsValue, _>(key.clone()).primitive()?.await?;
    row.map(|row| Uint8Array::new(&row).to_vec())
        .ok_or_else(|| LocalError::Other("the row is gone".to_owned()))
}

const SALVAGE_MS: u32 = 10_000;
