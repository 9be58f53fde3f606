//! One contact.

use leptos::prelude::*;
use protocol::RecordId;

use crate::store::Store;
use crate::ui::components::card::Empty;

/// One contact.
#[component]
pub(crate) fn ContactPage(store: Store, id: RecordId) -> impl IntoView {
    let _ = store;
    let _ = id;
    view! { <Empty /> }
}
