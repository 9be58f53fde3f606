//! A new event.

use leptos::prelude::*;
use protocol::RecordId;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// A new event.
#[component]
pub(crate) fn NewEvent(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}

/// Changes to an event.
#[component]
pub(crate) fn EditEvent(store: Store, id: RecordId) -> impl IntoView {
    let _ = store;
    let _ = id;
    view! { <Empty /> }
}
