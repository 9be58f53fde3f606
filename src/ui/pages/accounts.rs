//! Accounts: the list with its search, and beside it on a desk the account that is open.

use std::ops::Range;
use std::sync::Arc;

use engine::Place;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use protocol::{Record, RecordId};
use view::filter::Filter;
use view::{Search, View};
use wasm_bindgen::JsValue;

use crate::store::{Session, Store};
use crate::ui::components::button::Button;
use crate::ui::components::card::Empty;
use crate::ui::components::chip;
use crate::ui::components::filters::Filters;
use crate::ui::components::icon::Icon;
use crate::ui::components::list::Row;
use crate::ui::components::segments::Segments;
use crate::ui::here::{self, Here};
use crate::ui::intl::Now;
use crate::ui::record_list::{HeadLine, RecordList, SearchField};
use crate::ui::{as_of, due, intl, title, trail, words};

/// Where the rep was in the list; it outlives the page, so that coming back finds the same place.
#[derive(Clone, Copy)]
pub(crate) struct ListPlace {
    query: RwSignal<String>,
    scroll_top: RwSignal<f64>,
    search: StoredValue<Search>,
    /// Which of [`FILTERS`] is chosen.
    filter: RwSignal<usize>,
    here: RwSignal<Here>,
}

/// Accounts in the order of the list, with the way there in metres if it is known.
type Kept = Arc<Vec<(RecordId, Option<f64>)>>;

impl ListPlace {
    /// The top of the whole list.
    pub(crate) fn new() -> Self {
        Self {
            query: RwSignal::new(String::new()),
            scroll_top: RwSignal::new(0.0),
            search: StoredValue::new(Search::default()),
            filter: RwSignal::new(0),
            here: RwSignal::new(Here::Unasked),
        }
    }

    /// The accounts that the filter leaves; none while all are wanted.
    fn kept(self, store: Store) -> Option<Kept> {
        let chosen = FILTERS.get(self.filter.get()).filter(|chosen| **chosen != Chosen::All)?;
        store.with_view(|view| {
            let found = self.query.with(|query| match query.trim() {
                "" => view.accounts().ids(0..view.accounts().len()),
                query => {
                    let found =
                        |search: &mut Search| view.accounts().search(search, query).collect::<Vec<_>>();
                    self.search.try_update_value(found).unwrap_or_default()
                }
            });
            if *chosen == Chosen::Near {
                let Here::At(latitude, longitude) = self.here.get() else { return Some(Arc::default()) };
                let near = view.near(found, (latitude, longitude));
                return Some(Arc::new(near.into_iter().map(|(id, metres)| (id, Some(metres))).collect()));
            }
            let (filter, clock) = (chosen.filter(store)?, intl::clock());
            let passes =
                |id: &RecordId| view.record(*id).is_some_and(|account| view.passes(account, &filter, clock));
            Some(Arc::new(found.into_iter().filter(passes).map(|id| (id, None)).collect()))
        })
    }

    fn total(self, view: &View, kept: Option<Kept>) -> usize {
        if let Some(kept) = kept {
            return kept.len();
        }
        self.query.with(|query| match query.trim() {
            "" => view.accounts().len(),
            query => {
                let found = |search: &mut Search| view.accounts().search(search, query).len();
                self.search.try_update_value(found).unwrap_or_default()
            }
        })
    }

    fn rows(self, view: &View, kept: Option<Kept>, range: Range<usize>) -> Vec<Row> {
        if let Some(kept) = kept {
            let (start, end) = (range.start.min(kept.len()), range.end.min(kept.len()));
            let rows = kept[start..end].iter().zip(start..);
            let row = |((id, metres), at): (&(RecordId, Option<f64>), usize)| {
                let mut row = row(view, view.record(*id)?, at);
                if let Some(metres) = metres {
                    row.text = words::dotted([Some(words::far(*metres)), Some(row.text)]);
                }
                Some(row)
            };
            return rows.filter_map(row).collect();
        }
        let (start, len) = (range.start, range.len());
        let ids = self.query.with(|query| match query.trim() {
            "" => view.accounts().ids(range),
            query => {
                let found = |search: &mut Search| {
                    view.accounts().search(search, query).skip(start).take(len).collect::<Vec<_>>()
                };
                self.search.try_update_value(found).unwrap_or_default()
            }
        });
        let records = ids.into_iter().filter_map(|id| view.record(id));
        records.zip(start..).map(|(record, at)| row(view, record, at)).collect()
    }
}

fn row(view: &View, account: &Record, position: usize) -> Row {
    let text = |name| account.fields.text(name);
    let place = view.place(account.id);
    let mark = (place != Place::Web).then(|| {
        let (tone, icon) = chip::look(place);
        (words::place(place), tone, icon)
    });
    Row {
        position,
        href: format!("/accounts/{}", account.id.0),
        title: crate::ui::name(account),
        text: words::account_line(text("city"), text("state"), text("type")),
        due: due::mark(view.due(account.id, intl::clock())),
        mark,
    }
}

/// What the rep may choose to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chosen {
    All,
    Due,
    Overdue,
    NeverVisited,
    New,
    Waiting,
    Mine,
    Near,
}

impl Chosen {
    const fn words(self) -> &'static str {
        match self {
            Self::All => words::ALL,
            Self::Due => words::DUE_VISITS,
            Self::Overdue => words::OVERDUE,
            Self::NeverVisited => words::NEVER_VISITED,
            Self::New => words::NEW_THIS_WEEK,
            Self::Waiting => words::WAITING_TO_UPLOAD,
            Self::Mine => words::MINE,
            Self::Near => words::NEAR_ME,
        }
    }

    /// Its name in an address. Being near has none: the phone is asked where it is by a press alone.
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::All | Self::Near => None,
            Self::Due => Some("due"),
            Self::Overdue => Some("overdue"),
            Self::NeverVisited => Some("never"),
            Self::New => Some("new"),
            Self::Waiting => Some("waiting"),
            Self::Mine => Some("mine"),
        }
    }

    fn filter(self, store: Store) -> Option<Filter> {
        Some(match self {
            Self::All | Self::Near => return None,
            Self::Due => Filter::Due,
            Self::Overdue => Filter::Overdue,
            Self::NeverVisited => Filter::NeverVisited,
            Self::New => Filter::New,
            Self::Waiting => Filter::Waiting,
            Self::Mine => Filter::OwnedBy(store.session().with(|session| match session {
                Session::Open { who, .. } => vec![who.name.clone(), who.email.clone()],
                _ => Vec::new(),
            })),
        })
    }
}

const FILTERS: [Chosen; 8] = [
    Chosen::All,
    Chosen::Due,
    Chosen::Overdue,
    Chosen::NeverVisited,
    Chosen::New,
    Chosen::Waiting,
    Chosen::Mine,
    Chosen::Near,
];

/// The page. The list stays while an account is open.
#[component]
pub(crate) fn Accounts(store: Store, place: ListPlace, now: Now) -> impl IntoView {
    let path = use_location().pathname;
    let is_open = Memo::new(move |_| path.with(|path| path.trim_end_matches('/') != "/accounts"));
    title(move || if is_open.get() { String::new() } else { words::ACCOUNTS.to_owned() });
    let asked = use_query_map();
    Effect::new(move |_| {
        let name = asked.with(|asked| asked.get("due"));
        let at = name.and_then(|name| FILTERS.iter().position(|chosen| chosen.name() == Some(&name)));
        if let Some(at) = at.filter(|at| *at != place.filter.get_untracked()) {
            // Whoever comes from elsewhere looks at the list from its beginning.
            place.query.set(String::new());
            place.scroll_top.set(0.0);
            place.filter.set(at);
        }
    });
    let kept = Memo::new(move |_| place.kept(store));
    view! {
        <div class="split" class:split--open=move || is_open.get()>
            <section class="split__list" aria-label=words::ACCOUNTS>
                <ListHead store place kept now is_open />
                <Rows store place kept is_open path />
            </section>
            <div class="split__record">
                <Outlet />
            </div>
        </div>
    }
}

/// Beside the list when no account is open.
#[component]
pub(crate) fn Choose() -> impl IntoView {
    view! { <Empty icon=Icon::Accounts title=words::CHOOSE /> }
}

#[component]
fn ListHead(
    store: Store,
    place: ListPlace,
    kept: Memo<Option<Kept>>,
    now: Now,
    is_open: Memo<bool>,
) -> impl IntoView {
    let all = Memo::new(move |_| store.with_view(|view| view.accounts().len()));
    let found = Memo::new(move |_| store.with_view(|view| place.total(view, kept.get())));
    let line = move || match FILTERS.get(place.filter.get()) {
        Some(Chosen::Near) => match place.here.get() {
            Here::At(..) => words::near_line(found.get(), all.get(), intl::number),
            _ => String::new(),
        },
        Some(Chosen::All) | None => {
            place.query.with(|query| words::accounts_line(query, found.get(), all.get(), intl::number))
        }
        // What is not all is said as what was found is.
        Some(chosen) => words::accounts_line(chosen.words(), found.get(), all.get(), intl::number),
    };
    let as_of = as_of::as_of(store, now);
    // Choosing is a press: the address follows, the list begins at its top, and the phone is asked where it is.
    Effect::new(move |before: Option<usize>| {
        let at = place.filter.get();
        if before.is_some_and(|before| before != at) {
            place.scroll_top.set(0.0);
            let chosen = FILTERS.get(at).copied().unwrap_or(Chosen::All);
            to_address(chosen);
            if chosen == Chosen::Near {
                here::ask(place.here);
            }
        }
        at
    });
    let to_top = Callback::new(move |()| place.scroll_top.set(0.0));
    view! {
        <header class="list-head">
            <HeadLine store label=words::ACCOUNTS is_open>
                <NewAccount />
            </HeadLine>
            <Segments label=words::PEOPLE_AND_PLACES places=LISTS />
            <SearchField
                label=words::SEARCH_ACCOUNTS
                hint=words::SEARCH_HINT
                query=place.query
                on_typed=to_top
            />
            <Filters
                label=words::WHICH_ACCOUNTS
                name="which"
                choices=FILTERS.iter().map(|chosen| Signal::stored(chosen.words().to_owned())).collect()
                chosen=place.filter
            />
            <div class="list-head__facts">
                <p class="list-head__count" aria-live="polite">{line}</p>
                <p class="list-head__count">{as_of}</p>
            </div>
        </header>
    }
}

/// The address says what is chosen, so that a reload chooses the same.
fn to_address(chosen: Chosen) {
    let Ok(history) = window().history() else { return };
    if window().location().pathname().is_ok_and(|path| path.trim_end_matches('/') == "/accounts") {
        let state = history.state().unwrap_or(JsValue::NULL);
        let address =
            chosen.name().map_or_else(|| "/accounts".to_owned(), |name| format!("/accounts?due={name}"));
        // Without it only a reload would show another choice.
        drop(history.replace_state_with_url(&state, "", Some(&address)));
    }
}

#[component]
fn NewAccount() -> impl IntoView {
    let navigate = use_navigate();
    let on_press = move || navigate("/accounts/new", trail::onward());
    view! { <Button label=words::NEW_ACCOUNT icon=Icon::Plus on_press /> }
}

#[component]
fn Rows(
    store: Store,
    place: ListPlace,
    kept: Memo<Option<Kept>>,
    is_open: Memo<bool>,
    path: Memo<String>,
) -> impl IntoView {
    let total = Memo::new(move |_| store.with_view(|view| place.total(view, kept.get())));
    let has_accounts = Memo::new(move |_| store.with_view(|view| !view.accounts().is_empty()));
    let rows =
        Callback::new(move |range: Range<usize>| store.with_view(|view| place.rows(view, kept.get(), range)));
    let chosen = Memo::new(move |_| FILTERS.get(place.filter.get()).copied().unwrap_or(Chosen::All));
    let no_match = Signal::derive(move || words::no_match(&place.query.get()));
    let empty = move || match (has_accounts.get(), chosen.get()) {
        (false, _) => {
            view! { <Empty icon=Icon::Accounts title=words::NO_ACCOUNTS text=words::NO_ACCOUNTS_TEXT /> }
                .into_any()
        }
        (true, Chosen::Near) => near_nothing(place).into_any(),
        (true, Chosen::All) => view! { <Empty title=no_match text=words::NO_MATCH_TEXT /> }.into_any(),
        (true, _) => {
            view! { <Empty icon=Icon::Accounts title=words::NONE_SUCH text=words::NONE_SUCH_TEXT /> }
                .into_any()
        }
    };
    view! {
        <RecordList store label=words::ACCOUNTS total rows scroll_top=place.scroll_top is_open path>
            {empty}
        </RecordList>
    }
}

/// Why nothing is near, and what to do about it.
fn near_nothing(place: ListPlace) -> impl IntoView {
    let (title, text) = match place.here.get() {
        Here::Unasked | Here::Asking => (words::ASKING_WHERE, None),
        Here::Refused => (words::NEAR_ME, Some(words::NOT_TOLD_WHERE)),
        Here::Unknown => (words::NEAR_ME, Some(words::UNKNOWN_WHERE)),
        Here::At(..) => (words::NO_MAP_PLACE, Some(words::NO_MAP_PLACE_TEXT)),
    };
    let can_ask = matches!(place.here.get(), Here::Refused | Here::Unknown);
    let again = can_ask.then(|| {
        let on_press = move || here::ask(place.here);
        view! { <Button label=words::ASK_AGAIN icon=Icon::Pin on_press /> }
    });
    view! {
        <div class="empty">
            <p class="empty__title" role="status">{title}</p>
            {text.map(|text| view! { <p class="empty__text" role="status">{text}</p> })}
            <div class="empty__do">{again}</div>
        </div>
    }
}

/// The lists that stand side by side.
pub(super) const LISTS: &[(&str, &str)] = &[("/accounts", words::ACCOUNTS), ("/contacts", words::CONTACTS)];
