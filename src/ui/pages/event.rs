//! One event, or one day of a series: when and with whom it is, how it went, and what can be done about it.

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::schema::{self, Date, WITH, lists};
use protocol::{Kind, Op, RecordId};
use view::View;
use view::agenda::Occurrence;
use view::timeline;

use crate::store::{DraftEdit, Store};
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, Leads};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::form::Touched;
use crate::ui::history::NeedsYou;
use crate::ui::move_event::{Asked, MoveDialog};
use crate::ui::pages::account::state;
use crate::ui::record_page::RecordPage;
use crate::ui::{address, intl, name, occasion, trail, words};

/// What the page shows of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Event {
    name: String,
    place: Place,
    kind: Option<String>,
    /// None when it has no day yet.
    at: Option<Occurrence>,
    /// Whether the address asks for a day on which it does not happen.
    is_elsewhere: bool,
    again: Option<String>,
    account: Option<(String, String)>,
    people: Vec<(String, String)>,
    purpose: Option<String>,
    is_open: bool,
    /// What is said while nobody can know yet how it went. A promise may be kept before its day.
    not_yet: Option<String>,
    how: Option<String>,
    /// The series in which it stands for a day.
    series: Option<String>,
}

impl Event {
    fn read(view: &View, id: RecordId, day: Option<Date>) -> Option<Self> {
        let record = view.record(id).filter(|record| record.kind == Kind::Event)?;
        let text = |name: &str| record.fields.text(name).map(str::to_owned);
        let value = |name: &str| record.fields.text(name).map(|text| words::value(name, text));
        let link = |name: &str| text(name).and_then(|id| id.parse().ok()).map(RecordId);
        let led = |kind, id, gone: &str| {
            let known = view.record(id).map_or_else(|| gone.to_owned(), |it| name(it));
            (address(kind, id), known)
        };
        let asked = day.and_then(|day| view.occurrence(id, Some(day)));
        let at = asked.or_else(|| view.next_of(id, intl::today()));
        let to_come = at.filter(|at| at.is_to_come(intl::today()) && !timeline::is_follow_up(record));
        let until = text("until").and_then(|until| schema::day(&until)).map(intl::day);
        let with =
            record.fields.iter().filter_map(|(name, _)| name.strip_prefix(WITH)?.parse().ok().map(RecordId));
        let mut people: Vec<RecordId> = link("contact").into_iter().chain(with).collect();
        people.dedup();
        Some(Self {
            name: name(record),
            place: view.place(id),
            kind: text("type"),
            is_elsewhere: day.is_some() && asked.is_none() && view.is_series(id),
            at,
            again: value("repeat").map(|again| words::comes_again(&again, until.as_deref())),
            account: view.account_of(record).map(|id| led(Kind::Account, id, words::ACCOUNT_NOT_HERE)),
            people: people.into_iter().map(|id| led(Kind::Contact, id, words::NOT_HERE)).collect(),
            purpose: text("purpose"),
            is_open: timeline::is_open(record),
            not_yet: to_come.map(|at| words::log_from(&intl::day(at.start.date()))),
            how: (!timeline::is_open(record)).then(|| words::dotted([value("status"), value("outcome")])),
            series: link("series").filter(|id| view.record(*id).is_some()).map(|id| address(Kind::Event, id)),
        })
    }
}

/// The page.
#[component]
pub(crate) fn EventPage(store: Store, id: RecordId) -> impl IntoView {
    let query = use_query_map();
    let day = Memo::new(move |_| query.with(|query| query.get("day").and_then(|day| schema::day(&day))));
    let event = Memo::new(move |_| store.with_view(|view| Event::read(view, id, day.get())));
    let name = Memo::new(move |_| event.get().map(|event| event.name));
    let here = move || view! { <Here store id event /> }.into_any();
    let absent = || view! { <Empty icon=Icon::Calendar text=words::EVENT_GONE_TEXT /> }.into_any();
    let back = (CALENDAR.to_owned(), words::CALENDAR);
    view! { <RecordPage id=Some(id) name gone=words::EVENT_GONE back here absent /> }
}

#[component]
fn Here(store: Store, id: RecordId, event: Memo<Option<Event>>) -> impl IntoView {
    let place = Memo::new(move |_| event.with(|event| event.as_ref().map(|event| event.place)));
    let kind = move || event.get().and_then(|event| event.kind);
    let is_elsewhere =
        Memo::new(move |_| event.with(|event| event.as_ref().is_some_and(|it| it.is_elsewhere)));
    let asked = RwSignal::new(None::<Asked>);
    let navigate = use_navigate();
    let on_moved = move |moved: RecordId| {
        if moved != id {
            trail::leave_for(&address(Kind::Event, moved), &navigate);
        }
    };
    view! {
        <div class="page__body">
            <div class="page__state">
                {move || place.get().map(state)}
                {move || kind().map(|kind| view! { <span class="card__name" dir="auto">{kind}</span> })}
            </div>
            <Show when=move || place.get() == Some(Place::NeedsYou)>
                <NeedsYou />
            </Show>
            <Show when=move || is_elsewhere.get()>
                <p class="card__warning" role="status">
                    <Drawing icon=Icon::Alert />
                    {words::NOT_ON_THAT_DAY}
                </p>
            </Show>
            <What event />
            <Log store id event />
            <Do store id event asked />
        </div>
        <MoveDialog store asked on_moved=Callback::new(on_moved) />
    }
}

/// When, where, with whom and what for.
#[component]
fn What(event: Memo<Option<Event>>) -> impl IntoView {
    let when = move |event: &Event| {
        let at = event.at.as_ref().map_or_else(|| words::NO_DAY_YET.to_owned(), occasion::when);
        let calendar = event.at.map(|at| format!("{CALENDAR}?view=day&day={}", at.start.date()));
        let text = words::dotted([Some(at), event.again.clone()]);
        match calendar {
            Some(href) => view! { <Leads href icon=Icon::Calendar text=Signal::stored(text) /> }.into_any(),
            None => view! { <p class="card__value">{text}</p> }.into_any(),
        }
    };
    let lines = move || {
        let event = event.get()?;
        let lead = |icon, (href, text): (String, String)| {
            view! { <Leads href icon text=Signal::stored(text) /> }
        };
        let series = event.series.clone().map(|href| (href, words::OF_SERIES.to_owned()));
        Some(view! {
            {when(&event)}
            {series.map(|series| lead(Icon::Sync, series))}
            {event.account.clone().map(|account| lead(Icon::Accounts, account))}
            {event.people.iter().cloned().map(|person| lead(Icon::Person, person)).collect_view()}
            {event
                .purpose
                .map(|text| view! { <p class="timeline__text" dir="auto">{text}</p> })}
        })
    };
    view! { <Card>{lines}</Card> }
}

/// How it went, in one tap, from its day on.
#[component]
fn Log(store: Store, id: RecordId, event: Memo<Option<Event>>) -> impl IntoView {
    let how = Memo::new(move |_| event.get().and_then(|event| event.how));
    let is_open = Memo::new(move |_| event.with(|event| event.as_ref().is_some_and(|it| it.is_open)));
    let not_yet = Memo::new(move |_| event.get().and_then(|event| event.not_yet));
    let navigate = use_navigate();
    let set = move |status: Option<&str>, outcome: Option<&str>, how: String| {
        let set: Touched = [
            ("status".to_owned(), status.map(str::to_owned)),
            ("outcome".to_owned(), outcome.map(str::to_owned)),
        ]
        .into();
        let Some(shown) = event.get_untracked() else { return };
        let edits = untrack(|| match shown.at {
            Some(at) => store.with_view(|view| occasion::one(view, at, set)),
            None => Some(vec![DraftEdit::to(id, Kind::Event, Op::Patch, set)]),
        });
        let navigate = navigate.clone();
        let then = move |made: RecordId| {
            if made != id {
                trail::leave_for(&address(Kind::Event, made), &navigate);
            }
        };
        if let Some(edits) = edits {
            occasion::press(store, edits, words::logged(&shown.name, &how), then);
        }
    };
    let outcome = {
        let set = set.clone();
        move |outcome: &&'static str| {
            let (set, value) = (set.clone(), *outcome);
            let word = words::value("outcome", value);
            let press = move |_| set(Some("done"), Some(value), words::value("outcome", value));
            let icon = if value == "saw" { Icon::Check } else { Icon::Note };
            view! {
                <button type="button" class="button" on:click=press>
                    <Drawing icon />
                    <span class="button__label">{word}</span>
                </button>
            }
        }
    };
    let planned = {
        let set = set.clone();
        move || {
            let cancel = {
                let set = set.clone();
                move || set(Some("cancelled"), None, words::CANCELLED_IT.to_owned())
            };
            let outcomes = not_yet.with(Option::is_none).then_some(lists::OUTCOMES).into_iter().flatten();
            view! {
                {not_yet.get().map(|text| view! { <p class="card__nothing">{text}</p> })}
                <div class="page__choices">
                    {outcomes.map(outcome.clone()).collect_view()}
                    <Button label=words::CANCEL_EVENT icon=Icon::Close on_press=cancel />
                </div>
            }
        }
    };
    let settled = move || {
        let set = set.clone();
        let again = move || set(None, None, words::PLANNED_AGAIN.to_owned());
        view! {
            <p class="card__value">{move || how.get()}</p>
            <div class="page__do">
                <Button label=words::PLAN_AGAIN icon=Icon::Calendar on_press=again />
            </div>
        }
    };
    view! {
        <Card title=words::HOW_WAS_IT>
            {move || if is_open.get() { planned().into_any() } else { settled().into_any() }}
        </Card>
    }
}

/// Notes, moving, changing, deleting.
#[component]
fn Do(
    store: Store,
    id: RecordId,
    event: Memo<Option<Event>>,
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView {
    let at = Memo::new(move |_| event.get().and_then(|event| event.at));
    let is_series = Memo::new(move |_| at.get().is_some_and(|at| at.is_series));
    let navigate = use_navigate();
    let add_note = move || {
        let known = at.get_untracked();
        let to = known.map_or_else(|| format!("/notes/new?event={}", id.0), |at| occasion::note_address(&at));
        navigate(&to, trail::onward());
    };
    let ask = move || asked.set(at.get_untracked().map(|at| (at, at)));
    let edit = move || format!("{}/edit", address(Kind::Event, id));
    let edit_one = move || at.get().map(|at| format!("{}?day={}", edit(), at.day)).unwrap_or_default();
    let leave = use_navigate();
    let delete = move |all: bool| {
        let leave = leave.clone();
        move || {
            let found = untrack(|| {
                store.with_view(|view| {
                    let name = name(view.record(id)?);
                    let edits = match at.get() {
                        Some(at) if !all => occasion::delete_one(at),
                        _ => occasion::delete_all(view, id),
                    };
                    Some((edits, name))
                })
            });
            let leave = leave.clone();
            if let Some((edits, name)) = found {
                occasion::press(store, edits, words::deleted(&name), move |_| {
                    trail::leave_for(CALENDAR, &leave);
                });
            }
        }
    };
    let (delete_one, delete_all) = (delete.clone(), delete.clone());
    let edits = move || {
        let link = |href: String, label| {
            view! {
                <a href=href class="button">
                    <Drawing icon=Icon::Pencil />
                    {label}
                </a>
            }
        };
        if is_series.get() {
            view! { {link(edit_one(), words::EDIT_THIS_ONE)} {link(edit(), words::EDIT_ALL)} }.into_any()
        } else {
            link(edit(), words::EDIT).into_any()
        }
    };
    let deletes = move || {
        if is_series.get() {
            view! {
                <Button label=words::DELETE_ONE icon=Icon::Trash on_press=delete_one(false) />
                <Button label=words::DELETE_ALL icon=Icon::Trash on_press=delete_all(true) />
            }
            .into_any()
        } else {
            view! { <Button label=words::DELETE icon=Icon::Trash on_press=delete(true) /> }.into_any()
        }
    };
    view! {
        <div class="page__do">
            <Button
                label=words::ADD_NOTE
                weight=Weight::Main
                icon=Icon::Note
                on_press=add_note
            />
            <Show when=move || at.with(Option::is_some)>
                <Button label=words::MOVE icon=Icon::Calendar on_press=ask />
            </Show>
            {edits}
        </div>
        <details class="form__more">
            <summary class="form__more-head">{words::MORE_ACTIONS}</summary>
            <div class="page__do">{deletes}</div>
        </details>
    }
}

const CALENDAR: &str = "/calendar";
