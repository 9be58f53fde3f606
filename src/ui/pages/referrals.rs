//! The pipeline of referrals.

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// The pipeline of referrals.
#[component]
pub(crate) fn Referrals(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}
