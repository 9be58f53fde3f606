//! One contact: what matters to them, what happened with them, where they are seen, and what is known.

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{Kind, RecordId};
use view::View;

use crate::store::Store;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::effort::Effort;
use crate::ui::facts::{self, Facts, Group};
use crate::ui::history::{Coming, History, NeedsYou};
use crate::ui::log_it::{LogIt, Taken};
use crate::ui::pages::account::state;
use crate::ui::reach::{self, Reach, Way};
use crate::ui::record_page::RecordPage;
use crate::ui::{address, trail, undo, words};

/// What the page shows of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Contact {
    name: String,
    line: String,
    place: Place,
    matters: Option<String>,
    asked_not: bool,
    ways: Vec<Way>,
    account: Option<RecordId>,
    places: Vec<At>,
    groups: Vec<Group>,
}

/// An account at which a contact is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct At {
    href: String,
    name: String,
    role: String,
}

impl Contact {
    fn read(view: &View, id: RecordId) -> Option<Self> {
        let record = view.record(id).filter(|record| record.kind == Kind::Contact)?;
        let text = |name: &str| record.fields.text(name).map(str::to_owned);
        let asked_not = text("do_not_contact").is_some();
        let at = |(id, role): (RecordId, String)| At {
            href: address(Kind::Account, id),
            name: view
                .record(id)
                .map_or_else(|| words::ACCOUNT_NOT_HERE.to_owned(), |it| crate::ui::name(it)),
            role,
        };
        Some(Self {
            name: crate::ui::name(record),
            line: words::dotted([text("title"), text("type"), text("credentials")]),
            place: view.place(id),
            matters: text("matters"),
            asked_not,
            // Where somebody is does not bother them.
            ways: reach::ways(record).into_iter().filter(|way| !asked_not || !way.is_talk()).collect(),
            account: view.account_of(record).filter(|id| view.record(*id).is_some()),
            places: facts::places(view, record).into_iter().map(at).collect(),
            groups: facts::groups(view, record),
        })
    }
}

/// The page.
#[component]
pub(crate) fn ContactPage(store: Store, id: RecordId) -> impl IntoView {
    let contact = Memo::new(move |_| store.with_view(|view| Contact::read(view, id)));
    let name = Memo::new(move |_| contact.get().map(|contact| contact.name));
    let here = move || view! { <Here store id contact /> }.into_any();
    let absent = move || {
        view! {
            <div class="page__body">
                <Empty icon=Icon::Person text=words::CONTACT_GONE_TEXT />
                <History store about=Some(id) />
            </div>
        }
        .into_any()
    };
    let back = ("/contacts".to_owned(), words::CONTACTS);
    view! { <RecordPage id=Some(id) name gone=words::CONTACT_GONE back here absent /> }
}

#[component]
fn Here(store: Store, id: RecordId, contact: Memo<Option<Contact>>) -> impl IntoView {
    let place = Memo::new(move |_| contact.with(|contact| contact.as_ref().map(|contact| contact.place)));
    let line = move || contact.get().map(|contact| contact.line).filter(|line| !line.is_empty());
    let asked_not =
        Memo::new(move |_| contact.with(|contact| contact.as_ref().is_some_and(|it| it.asked_not)));
    let matters = Memo::new(move |_| contact.get().and_then(|contact| contact.matters));
    let ways = Signal::derive(move || contact.get().map(|contact| contact.ways).unwrap_or_default());
    let groups = Signal::derive(move || contact.get().map(|contact| contact.groups).unwrap_or_default());
    let account = Memo::new(move |_| contact.get().and_then(|contact| contact.account));
    let new = move |room: &'static str| {
        move || {
            let account = account.get().map(|account| format!("account={}&", account.0)).unwrap_or_default();
            format!("/{room}/new?{account}contact={}", id.0)
        }
    };
    let taken = Taken::none();
    let navigate = use_navigate();
    let edit = {
        let navigate = navigate.clone();
        move || navigate(&format!("/contacts/{}/edit", id.0), trail::onward())
    };
    let add_note = {
        let (navigate, href) = (navigate.clone(), new("notes"));
        move || navigate(&untrack(href), trail::onward())
    };
    let delete = move || {
        let record = untrack(|| store.with_view(|view| view.record(id).cloned()));
        let navigate = navigate.clone();
        if let Some(record) = record {
            undo::delete(store, &record, move || trail::leave_for("/contacts", &navigate));
        }
    };
    view! {
        <div class="page__body">
            <div class="page__state">
                {move || place.get().map(state)}
                {move || line().map(|line| view! { <span class="card__name" dir="auto">{line}</span> })}
            </div>
            <Show when=move || asked_not.get()>
                <p class="card__warning">
                    <Drawing icon=Icon::Alert />
                    {words::DO_NOT_CONTACT}
                </p>
            </Show>
            <Show when=move || place.get() == Some(Place::NeedsYou)>
                <NeedsYou />
            </Show>
            {move || {
                matters
                    .get()
                    .map(|text| {
                        let title = words::label("matters").unwrap_or_default();
                        view! {
                            <Card title>
                                <p class="timeline__text" dir="auto">{text}</p>
                            </Card>
                        }
                    })
            }}
            <Reach ways on_taken=taken.on_taken() />
            <LogIt taken account contact=Signal::stored(Some(id)) />
            <div class="page__do">
                <Button label=words::ADD_NOTE weight=Weight::Main icon=Icon::Note on_press=add_note />
                <a href=new("events") class="button">
                    <Drawing icon=Icon::Calendar />
                    {words::NEW_EVENT}
                </a>
                <a href=new("referrals") class="button">
                    <Drawing icon=Icon::Referral />
                    {words::NEW_REFERRAL}
                </a>
                <Button label=words::EDIT icon=Icon::Pencil on_press=edit />
            </div>
            <History store about=Some(id) />
            <Places contact />
            <Coming store about=Some(id) />
            <Effort store about=Some(id) />
            <Facts groups />
            <details class="form__more">
                <summary class="form__more-head">{words::MORE_ACTIONS}</summary>
                <div class="page__do">
                    <Button label=words::DELETE icon=Icon::Trash on_press=delete />
                </div>
            </details>
        </div>
    }
}

#[component]
fn Places(contact: Memo<Option<Contact>>) -> impl IntoView {
    let places = Memo::new(move |_| contact.get().map(|contact| contact.places).unwrap_or_default());
    let line = |At { href, name, role }: At| {
        view! {
            <li>
                <a href=href class="card__line">
                    <Drawing icon=Icon::Accounts />
                    <span class="card__words card__person">
                        <span class="card__value" dir="auto">{name}</span>
                        <span class="card__name" dir="auto">{role}</span>
                    </span>
                    <Drawing icon=Icon::Forward />
                </a>
            </li>
        }
    };
    view! {
        <Show when=move || !places.with(Vec::is_empty)>
            <Card title=words::PLACES>
                <ul role="list" aria-label=words::PLACES class="people">
                    {move || places.get().into_iter().map(line).collect_view()}
                </ul>
            </Card>
        </Show>
    }
}
