//! A new contact.

use leptos::prelude::*;
use protocol::RecordId;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// A new contact.
#[component]
pub(crate) fn NewContact(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}

/// Changes to a contact.
#[component]
pub(crate) fn EditContact(store: Store, id: RecordId) -> impl IntoView {
    let _ = store;
    let _ = id;
    view! { <Empty /> }
}
