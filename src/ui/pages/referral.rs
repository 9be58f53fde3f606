//! One referral: how it stands, what happened with it, and what is known.

use engine::Place;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use protocol::schema::day;
use protocol::{Kind, RecordId};
use view::View;

use crate::store::Store;
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::Empty;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::facts::{self, Facts, Group};
use crate::ui::history::{Coming, History, NeedsYou};
use crate::ui::move_referral::{MoveDialog, Moving, stage_of};
use crate::ui::pages::account::state;
use crate::ui::record_page::RecordPage;
use crate::ui::{intl, trail, undo, words};

/// What the page shows of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Referral {
    name: String,
    place: Place,
    stands: String,
    account: Option<RecordId>,
    groups: Vec<Group>,
}

impl Referral {
    fn read(view: &View, id: RecordId) -> Option<Self> {
        let record = view.record(id).filter(|record| record.kind == Kind::Referral)?;
        let value = |name: &str| record.fields.text(name).map(|text| words::value(name, text));
        let stage = stage_of(record);
        let referred = record.fields.text("referred").and_then(day);
        let days = referred.map(|day| (intl::today() - day).get_days().max(0));
        let waited = days.filter(|_| !view::pipeline::is_closed(stage)).map(words::waited);
        let reason = value("reason").filter(|_| stage == "nonadmit");
        Some(Self {
            name: crate::ui::name(record),
            place: view.place(id),
            stands: words::dotted([Some(words::value("stage", stage)), reason, waited, value("decision")]),
            account: view.account_of(record).filter(|id| view.record(*id).is_some()),
            groups: facts::groups(view, record),
        })
    }
}

/// The page.
#[component]
pub(crate) fn ReferralPage(store: Store, id: RecordId) -> impl IntoView {
    let referral = Memo::new(move |_| store.with_view(|view| Referral::read(view, id)));
    let name = Memo::new(move |_| referral.get().map(|referral| referral.name));
    let here = move || view! { <Here store id referral /> }.into_any();
    let absent = move || {
        view! {
            <div class="page__body">
                <Empty icon=Icon::Referral text=words::REFERRAL_GONE_TEXT />
                <History store about=Some(id) />
            </div>
        }
        .into_any()
    };
    let back = ("/referrals".to_owned(), words::REFERRALS);
    view! { <RecordPage id=Some(id) name gone=words::REFERRAL_GONE back here absent /> }
}

#[component]
fn Here(store: Store, id: RecordId, referral: Memo<Option<Referral>>) -> impl IntoView {
    let place = Memo::new(move |_| referral.with(|referral| referral.as_ref().map(|it| it.place)));
    let stands = move || referral.get().map(|referral| referral.stands);
    let account = Memo::new(move |_| referral.with(|referral| referral.as_ref().and_then(|it| it.account)));
    let groups = Signal::derive(move || referral.get().map(|referral| referral.groups).unwrap_or_default());
    let moving = Moving::new(store);
    let new = move |room: &'static str| {
        move || {
            let account = account.get().map(|account| format!("account={}&", account.0)).unwrap_or_default();
            format!("/{room}/new?{account}referral={}", id.0)
        }
    };
    let navigate = use_navigate();
    let edit = {
        let navigate = navigate.clone();
        move || navigate(&format!("/referrals/{}/edit", id.0), trail::onward())
    };
    let delete = move || {
        let record = untrack(|| store.with_view(|view| view.record(id).cloned()));
        let navigate = navigate.clone();
        if let Some(record) = record {
            undo::delete(store, &record, move || trail::leave_for("/referrals", &navigate));
        }
    };
    view! {
        <div class="page__body">
            <div class="page__state">
                {move || place.get().map(state)} <span class="card__value" dir="auto">{stands}</span>
            </div>
            <Show when=move || place.get() == Some(Place::NeedsYou)>
                <NeedsYou />
            </Show>
            <div class="page__do">
                <Button
                    label=words::MOVE_TO
                    weight=Weight::Main
                    icon=Icon::Forward
                    on_press=move || moving.ask(id)
                />
                <a href=new("notes") class="button">
                    <Drawing icon=Icon::Note />
                    {words::ADD_NOTE}
                </a>
                <Button label=words::EDIT icon=Icon::Pencil on_press=edit />
            </div>
            <Facts groups />
            <History store about=Some(id) />
            <Coming store about=Some(id) />
            <details class="form__more">
                <summary class="form__more-head">{words::MORE_ACTIONS}</summary>
                <div class="page__do">
                    <Button label=words::DELETE icon=Icon::Trash on_press=delete />
                </div>
            </details>
            <MoveDialog moving />
        </div>
    }
}
