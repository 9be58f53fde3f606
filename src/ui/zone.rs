//! The time zone in which the phone is. It may be carried into another one while the page is open.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, Date, Intl, Object, Reflect};
use view::zone::{self, Zone};
use wasm_bindgen::JsValue;

/// The zone in which the phone is now.
pub(crate) fn here() -> Zone {
    ZONES.with_borrow_mut(Zones::here)
}

/// Those in which it has been since the page was opened.
#[derive(Default)]
struct Zones {
    /// By name. They are as few as the phone's ways, so each may stay for good.
    known: BTreeMap<String, Zone>,
    last: Option<Last>,
}

/// What the browser said when it was last asked.
#[derive(Clone, Copy)]
struct Last {
    zone: Zone,
    at_ms: f64,
    ahead_minutes: i32,
}

impl Zones {
    fn here(&mut self) -> Zone {
        let (now, at_ms) = (Date::new_0(), Date::now());
        let ahead_minutes = ahead_minutes(&now);
        // Asking costs as much as making a format, and each row of a list may want to know.
        let is_fresh = |last: &Last| {
            last.ahead_minutes == ahead_minutes && (last.at_ms..last.at_ms + ASKED_MS).contains(&at_ms)
        };
        if let Some(last) = self.last.filter(is_fresh) {
            return last.zone;
        }
        let zone = *self.known.entry(name()).or_insert_with(read);
        self.last = Some(Last { zone, at_ms, ahead_minutes });
        zone
    }
}

fn name() -> String {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let name = Reflect::get(&options, &JsValue::from_str("timeZone"));
    name.ok().and_then(|name| name.as_string()).unwrap_or_default()
}

/// The zone over all years of which there may be notes.
fn read() -> Zone {
    let at = |minute: i64| ahead_minutes(&Date::new(&JsValue::from_f64(minute as f64 * MINUTE_MS)));
    let [from, to] = YEARS.map(|year| (Date::utc(year, 0.0) / MINUTE_MS) as i64);
    Zone::new(at(from), zone::changes(from, to, at).leak())
}

fn ahead_minutes(moment: &Date) -> i32 {
    -moment.get_timezone_offset() as i32
}

thread_local! {
    static ZONES: RefCell<Zones> = RefCell::default();
}

/// How long the phone is taken to stay in a zone that is as far ahead.
const ASKED_MS: f64 = 1_000.0;
const MINUTE_MS: f64 = 60_000.0;
/// Before the first of them a wall goes as at its beginning, after the last as at its end.
const YEARS: [f64; 2] = [2010.0, 2040.0];
