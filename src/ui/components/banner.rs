//! A strip across the page with one thing to know and one thing to do, and the line that passes by.

use leptos::prelude::*;

/// A strip that stays until what it says is no longer so.
#[component]
pub(crate) fn Banner(
    /// What it is about, in a few words.
    #[prop(optional)]
    title: Option<&'static str>,
    /// What to know.
    #[prop(into)]
    text: String,
    /// What to do.
    children: Children,
) -> impl IntoView {
    let name = title.map_or_else(|| text.clone(), str::to_owned);
    view! {
        <section class="banner" aria-label=name>
            <div class="banner__words">
                {title.map(|title| view! { <strong class="banner__title">{title}</strong> })}
                <span class="banner__text">{text}</span>
            </div>
            <div class="banner__do">{children()}</div>
        </section>
    }
}

/// The line that tells news and passes by. It is read out politely; its region stays, as screen readers want it.
#[component]
pub(crate) fn Toast(
    /// What to tell, while it is to be seen.
    #[prop(into)]
    text: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="toast" aria-live="polite" aria-atomic="true">
            {move || text.get().map(|text| view! { <p class="toast__text">{text}</p> })}
        </div>
    }
}

/// What went wrong, said at once.
#[component]
pub(crate) fn Failure(
    /// The sentence; none while all is well.
    #[prop(into)]
    text: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="failure" role="alert">
            {move || text.get().map(|text| view! { <p class="failure__text">{text}</p> })}
        </div>
    }
}
