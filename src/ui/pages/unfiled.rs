//! Notes that belong to no account yet.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// Notes that belong to no account yet.
#[component]
pub(crate) fn Unfiled(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}
