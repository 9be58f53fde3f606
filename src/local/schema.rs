//! Which stores the database has, and how it is made. A version only ever adds stores, so that an upgrade is instant.

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use indexed_db_futures::database::Database;
use indexed_db_futures::error::OpenDbError;
use indexed_db_futures::prelude::*;
use js_sys::{Array, Function, Promise, Reflect};
use std::pin::pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::LocalError;

pub(super) const META: &str = "meta";
pub(super) const LOG: &str = "log";
pub(super) const OUTBOX: &str = "outbox";
pub(super) const DRAFTS: &str = "drafts";
pub(super) const STORES: [&str; 4] = [META, LOG, OUTBOX, DRAFTS];

/// Opens the database. Some browsers lose the first request after start, and a storage process that just died fails
/// once or twice: it is asked again, a few times, before giving up.
pub(super) async fn open(name: &str) -> Result<Database, LocalError> {
    let mut tries = 1;
    loop {
        let opened = within(OPEN_MS, open_once(name)).await.unwrap_or(Err(LocalError::Silent));
        match opened {
            Err(error) if tries < TRIES && error.may_pass() => TimeoutFuture::new(PAUSE_MS * tries).await,
            Err(LocalError::Silent) if tries < SILENT_TRIES => {}
            opened => return opened,
        }
        tries += 1;
    }
}

/// Opens a database that is not used any more, without insisting.
pub(super) async fn open_old(name: &str) -> Result<Database, LocalError> {
    within(OPEN_MS, open_once(name)).await.unwrap_or(Err(LocalError::Silent))
}

/// The names of all databases on this device, where the browser tells.
pub async fn names() -> Vec<String> {
    let told = async {
        let window = web_sys::window()?;
        let factory = Reflect::get(&window, &JsValue::from_str("indexedDB")).ok()?;
        let databases: Function =
            Reflect::get(&factory, &JsValue::from_str("databases")).ok()?.dyn_into().ok()?;
        let promise: Promise = databases.call0(&factory).ok()?.dyn_into().ok()?;
        let list: Array = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
        let name = |info: JsValue| Reflect::get(&info, &JsValue::from_str("name")).ok()?.as_string();
        Some(list.iter().filter_map(name).collect())
    };
    within(OPEN_MS, told).await.flatten().unwrap_or_default()
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
    let database = request.await.map_err(named)?;
    close_on_upgrade(&database);
    Ok(database)
}

fn named(error: OpenDbError) -> LocalError {
    match error {
        OpenDbError::Base(error) => LocalError::from(error),
        // The crate takes every refusal to open for a wrong version number, and ours is never zero.
        OpenDbError::VersionZero | OpenDbError::UnsupportedEnvironment | OpenDbError::NullFactory => {
            LocalError::Refused
        }
    }
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

/// What the work answers, unless it takes longer.
pub(super) async fn within<T>(ms: u32, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(TimeoutFuture::new(ms))).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

const VERSION: u8 = 1;
const OPEN_MS: u32 = 3_000;
const TRIES: u32 = 3;
const SILENT_TRIES: u32 = 2;
const PAUSE_MS: u32 = 150;
