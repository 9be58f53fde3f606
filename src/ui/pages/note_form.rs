//! The form of a call note.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::limits::NOTE_BYTES_MAX;
use protocol::{Kind, RecordId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::field::LongField;
use crate::ui::form::{Form, Touched};
use crate::ui::form_frame::{FormFrame, entry};
use crate::ui::open_form::OpenForm;
use crate::ui::{intl, title, trail, words};

/// The page.
#[component]
pub(crate) fn NoteForm(store: Store, account: RecordId) -> impl IntoView {
    title(|| words::ADD_NOTE.to_owned());
    let record = untrack(|| store.with_view(|view| view.record(account).cloned()));
    let Some(record) = record else {
        return view! { <Empty title=words::ACCOUNT_GONE text=words::ACCOUNT_GONE_TEXT /> }.into_any();
    };
    let back = format!("/accounts/{}", account.0);
    let open = OpenForm::new(store, format!("note:{}", account.0), Form::create(Kind::Note, &["text"]));
    let text = open.text("text");
    let room = move || text.with(|text| words::room(text.len(), NOTE_BYTES_MAX));
    let territory = record.territory.clone();
    let navigate = use_navigate();
    let address = back.clone();
    let on_save = move || {
        let territory = territory.clone();
        let draft = move |mut set: Touched, key| {
            set.insert("account".to_owned(), Some(account.0.to_string()));
            set.insert("written".to_owned(), Some(intl::now_utc()));
            Draft::of_form(DraftEdit::create(Kind::Note, territory, set), key)
        };
        let (navigate, address) = (navigate.clone(), address.clone());
        open.save(draft, move |_| trail::leave_for(&address, &navigate), || ());
    };
    let title = words::unfinished("note:", Some(&crate::ui::name(&record)));
    view! {
        <div class="page">
            <PageHead title=title back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                <LongField entry=entry(open, "text", words::NOTE) room=Signal::derive(room) />
            </FormFrame>
        </div>
    }
    .into_any()
}

/// A note about whatever its address names, or about nothing yet.
#[component]
pub(crate) fn NewNote(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}
