//! How a record stands to its visit frequency: when somebody was last there, and when somebody should be again.

use std::collections::BTreeMap;

use protocol::schema::{Date, DateTime, WITH, lists};
use protocol::{Kind, Record, RecordId};

use crate::View;
use crate::agenda::day_of;
use crate::timeline::{Clock, made_at, utc, utc_of_ms};

/// How an account or a contact stands to its visit frequency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Due {
    /// Nobody means to be there every so often.
    NoGoal,
    /// It has a frequency, and nobody has been there.
    Never,
    /// The next visit has time.
    OnTrack {
        /// Until the next visit is due.
        days: i32,
    },
    /// The last quarter of the time between two visits has begun.
    FollowUp {
        /// Until the next visit is due; none today.
        days: i32,
    },
    /// The next visit should have been.
    Overdue {
        /// Since it was due.
        days: i32,
    },
}

/// The last visit of each account and contact. One that arrives is only compared; where one has left, the links are
/// asked again.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    last: BTreeMap<RecordId, Last>,
    stale: Vec<RecordId>,
}

/// Notes are written in UTC and the calendar is kept by the clock on the wall: which of the two was later is known
/// once somebody says where the wall is.
#[derive(Clone, Copy, Debug)]
struct Last {
    note: DateTime,
    event: Date,
}

impl View {
    /// The day of the last visit to an account, whoever was seen there, or with a contact. An attempt is none, and
    /// neither is what is said of a day to come.
    pub fn last_visit(&self, id: RecordId, clock: Clock) -> Option<Date> {
        let is_past = |day: &Date| *day <= clock.now.date();
        let last = |id: RecordId| {
            let last = Some(self.visits.last.get(&id)?.day(clock)).filter(is_past);
            // A day to come must not hide the visits before it.
            last.or_else(|| self.visits_of(id).map(|visit| visit.day(clock)).filter(is_past).max())
        };
        self.merged_into(id).into_iter().chain([id]).filter_map(last).max()
    }

    /// How an account or a contact stands to its visit frequency.
    pub fn due(&self, id: RecordId, clock: Clock) -> Due {
        let frequency = self.record(id).and_then(|record| record.fields.text("frequency"));
        let Some(cadence) = frequency.and_then(lists::frequency_days) else { return Due::NoGoal };
        let Some(last) = self.last_visit(id, clock) else { return Due::Never };
        match cadence - (clock.now.date() - last).get_days() {
            left if left < 0 => Due::Overdue { days: -left },
            left if left * 4 <= cadence => Due::FollowUp { days: left },
            left => Due::OnTrack { days: left },
        }
    }

    /// All visits to an account or with a contact, as the links know them.
    fn visits_of(&self, target: RecordId) -> impl Iterator<Item = Last> {
        let found =
            [Kind::Note, Kind::Event].into_iter().flat_map(move |kind| self.links.of_kind(target, kind));
        let found = found.filter(move |visit| targets(visit).any(|it| it == target));
        found.filter_map(|visit| Last::of(visit))
    }

    /// Asks the links where a visit has left.
    pub(crate) fn recount_visits(&mut self) {
        let mut stale = std::mem::take(&mut self.visits.stale);
        stale.sort_unstable();
        stale.dedup();
        for target in stale {
            self.visits.last.remove(&target);
            for kind in [Kind::Note, Kind::Event] {
                for record in self.links.of_kind(target, kind) {
                    self.visits.remember(record, Some(target));
                }
            }
        }
    }
}

impl Visits {
    /// Takes in a visit, for all whom it is about or for one of them.
    pub(crate) fn remember(&mut self, record: &Record, only: Option<RecordId>) {
        let Some(visit) = Last::of(record) else { return };
        for target in targets(record).filter(|target| only.is_none_or(|only| only == *target)) {
            let last = self.last.entry(target).or_insert(visit);
            *last = Last { note: last.note.max(visit.note), event: last.event.max(visit.event) };
        }
    }

    /// A visit leaves.
    pub(crate) fn forget(&mut self, record: &Record) {
        if Last::of(record).is_some() {
            self.stale.extend(targets(record));
        }
    }
}

impl Last {
    /// The day of a visit; none for an attempt, a plan, and all that is no visit.
    fn of(record: &Record) -> Option<Self> {
        let never = Self { note: DateTime::MIN, event: Date::MIN };
        let made = || utc_of_ms(made_at(record));
        is_seen(record).then(|| match (record.kind, start_day(record)) {
            (Kind::Event, Some(event)) => Self { event, ..never },
            (Kind::Event, None) => Self { note: made(), ..never },
            _ => Self { note: record.fields.text("written").and_then(utc).unwrap_or_else(made), ..never },
        })
    }

    fn day(self, clock: Clock) -> Date {
        let note = if self.note == DateTime::MIN { Date::MIN } else { clock.wall(self.note).date() };
        note.max(self.event)
    }
}

/// The day on which an event begins.
pub(crate) fn start_day(event: &Record) -> Option<Date> {
    event.fields.text("start").and_then(day_of)
}

/// Whether a note or an event says that somebody was seen there.
pub(crate) fn is_seen(record: &Record) -> bool {
    let text = |name| record.fields.text(name);
    let is_visit = || match record.kind {
        Kind::Note => matches!(text("channel"), None | Some("in_person" | "phone_visit")),
        Kind::Event => text("status") == Some("done") && text("type").is_some_and(is_visit),
        _ => false,
    };
    text("outcome").is_none_or(|outcome| outcome == "saw") && is_visit()
}

fn is_visit(event_type: &str) -> bool {
    matches!(event_type, "Visit" | "In-service" | "Lunch" | "Meeting")
}

/// The account and the people of a visit.
fn targets(visit: &Record) -> impl Iterator<Item = RecordId> {
    let named = visit.fields.iter().filter_map(|(name, text)| match name {
        "account" | "contact" => Some(text),
        _ => name.strip_prefix(WITH),
    });
    named.filter_map(|text| text.parse().ok().map(RecordId))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use crate::zone::tests::NEW_YORK;
    use engine::{Place, Shown};

    fn of(n: u128) -> String {
        id(n).0.to_string()
    }

    fn clock(ahead_minutes: i32) -> Clock {
        Clock::fixed("2026-11-25T12:00".parse().expect("a time"), ahead_minutes)
    }

    fn note(n: u128, fields: &[(&str, &str)]) -> Shown {
        shown(Kind::Note, n, &[&[("text", "x"), ("account", &*of(1))], fields].concat())
    }

    fn event(n: u128, fields: &[(&str, &str)]) -> Shown {
        shown(Kind::Event, n, &[&[("subject", "x"), ("account", &*of(1))], fields].concat())
    }

    fn last(changes: &[Shown], ahead_minutes: i32) -> String {
        let mut view = View::default();
        view.apply(changes);
        view.last_visit(id(1), clock(ahead_minutes)).map_or_else(String::new, |day| day.to_string())
    }

    #[test]
    fn a_visit_is_where_somebody_was_seen() {
        let written = ("written", "2026-11-20T18:00:00.000Z");
        for (fields, counts) in [
            (vec![], true),
            (vec![("channel", "in_person"), ("outcome", "saw")], true),
            (vec![("channel", "phone_visit")], true),
            (vec![("channel", "phone")], false),
            (vec![("channel", "email")], false),
            (vec![("outcome", "left_materials")], false),
            (vec![("outcome", "no_see")], false),
            (vec![("outcome", "gatekeeper")], false),
        ] {
            let expected = if counts { "2026-11-20" } else { "" };
            assert_eq!(last(&[note(10, &[&fields[..], &[written]].concat())], 0), expected, "{fields:?}");
        }
        let start = ("start", "2026-11-19T09:30");
        for (fields, counts) in [
            (vec![("type", "Visit"), ("status", "done")], true),
            (vec![("type", "Lunch"), ("status", "done"), ("outcome", "saw")], true),
            (vec![("type", "Visit"), ("status", "done"), ("outcome", "no_see")], false),
            (vec![("type", "Visit"), ("status", "planned")], false),
            (vec![("type", "Visit")], false),
            (vec![("type", "Call"), ("status", "done")], false),
            (vec![("type", "Follow-up"), ("status", "done")], false),
            (vec![("status", "done")], false),
        ] {
            let expected = if counts { "2026-11-19" } else { "" };
            assert_eq!(last(&[event(10, &[&fields[..], &[start]].concat())], 0), expected, "{fields:?}");
        }
    }

    #[test]
    fn the_latest_counts_by_the_clock_on_the_wall_and_never_a_day_to_come() {
        let done = |start| event(20, &[("type", "Visit"), ("status", "done"), ("start", start)]);
        let evening = || note(10, &[("written", "2026-11-21T03:00:00.000Z")]);
        assert_eq!(last(&[evening()], -5 * 60), "2026-11-20");
        assert_eq!(last(&[evening()], 0), "2026-11-21");
        assert_eq!(last(&[evening(), done("2026-11-19")], -5 * 60), "2026-11-20");
        assert_eq!(last(&[evening(), done("2026-11-22")], 0), "2026-11-22");
        assert_eq!(last(&[done("2026-11-25T23:00")], 0), "2026-11-25");
        assert_eq!(last(&[done("2026-11-30T10:00")], 0), "");
        assert_eq!(last(&[evening(), done("2026-11-30T10:00")], 0), "2026-11-21");
        let follows = [("follows", &*of(1)), ("type", "Visit"), ("status", "done"), ("start", "2026-11-24")];
        let follows = shown(Kind::Event, 21, &[&[("subject", "x")], &follows[..]].concat());
        assert_eq!(last(&[evening(), done("2026-11-26"), follows], 0), "2026-11-21");
        assert_eq!(last(&[note(10, &[("written", "last week")])], 0), "1970-01-01");
    }

    #[test]
    fn a_visit_late_in_the_evening_is_of_its_day_on_both_sides_of_a_change_of_the_clocks() {
        for (now, frequency, written, last, due) in [
            // Half past midnight in summer, looked at in winter.
            ("2026-11-25T12:00", "monthly", "2026-10-26T04:30", "2026-10-26", Due::FollowUp { days: 0 }),
            ("2026-11-02T12:00", "weekly", "2026-10-26T04:30", "2026-10-26", Due::FollowUp { days: 0 }),
            // Half past eleven in the evening in winter, looked at in summer.
            ("2026-03-12T12:00", "weekly", "2026-03-05T04:30", "2026-03-04", Due::Overdue { days: 1 }),
            ("2026-03-07T12:00", "weekly", "2026-03-05T04:30", "2026-03-04", Due::OnTrack { days: 4 }),
        ] {
            let mut view = View::default();
            let written = format!("{written}:00.000Z");
            view.apply(&[
                account(1, &[("name", "A"), ("frequency", frequency)]),
                note(10, &[("written", &written)]),
            ]);
            let clock = Clock { now: now.parse().expect("a time"), zone: NEW_YORK };
            let found = view.last_visit(id(1), clock).map(|day| day.to_string());
            assert_eq!((found.as_deref(), view.due(id(1), clock)), (Some(last), due), "{now} {written}");
        }
    }

    #[test]
    fn what_leaves_or_changes_is_taken_back() {
        let mut view = View::default();
        let written = |n, day: &str| note(n, &[("written", &*format!("{day}T10:00:00.000Z"))]);
        view.apply(&[account(1, &[("name", "A")]), written(10, "2026-11-20"), written(11, "2026-11-22")]);
        let last = |view: &View, n| view.last_visit(id(n), clock(0)).map(|day| day.to_string());
        assert_eq!(last(&view, 1).as_deref(), Some("2026-11-22"));
        view.apply(&[Shown { id: id(11), record: None, place: Place::Web }]);
        assert_eq!(last(&view, 1).as_deref(), Some("2026-11-20"));
        view.apply(&[note(10, &[("outcome", "no_see"), ("written", "2026-11-20T10:00:00Z")])]);
        assert_eq!(last(&view, 1), None);
        // The history of both counts once two are one.
        let into = of(1);
        let moved =
            shown(Kind::Note, 12, &[("text", "x"), ("account", &of(2)), ("written", "2026-11-18T10:00:00Z")]);
        view.apply(&[account(2, &[("name", "B"), ("merged_into", &into)]), moved]);
        assert_eq!(last(&view, 1).as_deref(), Some("2026-11-18"));
    }

    #[test]
    fn a_contact_is_visited_where_it_is_named() {
        let mut view = View::default();
        let with = format!("with:{}", of(31));
        view.apply(&[
            shown(Kind::Contact, 30, &[("name", "C"), ("account", &of(1)), ("frequency", "weekly")]),
            shown(Kind::Contact, 31, &[("name", "D"), ("account", &of(1)), ("frequency", "weekly")]),
            shown(Kind::Contact, 32, &[("name", "E"), ("account", &of(1)), ("frequency", "weekly")]),
            note(10, &[("contact", &of(30)), (&with, "yes"), ("written", "2026-11-24T10:00:00Z")]),
        ]);
        assert_eq!(
            [30, 31, 32].map(|n| view.due(id(n), clock(0))),
            [Due::OnTrack { days: 6 }, Due::OnTrack { days: 6 }, Due::Never]
        );
    }

    #[test]
    fn the_last_quarter_is_follow_up_and_then_it_is_overdue() {
        let due = |frequency, day: &str| {
            let mut view = View::default();
            let written = format!("{day}T10:00:00.000Z");
            view.apply(&[
                account(1, &[("name", "A"), ("frequency", frequency)]),
                note(10, &[("written", &written)]),
            ]);
            view.due(id(1), clock(0))
        };
        assert_eq!(due("weekly", "2026-11-25"), Due::OnTrack { days: 7 });
        assert_eq!(due("weekly", "2026-11-20"), Due::OnTrack { days: 2 });
        assert_eq!(due("weekly", "2026-11-19"), Due::FollowUp { days: 1 });
        assert_eq!(due("weekly", "2026-11-18"), Due::FollowUp { days: 0 });
        assert_eq!(due("weekly", "2026-11-17"), Due::Overdue { days: 1 });
        assert_eq!(due("monthly", "2026-11-02"), Due::FollowUp { days: 7 });
        assert_eq!(due("monthly", "2026-11-03"), Due::OnTrack { days: 8 });
        assert_eq!(due("quarterly", "2026-08-01"), Due::Overdue { days: 25 });
        assert_eq!((due("", "2026-11-25"), due("often", "2026-11-25")), (Due::NoGoal, Due::NoGoal));
    }
}
