//! How far each page is scrolled. A page that is come to begins at its top; a step back or forth finds it as it was.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::ui::attention;

/// What is kept while the window lives.
#[derive(Clone, Copy)]
pub(crate) struct Scrolled(StoredValue<Kept>);

#[derive(Default)]
struct Kept {
    /// How far a page is scrolled, px, by its address.
    tops: BTreeMap<String, i32>,
    /// The address of the page that is shown.
    shown: String,
    /// The address that a step back or forth has just led to.
    stepped_to: Option<String>,
}

impl Scrolled {
    /// Begins to keep it. To be called before the router begins: it must not hear of a step first.
    pub(crate) fn start() -> Self {
        let kept = StoredValue::new(Kept { shown: address(), ..Kept::default() });
        let steps = window_event_listener_untyped("popstate", move |_| {
            let to = address();
            kept.update_value(|kept| kept.stepped_to = (to != kept.shown).then_some(to));
        });
        on_cleanup(move || steps.remove());
        Self(kept)
    }

    /// Something on the page was scrolled.
    pub(crate) fn on_scroll(self, event: &web_sys::Event) {
        let scroller = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(scroller) = scroller.filter(|scroller| scroller.matches(SCROLLERS).unwrap_or(false)) {
            let top = scroller.scroll_top();
            self.0.update_value(|kept| {
                kept.tops.insert(kept.shown.clone(), top);
            });
        }
    }

    /// Puts each new page where it belongs. Another query is no other page. To be called inside the router.
    pub(crate) fn follow(self) {
        let path = use_location().pathname;
        Effect::new(move |before: Option<String>| {
            let path = path.get();
            if before.is_some_and(|before| before != path) {
                let top = self.0.try_update_value(|kept| kept.arrive(&path)).unwrap_or_default();
                self.put(path.clone(), top, FRAMES_MIN, FRAMES_MAX);
            }
            path
        });
    }

    /// What is new is drawn in the first frames, and what is read from disk grows in the next ones.
    fn put(self, path: String, top: i32, least: u8, most: u8) {
        request_animation_frame(move || {
            if self.0.try_with_value(|kept| kept.shown == path) != Some(true) {
                return;
            }
            let is_there = put_all(SCROLLERS, top);
            if least > 0 || most > 0 && !is_there {
                self.put(path, top, least.saturating_sub(1), most.saturating_sub(1));
            }
        });
    }
}

impl Kept {
    /// The page of this address is shown from now on; how far it is scrolled.
    fn arrive(&mut self, path: &str) -> i32 {
        let is_step = self.stepped_to.take().is_some_and(|to| to == path);
        path.clone_into(&mut self.shown);
        if is_step { self.tops.get(path).copied().unwrap_or_default() } else { 0 }
    }
}

/// The page, and a list on it, go up.
pub(crate) fn to_top() {
    put_all(SCROLLERS, 0);
    put_all(LIST, 0);
}

/// Keys that scroll move the page though nothing has the keyboard, as it is before the first press of the rep.
pub(crate) fn on_key(event: &web_sys::KeyboardEvent) {
    if KEYS.contains(&event.key().as_str()) && attention::is_nowhere() {
        let scrolls = |one: &Element| one.scroll_height() > one.client_height();
        if let Some(scroller) = all(SCROLLERS).chain(all(LIST)).find(scrolls) {
            attention::focus(&scroller);
        }
    }
}

/// Scrolls them; says whether one of them is there.
fn put_all(which: &str, top: i32) -> bool {
    let mut is_there = false;
    for scroller in all(which) {
        if scroller.scroll_top() != top {
            scroller.set_scroll_top(top);
        }
        is_there |= scroller.scroll_top() == top;
    }
    is_there
}

fn all(which: &str) -> impl Iterator<Item = Element> {
    let found = document().query_selector_all(which).ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |at| found.as_ref()?.item(at)?.dyn_into().ok())
}

fn address() -> String {
    window().location().pathname().unwrap_or_default()
}

/// What a page is scrolled in: all of it, or on a desk beside its list. One of them has something to scroll.
const SCROLLERS: &str = "#main, .split__record";
const LIST: &str = ".list";
const KEYS: &[&str] = &["PageDown", "PageUp", "End", "Home", "ArrowDown", "ArrowUp", " "];
const FRAMES_MIN: u8 = 1;
const FRAMES_MAX: u8 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_finds_a_page_as_it_was() {
        let mut kept = Kept { shown: "/".to_owned(), ..Kept::default() };
        kept.tops.insert("/".to_owned(), 700);
        assert_eq!(kept.arrive("/accounts/1"), 0);
        assert_eq!(kept.arrive("/"), 0, "a link leads to the top");
        kept.stepped_to = Some("/".to_owned());
        assert_eq!(kept.arrive("/"), 700);
        assert_eq!(kept.arrive("/"), 0, "a step counts once");
        kept.stepped_to = Some("/more".to_owned());
        assert_eq!(kept.arrive("/"), 0, "a step to another page is none to this one");
        kept.stepped_to = Some("/never".to_owned());
        assert_eq!(kept.arrive("/never"), 0);
    }
}
