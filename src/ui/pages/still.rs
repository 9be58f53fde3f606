//! Pages on which nothing moves: the app is opening, cannot go on, or has no such page.

use leptos::prelude::*;

use crate::ui::components::button::{Button, Weight};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::{title, words};

/// The disk is being read: the shape of the page that comes.
#[component]
pub(crate) fn Opening() -> impl IntoView {
    title(|| words::APP.to_owned());
    view! {
        <div class="skeleton" aria-busy="true">
            <p class="hidden" role="status">{words::OPENING}</p>
            <div class="skeleton__head"></div>
            <div class="skeleton__line skeleton__line--wide"></div>
            <div class="skeleton__line"></div>
            <div class="skeleton__block"></div>
            <div class="skeleton__line"></div>
        </div>
    }
}

/// The disk cannot be used.
#[component]
pub(crate) fn Stopped(
    /// Why, and what to do.
    text: String,
) -> impl IntoView {
    title(|| words::STOPPED.to_owned());
    let reload = || {
        // A browser that does not reload leaves this page, which says what to do.
        drop(window().location().reload());
    };
    view! {
        <main class="still">
            <Drawing icon=Icon::Alert />
            <div role="alert">
                <h1 class="still__title">{words::STOPPED}</h1>
                <p class="still__text">{text}</p>
            </div>
            <Button label=words::RELOAD weight=Weight::Main on_press=reload />
        </main>
    }
}

/// The address leads nowhere.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    title(|| words::PAGE_NOT_FOUND.to_owned());
    view! {
        <div class="still">
            <h1 class="still__title">{words::PAGE_NOT_FOUND}</h1>
            <p class="still__text">{words::PAGE_NOT_FOUND_TEXT}</p>
            <a href="/" class="button button--main">{words::GO_HOME}</a>
        </div>
    }
}
