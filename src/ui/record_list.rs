//! A list of records beside the one that is open.

use std::ops::Range;

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::list::{LongList, PullWords, Row};
use crate::ui::words;

/// The list; pulling it down asks for the web's news. What is said when nothing is in it lies over it.
#[component]
pub(crate) fn RecordList(
    store: Store,
    /// Its name.
    label: &'static str,
    /// How many there are.
    total: Memo<usize>,
    /// Those of a range.
    rows: Callback<Range<usize>, Vec<Row>>,
    /// How far it is scrolled; it stays while a record is open.
    scroll_top: RwSignal<f64>,
    /// Whether a record is open.
    is_open: Memo<bool>,
    /// The address.
    path: Memo<String>,
    /// What is said when there are none.
    children: ChildrenFn,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| total.get() == 0);
    let refreshing = Memo::new(move |_| store.status().with(|status| status.pulling.is_some()));
    // A record's form belongs to the record's row.
    let current =
        Signal::derive(move || path.with(|path| path.split('/').take(3).collect::<Vec<_>>().join("/")));
    let pull_words = PullWords { pull: words::PULL, release: words::RELEASE, refreshing: words::REFRESHING };
    view! {
        <LongList
            label
            total
            rows
            scroll_top
            seen=Signal::derive(move || !is_open.get())
            current
            pull_words
            refreshing
            on_pull=Callback::new(move |()| store.sync_now())
        />
        {move || is_empty.get().then(|| children())}
    }
}
