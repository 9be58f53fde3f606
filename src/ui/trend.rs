//! Referrals by week, in small: for Home, and for one account beside what was done there.

use leptos::prelude::*;
use protocol::RecordId;

use crate::store::Store;

/// The last 13 weeks.
#[component]
pub(crate) fn Trend(
    store: Store,
    /// Whose referrals; none for all.
    #[prop(optional, into)]
    account: Signal<Option<RecordId>>,
) -> impl IntoView {
    let _ = (store, account);
}
