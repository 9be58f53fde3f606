//! Moving: a whole series by one of its days, and an end by its start.

use std::collections::BTreeMap;

use protocol::schema::{self, Date, DateTime, SKIP};
use protocol::{Record, RecordId};

use super::{Occurrence, Rule, Span, days_between, later};
use crate::View;

/// The fields of one record that change.
pub type Change = (RecordId, BTreeMap<String, Option<String>>);

impl Occurrence {
    /// Its start as a field keeps it.
    pub fn start_text(&self) -> String {
        text(self.start, self.all_day)
    }

    /// Its end as a field keeps it; none where it has none of its own.
    pub fn end_text(&self) -> Option<String> {
        (self.end > self.start).then(|| text(self.end, self.all_day))
    }

    /// The same with another beginning, as long as before by the clock.
    pub fn moved_to(self, start: DateTime) -> Option<Self> {
        let end = if self.all_day {
            later(self.end.date(), days_between(self.start.date(), start.date()))?.at(0, 0, 0, 0)
        } else {
            start.checked_add(self.end.duration_since(self.start)).ok()?
        };
        let start = if self.all_day { start.date().at(0, 0, 0, 0) } else { start };
        Some(Self { start, end, ..self })
    }
}

/// What moves a whole series when one of its days goes to another time: the series itself, the days that it leaves out,
/// and of the events that stand in the place of its days which days these are. A series of every day or weekday
/// changes its hours alone. None when nothing would change, and for what is no series.
pub fn series_moved(view: &View, series: RecordId, day: Date, to: &Occurrence) -> Option<Vec<Change>> {
    let record = view.record(series)?;
    let span = Span::read(record)?;
    let rule = Rule::read(&record.fields, span.start.date())?;
    let days = if rule.step.is_by_day() { 0 } else { days_between(day, to.start.date()) };
    let first = later(span.start.date(), days)?;
    let there = Occurrence { event: series, ..*to }.moved_to(first.to_datetime(to.start.time()))?;
    let mut set: BTreeMap<String, Option<String>> =
        [("start".to_owned(), Some(there.start_text())), ("end".to_owned(), there.end_text())].into();
    if days != 0 {
        let until = rule.until.and_then(|until| later(until, days));
        set.extend(until.map(|until| ("until".to_owned(), Some(until.to_string()))));
    }
    let mut changes = Vec::new();
    for (changed, fields) in series_begins(view, series, first) {
        if changed == series { set.extend(fields) } else { changes.push((changed, fields)) }
    }
    set.retain(|name, text| record.fields.text(name) != text.as_deref());
    if set.is_empty() {
        return None;
    }
    changes.insert(0, (series, set));
    Some(changes)
}

/// What goes along when a series begins on another day: the days that it leaves out, and of the events that stand in
/// the place of its days which days these are.
pub fn series_begins(view: &View, series: RecordId, first: Date) -> Vec<Change> {
    let Some(record) = view.record(series) else { return Vec::new() };
    let moved = |day| goes_along(record, day, first);
    let skips = record.fields.iter().filter_map(|(name, _)| name.strip_prefix(SKIP).and_then(schema::day));
    let skips: Vec<(Date, Date)> = skips.filter_map(|day| Some((day, moved(day)?))).collect();
    let mut set: BTreeMap<String, Option<String>> =
        skips.iter().map(|(day, _)| (format!("{SKIP}{day}"), None)).collect();
    // Last, because one may come to a day that another leaves.
    set.extend(skips.iter().map(|(_, day)| (format!("{SKIP}{day}"), Some("yes".to_owned()))));
    let exceptions = view.exceptions(series).filter_map(|(day, event)| Some((event.id, moved(day)?)));
    let exceptions =
        exceptions.map(|(id, day)| (id, [("series_day".to_owned(), Some(day.to_string()))].into()));
    let own = (!set.is_empty()).then_some((series, set));
    own.into_iter().chain(exceptions).collect()
}

/// Where what is said of one day goes when its series begins on another one: to the day of the same number. None when
/// it stays, because the series comes on that day all the same. It goes to no day that the series had already: what is
/// said of that one holds.
fn goes_along(series: &Record, day: Date, first: Date) -> Option<Date> {
    let rule = |first| Some(Rule { until: None, ..Rule::read(&series.fields, first)? });
    let (old, new) = (rule(Span::read(series)?.start.date())?, rule(first)?);
    let to = old.number(day).filter(|_| new.number(day).is_none()).and_then(|n| new.nth(n))?;
    old.number(to).is_none().then_some(to)
}

/// The end that goes along when a start changes: it stays as far away as it was, and is half an hour where there was
/// none. None when the end stays as it is.
pub fn end_after(old_start: &str, end: &str, start: &str) -> Option<String> {
    if let Some(start) = schema::wall_time(start) {
        let lasts =
            schema::wall_time(old_start).zip(schema::wall_time(end)).filter(|(start, end)| end > start);
        let was_day = schema::wall_time(old_start).is_none() && schema::day(end).is_some();
        let end_is_none = end.is_empty() || was_day;
        return match lasts {
            Some((old, end)) => Some(text(start.checked_add(end.duration_since(old)).ok()?, false)),
            None if end_is_none => Some(text(start.checked_add(HALF_AN_HOUR).ok()?, false)),
            None => None,
        };
    }
    let (old, end, start) = (schema::day(old_start)?, schema::day(end)?, schema::day(start)?);
    later(end, days_between(old, start)).map(|end| end.to_string())
}

/// Whether a start is all that there will be of it, as far as one can tell: a day alone is less than what has an end
/// with hours.
pub fn is_whole(start: &str, end: &str) -> bool {
    let is_day = schema::day(start).is_some() && schema::wall_time(end).is_none();
    is_day || schema::wall_time(start).is_some()
}

/// A time as a field keeps it.
fn text(time: DateTime, all_day: bool) -> String {
    let day = time.date();
    if all_day { day.to_string() } else { format!("{day}T{:02}:{:02}", time.hour(), time.minute()) }
}

const HALF_AN_HOUR: std::time::Duration = std::time::Duration::from_secs(30 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{id, shown};
    use expect_test::{Expect, expect};
    use protocol::Kind;
    use std::fmt::Write as _;

    fn check(repeat: &str, more: &[(&str, &str)], day: &str, to: &str, expect: Expect) {
        let series = id(1).0.to_string();
        let mut fields = vec![("start", "2026-11-04T10:00"), ("end", "2026-11-04T10:45"), ("repeat", repeat)];
        fields.extend(more);
        let instead =
            [("series", series.as_str()), ("series_day", "2026-11-18"), ("start", "2026-11-18T10:00")];
        let mut view = View::default();
        view.apply(&[shown(Kind::Event, 1, &fields), shown(Kind::Event, 2, &instead)]);
        let day = day.parse().expect("a day");
        let moved = view.occurrence(id(1), Some(day)).expect("is one of its days");
        let moved = moved.moved_to(to.parse().expect("a time")).expect("is in the calendar");
        let mut told = String::new();
        for (id, set) in series_moved(&view, id(1), day, &moved).unwrap_or_default() {
            for (name, text) in set {
                let text = text.unwrap_or_else(|| "-".to_owned());
                writeln!(told, "{} {name} {text}", id.0.as_u128()).expect("a string takes all");
            }
        }
        expect.assert_eq(&told);
    }

    #[test]
    fn a_series_takes_its_exceptions_along() {
        check(
            "weekly",
            &[("until", "2026-12-30"), ("skip:2026-11-11", "yes")],
            "2026-11-25",
            "2026-11-26T14:15",
            expect![[r#"
                1 end 2026-11-05T15:00
                1 skip:2026-11-11 -
                1 skip:2026-11-12 yes
                1 start 2026-11-05T14:15
                1 until 2026-12-31
                2 series_day 2026-11-19
            "#]],
        );
    }

    #[test]
    fn another_hour_leaves_the_days_alone() {
        check(
            "weekly",
            &[("skip:2026-11-11", "yes")],
            "2026-11-25",
            "2026-11-25T08:00",
            expect![[r#"
                1 end 2026-11-04T08:45
                1 start 2026-11-04T08:00
            "#]],
        );
    }

    #[test]
    fn what_comes_every_day_changes_its_hours_alone() {
        check(
            "weekdays",
            &[],
            "2026-11-25",
            "2026-11-27T08:00",
            expect![[r#"
                1 end 2026-11-04T08:45
                1 start 2026-11-04T08:00
            "#]],
        );
        check("daily", &[], "2026-11-25", "2026-11-27T10:00", expect![""]);
    }

    #[test]
    fn what_is_said_of_a_day_stays_where_the_series_comes_all_the_same() {
        for (repeat, first, new_first, day, after) in [
            // A week later: the visit of the 9th is the first one now, and none was planned instead of it.
            ("weekly", "2026-11-02", "2026-11-09", "2026-11-09", None),
            ("weekly", "2026-11-02", "2026-11-09", "2026-11-02", None),
            ("weekly", "2026-11-09", "2026-11-02", "2026-11-16", None),
            ("weekly", "2026-11-02", "2026-11-03", "2026-11-09", Some("2026-11-10")),
            ("weekly", "2026-11-02", "2026-11-10", "2026-11-09", Some("2026-11-17")),
            ("biweekly", "2026-11-02", "2026-11-16", "2026-11-30", None),
            ("biweekly", "2026-11-02", "2026-11-09", "2026-11-16", Some("2026-11-23")),
            ("monthly", "2026-11-04", "2026-12-04", "2026-11-04", None),
            ("monthly", "2026-12-31", "2026-12-28", "2027-02-28", None),
            ("monthly", "2026-12-31", "2026-12-28", "2027-03-31", Some("2027-03-28")),
            ("yearly", "2026-11-04", "2026-11-05", "2028-11-04", Some("2028-11-05")),
            ("daily", "2026-11-02", "2026-11-05", "2026-11-03", None),
            ("weekdays", "2026-11-02", "2026-11-07", "2026-11-06", None),
            ("weekdays", "2026-11-09", "2026-11-02", "2026-11-10", None),
            // What was no day of the series has no number.
            ("weekly", "2026-11-02", "2026-11-03", "2026-11-11", None),
        ] {
            let (of, skip) = (id(1).0.to_string(), format!("{SKIP}{day}"));
            let series = [("start", first), ("repeat", repeat), ("until", "2026-11-30"), (&skip, "yes")];
            let instead = [("series", &*of), ("series_day", day), ("start", day)];
            let mut view = View::default();
            view.apply(&[shown(Kind::Event, 1, &series), shown(Kind::Event, 2, &instead)]);
            let expected: Vec<Change> = after.map_or_else(Vec::new, |after| {
                let yes = |text: &str| Some(text.to_owned());
                let skips = [(skip.clone(), None), (format!("{SKIP}{after}"), yes("yes"))];
                vec![(id(1), skips.into()), (id(2), [("series_day".to_owned(), yes(after))].into())]
            });
            let changes = series_begins(&view, id(1), new_first.parse().expect("a day"));
            assert_eq!(changes, expected, "{repeat} from {first}, then from {new_first}: {day}");
        }
    }

    #[test]
    fn moved_by_whole_weeks_the_days_keep_what_is_said_of_them() {
        check(
            "weekly",
            &[("until", "2026-12-30"), ("skip:2026-11-11", "yes")],
            "2026-11-25",
            "2026-12-02T10:00",
            expect![[r#"
                1 end 2026-11-11T10:45
                1 start 2026-11-11T10:00
                1 until 2027-01-06
            "#]],
        );
    }

    #[test]
    fn an_end_goes_along_with_its_start() {
        for (old, end, new, after) in [
            ("", "", "2026-11-25T09:00", Some("2026-11-25T09:30")),
            ("2026-11-25T09:00", "2026-11-25T10:00", "2026-11-26T23:30", Some("2026-11-27T00:30")),
            ("2026-11-25T09:00", "", "2026-11-25T23:45", Some("2026-11-26T00:15")),
            ("2026-11-25", "2026-11-27", "2026-12-01", Some("2026-12-03")),
            ("2026-11-25", "2026-11-27", "2026-11-25T09:00", Some("2026-11-25T09:30")),
            ("2026-11-25T09:00", "2026-11-25T08:00", "2026-11-25T10:00", None),
            ("2026-11-25", "", "2026-12-01", None),
            // What the rep has said of the end stays.
            ("2026-11-25", "2026-11-25T11:00", "2026-11-25T09:00", None),
            ("", "T11:00", "2026-11-25T09:00", None),
            ("2026-11-25T09:00", "2026-11-25T10:00", "", None),
        ] {
            assert_eq!(end_after(old, end, new).as_deref(), after, "{old} {end} {new}");
        }
    }

    #[test]
    fn a_start_is_whole_when_it_says_as_much_as_the_end() {
        for (start, end, is) in [
            ("2026-11-25T09:00", "2026-11-25T10:00", true),
            ("2026-11-25T09:00", "", true),
            ("2026-11-25", "2026-11-26", true),
            ("2026-11-25", "", true),
            ("2026-11-25", "2026-11-25T10:00", false),
            ("T09:00", "", false),
            ("", "", false),
        ] {
            assert_eq!(is_whole(start, end), is, "{start} {end}");
        }
    }

    #[test]
    fn an_all_day_event_moves_by_days() {
        let mut view = View::default();
        view.apply(&[shown(Kind::Event, 1, &[("start", "2026-11-25"), ("end", "2026-11-26")])]);
        let there = view.occurrence(id(1), None).and_then(|it| it.moved_to("2026-12-01T14:00".parse().ok()?));
        let texts = there.map(|it| (it.start_text(), it.end_text()));
        assert_eq!(texts, Some(("2026-12-01".to_owned(), Some("2026-12-02".to_owned()))));
    }
}
