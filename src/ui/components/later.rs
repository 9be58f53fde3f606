//! The part of a page that can wait.

use std::time::Duration;

use leptos::prelude::*;

/// Draws the lower part of a page right after its upper part is on the screen: so what the rep has come for is there
/// sooner, however much stands below it.
#[component]
pub(crate) fn Later(children: ChildrenFn) -> impl IntoView {
    let is_time = RwSignal::new(false);
    let draw = move || {
        is_time.try_set(true);
    };
    // The first frame is drawn between the two.
    request_animation_frame(move || set_timeout(draw, Duration::ZERO));
    view! { <Show when=move || is_time.get()>{children()}</Show> }
}
