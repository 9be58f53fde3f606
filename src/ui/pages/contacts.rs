//! All contacts, by name.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// All contacts, by name.
#[component]
pub(crate) fn Contacts(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}
