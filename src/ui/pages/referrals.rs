//! The pipeline of referrals: one stage below the other on a phone, side by side on a desk.

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::{Kind, RecordId};
use view::View;
use view::pipeline::{
    self, Became, CLOSED_DAYS, Case, Which, cases, columns, days_before, next_step, rep_of,
};
use view::timeline::Clock;
use web_sys::DragEvent;

use crate::store::Store;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::Empty;
use crate::ui::components::chip::{self, Mark, Tone};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::like::SearchEverything;
use crate::ui::move_referral::{MoveDialog, Moving};
use crate::ui::record_list::{HeadLine, SearchField};
use crate::ui::{address, intl, open_referral, title, trail, words};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Board {
    stages: Vec<Stage>,
    shown: usize,
    all: usize,
}

/// A stage with its cards.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stage {
    stage: String,
    cards: Vec<Card>,
    earlier: usize,
}

/// A referral in a few words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Card {
    id: RecordId,
    patient: String,
    from: String,
    facts: String,
    waited: String,
    /// Who works on it, and what is next; nothing once it is over.
    rep: Option<String>,
    next: Option<String>,
    /// Where its newest words are, unless that is the web.
    mark: Option<(&'static str, Tone, Icon)>,
}

impl Board {
    fn read(view: &View, which: &Which, query: &str, with_earlier: bool) -> Self {
        let clock = intl::clock();
        let all = cases(view, clock);
        let count = all.len();
        let chosen = which.choose(view, all, query);
        // What a figure has counted, or the rep looks for, is shown whole.
        let whole = with_earlier || !which.is_all() || !query.trim().is_empty();
        let since = (!whole).then(|| days_before(clock.now.date(), CLOSED_DAYS));
        let stage = |column: pipeline::Column| Stage {
            cards: column.cases.iter().map(|case| Card::read(view, case, clock)).collect(),
            stage: column.stage,
            earlier: column.earlier,
        };
        let stages = columns(&chosen, since).into_iter().map(stage).collect();
        Self { stages, shown: chosen.len(), all: count }
    }
}

impl Card {
    fn read(view: &View, case: &Case, clock: Clock) -> Self {
        let record = &*case.record;
        let value = |name: &str| record.fields.text(name).map(|text| words::value(name, text));
        let account = view.account_of(record).map(|id| match view.record(id) {
            Some(account) => crate::ui::name(account),
            None => words::ACCOUNT_NOT_HERE.to_owned(),
        });
        let is_refused = case.stage() == "nonadmit";
        let is_open = case.became == Became::Waiting;
        let next = || open_referral::next(next_step(view, record, clock).as_ref(), clock);
        let place = view.place(record.id);
        let (tone, icon) = chip::look(place);
        let reason = value("reason").filter(|_| is_refused);
        let decision = value("decision").filter(|_| !is_refused);
        Self {
            id: record.id,
            patient: crate::ui::name(record),
            from: account.unwrap_or_default(),
            facts: words::dotted([reason, decision, value("line"), value("physician")]),
            waited: words::waited(case.days),
            rep: is_open.then(|| words::rep_line(rep_of(view, record), &record.by)),
            next: is_open.then(|| words::next_line(&next())),
            mark: (place != Place::Web).then_some((words::place(place), tone, icon)),
        }
    }
}

/// The page.
#[component]
pub(crate) fn Referrals(store: Store) -> impl IntoView {
    title(|| words::REFERRALS.to_owned());
    let params = use_query_map();
    let which = Memo::new(move |_| params.with(|params| Which::of_pairs(|name| params.get(name))));
    let query = RwSignal::new(String::new());
    let with_earlier = RwSignal::new(false);
    let board = Memo::new(move |_| {
        let read = |query: &String| {
            store.with_view(|view| Board::read(view, &which.get(), query, with_earlier.get()))
        };
        query.with(read)
    });
    let moving = Moving::new(store);
    let held = RwSignal::new(None::<RecordId>);
    let shown = Memo::new(move |_| board.with(|board| board.shown));
    let all = Memo::new(move |_| board.with(|board| board.all));
    let stages = Memo::new(move |_| {
        board.with(|board| board.stages.iter().map(|stage| stage.stage.clone()).collect::<Vec<_>>())
    });
    let stage = move |name: String| {
        let wanted = name.clone();
        let stage = Memo::new(move |_| {
            board.with(|board| board.stages.iter().find(|stage| stage.stage == wanted).cloned())
        });
        view! { <Column name stage moving held with_earlier /> }
    };
    let body = move || match (all.get(), shown.get()) {
        (0, _) => view! {
            <Empty icon=Icon::Referral title=words::NO_REFERRALS text=words::NO_REFERRALS_TEXT />
        }
        .into_any(),
        (_, 0) => {
            let title = Signal::derive(move || words::no_referral_match(&query.get()));
            let is_search = query.with_untracked(|query| !query.trim().is_empty());
            let everything = move || is_search.then(|| view! { <SearchEverything query /> });
            view! { <Empty title text=words::NO_MATCH_TEXT>{everything}</Empty> }.into_any()
        }
        _ => view! {
            <div class="board__stages">
                <For each=move || stages.get() key=Clone::clone let:name>
                    {stage(name)}
                </For>
            </div>
        }
        .into_any(),
    };
    // Each answer of the search is not a new board.
    let kind = Memo::new(move |_| (all.get() == 0, shown.get() == 0));
    view! {
        <div class="board">
            <Head store which query shown all />
            {move || {
                kind.get();
                untrack(body)
            }}
            <MoveDialog moving />
        </div>
    }
}

#[component]
fn Head(
    store: Store,
    which: Memo<Which>,
    query: RwSignal<String>,
    shown: Memo<usize>,
    all: Memo<usize>,
) -> impl IntoView {
    let navigate = use_navigate();
    let new = {
        let navigate = navigate.clone();
        move || navigate("/referrals/new", trail::onward())
    };
    let show_all = move || navigate("/referrals", trail::onward());
    let line = move || words::referrals_line(shown.get(), all.get(), intl::number);
    let said = move || {
        let which = which.get();
        let about = which.about.map(|id| {
            let name = store.with_view(|view| view.record(id).map(|record| crate::ui::name(record)));
            name.unwrap_or_else(|| words::NOT_HERE.to_owned())
        });
        // The last day of the calendar is no day that anybody would name.
        let to = which.to.filter(|to| to.year() < 9999);
        words::which(&which, which.from.map(intl::day), to.map(intl::day), about)
    };
    view! {
        <header class="list-head">
            <HeadLine store label=words::REFERRALS>
                <Button label=words::NEW_REFERRAL icon=Icon::Plus weight=Weight::Main on_press=new />
            </HeadLine>
            <SearchField label=words::SEARCH_REFERRALS hint=words::SEARCH_REFERRALS_HINT query />
            <Show when=move || !which.with(Which::is_all)>
                <div class="board__which">
                    <Drawing icon=Icon::Chart />
                    <span class="board__said" dir="auto">{said}</span>
                    <Button label=words::SHOW_ALL icon=Icon::Close on_press=show_all.clone() />
                </div>
            </Show>
            <div class="list-head__facts">
                <p class="list-head__count" role="status">{line}</p>
                <a href="/figures" class="board__figures">
                    <Drawing icon=Icon::Chart />
                    {words::FIGURES}
                </a>
            </div>
        </header>
    }
}

/// One stage. A card of another one can be dropped here.
#[component]
fn Column(
    name: String,
    stage: Memo<Option<Stage>>,
    moving: Moving,
    /// The card under the mouse.
    held: RwSignal<Option<RecordId>>,
    with_earlier: RwSignal<bool>,
) -> impl IntoView {
    let is_over = RwSignal::new(false);
    let cards = Memo::new(move |_| stage.get().map(|stage| stage.cards).unwrap_or_default());
    let earlier = Memo::new(move |_| stage.with(|stage| stage.as_ref().map_or(0, |it| it.earlier)));
    let count = Memo::new(move |_| cards.with(Vec::len));
    let id = format!("stage-{name}").replace(char::is_whitespace, "-");
    let labelled = id.clone();
    let said = words::value("stage", &name);
    let label = {
        let said = said.clone();
        move || words::in_stage(&said, &intl::number(count.get()))
    };
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        if let Some(id) = held.get_untracked() {
            held.set(None);
            moving.drop_at(id, &name);
        }
    };
    let on_over = move |event: DragEvent| {
        if held.get_untracked().is_some() {
            event.prevent_default();
            is_over.set(true);
        }
    };
    let is_empty = move || count.get() == 0 && earlier.get() == 0;
    view! {
        <section
            class="board__stage"
            class:board__stage--empty=is_empty
            class:board__stage--over=move || is_over.get()
            aria-labelledby=labelled
            on:dragover=on_over
            on:dragleave=move |_| is_over.set(false)
            on:drop=on_drop
        >
            <h2 class="board__title" id=id aria-label=label>
                <span>{said}</span>
                <span class="board__count">{move || intl::number(count.get())}</span>
            </h2>
            <Show when=move || count.get() == 0>
                <p class="card__nothing board__none">{words::NONE_IN_STAGE}</p>
            </Show>
            <ul role="list" class="board__cards">
                <For each=move || cards.get() key=Clone::clone let:one>
                    <OneCard one moving held />
                </For>
            </ul>
            <Show when=move || { earlier.get() > 0 }>
                <button type="button" class="button" on:click=move |_| with_earlier.set(true)>
                    {move || words::earlier(&intl::number(earlier.get()))}
                </button>
            </Show>
        </section>
    }
}

#[component]
fn OneCard(one: Card, moving: Moving, held: RwSignal<Option<RecordId>>) -> impl IntoView {
    let Card { id, patient, from, facts, waited, rep, next, mark } = one;
    let line = |text: String| view! { <span class="board__facts" dir="auto">{text}</span> };
    let move_name = words::move_card(&patient);
    let on_start = move |event: DragEvent| {
        // Without anything to carry some browsers do not begin.
        if let Some(carried) = event.data_transfer() {
            drop(carried.set_data("text/plain", &id.0.to_string()));
        }
        held.set(Some(id));
    };
    view! {
        <li
            class="board__card"
            class:board__card--held=move || held.get() == Some(id)
            draggable="true"
            on:dragstart=on_start
            on:dragend=move |_| held.set(None)
        >
            <a href=address(Kind::Referral, id) class="board__link" draggable="false">
                <span class="board__head">
                    <span class="board__patient" dir="auto">{patient}</span>
                    <span class="board__waited">{waited}</span>
                </span>
                {(!from.is_empty()).then(|| view! { <span class="board__from" dir="auto">{from}</span> })}
                {(!facts.is_empty()).then(|| line(facts))}
                {rep.map(line)}
                {next.map(line)}
            </a>
            <div class="board__do">
                {mark.map(|(text, tone, icon)| view! { <Mark text tone icon /> })}
                <button
                    type="button"
                    class="button board__move"
                    aria-label=move_name
                    on:click=move |_| moving.ask(id)
                >
                    {words::MOVE_TO}
                </button>
            </div>
        </li>
    }
}
