//! The form of an account: a new one, or changes to one.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::{Kind, Op, RecordId, TerritoryId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::card::{Empty, PageHead};
use crate::ui::components::field::ChoiceField;
use crate::ui::form::Form;
use crate::ui::form_frame::{FormFrame, entry};
use crate::ui::open_form::OpenForm;
use crate::ui::record_field::record_field;
use crate::ui::twins::Twins;
use crate::ui::{title, trail, words};

/// The page of a new account.
#[component]
pub(crate) fn NewAccount(store: Store) -> impl IntoView {
    title(|| words::NEW_ACCOUNT.to_owned());
    let open = OpenForm::new(store, "account:new".to_owned(), Form::create(Kind::Account, NAMES));
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
    title(|| words::EDIT_ACCOUNT.to_owned());
    // Read once: what the rep sees in the form does not change under the thumb.
    let Some(record) = untrack(|| store.with_view(|view| view.record(id).cloned())) else {
        return view! { <Empty title=words::ACCOUNT_GONE text=words::ACCOUNT_GONE_TEXT /> }.into_any();
    };
    let back = format!("/accounts/{}", id.0);
    let open = OpenForm::new(store, format!("account:{}", id.0), Form::patch(&record, NAMES));
    let navigate = use_navigate();
    let address = back.clone();
    let on_save = move || {
        let draft = |set, key| Draft::of_form(DraftEdit::to(id, Kind::Account, Op::Patch, set), key);
        let (navigate, address) = (navigate.clone(), address.clone());
        let leave = move || trail::leave_for(&address, &navigate);
        let unchanged = leave.clone();
        open.save(draft, move |_| leave(), unchanged);
    };
    view! {
        <div class="page">
            <PageHead title=words::EDIT_ACCOUNT back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                <Fields open is_new=false />
            </FormFrame>
        </div>
    }
    .into_any()
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
