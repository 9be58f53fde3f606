//! The form of a call note: what was said, how and with whom, and what was promised. One press of Save keeps the note,
//! its follow-up and what it says of an event, or nothing of it.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use protocol::schema::{self, Date, WITH};
use protocol::{Kind, Op, Record, RecordId, TerritoryId};
use view::agenda::Occurrence;
use view::brief;

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::components::card::PageHead;
use crate::ui::components::chips::{ChipField, TickChip};
use crate::ui::components::field::{Entry, TextField};
use crate::ui::components::icon::{Drawing, Icon};
use crate::ui::components::when::DayField;
use crate::ui::form::{Form, Touched};
use crate::ui::form_frame::{FormFrame, entry};
use crate::ui::left_over::LeftOver;
use crate::ui::open_form::OpenForm;
use crate::ui::people_field::PeopleField;
use crate::ui::record_field::record_field;
use crate::ui::undo::Undo;
use crate::ui::{address, home_of, intl, me, name, occasion, title, trail, words};

/// What a new note is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct About {
    account: Option<RecordId>,
    contact: Option<RecordId>,
    referral: Option<RecordId>,
    event: Option<RecordId>,
    /// Of an event that comes again: which time.
    day: Option<Date>,
    channel: Option<String>,
    next: Option<String>,
}

/// What the save does to the event that the note is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Logs {
    /// It happens once.
    Event(RecordId),
    /// One day of a series gets an event of its own.
    Day(Box<Record>, Occurrence),
}

/// A note about an account.
#[component]
pub(crate) fn NoteForm(store: Store, account: RecordId) -> impl IntoView {
    title(|| words::ADD_NOTE.to_owned());
    if untrack(|| store.with_view(|view| view.record(account).is_none())) {
        let form = key(&About { account: Some(account), ..About::default() });
        let gone = (words::ACCOUNT_GONE, words::ACCOUNT_GONE_TEXT);
        return view! { <LeftOver store form gone /> }.into_any();
    }
    let about = About { account: Some(account), ..About::default() };
    view! { <Fresh store about /> }.into_any()
}

/// A note about whatever its address names, or about nothing yet.
#[component]
pub(crate) fn NewNote(store: Store) -> impl IntoView {
    title(|| words::ADD_NOTE.to_owned());
    let about = use_query_map().with_untracked(|query| {
        let id = |name: &str| query.get(name)?.parse().ok().map(RecordId);
        About {
            account: id("account"),
            contact: id("contact"),
            referral: id("referral"),
            event: id("event"),
            day: query.get("day").and_then(|day| schema::day(&day)),
            channel: query.get("channel"),
            next: query.get("next"),
        }
    });
    view! { <Fresh store about /> }
}

#[component]
fn Fresh(store: Store, about: About) -> impl IntoView {
    // By the address alone: what the records say of it may change while the text waits.
    let kept_under = key(&about);
    let about = once(store, |view| completed(view, about));
    let event = about.event.and_then(|id| once(store, |view| view.record(id).cloned()));
    let logs = event.as_ref().filter(|event| view::timeline::is_open(event)).and_then(|event| {
        let at = once(store, |view| view.occurrence(event.id, about.day));
        // How a visit went is known from its day on; a promise may be kept before.
        if at.is_some_and(|at| at.is_to_come(intl::today())) && !view::timeline::is_follow_up(event) {
            return None;
        }
        match (about.day, event.fields.text("repeat")) {
            (_, None) => Some(Logs::Event(event.id)),
            (None, Some(_)) => None,
            (Some(_), Some(_)) => {
                at.filter(|at| at.is_series).map(|at| Logs::Day(Box::new(Record::clone(event)), at))
            }
        }
    });
    let open = OpenForm::new(store, kept_under, form(&about, event.as_deref()));
    let account = chosen(open);
    let before = Signal::derive(move || account.get().or(about.contact));
    let back = about
        .account
        .map(|id| address(Kind::Account, id))
        .or_else(|| about.contact.map(|id| address(Kind::Contact, id)))
        .unwrap_or_else(|| "/".to_owned());
    let known = about.account.or(about.contact);
    let known = known.and_then(|id| once(store, |view| view.record(id).map(|record| name(record))));
    let heading = words::note_for(known.as_deref());
    let also_logs = Memo::new(move |_| open.text(LOGS).with(|text| text != NO));
    let logged = event.as_deref().filter(|_| logs.is_some()).map(name);
    let tells = StoredValue::new(logged.clone());
    let navigate = use_navigate();
    let leave = back.clone();
    let on_save = move || {
        let Some(territory) = home_of(store, account.get_untracked()) else { return };
        say_outcome(open);
        let extra = Extra {
            logs: logs.clone().filter(|_| also_logs.get_untracked()),
            kept: once(store, |view| kept(view, before.get_untracked(), open)),
            written: intl::now_utc(),
            owner: untrack(|| me(store)),
        };
        let told = {
            let event = tells.get_value().filter(|_| extra.logs.is_some());
            words::saved_too(promised(open).as_deref(), event.as_deref())
        };
        let draft = move |set, key| extra.draft(territory, set, key);
        let (navigate, leave) = (navigate.clone(), leave.clone());
        let then = move |_| {
            if let Some(told) = told {
                Undo::tell(told);
            }
            if known_address(&leave) || !trail::go_back() {
                trail::leave_for(&leave, &navigate);
            }
        };
        open.save(draft, then, || ());
    };
    // Text of an earlier time may be about another account than its contact has by now.
    let asks_account = Memo::new(move |_| about.account.is_none() || account.get() != about.account);
    let has_home = Memo::new(move |_| {
        store.status().with(|status| status.own.is_some() || !status.territories.is_empty())
    });
    let logged = StoredValue::new(logged);
    let log_it = Callback::new(move |yes| tick(open, LOGS, if yes { "" } else { NO }));
    view! {
        <div class="page">
            <PageHead title=heading back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                <Show when=move || !has_home.get()>
                    <p class="form__hint">{words::NO_TERRITORY}</p>
                </Show>
                <Show when=move || asks_account.get()>
                    {record_field(open, Kind::Note, "account")}
                    <Show when=move || account.get().is_none() && about.contact.is_none()>
                        <p class="card__nothing">{words::WITHOUT_ACCOUNT}</p>
                    </Show>
                </Show>
                <LastTime store about=before />
                {record_field(open, Kind::Note, "text")}
                <What open account />
                <Kept open about=before />
                <Promise open />
                {logged
                    .get_value()
                    .map(|event| {
                        view! {
                            <div class="filters">
                                <TickChip
                                    words=words::logs(&event)
                                    ticked=also_logs
                                    on_tick=log_it
                                />
                            </div>
                        }
                    })}
            </FormFrame>
        </div>
    }
}

/// The page of changes to a note.
#[component]
pub(crate) fn EditNote(store: Store, id: RecordId) -> impl IntoView {
    title(|| words::EDIT_NOTE.to_owned());
    let found = once(store, |view| {
        let note = view.record(id).filter(|record| record.kind == Kind::Note)?;
        Some((Record::clone(note), brief::promise_of(view, id).is_some()))
    });
    let Some((note, has_promise)) = found else {
        let gone = (words::NOTE_GONE, words::NOTE_GONE_TEXT);
        return view! { <LeftOver store form=edit_key(id) gone /> }.into_any();
    };
    let open = OpenForm::new(store, edit_key(id), Form::patch(&note, NAMES));
    let account = chosen(open);
    let back = address(Kind::Note, id);
    let navigate = use_navigate();
    let to = back.clone();
    let on_save = move || {
        let note = note.clone();
        let draft = move |set: Touched, key| {
            let mut after = note.fields.clone();
            for (name, text) in &set {
                after.set(name, text.as_deref());
            }
            let promise = ["next", "due"].map(|name| (name.to_owned(), after.text(name).map(str::to_owned)));
            let owner = untrack(|| me(store));
            let is_promised = !has_promise && follow_up(&set, &owner).is_some();
            let mut draft = Draft::of_form(DraftEdit::to(id, Kind::Note, Op::Patch, set), key);
            let follow_up = follow_up(&promise.into(), &owner).filter(|_| is_promised);
            draft.edits.extend(follow_up.map(|mut follow_up| {
                follow_up.extend(whose(after.iter()));
                follow_up.insert("follows".to_owned(), Some(id.0.to_string()));
                DraftEdit::create(Kind::Event, note.territory.clone(), follow_up)
            }));
            draft
        };
        let (navigate, to) = (navigate.clone(), to.clone());
        let leave = move || trail::leave_for(&to, &navigate);
        let unchanged = leave.clone();
        open.save(draft, move |_| leave(), unchanged);
    };
    view! {
        <div class="page">
            <PageHead title=words::EDIT_NOTE back=(back.clone(), words::BACK) />
            <FormFrame open leave=back on_save>
                {record_field(open, Kind::Note, "account")} {record_field(open, Kind::Note, "text")}
                <What open account />
                <Show
                    when=move || !has_promise
                    fallback=|| view! { <p class="card__nothing">{words::PROMISE_IS_THERE}</p> }
                >
                    <Promise open />
                </Show>
            </FormFrame>
        </div>
    }
    .into_any()
}

/// How it was, what came of it, and with whom.
#[component]
fn What(open: OpenForm, account: Signal<Option<RecordId>>) -> impl IntoView {
    let chips = move |field: &'static str| {
        let entry = entry(open, field, words::label(field).unwrap_or(field));
        let choices = Signal::derive(move || {
            let now = entry.text.get();
            let mut choices = words::choices(Kind::Note, field);
            // A word of another list than this version's stays.
            if !now.is_empty() && choices.iter().all(|(value, _)| *value != now) {
                choices.push((now.clone(), words::value(field, &now)));
            }
            choices
        });
        let choices = Memo::new(move |_| choices.get());
        view! { <ChipField entry choices /> }
    };
    view! {
        {chips("channel")}
        {chips("outcome")}
        <PeopleField open account />
    }
}

/// The next step and its day.
#[component]
fn Promise(open: OpenForm) -> impl IntoView {
    let next: Entry = entry(open, "next", words::label("next").unwrap_or_default());
    let due: Entry = entry(open, "due", words::label("due").unwrap_or_default());
    view! {
        <fieldset class="note-promise">
            <legend class="field__label">{words::PROMISE}</legend>
            <div class="form__row">
                <TextField entry=next />
                <DayField entry=due />
            </div>
            <p class="card__nothing">{words::PROMISE_TEXT}</p>
        </fieldset>
    }
}

/// The talk before, in two lines.
#[component]
fn LastTime(store: Store, about: Signal<Option<RecordId>>) -> impl IntoView {
    let last = Memo::new(move |_| {
        let about = about.get()?;
        let moment =
            store.with_view(|view| brief::brief(view, about, intl::clock()).notes.into_iter().next())?;
        let note = &moment.record.fields;
        let value = |field: &str| note.text(field).map(|text| words::value(field, text));
        let author = if moment.record.by.is_empty() { words::YOU } else { &moment.record.by };
        let facts =
            [Some(intl::wall(moment.when)), Some(author.to_owned()), value("channel"), value("outcome")];
        let next = note.text("next").map(|next| {
            let due = note.text("due").and_then(schema::day).map(intl::day);
            words::next_step(next, due.as_deref())
        });
        let text = note.text("text").unwrap_or_default().to_owned();
        Some((words::last_time(&words::dotted(facts)), text, next))
    });
    move || {
        let (facts, text, next) = last.get()?;
        Some(view! {
            <div class="note-before">
                <p class="note-before__head">
                    <Drawing icon=Icon::Waiting />
                    <span dir="auto">{facts}</span>
                </p>
                <p class="note-before__text" dir="auto">{text}</p>
                {next.map(|next| view! { <p class="note-before__next" dir="auto">{next}</p> })}
            </div>
        })
    }
}

/// What was promised before: ticked, it is done with this save.
#[component]
fn Kept(open: OpenForm, about: Signal<Option<RecordId>>) -> impl IntoView {
    let ticks = open.chosen(KEPT);
    let is_ticked = move |id| ticks.with(|ticks| ticks.iter().any(|(name, _)| *name == tick_of(id)));
    let promises = Memo::new(move |_| {
        let of = |id| open.store().with_view(|view| brief::brief(view, id, intl::clock()).promises);
        let promises = about.get().map(of).unwrap_or_default().into_iter().enumerate();
        // A tick from an earlier time stays in sight, whatever was promised since.
        let shown =
            promises.filter(|(at, moment)| *at < PROMISES_MAX || untrack(|| is_ticked(moment.record.id)));
        shown.map(|(_, moment)| (moment.record.id, name(&moment.record))).collect::<Vec<_>>()
    });
    let line = move |(id, subject): (RecordId, String)| {
        let on_tick = Callback::new(move |yes| tick(open, &tick_of(id), if yes { YES } else { "" }));
        view! { <TickChip words=words::short(&subject) ticked=Memo::new(move |_| is_ticked(id)) on_tick /> }
    };
    view! {
        <Show when=move || !promises.with(Vec::is_empty)>
            <fieldset class="filters">
                <legend class="field__label">{words::PROMISED_BEFORE}</legend>
                {move || promises.get().into_iter().map(line).collect_view()}
            </fieldset>
        </Show>
    }
}

/// The promises that are ticked and still open. A tick of another account, or of what somebody did meanwhile, says
/// nothing any more.
fn kept(view: &view::View, about: Option<RecordId>, open: OpenForm) -> BTreeSet<RecordId> {
    let ticks = open.chosen(KEPT).get_untracked();
    let promises = about.map(|id| brief::brief(view, id, intl::clock()).promises).unwrap_or_default();
    let ids = promises.into_iter().map(|moment| moment.record.id);
    ids.filter(|id| ticks.iter().any(|(name, _)| *name == tick_of(*id))).collect()
}

/// A tick belongs to what was typed, and is on the disk at once: no word follows it.
fn tick(open: OpenForm, name: &str, text: &str) {
    open.put(name, text.to_owned());
    open.keep();
}

/// Under which name the form holds the tick of a promise. No field of a note is called so: it is kept, and not saved.
fn tick_of(promise: RecordId) -> String {
    format!("{KEPT}{}", promise.0)
}

/// What a save holds beside the form's own fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Extra {
    logs: Option<Logs>,
    /// Promises that are done now.
    kept: BTreeSet<RecordId>,
    written: String,
    /// Who promised what the note promises.
    owner: String,
}

impl Extra {
    /// The note first, then all that is saved with it.
    fn draft(self, territory: TerritoryId, mut set: Touched, key: String) -> Draft {
        set.insert("written".to_owned(), Some(self.written));
        let outcome = set.get("outcome").cloned().flatten();
        let people: Touched = whose(set.iter().filter_map(|(name, text)| Some((&**name, text.as_deref()?))));
        let follow_up = follow_up(&set, &self.owner).map(|mut follow_up| {
            follow_up.extend(people);
            let create = DraftEdit::create(Kind::Event, territory.clone(), follow_up);
            DraftEdit { links: vec![("follows", NOTE)], ..create }
        });
        let mut draft = Draft::of_form(DraftEdit::create(Kind::Note, territory, set), key);
        draft.edits.extend(follow_up);
        let mut done = done(outcome.as_deref());
        let logged = match &self.logs {
            Some(Logs::Event(event)) => Some(*event),
            _ => None,
        };
        match self.logs {
            None => {}
            Some(Logs::Event(event)) => {
                draft.edits.push(DraftEdit::to(event, Kind::Event, Op::Patch, done));
            }
            Some(Logs::Day(series, at)) => {
                done.extend(occasion::of_day(&series, &at));
                let place = draft.edits.len();
                let note = &mut draft.edits[NOTE];
                note.set.remove("event");
                note.links.push(("event", place));
                draft.edits.push(DraftEdit::create(Kind::Event, series.territory.clone(), done));
            }
        }
        let is_done = || [("status".to_owned(), Some("done".to_owned()))].into();
        let kept = self.kept.into_iter().filter(|id| Some(*id) != logged);
        let kept = kept.map(|id| DraftEdit::to(id, Kind::Event, Op::Patch, is_done()));
        draft.edits.extend(kept);
        draft
    }
}

/// The save of a note whose record is gone: all that was typed, but for the records that are not here.
///
/// # Errors
/// A sentence about the first field that is not acceptable.
pub(crate) fn alone(store: Store, typed: &BTreeMap<String, String>, key: String) -> Result<Draft, String> {
    let Some(territory) = home_of(store, None) else { return Err(words::NO_TERRITORY.to_owned()) };
    let is_here = |text: &str| match text.parse().map(RecordId) {
        Ok(id) => once(store, |view| view.record(id).is_some()),
        Err(_) => true,
    };
    let mut form = Form::create(Kind::Note, NAMES);
    for (name, text) in typed.iter().filter(|(_, text)| is_here(text)) {
        form.put(name, text.clone());
    }
    let has_text = !form.text("text").trim().is_empty();
    if let Some(said) = ["outcome", "next"].into_iter().find(|name| !has_text && !form.text(name).is_empty())
    {
        form.put("text", words::value(said, form.text(said)));
    }
    let set = form.parse().map_err(|wrong| {
        let (name, invalid) = wrong[0];
        words::wrong(words::label(name).unwrap_or(name), invalid)
    })?;
    let extra = Extra { written: intl::now_utc(), owner: untrack(|| me(store)), ..Extra::default() };
    Ok(extra.draft(territory, set, key))
}

/// What a note says of its event: an honest attempt is done too; what was put off was missed.
fn done(outcome: Option<&str>) -> Touched {
    let status = if outcome == Some("rescheduled") { "missed" } else { "done" };
    let mut set: Touched = [("status".to_owned(), Some(status.to_owned()))].into();
    set.extend(outcome.map(|outcome| ("outcome".to_owned(), Some(outcome.to_owned()))));
    set
}

/// The follow-up that a promise makes. It is its author's to keep, and nobody else's.
fn follow_up(set: &Touched, owner: &str) -> Option<Touched> {
    let text = |name: &str| set.get(name).cloned().flatten();
    let (next, due) = (text("next"), text("due"));
    if next.is_none() && due.is_none() {
        return None;
    }
    let subject = next.unwrap_or_else(|| words::FOLLOW_UP.to_owned());
    let pair = |name: &str, text: String| (name.to_owned(), Some(text));
    let mut set: Touched = [pair("subject", subject), pair("type", "Follow-up".to_owned())].into();
    set.extend([pair("status", "planned".to_owned())]);
    set.extend(Some(owner).filter(|owner| !owner.is_empty()).map(|owner| pair("owner", owner.to_owned())));
    set.extend(due.map(|due| pair("start", due)));
    Some(set)
}

/// Whom the fields are about, for another record about the same.
fn whose<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> Touched {
    let fields = fields.filter(|(name, _)| matches!(*name, "account" | "contact") || name.starts_with(WITH));
    fields.map(|(name, text)| (name.to_owned(), Some(text.to_owned()))).collect()
}

/// Reads the records once: what stands in a form does not change under the thumb.
fn once<R>(store: Store, read: impl FnOnce(&view::View) -> R) -> R {
    untrack(|| store.with_view(read))
}

/// An address says little; the records that it names say the rest.
fn completed(view: &view::View, mut about: About) -> About {
    let record = |id: Option<RecordId>| id.and_then(|id| view.record(id));
    let event = record(about.event);
    let link = |record: &Record, name: &str| record.fields.text(name)?.parse().ok().map(RecordId);
    about.contact = about.contact.or_else(|| event.and_then(|event| link(event, "contact")));
    let sources = [event, record(about.referral), record(about.contact)];
    let of_others = || sources.into_iter().flatten().find_map(|record| view.account_of(record));
    about.account = about.account.or_else(of_others).filter(|id| view.record(*id).is_some());
    about
}

fn form(about: &About, event: Option<&Record>) -> Form {
    let id = |id: Option<RecordId>| id.map(|id| id.0.to_string()).unwrap_or_default();
    let channel = about.channel.as_deref().filter(|it| schema::lists::CHANNELS.contains(it));
    let mut form = Form::create(Kind::Note, NAMES)
        .with("account", &id(about.account))
        .with("referral", &id(about.referral))
        .with("event", &id(about.event))
        .with("channel", channel.unwrap_or("in_person"))
        .with("next", about.next.as_deref().unwrap_or_default());
    let with = event.into_iter().flat_map(|event| event.fields.iter());
    for (name, _) in with.filter(|(name, _)| name.starts_with(WITH)) {
        form = form.with(name, "yes");
    }
    match about.contact {
        Some(contact) => form.with(&format!("{WITH}{}", contact.0), "yes"),
        None => form,
    }
}

/// Under which key the text is kept, of what the address names; Home finds the address by it.
fn key(about: &About) -> String {
    match (about.event, about.account, about.contact) {
        (Some(event), ..) => match about.day {
            Some(day) => format!("note:event:{}:{day}", event.0),
            None => format!("note:event:{}", event.0),
        },
        (_, Some(account), _) => format!("note:{}", account.0),
        (.., Some(contact)) => format!("note:contact:{}", contact.0),
        _ => match about.referral {
            Some(referral) => format!("note:referral:{}", referral.0),
            None => "note:new".to_owned(),
        },
    }
}

fn edit_key(note: RecordId) -> String {
    format!("note:edit:{}", note.0)
}

fn chosen(open: OpenForm) -> Signal<Option<RecordId>> {
    let text = open.text("account");
    let id = Memo::new(move |_| text.with(|text| text.parse().ok().map(RecordId)));
    id.into()
}

/// An attempt needs no words: its outcome says it.
fn say_outcome(open: OpenForm) {
    let (text, outcome) = (open.text("text").get_untracked(), open.text("outcome").get_untracked());
    if text.trim().is_empty() && !matches!(&*outcome, "" | "saw") {
        open.put("text", format!("{}.", words::value("outcome", &outcome)));
    }
}

/// The day of the promise that the form makes, in words; empty without a day.
fn promised(open: OpenForm) -> Option<String> {
    let (next, due) = (open.text("next").get_untracked(), open.text("due").get_untracked());
    let is_promise = !next.trim().is_empty() || !due.is_empty();
    is_promise.then(|| schema::day(&due).map(intl::day).unwrap_or_default())
}

/// The form of an account leads to its account, wherever it was opened.
fn known_address(leave: &str) -> bool {
    let here = window().location().pathname().unwrap_or_default();
    here == format!("{leave}/note")
}

const NAMES: &[&str] =
    &["text", "account", "contact", "event", "referral", "channel", "outcome", "next", "due"];

/// The note's place among the edits of its draft.
const NOTE: usize = 0;

/// As many promises as are offered.
const PROMISES_MAX: usize = 6;

/// What begins the name of a tick, and the name of the one that logs the event; that one is there until taken away.
const KEPT: &str = "kept:";
const LOGS: &str = "logs";
const YES: &str = "yes";
const NO: &str = "no";

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> RecordId {
        RecordId(uuid::Uuid::from_u128(n))
    }

    fn set(pairs: &[(&str, &str)]) -> Touched {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned()))).collect()
    }

    fn draft(extra: Extra, pairs: &[(&str, &str)]) -> Draft {
        extra.draft(TerritoryId::new("north"), set(pairs), "note:new".to_owned())
    }

    #[test]
    fn a_note_alone_is_one_edit() {
        let draft = draft(Extra { written: "now".to_owned(), ..Extra::default() }, &[("text", "x")]);
        assert_eq!(draft.edits.len(), 1);
        assert_eq!(draft.edits[0].set, set(&[("text", "x"), ("written", "now")]));
        assert_eq!(draft.key.as_deref(), Some("note:new"));
    }

    #[test]
    fn a_promise_is_saved_with_its_note_and_speaks_of_it() {
        let with = format!("{WITH}{}", id(7).0);
        let draft = draft(
            Extra { owner: "Ana".to_owned(), ..Extra::default() },
            &[
                ("text", "x"),
                ("account", "A"),
                (&with, "yes"),
                ("next", "Bring forms"),
                ("due", "2026-12-01"),
            ],
        );
        assert_eq!(draft.edits.len(), 2);
        let event = &draft.edits[1];
        assert_eq!((event.kind, &*event.links), (Kind::Event, &[("follows", 0)][..]));
        let wanted = [
            ("subject", "Bring forms"),
            ("type", "Follow-up"),
            ("status", "planned"),
            ("owner", "Ana"),
            ("start", "2026-12-01"),
            ("account", "A"),
            (&with, "yes"),
        ];
        assert_eq!(event.set, set(&wanted));
    }

    #[test]
    fn a_day_alone_is_a_promise_too() {
        let event = follow_up(&set(&[("due", "2026-12-01")]), "").expect("a promise");
        assert_eq!(event["subject"].as_deref(), Some(words::FOLLOW_UP));
        assert_eq!(follow_up(&set(&[("text", "x")]), ""), None);
    }

    #[test]
    fn the_event_is_logged_with_its_outcome_and_kept_promises_are_done() {
        for (outcome, status) in [(None, "done"), (Some("no_see"), "done"), (Some("rescheduled"), "missed")] {
            assert_eq!(done(outcome)["status"].as_deref(), Some(status));
            assert_eq!(done(outcome).get("outcome").cloned().flatten().as_deref(), outcome);
        }
        let extra = Extra { logs: Some(Logs::Event(id(5))), kept: [id(6)].into(), ..Extra::default() };
        let draft = draft(extra, &[("text", "x"), ("outcome", "saw")]);
        let done: Vec<_> = draft.edits.iter().map(|edit| edit.record).collect();
        assert_eq!(done, [None, Some(id(5)), Some(id(6))]);
        assert_eq!(draft.edits[1].set, set(&[("status", "done"), ("outcome", "saw")]));
        assert_eq!(draft.edits[2].set, set(&[("status", "done")]));
    }

    #[test]
    fn one_day_of_a_series_is_logged_and_the_series_goes_on() {
        let fields = [
            ("subject", "Lunch"),
            ("start", "2026-11-02T22:00"),
            ("end", "2026-11-03T02:00"),
            ("repeat", "weekly"),
            ("skip:2026-11-09", "yes"),
        ];
        let series = Record {
            id: id(5),
            kind: Kind::Event,
            territory: TerritoryId::new("south"),
            version: 1,
            deleted: false,
            by: String::new(),
            at: 0,
            fields: fields.into_iter().collect(),
        };
        let day = schema::day("2026-11-16").expect("a day");
        // It ends on the day after.
        let next = schema::day("2026-11-17").expect("a day");
        let (start, end) = (day.at(22, 0, 0, 0), next.at(2, 0, 0, 0));
        let at = Occurrence { event: id(5), day, start, end, all_day: false, is_series: true };
        let extra = Extra { logs: Some(Logs::Day(Box::new(series), at)), ..Extra::default() };
        let draft = draft(extra, &[("text", "x"), ("event", &id(5).0.to_string())]);
        assert_eq!(draft.edits[0].links, [("event", 1)]);
        assert!(!draft.edits[0].set.contains_key("event"));
        let wanted = [
            ("subject", "Lunch"),
            ("start", "2026-11-16T22:00"),
            ("end", "2026-11-17T02:00"),
            ("series", &*id(5).0.to_string()),
            ("series_day", "2026-11-16"),
            ("status", "done"),
        ];
        assert_eq!(draft.edits[1].set, set(&wanted));
        assert_eq!(draft.edits[1].op, Op::Create(TerritoryId::new("south")));
    }
}
