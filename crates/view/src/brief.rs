//! What a rep should know before walking in, and what this day asks for.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use protocol::schema::{Date, DateTime, WITH, lists};
use protocol::{Kind, Record, RecordId};

use crate::agenda::{Occurrence, later};
use crate::cadence::Due;
use crate::timeline::{Clock, Filter, Moment, NO_DAY, What, coming, due, is_follow_up, is_open, timeline};
use crate::{View, fold, links};

/// What to know of an account, or of a contact, before the next talk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// The day of the last visit.
    pub last_visit: Option<Date>,
    /// The last notes, newest first.
    pub notes: Vec<Moment>,
    /// What was promised and is not done, the oldest first, what has no day last.
    pub promises: Vec<Moment>,
    /// What became of referrals since the last visit: the newest of each, newest first.
    pub referrals: Vec<Moment>,
}

/// Where to go next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// What the calendar says.
    Stop(Occurrence),
    /// The account that has waited longest for a visit.
    Account(RecordId, Due),
}

/// How many accounts stand how to their visit frequency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Nobody has been there.
    pub never: usize,
    /// The next visit should have been.
    pub overdue: usize,
    /// The next visit is near.
    pub follow_up: usize,
    /// The next visit has time.
    pub on_track: usize,
}

/// What one day asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Where to go next; none when nothing more is planned for today and nobody waits.
    pub next: Option<Next>,
    /// What the calendar has for today, in its order: what is done, and what is not over.
    pub stops: Vec<Occurrence>,
    /// What is over, today or on the days before, and of which nobody said what came of it, newest first.
    pub not_logged: Vec<Occurrence>,
    /// Promises that are due within a week, the oldest first, and then those without a day.
    pub promises: Vec<Moment>,
    /// Accounts that a visit is due at, the longest waiting first.
    pub due: Vec<(RecordId, Due)>,
    /// How many stand how.
    pub counts: Counts,
    /// Notes about nobody, newest first.
    pub unfiled: Vec<Rc<Record>>,
}

/// What to know before the next talk with an account or a contact.
pub fn brief(view: &View, about: RecordId, clock: Clock) -> Brief {
    let moments = timeline(view, about, clock);
    let last_visit = view.last_visit(about, clock);
    let notes = moments.iter().filter(|moment| moment.what == What::Note).take(NOTES_MAX).cloned().collect();
    let is_since = |moment: &&Moment| last_visit.is_none_or(|last| moment.when.date() >= last);
    let mut told = BTreeSet::new();
    let referrals = moments.iter().filter(|moment| Filter::Referrals.takes(moment.what)).filter(is_since);
    let referrals = referrals.filter(|moment| told.insert(moment.record.id)).take(REFERRALS_MAX);
    let referrals = referrals.cloned().collect();
    let promises = coming(view, about, clock).into_iter().filter(|it| it.what == What::FollowUp).collect();
    Brief { last_visit, notes, promises, referrals }
}

/// What this day asks of this rep: what somebody else of the territory owns is theirs.
pub fn day_of(view: &View, me: &str, clock: Clock) -> Day {
    let today = clock.now.date();
    let is_mine = |event: &Record| event.fields.text("owner").is_none_or(|owner| owner == me);
    let on = |from, to| {
        let happens = view.agenda(from, to).into_iter();
        happens.filter(|it| view.record(it.event).is_some_and(|event| is_mine(event) && is_stop(event)))
    };
    let is_to_do = |it: &Occurrence| view.record(it.event).is_some_and(|event| is_open(event));
    let before = later(today, -DAYS_BACK).unwrap_or(today);
    let waits = |it: &Occurrence| is_over(it, clock.now) && is_to_do(it);
    let mut not_logged: Vec<Occurrence> = on(before, today).filter(waits).collect();
    not_logged.reverse();
    let stops: Vec<Occurrence> = on(today, today).filter(|it| !waits(it)).collect();
    let promised = view.desk.promises.iter().filter_map(|id| view.record(*id));
    let promised = promised.filter(|event| is_mine(event));
    let mut promises: Vec<Moment> = promised.filter_map(|event| promise(event, today)).collect();
    promises.sort_by_key(|moment| (moment.when, moment.record.id));
    let (due, counts) = waiting(view, clock);
    let unfiled = unfiled(view).cloned().collect();
    let next = stops.iter().find(|stop| is_to_do(stop)).copied().map(Next::Stop);
    let next = next.or_else(|| due.first().map(|(id, due)| Next::Account(*id, *due)));
    Day { next, stops, not_logged, promises, due, counts, unfiled }
}

/// The notes about nobody, newest first.
pub fn unfiled(view: &View) -> impl Iterator<Item = &Rc<Record>> {
    view.desk.unfiled.iter().rev().filter_map(|id| view.record(*id))
}

/// Whether a note belongs to no account, no referral and nobody.
pub fn is_unfiled(note: &Record) -> bool {
    let about_nobody = || {
        let mut fields = note.fields.iter();
        !fields.any(|(name, _)| matches!(name, "contact" | "referral") || name.starts_with(WITH))
    };
    links::account(note).is_none() && about_nobody()
}

/// What a day may ask for, kept as records come and go: a day is asked for at each change, and looks at no others.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// Accounts with a visit frequency.
    goals: BTreeSet<RecordId>,
    /// Promises that are open.
    promises: BTreeSet<RecordId>,
    /// Notes about nobody.
    unfiled: BTreeSet<RecordId>,
}

impl Desk {
    /// Takes in a record that the day may ask for.
    pub(crate) fn remember(&mut self, record: &Record) {
        let has_goal = || record.fields.text("frequency").and_then(lists::frequency_days).is_some();
        match record.kind {
            Kind::Account if has_goal() => self.goals.insert(record.id),
            Kind::Event if is_follow_up(record) && is_open(record) => self.promises.insert(record.id),
            Kind::Note if is_unfiled(record) => self.unfiled.insert(record.id),
            _ => false,
        };
    }

    /// A record leaves.
    pub(crate) fn forget(&mut self, record: &Record) {
        match record.kind {
            Kind::Account => self.goals.remove(&record.id),
            Kind::Event => self.promises.remove(&record.id),
            Kind::Note => self.unfiled.remove(&record.id),
            _ => false,
        };
    }
}

/// The promise that was made in a note, if it is still here.
pub fn promise_of(view: &View, note: RecordId) -> Option<&Rc<Record>> {
    let follows = |event: &&Rc<Record>| {
        event.fields.text("follows").and_then(|text| text.parse().ok()).map(RecordId) == Some(note)
    };
    view.about(note, Kind::Event).into_iter().find(follows)
}

/// Whether the event is a stop: a promise is none, and neither is what was cancelled.
fn is_stop(event: &Record) -> bool {
    event.fields.text("status") != Some("cancelled") && !is_follow_up(event)
}

/// Whether a stop is over: it has ended, and nobody can still be on the way there.
fn is_over(stop: &Occurrence, now: DateTime) -> bool {
    let on_the_way = stop.start.checked_add(ON_THE_WAY).unwrap_or(DateTime::MAX);
    if stop.all_day { stop.last_day() < now.date() } else { now >= stop.end.max(on_the_way) }
}

/// A promise that is due soon, or has no day.
fn promise(event: &Rc<Record>, today: Date) -> Option<Moment> {
    let (when, day_only) = due(event);
    let is_soon = when == NO_DAY || (when.date() - today).get_days() <= DAYS_AHEAD;
    is_soon.then(|| Moment { record: Rc::clone(event), what: What::FollowUp, when, day_only })
}

fn waiting(view: &View, clock: Clock) -> (Vec<(RecordId, Due)>, Counts) {
    let mut counts = Counts::default();
    let mut waiting = Vec::new();
    for id in view.desk.goals.iter().copied().filter(|id| view.survivor(*id) == *id) {
        let due = view.due(id, clock);
        // What has waited longest, then what was never begun, then what is near.
        let rank = match due {
            Due::NoGoal => continue,
            Due::OnTrack { .. } => {
                counts.on_track += 1;
                continue;
            }
            Due::Overdue { days } => {
                counts.overdue += 1;
                (0, -days)
            }
            Due::Never => {
                counts.never += 1;
                (1, 0)
            }
            Due::FollowUp { days } => {
                counts.follow_up += 1;
                (2, days)
            }
        };
        waiting.push((rank, id, due));
    }
    let text = |id: RecordId, name: &str| view.record(id).and_then(|record| record.fields.text(name));
    waiting.sort_by_cached_key(|(rank, id, _)| {
        (
            *rank,
            text(*id, "rating").unwrap_or("Z").to_owned(),
            fold(text(*id, "name").unwrap_or_default()),
            *id,
        )
    });
    (waiting.into_iter().map(|(_, id, due)| (id, due)).collect(), counts)
}

/// As many as are read at a door.
const NOTES_MAX: usize = 3;
const REFERRALS_MAX: usize = 5;

/// A promise is told so many days before it is due, and what nobody logged is asked for so many days after.
const DAYS_AHEAD: i32 = 7;
const DAYS_BACK: i64 = 7;

/// Who runs late is still on the way to a stop for so long after it began.
const ON_THE_WAY: Duration = Duration::from_secs(60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use engine::Shown;
    use protocol::schema::day;

    fn clock() -> Clock {
        Clock::fixed("2026-11-25T12:00".parse().expect("a time"), 0)
    }

    fn of(n: u128) -> String {
        id(n).0.to_string()
    }

    fn view(changes: &[Shown]) -> View {
        let mut view = View::default();
        view.apply(&[account(1, &[("name", "A"), ("frequency", "weekly")])]);
        view.apply(changes);
        view
    }

    fn about_first(kind: Kind, n: u128, fields: &[(&str, &str)]) -> Shown {
        shown(kind, n, &[&[("account", &*of(1))], fields].concat())
    }

    fn numbers<'a>(records: impl IntoIterator<Item = &'a Rc<Record>>) -> Vec<u128> {
        records.into_iter().map(|record| record.id.0.as_u128()).collect()
    }

    fn days(stops: &[Occurrence]) -> Vec<u128> {
        stops.iter().map(|stop| stop.event.0.as_u128()).collect()
    }

    #[test]
    fn before_a_visit_the_last_notes_the_promises_and_the_referrals_since_are_told() {
        let note = |n, written| about_first(Kind::Note, n, &[("text", "x"), ("written", written)]);
        let referral = |n, more: &[(&str, &str)]| {
            about_first(Kind::Referral, n, &[&[("patient", "AB"), ("referred", "2026-10-01")], more].concat())
        };
        let promise = |n, more: &[(&str, &str)]| {
            about_first(Kind::Event, n, &[&[("subject", "x"), ("type", "Follow-up")], more].concat())
        };
        let view = view(&[
            note(11, "2026-11-01T10:00:00.000Z"),
            note(12, "2026-11-03T10:00:00.000Z"),
            note(13, "2026-11-02T10:00:00.000Z"),
            note(14, "2026-10-20T10:00:00.000Z"),
            referral(21, &[("decided", "2026-11-04"), ("soc", "2026-11-10"), ("stage", "admitted")]),
            referral(22, &[("decided", "2026-11-02")]),
            promise(31, &[("start", "2026-11-28")]),
            promise(32, &[("start", "2026-11-20")]),
            promise(33, &[("status", "done")]),
            promise(34, &[]),
        ]);
        let brief = brief(&view, id(1), clock());
        assert_eq!(brief.last_visit, day("2026-11-03"));
        assert_eq!(numbers(brief.notes.iter().map(|it| &it.record)), [12, 13, 11]);
        assert_eq!(numbers(brief.promises.iter().map(|it| &it.record)), [32, 31, 34]);
        let told: Vec<_> = brief.referrals.iter().map(|it| (it.record.id, it.what)).collect();
        assert_eq!(told, [(id(21), What::Admitted)]);
    }

    #[test]
    fn the_next_stop_is_the_first_of_today_that_is_still_to_do() {
        let event =
            |n, more: &[(&str, &str)]| about_first(Kind::Event, n, &[&[("subject", "x")], more].concat());
        let cases = [
            ("of today", vec![("start", "2026-11-25T15:00")], true, true),
            ("begun an hour ago", vec![("start", "2026-11-25T11:00")], false, false),
            ("begun less than that ago", vec![("start", "2026-11-25T11:01")], true, true),
            ("under way", vec![("start", "2026-11-25T09:00"), ("end", "2026-11-25T12:01")], true, true),
            ("over", vec![("start", "2026-11-25T09:00"), ("end", "2026-11-25T12:00")], false, false),
            ("all day", vec![("start", "2026-11-25")], true, true),
            ("done", vec![("start", "2026-11-25T09:00"), ("status", "done")], true, false),
            ("cancelled", vec![("start", "2026-11-25T09:00"), ("status", "cancelled")], false, false),
            ("of tomorrow", vec![("start", "2026-11-26T09:00")], false, false),
            ("a promise", vec![("start", "2026-11-25"), ("type", "Follow-up")], false, false),
            ("somebody else's", vec![("start", "2026-11-25"), ("owner", "Kim")], false, false),
            ("the rep's own", vec![("start", "2026-11-25"), ("owner", "Me")], true, true),
            ("without a day", vec![], false, false),
        ];
        for (case, fields, is_stop, is_next) in cases {
            let day = day_of(&view(&[event(11, &fields)]), "Me", clock());
            assert_eq!(day.stops.len() == 1, is_stop, "{case}");
            assert_eq!(matches!(day.next, Some(Next::Stop(_))), is_next, "{case}");
        }
        let day = day_of(
            &view(&[
                event(11, &[("start", "2026-11-25T15:00")]),
                event(12, &[("start", "2026-11-25T11:30")]),
                event(16, &[("start", "2026-11-25T09:00")]),
                event(17, &[("start", "2026-11-25T10:15")]),
                event(13, &[("start", "2026-11-25T08:00"), ("status", "missed")]),
                event(14, &[("start", "2026-11-20T08:00")]),
                event(15, &[("start", "2026-10-20T08:00")]),
            ]),
            "Me",
            clock(),
        );
        assert_eq!(days(&day.stops), [13, 12, 11]);
        assert_eq!(days(&day.not_logged), [17, 16, 14]);
        assert!(matches!(day.next, Some(Next::Stop(stop)) if stop.event == id(12)));
    }

    #[test]
    fn a_series_is_a_stop_on_each_of_its_days_until_that_day_has_an_event_of_its_own() {
        let series = about_first(
            Kind::Event,
            11,
            &[("subject", "x"), ("start", "2026-11-18T13:00"), ("repeat", "weekly")],
        );
        let day = day_of(&view(std::slice::from_ref(&series)), "Me", clock());
        assert!(
            matches!(day.next, Some(Next::Stop(stop)) if stop.is_series && stop.day == clock().now.date())
        );
        assert_eq!(days(&day.not_logged), [11]);
        let logged = about_first(
            Kind::Event,
            12,
            &[
                ("subject", "x"),
                ("start", "2026-11-25T13:00"),
                ("series", &of(11)),
                ("series_day", "2026-11-25"),
                ("status", "done"),
            ],
        );
        let day = day_of(&view(&[series, logged]), "Me", clock());
        assert_eq!(days(&day.stops), [12]);
        assert!(!matches!(day.next, Some(Next::Stop(_))));
    }

    #[test]
    fn without_a_plan_the_account_that_waits_longest_is_next() {
        let place = |n, name: &str, frequency: &str, rating: &str| {
            account(n, &[("name", name), ("frequency", frequency), ("rating", rating)])
        };
        let visit = |n, at: u128, day: &str| {
            let written = format!("{day}T10:00:00.000Z");
            shown(Kind::Note, n, &[("text", "x"), ("account", &*of(at)), ("written", &written)])
        };
        let view = view(&[
            place(2, "Overdue by 3", "weekly", "A"),
            place(3, "Overdue by 8", "weekly", "C"),
            place(4, "Near", "weekly", "A"),
            place(5, "On track", "monthly", "A"),
            place(6, "No goal", "", "A"),
            place(7, "Never, and worth it", "monthly", "A"),
            visit(12, 2, "2026-11-15"),
            visit(13, 3, "2026-11-10"),
            visit(14, 4, "2026-11-19"),
            visit(15, 5, "2026-11-19"),
        ]);
        let day = day_of(&view, "Me", clock());
        let order: Vec<_> = day.due.iter().map(|(id, _)| id.0.as_u128()).collect();
        assert_eq!(order, [3, 2, 7, 1, 4]);
        assert_eq!(day.next, Some(Next::Account(id(3), Due::Overdue { days: 8 })));
        assert_eq!(day.counts, Counts { never: 2, overdue: 2, follow_up: 1, on_track: 1 });
    }

    #[test]
    fn promises_of_the_week_and_notes_about_nobody_wait() {
        let promise = |n, start: &str| {
            about_first(Kind::Event, n, &[("subject", "x"), ("type", "Follow-up"), ("start", start)])
        };
        let view = view(&[
            promise(11, "2026-12-02"),
            promise(12, "2026-12-03"),
            promise(13, "2026-11-01T08:00"),
            promise(14, ""),
            shown(Kind::Note, 21, &[("text", "x")]),
            shown(Kind::Note, 22, &[("text", "x"), (&format!("with:{}", of(9)), "yes")]),
            about_first(Kind::Note, 23, &[("text", "x")]),
            shown(Kind::Note, 24, &[("text", "x")]),
        ]);
        let day = day_of(&view, "Me", clock());
        assert_eq!(numbers(day.promises.iter().map(|it| &it.record)), [13, 11, 14]);
        assert_eq!(numbers(&day.unfiled), [24, 21]);
    }

    #[test]
    fn what_is_taken_care_of_leaves_the_day() {
        let (goal, promise) =
            ([("name", "A"), ("frequency", "weekly")], [("subject", "x"), ("type", "Follow-up")]);
        let all = [
            account(1, &goal),
            account(2, &goal),
            shown(Kind::Event, 11, &promise),
            shown(Kind::Note, 21, &[("text", "x")]),
        ];
        let mut view = view(&all);
        let asks = |view: &View| {
            let day = day_of(view, "Me", clock());
            (day.due.len(), day.counts.never, day.promises.len(), day.unfiled.len())
        };
        assert_eq!(asks(&view), (2, 2, 1, 1));
        let first = of(1);
        view.apply(&[
            account(1, &[("name", "A")]),
            account(2, &[goal[0], goal[1], ("merged_into", &first)]),
            shown(Kind::Event, 11, &[promise[0], promise[1], ("status", "done")]),
            shown(Kind::Note, 21, &[("text", "x"), ("account", &first)]),
        ]);
        assert_eq!(asks(&view), (0, 0, 0, 0));
        view.apply(&all);
        assert_eq!(asks(&view), (2, 2, 1, 1));
        view.apply(&all.map(|shown| Shown { record: None, ..shown }));
        assert_eq!(asks(&view), (0, 0, 0, 0));
    }

    #[test]
    fn a_note_knows_what_was_promised_in_it() {
        let view = view(&[
            about_first(Kind::Note, 11, &[("text", "x")]),
            shown(Kind::Event, 12, &[("subject", "x"), ("follows", &*of(11))]),
        ]);
        assert_eq!(promise_of(&view, id(11)).map(|event| event.id), Some(id(12)));
        assert_eq!(promise_of(&view, id(12)), None);
    }
}
