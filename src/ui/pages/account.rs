//! One account: what happened there first, then its people, what is promised, and what is known of it.

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{Kind, Op, Record, RecordId};
use view::View;

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty};
use crate::ui::components::chip::{self, Mark, Tone};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::components::later::Later;
use crate::ui::effort::Effort;
use crate::ui::facts::{self, Facts, Group};
use crate::ui::history::{Coming, History, NeedsYou};
use crate::ui::log_it::{LogIt, Taken};
use crate::ui::reach::{self, Reach, Way};
use crate::ui::record_page::RecordPage;
use crate::ui::twins::LooksLike;
use crate::ui::{due, intl, trail, undo, words};

/// What the page shows of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    id: RecordId,
    name: String,
    place: Place,
    /// How it stands to its visit frequency.
    due: Option<(String, Tone, Icon)>,
    /// What and where it is, in a line.
    line: String,
    ways: Vec<Way>,
    groups: Vec<Group>,
    /// The name of the one at whose address this one is shown, as it stands for it now.
    came_as: Option<String>,
    /// Those that were merged into it.
    merged: Vec<(RecordId, String)>,
}

impl Account {
    fn read(view: &View, at: RecordId) -> Option<Self> {
        let id = view.survivor(at);
        let record = view.record(id).filter(|record| record.kind == Kind::Account)?;
        let named = |record: &Record| crate::ui::name(record);
        let text = |name: &str| record.fields.text(name);
        Some(Self {
            id,
            name: named(record),
            place: view.place(id),
            due: due::mark(view.due(id, intl::clock())),
            line: words::dotted([
                text("rating").map(words::rated),
                Some(words::account_line(text("city"), text("state"), text("type"))),
            ]),
            ways: reach::ways(record),
            groups: facts::groups(view, record),
            came_as: view.record(at).filter(|_| at != id).map(|record| named(record)),
            merged: view.merged(id).iter().map(|record| (record.id, named(record))).collect(),
        })
    }
}

/// A contact of the account, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Person {
    id: RecordId,
    name: String,
    line: String,
    place: Place,
}

/// The page.
#[component]
pub(crate) fn AccountPage(
    store: Store,
    /// Which account; it changes when another row of the list is pressed.
    #[prop(into)]
    id: Signal<Option<RecordId>>,
) -> impl IntoView {
    let account = Memo::new(move |_| store.with_view(|view| Account::read(view, id.get()?)));
    let name = Memo::new(move |_| account.get().map(|account| account.name));
    let here = move || view! { <Here store account /> }.into_any();
    let absent = move || view! { <Gone store id /> }.into_any();
    let back = ("/accounts".to_owned(), words::ACCOUNTS);
    view! { <RecordPage id name gone=words::ACCOUNT_GONE back here absent /> }
}

/// The account is not here; what was said there stays.
#[component]
fn Gone(store: Store, id: Signal<Option<RecordId>>) -> impl IntoView {
    let has_history = Memo::new(move |_| {
        let has = |id| store.with_view(|view| KEPT.iter().any(|kind| !view.about(id, *kind).is_empty()));
        id.get().is_some_and(has)
    });
    view! {
        <div class="page__body">
            <Empty icon=Icon::Accounts text=words::ACCOUNT_GONE_TEXT />
            <Show when=move || has_history.get()>
                <History store about=id />
                <People store account=id />
            </Show>
        </div>
    }
}

#[component]
fn Here(store: Store, account: Memo<Option<Account>>) -> impl IntoView {
    let id = Signal::derive(move || account.with(|account| account.as_ref().map(|account| account.id)));
    let navigate = use_navigate();
    let go = move |to: &'static str| {
        let navigate = navigate.clone();
        move || {
            if let Some(id) = id.get_untracked() {
                navigate(&format!("/accounts/{}/{to}", id.0), trail::onward());
            }
        }
    };
    let place = Memo::new(move |_| account.with(|account| account.as_ref().map(|account| account.place)));
    let due = Memo::new(move |_| account.get().and_then(|account| account.due));
    let line = move || account.get().map(|account| account.line);
    let came_as = Memo::new(move |_| account.get().and_then(|account| account.came_as));
    let ways = Signal::derive(move || account.get().map(|account| account.ways).unwrap_or_default());
    let groups = Signal::derive(move || account.get().map(|account| account.groups).unwrap_or_default());
    let new = move |room: &'static str| {
        move || id.get().map(|id| format!("/{room}/new?account={}", id.0)).unwrap_or_default()
    };
    let taken = Taken::none();
    view! {
        <div class="page__body">
            <div class="page__state">
                {move || place.get().map(state)}
                {move || due.get().map(|(text, tone, icon)| view! { <Mark text tone icon /> })}
                <span class="page__line" dir="auto">{line}</span>
            </div>
            {move || {
                came_as
                    .get()
                    .map(|name| {
                        view! {
                            <p class="card__warning" role="status">
                                <Drawing icon=Icon::Merge />
                                {words::merged_here(&name)}
                            </p>
                        }
                    })
            }}
            <Show when=move || place.get() == Some(Place::NeedsYou)>
                <NeedsYou />
            </Show>
            <LooksLike store account=id />
            <Reach ways on_taken=taken.on_taken() />
            <LogIt taken account=id />
            <div class="page__do">
                <Button label=words::ADD_NOTE weight=Weight::Main icon=Icon::Note on_press=go.clone()("note") />
                <a href=new("events") class="button">
                    <Drawing icon=Icon::Calendar />
                    {words::NEW_EVENT}
                </a>
                <a href=new("referrals") class="button">
                    <Drawing icon=Icon::Referral />
                    {words::NEW_REFERRAL}
                </a>
                <Button label=words::EDIT icon=Icon::Pencil on_press=go("edit") />
            </div>
            <History store about=id />
            <Later>
                <People store account=id />
                <Coming store about=id />
                <Effort store about=id />
                <Facts groups />
                <Merged store account />
                <More store id />
            </Later>
        </div>
    }
}

/// Where a record's newest words are.
pub(super) fn state(place: Place) -> impl IntoView {
    let (tone, icon) = chip::look(place);
    view! { <Mark text=words::place(place) tone icon /> }
}

/// The contacts of the account, and those that are seen here too.
#[component]
fn People(store: Store, account: Signal<Option<RecordId>>) -> impl IntoView {
    let people = Memo::new(move |_| account.get().map(|id| store.with_view(|view| people(view, id))));
    let person = |person: Person| {
        let Person { id, name, line, place } = person;
        let mark = (place != Place::Web).then(|| state(place));
        view! {
            <li>
                <a href=crate::ui::address(Kind::Contact, id) class="card__line">
                    <Drawing icon=Icon::Person />
                    <span class="card__words card__person">
                        <span class="card__value" dir="auto">{name}</span>
                        <span class="card__name" dir="auto">{line}</span>
                    </span>
                    {mark}
                    <Drawing icon=Icon::Forward />
                </a>
            </li>
        }
    };
    let is_empty = move || people.with(|people| people.as_ref().is_none_or(Vec::is_empty));
    let add = move || account.get().map(|id| format!("/contacts/new?account={}", id.0)).unwrap_or_default();
    // To an account that is not here nobody can be added.
    let is_here = move || account.get().is_some_and(|id| store.with_view(|view| view.record(id).is_some()));
    view! {
        <Card title=words::PEOPLE>
            <Show when=is_empty>
                <p class="card__nothing">{words::NO_PEOPLE}</p>
            </Show>
            <ul role="list" aria-label=words::PEOPLE class="people">
                {move || people.get().unwrap_or_default().into_iter().map(person).collect_view()}
            </ul>
            <Show when=is_here>
                <a href=add class="button people__add">
                    <Drawing icon=Icon::Plus />
                    {words::ADD_CONTACT}
                </a>
            </Show>
        </Card>
    }
}

fn people(view: &View, account: RecordId) -> Vec<Person> {
    let person = |record: &Record| {
        let text = |name: &str| record.fields.text(name).map(str::to_owned);
        let place = facts::places(view, record).into_iter().find(|(id, _)| *id == account);
        let role = place.map(|(_, role)| role).filter(|role| role != words::MAIN_PLACE);
        let asked_not = text("do_not_contact").map(|_| words::field("do_not_contact"));
        let line = words::dotted([asked_not, text("title").or_else(|| text("type")), role]);
        Person { id: record.id, name: crate::ui::name(record), line, place: view.place(record.id) }
    };
    let mut people: Vec<Person> =
        view.about(account, Kind::Contact).into_iter().map(|record| person(record)).collect();
    people.sort_by_cached_key(|person| (view::fold(&person.name), person.id));
    people
}

/// The accounts that this one stands for, each with the way to separate it again.
#[component]
fn Merged(store: Store, account: Memo<Option<Account>>) -> impl IntoView {
    let merged = Memo::new(move |_| account.get().map(|account| account.merged).unwrap_or_default());
    let line = move |(id, name): (RecordId, String)| {
        let told = name.clone();
        let separate = move || {
            let into = store.with_view(|view| view.record(id)?.fields.text("merged_into").map(str::to_owned));
            let patch = |text| {
                let set = [("merged_into".to_owned(), text)].into();
                Draft::of_press(vec![DraftEdit::to(id, Kind::Account, Op::Patch, set)])
            };
            undo::press(store, patch(None), words::separated(&told), patch(into), || ());
        };
        view! {
            <li class="card__pair">
                <span dir="auto">{name}</span>
                <Button label=words::SEPARATE on_press=separate />
            </li>
        }
    };
    view! {
        <Show when=move || !merged.with(Vec::is_empty)>
            <Card title=words::STANDS_FOR>
                <ul role="list">{move || merged.get().into_iter().map(line).collect_view()}</ul>
            </Card>
        </Show>
    }
}

#[component]
fn More(store: Store, id: Signal<Option<RecordId>>) -> impl IntoView {
    let merge = move || id.get().map(|id| format!("/accounts/{}/merge", id.0)).unwrap_or_default();
    let navigate = use_navigate();
    let delete = move || {
        let record =
            id.get_untracked().and_then(|id| untrack(|| store.with_view(|view| view.record(id).cloned())));
        let navigate = navigate.clone();
        if let Some(record) = record {
            undo::delete(store, &record, move || trail::leave_for("/accounts", &navigate));
        }
    };
    view! {
        <details class="form__more">
            <summary class="form__more-head">{words::MORE_ACTIONS}</summary>
            <div class="page__do">
                <a href=merge class="button">
                    <Drawing icon=Icon::Merge />
                    {words::MERGE_WITH}
                </a>
                <Button label=words::DELETE icon=Icon::Trash on_press=delete />
            </div>
        </details>
    }
}

/// What stays of an account that is gone.
const KEPT: [Kind; 4] = [Kind::Note, Kind::Event, Kind::Referral, Kind::Contact];
