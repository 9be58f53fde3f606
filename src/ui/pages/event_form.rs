//! The form of an event: a new one, or changes to one, to one day of a series, or to all of it.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::schema::{self, Date, WITH};
use protocol::{Kind, Op, Record, RecordId};
use view::View;
use view::agenda::{self, Occurrence};

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::button::Button;
use crate::ui::components::card::PageHead;
use crate::ui::components::field::{Entry, TickField};
use crate::ui::components::pick::PickField;
use crate::ui::components::when::WhenField;
use crate::ui::form::{Form, Touched};
use crate::ui::form_frame::{FormFrame, entry};
use crate::ui::left_over::LeftOver;
use crate::ui::open_form::OpenForm;
use crate::ui::record_field::{self, record_field};
use crate::ui::{address, home_of, intl, me, occasion, title, trail, words};

/// The page of a new event.
#[component]
pub(crate) fn NewEvent(store: Store) -> impl IntoView {
    title(|| words::NEW_EVENT.to_owned());
    let query = use_query_map();
    let given = move |name: &str| query.with_untracked(|query| query.get(name)).unwrap_or_default();
    let contact = given("contact");
    let of_contact = || {
        let id = contact.parse().ok().map(RecordId)?;
        untrack(|| store.with_view(|view| view.account_of(view.record(id)?))).map(|id| id.0.to_string())
    };
    let account = Some(given("account")).filter(|id| !id.is_empty()).or_else(of_contact).unwrap_or_default();
    let start = start(schema::day(&given("day")), &given("start"));
    let end = agenda::end_after("", "", &start).unwrap_or_default();
    let form = Form::create(Kind::Event, NAMES)
        .with("type", "Visit")
        .with("account", &account)
        .with("contact", &contact)
        .with("start", &start)
        .with("end", &end)
        .with("owner", &untrack(|| me(store)));
    let open = OpenForm::new(store, "event:new".to_owned(), form);
    let back = match account.parse().ok().map(RecordId) {
        Some(id) => address(Kind::Account, id),
        None => CALENDAR.to_owned(),
    };
    let navigate = use_navigate();
    let chosen = open.text("account");
    let on_save = move || {
        let account = chosen.with_untracked(|id| id.parse().ok().map(RecordId));
        let Some(territory) = home_of(store, account) else { return };
        name_it(open);
        let draft = |set, key| Draft::of_form(DraftEdit::create(Kind::Event, territory, set), key);
        let navigate = navigate.clone();
        open.save(draft, move |id| trail::leave_for(&address(Kind::Event, id), &navigate), || ());
    };
    let has_home = Memo::new(move |_| {
        store.status().with(|status| status.own.is_some() || !status.territories.is_empty())
    });
    view! {
        <div class="page">
            <PageHead title=Signal::stored(words::NEW_EVENT.to_owned()) back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                <Show when=move || !has_home.get()>
                    <p class="form__hint">{words::NO_TERRITORY}</p>
                </Show>
                <Fields open repeats=true />
            </FormFrame>
        </div>
    }
}

/// The page of changes to an event; with a day in the address, to that day of a series alone.
#[component]
pub(crate) fn EditEvent(store: Store, id: RecordId) -> impl IntoView {
    title(|| words::EDIT_EVENT.to_owned());
    let day = use_query_map().with_untracked(|query| query.get("day").and_then(|day| schema::day(&day)));
    // Read once: what the rep sees in the form does not change under the thumb.
    let read = untrack(|| {
        store.with_view(|view| {
            let record = view.record(id).filter(|record| record.kind == Kind::Event)?;
            let at = day.and_then(|day| view.occurrence(id, Some(day))).filter(|at| at.is_series);
            Some((Record::clone(record), at, at.is_none() && day.is_some() && view.is_series(id)))
        })
    });
    if let Some((.., true)) = read {
        let gone = (words::DAY_GONE, words::DAY_GONE_TEXT);
        return view! { <LeftOver store form=kept_under(id, day) gone /> }.into_any();
    }
    let Some((record, at, _)) = read else {
        let gone = (words::EVENT_GONE, words::EVENT_GONE_TEXT);
        return view! { <LeftOver store form=kept_under(id, day) gone /> }.into_any();
    };
    let back = at.map_or_else(|| address(Kind::Event, id), |at| occasion::address(&at));
    let (form, key) = match at {
        Some(at) => (Form::patch(&alone(record, &at), NAMES), kept_under(id, Some(at.day))),
        None => (Form::patch(&record, NAMES), kept_under(id, None)),
    };
    let open = OpenForm::new(store, key, form);
    let navigate = use_navigate();
    let to = back.clone();
    let on_save = move || {
        name_it(open);
        let draft = move |set: Touched, key| {
            let edits = untrack(|| store.with_view(|view| edits(view, id, at, set)));
            Draft { edits, settles: Vec::new(), key: Some(key) }
        };
        let (navigate, to) = (navigate.clone(), to.clone());
        let leave = move |to: &str| trail::leave_for(to, &navigate);
        let unchanged = {
            let (leave, to) = (leave.clone(), to.clone());
            move || leave(&to)
        };
        let saved =
            move |made: RecordId| if made == id { leave(&to) } else { leave(&address(Kind::Event, made)) };
        open.save(draft, saved, unchanged);
    };
    view! {
        <div class="page">
            <PageHead title=Signal::stored(words::EDIT_EVENT.to_owned()) back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                <Fields open repeats=at.is_none() />
            </FormFrame>
        </div>
    }
    .into_any()
}

/// What Save does to the event, or to the one day.
fn edits(view: &View, id: RecordId, at: Option<Occurrence>, mut set: Touched) -> Vec<DraftEdit> {
    if let Some(edits) = at.and_then(|at| occasion::one(view, at, set.clone())) {
        return edits;
    }
    let mut others = Vec::new();
    // A series that begins on another day takes what it leaves out and what stands in its days along. When it ends
    // stands in the form, and is what the rep left there.
    for (changed, fields) in begins(view, id, &set) {
        if changed == id {
            set.extend(fields);
        } else {
            others.push(DraftEdit::to(changed, Kind::Event, Op::Patch, fields));
        }
    }
    std::iter::once(DraftEdit::to(id, Kind::Event, Op::Patch, set)).chain(others).collect()
}

fn begins(view: &View, id: RecordId, set: &Touched) -> Vec<agenda::Change> {
    let start = set.get("start").and_then(Option::as_deref).unwrap_or_default();
    let is_same_rule = view.is_series(id) && !set.contains_key("repeat");
    agenda::day_of(start)
        .filter(|_| is_same_rule)
        .map(|day| agenda::series_begins(view, id, day))
        .unwrap_or_default()
}

/// The event as it would be if it happened on that day alone.
fn alone(mut record: Record, at: &Occurrence) -> Record {
    for name in ["repeat", "until"] {
        record.fields.set(name, None);
    }
    record.fields.set("start", Some(&at.start_text()));
    record.fields.set("end", at.end_text().as_deref());
    record
}

/// An event that nobody gave a name is known by what it is for, and by where it is.
fn name_it(open: OpenForm) {
    let text = |name| open.text(name).get_untracked();
    if !text("subject").trim().is_empty() {
        return;
    }
    let account = text("account").parse().ok().map(RecordId);
    let account = account.and_then(|id| {
        untrack(|| open.store().with_view(|view| view.record(id).map(|record| crate::ui::name(record))))
    });
    let name: Vec<String> = [Some(text("type")).filter(|kind| !kind.trim().is_empty()), account.clone()]
        .into_iter()
        .flatten()
        .collect();
    if account.is_some() {
        open.put("subject", name.join(": ").chars().take(NAME_CHARS_MAX).collect());
    }
}

/// When a new event begins: as its address says, or at the next full half hour.
fn start(day: Option<Date>, start: &str) -> String {
    if let Some(at) = schema::wall_time(start).map(|_| start.to_owned()) {
        return at;
    }
    let now = intl::clock().now;
    let day = day.unwrap_or_else(|| now.date());
    let time = schema::wall_time(&format!("{day}T{start}"));
    let next = if now.minute() < 30 { (now.hour(), 30) } else { ((now.hour() + 1).min(23), 0) };
    let (hour, minute) = match time {
        Some(time) => (time.hour(), time.minute()),
        None if day == now.date() => next,
        None => (MORNING, 0),
    };
    format!("{day}T{hour:02}:{minute:02}")
}

#[component]
fn Fields(
    open: OpenForm,
    /// Whether it may come again.
    repeats: bool,
) -> impl IntoView {
    let field = move |name| record_field(open, Kind::Event, name);
    let repeat = open.text("repeat");
    let comes_again = Memo::new(move |_| repeat.with(|repeat| !repeat.is_empty()));
    let again = repeats.then(|| {
        view! {
            <div class="form__row">
                {field("repeat")} <Show when=move || comes_again.get()>{field("until")}</Show>
            </div>
        }
    });
    view! {
        {field("type")}
        {field("subject")}
        {field("account")}
        {field("contact")}
        <When open />
        {again}
        <Others open />
        {field("purpose")}
        <details class="form__more">
            <summary class="form__more-head">{words::MORE_FIELDS}</summary>
            <div class="form__fields">{field("status")} {field("outcome")} {field("owner")}</div>
        </details>
    }
}

/// The start, the end that goes along with it, and whether there are hours at all.
#[component]
fn When(open: OpenForm) -> impl IntoView {
    let label = |name| words::label(name).unwrap_or(name);
    let (start, end) = (open.text("start"), open.text("end"));
    // While a time is typed anew the start is a day alone, or none. The end goes along with what stood there before.
    let last = Memo::new(move |before: Option<&String>| {
        let (start, is_whole) = (start.get(), end.with(|end| start.with(|it| agenda::is_whole(it, end))));
        if is_whole { start } else { before.cloned().unwrap_or_default() }
    });
    let put_start = move |new: String| {
        let (old, end) = untrack(|| (last.get(), end.get()));
        if let Some(end) = agenda::end_after(&old, &end, &new) {
            open.put("end", end);
        }
        open.put("start", new);
    };
    let start_entry = Entry { on_typed: Callback::new(put_start), ..entry(open, "start", label("start")) };
    let all_day = Signal::derive(move || {
        let is_day = start.with(|start| schema::day(start).is_some());
        if is_day { "yes".to_owned() } else { String::new() }
    });
    let put_all_day = move |yes: String| {
        let (old_start, old_end) = untrack(|| (start.get(), end.get()));
        let day = |text: &str| text.split('T').next().unwrap_or_default().to_owned();
        if yes.is_empty() {
            let new = format!("{}T{MORNING:02}:00", day(&old_start));
            open.put("end", agenda::end_after("", "", &new).unwrap_or_default());
            open.put("start", new);
        } else {
            open.put("start", day(&old_start));
            open.put("end", day(&old_end));
        }
    };
    let all_day = Entry {
        name: "all-day",
        label: words::ALL_DAY,
        text: all_day,
        wrong: Signal::stored(None),
        on_typed: Callback::new(put_all_day),
        on_left: Callback::new(move |()| open.keep()),
    };
    view! {
        <TickField entry=all_day />
        <WhenField entry=start_entry time_label=words::START_TIME />
        <WhenField entry=entry(open, "end", label("end")) time_label=words::END_TIME />
    }
}

/// The people who take part beside the contact.
#[component]
fn Others(open: OpenForm) -> impl IntoView {
    let chosen = open.chosen(WITH);
    let store = open.store();
    let named = move |field: &str| {
        let id = field.strip_prefix(WITH).and_then(|id| id.parse().ok()).map(RecordId);
        let found = id.and_then(|id| store.with_view(|view| view.record(id).map(|it| crate::ui::name(it))));
        found.unwrap_or_else(|| words::NOT_HERE.to_owned())
    };
    let person = move |(field, _): (String, String)| {
        let gone = field.clone();
        view! {
            <li class="further__place">
                <span class="further__name" dir="auto">{named(&field)}</span>
                <Button label=words::REMOVE on_press=move || open.put(&gone, String::new()) />
            </li>
        }
    };
    let add = move |id: String| {
        if !id.is_empty() {
            open.put(&format!("{WITH}{id}"), "yes".to_owned());
        }
    };
    let entry = Entry {
        name: "others",
        label: words::ADD_PERSON,
        text: Signal::stored(String::new()),
        wrong: Signal::stored(None),
        on_typed: Callback::new(add),
        on_left: Callback::new(move |()| open.keep()),
    };
    let offers = record_field::offers(store, Kind::Contact);
    view! {
        <fieldset class="further">
            <legend class="field__label">{words::OTHERS}</legend>
            <ul role="list" class="further__places">
                {move || chosen.get().into_iter().map(person).collect_view()}
            </ul>
            <PickField entry chosen=Signal::stored(None::<String>) offers words=record_field::PICK_WORDS />
        </fieldset>
    }
}

/// Under which key the changes to an event, or to one day of a series, are kept.
fn kept_under(id: RecordId, day: Option<Date>) -> String {
    match day {
        Some(day) => format!("event:{}:{day}", id.0),
        None => format!("event:{}", id.0),
    }
}

const NAMES: &[&str] = &[
    "type", "subject", "account", "contact", "start", "end", "repeat", "until", "purpose", "status",
    "outcome", "owner",
];
const CALENDAR: &str = "/calendar";
const MORNING: i8 = 9;
/// As long as a name is read in a line.
const NAME_CHARS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Place, Shown};
    use protocol::TerritoryId;
    use std::rc::Rc;
    use uuid::Uuid;

    fn id(n: u128) -> RecordId {
        RecordId(Uuid::from_u128(n))
    }

    fn event(n: u128, fields: &[(&str, &str)]) -> Shown {
        let record = Record {
            id: id(n),
            kind: Kind::Event,
            territory: TerritoryId::new("north"),
            version: 1,
            deleted: false,
            by: String::new(),
            at: 0,
            fields: fields.iter().copied().collect(),
        };
        Shown { id: id(n), record: Some(Rc::new(record)), place: Place::Web }
    }

    /// A round on Mondays; that of 9 November was logged.
    fn mondays() -> View {
        let round = [
            ("start", "2026-11-02T10:00"),
            ("repeat", "weekly"),
            ("until", "2026-11-30"),
            ("skip:2026-11-09", "yes"),
        ];
        let series = id(1).0.to_string();
        let logged = [("start", "2026-11-09T10:00"), ("series", &*series), ("series_day", "2026-11-09")];
        let mut view = View::default();
        view.apply(&[event(1, &round), event(2, &logged)]);
        view
    }

    #[test]
    fn a_series_that_begins_on_another_day_ends_when_the_form_says() {
        for (set, told) in [
            (vec![("start", "2026-11-09T10:00")], "1 start 2026-11-09T10:00"),
            (
                vec![("start", "2026-11-03T10:00")],
                "1 skip:2026-11-09 -, 1 skip:2026-11-10 yes, 1 start 2026-11-03T10:00, 2 series_day 2026-11-10",
            ),
            (
                vec![("start", "2026-11-09T10:00"), ("until", "2026-12-14")],
                "1 start 2026-11-09T10:00, 1 until 2026-12-14",
            ),
            (vec![("start", "2026-11-02T11:00")], "1 start 2026-11-02T11:00"),
            (
                vec![("repeat", "monthly"), ("start", "2026-11-03T10:00")],
                "1 repeat monthly, 1 start 2026-11-03T10:00",
            ),
        ] {
            let touched = set.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned())));
            let edits = edits(&mondays(), id(1), None, touched.collect());
            let line = |edit: &DraftEdit| {
                let n = edit.record.map_or(0, |id| id.0.as_u128());
                let set = edit.set.iter();
                set.map(|(name, text)| format!("{n} {name} {}", text.as_deref().unwrap_or("-")))
                    .collect::<Vec<_>>()
            };
            assert_eq!(edits.iter().flat_map(line).collect::<Vec<_>>().join(", "), told, "{set:?}");
        }
    }
}
