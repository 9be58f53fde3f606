//! Where the keyboard's attention is: moved, and taken up again when what had it has left the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The id of the element that holds the page's content.
pub(crate) const CONTENT: &str = "main";

/// Moves it; what is folded away around it is unfolded.
pub(crate) fn focus(element: &Element) {
    if let Some(folded) = element.closest("details").ok().flatten() {
        // An attribute of that name can always be set.
        drop(folded.set_attribute("open", ""));
    }
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // An element that cannot take the focus leaves it where it is.
        drop(element.focus());
    }
}

/// Moves it to the element of this id once the change that is under way is drawn, so that what describes the element is
/// in place and read out.
pub(crate) fn focus_once_drawn(id: impl AsRef<str> + 'static) {
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(id.as_ref()) {
            focus(&element);
        }
    });
}

/// Moves it to the page's content.
pub(crate) fn focus_content() {
    if let Some(content) = document().get_element_by_id(CONTENT) {
        focus(&content);
    }
}

/// Whether nothing on the page has it.
pub(crate) fn is_nowhere() -> bool {
    document().active_element().is_none_or(|active| active.tag_name() == "BODY")
}

/// Moves it to the page's content should it be nowhere once the change that is under way is drawn.
pub(crate) fn take_up() {
    // Twice: what is new is drawn in the first frame, and only then has what was focused left the page.
    request_animation_frame(|| {
        request_animation_frame(|| {
            if is_nowhere() {
                focus_content();
            }
        });
    });
}
