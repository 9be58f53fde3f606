//! Accounts: whether they are seen as often as is meant, and what came of what was done there.

use std::collections::BTreeMap;

use protocol::schema::{Date, lists};
use protocol::{Kind, Record, RecordId};

use super::mondays;
use crate::View;
use crate::cadence::{Due, is_seen, start_day};
use crate::links;
use crate::pipeline::{BECAME, Became, Which, cases_of, days_after};
use crate::timeline::{Clock, is_follow_up, written};

/// The accounts of one rating, by whether somebody was there as often as was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The rating.
    pub rating: &'static str,
    /// All of them.
    pub all: usize,
    /// Those that somebody means to see every so often.
    pub meant: usize,
    /// Of these, those seen in time.
    pub seen: usize,
    /// Of these, those whose next visit should have been.
    pub overdue: usize,
    /// Of all, those where nobody has been yet.
    pub never: usize,
}

/// What was done in one week for an account or with a contact, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// The first day of the week.
    pub monday: Date,
    /// Visits at which somebody was seen.
    pub visits: usize,
    /// Whatever else was done: calls, and visits at which nobody was seen.
    pub tries: usize,
    /// Patients referred in it, by what became of them, in the order of [`BECAME`].
    pub referred: [usize; BECAME.len()],
    /// Patients whose care began in it.
    pub admitted: usize,
}

impl Work {
    /// All patients referred in it.
    pub fn total(&self) -> usize {
        self.referred.iter().sum()
    }

    /// The patients of `about` that it has counted as referred.
    pub fn which_referred(&self, about: RecordId) -> Which {
        let (from, to) = (Some(self.monday), Some(days_after(self.monday, 6)));
        Which { from, to, about: Some(about), ..Which::default() }
    }

    /// Those that it has counted as admitted.
    pub fn which_admitted(&self, about: RecordId) -> Which {
        Which { became: Some(Became::Admitted), by_start: true, ..self.which_referred(about) }
    }
}

/// The rated accounts, by whether they are seen as often as is meant.
pub fn coverage(view: &View, clock: Clock) -> Vec<Coverage> {
    let empty = |rating: &&'static str| Coverage { rating, all: 0, meant: 0, seen: 0, overdue: 0, never: 0 };
    let mut ratings: Vec<Coverage> = lists::RATINGS.iter().map(empty).collect();
    for account in view.of_kind(Kind::Account) {
        let Some(rating) = account.fields.text("rating") else { continue };
        let is_it = |row: &&mut Coverage| rating.trim().eq_ignore_ascii_case(row.rating);
        let Some(row) = ratings.iter_mut().find(is_it) else { continue };
        if view.survivor(account.id) != account.id {
            continue;
        }
        let due = view.due(account.id, clock);
        row.all += 1;
        row.meant += usize::from(due != Due::NoGoal);
        match due {
            Due::OnTrack { .. } | Due::FollowUp { .. } => row.seen += 1,
            Due::Overdue { .. } => row.overdue += 1,
            Due::Never => row.never += 1,
            Due::NoGoal => row.never += usize::from(view.last_visit(account.id, clock).is_none()),
        }
    }
    ratings
}

/// What was done for an account or with a contact in each of the 13 weeks, and what came of it.
pub fn effort(view: &View, about: RecordId, clock: Clock) -> Vec<Work> {
    let empty = |monday| Work { monday, visits: 0, tries: 0, referred: Default::default(), admitted: 0 };
    let mut weeks = mondays(clock.now.date()).map(empty);
    let mut count = |day: Date, add: &dyn Fn(&mut Work)| {
        let week = weeks.iter_mut().rfind(|week| week.monday <= day);
        if let Some(week) = week.filter(|week| day <= days_after(week.monday, 6)) {
            add(week);
        }
    };
    let done = |was_seen: bool| {
        move |week: &mut Work| {
            week.visits += usize::from(was_seen);
            week.tries += usize::from(!was_seen);
        }
    };
    // What is said of a day to come is no work yet.
    let mut worked = |day: Date, was_seen: bool| {
        if day <= clock.now.date() {
            count(day, &done(was_seen));
        }
    };
    // A visit counts once, on its own day, however many notes tell of it.
    let mut noted: BTreeMap<RecordId, (Date, bool)> = BTreeMap::new();
    for note in view.about(about, Kind::Note) {
        let day = written(note, clock).date();
        let of = note.fields.text("event").and_then(links::read);
        match of.and_then(|id| view.record(id)).filter(|event| is_done(event)) {
            None => worked(day, is_seen(note)),
            Some(event) => {
                let once = (start_day(event).unwrap_or(day), is_seen(event));
                noted.entry(event.id).or_insert(once).1 |= is_seen(note);
            }
        }
    }
    for (day, was_seen) in noted.values() {
        worked(*day, *was_seen);
    }
    for event in view.about(about, Kind::Event) {
        if let Some(day) = start_day(event).filter(|_| is_done(event) && !noted.contains_key(&event.id)) {
            worked(day, is_seen(event));
        }
    }
    for case in cases_of(view, about, clock) {
        let at = BECAME.iter().position(|became| *became == case.became).unwrap_or_default();
        count(case.referred, &|week| week.referred[at] += 1);
        if let Some(day) = case.began() {
            count(day, &|week| week.admitted += 1);
        }
    }
    weeks.into()
}

/// A promise that is kept is told by what was done to keep it.
fn is_done(event: &Record) -> bool {
    event.fields.text("status") == Some("done") && !is_follow_up(event)
}
