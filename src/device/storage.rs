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

/// The mark that this user left here: how many saves were unsent. It outlives the databases in browsers that clear
/// those alone.
pub fn mark(user: &str) -> Option<usize> {
    marks()?.get_item(&format!("{MARK}{user}")).ok()??.parse().ok()
}

/// The mark of whoever left one, with the user's name in it.
pub fn any_mark() -> Option<(String, usize)> {
    let marks = marks()?;
    let count = marks.length().ok()?;
    let mut keys = (0..count).filter_map(|at| marks.key(at).ok().flatten());
    let user = keys.find_map(|key| Some(key.strip_prefix(MARK)?.to_owned()))?;
    let unsent = mark(&user)?;
    Some((user, unsent))
}

/// Leaves the mark. Without it an eviction goes unnoticed until the sign-in.
pub fn leave_mark(user: &str, unsent: usize) {
    if let Some(marks) = marks() {
        drop(marks.set_item(&format!("{MARK}{user}"), &unsent.to_string()));
    }
}

/// Takes the mark away.
pub fn remove_mark(user: &str) {
    if let Some(marks) = marks() {
        drop(marks.remove_item(&format!("{MARK}{user}")));
    }
}

/// Notes that the user of this browser has read what it does not promise.
pub fn understand() {
    if let Some(marks) = marks() {
        drop(marks.set_item(UNDERSTOOD, "1"));
    }
}

/// Whether [`understand`] was called here before.
pub fn is_understood() -> bool {
    marks().and_then(|marks| marks.get_item(UNDERSTOOD).ok().flatten()).is_some()
}

fn marks() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

const UNDERSTOOD: &str = "satchel:understood";
const MARK: &str = "satchel:here:";

/// Missing where the page is not in a secure context.
fn manager() -> Option<web_sys::StorageManager> {
    let navigator = web_sys::window()?.navigator();
    let storage = Reflect::get(&navigator, &JsValue::from_str("storage")).ok()?;
    (!storage.is_undefined()).then(|| navigator.storage())
}
