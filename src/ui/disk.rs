//! What the screen says of the disk: a failure that stands in the way, what happened and is over, and what the
//! browser does not promise.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::banner::Banner;
use crate::ui::components::button::Button;
use crate::ui::words;

/// The disk does not work, while the records are still on the screen.
#[component]
pub(crate) fn DiskTrouble(store: Store) -> impl IntoView {
    let strip = move || {
        let text = words::trouble(&store.trouble().get()?);
        Some(view! {
            <div role="alert">
                <Banner title=words::STORAGE_FAILS text>
                    <Button label=words::TRY_AGAIN on_press=move || store.sync_now() />
                </Banner>
            </div>
        })
    };
    view! { {strip} }
}

/// What happened to the disk, until the rep has read it.
#[component]
pub(crate) fn DiskNotice(store: Store) -> impl IntoView {
    let notice = store.notice();
    let strip = move || {
        let (title, text) = words::notice(&notice.get()?);
        Some(view! {
            <Banner title text>
                <Button label=words::UNDERSTOOD on_press=move || notice.set(None) />
            </Banner>
        })
    };
    view! {
        <div role="status">{strip}</div>
    }
}

/// The browser may clear what is stored here. Said before the first save, and not again once it was read.
#[component]
pub(crate) fn NotKept(store: Store) -> impl IntoView {
    view! {
        <Show when=move || store.may_be_cleared()>
            <Banner title=words::NOT_KEPT text=words::NOT_KEPT_TEXT>
                <Button label=words::UNDERSTOOD on_press=move || store.understand_storage() />
            </Banner>
        </Show>
    }
}

/// The same in a form, in one line.
#[component]
pub(crate) fn NotKeptHint(store: Store) -> impl IntoView {
    view! {
        <Show when=move || store.may_be_cleared()>
            <p class="form__hint">{words::NOT_KEPT_HINT}</p>
        </Show>
    }
}
