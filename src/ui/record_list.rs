//! A list of records beside the one that is open: its head and its rows.

use std::ops::Range;

use leptos::prelude::*;

use crate::store::Store;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::icon::Icon;
use crate::ui::components::list::{LongList, PullWords, Row};
use crate::ui::words;

/// The first line of the head: what the list is called, the button that asks for the web's news, and what makes a new
/// record.
#[component]
pub(crate) fn HeadLine(
    store: Store,
    /// The name of the list.
    label: &'static str,
    /// Whether a record is open beside it: two headings of the first level would be one too many.
    #[prop(optional, into)]
    is_open: Signal<bool>,
    /// What makes a new record.
    children: Children,
) -> impl IntoView {
    let heading = move || {
        if is_open.get() {
            view! { <h2 class="list-head__title">{label}</h2> }.into_any()
        } else {
            view! { <h1 class="list-head__title">{label}</h1> }.into_any()
        }
    };
    view! {
        <div class="list-head__line">
            {heading}
            <Button
                label=words::REFRESH
                weight=Weight::Bare
                icon=Icon::Sync
                on_press=move || store.sync_now()
            />
            {children()}
        </div>
    }
}

/// The search of the list, one on a page.
#[component]
pub(crate) fn SearchField(
    /// What it is called.
    label: &'static str,
    /// What may be typed.
    hint: &'static str,
    /// What is asked for.
    query: RwSignal<String>,
    /// Something was typed: `query` holds it.
    #[prop(optional)]
    on_typed: Option<Callback<()>>,
) -> impl IntoView {
    let typed = move |text: String| {
        query.set(text);
        if let Some(on_typed) = on_typed {
            on_typed.run(());
        }
    };
    view! {
        <label class="hidden" for="search">
            {label}
        </label>
        <input
            class="field__input list-head__search"
            id="search"
            type="search"
            autocomplete="off"
            spellcheck="false"
            enterkeyhint="search"
            placeholder=hint
            prop:value=move || query.get()
            on:input:target=move |event| typed(event.target().value())
        />
    }
}

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
