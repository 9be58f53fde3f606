//! One call note: what was said, with whom, how, and what became of what was promised in it.

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::schema::{self, WITH};
use protocol::{Kind, Op, Record, RecordId};
use view::{View, brief, timeline};

use super::account::state;
use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::button::Button;
use crate::ui::components::card::{Card, Empty};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::file_it::FileIt;
use crate::ui::history::NeedsYou;
use crate::ui::record_page::RecordPage;
use crate::ui::{address, intl, name, trail, undo, words};

/// What the page shows of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note {
    heading: String,
    back: Option<RecordId>,
    line: String,
    text: String,
    facts: String,
    place: Place,
    unfiled: bool,
    /// The account, the people, the event and the referral.
    about: Vec<Link>,
    promise: Option<Promise>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Link {
    icon: Icon,
    href: String,
    name: String,
    what: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Promise {
    subject: String,
    line: String,
    /// Its event, and whether it is still open; none when the note alone tells of it.
    event: Option<(RecordId, bool)>,
}

impl Note {
    fn read(view: &View, id: RecordId) -> Option<Self> {
        let record = view.record(id).filter(|record| record.kind == Kind::Note)?;
        let text = |field: &str| record.fields.text(field);
        let value = |field: &str| text(field).map(|text| words::value(field, text));
        let clock = intl::clock();
        let when = timeline::written(record, clock);
        let author = if record.by.is_empty() { words::YOU } else { &record.by };
        let account = view.account_of(record);
        let named = |id: RecordId| view.record(id).map(|record| name(record));
        let known = account.or_else(|| people(record).next()).and_then(named);
        Some(Self {
            heading: words::note_for(known.as_deref()),
            back: account,
            line: words::dotted([Some(author.to_owned()), Some(intl::wall(when))]),
            text: text("text").unwrap_or_default().to_owned(),
            facts: words::dotted([value("channel"), value("outcome")]),
            place: view.place(id),
            unfiled: brief::is_unfiled(record),
            about: about(view, record, account),
            promise: promise(view, record),
        })
    }
}

/// The page.
#[component]
pub(crate) fn NotePage(store: Store, id: RecordId) -> impl IntoView {
    let note = Memo::new(move |_| store.with_view(|view| Note::read(view, id)));
    let name = Memo::new(move |_| note.get().map(|note| note.heading));
    let back = untrack(|| note.with(|note| note.as_ref().and_then(|note| note.back)));
    let back = back.map_or_else(|| "/".to_owned(), |id| address(Kind::Account, id));
    let leave = StoredValue::new(back.clone());
    let here = move || view! { <Here store id note leave=leave.get_value() /> }.into_any();
    let absent = || view! { <Empty icon=Icon::Note text=words::NOTE_GONE_TEXT /> }.into_any();
    view! { <RecordPage id=Some(id) name gone=words::NOTE_GONE back=(back, words::BACK) here absent /> }
}

#[component]
fn Here(store: Store, id: RecordId, note: Memo<Option<Note>>, leave: String) -> impl IntoView {
    let part = move |read: fn(Note) -> String| move || note.get().map(read).unwrap_or_default();
    let place = Memo::new(move |_| note.with(|note| note.as_ref().map(|note| note.place)));
    let unfiled = Memo::new(move |_| note.with(|note| note.as_ref().is_some_and(|note| note.unfiled)));
    let about = Memo::new(move |_| note.get().map(|note| note.about).unwrap_or_default());
    let facts = Memo::new(move |_| note.get().map(|note| note.facts).unwrap_or_default());
    let navigate = use_navigate();
    let edit = {
        let navigate = navigate.clone();
        move || navigate(&format!("/notes/{}/edit", id.0), trail::onward())
    };
    let delete = move || {
        let record = untrack(|| store.with_view(|view| view.record(id).cloned()));
        let (navigate, leave) = (navigate.clone(), leave.clone());
        let then = move || {
            if !trail::go_back() {
                trail::leave_for(&leave, &navigate);
            }
        };
        if let Some(record) = record {
            undo::delete(store, &record, then);
        }
    };
    let link = |Link { icon, href, name, what }: Link| {
        view! {
            <li>
                <a href=href class="card__line">
                    <Drawing icon />
                    <span class="card__words card__person">
                        <span class="card__value" dir="auto">{name}</span>
                        <span class="card__name">{what}</span>
                    </span>
                    <Drawing icon=Icon::Forward />
                </a>
            </li>
        }
    };
    view! {
        <div class="page__body">
            <div class="page__state">
                {move || place.get().map(state)}
                <span class="card__name" dir="auto">{part(|note| note.line)}</span>
            </div>
            <Show when=move || place.get() == Some(Place::NeedsYou)>
                <NeedsYou />
            </Show>
            <Card>
                <Show when=move || !facts.with(String::is_empty)>
                    <p class="card__name">{move || facts.get()}</p>
                </Show>
                <p class="timeline__text" dir="auto">{part(|note| note.text)}</p>
            </Card>
            <Show when=move || unfiled.get()>
                <Card title=words::FILE_IT>
                    <FileIt store note=id />
                </Card>
            </Show>
            <Promised store note />
            <Show when=move || !about.with(Vec::is_empty)>
                <Card title=words::ABOUT>
                    <ul role="list" class="people">{move || about.get().into_iter().map(link).collect_view()}</ul>
                </Card>
            </Show>
            <div class="page__do">
                <Button label=words::EDIT icon=Icon::Pencil on_press=edit />
                <Button label=words::DELETE icon=Icon::Trash on_press=delete />
            </div>
        </div>
    }
}

#[component]
fn Promised(store: Store, note: Memo<Option<Note>>) -> impl IntoView {
    let promise = Memo::new(move |_| note.get().and_then(|note| note.promise));
    let drawn = move || {
        let Promise { subject, line, event } = promise.get()?;
        let told = subject.clone();
        let words = view! {
            <span class="card__words card__person">
                <span class="card__value" dir="auto">{subject}</span>
                <span class="card__name">{line}</span>
            </span>
        };
        let Some((id, is_open)) = event else {
            return Some(view! { <p class="card__line">{words}</p> }.into_any());
        };
        let done = move || keep_promise(store, id, &told);
        Some(
            view! {
                <a href=address(Kind::Event, id) class="card__line">
                    <Drawing icon=if is_open { Icon::Calendar } else { Icon::Check } />
                    {words}
                    <Drawing icon=Icon::Forward />
                </a>
                {is_open
                    .then(|| {
                        view! {
                            <div class="page__do">
                                <Button label=words::DONE icon=Icon::Check on_press=done />
                            </div>
                        }
                    })}
            }
            .into_any(),
        )
    };
    view! {
        <Show when=move || promise.with(Option::is_some)>
            <Card title=words::PROMISED>{drawn}</Card>
        </Show>
    }
}

/// A promise is kept; that can be taken back.
pub(super) fn keep_promise(store: Store, event: RecordId, subject: &str) {
    let set = |status: &str| {
        let set = [("status".to_owned(), Some(status.to_owned()))].into();
        Draft::of_press(vec![DraftEdit::to(event, Kind::Event, Op::Patch, set)])
    };
    undo::press(store, set("done"), words::kept_promise(subject), set("planned"), || ());
}

/// The people who were there.
fn people(note: &Record) -> impl Iterator<Item = RecordId> {
    let named = note.fields.iter().filter_map(|(name, text)| match name {
        "contact" => Some(text),
        _ => name.strip_prefix(WITH),
    });
    named.filter_map(|text| text.parse().ok().map(RecordId))
}

fn about(view: &View, note: &Record, account: Option<RecordId>) -> Vec<Link> {
    let linked = |field: &str| note.fields.text(field)?.parse().ok().map(RecordId);
    let mut people: Vec<RecordId> = people(note).collect();
    people.sort_unstable();
    people.dedup();
    let account = account.map(|id| (Kind::Account, Icon::Accounts, id));
    let people = people.into_iter().map(|id| (Kind::Contact, Icon::Person, id));
    let event = linked("event").map(|id| (Kind::Event, Icon::Calendar, id));
    let referral = linked("referral").map(|id| (Kind::Referral, Icon::Referral, id));
    let link = |(kind, icon, id): (Kind, Icon, RecordId)| Link {
        icon,
        href: address(kind, id),
        name: view.record(id).map_or_else(|| words::NOT_HERE.to_owned(), |record| name(record)),
        what: words::label(word(kind)).unwrap_or_default(),
    };
    account.into_iter().chain(people).chain(event).chain(referral).map(link).collect()
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "contact",
        Kind::Event => "event",
        Kind::Referral => "referral",
        _ => "account",
    }
}

fn promise(view: &View, note: &Record) -> Option<Promise> {
    let said_day = |text: Option<&str>| text.and_then(|text| schema::day(text.get(..10)?)).map(intl::day);
    if let Some(event) = brief::promise_of(view, note.id) {
        let status = event.fields.text("status").unwrap_or("planned");
        let line =
            words::dotted([said_day(event.fields.text("start")), Some(words::value("status", status))]);
        let event_id = (event.id, timeline::is_open(event));
        return Some(Promise { subject: name(event), line, event: Some(event_id) });
    }
    let subject = note.fields.text("next")?.to_owned();
    Some(Promise { subject, line: said_day(note.fields.text("due")).unwrap_or_default(), event: None })
}
