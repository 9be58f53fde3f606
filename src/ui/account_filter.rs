//! What the list of accounts is narrowed by: the sheet in which it is chosen, and the chips that say what is on.

use leptos::prelude::*;
use protocol::TerritoryId;
use view::facets::{FACETS, Facet, Offer, Offers};
use view::filter::{SORTS, Show, Sort, Wanted};
use view::fold;
use view::saved::SavedView;

use crate::store::Store;
use crate::ui::components::button::Button;
use crate::ui::components::chips::TickChip;
use crate::ui::components::dialog::Dialog;
use crate::ui::components::filters::Filters;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::saved_views::{self, Naming};
use crate::ui::{attention, intl, words};

/// One thing that is on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    Show,
    Value(Facet, String),
    Sort,
}

impl Part {
    /// What is wanted without it.
    fn taken_off(&self, mut wanted: Wanted) -> Wanted {
        match self {
            Self::Show => wanted.show = Show::All,
            Self::Value(facet, value) => wanted.toggle(*facet, value),
            Self::Sort => wanted.sort = Sort::Name,
        }
        wanted
    }
}

/// What is on, each with its words.
pub(crate) fn parts(store: Store, wanted: &Wanted) -> Vec<(String, Part)> {
    parts_as(wanted, |facet, value| spoken(store, facet, value))
}

/// The same in a line, where a territory goes by its short name.
pub(crate) fn line(wanted: &Wanted) -> String {
    let parts = parts_as(wanted, |_, value| value.to_owned()).into_iter().map(|(text, _)| Some(text));
    Some(words::dotted(parts)).filter(|line| !line.is_empty()).unwrap_or_else(|| words::ALL.to_owned())
}

fn parts_as(wanted: &Wanted, spoken: impl Fn(Facet, &str) -> String) -> Vec<(String, Part)> {
    let show = (wanted.show != Show::All).then(|| (words::show(wanted.show).to_owned(), Part::Show));
    let values = FACETS.into_iter().flat_map(|facet| {
        let part =
            |value: &String| (words::chosen(facet, &spoken(facet, value)), Part::Value(facet, value.clone()));
        wanted.chosen(facet).values().map(part).collect::<Vec<_>>()
    });
    let sort = (wanted.sort != Sort::Name).then(|| (words::sort(wanted.sort).to_owned(), Part::Sort));
    show.into_iter().chain(values).chain(sort).collect()
}

/// A territory goes by its name, everything else by its value.
fn spoken(store: Store, facet: Facet, value: &str) -> String {
    let named = |(id, name): &(TerritoryId, String)| (id.as_str() == value).then(|| name.clone());
    let name = (facet == Facet::Territory)
        .then(|| store.status().with(|status| status.territories.iter().find_map(named)))
        .flatten();
    name.unwrap_or_else(|| value.to_owned())
}

/// The button that opens the sheet.
#[component]
pub(crate) fn FilterButton(wanted: Signal<Wanted>, asks: RwSignal<bool>) -> impl IntoView {
    let on = move || wanted.with(|wanted| FACETS.map(|facet| wanted.chosen(facet).len()).iter().sum());
    view! {
        <button
            type="button"
            id=BUTTON
            class="button views__open"
            aria-haspopup="dialog"
            on:click=move |_| asks.set(true)
        >
            <Drawing icon=Icon::Filter />
            <span class="button__label">{move || words::filter_button(on())}</span>
        </button>
    }
}

/// What is on, with the ways to take it off, and what can be done with it as a view.
#[component]
pub(crate) fn WhatIsOn(
    store: Store,
    wanted: Signal<Wanted>,
    on_want: Callback<Wanted>,
    naming: Naming,
) -> impl IntoView {
    let parts = Memo::new(move |_| wanted.with(|wanted| parts(store, wanted)));
    let is_on = Memo::new(move |_| !wanted.with(Wanted::is_all));
    let views = saved_views::saved_views(store);
    let saved = Memo::new(move |_| {
        let is_shown = |view: &&SavedView| wanted.with(|wanted| view.wanted.is_same(wanted));
        views.with(|views| views.iter().find(is_shown).cloned())
    });
    let want = move |wanted: Wanted| {
        on_want.run(wanted);
        // What was pressed is gone, and the keyboard's place with it.
        attention::focus_once_drawn(BUTTON);
    };
    let chip = move |(text, part): (String, Part)| {
        let does = words::take_off(&text);
        view! {
            <li>
                <button
                    type="button"
                    class="views__chip"
                    aria-label=does
                    on:click=move |_| want(part.taken_off(wanted.get_untracked()))
                >
                    <span class="views__name" dir="auto">{text}</span>
                    <Drawing icon=Icon::Close />
                </button>
            </li>
        }
    };
    let as_view = move || match saved.get() {
        Some(view) => {
            let renamed = view.clone();
            view! {
                <Button
                    label=words::RENAME_VIEW
                    icon=Icon::Pencil
                    on_press=move || naming.rename(renamed.clone())
                />
                <Button
                    label=words::DELETE_VIEW
                    icon=Icon::Trash
                    on_press=move || saved_views::delete(store, &view)
                />
            }
            .into_any()
        }
        None => view! {
            <Button
                label=words::SAVE_VIEW
                icon=Icon::Saved
                on_press=move || naming.ask(wanted.get_untracked())
            />
        }
        .into_any(),
    };
    view! {
        <Show when=move || is_on.get()>
            <div class="views">
                <ul role="list" class="views__on" aria-label=words::WHAT_IS_ON>
                    <For each=move || parts.get() key=Clone::clone let:part>
                        {chip(part)}
                    </For>
                </ul>
                <Button label=words::CLEAR_FILTERS on_press=move || want(Wanted::default()) />
                {as_view}
            </div>
        </Show>
    }
}

/// The sheet. What is chosen is done at once: the list stands behind it.
#[component]
pub(crate) fn FilterSheet(
    store: Store,
    wanted: Signal<Wanted>,
    on_want: Callback<Wanted>,
    asks: RwSignal<bool>,
    /// What there is to choose; read only while the sheet is open.
    offers: Memo<Offers>,
    /// How many accounts are left.
    found: Memo<usize>,
) -> impl IntoView {
    let sorts = || SORTS.iter().map(|sort| Signal::stored(words::sort(*sort).to_owned())).collect();
    let chosen = Signal::derive(move || {
        SORTS.iter().position(|sort| *sort == wanted.with(|wanted| wanted.sort)).unwrap_or_default()
    });
    let on_sort = Callback::new(move |at: usize| {
        let sort = SORTS.get(at).copied().unwrap_or_default();
        on_want.run(wanted.get_untracked().sorted(sort));
    });
    let clear = move || {
        on_want.run(Wanted::default());
        attention::focus_once_drawn(SHOW_THESE);
    };
    let show_these = move || words::show_these(found.get(), &intl::number(found.get()));
    let facets = move || FACETS.map(|facet| view! { <Values store facet wanted on_want offers /> });
    view! {
        <Dialog open=asks title=Signal::stored(words::FILTER_ACCOUNTS.to_owned()) id="filter-accounts" sheet=true>
            <Show when=move || asks.get()>
                <div class="sheet__parts">
                    <section class="sheet__part">
                        <h3 class="sheet__title">{words::ORDER}</h3>
                        <Filters label=words::ORDER name="order" choices=sorts() chosen on_choose=on_sort />
                    </section>
                    {facets}
                </div>
            </Show>
            <div class="sheet__do">
                <button
                    type="button"
                    id=SHOW_THESE
                    class="button button--main"
                    on:click=move |_| asks.set(false)
                >
                    <span class="button__label" aria-live="polite">{show_these}</span>
                </button>
                <Show when=move || !wanted.with(Wanted::is_all)>
                    <Button label=words::CLEAR_FILTERS on_press=clear />
                </Show>
            </div>
        </Dialog>
    }
}

/// The values of one facet. One that all accounts share is no choice.
#[component]
fn Values(
    store: Store,
    facet: Facet,
    wanted: Signal<Wanted>,
    on_want: Callback<Wanted>,
    offers: Memo<Offers>,
) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let all = Memo::new(move |_| offers.with(|offers| offers[facet as usize].clone()));
    let shown = Memo::new(move |_| {
        let is_chosen = |offer: &Offer| wanted.with(|wanted| wanted.chosen(facet).contains_key(&offer.key));
        let query = query.with(|query| fold(query.trim()));
        all.with(|all| most_of(all, &query, &is_chosen))
    });
    let is_choice =
        Memo::new(move |_| all.with(Vec::len) > 1 || wanted.with(|wanted| !wanted.chosen(facet).is_empty()));
    let is_long = Memo::new(move |_| all.with(|all| all.len() > SEARCHED_FROM));
    let left =
        Memo::new(move |_| query.with(String::is_empty).then(|| all.with(Vec::len) - shown.with(Vec::len)));
    let more =
        move || left.get().filter(|left| *left > 0).map(|left| words::more_values(&intl::number(left)));
    let none = move || shown.with(Vec::is_empty).then(|| words::NONE_OF_THAT_NAME.to_owned());
    let find = StoredValue::new(format!("find-{}", facet.name()));
    let tick = move |offer: Offer| {
        let Offer { value, key, .. } = offer;
        let text = words::offered(facet, &spoken(store, facet, &value));
        let of = key.clone();
        let count = Signal::derive(move || {
            let of =
                |all: &Vec<Offer>| all.iter().find(|offer| offer.key == of).map_or(0, |offer| offer.count);
            Some(intl::number(all.with(of)))
        });
        let ticked = Signal::derive(move || wanted.with(|wanted| wanted.chosen(facet).contains_key(&key)));
        let on_tick = Callback::new(move |_| {
            let mut wanted = wanted.get_untracked();
            wanted.toggle(facet, &value);
            on_want.run(wanted);
        });
        view! { <TickChip words=text count ticked on_tick /> }
    };
    view! {
        <Show when=move || is_choice.get()>
            <section class="sheet__part">
                <h3 class="sheet__title">{words::facet(facet)}</h3>
                <Show when=move || is_long.get()>
                    <label class="hidden" for=find.get_value()>
                        {words::find_value(facet)}
                    </label>
                    <input
                        class="field__input"
                        id=find.get_value()
                        type="search"
                        autocomplete="off"
                        spellcheck="false"
                        placeholder=words::find_value(facet)
                        prop:value=move || query.get()
                        on:input:target=move |event| query.set(event.target().value())
                    />
                </Show>
                <fieldset class="filters">
                    <legend class="hidden">{words::facet(facet)}</legend>
                    <For each=move || shown.get() key=|offer| offer.key.clone() let:offer>
                        {tick(offer)}
                    </For>
                </fieldset>
                <p class="sheet__more" role="status">{move || more().or_else(none)}</p>
            </section>
        </Show>
    }
}

/// Those in which the query occurs; of very many those that most accounts have, and what is chosen.
fn most_of(all: &[Offer], query: &str, is_chosen: &dyn Fn(&Offer) -> bool) -> Vec<Offer> {
    let mut found: Vec<&Offer> = all.iter().filter(|offer| fold(&offer.value).contains(query)).collect();
    if found.len() > SHOWN_MAX {
        let mut counts: Vec<usize> = found.iter().map(|offer| offer.count).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let mut room = SHOWN_MAX;
        found.retain(|offer| {
            let takes = room > 0 && offer.count >= counts[SHOWN_MAX - 1];
            room -= usize::from(takes);
            takes || is_chosen(offer)
        });
    }
    found.into_iter().cloned().collect()
}

const BUTTON: &str = "filter";
const SHOW_THESE: &str = "show-these";
/// More values than this are found faster by typing.
const SEARCHED_FROM: usize = 24;
const SHOWN_MAX: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_values_the_most_common_are_shown_in_their_order() {
        let offer = |n: usize| Offer { value: format!("City {n:03}"), key: n.to_string(), count: n / 2 };
        let all: Vec<Offer> = (0..200).map(offer).collect();
        let shown = |query: &str, chosen: &str| most_of(&all, query, &|offer| offer.key == chosen);
        assert_eq!(shown("", "").iter().map(|offer| offer.count).min(), Some(70));
        assert_eq!(shown("", "").len(), SHOWN_MAX);
        assert_eq!(shown("", "3").first().map(|offer| &*offer.key), Some("3"));
        assert_eq!(shown("city 07", "").len(), 10);
        assert!(shown("", "").is_sorted_by_key(|offer| offer.value.clone()));
        assert_eq!(most_of(&all[..7], "", &|_| false), all[..7]);
    }
}
