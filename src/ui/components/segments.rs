//! Two or three lists that stand side by side, each a link away.

use leptos::prelude::*;
use leptos_router::components::A;

/// The links. The list that is open is marked as the current one.
#[component]
pub(crate) fn Segments(
    /// What they are together.
    label: &'static str,
    /// Their addresses and names.
    places: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let link = |(href, name): &'static (&'static str, &'static str)| {
        view! { <A href=*href attr:class="segments__link">{*name}</A> }
    };
    view! {
        <nav class="segments" aria-label=label>
            {places.iter().map(link).collect_view()}
        </nav>
    }
}
