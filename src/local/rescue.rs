//! A second copy of unsent saves, outside IndexedDB: one entry of the browser's cache storage for each, sealed like
//! every row. It is written after the save is durable and holds nobody up; it is read when a database was lost.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, CacheStorage, Request, Response};

use super::schema::within;
use super::seal;

/// The copies of one user.
#[derive(Clone, Debug)]
pub struct Rescue {
    name: String,
}

impl Rescue {
    /// The copies that go with databases of this name.
    pub fn of(name: &str) -> Self {
        Self { name: format!("{PREFIX}{name}") }
    }

    /// Keeps a row under a name that says nothing of what is in it. Answers whether it is kept.
    pub async fn keep(&self, key: &str, row: &[u8]) -> bool {
        let sealed = seal::seal(row).await;
        bounded(async {
            let response = Response::new_with_opt_js_u8_array(Some(&sealed)).ok()?;
            let cache = self.cache().await?;
            JsFuture::from(cache.put_with_str(&address(key), &response)).await.ok()
        })
        .await
        .is_some()
    }

    /// Drops the row of that name, if there is one.
    pub async fn drop_row(&self, key: &str) {
        bounded(async { JsFuture::from(self.cache().await?.delete_with_str(&address(key))).await.ok() })
            .await;
    }

    /// All rows with their names, as far as they can be read.
    pub async fn rows(&self) -> Vec<(String, Vec<u8>)> {
        bounded(self.read()).await.unwrap_or_default()
    }

    /// Drops every row.
    pub async fn clear(&self) {
        bounded(async { JsFuture::from(storage()?.delete(&self.name)).await.ok() }).await;
    }

    async fn read(&self) -> Option<Vec<(String, Vec<u8>)>> {
        // Asking for a cache makes it; one that nobody wrote is not made by looking.
        let there = JsFuture::from(storage()?.has(&self.name)).await.ok()?;
        if !there.is_truthy() {
            return None;
        }
        let cache = self.cache().await?;
        let requests: Array = JsFuture::from(cache.keys()).await.ok()?.dyn_into().ok()?;
        let mut rows = Vec::new();
        for request in requests.iter() {
            let Some(request) = request.dyn_ref::<Request>() else { continue };
            let url = request.url();
            let key = url.rsplit('/').next().unwrap_or_default().to_owned();
            if let Some(row) = read_one(&cache, request).await {
                rows.push((key, seal::open(row).await));
            }
        }
        Some(rows)
    }

    async fn cache(&self) -> Option<Cache> {
        JsFuture::from(storage()?.open(&self.name)).await.ok()?.dyn_into().ok()
    }
}

async fn read_one(cache: &Cache, request: &Request) -> Option<Vec<u8>> {
    let found = JsFuture::from(cache.match_with_request(request)).await.ok()?;
    let response: Response = found.dyn_into().ok()?;
    let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

async fn bounded<T>(work: impl Future<Output = Option<T>>) -> Option<T> {
    within(ANSWER_MS, work).await.flatten()
}

/// Missing where the page is not in a secure context, refused in some private modes.
fn storage() -> Option<CacheStorage> {
    let window = web_sys::window()?;
    let caches = js_sys::Reflect::get(&window, &JsValue::from_str("caches")).ok()?;
    caches.dyn_into().ok()
}

fn address(key: &str) -> String {
    format!("/rescue/{key}")
}

/// The service worker leaves caches of this name alone.
const PREFIX: &str = "satchel-rescue:";
const ANSWER_MS: u32 = 3_000;
