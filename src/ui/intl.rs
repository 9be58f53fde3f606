//! Times and numbers as this browser's language writes them, and the clock that the screen reads.

use std::time::Duration;

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The time now, ms since 1970, as the screen knows it: it moves twice a minute.
#[derive(Clone, Copy)]
pub(crate) struct Now(RwSignal<i64>);

impl Now {
    /// Starts the clock; it stops with its owner.
    pub(crate) fn start() -> Self {
        let now = RwSignal::new(now_ms());
        let ticks = set_interval_with_handle(move || now.set(now_ms()), Duration::from_secs(30));
        on_cleanup(move || {
            if let Ok(ticks) = ticks {
                ticks.clear();
            }
        });
        Self(now)
    }

    /// How long ago that was; whoever asks in a reactive place is told again. A time after the last tick is now.
    pub(crate) fn since(self, ms: i64) -> i64 {
        (self.0.get() - ms).max(0)
    }
}

/// The time, ms since 1970.
pub(crate) fn now_ms() -> i64 {
    Date::now() as i64
}

/// The time now in UTC, as a note keeps it.
pub(crate) fn now_utc() -> String {
    Date::new_0().to_iso_string().into()
}

/// A kept time as ms since 1970, if it reads as one.
pub(crate) fn read_utc(text: &str) -> Option<i64> {
    let ms = Date::parse(text);
    ms.is_finite().then_some(ms as i64)
}

/// A time of day for today, with its day for any other.
pub(crate) fn time(ms: i64) -> String {
    let then = Date::new(&JsValue::from_f64(ms as f64));
    let today = Date::new_0().to_date_string() == then.to_date_string();
    FORMATS.with(|formats| formats.call(if today { &formats.time } else { &formats.day_time }, &then))
}

/// A whole number with its thousands set apart.
pub(crate) fn number(count: impl TryInto<u32>) -> String {
    let count = count.try_into().unwrap_or(u32::MAX);
    FORMATS.with(|formats| formats.call(&formats.number, &JsValue::from(count)))
}

/// Making these costs more than a row of the list, so each is made once.
struct Formats {
    time: Function,
    day_time: Function,
    number: Function,
}

thread_local! {
    static FORMATS: Formats = Formats::new();
}

impl Formats {
    fn new() -> Self {
        let here = Array::new();
        let time = options(&[("hour", "numeric"), ("minute", "2-digit")]);
        let day = [("month", "short"), ("day", "numeric"), ("hour", "numeric"), ("minute", "2-digit")];
        Self {
            time: Intl::DateTimeFormat::new(&here, &time).format(),
            day_time: Intl::DateTimeFormat::new(&here, &options(&day)).format(),
            number: Intl::NumberFormat::new(&here, &Object::new()).format(),
        }
    }

    fn call(&self, format: &Function, value: &JsValue) -> String {
        let text = format.call1(&JsValue::UNDEFINED, value);
        text.ok().and_then(|text| text.as_string()).unwrap_or_default()
    }
}

fn options(pairs: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in pairs {
        Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value))
            .expect("a plain object takes any property");
    }
    options
}
