//! What the windows of one browser have in common: a channel on which each hears the others, and named locks that the
//! browser takes back when a window is gone. Where it has neither, there is nobody to hear and every lock is free.

use std::collections::BTreeSet;

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

// `LockManager` is unstable in web-sys, and the flag for it is semver-exempt; this is all that we need of it.
#[wasm_bindgen(inline_js = r#"
const locks = navigator.locks;
const never = () => {};

// The place of one window in the queue for a lock. `mine` is the request by which it has the lock.
export class Turn {
  constructor(name, won, lost) {
    Object.assign(this, { name, won, lost, mine: null });
    this.leaving = new AbortController();
    this.held = new Promise((release) => (this.release = release));
    this.wait();
  }
  wait() {
    this.ask({ signal: this.leaving.signal }, {}, () => this.wait());
  }
  take() {
    if (this.mine || !locks) return;
    this.mine = {};
    this.ask({ steal: true }, this.mine, never);
  }
  ask(options, request, again) {
    if (!locks) return;
    const hold = () => {
      if (!this.mine) {
        this.mine = request;
        this.won();
      }
      return this.held;
    };
    // The request in the queue may also be robbed by this window's own theft, and then nothing is lost.
    const robbed = () => {
      if (this.leaving.signal.aborted) return;
      if (this.mine === request) {
        this.mine = null;
        this.lost();
      }
      again();
    };
    locks.request(this.name, options, hold).catch(robbed);
  }
  has_lock() {
    return Boolean(this.mine);
  }
  leave() {
    this.leaving.abort();
    this.release();
  }
}

// Answers what gives the lock back, or nothing when another window has it.
export function hold(name) {
  return new Promise((answer) => {
    if (!locks) return answer(never);
    const held = (lock) => (lock ? new Promise((release) => answer(release)) : answer());
    locks.request(name, { ifAvailable: true }, held).catch(() => answer(never));
  });
}

export async function names_held() {
  return locks ? (await locks.query()).held.map((lock) => lock.name) : [];
}

// What is heard and said is a text and rows of bytes.
export function join(name, hear) {
  if (!globalThis.BroadcastChannel) return undefined;
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => hear(...event.data);
  return channel;
}

export function say(channel, text, rows) {
  channel?.postMessage([text, rows]);
}
"#)]
extern "C" {
    #[derive(Debug)]
    type Turn;
    #[wasm_bindgen(constructor)]
    fn new(name: &str, won: &JsValue, lost: &JsValue) -> Turn;
    #[wasm_bindgen(method)]
    fn take(this: &Turn);
    #[wasm_bindgen(method)]
    fn has_lock(this: &Turn) -> bool;
    #[wasm_bindgen(method)]
    fn leave(this: &Turn);
    async fn hold(name: &str) -> JsValue;
    async fn names_held() -> JsValue;
    fn join(name: &str, hear: &JsValue) -> JsValue;
    fn say(channel: &JsValue, text: &str, rows: &Array);
}

/// This window's place in the queue for a lock. Dropped, it gives both up.
#[derive(Debug)]
pub struct Queue {
    turn: Turn,
    _called: [Closure<dyn Fn()>; 2],
}

impl Queue {
    /// Waits for the lock. Calls back when it is this window's turn, and when another window has taken it from us.
    pub fn join(name: &str, won: impl Fn() + 'static, lost: impl Fn() + 'static) -> Self {
        let called: [Closure<dyn Fn()>; 2] = [Closure::new(won), Closure::new(lost)];
        let turn = Turn::new(name, called[0].as_ref(), called[1].as_ref());
        Self { turn, _called: called }
    }

    /// Takes the lock from whoever has it, without asking: a frozen window could not answer.
    pub fn take(&self) {
        self.turn.take();
    }

    /// Whether this window has the lock, as far as it has heard.
    pub fn has_lock(&self) -> bool {
        self.turn.has_lock()
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.turn.leave();
    }
}

/// A lock of this window. Dropped, it is given back.
#[derive(Debug)]
pub struct Held(Function);

impl Held {
    /// Takes a lock that no window has.
    pub async fn take(name: &str) -> Option<Self> {
        hold(name).await.dyn_into().ok().map(Self)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The function only resolves a promise.
        drop(self.0.call0(&JsValue::UNDEFINED));
    }
}

/// The names of all locks that some window has.
pub async fn held() -> BTreeSet<String> {
    let names = names_held().await;
    Array::from(&names).iter().filter_map(|name| name.as_string()).collect()
}

/// The channel between the windows. It lives as long as the page.
#[derive(Debug)]
pub struct Channel(JsValue);

impl Channel {
    /// Joins the channel of that name. Calls back with what the other windows say.
    pub fn join(name: &str, hear: impl Fn(String, Vec<Vec<u8>>) + 'static) -> Self {
        let hear = move |text: String, rows: Array| {
            hear(text, rows.iter().map(|row| Uint8Array::new(&row).to_vec()).collect());
        };
        let hear = Closure::<dyn Fn(String, Array)>::new(hear);
        Self(join(name, &hear.into_js_value()))
    }

    /// Says something to the other windows.
    pub fn say<'a>(&self, text: &str, rows: impl Iterator<Item = &'a [u8]>) {
        let rows: Array = rows.map(Uint8Array::from).collect();
        say(&self.0, text, &rows);
    }
}
