//! Words to be taken elsewhere.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::ui::components::button::Button;
use crate::ui::components::icon::Icon;
use crate::ui::words;

/// Copies the text, and says whether it did.
#[component]
pub(crate) fn CopyText(text: String) -> impl IntoView {
    let said = RwSignal::new(None::<&'static str>);
    let copy = move || {
        let clipboard = window().navigator().clipboard();
        let written = JsFuture::from(clipboard.write_text(&text));
        spawn_local(async move {
            let answer = if written.await.is_ok() { words::COPIED } else { words::NOT_COPIED };
            said.try_set(Some(answer));
        });
    };
    view! {
        <Button label=words::COPY_TEXT icon=Icon::Copy on_press=copy />
        <span class="saves__said" aria-live="polite">{move || said.get()}</span>
    }
}
