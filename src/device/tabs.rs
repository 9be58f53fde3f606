//! One window at a time works. The newest visible one takes the lock; the others are told.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

// `LockManager` is unstable in web-sys, and the flag for it is semver-exempt; this is all that we need of it.
#[wasm_bindgen(inline_js = "
export function take_lock(name, lost) {
  if (!navigator.locks) return;
  navigator.locks.request(name, { steal: true }, () => new Promise(() => {})).catch(() => lost());
}
")]
extern "C" {
    fn take_lock(name: &str, lost: &Closure<dyn Fn()>);
}

/// Takes the lock of that name from whoever has it, and calls back once another window has taken it from us. Without
/// lock support nothing is called; the fencing number on disk still keeps two windows apart.
pub fn take(name: &str, lost: impl Fn() + 'static) {
    let lost = Closure::<dyn Fn()>::new(lost);
    take_lock(name, &lost);
    lost.forget();
}
