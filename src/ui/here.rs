//! Where the phone is. It is asked by a press alone, and nobody else is told.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Position, PositionError, PositionOptions};

/// What is known of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Here {
    /// Nobody has asked.
    Unasked,
    /// The phone is looking.
    Asking,
    /// Degrees of latitude and longitude.
    At(f64, f64),
    /// The rep or the browser says no.
    Refused,
    /// The phone does not know.
    Unknown,
}

/// Asks the phone.
pub(crate) fn ask(here: RwSignal<Here>) {
    here.set(Here::Asking);
    let told = Closure::once_into_js(move |position: Position| {
        let at = position.coords();
        here.try_set(Here::At(at.latitude(), at.longitude()));
    });
    let failed = Closure::once_into_js(move |error: PositionError| {
        let is_refused = error.code() == PositionError::PERMISSION_DENIED;
        here.try_set(if is_refused { Here::Refused } else { Here::Unknown });
    });
    let options = PositionOptions::new();
    options.set_timeout(LOOKING_MS);
    options.set_maximum_age(AGE_MS);
    let asked = window().navigator().geolocation().and_then(|geolocation| {
        geolocation.get_current_position_with_error_callback_and_options(
            told.unchecked_ref(),
            Some(failed.unchecked_ref()),
            &options,
        )
    });
    if asked.is_err() {
        here.set(Here::Unknown);
    }
}

const LOOKING_MS: u32 = 15_000;
/// A rep on the road is a mile further after a minute.
const AGE_MS: u32 = 60_000;
