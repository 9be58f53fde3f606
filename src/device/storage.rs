//! Our place on disk, as the browser sees it.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Whether the browser promised to keep our data; asks it to. `None` where it does not say.
pub async fn persist() -> Option<bool> {
    let storage = manager()?;
    JsFuture::from(storage.persist().ok()?).await.ok()?.as_bool()
}

/// Whether the browser promised to keep our data, without asking.
pub async fn persisted() -> Option<bool> {
    let storage = manager()?;
    JsFuture::from(storage.persisted().ok()?).await.ok()?.as_bool()
}

/// Bytes used and allowed, as far as the browser tells.
pub async fn estimate() -> (Option<u64>, Option<u64>) {
    let Some(storage) = manager() else { return (None, None) };
    let Ok(promise) = storage.estimate() else { return (None, None) };
    let Ok(estimate) = JsFuture::from(promise).await else { return (None, None) };
    let bytes = |name: &str| {
        let value = Reflect::get(&estimate, &JsValue::from_str(name)).ok()?;
        value.as_f64().map(|bytes| bytes as u64)
    };
    (bytes("usage"), bytes("quota"))
}

/// Missing where the page is not in a secure context.
fn manager() -> Option<web_sys::StorageManager> {
    let navigator = web_sys::window()?.navigator();
    let storage = Reflect::get(&navigator, &JsValue::from_str("storage")).ok()?;
    (!storage.is_undefined()).then(|| navigator.storage())
}
