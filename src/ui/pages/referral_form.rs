//! A new referral.

use leptos::prelude::*;
use protocol::RecordId;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// A new referral.
#[component]
pub(crate) fn NewReferral(store: Store) -> impl IntoView {
    let _ = store;
    view! { <Empty /> }
}

/// Changes to a referral.
#[component]
pub(crate) fn EditReferral(store: Store, id: RecordId) -> impl IntoView {
    let _ = store;
    let _ = id;
    view! { <Empty /> }
}
