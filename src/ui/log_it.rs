//! After a call, a text, an e-mail or the way there was begun: the offer to note it down.

use leptos::prelude::*;
use protocol::RecordId;

use crate::ui::components::button::Button;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::words;

/// Which way was taken, if any; what a row of ways tells, and the offer shows.
#[derive(Clone, Copy)]
pub(crate) struct Taken(RwSignal<Option<&'static str>>);

impl Taken {
    /// No way was taken yet.
    pub(crate) fn none() -> Self {
        Self(RwSignal::new(None))
    }

    /// What the row of ways calls.
    pub(crate) fn on_taken(self) -> Callback<&'static str> {
        Callback::new(move |channel| self.0.set(Some(channel)))
    }
}

/// The offer. The region that is read out is always on the page.
#[component]
pub(crate) fn LogIt(
    /// The way that was taken.
    taken: Taken,
    /// The account that the talk is about.
    #[prop(into)]
    account: Signal<Option<RecordId>>,
    /// The contact.
    #[prop(optional, into)]
    contact: Signal<Option<RecordId>>,
) -> impl IntoView {
    let channel = move || taken.0.get();
    let href = move || {
        let part =
            |name: &str, id: Option<RecordId>| id.map(|id| format!("&{name}={}", id.0)).unwrap_or_default();
        let (account, contact) = (part("account", account.get()), part("contact", contact.get()));
        format!("/notes/new?channel={}{account}{contact}", channel().unwrap_or_default())
    };
    view! {
        <div class="log-it" class:log-it--shown=move || channel().is_some()>
            <p class="log-it__text" role="status">{move || channel().map(words::log_it)}</p>
            <Show when=move || channel().is_some()>
                <a href=href class="button">
                    <Drawing icon=Icon::Note />
                    {words::ADD_NOTE}
                </a>
                <Button label=words::NOT_NOW on_press=move || taken.0.set(None) />
            </Show>
        </div>
    }
}
