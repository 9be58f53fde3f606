//! What happened at an account, with a contact or for a referral: one stream, newest first; and what is still to come.

use std::cmp::Ordering;
use std::rc::Rc;
use std::time::Duration;

use engine::Place;
use protocol::schema::{self, Date, DateTime};
use protocol::{Kind, Record, RecordId};

use crate::View;
use crate::agenda::Occurrence;
use crate::zone::Zone;

/// What a moment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// A call note.
    Note,
    /// Something of the calendar that is past or done.
    Visit,
    /// A promise, kept or not.
    FollowUp,
    /// A patient was referred.
    Referred,
    /// It was decided about a referral.
    Decided,
    /// The care of a patient began.
    Admitted,
    /// The record itself was made.
    Added,
    /// What is known of the record itself was changed, the last time.
    Changed,
}

/// Which moments are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Call notes.
    Notes,
    /// What was in the calendar.
    Visits,
    /// What became of referrals.
    Referrals,
    /// Promises.
    FollowUps,
}

/// The clock on the wall, and where the wall is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The time now.
    pub now: DateTime,
    /// How far the wall is ahead of UTC, now and before.
    pub zone: Zone,
}

/// One thing that happened, or is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The record that says so.
    pub record: Rc<Record>,
    /// What it is.
    pub what: What,
    /// When, by the clock on the wall; [`NO_DAY`] of a promise without one.
    pub when: DateTime,
    /// Whether only the day is known.
    pub day_only: bool,
}

impl Filter {
    /// Whether it lets this through.
    pub fn takes(self, what: What) -> bool {
        match self {
            Self::All => true,
            Self::Notes => what == What::Note,
            Self::Visits => what == What::Visit,
            Self::Referrals => matches!(what, What::Referred | What::Decided | What::Admitted),
            Self::FollowUps => what == What::FollowUp,
        }
    }
}

impl Clock {
    /// A clock on a wall that was always so many minutes ahead of UTC.
    pub const fn fixed(now: DateTime, ahead_minutes: i32) -> Self {
        Self { now, zone: Zone::new(ahead_minutes, &[]) }
    }

    /// A moment in UTC by the clock on the wall, as it went then.
    pub(crate) fn wall(self, utc: DateTime) -> DateTime {
        let ahead_minutes = self.zone.ahead_minutes(utc);
        let ahead = Duration::from_secs(u64::from(ahead_minutes.unsigned_abs()) * 60);
        let wall = if ahead_minutes < 0 { utc.checked_sub(ahead) } else { utc.checked_add(ahead) };
        wall.unwrap_or(utc)
    }

    pub(crate) fn wall_of_ms(self, ms: i64) -> DateTime {
        self.wall(utc_of_ms(ms))
    }
}

/// What happened, newest first. Of an account that includes the history of those that were merged into it.
pub fn timeline(view: &View, about: RecordId, clock: Clock) -> Vec<Moment> {
    let mut moments = moments(view, about, clock);
    moments.sort_unstable_by(newest_first);
    moments
}

/// The same in no order: who shows few of many does not wait for all of them to be put in order.
pub fn moments(view: &View, about: RecordId, clock: Clock) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    moments.extend(view.about(about, Kind::Note).into_iter().map(|note| of_note(note, clock)));
    moments.extend(view.about(about, Kind::Event).into_iter().filter_map(|event| of_event(event, clock)));
    moments.extend(view.record(about).and_then(|record| of_itself(view, record, clock)));
    let itself = view.record(about).filter(|record| record.kind == Kind::Referral);
    for referral in view.about(about, Kind::Referral).into_iter().chain(itself) {
        of_referral(&mut moments, referral, clock);
    }
    moments
}

/// The newest so many of these, newest first.
pub fn newest(mut moments: Vec<Moment>, most: usize) -> Vec<Moment> {
    if most < moments.len() {
        moments.select_nth_unstable_by(most, newest_first);
        moments.truncate(most);
    }
    moments.sort_unstable_by(newest_first);
    moments
}

fn newest_first(one: &Moment, other: &Moment) -> Ordering {
    let by_time = (other.when, other.what).cmp(&(one.when, one.what));
    by_time.then_with(|| other.record.id.cmp(&one.record.id))
}

/// What is promised and not done, and what is in the calendar from now on; the next first. What is late comes before
/// all others, and a promise without a day, which can wait, after them.
pub fn coming(view: &View, about: RecordId, clock: Clock) -> Vec<Moment> {
    let events = view.about(about, Kind::Event).into_iter().filter(|event| is_open(event));
    let mut moments: Vec<Moment> = events.filter_map(|event| ahead(view, event, clock)).collect();
    moments.sort_by_key(|moment| (moment.when, moment.record.id));
    moments
}

/// Whether a follow-up is an open promise, and any other event still planned.
pub fn is_open(event: &Record) -> bool {
    event.fields.text("status").is_none_or(|status| status == "planned")
}

/// Whether the event is a promise. One that comes again is no promise but a stop on each of its days.
pub fn is_follow_up(event: &Record) -> bool {
    event.fields.text("type") == Some("Follow-up") && event.fields.text("repeat").is_none()
}

/// When a note was written, by the clock on the wall.
pub fn written(note: &Record, clock: Clock) -> DateTime {
    let written = note.fields.text("written").and_then(utc);
    written.map_or_else(|| clock.wall_of_ms(note.at), |utc| clock.wall(utc))
}

fn of_note(note: &Rc<Record>, clock: Clock) -> Moment {
    let when = written(note, clock);
    Moment { record: Rc::clone(note), what: What::Note, when, day_only: false }
}

/// When an account or a contact was made, or changed the last time: of more the phone holds nothing. What a referral
/// went through it tells itself.
fn of_itself(view: &View, record: &Rc<Record>, clock: Clock) -> Option<Moment> {
    let what = if record.version <= 1 { What::Added } else { What::Changed };
    let at = clock.wall_of_ms(record.at);
    let moment = |what, when| Moment { record: Rc::clone(record), what, when, day_only: false };
    matches!(record.kind, Kind::Account | Kind::Contact).then(|| match view.place(record.id) {
        Place::Phone | Place::NeedsYou if record.version > 0 => moment(What::Changed, clock.now),
        _ => moment(what, at),
    })
}

/// A series happens on its days, which have events of their own once something came of them.
fn of_event(event: &Rc<Record>, clock: Clock) -> Option<Moment> {
    let start = event.fields.text("start").and_then(read);
    let is_over = event.fields.text("status") == Some("done");
    let is_past = start.is_some_and(|(start, _)| start < clock.now);
    if event.fields.text("repeat").is_some() || !(is_over || is_past) {
        return None;
    }
    // An open promise waits among what is to come, however long ago it was due.
    let is_promise = is_follow_up(event);
    if is_promise && is_open(event) {
        return None;
    }
    let (when, day_only) = start.unwrap_or_else(|| (clock.wall_of_ms(event.at), false));
    let what = if is_promise { What::FollowUp } else { What::Visit };
    Some(Moment { record: Rc::clone(event), what, when, day_only })
}

fn of_referral(moments: &mut Vec<Moment>, referral: &Rc<Record>, clock: Clock) {
    let day = |name| referral.fields.text(name).and_then(schema::day).map(midnight);
    let begun =
        day("referred").map_or_else(|| (clock.wall_of_ms(made_at(referral)), false), |day| (day, true));
    let mut put = |what, when, day_only| {
        moments.push(Moment { record: Rc::clone(referral), what, when, day_only });
    };
    put(What::Referred, begun.0, begun.1);
    if let Some(when) = day("decided") {
        put(What::Decided, when, true);
    }
    let is_admitted = referral.fields.text("stage") == Some("admitted");
    if let Some(when) = day("soc").filter(|soc| is_admitted && *soc <= clock.now) {
        put(What::Admitted, when, true);
    }
}

/// An event that is to come, of a series its next time as the calendar has it; none of one that is past, unless it was
/// promised.
pub(crate) fn ahead(view: &View, event: &Rc<Record>, clock: Clock) -> Option<Moment> {
    let today = clock.now.date();
    let moment = |what, (when, day_only)| Moment { record: Rc::clone(event), what, when, day_only };
    if is_follow_up(event) {
        return Some(moment(What::FollowUp, due(event)));
    }
    let is_ahead = |at: &Occurrence| at.start >= if at.all_day { midnight(today) } else { clock.now };
    let next = view.times_of(event.id, today).find(is_ahead)?;
    Some(moment(What::Visit, (next.start, next.all_day)))
}

/// When a promise is due, and whether only the day is known.
pub(crate) fn due(promise: &Record) -> (DateTime, bool) {
    promise.fields.text("start").and_then(read).unwrap_or((NO_DAY, true))
}

/// A day, or a day with its time; and whether it is a day alone.
fn read(text: &str) -> Option<(DateTime, bool)> {
    schema::wall_time(text)
        .map(|when| (when, false))
        .or_else(|| schema::day(text).map(|day| (midnight(day), true)))
}

fn midnight(day: Date) -> DateTime {
    day.at(0, 0, 0, 0)
}

/// A time in UTC as a note keeps it. The form that browsers write is read at once, any other as the parser of dates has
/// it.
pub(crate) fn utc(text: &str) -> Option<DateTime> {
    as_browsers_write(text).or_else(|| text.trim_end_matches('Z').parse().ok())
}

/// `2026-11-25T09:30:07.250Z` (ECMA-262, Date Time String Format).
fn as_browsers_write(text: &str) -> Option<DateTime> {
    let text: &[u8; 24] = text.as_bytes().try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.'), (23, b'Z')];
    if marks.iter().any(|(at, mark)| text[*at] != *mark) {
        return None;
    }
    let number = |from: usize, digits: usize| {
        let digits = &text[from..from + digits];
        let add = |sum: i16, digit: &u8| sum * 10 + i16::from(digit - b'0');
        digits.iter().all(u8::is_ascii_digit).then(|| digits.iter().fold(0, add))
    };
    let two = |from: usize| Some(number(from, 2)? as i8);
    let nanoseconds = i32::from(number(20, 3)?) * 1_000_000;
    DateTime::new(number(0, 4)?, two(5)?, two(8)?, two(11)?, two(14)?, two(17)?, nanoseconds).ok()
}

/// So many ms since 1970, in UTC.
pub(crate) fn utc_of_ms(ms: i64) -> DateTime {
    let since = Duration::from_millis(ms.max(0).unsigned_abs());
    EPOCH.checked_add(since).unwrap_or(EPOCH)
}

/// When a record was made, ms since 1970, as its name tells; a name of another make is as old as its last change.
pub(crate) fn made_at(record: &Record) -> i64 {
    let id = record.id.0;
    if id.get_version_num() == 7 { (id.as_u128() >> 80) as i64 } else { record.at }
}

/// When a promise without a day is due: after all others.
pub const NO_DAY: DateTime = DateTime::MAX;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account, id, shown};
    use crate::zone::tests::NEW_YORK;
    use engine::Shown;
    use expect_test::{Expect, expect};
    use std::fmt::Write as _;

    fn clock(ahead_minutes: i32) -> Clock {
        Clock::fixed("2026-11-25T12:00".parse().expect("a time"), ahead_minutes)
    }

    fn of(n: u128) -> String {
        id(n).0.to_string()
    }

    fn view(more: Vec<Shown>) -> View {
        let mut view = View::default();
        view.apply(&[account(1, &[("name", "A")])]);
        view.apply(&more);
        view
    }

    fn told(moments: &[Moment]) -> String {
        let mut told = String::new();
        for Moment { record, what, when, day_only } in moments {
            let when = if *day_only { when.date().to_string() } else { when.to_string() };
            writeln!(told, "{what:?} {} {when}", record.id.0.as_u128()).expect("a string takes all");
        }
        told
    }

    fn check(more: Vec<Shown>, ahead_minutes: i32, expect: Expect) {
        let (view, clock) = (view(more), clock(ahead_minutes));
        let all = timeline(&view, id(1), clock);
        for most in 0..=all.len() + 1 {
            assert_eq!(newest(moments(&view, id(1), clock), most), all[..most.min(all.len())]);
        }
        expect.assert_eq(&told(&all));
    }

    fn note(n: u128, written: &str) -> Shown {
        shown(Kind::Note, n, &[("text", "x"), ("account", &of(1)), ("written", written)])
    }

    fn event(n: u128, fields: &[(&str, &str)]) -> Shown {
        let account = of(1);
        let mut all = vec![("subject", "x"), ("account", account.as_str())];
        all.extend(fields);
        shown(Kind::Event, n, &all)
    }

    #[test]
    fn a_time_in_utc_is_read_as_the_parser_of_dates_reads_it() {
        for text in [
            "2026-11-25T09:30:07.250Z",
            "2024-02-29T23:59:59.999Z",
            "0000-01-01T00:00:00.000Z",
            "2026-02-30T09:30:07.250Z",
            "2026-11-25T24:00:00.000Z",
            "2026-11-25T09:30:07Z",
            "2026-11-25 09:30:07.250Z",
            "2026-11-25T09:30:07.2501",
            "2026-1a-25T09:30:07.250Z",
            "2026-11-25T09:30:0\u{e9}.250",
            "last week",
            "",
        ] {
            assert_eq!(utc(text), text.trim_end_matches('Z').parse().ok(), "{text}");
        }
    }

    #[test]
    fn what_happened_is_one_stream_newest_first() {
        let referral = [
            ("patient", "J.D."),
            ("account", &of(1)),
            ("referred", "2026-11-20"),
            ("stage", "admitted"),
            ("decided", "2026-11-21"),
            ("soc", "2026-11-24"),
        ];
        check(
            vec![
                note(10, "2026-11-25T14:00:00.000Z"),
                note(11, "2026-11-21T03:00:00.000Z"),
                event(20, &[("start", "2026-11-25T09:30"), ("type", "Visit")]),
                event(21, &[("start", "2026-11-24"), ("type", "Follow-up"), ("status", "done")]),
                event(22, &[("start", "2026-11-30"), ("type", "Lunch")]),
                event(23, &[("start", "2026-11-02"), ("type", "Follow-up")]),
                event(24, &[("start", "2026-11-01T10:00"), ("repeat", "weekly")]),
                event(25, &[("start", "2026-11-27T10:00"), ("status", "done")]),
                shown(Kind::Referral, 30, &referral),
            ],
            -5 * 60,
            expect![[r#"
                Visit 25 2026-11-27T10:00:00
                Visit 20 2026-11-25T09:30:00
                Note 10 2026-11-25T09:00:00
                Admitted 30 2026-11-24
                FollowUp 21 2026-11-24
                Decided 30 2026-11-21
                Note 11 2026-11-20T22:00:00
                Referred 30 2026-11-20
                Added 1 1969-12-31T19:00:00
            "#]],
        );
    }

    /// The account of these tests was pulled as it was made; what this phone changed of it is the newest of all.
    #[test]
    fn a_record_tells_when_it_was_made_or_changed() {
        let mut view = view(vec![note(10, "2026-11-25T01:00:00.000Z")]);
        let mut change = |version, at, place| {
            let record = Record { version, at, ..Record::clone(view.record(id(1)).expect("it is there")) };
            view.apply(&[Shown { id: id(1), record: Some(Rc::new(record)), place }]);
            told(&timeline(&view, id(1), clock(0)))
        };
        let (note, november) = ("Note 10 2026-11-25T01:00:00\n", 1_795_564_800_000);
        assert_eq!(change(1, november, Place::Web), format!("{note}Added 1 2026-11-25T00:00:00\n"));
        assert_eq!(change(4, november, Place::Web), format!("{note}Changed 1 2026-11-25T00:00:00\n"));
        assert_eq!(change(4, november, Place::Phone), format!("Changed 1 2026-11-25T12:00:00\n{note}"));
        assert_eq!(change(0, november, Place::Phone), format!("{note}Added 1 2026-11-25T00:00:00\n"));
    }

    #[test]
    fn east_of_greenwich_the_wall_is_ahead() {
        check(
            vec![note(10, "2026-11-25T23:00:00.000Z")],
            90,
            expect![[r#"
                Note 10 2026-11-26T00:30:00
                Added 1 1970-01-01T01:30:00
            "#]],
        );
    }

    #[test]
    fn a_note_keeps_its_hour_when_the_clocks_change() {
        let notes = vec![
            note(10, "2026-11-25T17:00:00.000Z"),
            note(11, "2026-11-01T05:59:00.000Z"),
            note(12, "2026-11-01T06:00:00.000Z"),
            note(13, "2026-07-15T03:30:00.000Z"),
            note(14, "2026-01-15T03:30:00.000Z"),
        ];
        let clock = |now: &str| Clock { now: now.parse().expect("a time"), zone: NEW_YORK };
        let told = |now| told(&timeline(&view(notes.clone()), id(1), clock(now)));
        expect![[r#"
            Note 10 2026-11-25T12:00:00
            Note 11 2026-11-01T01:59:00
            Note 12 2026-11-01T01:00:00
            Note 13 2026-07-14T23:30:00
            Note 14 2026-01-14T22:30:00
            Added 1 1969-12-31T19:00:00
        "#]]
        .assert_eq(&told("2026-11-25T12:00"));
        assert_eq!(told("2026-07-20T12:00"), told("2026-11-25T12:00"), "whenever it is looked at");
    }

    #[test]
    fn what_has_no_time_of_its_own_is_as_old_as_its_last_change() {
        let text = shown(Kind::Note, 10, &[("text", "x"), ("account", &of(1))]);
        let odd = note(11, "last week");
        let bare = shown(Kind::Referral, 12, &[("patient", "J"), ("account", &of(1)), ("soc", "2026-12-24")]);
        check(
            vec![text, odd, bare],
            0,
            expect![[r#"
                Added 1 1970-01-01T00:00:00
                Referred 12 1970-01-01T00:00:00
                Note 11 1970-01-01T00:00:00
                Note 10 1970-01-01T00:00:00
            "#]],
        );
    }

    #[test]
    fn the_history_of_a_merged_account_is_that_of_the_one_that_stands_for_it() {
        let about_other =
            shown(Kind::Note, 10, &[("text", "x"), ("account", &of(2)), ("written", "2026-11-25T01:00:00Z")]);
        let other = account(2, &[("name", "B"), ("merged_into", &of(1))]);
        check(
            vec![other, about_other],
            0,
            expect![[r#"
                Note 10 2026-11-25T01:00:00
                Added 1 1970-01-01T00:00:00
            "#]],
        );
    }

    #[test]
    fn a_contact_and_a_referral_have_a_stream_too() {
        let with = format!("with:{}", of(40));
        let view = view(vec![
            shown(Kind::Contact, 40, &[("name", "C"), ("account", &of(1))]),
            shown(Kind::Note, 10, &[("text", "x"), (&with, "yes"), ("written", "2026-11-25T01:00:00.000Z")]),
            shown(Kind::Referral, 30, &[("patient", "J"), ("contact", &of(40)), ("referred", "2026-11-01")]),
            shown(
                Kind::Note,
                11,
                &[("text", "x"), ("referral", &of(30)), ("written", "2026-11-02T01:00:00Z")],
            ),
        ]);
        let stream = |n| told(&timeline(&view, id(n), clock(0)));
        let added = "Added 40 1970-01-01T00:00:00\n";
        assert_eq!(stream(40), format!("Note 10 2026-11-25T01:00:00\nReferred 30 2026-11-01\n{added}"));
        assert_eq!(stream(30), "Note 11 2026-11-02T01:00:00\nReferred 30 2026-11-01\n");
    }

    #[test]
    fn what_is_promised_and_what_is_planned_comes_next() {
        let view = view(vec![
            event(20, &[("start", "2026-11-25T11:00")]),
            event(21, &[("start", "2026-11-25T13:00")]),
            event(22, &[("start", "2026-11-25")]),
            event(23, &[("start", "2026-11-02"), ("type", "Follow-up")]),
            event(24, &[("type", "Follow-up"), ("status", "planned")]),
            event(25, &[("start", "2026-12-02"), ("type", "Follow-up"), ("status", "done")]),
            event(26, &[("start", "2026-10-01T10:00"), ("repeat", "weekly")]),
            event(27, &[("start", "2026-10-01T10:00"), ("repeat", "weekly"), ("until", "2026-11-24")]),
            event(28, &[("start", "2026-12-01"), ("status", "cancelled")]),
            event(29, &[("subject", "some day")]),
            event(30, &[("start", "2026-11-27T15:00"), ("series", &of(26)), ("series_day", "2026-11-26")]),
        ]);
        expect![[r#"
            FollowUp 23 2026-11-02
            Visit 22 2026-11-25
            Visit 21 2026-11-25T13:00:00
            Visit 30 2026-11-27T15:00:00
            Visit 26 2026-12-03T10:00:00
            FollowUp 24 9999-12-31
        "#]]
        .assert_eq(&told(&coming(&view, id(1), clock(0))));
    }

    #[test]
    fn each_filter_takes_its_own() {
        use What::{Added, Admitted, Changed, Decided, FollowUp, Note, Referred, Visit};
        let all = [Note, Visit, FollowUp, Referred, Decided, Admitted, Added, Changed];
        for (filter, takes) in [
            (Filter::All, &all[..]),
            (Filter::Notes, &[Note]),
            (Filter::Visits, &[Visit]),
            (Filter::FollowUps, &[FollowUp]),
            (Filter::Referrals, &[Referred, Decided, Admitted]),
        ] {
            let taken: Vec<What> = all.into_iter().filter(|what| filter.takes(*what)).collect();
            assert_eq!(taken, takes, "{filter:?}");
        }
    }
}
