//! A note about nobody finds its account.

use leptos::prelude::*;
use protocol::{Kind, Op, RecordId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::field::Entry;
use crate::ui::components::pick::PickField;
use crate::ui::form::Touched;
use crate::ui::{name, record_field, undo, words};

/// The choice of the account; choosing files the note, and that can be taken back. One on a page.
#[component]
pub(crate) fn FileIt(store: Store, note: RecordId) -> impl IntoView {
    let file = move |account: String| {
        let id = account.parse().ok().map(RecordId);
        let named = id.and_then(|id| untrack(|| store.with_view(|view| view.record(id).map(|it| name(it)))));
        let Some(named) = named else { return };
        // What was promised in it goes along.
        let promise = untrack(|| {
            store.with_view(|view| {
                let event = view::brief::promise_of(view, note)?;
                view.account_of(event).is_none().then_some(event.id)
            })
        });
        let patch = |account: Option<String>| {
            let set: Touched = [("account".to_owned(), account)].into();
            let mut edits = vec![DraftEdit::to(note, Kind::Note, Op::Patch, set.clone())];
            edits.extend(promise.map(|id| DraftEdit::to(id, Kind::Event, Op::Patch, set)));
            Draft::of_press(edits)
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
    view! { <PickField entry chosen=Signal::stored(None::<String>) offers words=record_field::PICK_WORDS /> }
}
