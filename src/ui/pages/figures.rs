//! Charts.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// Charts.
#[component]
pub(crate) fn Figures(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}
