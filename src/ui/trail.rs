//! Where the rep came from. Each page opened inside the app says in its history entry from which address, so that the
//! way back is a step back, and Back never shows a page twice. An entry keeps that through a reload.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::location::State;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MouseEvent};

use crate::ui::scrolled;

/// How to go on to another page.
pub(crate) fn onward() -> NavigateOptions {
    NavigateOptions { state: State::new(Some(here().into())), ..Default::default() }
}

/// How to put another page, or another address of this one, in the place of this one.
pub(crate) fn instead() -> NavigateOptions {
    NavigateOptions { replace: true, state: State::new(came_from().map(JsValue::from)), ..Default::default() }
}

/// Goes back to the address that this page was opened from; says no when another page was, or none.
fn go_back_to(address: &str) -> bool {
    came_from().is_some_and(|from| from == address) && go_back()
}

/// Goes back inside the app; says no when this page was opened by its address.
pub(crate) fn go_back() -> bool {
    came_from().is_some() && window().history().is_ok_and(|history| history.back().is_ok())
}

/// Shows `address`, and not this page any more: by a step back where that leads there.
pub(crate) fn leave_for(address: &str, navigate: &impl Fn(&str, NavigateOptions)) {
    if !go_back_to(address) {
        navigate(address, instead());
    }
}

/// Whether the browser opens what was pressed elsewhere: in another tab or window, or as a file.
pub(crate) fn is_elsewhere(event: &MouseEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()
}

/// A link was pressed somewhere on the page: the router reads from the link what to write into the history.
pub(crate) fn on_click(event: &MouseEvent) {
    if event.button() != 0 || is_elsewhere(event) {
        return;
    }
    let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(link) = pressed.and_then(|pressed| pressed.closest("a[href]").ok().flatten()) else { return };
    let is_back = link.has_attribute(BACK);
    if is_back && !event.default_prevented() && link.get_attribute("href").is_some_and(|to| go_back_to(&to)) {
        return event.prevent_default();
    }
    // A page is not behind itself: a link to it takes the place of its entry.
    let is_here = link.get_attribute("href").is_some_and(|to| to == here());
    if is_here && !is_back {
        scrolled::to_top();
    }
    let from = if is_back || is_here { came_from() } else { Some(here()) };
    let from = from.map_or(JsValue::UNDEFINED, JsValue::from);
    for (name, value) in [("replace", (is_back || is_here).into()), ("state", from)] {
        // The property of an element can always be set.
        drop(js_sys::Reflect::set(&link, &name.into(), &value));
    }
}

fn here() -> String {
    window().location().pathname().unwrap_or_default()
}

fn came_from() -> Option<String> {
    window().history().ok()?.state().ok()?.as_string()
}

/// The attribute of a link that leads back.
const BACK: &str = "data-back";
