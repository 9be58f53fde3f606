//! How old what is shown is, and how far a pull has come: the same words and the same bar wherever a pull is asked for.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::progress::ProgressBar;
use crate::ui::intl::{self, Now};
use crate::ui::words;

/// When the shown data was pulled: "as of 8:05, 3 h ago".
pub(crate) fn as_of(store: Store, now: Now) -> Memo<String> {
    let pulled_at = Memo::new(move |_| store.status().with(|status| status.pulled_at));
    Memo::new(move |_| match pulled_at.get() {
        Some(at) => words::as_of(&intl::time(at), &words::age(now.since(at))),
        None => words::NEVER_PULLED.to_owned(),
    })
}

/// The bar with its counts, while a pull is under way.
#[component]
pub(crate) fn Pulling(store: Store) -> impl IntoView {
    let pulling = Memo::new(move |_| store.status().with(|status| status.pulling));
    let progress = move || pulling.get().map_or((0, 0), |progress| (progress.received, progress.total));
    let counts = move || match progress() {
        (_, 0) => String::new(),
        (received, total) => words::received(&intl::number(received), &intl::number(total)),
    };
    view! {
        <Show when=move || pulling.get().is_some()>
            <ProgressBar label=words::RECEIVING done=Signal::derive(progress) text=Signal::derive(counts) />
        </Show>
    }
}
