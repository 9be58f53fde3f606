//! Times and numbers as this browser's language writes them, and the clock that the screen reads.

use std::time::Duration;

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use protocol::schema::{self, DateTime};
use view::timeline::Clock;
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
    let now = Date::new_0();
    let day = schema::Date::new(now.get_full_year() as i16, now.get_month() as i8 + 1, now.get_date() as i8);
    let day = day.unwrap_or_default();
    let time = day.at(now.get_hours() as i8, now.get_minutes() as i8, now.get_seconds() as i8, 0);
    Clock { now: time, ahead_minutes: -now.get_timezone_offset() as i32 }
}

/// Today, by that clock.
pub(crate) fn today() -> schema::Date {
    clock().now.date()
}

/// A time of day for today, with its day for any other, and with its year for one of another year.
pub(crate) fn time(ms: i64) -> String {
    said(&Date::new(&JsValue::from_f64(ms as f64)))
}

/// The same of a time on the wall.
pub(crate) fn wall(when: DateTime) -> String {
    let (year, month) = (when.year().max(0) as u32, i32::from(when.month()) - 1);
    let (day, hour, minute) = (when.day().into(), when.hour().into(), when.minute().into());
    said(&Date::new_with_year_month_day_hr_min(year, month, day, hour, minute))
}

/// A time of day.
pub(crate) fn hour(when: DateTime) -> String {
    let date = Date::new_with_year_month_day_hr_min(2000, 0, 1, when.hour().into(), when.minute().into());
    FORMATS.with(|formats| formats.call(&formats.time, &date))
}

/// A day, with its year when that is another one.
pub(crate) fn day(day: schema::Date) -> String {
    let (year, month) = (day.year().max(0) as u32, i32::from(day.month()) - 1);
    let date = Date::new_with_year_month_day(year, month, day.day().into());
    let this_year = year == Date::new_0().get_full_year();
    FORMATS.with(|formats| formats.call(if this_year { &formats.day } else { &formats.day_year }, &date))
}

/// A day in full.
pub(crate) fn full_day(day: schema::Date) -> String {
    FORMATS.with(|formats| formats.call(&formats.full_day, &js_day(day)))
}

/// A day with its year, in few words.
pub(crate) fn day_of_year(day: schema::Date) -> String {
    FORMATS.with(|formats| formats.call(&formats.day_year, &js_day(day)))
}

/// A day of a week: its weekday and its number.
pub(crate) fn weekday(day: schema::Date) -> String {
    FORMATS.with(|formats| formats.call(&formats.weekday, &js_day(day)))
}

/// A time of day. It is said as on a day on which no clock changes: none that is on the wall is missing.
pub(crate) fn time_of_day(hour: i8, minute: i8) -> String {
    let date = Date::new_with_year_month_day_hr_min(2000, 0, 15, hour.into(), minute.into());
    FORMATS.with(|formats| formats.call(&formats.time, &date))
}

fn js_day(day: schema::Date) -> Date {
    let (year, month) = (day.year().max(0) as u32, i32::from(day.month()) - 1);
    Date::new_with_year_month_day(year, month, day.day().into())
}

fn said(then: &Date) -> String {
    let now = Date::new_0();
    FORMATS.with(|formats| {
        let format = if now.to_date_string() == then.to_date_string() {
            &formats.time
        } else if now.get_full_year() == then.get_full_year() {
            &formats.day_time
        } else {
            &formats.day_time_year
        };
        formats.call(format, then)
    })
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
        let format =
            |parts: &[&[(&str, &str)]]| Intl::DateTimeFormat::new(&here, &options(&parts.concat())).format();
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
