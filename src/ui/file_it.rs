//! A note about nobody finds its account.

use leptos::prelude::*;
use protocol::{Kind, Op, RecordId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::field::Entry;
use crate::ui::components::pick::{PickField, PickWords};
use crate::ui::{name, record_field, undo, words};

/// The choice of the account; choosing files the note, and that can be taken back. One on a page.
#[component]
pub(crate) fn FileIt(store: Store, note: RecordId) -> impl IntoView {
    let file = move |account: String| {
        let id = account.parse().ok().map(RecordId);
        let named = id.and_then(|id| untrack(|| store.with_view(|view| view.record(id).map(|it| name(it)))));
        let Some(named) = named else { return };
        let patch = |account: Option<String>| {
            let set = [("account".to_owned(), account)].into();
            Draft::of_press(vec![DraftEdit::to(note, Kind::Note, Op::Patch, set)])
        };
        undo::press(store, patch(Some(account)), words::filed(&named), patch(None), || ());
    };
    let entry = Entry {
        name: "file",
        label: words::label("account").unwrap_or_default(),
        text: Signal::stored(String::new()),
        wrong: Signal::stored(None),
        on_typed: Callback::new(file),
        on_left: Callback::new(|()| ()),
    };
    let offers = record_field::offers(store, Kind::Account);
    let words = PickWords { clear: words::CLEAR, none: words::NONE_OF_THAT_NAME };
    view! { <PickField entry chosen=Signal::stored(None::<String>) offers words /> }
}
