//! The form of a contact: a new one, or changes to one.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::schema::AT;
use protocol::{Kind, RecordId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::button::Button;
use crate::ui::components::card::PageHead;
use crate::ui::components::field::Entry;
use crate::ui::components::icon::Icon;
use crate::ui::components::pick::PickField;
use crate::ui::form::Form;
use crate::ui::form_frame::FormFrame;
use crate::ui::open_form::OpenForm;
use crate::ui::record_field::{self, record_field};
use crate::ui::record_page::{EditPage, EditWords};
use crate::ui::twins::Twins;
use crate::ui::{address, home_of, me, title, trail, words};

/// The page of a new contact.
#[component]
pub(crate) fn NewContact(store: Store) -> impl IntoView {
    title(|| words::NEW_CONTACT.to_owned());
    let account = use_query_map().with_untracked(|query| query.get("account")).unwrap_or_default();
    let form = Form::create(Kind::Contact, &record_fields())
        .with("account", &account)
        .with("owner", &untrack(|| me(store)));
    let open = OpenForm::new(store, "contact:new".to_owned(), form);
    let given = account.parse().ok().map(RecordId);
    let back = given.map_or_else(|| "/contacts".to_owned(), |id| address(Kind::Account, id));
    let chosen = open.text("account");
    let navigate = use_navigate();
    let on_save = move || {
        let Some(territory) = home_of(store, chosen.with_untracked(|id| id.parse().ok().map(RecordId)))
        else {
            return;
        };
        let draft = |set, key| Draft::of_form(DraftEdit::create(Kind::Contact, territory, set), key);
        let navigate = navigate.clone();
        open.save(draft, move |id| trail::leave_for(&address(Kind::Contact, id), &navigate), || ());
    };
    let has_home = Memo::new(move |_| {
        store.status().with(|status| status.own.is_some() || !status.territories.is_empty())
    });
    view! {
        <div class="page">
            <PageHead title=words::NEW_CONTACT back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                <Show when=move || !has_home.get()>
                    <p class="form__hint">{words::NO_TERRITORY}</p>
                </Show>
                <Fields open is_new=true />
            </FormFrame>
        </div>
    }
}

/// The page of changes to a contact.
#[component]
pub(crate) fn EditContact(store: Store, id: RecordId) -> impl IntoView {
    let words =
        EditWords { heading: words::EDIT_CONTACT, gone: (words::CONTACT_GONE, words::CONTACT_GONE_TEXT) };
    let fields = |open| view! { <Fields open is_new=false /> }.into_any();
    view! { <EditPage store id kind=Kind::Contact key="contact" words names=record_fields() fields /> }
}

#[component]
fn Fields(open: OpenForm, is_new: bool) -> impl IntoView {
    let field = move |name| record_field(open, Kind::Contact, name);
    let all = move |names: &'static [&'static str]| names.iter().map(|name| field(name)).collect_view();
    view! {
        {all(FIRST)}
        {is_new.then(|| view! { <Twins open kind=Kind::Contact /> })}
        <div class="form__row">{field("phone")} {field("mobile")}</div>
        {field("email")}
        <CopyFromAccount open />
        {field("do_not_contact")}
        <FurtherPlaces open />
        <details class="form__more">
            <summary class="form__more-head">{words::MORE_FIELDS}</summary>
            <div class="form__fields">
                {all(REST)} <div class="form__row">{field("city")} {field("state")}</div>
                <div class="form__row">{field("zip")} {field("birthday")}</div>
                <div class="form__row">{field("rating")} {field("frequency")}</div> {all(LAST)}
            </div>
        </details>
    }
}

/// Fills in what the account has and the contact may share.
#[component]
fn CopyFromAccount(open: OpenForm) -> impl IntoView {
    let chosen = open.text("account");
    let account = Memo::new(move |_| {
        let id = RecordId(chosen.with(|id| id.parse().ok())?);
        open.store().with_view(|view| {
            let account = view.record(view.survivor(id))?;
            let text = |name: &&'static str| Some((*name, account.fields.text(name)?.to_owned()));
            Some(SHARED.iter().filter_map(text).collect::<Vec<_>>()).filter(|shared| !shared.is_empty())
        })
    });
    let copy = move || {
        let shared = account.get_untracked().unwrap_or_default();
        shared.into_iter().for_each(|(name, text)| open.put(name, text));
        open.keep();
    };
    view! {
        <Show when=move || account.with(Option::is_some)>
            <Button label=words::COPY_FROM_ACCOUNT icon=Icon::Copy on_press=copy />
        </Show>
    }
}

/// The further accounts at which the contact is seen, each with the role there.
#[component]
fn FurtherPlaces(open: OpenForm) -> impl IntoView {
    let chosen = open.chosen(AT);
    let names = Memo::new(move |_| chosen.get().into_iter().map(|(name, _)| name).collect::<Vec<_>>());
    let store = open.store();
    let named = move |field: &str| {
        let id = field.strip_prefix(AT).and_then(|id| id.parse().ok()).map(RecordId);
        let found = id.and_then(|id| {
            store.with_view(|view| view.record(view.survivor(id)).map(|account| crate::ui::name(account)))
        });
        found.unwrap_or_else(|| words::ACCOUNT_NOT_HERE.to_owned())
    };
    let place = move |field: String| {
        let (typed, gone, read) = (field.clone(), field.clone(), field.clone());
        let role = move || {
            let text = chosen.get().into_iter().find(|(name, _)| *name == read).map(|(_, text)| text);
            text.filter(|text| text != HERE).unwrap_or_default()
        };
        let id = format!("role-{}", field.trim_start_matches(AT));
        view! {
            <li class="further__place">
                <span class="further__name" dir="auto">{named(&field)}</span>
                <div class="field">
                    <label class="field__label" for=id.clone()>{words::ROLE}</label>
                    <input
                        class="field__input"
                        id=id
                        type="text"
                        autocomplete="off"
                        dir="auto"
                        prop:value=role
                        on:input:target=move |event| {
                            let text = event.target().value();
                            open.put(&typed, if text.trim().is_empty() { HERE.to_owned() } else { text });
                        }
                        on:blur=move |_| open.keep()
                    />
                </div>
                <Button label=words::REMOVE on_press=move || open.put(&gone, String::new()) />
            </li>
        }
    };
    let add = move |id: String| {
        if !id.is_empty() {
            open.put(&format!("{AT}{id}"), HERE.to_owned());
        }
    };
    let entry = Entry {
        name: "further",
        label: words::ADD_PLACE,
        text: Signal::stored(String::new()),
        wrong: Signal::stored(None),
        on_typed: Callback::new(add),
        on_left: Callback::new(move |()| open.keep()),
    };
    let offers = record_field::offers(store, Kind::Account);
    view! {
        <fieldset class="further">
            <legend class="field__label">{words::FURTHER_PLACES}</legend>
            <ul role="list" class="further__places">
                <For each=move || names.get() key=Clone::clone let:field>
                    {place(field)}
                </For>
            </ul>
            <PickField entry chosen=Signal::stored(None::<String>) offers words=record_field::PICK_WORDS />
        </fieldset>
    }
}

/// What the form can change.
fn record_fields() -> Vec<&'static str> {
    let rows = [
        "phone",
        "mobile",
        "email",
        "do_not_contact",
        "city",
        "state",
        "zip",
        "birthday",
        "rating",
        "frequency",
    ];
    [FIRST, &rows, REST, LAST].concat()
}

const FIRST: &[&str] = &["name", "account", "type", "title"];
const REST: &[&str] = &["matters", "channel", "best_time", "address"];
const LAST: &[&str] = &["targeted", "credentials", "specialty", "npi", "fax", "owner", "tags", "about"];

/// What a contact may share with the account.
const SHARED: &[&str] = &["phone", "address", "city", "state", "zip"];

/// Seen there, and no more is said.
const HERE: &str = "yes";
