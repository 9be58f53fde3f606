//! Times and numbers as this browser's language writes them, and the clock that the screen reads.

use std::time::Duration;

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use protocol::schema::{self, DateTime};
use view::timeline::Clock;
use wasm_bindgen::JsValue;

use crate::ui::zone;

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

    /// Whoever asks in a reactive place is told when the time has moved.
    pub(crate) fn tick(self) {
        self.0.track();
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

/// The clock on this phone's wall.
pub(crate) fn clock() -> Clock {
    Clock { now: wall_of(&Date::new_0()), zone: zone::here() }
}

/// Today, by that clock.
pub(crate) fn today() -> schema::Date {
    wall_of(&Date::new_0()).date()
}

/// A time of day for today, with its day for any other, and with its year for one of another year.
pub(crate) fn time(ms: i64) -> String {
    wall(wall_of(&Date::new(&JsValue::from_f64(ms as f64))))
}

/// The same of a time on the wall.
pub(crate) fn wall(when: DateTime) -> String {
    let today = today();
    FORMATS.with(|formats| {
        let format = if when.date() == today {
            &formats.time
        } else if when.year() == today.year() {
            &formats.day_time
        } else {
            &formats.day_time_year
        };
        formats.of(format, when)
    })
}

/// A time of day.
pub(crate) fn hour(when: DateTime) -> String {
    FORMATS.with(|formats| formats.of(&formats.time, when))
}

/// The same by its numbers.
pub(crate) fn time_of_day(hour: i8, minute: i8) -> String {
    self::hour(EPOCH.date().at(hour, minute, 0, 0))
}

/// A day, with its year when that is another one.
pub(crate) fn day(day: schema::Date) -> String {
    FORMATS.with(|formats| {
        let format = if day.year() == today().year() { &formats.day } else { &formats.day_year };
        formats.of(format, midnight(day))
    })
}

/// A day in full.
pub(crate) fn full_day(day: schema::Date) -> String {
    FORMATS.with(|formats| formats.of(&formats.full_day, midnight(day)))
}

/// A day with its year, in few words.
pub(crate) fn day_of_year(day: schema::Date) -> String {
    FORMATS.with(|formats| formats.of(&formats.day_year, midnight(day)))
}

/// A day of a week: its weekday and its number.
pub(crate) fn weekday(day: schema::Date) -> String {
    FORMATS.with(|formats| formats.of(&formats.weekday, midnight(day)))
}

/// What the wall says at a moment. A `Date` follows the phone into another zone; a format keeps the one it was made in.
fn wall_of(moment: &Date) -> DateTime {
    let (year, month, day) = (moment.get_full_year(), moment.get_month(), moment.get_date());
    let (hour, minute, second) = (moment.get_hours(), moment.get_minutes(), moment.get_seconds());
    let day = schema::Date::new(year as i16, month as i8 + 1, day as i8).unwrap_or_default();
    day.at(hour as i8, minute as i8, second as i8, 0)
}

fn midnight(day: schema::Date) -> DateTime {
    day.at(0, 0, 0, 0)
}

/// A whole number with its thousands set apart.
pub(crate) fn number(count: impl TryInto<u32>) -> String {
    let count = count.try_into().unwrap_or(u32::MAX);
    FORMATS.with(|formats| formats.call(&formats.number, &JsValue::from(count)))
}

/// Making these costs more than a row of the list, so each is made once. Those of times write what the wall says and
/// know of no zone: in theirs, UTC, no hour is missing or comes twice, and the phone may go where it will.
struct Formats {
    time: Function,
    day_time: Function,
    day_time_year: Function,
    day: Function,
    day_year: Function,
    full_day: Function,
    weekday: Function,
    number: Function,
}

thread_local! {
    static FORMATS: Formats = Formats::new();
}

impl Formats {
    fn new() -> Self {
        let here = Array::new();
        let time = [("hour", "numeric"), ("minute", "2-digit")];
        let day = [("month", "short"), ("day", "numeric")];
        let (weekday, year) = ([("weekday", "short")], [("year", "numeric")]);
        let format = |parts: &[&[(&str, &str)]]| {
            let no_zone = [("timeZone", "UTC")];
            let parts = [&parts.concat()[..], &no_zone].concat();
            Intl::DateTimeFormat::new(&here, &options(&parts)).format()
        };
        Self {
            time: format(&[&time]),
            day_time: format(&[&day, &time]),
            day_time_year: format(&[&year, &day, &time]),
            day: format(&[&weekday, &day]),
            day_year: format(&[&year, &day]),
            full_day: format(&[
                &[("weekday", "long"), ("year", "numeric")],
                &[("month", "long"), ("day", "numeric")],
            ]),
            weekday: format(&[&weekday, &[("day", "numeric")]]),
            number: Intl::NumberFormat::new(&here, &Object::new()).format(),
        }
    }

    fn of(&self, format: &Function, when: DateTime) -> String {
        let ms = when.duration_since(EPOCH).as_millis();
        self.call(format, &JsValue::from_f64(ms as f64))
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

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
