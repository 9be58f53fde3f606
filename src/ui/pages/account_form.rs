//! The form of an account: a new one, or changes to one.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{Kind, RecordId, TerritoryId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::card::PageHead;
use crate::ui::components::field::ChoiceField;
use crate::ui::form::Form;
use crate::ui::form_frame::{FormFrame, entry};
use crate::ui::open_form::OpenForm;
use crate::ui::record_field::record_field;
use crate::ui::record_page::{EditPage, EditWords};
use crate::ui::twins::Twins;
use crate::ui::{me, title, trail, words};

/// The page of a new account.
#[component]
pub(crate) fn NewAccount(store: Store) -> impl IntoView {
    title(|| words::NEW_ACCOUNT.to_owned());
    let form = Form::create(Kind::Account, NAMES).with("owner", &untrack(|| me(store)));
    let open = OpenForm::new(store, "account:new".to_owned(), form);
    let territories = Memo::new(move |_| store.status().with(|status| status.territories.clone()));
    let chosen = open.text(TERRITORY);
    let territory = move || {
        let chosen = chosen.get_untracked();
        let territories = territories.get_untracked();
        let known = territories.iter().find(|(id, _)| id.as_str() == chosen);
        known.or_else(|| territories.first()).map(|(id, _)| id.clone())
    };
    let has_territory = Memo::new(move |_| territories.with(|territories| !territories.is_empty()));
    let choices = Signal::derive(move || {
        let choice = |(id, name): (TerritoryId, String)| (id.as_str().to_owned(), name);
        territories.get().into_iter().map(choice).collect::<Vec<_>>()
    });
    let navigate = use_navigate();
    let on_save = move || {
        let Some(territory) = territory() else { return };
        let draft = |set, key| Draft::of_form(DraftEdit::create(Kind::Account, territory, set), key);
        let navigate = navigate.clone();
        open.save(draft, move |id| trail::leave_for(&format!("/accounts/{}", id.0), &navigate), || ());
    };
    view! {
        <div class="page">
            <PageHead title=words::NEW_ACCOUNT back=("/accounts".to_owned(), words::ACCOUNTS) />
            <FormFrame open leave="/accounts".to_owned() on_save>
                <Show when=move || !has_territory.get()>
                    <p class="form__hint">{words::NO_TERRITORY}</p>
                </Show>
                <Fields open is_new=true />
                <Show when=move || { territories.with(Vec::len) > 1 }>
                    <ChoiceField entry=entry(open, TERRITORY, words::TERRITORY) choices />
                </Show>
            </FormFrame>
        </div>
    }
}

/// The page of changes to an account.
#[component]
pub(crate) fn EditAccount(store: Store, id: RecordId) -> impl IntoView {
    let words =
        EditWords { heading: words::EDIT_ACCOUNT, gone: (words::ACCOUNT_GONE, words::ACCOUNT_GONE_TEXT) };
    let fields = |open| view! { <Fields open is_new=false /> }.into_any();
    view! { <EditPage store id kind=Kind::Account key="account" words names=NAMES.to_vec() fields /> }
}

#[component]
fn Fields(open: OpenForm, is_new: bool) -> impl IntoView {
    let field = move |name| record_field(open, Kind::Account, name);
    let more = move |name: &&'static str| field(name);
    view! {
        {FIRST.iter().map(more).collect_view()}
        {is_new.then(|| view! { <Twins open kind=Kind::Account /> })}
        <div class="form__row">{field("city")} {field("state")}</div>
        <div class="form__row">{field("zip")} {field("county")}</div>
        <div class="form__row">{field("rating")} {field("frequency")}</div>
        {field("owner")}
        <details class="form__more">
            <summary class="form__more-head">{words::MORE_FIELDS}</summary>
            <div class="form__fields">{REST.iter().map(more).collect_view()}</div>
        </details>
    }
}

const FIRST: &[&str] = &["name", "type", "phone", "address"];
const REST: &[&str] = &[
    "targeted",
    "specialty",
    "administrator",
    "email",
    "fax",
    "web",
    "hours",
    "best_time",
    "npi",
    "lat",
    "lon",
    "tags",
    "about",
];

/// What the form can change.
const NAMES: &[&str] = &[
    "name",
    "type",
    "phone",
    "address",
    "city",
    "state",
    "zip",
    "county",
    "rating",
    "frequency",
    "targeted",
    "owner",
    "specialty",
    "administrator",
    "email",
    "fax",
    "web",
    "hours",
    "best_time",
    "npi",
    "lat",
    "lon",
    "tags",
    "about",
];

/// Kept with the form's text, and no field of the record.
const TERRITORY: &str = "territory";
