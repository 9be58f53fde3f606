//! Which stores the database has, and how it is made. A version only ever adds stores, so that an upgrade is instant.

use futures::future::{Either, select};
use indexed_db_futures::database::Database;
use indexed_db_futures::error::OpenDbError;
use indexed_db_futures::prelude::*;
use std::pin::pin;

use super::LocalError;

pub(super) const META: &str = "meta";
pub(super) const LOG: &str = "log";
pub(super) const OUTBOX: &str = "outbox";
pub(super) const DRAFTS: &str = "drafts";
pub(super) const STORES: [&str; 4] = [META, LOG, OUTBOX, DRAFTS];

/// Opens the database. Some browsers lose the first request after start; it is asked a second time before giving up.
pub(super) async fn open(name: &str) -> Result<Database, LocalError> {
    match within(OPEN_MS, open_once(name)).await {
        Some(opened) => opened,
        None => within(OPEN_MS, open_once(name)).await.unwrap_or_else(|| {
            Err(LocalError::Other("it does not answer. Close other windows of Satchel and reload".to_owned()))
        }),
    }
}

async fn open_once(name: &str) -> Result<Database, LocalError> {
    let request = Database::open(name).with_version(VERSION).with_on_upgrade_needed(|event, database| {
        if event.old_version() < 1.0 {
            for store in STORES {
                database.create_object_store(store).build()?;
            }
        }
        Ok(())
    });
    let database = request.await.map_err(|error| match error {
        OpenDbError::Base(error) => LocalError::from(error),
        error => LocalError::Other(error.to_string()),
    })?;
    close_on_upgrade(&database);
    Ok(database)
}

/// A newer version of the app in another window must not have to wait for this one.
fn close_on_upgrade(database: &Database) {
    let held = database.clone();
    if let Ok(mut changes) = database.version_changes() {
        wasm_bindgen_futures::spawn_local(async move {
            if changes.recv().await.is_some() {
                held.close();
            }
        });
    }
}

async fn within<T>(ms: u32, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(gloo_timers::future::TimeoutFuture::new(ms))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

const VERSION: u8 = 1;
const OPEN_MS: u32 = 3_000;
