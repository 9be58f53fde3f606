//! Two or three lists that stand side by side, each a link away.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The links. The list that is open is marked as the current one.
#[component]
pub(crate) fn Segments(
    /// What they are together.
    label: &'static str,
    /// Their addresses and names.
    places: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let path = use_location().pathname;
    let link = |(href, name): &'static (&'static str, &'static str)| {
        let is_here = move || {
            let is_below = |rest: &str| rest.is_empty() || rest.starts_with('/');
            path.with(|path| path.strip_prefix(href).is_some_and(is_below))
        };
        view! {
            <a href=*href class="segments__link" aria-current=move || is_here().then_some("page")>
                {*name}
            </a>
        }
    };
    view! {
        <nav class="segments" aria-label=label>
            {places.iter().map(link).collect_view()}
        </nav>
    }
}
