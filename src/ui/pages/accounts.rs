//! Accounts: the list with its search, and beside it on a desk the account that is open.

mod list_place;

use std::ops::Range;

use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate};
use view::filter::{SHOWS, Show, Sort, Wanted};

use crate::store::Store;
use crate::ui::account_filter::{self, FilterButton, FilterSheet, Part, WhatIsOn};
use crate::ui::components::button::Button;
use crate::ui::components::card::Empty;
use crate::ui::components::chips::TickChip;
use crate::ui::components::filters::Filters;
use crate::ui::components::icon::Icon;
use crate::ui::components::segments::Segments;
use crate::ui::here::{self, Here};
use crate::ui::intl::Now;
use crate::ui::like::{Like, SearchEverything};
use crate::ui::record_list::{HeadLine, RecordList, SearchField};
use crate::ui::saved_views::{NameDialog, Naming, SavedLinks};
use crate::ui::{as_of, attention, intl, title, trail, words};

pub(crate) use list_place::ListPlace;
use list_place::{Among, Kept, Line, follow_address};

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
    let left = Memo::new(move |_| place.left(store));
    let like = Memo::new(move |_| place.like(store, asked, kept, left));
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
    like: Memo<Vec<Line>>,
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
            _ if !like.with(Vec::is_empty) => {
                words::accounts_like(found.get(), all.get(), like.with(Vec::len), intl::number)
            }
            (true, Here::At(..)) => words::near_line(found.get(), matched.unwrap_or_default(), intl::number),
            (true, _) => String::new(),
            _ if wanted.with(Wanted::narrows) => words::accounts_of(found.get(), all.get(), intl::number),
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
    like: Memo<Vec<Line>>,
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
