//! Two accounts that are one place: which other one, which of them stays, and what of both is right. One save does it.

use std::rc::Rc;

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::schema::{self, Shape};
use protocol::{Fields, Kind, Op, Record, RecordId};
use view::View;
use view::pairs::{self, Pair};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::button::{Button, Weight};
use crate::ui::components::card::{Card, Empty, Leads, PageHead};
use crate::ui::components::field::Entry;
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::components::pick::PickField;
use crate::ui::form::Touched;
use crate::ui::twins::{self, Twin};
use crate::ui::{address, line, name, record_field, title, trail, undo, words};

/// The page. Until another account is chosen it asks for that.
#[component]
pub(crate) fn Merge(store: Store, id: RecordId) -> impl IntoView {
    let other = use_query_map().with_untracked(|query| query.get("with"));
    let other = RwSignal::new(other.and_then(|id| id.parse().ok()).map(RecordId));
    // Read once: what is compared does not change under the thumb.
    let read =
        move |id: RecordId| untrack(|| store.with_view(|view| view.record(view.survivor(id)).cloned()));
    let Some(record) = read(id).filter(|record| record.kind == Kind::Account) else {
        return view! { <Empty title=words::ACCOUNT_GONE text=words::ACCOUNT_GONE_TEXT /> }.into_any();
    };
    let heading = words::merge_title(&name(&record));
    let told = heading.clone();
    title(move || told.clone());
    let back = address(Kind::Account, record.id);
    let record = StoredValue::new_local(record);
    let body = move || {
        let record = record.get_value();
        match other.get().and_then(read).filter(|other| other.id != record.id && other.kind == Kind::Account)
        {
            Some(with) => view! { <Compare store pair=[record, with] other /> }.into_any(),
            None => view! { <Other store record other /> }.into_any(),
        }
    };
    view! {
        <div class="page">
            <PageHead title=heading back=(back, words::BACK) />
            {body}
        </div>
    }
    .into_any()
}

/// Which other one: the likely ones first, then any.
#[component]
fn Other(store: Store, record: Rc<Record>, other: RwSignal<Option<RecordId>>) -> impl IntoView {
    let likely = untrack(|| twins::twins(store, Kind::Account, &record.fields, Some(record.id)));
    let is_unlikely = likely.is_empty();
    let offer = move |twin: Twin| {
        let id = twin.id;
        view! {
            <li>
                <button type="button" class="card__line" on:click=move |_| other.set(Some(id))>
                    <Drawing icon=Icon::Accounts />
                    <span class="card__words card__person">
                        <span class="card__value" dir="auto">{twin.name}</span>
                        <span class="card__name" dir="auto">{twin.why}</span>
                    </span>
                    <Drawing icon=Icon::Forward />
                </button>
            </li>
        }
    };
    let entry = Entry {
        name: "other",
        label: words::ANOTHER_ACCOUNT,
        text: Signal::stored(String::new()),
        wrong: Signal::stored(None),
        on_typed: Callback::new(move |id: String| other.set(id.parse().ok().map(RecordId))),
        on_left: Callback::new(|()| ()),
    };
    let (all, own) = (record_field::offers(store, Kind::Account), record.id.0.to_string());
    let offers = Callback::new(move |query: String| {
        let mut offers = all.run(query);
        offers.retain(|offer| offer.value != own);
        offers
    });
    view! {
        <div class="page__body">
            <p class="card__hint">{words::MERGE_TEXT}</p>
            <Card title=words::LIKELY>
                {is_unlikely.then(|| view! { <p class="card__nothing">{words::NONE_LIKELY}</p> })}
                <ul role="list" class="people">{likely.into_iter().map(offer).collect_view()}</ul>
            </Card>
            <PickField entry chosen=Signal::stored(None::<String>) offers words=record_field::PICK_WORDS />
            <OtherPairs store but=record.id />
        </div>
    }
}

/// Pairs that this page is not about.
#[component]
fn OtherPairs(store: Store, but: RecordId) -> impl IntoView {
    let line = move |view: &View, pair: Pair| {
        let named = |id| view.record(id).map(|record| name(record));
        let text = words::pair(&named(pair.first)?, &named(pair.second)?);
        let reasons = pair.reasons.iter().map(|reason| words::reason_alike(*reason).to_owned());
        let text = words::dotted([text].into_iter().chain(reasons).map(Some));
        Some((format!("/accounts/{}/merge?with={}", pair.first.0, pair.second.0), text))
    };
    let found: Vec<(String, String)> = untrack(|| {
        store.with_view(|view| {
            let others = pairs::pairs(view, Kind::Account).into_iter();
            let others = others.filter(|pair| pair.first != but && pair.second != but);
            others.take(PAIRS_MAX).filter_map(|pair| line(view, pair)).collect()
        })
    });
    let lead = |(href, text)| view! { <Leads href icon=Icon::Merge text=Signal::stored(text) /> };
    (!found.is_empty()).then(|| {
        view! { <Card title=words::OTHER_PAIRS>{found.into_iter().map(lead).collect_view()}</Card> }
    })
}

/// Side by side, with a choice where they contradict each other. What only one of them says stays.
#[component]
fn Compare(store: Store, pair: [Rc<Record>; 2], other: RwSignal<Option<RecordId>>) -> impl IntoView {
    let differences = differences(&pair[0].fields, &pair[1].fields);
    let stays = RwSignal::new(untrack(|| store.with_view(|view| likely_to_stay(view, &pair))));
    // Which of the two is right, for each difference; at first the one that says anything, or the one that stays.
    let first = |difference: &Difference| match &difference.texts {
        [Some(_), None] => Some(0),
        [None, Some(_)] => Some(1),
        _ => None,
    };
    let chosen: Vec<RwSignal<Option<usize>>> =
        differences.iter().map(|difference| RwSignal::new(first(difference))).collect();
    let navigate = use_navigate();
    let save = {
        let (pair, chosen, differences) = (pair.clone(), chosen.clone(), differences.clone());
        move || {
            let stays = stays.get_untracked();
            let right = chosen.iter().map(|chosen| chosen.get_untracked().unwrap_or(stays));
            let taken: Vec<&str> = differences
                .iter()
                .zip(right)
                .filter(|(_, right)| *right != stays)
                .flat_map(|(difference, _)| difference.names.iter().map(String::as_str))
                .collect();
            let (survivor, loser) = (&pair[stays], &pair[1 - stays]);
            let (there, back) = drafts(survivor, loser, &taken);
            let text = words::merged(&name(loser), &name(survivor));
            let (navigate, to) = (navigate.clone(), address(Kind::Account, survivor.id));
            undo::press(store, there, text, back, move || trail::leave_for(&to, &navigate));
        }
    };
    let names = [name(&pair[0]), name(&pair[1])];
    let lines = untrack(|| store.with_view(|view| [0, 1].map(|at| line(view, &pair[at]))));
    let which = [0, 1].map(|at| {
        view! {
            <label class="merge__side">
                <input
                    type="radio"
                    name="stays"
                    class="tick__box"
                    prop:checked=move || stays.get() == at
                    on:change=move |_| stays.set(at)
                />
                <span class="card__person">
                    <span class="card__value" dir="auto">{names[at].clone()}</span>
                    <span class="card__name" dir="auto">{lines[at].clone()}</span>
                </span>
            </label>
        }
    });
    let asked = differences.into_iter().zip(chosen).filter(|(difference, _)| difference.is_asked());
    let asked: Vec<_> = asked.collect();
    let nothing_asked = asked.is_empty();
    let rows = asked.into_iter().map(move |(difference, chosen)| {
        view! { <Row difference chosen stays /> }
    });
    view! {
        <div class="page__body">
            <Card>
                <fieldset class="merge">
                    <legend class="merge__title">{words::WHICH_STAYS}</legend>
                    <p class="card__hint">{words::STAYS_TEXT}</p>
                    <div class="merge__sides">{which.into_iter().collect_view()}</div>
                </fieldset>
            </Card>
            <Card title=words::WHICH_VALUES>
                {nothing_asked.then(|| view! { <p class="card__nothing">{words::NO_DIFFERENCE}</p> })}
                {rows.collect_view()}
            </Card>
            <div class="page__do">
                <Button label=words::MERGE weight=Weight::Main icon=Icon::Merge on_press=save />
                <Button label=words::CHOOSE_AGAIN on_press=move || other.set(None) />
            </div>
        </div>
    }
}

#[component]
fn Row(difference: Difference, chosen: RwSignal<Option<usize>>, stays: RwSignal<usize>) -> impl IntoView {
    let Difference { label, names, texts } = difference;
    let group = format!("right-{}", names[0]);
    let side = move |(at, text): (usize, String)| {
        view! {
            <label class="merge__side">
                <input
                    type="radio"
                    name=group.clone()
                    class="tick__box"
                    prop:checked=move || chosen.get().unwrap_or_else(|| stays.get()) == at
                    on:change=move |_| chosen.set(Some(at))
                />
                <span class="merge__text" dir="auto">{text}</span>
            </label>
        }
    };
    view! {
        <fieldset class="merge">
            <legend class="field__label">{label}</legend>
            <div class="merge__sides">{texts.into_iter().flatten().enumerate().map(side).collect_view()}</div>
        </fieldset>
    }
}

/// Fields about which the two do not agree. What says where a place is goes together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Difference {
    label: String,
    names: Vec<String>,
    texts: [Option<String>; 2],
}

impl Difference {
    /// Whether both say something.
    fn is_asked(&self) -> bool {
        self.texts.iter().all(Option::is_some)
    }
}

fn differences(a: &Fields, b: &Fields) -> Vec<Difference> {
    let known = schema::fields(Kind::Account).iter();
    let known = known.filter(|field| !matches!(field.shape, Shape::Link(_))).map(|field| field.name);
    let later = a.iter().chain(b.iter()).map(|(name, _)| name);
    let later = later.filter(|name| schema::field(Kind::Account, name).is_none());
    let mut groups: Vec<Vec<String>> = Vec::new();
    for name in known.chain(later).map(str::to_owned) {
        let is_place = WHERE.contains(&name.as_str());
        if is_place && name != WHERE[0] || groups.iter().any(|group| group.contains(&name)) {
            continue;
        }
        groups.push(if is_place { WHERE.map(str::to_owned).to_vec() } else { vec![name] });
    }
    let differs = |names: &Vec<String>| names.iter().any(|name| a.text(name) != b.text(name));
    let difference = |names: Vec<String>| Difference {
        label: words::field(&names[0]),
        texts: [a, b].map(|fields| said(fields, &names)),
        names,
    };
    groups.into_iter().filter(differs).map(difference).collect()
}

fn said(fields: &Fields, names: &[String]) -> Option<String> {
    let text = |name: &String| {
        let shape = schema::field(Kind::Account, name).map(|field| field.shape);
        let is_phone = shape == Some(Shape::Phone);
        fields
            .text(name)
            .map(|text| if is_phone { words::phone_number(text) } else { words::value(name, text) })
    };
    let said = names.iter().filter_map(text).collect::<Vec<_>>().join(", ");
    (!said.is_empty()).then_some(said)
}

/// The one with the longer history; of two alike the one made first.
fn likely_to_stay(view: &View, pair: &[Rc<Record>; 2]) -> usize {
    let said = |record: &Record| {
        let about = ABOUT.iter().map(|kind| view.about(record.id, *kind).len()).sum::<usize>();
        (about, record.fields.iter().count(), std::cmp::Reverse(record.id))
    };
    usize::from(said(&pair[1]) > said(&pair[0]))
}

/// The save that merges, the survivor taking these fields of the other; and the one that takes it back.
fn drafts(survivor: &Record, loser: &Record, taken: &[&str]) -> (Draft, Draft) {
    let text = |record: &Record, name: &str| record.fields.text(name).map(str::to_owned);
    let of = |record: &Record| -> Touched {
        let differs = taken.iter().filter(|name| text(survivor, name) != text(loser, name));
        differs.map(|name| ((*name).to_owned(), text(record, name))).collect()
    };
    let draft = |into: Option<String>, set: Touched| {
        let into = [("merged_into".to_owned(), into)].into();
        let mut edits = vec![DraftEdit::to(loser.id, Kind::Account, Op::Patch, into)];
        if !set.is_empty() {
            edits.push(DraftEdit::to(survivor.id, Kind::Account, Op::Patch, set));
        }
        Draft::of_press(edits)
    };
    (draft(Some(survivor.id.0.to_string()), of(loser)), draft(None, of(survivor)))
}

const WHERE: [&str; 7] = ["address", "city", "state", "zip", "county", "lat", "lon"];
const ABOUT: [Kind; 4] = [Kind::Note, Kind::Event, Kind::Referral, Kind::Contact];
const PAIRS_MAX: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::TerritoryId;

    fn account(n: u128, fields: &[(&str, &str)]) -> Record {
        Record {
            id: RecordId(uuid::Uuid::from_u128(n)),
            kind: Kind::Account,
            territory: TerritoryId::new("north"),
            version: 1,
            deleted: false,
            by: String::new(),
            at: 0,
            fields: fields.iter().copied().collect(),
        }
    }

    #[test]
    fn what_differs_is_asked_and_what_says_where_it_is_goes_together() {
        let one = account(1, &[("name", "Mercy"), ("city", "Reno"), ("phone", "1"), ("later", "x")]);
        let other =
            account(2, &[("name", "Mercy"), ("address", "1 Elm St"), ("city", "Reno"), ("later", "y")]);
        let found = differences(&one.fields, &other.fields);
        let told: Vec<_> = found.iter().map(|it| (&*it.label, it.texts.clone())).collect();
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                ("Phone", [said("1"), None]),
                ("Address", [said("Reno"), said("1 Elm St, Reno")]),
                ("Later", [said("x"), said("y")]),
            ]
        );
        assert_eq!(found.iter().map(Difference::is_asked).collect::<Vec<_>>(), [false, true, true]);
        assert!(differences(&one.fields, &one.fields).is_empty());
    }

    #[test]
    fn one_save_merges_and_one_takes_it_back() {
        let survivor = account(1, &[("name", "Mercy"), ("phone", "1")]);
        let loser = account(2, &[("name", "Mercy Hospital"), ("fax", "2")]);
        let (there, back) = drafts(&survivor, &loser, &["name", "fax"]);
        let sets = |draft: &Draft| draft.edits.iter().map(|edit| edit.set.clone()).collect::<Vec<_>>();
        let some = |text: &str| Some(text.to_owned());
        let into = some(&survivor.id.0.to_string());
        assert_eq!(
            sets(&there),
            [
                [("merged_into".to_owned(), into)].into(),
                [("name".to_owned(), some("Mercy Hospital")), ("fax".to_owned(), some("2"))].into(),
            ]
        );
        assert_eq!(
            sets(&back),
            [
                [("merged_into".to_owned(), None)].into(),
                [("name".to_owned(), some("Mercy")), ("fax".to_owned(), None)].into(),
            ]
        );
        assert_eq!(drafts(&survivor, &loser, &[]).0.edits.len(), 1);
    }
}
