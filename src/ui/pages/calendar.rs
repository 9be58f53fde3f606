//! The calendar.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// The calendar.
#[component]
pub(crate) fn Calendar(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}
