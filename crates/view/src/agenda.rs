//! The calendar: which events fall on which days.
//!
//! Times are those of the clock on the wall at the place, without a zone: ten o'clock is ten o'clock before and after
//! the clocks change, and an hour is what the clock calls one. An event that is all day ends with the day that its
//! `end` names. An event whose `series` and `series_day` are set stands in the place of that day of the series,
//! wherever it has moved to.

mod find;
mod lanes;
mod repeat;
mod shift;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use protocol::schema::{self, Date, DateTime, SKIP};
use protocol::{Fields, Kind, Record, RecordId};

use crate::View;

pub use find::EventSearch;
pub use lanes::{Lane, lanes};
pub(crate) use repeat::{Rule, Step};
pub use shift::{Change, end_after, is_whole, series_begins, series_moved};

/// One time at which an event happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Occurrence {
    /// The event.
    pub event: RecordId,
    /// The day it begins; of a series that tells one occurrence from the others.
    pub day: Date,
    /// When it begins; all day at midnight.
    pub start: DateTime,
    /// When it ends; all day the midnight at which its last day begins.
    pub end: DateTime,
    /// Whether it has days and no hours.
    pub all_day: bool,
    /// Whether the event comes again. One that stands in the place of a day of a series happens once.
    pub is_series: bool,
}

impl Occurrence {
    /// The first time that an event happens; none when it has no day.
    pub fn of(event: &Record) -> Option<Self> {
        Some(Span::read(event)?.occurrence(event.id, false))
    }

    /// The last day that it touches; midnight belongs to the day before.
    pub fn last_day(&self) -> Date {
        last_day(self.start, self.end, self.all_day)
    }

    /// Whether it begins on a later day: then nobody knows yet how it went.
    pub fn is_to_come(&self, today: Date) -> bool {
        self.start.date() > today
    }

    /// The minutes of a day that it takes; none of a day that it does not touch.
    pub fn minutes_on(&self, day: Date) -> Option<(i32, i32)> {
        if day < self.start.date() || day > self.last_day() {
            return None;
        }
        let minute = |time: DateTime| i32::from(time.hour()) * 60 + i32::from(time.minute());
        let from = if self.start.date() == day { minute(self.start) } else { 0 };
        let to = if self.end.date() == day && !self.all_day { minute(self.end) } else { DAY_MINUTES };
        Some((from, to.max(from)))
    }

    fn order(&self) -> (Date, bool, DateTime, DateTime, RecordId) {
        (self.start.date(), !self.all_day, self.start, self.end, self.event)
    }
}

impl View {
    /// What happens on these days, both included: by day, what is all day first, then by time. What is cancelled is in
    /// it too; what has no day is not.
    pub fn agenda(&self, from: Date, to: Date) -> Vec<Occurrence> {
        let mut found = self.agenda.between(from, to);
        found.sort_unstable_by_key(Occurrence::order);
        found
    }

    /// When an event happens: of a series on this day, or for the first time when no day is given. None when it has no
    /// day, when the series leaves that day out, and when another event stands there.
    pub fn occurrence(&self, event: RecordId, day: Option<Date>) -> Option<Occurrence> {
        let Some(series) = self.agenda.series.get(&event) else {
            return Some(Span::read(self.record(event)?)?.occurrence(event, false));
        };
        let day = day.unwrap_or(series.rule.first);
        let is_on = series.rule.number(day).is_some() && !series.skips.contains(&day);
        let happens = is_on && self.instead(event, day).is_none();
        happens.then(|| series.span.on(day)).flatten().map(|span| span.occurrence(event, true))
    }

    /// The times at which an event happens from this day on: of a series one by one, of any other the only one.
    pub fn times_of(&self, event: RecordId, from: Date) -> impl Iterator<Item = Occurrence> {
        let series = self.agenda.series.get(&event);
        let days = series.into_iter().flat_map(move |series| series.rule.days(from, Date::MAX));
        let again = days.filter_map(move |day| self.occurrence(event, Some(day)));
        let once = self.occurrence(event, None).filter(|it| !it.is_series && it.last_day() >= from);
        again.chain(once)
    }

    /// The time that an event is known by: its next one from this day on; after its end, the first one of all.
    pub fn next_of(&self, event: RecordId, from: Date) -> Option<Occurrence> {
        self.times_of(event, from).next().or_else(|| self.times_of(event, Date::MIN).next())
    }

    /// The event that stands in the place of this day of a series.
    pub fn instead(&self, series: RecordId, day: Date) -> Option<RecordId> {
        self.agenda.instead_of(series, day).next()
    }

    /// Whether an event comes again.
    pub fn is_series(&self, event: RecordId) -> bool {
        self.agenda.series.contains_key(&event)
    }

    /// Whether an event comes on every day or weekday, so that all of it can change its hours alone.
    pub fn comes_by_day(&self, event: RecordId) -> bool {
        self.agenda.series.get(&event).is_some_and(|series| series.rule.step.is_by_day())
    }

    /// The events that stand in the place of some day of a series, by day.
    pub fn exceptions(&self, series: RecordId) -> impl Iterator<Item = (Date, &Rc<Record>)> {
        let all = self.agenda.instead.range((series, Date::MIN, FIRST)..=(series, Date::MAX, LAST));
        all.filter_map(|(_, day, id)| Some((*day, self.record(*id)?)))
    }

    /// The events that have no day yet, by id.
    pub fn undated(&self) -> impl Iterator<Item = &Rc<Record>> {
        self.agenda.undated.iter().filter_map(|id| self.record(*id))
    }

    /// The first day from this one on, on which something begins.
    pub fn next_day(&self, from: Date) -> Option<Date> {
        self.agenda.next_day(from)
    }
}

/// The day of a start as its field keeps it, with a time or without.
pub fn day_of(start: &str) -> Option<Date> {
    schema::day(start).or_else(|| Some(schema::wall_time(start)?.date()))
}

/// Whether the fields of an event make a series that ends before its first day: it would be on no day at all.
pub fn is_on_no_day(event: &Fields) -> bool {
    let rule = event.text("start").and_then(day_of).and_then(|first| Rule::read(event, first));
    rule.is_some_and(|rule| rule.until.is_some_and(|until| until < rule.first))
}

/// The events by when they are, kept as they come and go.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    /// Those that begin and end on one day.
    short: BTreeMap<(DateTime, RecordId), Span>,
    /// Those over several days: few, so that each is asked.
    long: BTreeMap<RecordId, Span>,
    series: BTreeMap<RecordId, Series>,
    /// A series, its day, and what stands there. Two phones may each have made one; both are shown.
    instead: BTreeSet<(RecordId, Date, RecordId)>,
    undated: BTreeSet<RecordId>,
}

#[derive(Debug)]
struct Series {
    rule: Rule,
    span: Span,
    skips: BTreeSet<Date>,
}

/// From when to when, by the clock on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: DateTime,
    pub(crate) end: DateTime,
    pub(crate) all_day: bool,
}

impl Span {
    /// None for an event without a day. An end that is not after the start is none.
    pub(crate) fn read(event: &Record) -> Option<Self> {
        let text = |name| event.fields.text(name);
        let midnight = |day: Date| day.at(0, 0, 0, 0);
        let time = text("start").and_then(schema::wall_time);
        let day = || text("start").and_then(schema::day).or_else(|| day_of_series(event));
        let Some(start) = time else {
            let start = day()?;
            let end =
                text("end").and_then(|end| schema::day(end).or_else(|| Some(schema::wall_time(end)?.date())));
            let end = end.unwrap_or(start).max(start);
            return Some(Self { start: midnight(start), end: midnight(end), all_day: true });
        };
        let through = |day: Date| later(day, 1).map(midnight);
        let end = text("end").and_then(|end| schema::wall_time(end).or_else(|| through(schema::day(end)?)));
        Some(Self { start, end: end.unwrap_or(start).max(start), all_day: false })
    }

    /// The same by the clock, beginning on another day.
    pub(crate) fn on(self, day: Date) -> Option<Self> {
        let days = days_between(self.start.date(), day);
        let end = later(self.end.date(), days)?.to_datetime(self.end.time());
        Some(Self { start: day.to_datetime(self.start.time()), end, ..self })
    }

    fn occurrence(self, event: RecordId, is_series: bool) -> Occurrence {
        let Self { start, end, all_day } = self;
        Occurrence { event, day: start.date(), start, end, all_day, is_series }
    }

    fn last_day(self) -> Date {
        last_day(self.start, self.end, self.all_day)
    }
}

impl Agenda {
    /// An event arrives; anything else is none of ours.
    pub(crate) fn remember(&mut self, event: &Record) {
        if event.kind != Kind::Event {
            return;
        }
        let id = event.id;
        if let Some((series, day)) = stands_for(event) {
            self.instead.insert((series, day, id));
        }
        let Some(span) = Span::read(event) else {
            self.undated.insert(id);
            return;
        };
        let rule = stands_for(event).map_or_else(|| Rule::read(&event.fields, span.start.date()), |_| None);
        if let Some(rule) = rule {
            let skips = event.fields.iter().filter_map(|(name, _)| schema::day(name.strip_prefix(SKIP)?));
            self.series.insert(id, Series { rule, span, skips: skips.collect() });
        } else if span.last_day() > span.start.date() {
            self.long.insert(id, span);
        } else {
            self.short.insert((span.start, id), span);
        }
    }

    /// An event leaves; it must be as it was when it arrived.
    pub(crate) fn forget(&mut self, event: &Record) {
        if event.kind != Kind::Event {
            return;
        }
        if let Some((series, day)) = stands_for(event) {
            self.instead.remove(&(series, day, event.id));
        }
        if let Some(span) = Span::read(event) {
            self.short.remove(&(span.start, event.id));
        }
        self.long.remove(&event.id);
        self.series.remove(&event.id);
        self.undated.remove(&event.id);
    }

    fn between(&self, from: Date, to: Date) -> Vec<Occurrence> {
        if from > to {
            return Vec::new();
        }
        let touches = |span: &Span| span.start.date() <= to && span.last_day() >= from;
        let begin = (from.at(0, 0, 0, 0), FIRST);
        let end = (to.at(23, 59, 59, 999_999_999), LAST);
        let short = self.short.range(begin..=end).map(|((_, id), span)| (*id, *span));
        let long = self.long.iter().filter(|(_, span)| touches(span)).map(|(id, span)| (*id, *span));
        let mut found: Vec<_> = short.chain(long).map(|(id, span)| span.occurrence(id, false)).collect();
        for (id, series) in &self.series {
            let days = days_between(series.span.start.date(), series.span.last_day());
            let from = later(from, -days).unwrap_or(Date::MIN);
            let on = series.rule.days(from, to).filter(|day| !series.skips.contains(day));
            let on = on.filter(|day| self.instead_of(*id, *day).next().is_none());
            found.extend(on.filter_map(|day| Some(series.span.on(day)?.occurrence(*id, true))));
        }
        found
    }

    fn instead_of(&self, series: RecordId, day: Date) -> impl Iterator<Item = RecordId> {
        self.instead.range((series, day, FIRST)..=(series, day, LAST)).map(|(_, _, id)| *id)
    }

    fn next_day(&self, from: Date) -> Option<Date> {
        let short = self.short.range((from.at(0, 0, 0, 0), FIRST)..).next();
        let long = self.long.values().map(|span| span.start.date()).filter(|day| *day >= from);
        let again = self.series.iter().filter_map(|(id, series)| {
            let mut on = series.rule.days(from, Date::MAX);
            on.find(|day| !series.skips.contains(day) && self.instead_of(*id, *day).next().is_none())
        });
        long.chain(again).chain(short.map(|((start, _), _)| start.date())).min()
    }
}

fn last_day(start: DateTime, end: DateTime, all_day: bool) -> Date {
    let is_midnight = end.time() == Date::MIN.at(0, 0, 0, 0).time();
    if is_midnight && !all_day && end > start {
        end.date().yesterday().unwrap_or(Date::MIN)
    } else {
        end.date()
    }
}

/// The series and the day in whose place an event stands.
fn stands_for(event: &Record) -> Option<(RecordId, Date)> {
    let series = event.fields.text("series")?.parse().ok().map(RecordId)?;
    Some((series, day_of_series(event)?))
}

fn day_of_series(event: &Record) -> Option<Date> {
    event.fields.text("series_day").and_then(schema::day)
}

/// So many days later, or earlier; none outside of the calendar.
pub(crate) fn later(day: Date, days: i64) -> Option<Date> {
    let far = Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
    if days < 0 { day.checked_sub(far).ok() } else { day.checked_add(far).ok() }
}

/// How many days later the second one is.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

const FIRST: RecordId = RecordId(uuid::Uuid::nil());
const LAST: RecordId = RecordId(uuid::Uuid::max());
const DAY_MINUTES: i32 = 24 * 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{id, shown};
    use engine::{Place, Shown};
    use expect_test::{Expect, expect};
    use std::fmt::Write as _;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn event(n: u128, fields: &[(&str, &str)]) -> Shown {
        shown(Kind::Event, n, fields)
    }

    fn view(events: &[Shown]) -> View {
        let mut view = View::default();
        view.apply(events);
        view
    }

    fn told(found: &[Occurrence]) -> String {
        let mut told = String::new();
        for it in found {
            let when = if it.all_day {
                format!("{} to {}", it.start.date(), it.end.date())
            } else {
                format!("{} to {}", it.start, it.end)
            };
            let series = if it.is_series { " again" } else { "" };
            writeln!(told, "{} {when}{series}", it.event.0.as_u128()).expect("a string takes all");
        }
        told
    }

    fn check(events: &[Shown], from: &str, to: &str, expect: Expect) {
        expect.assert_eq(&told(&view(events).agenda(day(from), day(to))));
    }

    #[test]
    fn a_day_has_what_is_all_day_first_and_then_goes_by_the_clock() {
        check(
            &[
                event(1, &[("start", "2026-11-25T14:00"), ("end", "2026-11-25T14:30")]),
                event(2, &[("start", "2026-11-25T09:30")]),
                event(3, &[("start", "2026-11-25")]),
                event(4, &[("start", "2026-11-26T00:00")]),
                event(5, &[("start", "2026-11-24T23:30"), ("end", "2026-11-25T00:00")]),
                event(6, &[("subject", "no day")]),
                event(7, &[("start", "soon")]),
            ],
            "2026-11-25",
            "2026-11-25",
            expect![[r#"
                3 2026-11-25 to 2026-11-25
                2 2026-11-25T09:30:00 to 2026-11-25T09:30:00
                1 2026-11-25T14:00:00 to 2026-11-25T14:30:00
            "#]],
        );
    }

    #[test]
    fn what_lasts_several_days_is_found_on_each_of_them() {
        let events = [
            event(1, &[("start", "2026-11-23"), ("end", "2026-11-26")]),
            event(2, &[("start", "2026-11-24T22:00"), ("end", "2026-11-25T02:00")]),
            event(3, &[("start", "2026-11-24T22:00"), ("end", "2026-11-25")]),
            event(4, &[("start", "2026-11-23T22:00"), ("repeat", "weekly"), ("end", "2026-11-25T02:00")]),
        ];
        for (on, found) in [
            ("2026-11-22", vec![]),
            ("2026-11-23", vec![1, 4]),
            ("2026-11-25", vec![1, 4, 2, 3]),
            ("2026-11-26", vec![1]),
            ("2026-11-27", vec![]),
            ("2026-12-02", vec![4]),
        ] {
            let agenda = view(&events).agenda(day(on), day(on));
            assert_eq!(agenda.iter().map(|it| it.event.0.as_u128()).collect::<Vec<_>>(), found, "{on}");
        }
        let [first] = view(&events[1..2]).agenda(day("2026-11-25"), day("2026-11-25"))[..] else {
            panic!("it is there")
        };
        assert_eq!(first.minutes_on(day("2026-11-24")), Some((22 * 60, 24 * 60)));
        assert_eq!(first.minutes_on(day("2026-11-25")), Some((0, 120)));
        assert_eq!(first.minutes_on(day("2026-11-26")), None);
    }

    #[test]
    fn a_series_leaves_out_its_skips_and_what_stands_in_the_place_of_a_day() {
        let series = id(1).0.to_string();
        let instead = |n, of: &str, more: &[(&str, &str)]| {
            let mut fields = vec![("series", series.as_str()), ("series_day", of)];
            fields.extend(more);
            event(n, &fields)
        };
        check(
            &[
                event(
                    1,
                    &[
                        ("start", "2026-11-02T10:00"),
                        ("end", "2026-11-02T11:00"),
                        ("repeat", "weekly"),
                        ("until", "2026-12-07"),
                        ("skip:2026-11-09", "yes"),
                    ],
                ),
                instead(2, "2026-11-16", &[("start", "2026-11-18T15:00")]),
                instead(3, "2026-11-23", &[("start", "2026-11-23T10:00"), ("status", "cancelled")]),
                instead(4, "2026-11-30", &[]),
            ],
            "2026-11-01",
            "2026-12-31",
            expect![[r#"
                1 2026-11-02T10:00:00 to 2026-11-02T11:00:00 again
                2 2026-11-18T15:00:00 to 2026-11-18T15:00:00
                3 2026-11-23T10:00:00 to 2026-11-23T10:00:00
                4 2026-11-30 to 2026-11-30
                1 2026-12-07T10:00:00 to 2026-12-07T11:00:00 again
            "#]],
        );
    }

    #[test]
    fn a_change_of_the_clocks_moves_nothing() {
        // In New York 2:30 does not exist on 14 March 2027, and comes twice on 7 November.
        let at_night = [("start", "2027-03-13T02:30"), ("end", "2027-03-13T03:30"), ("repeat", "daily")];
        check(
            &[event(1, &at_night)],
            "2027-03-13",
            "2027-03-15",
            expect![[r#"
                1 2027-03-13T02:30:00 to 2027-03-13T03:30:00 again
                1 2027-03-14T02:30:00 to 2027-03-14T03:30:00 again
                1 2027-03-15T02:30:00 to 2027-03-15T03:30:00 again
            "#]],
        );
        let over_night = [("start", "2027-10-31T23:00"), ("end", "2027-11-01T06:00"), ("repeat", "weekly")];
        check(
            &[event(1, &over_night)],
            "2027-11-07",
            "2027-11-08",
            expect![[r#"
                1 2027-11-07T23:00:00 to 2027-11-08T06:00:00 again
            "#]],
        );
    }

    #[test]
    fn one_occurrence_is_known_by_its_day() {
        let series = id(1).0.to_string();
        let view = view(&[
            event(1, &[("start", "2026-11-02T10:00"), ("repeat", "weekly"), ("skip:2026-11-09", "yes")]),
            event(2, &[("start", "2026-11-18T15:00"), ("series", &series), ("series_day", "2026-11-16")]),
        ]);
        let at = |n, on: &str| view.occurrence(id(n), Some(day(on))).map(|it| it.start.to_string());
        assert_eq!(at(1, "2026-11-23").as_deref(), Some("2026-11-23T10:00:00"));
        assert_eq!((at(1, "2026-11-09"), at(1, "2026-11-16"), at(1, "2026-11-24")), (None, None, None));
        assert_eq!(at(2, "2026-11-16").as_deref(), Some("2026-11-18T15:00:00"));
        assert_eq!(view.occurrence(id(1), None).map(|it| it.day), Some(day("2026-11-02")));
        assert_eq!(view.next_of(id(1), day("2026-11-03")).map(|it| it.day), Some(day("2026-11-23")));
        assert_eq!(view.next_of(id(1), day("2026-11-09")).map(|it| it.day), Some(day("2026-11-23")));
        let moved = view.next_of(id(2), day("2027-01-01")).map(|it| it.start.date());
        assert_eq!(moved, Some(day("2026-11-18")));
        assert_eq!(view.instead(id(1), day("2026-11-16")), Some(id(2)));
        assert_eq!(
            view.exceptions(id(1)).map(|(on, it)| (on, it.id)).collect::<Vec<_>>(),
            [(day("2026-11-16"), id(2))]
        );
        assert!(view.is_series(id(1)) && !view.is_series(id(2)));
        assert_eq!(view.occurrence(id(9), None), None);
    }

    #[test]
    fn what_changes_or_leaves_takes_its_old_days_along() {
        let mut view =
            view(&[event(1, &[("start", "2026-11-25")]), event(2, &[("start", "2026-11-25T10:00")])]);
        let on = |view: &View, on: &str| view.agenda(day(on), day(on)).len();
        assert_eq!(on(&view, "2026-11-25"), 2);
        view.apply(&[event(1, &[("start", "2026-11-25"), ("repeat", "daily")])]);
        assert_eq!((on(&view, "2026-11-25"), on(&view, "2027-11-25")), (2, 1));
        view.apply(&[event(1, &[("start", "2026-11-26"), ("end", "2026-11-28")])]);
        assert_eq!((on(&view, "2026-11-25"), on(&view, "2026-11-27"), on(&view, "2027-11-25")), (1, 1, 0));
        view.apply(&[event(1, &[("subject", "some day")])]);
        assert_eq!((on(&view, "2026-11-27"), view.undated().count()), (0, 1));
        for n in [1, 2] {
            view.apply(&[Shown { id: id(n), record: None, place: Place::Web }]);
        }
        assert_eq!((on(&view, "2026-11-25"), view.undated().count()), (0, 0));
    }

    #[test]
    fn a_series_that_ends_before_its_first_day_is_on_none() {
        for (start, repeat, until, is_on_none) in [
            ("2026-11-25T10:00", "weekly", "2026-11-24", true),
            ("2026-11-25T10:00", "weekly", "2026-11-25", false),
            ("2026-11-25", "daily", "2026-11-24", true),
            ("2026-11-25", "daily", "", false),
            // It begins on the Monday after.
            ("2026-11-28", "weekdays", "2026-11-29", true),
            ("2026-11-28", "weekdays", "2026-11-30", false),
            ("2026-11-25", "", "2026-11-24", false),
            ("", "weekly", "2026-11-24", false),
        ] {
            let fields = [("start", start), ("repeat", repeat), ("until", until)];
            assert_eq!(is_on_no_day(&fields.into_iter().collect()), is_on_none, "{fields:?}");
            let shown = view(&[event(1, &fields)]);
            let on = shown.agenda(day("2026-11-01"), day("2027-11-01")).len();
            assert_eq!(on == 0, is_on_none || start.is_empty(), "{fields:?}");
        }
    }

    #[test]
    fn the_next_day_with_something_is_found() {
        let yearly = [("start", "2027-02-01T10:00"), ("repeat", "yearly"), ("skip:2028-02-01", "yes")];
        let events = [
            event(1, &[("start", "2026-03-01T10:00")]),
            event(2, &[("start", "2026-12-24"), ("end", "2026-12-26")]),
            event(3, &yearly),
        ];
        let view = view(&events);
        for (from, next) in [
            ("2026-03-01", "2026-03-01"),
            ("2026-11-25", "2026-12-24"),
            ("2026-12-25", "2027-02-01"),
            ("2027-05-01", "2029-02-01"),
        ] {
            assert_eq!(view.next_day(day(from)), Some(day(next)), "{from}");
        }
    }

    #[test]
    fn of_twenty_thousand_events_a_week_reads_only_its_own() {
        let events: Vec<Shown> = (0..20_000u128)
            .map(|n| {
                let start =
                    later(day("2020-01-01"), (n % 4_000) as i64).expect("a day").at(9, 0, 0, 0).to_string();
                event(n, &[("start", &start[..16]), ("repeat", if n % 100 == 0 { "weekly" } else { "" })])
            })
            .collect();
        let view = view(&events);
        let mut found = 0;
        for week in 0..500 {
            let from = later(day("2020-01-01"), week * 7).expect("a day");
            found += view.agenda(from, later(from, 6).expect("a day")).len();
        }
        assert!(found > 30_000, "{found}");
    }
}
