//! The numbers behind the charts. Each says which records it has counted, so that the list behind it shows the same.

use std::collections::BTreeMap;

use protocol::schema::{Date, lists};
use protocol::{Kind, RecordId};

use crate::View;
use crate::cadence::Due;
use crate::pipeline::{BECAME, Became, Case, Which, days_after, days_before};
use crate::timeline::{Clock, What, timeline};

/// What became of the referrals that came in one week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its first day.
    pub monday: Date,
    /// How many came to what, in the order of [`BECAME`].
    pub counts: [usize; BECAME.len()],
}

/// How many of the patients referred in 90 days were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The first of the days.
    pub from: Date,
    /// The last of them.
    pub to: Date,
    /// Patients referred.
    pub referred: usize,
    /// Of these, those accepted, whatever came later.
    pub accepted: usize,
    /// Of these, those admitted by now.
    pub admitted: usize,
}

/// Why patients were not admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The reason as the field holds it; empty where nobody said.
    pub reason: String,
    /// How often.
    pub count: usize,
    /// Per cent of all, with those that come more often.
    pub so_far: usize,
    /// Whether the agency itself could do something about it.
    pub fixable: bool,
}

/// Open referrals that have waited about as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// Days waited, at least.
    pub least: u32,
    /// Days waited, at most.
    pub most: Option<u32>,
    /// How many.
    pub count: usize,
    from: Option<Date>,
    to: Date,
}

/// The accounts of one rating, by whether somebody was there as often as was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The rating.
    pub rating: &'static str,
    /// Seen in time.
    pub seen: Vec<RecordId>,
    /// Overdue, or never visited.
    pub behind: Vec<RecordId>,
    /// Nobody means to be there every so often.
    pub no_goal: usize,
}

impl Week {
    /// All that came in it.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Its last day.
    pub fn sunday(&self) -> Date {
        days_after(self.monday, 6)
    }

    /// Those it has counted: all, or those of which this became.
    pub fn which(&self, became: Option<Became>) -> Which {
        Which { from: Some(self.monday), to: Some(self.sunday()), became, ..Which::default() }
    }
}

impl Rate {
    /// Admitted of all referred, in per cent; none when nobody was referred.
    pub fn percent(&self) -> Option<usize> {
        (self.admitted * 100 + self.referred / 2).checked_div(self.referred)
    }

    /// Those it has counted.
    pub fn which(&self, became: Option<Became>) -> Which {
        Which { from: Some(self.from), to: Some(self.to), became, ..Which::default() }
    }
}

impl Reason {
    /// Those it has counted, of the patients referred from this day on.
    pub fn which(&self, from: Date) -> Which {
        let reason = Some(self.reason.clone());
        Which { from: Some(from), became: Some(Became::NonAdmit), reason, ..Which::default() }
    }
}

impl Age {
    /// Those it has counted.
    pub fn which(&self) -> Which {
        Which { from: self.from, to: Some(self.to), became: Some(Became::Waiting), ..Which::default() }
    }
}

/// The referrals of the last 13 weeks, by the week in which they came; the week of `today` is the last.
pub fn weekly(cases: &[Case], today: Date) -> Vec<Week> {
    let mut weeks: Vec<Week> =
        mondays(today).into_iter().map(|monday| Week { monday, counts: Default::default() }).collect();
    let first = weeks.first().map(|week| week.monday);
    for case in since(cases, first) {
        let week = weeks.iter_mut().rfind(|week| week.monday <= case.referred);
        let at = BECAME.iter().position(|became| *became == case.became);
        if let (Some(week), Some(at)) = (week.filter(|week| case.referred <= week.sunday()), at) {
            week.counts[at] += 1;
        }
    }
    weeks
}

/// How often a referral led to an admission: for the end of each of the 13 weeks, over the 90 days before it.
pub fn conversion(cases: &[Case], today: Date) -> Vec<Rate> {
    let rate = |monday: Date| {
        let to = days_after(monday, 6).min(today);
        let from = days_before(to, ROLLING_DAYS - 1);
        let mut rate = Rate { from, to, referred: 0, accepted: 0, admitted: 0 };
        for case in since(cases, Some(from)).iter().take_while(|case| case.referred <= to) {
            let is_admitted = case.became == Became::Admitted;
            rate.referred += 1;
            rate.accepted += usize::from(is_admitted || is_accepted(case));
            rate.admitted += usize::from(is_admitted);
        }
        rate
    };
    mondays(today).into_iter().map(rate).collect()
}

/// Why the patients referred from this day on were not admitted, the most frequent reason first.
pub fn reasons(cases: &[Case], from: Date) -> Vec<Reason> {
    let mut counts = BTreeMap::<&str, usize>::new();
    let refused = since(cases, Some(from)).iter().filter(|case| case.became == Became::NonAdmit);
    for case in refused {
        *counts.entry(case.record.fields.text("reason").unwrap_or_default()).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut so_far = 0;
    let reason = |(reason, count): (&str, usize)| {
        so_far += count;
        let fixable = FIXABLE.contains(&reason);
        Reason { reason: reason.to_owned(), count, so_far: (so_far * 100 + all / 2) / all, fixable }
    };
    counts.into_iter().map(reason).collect()
}

/// How long the open referrals have waited.
pub fn aging(cases: &[Case], today: Date) -> Vec<Age> {
    let ends = AGES.iter().skip(1).map(|least| Some(least - 1)).chain([None]);
    let age = |(least, most): (&u32, Option<u32>)| {
        // One that is to come has not waited at all.
        let to = if *least == 0 { Date::MAX } else { days_before(today, *least) };
        let mut age =
            Age { least: *least, most, count: 0, from: most.map(|most| days_before(today, most)), to };
        let which = age.which();
        age.count = cases.iter().filter(|case| which.takes(case)).count();
        age
    };
    AGES.iter().zip(ends).map(age).collect()
}

/// The accounts from which most patients were referred from this day on, with how many; at most so many.
pub fn sources(view: &View, cases: &[Case], from: Date, most: usize) -> Vec<(RecordId, usize)> {
    let mut counts = BTreeMap::<RecordId, usize>::new();
    for id in since(cases, Some(from)).iter().filter_map(|case| view.account_of(&case.record)) {
        *counts.entry(id).or_default() += 1;
    }
    let mut counts: Vec<(RecordId, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
    counts.truncate(most);
    counts
}

/// The rated accounts, by whether they are seen as often as is meant.
pub fn coverage(view: &View, clock: Clock) -> Vec<Coverage> {
    let empty = |rating: &&'static str| Coverage { rating, seen: Vec::new(), behind: Vec::new(), no_goal: 0 };
    let mut ratings: Vec<Coverage> = lists::RATINGS.iter().map(empty).collect();
    for account in view.of_kind(Kind::Account) {
        let rating = account.fields.text("rating");
        let Some(row) = ratings.iter_mut().find(|row| Some(row.rating) == rating) else { continue };
        if view.survivor(account.id) != account.id {
            continue;
        }
        match view.due(account.id, clock) {
            Due::NoGoal => row.no_goal += 1,
            Due::OnTrack { .. } | Due::FollowUp { .. } => row.seen.push(account.id),
            Due::Never | Due::Overdue { .. } => row.behind.push(account.id),
        }
    }
    ratings
}

/// What was done for an account or with a contact in each of the 13 weeks: notes, and what was in the calendar.
pub fn effort(view: &View, about: RecordId, clock: Clock) -> Vec<usize> {
    let mondays = mondays(clock.now.date());
    let mut counts = vec![0; mondays.len()];
    for moment in timeline(view, about, clock) {
        let day = moment.when.date();
        let week = mondays.iter().rposition(|monday| *monday <= day);
        if let (What::Note | What::Visit, Some(week)) = (moment.what, week) {
            counts[week] += 1;
        }
    }
    counts
}

/// The first day of the days over which a rate goes, when today is the last.
pub fn rolling_from(today: Date) -> Date {
    days_before(today, ROLLING_DAYS - 1)
}

/// The first day of the 13 weeks.
pub fn weeks_from(today: Date) -> Date {
    mondays(today)[0]
}

fn mondays(today: Date) -> [Date; WEEKS] {
    let monday = days_before(today, u32::from(today.weekday().to_monday_zero_offset().unsigned_abs()));
    let mut weeks_ago = WEEKS as u32;
    [(); WEEKS].map(|()| {
        weeks_ago -= 1;
        days_before(monday, weeks_ago * 7)
    })
}

/// The cases are sorted by the day they came.
fn since(cases: &[Case], from: Option<Date>) -> &[Case] {
    &cases[cases.partition_point(|case| from.is_some_and(|from| case.referred < from))..]
}

/// A stage after acceptance says as much as the decision.
fn is_accepted(case: &Case) -> bool {
    case.record.fields.text("decision") == Some("accepted") || matches!(case.stage(), "pending" | "scheduled")
}

/// A quarter of a year.
const WEEKS: usize = 13;

/// As hospices count their conversion.
const ROLLING_DAYS: u32 = 90;

/// The share of referrals that agencies aim to admit, per cent.
pub const CONVERSION_TARGET: usize = 80;

/// Days waited from which the next bar counts. After two days a referral seldom comes to anything.
const AGES: [u32; 6] = [0, 3, 8, 15, 31, 91];

/// About these the agency itself could do something.
const FIXABLE: [&str; 7] = [
    "exceeds_capability",
    "program_not_offered",
    "supplies",
    "staffing",
    "no_physician",
    "no_face_to_face",
    "insurance",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::cases;
    use crate::testing::{account, id, shown};
    use engine::Shown;
    use expect_test::expect;
    use std::fmt::Write as _;

    fn clock() -> Clock {
        Clock { now: "2026-11-25T12:00".parse().expect("a time"), ahead_minutes: 0 }
    }

    fn today() -> Date {
        clock().now.date()
    }

    /// Three years of referrals, several a day, at 40 accounts.
    fn years() -> View {
        let mut all: Vec<Shown> = Vec::new();
        for n in 0..40 {
            let rating = ["A", "B", "C", "D"][n as usize % 4];
            let frequency = ["weekly", "monthly", ""][n as usize % 3];
            all.push(account(n + 1, &[("name", "A"), ("rating", rating), ("frequency", frequency)]));
        }
        for n in 0..5_000_u32 {
            let day = days_before(today(), (n * 7919) % 1_095).to_string();
            let place = id(u128::from(n % 40 + 1)).0.to_string();
            let stage = ["new", "admitted", "nonadmit", "pending", "admitted", "nonadmit"][n as usize % 6];
            let reason = lists::REASONS[n as usize % 5];
            let reason = if stage == "nonadmit" { reason } else { "" };
            let fields = [
                ("patient", "J.D."),
                ("account", &place),
                ("referred", &day),
                ("stage", stage),
                ("reason", reason),
            ];
            all.push(shown(Kind::Referral, u128::from(n) + 1_000, &fields));
        }
        let mut view = View::default();
        view.apply(&all);
        view
    }

    #[test]
    fn every_figure_counts_what_the_list_behind_it_shows() {
        let view = years();
        let cases = cases(&view, clock());
        let listed = |which: Which| which.choose(&view, cases.clone(), "").len();
        let mut seen = 0;
        for week in weekly(&cases, today()) {
            assert_eq!(week.total(), listed(week.which(None)));
            for (became, count) in BECAME.into_iter().zip(week.counts) {
                assert_eq!(count, listed(week.which(Some(became))));
            }
            seen += week.total();
        }
        assert!(seen > 300);
        for rate in conversion(&cases, today()) {
            assert_eq!(rate.referred, listed(rate.which(None)));
            assert_eq!(rate.admitted, listed(rate.which(Some(Became::Admitted))));
        }
        let from = rolling_from(today());
        let refused = reasons(&cases, from);
        assert!(refused.iter().all(|reason| reason.count == listed(reason.which(from))));
        assert_eq!(refused.last().map(|reason| reason.so_far), Some(100));
        let waiting = Which { became: Some(Became::Waiting), ..Which::default() };
        let ages = aging(&cases, today());
        assert!(ages.iter().all(|age| age.count == listed(age.which())));
        assert_eq!(ages.iter().map(|age| age.count).sum::<usize>(), listed(waiting));
        let from = weeks_from(today());
        for (id, count) in sources(&view, &cases, from, 10) {
            assert_eq!(count, listed(Which { about: Some(id), from: Some(from), ..Which::default() }));
        }
    }

    fn of_days(days: &[(&str, &str)]) -> Vec<Case> {
        let mut view = View::default();
        let referral = |(n, (day, stage)): (usize, &(&str, &str))| {
            let fields = [("patient", "J.D."), ("referred", *day), ("stage", *stage)];
            shown(Kind::Referral, n as u128 + 10, &fields)
        };
        view.apply(&days.iter().enumerate().map(referral).collect::<Vec<_>>());
        cases(&view, clock())
    }

    #[test]
    fn a_week_goes_from_monday_to_sunday_and_the_last_is_this_one() {
        let cases = of_days(&[
            ("2026-08-30", "admitted"),
            ("2026-08-31", "admitted"),
            ("2026-11-22", "nonadmit"),
            ("2026-11-23", "new"),
            ("2026-11-25", "admitted"),
            ("2026-11-30", "new"),
        ]);
        let mut told = String::new();
        for week in weekly(&cases, today()).iter().filter(|week| week.total() > 0) {
            writeln!(told, "{} to {} {:?}", week.monday, week.sunday(), week.counts).expect("takes all");
        }
        expect![[r#"
            2026-08-31 to 2026-09-06 [1, 0, 0]
            2026-11-16 to 2026-11-22 [0, 0, 1]
            2026-11-23 to 2026-11-29 [1, 1, 0]
        "#]]
        .assert_eq(&told);
        assert_eq!(weekly(&[], today()).len(), WEEKS);
    }

    #[test]
    fn conversion_counts_ninety_days_and_no_referral_is_no_rate() {
        let cases = of_days(&[
            ("2026-08-27", "admitted"),
            ("2026-08-28", "admitted"),
            ("2026-11-01", "pending"),
            ("2026-11-25", "new"),
            ("2026-11-26", "admitted"),
        ]);
        let last = *conversion(&cases, today()).last().expect("there are 13");
        assert_eq!((last.referred, last.accepted, last.admitted, last.percent()), (3, 2, 1, Some(33)));
        assert_eq!(conversion(&[], today())[0].percent(), None);
    }

    #[test]
    fn the_wait_is_told_in_steps_without_a_gap() {
        let cases = of_days(&[
            ("2026-12-01", "new"),
            ("2026-11-23", "new"),
            ("2026-11-22", "hold"),
            ("2026-08-26", "new"),
            ("2020-01-01", "review"),
            ("2020-01-01", "admitted"),
        ]);
        let told: Vec<_> =
            aging(&cases, today()).iter().map(|age| (age.least, age.most, age.count)).collect();
        let expected = [
            (0, Some(2), 2),
            (3, Some(7), 1),
            (8, Some(14), 0),
            (15, Some(30), 0),
            (31, Some(90), 0),
            (91, None, 2),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn an_account_is_covered_while_its_next_visit_is_not_late() {
        let mut view = View::default();
        let note = |n: u128, about: u128, day: &str| {
            let about = id(about).0.to_string();
            let written = format!("{day}T10:00:00.000Z");
            shown(Kind::Note, n, &[("text", "x"), ("account", &about), ("written", &written)])
        };
        let rated = |n, rating: &str, frequency: &str| {
            account(n, &[("name", "A"), ("rating", rating), ("frequency", frequency)])
        };
        view.apply(&[
            rated(1, "A", "weekly"),
            rated(2, "A", "weekly"),
            rated(3, "A", "monthly"),
            rated(4, "A", ""),
            rated(5, "B", "weekly"),
            rated(6, "", "weekly"),
            account(7, &[("name", "A"), ("rating", "A"), ("merged_into", &id(1).0.to_string())]),
            note(10, 1, "2026-11-20"),
            note(11, 2, "2026-11-01"),
            note(12, 5, "2026-11-24"),
        ]);
        let rows = coverage(&view, clock());
        let told: Vec<_> =
            rows.iter().map(|row| (row.rating, row.seen.len(), row.behind.clone(), row.no_goal)).collect();
        let expected =
            [("A", 1, vec![id(2), id(3)], 1), ("B", 1, vec![], 0), ("C", 0, vec![], 0), ("D", 0, vec![], 0)];
        assert_eq!(told, expected);
        assert_eq!(effort(&view, id(1), clock()), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    }
}
