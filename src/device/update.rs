//! The talk with the page's start-up script: a new version waits, load it, the app is there, the app has stopped.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::CustomEvent;

/// Calls back when a new version waits.
pub fn on_ready(hear: impl Fn() + 'static) {
    let callback = Closure::<dyn Fn()>::new(hear);
    let window = web_sys::window().expect("the client runs in a window");
    let added =
        window.add_event_listener_with_callback("satchel:update-ready", callback.as_ref().unchecked_ref());
    added.expect("windows take listeners");
    callback.forget();
}

/// Asks for the new version; the page reloads.
pub fn apply() {
    dispatch("satchel:apply-update");
}

/// Says that the app is on the screen.
pub fn ready() {
    dispatch("satchel:ready");
}

/// Says that the app has panicked and can do no more.
pub fn panicked() {
    dispatch("satchel:panic");
}

fn dispatch(name: &str) {
    let sent = CustomEvent::new(name).map(|event| {
        let event: &web_sys::Event = event.as_ref();
        web_sys::window().map(|window| window.dispatch_event(event))
    });
    // Nobody listens in tests; then there is nobody to tell.
    drop(sent);
}
