//! Taking everything along.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// Taking everything along.
#[component]
pub(crate) fn Export(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}
