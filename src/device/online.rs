//! What the browser says of the connection and of being looked at. Hints, never proof.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, VisibilityState, Window};

/// What may be worth acting on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The browser believes that there is a network.
    Online,
    /// The browser believes that there is none.
    Offline,
    /// The window came to the front.
    Visible,
    /// The window went out of sight.
    Hidden,
}

/// Calls back at every hint, as long as the page lives.
pub fn listen(hear: impl Fn(Hint) + Clone + 'static) {
    let (window, document) = page();
    let on = |name: &str, hint: Hint| {
        let hear = hear.clone();
        let callback = Closure::<dyn Fn()>::new(move || hear(hint));
        let added = window.add_event_listener_with_callback(name, callback.as_ref().unchecked_ref());
        added.expect("windows take listeners");
        callback.forget();
    };
    on("online", Hint::Online);
    on("offline", Hint::Offline);
    on("pageshow", Hint::Visible);
    let watched = document.clone();
    let callback = Closure::<dyn Fn()>::new(move || {
        let visible = watched.visibility_state() == VisibilityState::Visible;
        hear(if visible { Hint::Visible } else { Hint::Hidden });
    });
    let added =
        document.add_event_listener_with_callback("visibilitychange", callback.as_ref().unchecked_ref());
    added.expect("documents take listeners");
    callback.forget();
}

/// Whether the window is in front.
pub fn is_visible() -> bool {
    page().1.visibility_state() == VisibilityState::Visible
}

fn page() -> (Window, Document) {
    let window = web_sys::window().expect("the client runs in a window");
    let document = window.document().expect("a window has a document");
    (window, document)
}
