//! The form of a referral: a new one in a few seconds, or changes to one.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::{Kind, RecordId};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::card::PageHead;
use crate::ui::form::Form;
use crate::ui::form_frame::FormFrame;
use crate::ui::open_form::OpenForm;
use crate::ui::record_field::record_field;
use crate::ui::record_page::{EditPage, EditWords};
use crate::ui::{address, home_of, intl, me, title, trail, words};

/// The page of a new referral.
#[component]
pub(crate) fn NewReferral(store: Store) -> impl IntoView {
    title(|| words::NEW_REFERRAL.to_owned());
    let query = use_query_map();
    let given = |name| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let (account, contact) = (given("account"), given("contact"));
    let account = if account.is_empty() { account_of(store, &contact) } else { account };
    let form = Form::create(Kind::Referral, &record_fields())
        .with("account", &account)
        .with("contact", &contact)
        .with("referred", &intl::today().to_string())
        .with("owner", &untrack(|| me(store)));
    let open = OpenForm::new(store, format!("referral:new:{account}"), form);
    let record = |kind, id: &str| id.parse().ok().map(|id| address(kind, RecordId(id)));
    let back = record(Kind::Contact, &contact).or_else(|| record(Kind::Account, &account));
    let back = back.unwrap_or_else(|| "/referrals".to_owned());
    let (account, contact) = (open.text("account"), open.text("contact"));
    // Whoever names the person need not name the place.
    Effect::new(move |_| {
        let of_contact = account_of(store, &contact.get());
        if !of_contact.is_empty() && account.with_untracked(String::is_empty) {
            open.put("account", of_contact);
        }
    });
    let navigate = use_navigate();
    let on_save = move || {
        let account = account.with_untracked(|id| id.parse().ok().map(RecordId));
        let Some(territory) = home_of(store, account) else { return };
        let draft = |set, key| Draft::of_form(DraftEdit::create(Kind::Referral, territory, set), key);
        let navigate = navigate.clone();
        open.save(draft, move |id| trail::leave_for(&address(Kind::Referral, id), &navigate), || ());
    };
    let has_home = Memo::new(move |_| {
        store.status().with(|status| status.own.is_some() || !status.territories.is_empty())
    });
    view! {
        <div class="page">
            <PageHead title=words::NEW_REFERRAL back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                <Show when=move || !has_home.get()>
                    <p class="form__hint">{words::NO_TERRITORY}</p>
                </Show>
                <Fields open is_new=true />
            </FormFrame>
        </div>
    }
}

/// The account of a contact, as a field keeps it.
fn account_of(store: Store, contact: &str) -> String {
    let find = |id| untrack(|| store.with_view(|view| view.account_of(view.record(id)?)));
    let account = contact.parse().ok().map(RecordId).and_then(find);
    account.map(|id| id.0.to_string()).unwrap_or_default()
}

/// The page of changes to a referral.
#[component]
pub(crate) fn EditReferral(store: Store, id: RecordId) -> impl IntoView {
    let words =
        EditWords { heading: words::EDIT_REFERRAL, gone: (words::REFERRAL_GONE, words::REFERRAL_GONE_TEXT) };
    let fields = |open| view! { <Fields open is_new=false /> }.into_any();
    view! { <EditPage store id kind=Kind::Referral key="referral" words names=record_fields() fields /> }
}

/// What the moment needs first; of one that is there already, how it stands.
#[component]
fn Fields(open: OpenForm, is_new: bool) -> impl IntoView {
    let field = move |name| record_field(open, Kind::Referral, name);
    let stands = move || {
        view! {
            <div class="form__row">{field("stage")} {field("decision")}</div>
            {field("reason")}
            <div class="form__row">{field("decided")} {field("soc")} {field("discharge")}</div>
        }
    };
    let rest = move || REST.iter().map(|name| field(name)).collect_view();
    view! {
        {field("account")}
        {field("patient")}
        <p class="form__hint">{words::PATIENT_HINT}</p>
        {field("line")}
        <div class="form__row">{field("referred")} {field("room")}</div>
        {(!is_new).then(stands)}
        <details class="form__more">
            <summary class="form__more-head">{words::MORE_FIELDS}</summary>
            <div class="form__fields">{rest} {is_new.then(stands)}</div>
        </details>
    }
}

/// What the form can change.
fn record_fields() -> Vec<&'static str> {
    let rows = [
        "account",
        "patient",
        "line",
        "referred",
        "room",
        "stage",
        "decision",
        "reason",
        "decided",
        "soc",
        "discharge",
    ];
    [&rows, REST].concat()
}

const REST: &[&str] = &["token", "contact", "physician", "payer", "diagnosis", "owner", "about"];
