//! One referral.

use leptos::prelude::*;
use protocol::RecordId;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// One referral.
#[component]
pub(crate) fn ReferralPage(store: Store, id: RecordId) -> impl IntoView {
    let _ = store;
    let _ = id;
    view! { <Empty /> }
}
