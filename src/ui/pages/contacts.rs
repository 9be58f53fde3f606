//! Contacts: the list with its search, and beside it on a desk the contact that is open.

use std::ops::Range;

use engine::Place;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use protocol::Record;
use view::{Search, View};

use crate::store::Store;
use crate::ui::components::card::Empty;
use crate::ui::components::chip;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::components::list::Row;
use crate::ui::components::segments::Segments;
use crate::ui::intl::Now;
use crate::ui::like::SearchEverything;
use crate::ui::pages::accounts::LISTS;
use crate::ui::record_list::{HeadLine, RecordList, SearchField};
use crate::ui::{as_of, intl, title, words};

/// Where the rep was in the list; it outlives the page, so that coming back finds the same place.
#[derive(Clone, Copy)]
pub(crate) struct ContactsPlace {
    query: RwSignal<String>,
    scroll_top: RwSignal<f64>,
    search: StoredValue<Search>,
}

impl ContactsPlace {
    /// The top of the whole list.
    pub(crate) fn new() -> Self {
        Self {
            query: RwSignal::new(String::new()),
            scroll_top: RwSignal::new(0.0),
            search: StoredValue::new(Search::default()),
        }
    }

    fn total(self, view: &View) -> usize {
        self.query.with(|query| {
            let found = |search: &mut Search| view.contacts().search(search, query).len();
            self.search.try_update_value(found).unwrap_or_default()
        })
    }

    fn rows(self, view: &View, range: Range<usize>) -> Vec<Row> {
        let (start, len) = (range.start, range.len());
        let ids = self.query.with(|query| {
            let found = |search: &mut Search| {
                view.contacts().search(search, query).skip(start).take(len).collect::<Vec<_>>()
            };
            self.search.try_update_value(found).unwrap_or_default()
        });
        let records = ids.into_iter().filter_map(|id| view.record(id));
        records.zip(start..).map(|(record, at)| row(view, record, at)).collect()
    }
}

fn row(view: &View, contact: &Record, position: usize) -> Row {
    let text = |name| contact.fields.text(name).map(str::to_owned);
    let account = view.account_of(contact).map(|id| match view.record(id) {
        Some(account) => crate::ui::name(account),
        None => words::ACCOUNT_NOT_HERE.to_owned(),
    });
    let place = view.place(contact.id);
    let mark = (place != Place::Web).then(|| {
        let (tone, icon) = chip::look(place);
        (words::place(place), tone, icon)
    });
    Row {
        position,
        href: format!("/contacts/{}", contact.id.0),
        title: crate::ui::name(contact),
        text: words::dotted([text("title").or_else(|| text("type")), account]),
        due: None,
        mark,
    }
}

/// The page. The list stays while a contact is open.
#[component]
pub(crate) fn Contacts(store: Store, place: ContactsPlace, now: Now) -> impl IntoView {
    let path = use_location().pathname;
    let is_open = Memo::new(move |_| path.with(|path| path.trim_end_matches('/') != "/contacts"));
    title(move || if is_open.get() { String::new() } else { words::CONTACTS.to_owned() });
    view! {
        <div class="split" class:split--open=move || is_open.get()>
            <section class="split__list" aria-label=words::CONTACTS>
                <ListHead store place now is_open />
                <Rows store place is_open path />
            </section>
            <div class="split__record" tabindex="-1">
                <Outlet />
            </div>
        </div>
    }
}

/// Beside the list when no contact is open.
#[component]
pub(crate) fn ChooseContact() -> impl IntoView {
    view! { <Empty icon=Icon::Person title=words::CHOOSE_CONTACT /> }
}

#[component]
fn ListHead(store: Store, place: ContactsPlace, now: Now, is_open: Memo<bool>) -> impl IntoView {
    let all = Memo::new(move |_| store.with_view(|view| view.contacts().len()));
    let found = Memo::new(move |_| store.with_view(|view| place.total(view)));
    let line =
        move || place.query.with(|query| words::contacts_line(query, found.get(), all.get(), intl::number));
    let as_of = as_of::as_of(store, now);
    let to_top = Callback::new(move |()| place.scroll_top.set(0.0));
    view! {
        <header class="list-head">
            <HeadLine store label=words::CONTACTS is_open>
                <a href="/contacts/new" class="button">
                    <Drawing icon=Icon::Plus />
                    {words::NEW_CONTACT}
                </a>
            </HeadLine>
            <Segments label=words::PEOPLE_AND_PLACES places=LISTS />
            <SearchField
                label=words::SEARCH_CONTACTS
                hint=words::SEARCH_CONTACTS_HINT
                query=place.query
                on_typed=to_top
            />
            <div class="list-head__facts">
                <p class="list-head__count" aria-live="polite">{line}</p>
                <p class="list-head__count">{as_of}</p>
            </div>
        </header>
    }
}

#[component]
fn Rows(store: Store, place: ContactsPlace, is_open: Memo<bool>, path: Memo<String>) -> impl IntoView {
    let total = Memo::new(move |_| store.with_view(|view| place.total(view)));
    let has_contacts = Memo::new(move |_| store.with_view(|view| !view.contacts().is_empty()));
    let rows = Callback::new(move |range: Range<usize>| store.with_view(|view| place.rows(view, range)));
    let no_match = Signal::derive(move || words::no_contact_match(&place.query.get()));
    let empty = move || {
        if has_contacts.get() {
            view! {
                <Empty title=no_match text=words::NO_MATCH_TEXT>
                    <SearchEverything query=place.query />
                </Empty>
            }
            .into_any()
        } else {
            view! { <Empty icon=Icon::Person title=words::NO_CONTACTS text=words::NO_CONTACTS_TEXT /> }
                .into_any()
        }
    };
    view! {
        <RecordList store label=words::CONTACTS total rows scroll_top=place.scroll_top is_open path>
            {empty}
        </RecordList>
    }
}
