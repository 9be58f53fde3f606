//! One search over everything.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// One search over everything.
#[component]
pub(crate) fn Find(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}
