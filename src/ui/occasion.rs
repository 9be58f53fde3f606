//! What is done to an event: to the one that happens once, to one day of a series, or to the whole series; each with
//! the way back.

use std::cell::RefCell;
use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::schema::{DateTime, SKIP};
use protocol::{Kind, Op, Record, RecordId};
use view::View;
use view::agenda::{self, Occurrence};
use view::timeline;

use crate::store::{Draft, DraftEdit, Store};
use crate::ui::form::Touched;
use crate::ui::undo::Undo;
use crate::ui::{intl, words};

/// Where a note about an event is written; of a series, about that day.
pub(crate) fn note_address(stop: &Occurrence) -> String {
    let day = if stop.is_series { format!("&day={}", stop.day) } else { String::new() };
    format!("/notes/new?event={}{day}", stop.event.0)
}

/// Sets fields of what happens once. A day of a series gets an event of its own, which comes first.
pub(crate) fn one(view: &View, at: Occurrence, set: Touched) -> Option<Vec<DraftEdit>> {
    let record = view.record(at.event)?;
    if !at.is_series {
        return Some(vec![DraftEdit::to(at.event, Kind::Event, Op::Patch, set)]);
    }
    let mut fields = of_day(record, &at);
    fields.extend(set);
    fields.retain(|_, text| text.is_some());
    Some(vec![DraftEdit::create(Kind::Event, record.territory.clone(), fields), skipped(at)])
}

/// The fields of the event that stands in the place of one day of a series.
pub(crate) fn of_day(series: &Record, at: &Occurrence) -> Touched {
    let is_own =
        |name: &str| !matches!(name, "repeat" | "until" | "status" | "outcome") && !name.starts_with(SKIP);
    let own = series.fields.iter().filter(|(name, _)| is_own(name));
    let mut fields: Touched = own.map(|(name, text)| (name.to_owned(), Some(text.to_owned()))).collect();
    fields.extend(times(at).into_iter().filter(|(_, text)| text.is_some()));
    fields.insert("series".to_owned(), Some(at.event.0.to_string()));
    fields.insert("series_day".to_owned(), Some(at.day.to_string()));
    fields
}

/// Moves one occurrence.
pub(crate) fn move_one(view: &View, at: Occurrence, to: &Occurrence) -> Option<Vec<DraftEdit>> {
    one(view, at, times(to))
}

/// Moves a whole series as far as one of its days goes.
pub(crate) fn move_all(view: &View, at: Occurrence, to: &Occurrence) -> Option<Vec<DraftEdit>> {
    let changes = agenda::series_moved(view, at.event, at.day, to)?;
    let edit = |(id, set)| DraftEdit::to(id, Kind::Event, Op::Patch, set);
    Some(changes.into_iter().map(edit).collect())
}

/// Deletes one occurrence.
pub(crate) fn delete_one(at: Occurrence) -> Vec<DraftEdit> {
    if at.is_series { vec![skipped(at)] } else { vec![deleted(at.event)] }
}

/// Deletes a series with what is still planned in the place of its days. What was done stays.
pub(crate) fn delete_all(view: &View, series: RecordId) -> Vec<DraftEdit> {
    let planned = view.exceptions(series).filter(|(_, event)| timeline::is_open(event));
    let planned = planned.map(|(_, event)| deleted(event.id));
    std::iter::once(deleted(series)).chain(planned).chain(left_out(view, series)).collect()
}

/// What stands for a day of a series goes: the series leaves out that day, as it did before.
fn left_out(view: &View, event: RecordId) -> Option<DraftEdit> {
    let text = |name| view.record(event)?.fields.text(name);
    let series = RecordId(text("series")?.parse().ok()?);
    let skip = format!("{SKIP}{}", text("series_day")?);
    view.record(series).filter(|series| series.fields.text(&skip).is_none())?;
    Some(DraftEdit::to(series, Kind::Event, Op::Patch, [(skip, Some("yes".to_owned()))].into()))
}

/// Saves what a press of a button does, with the offer to take it back. `then` gets the first record once it is saved.
pub(crate) fn press(
    store: Store,
    edits: Vec<DraftEdit>,
    text: String,
    then: impl FnOnce(RecordId) + 'static,
) {
    // A second tap, while the first is on its way to the disk, would find the next day of a series.
    // What is to be made has no name yet, and is told by what else its press changes.
    let mut about: BTreeSet<_> = edits.iter().map(|edit| edit.record).collect();
    if about.len() > 1 {
        about.remove(&None);
    }
    if BUSY.with_borrow(|busy| !busy.is_disjoint(&about)) {
        return;
    }
    BUSY.with_borrow_mut(|busy| busy.extend(&about));
    let back: Vec<DraftEdit> =
        untrack(|| store.with_view(|view| edits.iter().map(|edit| reversed(view, edit)).collect()));
    spawn_local(async move {
        match store.save(Draft::of_press(edits)).await {
            Ok(records) => {
                // What was made has its name only now.
                let named = back.into_iter().zip(&records);
                let back = named.map(|(edit, id)| DraftEdit { record: Some(*id), ..edit }).collect();
                Undo::offer(text, Draft::of_press(back));
                if let Some(first) = records.first() {
                    then(*first);
                }
            }
            Err(error) => Undo::tell(words::not_decided(&error)),
        }
        BUSY.with_borrow_mut(|busy| busy.retain(|id| !about.contains(id)));
    });
}

thread_local! {
    /// The records whose presses are on their way to the disk; none stands for those that have no name yet.
    static BUSY: RefCell<BTreeSet<Option<RecordId>>> = const { RefCell::new(BTreeSet::new()) };
}

/// The day and the hours of an occurrence, as they are read.
pub(crate) fn when(at: &Occurrence) -> String {
    let (first, last) = (at.start.date(), at.end.date());
    if at.all_day {
        let last = (last != first).then(|| intl::day(last));
        return words::dotted([
            Some(words::from_to(&intl::day(first), last.as_deref())),
            Some(words::ALL_DAY.to_owned()),
        ]);
    }
    words::dotted([Some(intl::day(first)), Some(hours(at))])
}

/// The hours of an occurrence, with the day on which it ends when that is another one.
pub(crate) fn hours(at: &Occurrence) -> String {
    if at.all_day {
        return words::ALL_DAY.to_owned();
    }
    let time = |time: DateTime| intl::time_of_day(time.hour(), time.minute());
    let end = (at.end > at.start).then(|| {
        let day = (at.last_day() != at.start.date()).then(|| intl::day(at.end.date()));
        [day, Some(time(at.end))].into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    words::from_to(&time(at.start), end.as_deref())
}

/// Where one occurrence is shown.
pub(crate) fn address(at: &Occurrence) -> String {
    let page = crate::ui::address(Kind::Event, at.event);
    if at.is_series { format!("{page}?day={}", at.day) } else { page }
}

fn times(at: &Occurrence) -> Touched {
    [("start".to_owned(), Some(at.start_text())), ("end".to_owned(), at.end_text())].into()
}

fn skipped(at: Occurrence) -> DraftEdit {
    let skip = [(format!("{SKIP}{}", at.day), Some("yes".to_owned()))].into();
    DraftEdit::to(at.event, Kind::Event, Op::Patch, skip)
}

fn deleted(event: RecordId) -> DraftEdit {
    DraftEdit::to(event, Kind::Event, Op::Delete, Touched::new())
}

fn reversed(view: &View, edit: &DraftEdit) -> DraftEdit {
    let record = edit.record.and_then(|id| view.record(id));
    let before = |name: &String| record.and_then(|record| record.fields.text(name)).map(str::to_owned);
    let set = edit.set.keys().map(|name| (name.clone(), before(name)));
    let (op, set) = match edit.op {
        Op::Create(_) | Op::Restore => (Op::Delete, Touched::new()),
        Op::Delete => (Op::Restore, Touched::new()),
        _ => (Op::Patch, set.collect()),
    };
    DraftEdit { record: edit.record, kind: edit.kind, op, set, links: Vec::new() }
}
