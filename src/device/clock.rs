//! The device's clock. It may be wrong; nothing is ordered by it.

/// Milliseconds since 1970 UTC, as this device believes.
pub fn now() -> i64 {
    js_sys::Date::now() as i64
}
