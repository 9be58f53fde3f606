//! Accounts: the list with its search, and beside it on a desk the account that is open.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use engine::Place;
use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use protocol::{Kind, Record, RecordId};
use view::filter::{Asker, SHOWS, Show, Sort, Wanted};
use view::{Search, View};

use crate::store::{Session, Store};
use crate::ui::account_filter::{self, FilterButton, FilterSheet, Part, WhatIsOn};
use crate::ui::components::button::Button;
use crate::ui::components::card::Empty;
use crate::ui::components::chip;
use crate::ui::components::chips::TickChip;
use crate::ui::components::filters::Filters;
use crate::ui::components::icon::Icon;
use crate::ui::components::list::Row;
use crate::ui::components::segments::Segments;
use crate::ui::here::{self, Here};
use crate::ui::intl::Now;
use crate::ui::like::{ENOUGH, Like, SearchEverything};
use crate::ui::record_list::{HeadLine, RecordList, SearchField};
use crate::ui::saved_views::{NameDialog, Naming, SavedLinks, address};
use crate::ui::{as_of, attention, due, intl, title, trail, words};

/// Where the rep was in the list; it outlives the page, so that coming back finds the same place.
#[derive(Clone, Copy)]
pub(crate) struct ListPlace {
    query: RwSignal<String>,
    scroll_top: RwSignal<f64>,
    search: StoredValue<Search>,
    wanted: RwSignal<Wanted>,
    here: RwSignal<Here>,
}

/// What the filters leave, in the order that is wanted.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    /// With the way there in metres, if that is the order.
    rows: Arc<Vec<(RecordId, Option<f64>)>>,
    /// How many there are, on the map or not.
    matched: usize,
}

/// Positions in the list of accounts; none stands for the whole list.
type Among = Option<Arc<Vec<u32>>>;

impl ListPlace {
    /// The top of the whole list.
    pub(crate) fn new() -> Self {
        Self {
            query: RwSignal::new(String::new()),
            scroll_top: RwSignal::new(0.0),
            search: StoredValue::new(Search::default()),
            wanted: RwSignal::new(Wanted::default()),
            here: RwSignal::new(Here::Unasked),
        }
    }

    /// The rep wants something else: the list begins at its top, and the phone is asked where it is, should that be
    /// the order.
    fn want(self, wanted: Wanted) {
        let before = self.wanted.get_untracked();
        if wanted.sort == Sort::Nearest {
            if before.sort != Sort::Nearest {
                here::ask(self.here);
            } else if before.show != wanted.show {
                self.ask_again();
            }
        }
        self.scroll_top.set(0.0);
        self.wanted.set(wanted);
    }

    /// Who has said once where the phone is may be elsewhere by now.
    fn ask_again(self) {
        if matches!(self.here.get_untracked(), Here::At(..)) {
            here::ask(self.here);
        }
    }

    /// What the search and the ready-made view leave: what the filters are laid over.
    fn among(self, store: Store, show: Show) -> Among {
        store.with_view(|view| {
            let list = view.accounts();
            let found = self.query.with(|query| {
                let found = |search: &mut Search| list.found(search, query).to_vec();
                (!query.trim().is_empty()).then(|| self.search.try_update_value(found).unwrap_or_default())
            });
            if show != Show::All {
                let asker = asker(store);
                return Some(Arc::new(match found {
                    Some(found) => view.shown(found.into_iter(), show, &asker),
                    None => view.shown(0..list.len() as u32, show, &asker),
                }));
            }
            found.map(Arc::new)
        })
    }

    /// What the filters leave; none while the list is wanted as it is.
    fn kept(self, store: Store, among: Memo<Among>) -> Option<Kept> {
        let wanted = self.wanted.get();
        if wanted.is_all() {
            return None;
        }
        let among = among.get();
        store.with_view(|view| {
            let list = view.accounts();
            let narrowed = match among {
                Some(among) => list.narrowed(among.iter().copied(), &wanted),
                None => list.narrowed(0..list.len() as u32, &wanted),
            };
            let mut ids: Vec<RecordId> = narrowed.into_iter().map(|at| list.id(at)).collect();
            let matched = ids.len();
            let rows = match (wanted.sort, self.here.get()) {
                (Sort::Nearest, Here::At(latitude, longitude)) => {
                    let near = view.near(ids, (latitude, longitude)).into_iter();
                    near.map(|(id, metres)| (id, Some(metres))).collect()
                }
                (Sort::Nearest, _) => Vec::new(),
                (sort, _) => {
                    view.sort_accounts(&mut ids, sort, &asker(store));
                    ids.into_iter().map(|id| (id, None)).collect()
                }
            };
            Some(Kept { rows: Arc::new(rows), matched })
        })
    }

    /// Those of the whole list that are like what is searched for, where few are spelled so.
    fn like(self, store: Store, like: Like) -> Vec<RecordId> {
        if !self.wanted.with(Wanted::is_all) {
            return Vec::new();
        }
        self.query.with(|query| {
            let few = |search: &mut Search| {
                let found: Vec<_> =
                    store.with_view(|view| view.accounts().search(search, query).take(ENOUGH).collect());
                like.of(Kind::Account, query, &found)
            };
            self.search.try_update_value(few).unwrap_or_default()
        })
    }

    fn total(self, view: &View, kept: Option<Kept>) -> usize {
        if let Some(kept) = kept {
            return kept.rows.len();
        }
        self.query.with(|query| match query.trim() {
            "" => view.accounts().len(),
            query => {
                let found = |search: &mut Search| view.accounts().search(search, query).len();
                self.search.try_update_value(found).unwrap_or_default()
            }
        })
    }

    fn rows(self, view: &View, kept: Option<Kept>, like: &[RecordId], range: Range<usize>) -> Vec<Row> {
        if let Some(Kept { rows, .. }) = kept {
            let says_when = self.wanted.with(|wanted| wanted.sort == Sort::LongestAgo);
            let (start, end) = (range.start.min(rows.len()), range.end.min(rows.len()));
            let rows = rows[start..end].iter().zip(start..);
            let row = |((id, metres), at): (&(RecordId, Option<f64>), usize)| {
                let mut row = row(view, view.record(*id)?, at);
                let there = says_when.then(|| last_there(view, *id));
                // What stands before the line already is not said twice.
                let there = there.filter(|text| row.due.as_ref().is_none_or(|(due, ..)| due != text));
                row.text = words::dotted([metres.map(words::far), there, Some(row.text)]);
                Some(row)
            };
            return rows.filter_map(row).collect();
        }
        let (start, len) = (range.start, range.len());
        let mut ids = self.query.with(|query| match query.trim() {
            "" => view.accounts().ids(range),
            query => {
                let found = |search: &mut Search| {
                    view.accounts().search(search, query).skip(start).take(len).collect::<Vec<_>>()
                };
                self.search.try_update_value(found).unwrap_or_default()
            }
        });
        let exact = if like.is_empty() { usize::MAX } else { self.total(view, None) };
        ids.extend(like.iter().skip(start.saturating_sub(exact)).take(len - ids.len()));
        let records = ids.into_iter().filter_map(|id| view.record(id));
        let rows = records.zip(start..).map(|(record, at)| {
            let mut row = row(view, record, at);
            if (1..=at).contains(&exact) {
                row.text = words::dotted([Some(words::LIKE_IT.to_owned()), Some(row.text)]);
            }
            row
        });
        rows.collect()
    }
}

fn asker(store: Store) -> Asker {
    let names = store.session().with(|session| match session {
        Session::Open { who, .. } => vec![who.name.clone(), who.email.clone()],
        _ => Vec::new(),
    });
    Asker::new(intl::clock(), &names)
}

fn last_there(view: &View, account: RecordId) -> String {
    let clock = intl::clock();
    let last = view.last_visit(account, clock);
    words::last_there(last.map(|last| (clock.now.date() - last).get_days()))
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

/// The page. The list stays while an account is open.
#[component]
pub(crate) fn Accounts(store: Store, place: ListPlace, now: Now) -> impl IntoView {
    let path = use_location().pathname;
    let is_open = Memo::new(move |_| path.with(|path| path.trim_end_matches('/') != "/accounts"));
    title(move || if is_open.get() { String::new() } else { words::ACCOUNTS.to_owned() });
    follow_address(place, is_open);
    let show = Memo::new(move |_| place.wanted.with(|wanted| wanted.show));
    let among = Memo::new(move |_| place.among(store, show.get()));
    let kept = Memo::new(move |_| place.kept(store, among));
    let asked = Like::new(store);
    let like = Memo::new(move |_| place.like(store, asked));
    view! {
        <div class="split" class:split--open=move || is_open.get()>
            <section class="split__list" aria-label=words::ACCOUNTS>
                <ListHead store place among kept like now is_open />
                <Rows store place kept like is_open path />
            </section>
            <div class="split__record" tabindex="-1">
                <Outlet />
            </div>
        </div>
    }
}

/// The address says what is wanted, so that a reload, a link and a step back show the same; an address that says
/// nothing leaves the list as it was.
fn follow_address(place: ListPlace, opened: Memo<bool>) {
    let (asked, navigate) = (use_query_map(), use_navigate());
    Effect::new(move |before: Option<Wanted>| {
        let (wanted, is_open) = (place.wanted.get(), opened.get());
        let said = asked.with(|asked| {
            let texts = |name: &str| asked.get_all(name).unwrap_or_default();
            (*asked != ParamsMap::new()).then(|| Wanted::of_pairs(texts))
        });
        let is_news = before.as_ref().is_none_or(|before| *before == wanted);
        let is_said = said.clone().unwrap_or_default() == wanted;
        match said {
            // A chart has counted all of them, not those that were searched for last.
            Some(_) if before.is_none() && is_said && !is_open => {
                place.query.set(String::new());
                place.scroll_top.set(0.0);
            }
            _ if is_open || is_said => {}
            Some(said) if is_news => {
                // Whoever comes from elsewhere looks at the list from its beginning.
                place.query.set(String::new());
                place.scroll_top.set(0.0);
                place.wanted.set(said);
            }
            _ => {
                let navigate = navigate.clone();
                // A link's page is drawn before it is in the history: until then the entry is that of the page before.
                let say = move || {
                    if opened.try_get_untracked() == Some(false) {
                        navigate(&place.wanted.with_untracked(address), trail::instead());
                    }
                };
                set_timeout(say, Duration::ZERO);
            }
        }
        if before.is_none() && place.wanted.with_untracked(|wanted| wanted.sort == Sort::Nearest) {
            place.ask_again();
        }
        wanted
    });
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
    among: Memo<Among>,
    kept: Memo<Option<Kept>>,
    like: Memo<Vec<RecordId>>,
    now: Now,
    is_open: Memo<bool>,
) -> impl IntoView {
    let all = Memo::new(move |_| store.with_view(|view| view.accounts().len()));
    let found = Memo::new(move |_| store.with_view(|view| place.total(view, kept.get())));
    let wanted: Signal<Wanted> = place.wanted.into();
    let near = Memo::new(move |_| wanted.with(|wanted| wanted.sort == Sort::Nearest));
    let line = move || {
        let matched = kept.with(|kept| kept.as_ref().map(|kept| kept.matched));
        match (near.get(), place.here.get()) {
            (true, Here::At(..)) => words::near_line(found.get(), matched.unwrap_or_default(), intl::number),
            (true, _) => String::new(),
            _ if wanted.with(Wanted::narrows) => words::accounts_of(found.get(), all.get(), intl::number),
            _ if !like.with(Vec::is_empty) => {
                words::accounts_like(found.get(), all.get(), like.with(Vec::len), intl::number)
            }
            _ => place.query.with(|query| words::accounts_line(query, found.get(), all.get(), intl::number)),
        }
    };
    let as_of = as_of::as_of(store, now);
    let to_top = Callback::new(move |()| place.scroll_top.set(0.0));
    let on_want = Callback::new(move |wanted| place.want(wanted));
    let (asks, naming) = (RwSignal::new(false), Naming::new(store));
    // On a phone an open account hides the list, and a question in it would hold everything else back unseen.
    Effect::new(move |_| {
        if is_open.get() {
            asks.set(false);
            naming.close();
        }
    });
    let matched = Memo::new(move |_| match kept.with(|kept| kept.as_ref().map(|kept| kept.matched)) {
        // Those on no map are left out of what is near, and nothing is near anything before the phone says where it is.
        Some(matched) if !near.get() || !matches!(place.here.get(), Here::At(..)) => matched,
        _ => found.get(),
    });
    let offers = Memo::new(move |_| {
        let among = among.get();
        store.with_view(|view| {
            let list = view.accounts();
            wanted.with(|wanted| match among {
                Some(among) => list.offers(among.iter().copied(), wanted),
                None => list.offers(0..list.len() as u32, wanted),
            })
        })
    });
    view! {
        <header class="list-head">
            <HeadLine store label=words::ACCOUNTS is_open>
                <NewAccount />
            </HeadLine>
            <Segments label=words::PEOPLE_AND_PLACES places=LISTS />
            <div class="views__find">
                <SearchField
                    label=words::SEARCH_ACCOUNTS
                    hint=words::SEARCH_HINT
                    query=place.query
                    on_typed=to_top
                />
                <FilterButton wanted asks />
            </div>
            <Ready store wanted on_want near />
            <WhatIsOn store wanted on_want naming />
            <div class="list-head__facts">
                <p class="list-head__count" aria-live="polite">{line}</p>
                <p class="list-head__count">{as_of}</p>
            </div>
        </header>
        <FilterSheet store wanted on_want asks offers found=matched />
        <NameDialog naming />
    }
}

/// The views one tap away: the rep's own, then the ready-made ones.
#[component]
fn Ready(store: Store, wanted: Signal<Wanted>, on_want: Callback<Wanted>, near: Memo<bool>) -> impl IntoView {
    let chosen = Signal::derive(move || {
        SHOWS.iter().position(|show| *show == wanted.with(|wanted| wanted.show)).unwrap_or(0)
    });
    let on_choose = Callback::new(move |at: usize| {
        let show = SHOWS.get(at).copied().unwrap_or_default();
        on_want.run(wanted.get_untracked().showing(show));
    });
    let on_tick = Callback::new(move |is_near| {
        let sort = if is_near { Sort::Nearest } else { Sort::Name };
        on_want.run(wanted.get_untracked().sorted(sort));
    });
    view! {
        <div class="views">
            <SavedLinks store current=Signal::derive(move || Some(wanted.get())) on_press=on_want />
            <Filters
                label=words::WHICH_ACCOUNTS
                name="which"
                choices=SHOWS.iter().map(|show| Signal::stored(words::show(*show).to_owned())).collect()
                chosen
                on_choose
            />
            <TickChip words=words::NEAR_ME ticked=near on_tick />
        </div>
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
    like: Memo<Vec<RecordId>>,
    is_open: Memo<bool>,
    path: Memo<String>,
) -> impl IntoView {
    let total =
        Memo::new(move |_| store.with_view(|view| place.total(view, kept.get())) + like.with(Vec::len));
    let has_accounts = Memo::new(move |_| store.with_view(|view| !view.accounts().is_empty()));
    let rows = Callback::new(move |range: Range<usize>| {
        store.with_view(|view| like.with(|like| place.rows(view, kept.get(), like, range)))
    });
    let no_match = Signal::derive(move || words::no_match(&place.query.get()));
    let has_here = Memo::new(move |_| {
        place.wanted.with(|wanted| wanted.sort != Sort::Nearest) || matches!(place.here.get(), Here::At(..))
    });
    let has_matched =
        Memo::new(move |_| kept.with(|kept| kept.as_ref().is_some_and(|kept| kept.matched > 0)));
    let narrows = Memo::new(move |_| place.wanted.with(Wanted::narrows));
    let empty = move || {
        if !has_accounts.get() {
            view! { <Empty icon=Icon::Accounts title=words::NO_ACCOUNTS text=words::NO_ACCOUNTS_TEXT /> }
                .into_any()
        } else if !has_here.get() || has_matched.get() {
            near_nothing(place).into_any()
        } else if narrows.get() {
            view! { <NoneLike store place /> }.into_any()
        } else {
            view! {
                <Empty title=no_match text=words::NO_MATCH_TEXT>
                    <SearchEverything query=place.query />
                </Empty>
            }
            .into_any()
        }
    };
    view! {
        <RecordList store label=words::ACCOUNTS total rows scroll_top=place.scroll_top is_open path>
            {empty}
        </RecordList>
    }
}

/// Nothing is all of what is asked for: what that is, and the way out.
#[component]
fn NoneLike(store: Store, place: ListPlace) -> impl IntoView {
    let why = move || {
        let mut on = place.wanted.with(|wanted| account_filter::parts(store, wanted));
        // An order leaves nothing out.
        on.retain(|(_, part)| *part != Part::Sort);
        let searched = place.query.with(|query| (!query.trim().is_empty()).then(|| words::searched(query)));
        words::none_like(&on.into_iter().map(|(text, _)| text).chain(searched).collect::<Vec<_>>())
    };
    let clear = move || {
        place.query.set(String::new());
        place.want(Wanted::default());
        attention::take_up();
    };
    // Whoever has no account yet asks how one becomes theirs.
    let mine = Wanted::default().showing(Show::Mine);
    let is_mine = Memo::new(move |_| {
        place.query.with(|query| query.trim().is_empty())
            && place.wanted.with(|wanted| wanted.clone().sorted(Sort::Name) == mine)
    });
    move || {
        let text = if is_mine.get() { words::HOW_MINE } else { words::TAKE_ONE_OFF };
        view! {
            <Empty icon=Icon::Filter title=Signal::derive(why) text>
                <Button label=words::CLEAR_FILTERS icon=Icon::Close on_press=clear />
            </Empty>
        }
    }
}

/// Why nothing is near, and what to do about it.
fn near_nothing(place: ListPlace) -> impl IntoView {
    let (title, text) = match place.here.get() {
        Here::Unasked => (words::NEAR_ME, Some(words::ASK_WHERE_TEXT)),
        Here::Asking => (words::ASKING_WHERE, None),
        Here::Refused => (words::NEAR_ME, Some(words::NOT_TOLD_WHERE)),
        Here::Unknown => (words::NEAR_ME, Some(words::UNKNOWN_WHERE)),
        Here::At(..) => (words::NO_MAP_PLACE, Some(words::NO_MAP_PLACE_TEXT)),
    };
    let label = match place.here.get() {
        Here::Unasked => Some(words::ASK_WHERE),
        Here::Refused | Here::Unknown => Some(words::ASK_AGAIN),
        Here::Asking | Here::At(..) => None,
    };
    let again = label.map(|label| {
        let on_press = move || here::ask(place.here);
        view! { <Button label icon=Icon::Pin on_press /> }
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
