//! The numbers behind the charts. Each says which records it has counted, so that the list behind it shows the same.
//!
//! # How it is counted
//!
//! - A referral belongs to the day it came: the one it says, or else the day it was written down. A week begins on
//!   Monday. Three months are 13 weeks, of which the last is this one.
//! - Conversion is what share of the patients referred in 90 days, today included, is admitted by now. One that is
//!   still open counts as referred and not as admitted, so that the newest days pull the rate down. Hospices count it
//!   so and aim at 80 % ([`CONVERSION_TARGET`]; <https://hospiceadvisors.com/?p=2143>); others call 85 % the gold
//!   standard (<https://kurtkazanowski.com/referral-inquiry-to-admission-conversion-rate/>). In home care 37 % is
//!   better than three of four agencies and 40 % better than 19 of 20
//!   (<https://enquiresolutions.com/increase-home-health-census/>).
//! - By account, payer or rep it is the same rate of the same 90 days. What two people typed for the same payer is one
//!   payer whatever its case and spaces. A rep is who owns the referral, or else who owns its account
//!   ([`crate::pipeline::rep_of`]).
//! - Why patients were not admitted: each one referred in the 90 days has one reason; the most frequent come first,
//!   and each tells its share together with those before it. [`crate::pipeline::is_fixable`] says about which of them
//!   the agency could do something.
//! - How long open referrals wait: whole days since they came. Hospices work a list of those that wait up to 90 days
//!   (<https://hospiceadvisors.com/?p=503>), each with who owns it and what is next ([`pending`]).
//! - An account is seen in time while its next visit by its visit frequency is not late ([`crate::cadence`]). Overdue
//!   and never visited are what the account list calls so.
//! - A visit is a talk with somebody there, a try is any other note or event done. One visit with its note counts once.
//!   An admission belongs to the week in which care began ([`crate::pipeline::Case::began`]).

mod accounts;
mod groups;
mod open;
mod reasons;

use protocol::schema::Date;

use crate::pipeline::{BECAME, Became, Case, Which, days_after, days_before};

pub use accounts::{Coverage, Work, coverage, effort};
pub use groups::{By, Group, Whose, groups};
pub use open::{Age, Pending, aging, pending};
pub use reasons::{Reason, reasons, refused};

/// What became of the referrals that came in one week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its first day.
    pub monday: Date,
    /// How many came to what, in the order of [`BECAME`].
    pub counts: [usize; BECAME.len()],
}

/// How many of the patients referred in some days were taken.
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
    fn none(from: Date, to: Date) -> Self {
        Self { from, to, referred: 0, accepted: 0, admitted: 0 }
    }

    fn count(&mut self, case: &Case) {
        let is_admitted = case.became == Became::Admitted;
        self.referred += 1;
        self.accepted += usize::from(is_admitted || is_accepted(case));
        self.admitted += usize::from(is_admitted);
    }

    /// Admitted of all referred, in per cent; none when nobody was referred.
    pub fn percent(&self) -> Option<usize> {
        (self.admitted * 100 + self.referred / 2).checked_div(self.referred)
    }

    /// Those it has counted.
    pub fn which(&self, became: Option<Became>) -> Which {
        Which { from: Some(self.from), to: Some(self.to), became, ..Which::default() }
    }
}

/// The referrals of the last 13 weeks, by the week in which they came; the week of `today` is the last.
pub fn weekly(cases: &[Case], today: Date) -> Vec<Week> {
    let mut weeks = mondays(today).map(|monday| Week { monday, counts: Default::default() });
    for case in between(cases, weeks[0].monday, weeks[WEEKS - 1].sunday()) {
        let week = weeks.iter_mut().rfind(|week| week.monday <= case.referred);
        let at = BECAME.iter().position(|became| *became == case.became);
        if let (Some(week), Some(at)) = (week, at) {
            week.counts[at] += 1;
        }
    }
    weeks.into()
}

/// How often a referral led to an admission: for the end of each of the 13 weeks, over the 90 days before it.
pub fn conversion(cases: &[Case], today: Date) -> Vec<Rate> {
    let rate = |monday: Date| {
        let to = days_after(monday, 6).min(today);
        let mut rate = Rate::none(rolling_from(to), to);
        between(cases, rate.from, to).iter().for_each(|case| rate.count(case));
        rate
    };
    mondays(today).map(rate).into()
}

/// The first day of the days over which a rate goes, when `last` is the last.
pub fn rolling_from(last: Date) -> Date {
    days_before(last, ROLLING_DAYS - 1)
}

/// The first and the last day of the 13 weeks.
pub fn three_months(today: Date) -> (Date, Date) {
    let mondays = mondays(today);
    (mondays[0], days_after(mondays[WEEKS - 1], 6))
}

fn mondays(today: Date) -> [Date; WEEKS] {
    let monday = days_before(today, u32::from(today.weekday().to_monday_zero_offset().unsigned_abs()));
    let mut weeks_ago = WEEKS as u32;
    [(); WEEKS].map(|()| {
        weeks_ago -= 1;
        days_before(monday, weeks_ago * 7)
    })
}

/// Those that came on these days, both included. The cases are sorted by the day they came.
fn between(cases: &[Case], from: Date, to: Date) -> &[Case] {
    let begin = cases.partition_point(|case| case.referred < from);
    let end = cases.partition_point(|case| case.referred <= to);
    cases.get(begin..end).unwrap_or_default()
}

/// A stage after acceptance says as much as the decision.
fn is_accepted(case: &Case) -> bool {
    case.record.fields.text("decision") == Some("accepted") || matches!(case.stage(), "pending" | "scheduled")
}

/// A quarter of a year.
const WEEKS: usize = 13;

/// As hospices count their conversion.
const ROLLING_DAYS: u32 = 90;

/// The share of referrals that hospices aim to admit, per cent (<https://hospiceadvisors.com/?p=2143>).
pub const CONVERSION_TARGET: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::View;
    use crate::filter::{Asker, Wanted};
    use crate::pipeline::cases;
    use crate::testing::{account, id, shown};
    use crate::timeline::Clock;
    use crate::zone::tests::NEW_YORK;
    use engine::Shown;
    use expect_test::expect;
    use protocol::Kind;
    use protocol::schema::lists;
    use std::fmt::Write as _;

    fn clock() -> Clock {
        Clock::fixed("2026-11-25T12:00".parse().expect("a time"), 0)
    }

    fn today() -> Date {
        clock().now.date()
    }

    /// Three years of referrals, several a day, at 40 accounts of two reps.
    fn years() -> View {
        let mut all: Vec<Shown> = Vec::new();
        for n in 0..40 {
            let rating = ["A", "B", "C", "D"][n as usize % 4];
            let frequency = ["weekly", "monthly", ""][n as usize % 3];
            let owner = ["Ana Ruiz", " ana  ruiz", "Ben", ""][n as usize / 4 % 4];
            let merged = if n == 39 { id(1).0.to_string() } else { String::new() };
            let fields = [
                ("name", "A"),
                ("rating", rating),
                ("frequency", frequency),
                ("owner", owner),
                ("merged_into", &merged),
            ];
            all.push(account(n + 1, &fields));
        }
        for n in 0..5_000_u32 {
            let day = days_before(today(), (n * 7919) % 1_095).to_string();
            let place = if n % 11 == 0 { String::new() } else { id(u128::from(n % 40 + 1)).0.to_string() };
            let person = if n % 4 > 0 { id(u128::from(n % 7 + 100)).0.to_string() } else { String::new() };
            let started = days_before(today(), (n * 7919) % 1_095 / 2).to_string();
            let stage = ["new", "admitted", "nonadmit", "pending", "admitted", "nonadmit"][n as usize % 6];
            let reason = lists::REASONS[n as usize % 5];
            let reason = if stage == "nonadmit" { reason } else { "" };
            let fields = [
                ("patient", "J.D."),
                ("account", &place),
                ("referred", &day),
                ("stage", stage),
                ("reason", reason),
                ("contact", &person),
                ("payer", ["Medicare", "medicare ", "Private  plan", "private plan", ""][n as usize % 5]),
                ("physician", ["Dr. Ode", "DR. ODE", "", "Dr. Ahn"][n as usize / 5 % 4]),
                ("owner", ["", "", "Cleo"][n as usize / 7 % 3]),
                ("soc", if n % 2 == 0 { &started } else { "" }),
            ];
            all.push(shown(Kind::Referral, u128::from(n) + 1_000, &fields));
        }
        for n in 0..60_u32 {
            let written = format!("{}T15:00:00Z", days_before(today(), n * 3));
            let place = id(u128::from(n % 20 + 1)).0.to_string();
            all.push(shown(
                Kind::Note,
                u128::from(n) + 10_000,
                &[("text", "x"), ("account", &place), ("written", &written)],
            ));
        }
        let mut view = View::default();
        view.apply(&all);
        view
    }

    #[test]
    fn every_figure_counts_what_the_list_behind_it_shows() {
        let view = years();
        let cases = cases(&view, clock());
        // Every filter comes out of an address as it went in.
        let carried = |which: Which| {
            let pairs = which.to_pairs();
            let find = |name: &str| pairs.iter().find(|(key, _)| *key == name);
            Which::of_pairs(|name| find(name).map(|(_, text)| text.clone()))
        };
        let listed = |which: Which| carried(which).choose(&view, cases.clone(), "").len();
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
        let (from, to) = (rolling_from(today()), today());
        let why = reasons(&cases, from, to);
        assert!(why.iter().all(|reason| reason.count == listed(reason.which(from, to))));
        assert_eq!(why.last().map(|reason| reason.so_far), Some(100));
        for fixable in [true, false] {
            let counted = why.iter().filter(|reason| reason.fixable == fixable).map(|reason| reason.count);
            assert_eq!(counted.sum::<usize>(), listed(refused(from, to, fixable)));
        }
        let waiting = Which { became: Some(Became::Waiting), ..Which::default() };
        let ages = aging(&cases, today());
        assert!(ages.iter().all(|age| age.count == listed(age.which())));
        assert_eq!(ages.iter().map(|age| age.count).sum::<usize>(), listed(waiting.clone()));
        assert_eq!(pending(&view, &cases, clock()).len(), listed(waiting));
        for days in [(from, to), three_months(today())] {
            let all = Which { from: Some(days.0), to: Some(days.1), ..Which::default() };
            for (by, count) in
                [(By::Account, 40), (By::Contact, 7), (By::Physician, 2), (By::Payer, 3), (By::Rep, 4)]
            {
                let groups = groups(&view, &cases, by, days.0, days.1);
                assert_eq!(groups.len(), count, "{by:?}");
                for group in &groups {
                    let Rate { referred, admitted, .. } = group.rate;
                    assert_eq!(referred, listed(group.which(None)), "{group:?}");
                    assert_eq!(admitted, listed(group.which(Some(Became::Admitted))), "{group:?}");
                }
                let together: usize = groups.iter().map(|group| group.rate.referred).sum();
                let is_whole = !matches!(by, By::Contact | By::Physician);
                assert_eq!(together == listed(all.clone()), is_whole, "{by:?}");
            }
        }
        for about in [id(1), id(100)] {
            let weeks = effort(&view, about, clock());
            for week in &weeks {
                assert_eq!(week.total(), listed(week.which_referred(about)));
                for (became, count) in BECAME.into_iter().zip(week.referred) {
                    let which = Which { became: Some(became), ..week.which_referred(about) };
                    assert_eq!(count, listed(which));
                }
                assert_eq!(week.admitted, listed(week.which_admitted(about)));
            }
            assert!(weeks.iter().map(|week| week.admitted).sum::<usize>() > 3);
        }
    }

    #[test]
    fn coverage_counts_what_the_list_of_accounts_shows() {
        let view = years();
        let asker = Asker::new(clock(), &[]);
        let rows = coverage(&view, clock());
        for row in &rows {
            let listed = |show: Option<&str>| {
                let asked = |name: &str| match name {
                    "rating" => vec![row.rating.to_owned()],
                    "due" => show.map(str::to_owned).into_iter().collect(),
                    _ => vec![],
                };
                let (list, wanted) = (view.accounts(), Wanted::of_pairs(asked));
                let narrowed = list.narrowed(0..list.len() as u32, &wanted);
                view.shown(narrowed.into_iter(), wanted.show, &asker).len()
            };
            let shown = (listed(None), listed(Some("overdue")), listed(Some("never")));
            assert_eq!((row.all, row.overdue, row.never), shown, "{}", row.rating);
        }
        assert!(rows.iter().any(|row| row.overdue > 0 && row.seen > 0 && row.never > 0), "{rows:?}");
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
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.rating, row.all, row.meant, row.seen, row.overdue, row.never))
            .collect();
        let expected =
            [("A", 4, 3, 1, 1, 2), ("B", 1, 1, 1, 0, 0), ("C", 0, 0, 0, 0, 0), ("D", 0, 0, 0, 0, 0)];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_visit_is_of_the_week_that_the_wall_was_in_then() {
        // Monday, half past midnight, a week before the clocks went back.
        let written = [("text", "x"), ("account", &id(1).0.to_string()), ("written", "2026-10-26T04:30:00Z")];
        let mut view = View::default();
        view.apply(&[account(1, &[("name", "A")]), shown(Kind::Note, 30, &written)]);
        let weeks = effort(&view, id(1), Clock { zone: NEW_YORK, ..clock() });
        let visited = weeks.iter().filter(|week| week.visits > 0).map(|week| week.monday.to_string());
        assert_eq!(visited.collect::<Vec<_>>(), ["2026-10-26"]);
    }

    #[test]
    fn a_visit_counts_once_a_try_is_none_and_a_plan_is_no_work() {
        let of = |n: u128| id(n).0.to_string();
        let (place, visit, call, away) = (of(1), of(20), of(21), of(22));
        let event = |n, fields: &[(&str, &str)]| {
            let all =
                [&[("subject", "x"), ("account", &*place), ("start", "2026-11-24T09:00")], fields].concat();
            shown(Kind::Event, n, &all)
        };
        let note = |n, fields: &[(&str, &str)]| {
            let all =
                [&[("text", "x"), ("account", &*place), ("written", "2026-11-24T20:00:00.000Z")], fields];
            shown(Kind::Note, n, &all.concat())
        };
        let told = |changes: &[Shown]| {
            let mut view = View::default();
            view.apply(&[account(1, &[("name", "A")])]);
            view.apply(changes);
            let weeks = effort(&view, id(1), clock());
            assert!(weeks[..WEEKS - 1].iter().all(|week| (week.visits, week.tries) == (0, 0)));
            (weeks[WEEKS - 1].visits, weeks[WEEKS - 1].tries)
        };
        let done = |n, kind| event(n, &[("type", kind), ("status", "done")]);
        for (changes, expected) in [
            (vec![note(30, &[])], (1, 0)),
            (vec![note(30, &[("channel", "phone")])], (0, 1)),
            (vec![note(30, &[("outcome", "no_see")])], (0, 1)),
            (vec![note(30, &[("written", "2026-11-30T20:00:00.000Z")])], (0, 0)),
            (vec![done(20, "Visit")], (1, 0)),
            (vec![done(20, "Visit"), note(30, &[("event", &visit)])], (1, 0)),
            (vec![done(20, "Visit"), note(30, &[("event", &visit), ("channel", "email")])], (1, 0)),
            (vec![done(20, "Visit"), note(30, &[("event", &visit)]), note(31, &[("event", &visit)])], (1, 0)),
            (
                vec![done(20, "Visit"), note(30, &[("event", &visit), ("written", "2026-12-02T20:00:00Z")])],
                (1, 0),
            ),
            (vec![done(21, "Call"), note(30, &[("event", &call), ("channel", "phone")])], (0, 1)),
            (vec![event(22, &[("type", "Visit")]), note(30, &[("event", &away)])], (1, 0)),
            (vec![event(22, &[("type", "Visit")])], (0, 0)),
            (vec![event(22, &[("type", "Visit"), ("status", "missed")])], (0, 0)),
            (vec![event(22, &[("type", "Follow-up"), ("status", "done")])], (0, 0)),
            (
                vec![event(22, &[("type", "Visit"), ("status", "done"), ("start", "2026-11-30T09:00")])],
                (0, 0),
            ),
            (
                vec![event(22, &[("type", "Visit"), ("status", "done"), ("start", "2026-11-26T09:00")])],
                (0, 0),
            ),
        ] {
            assert_eq!(told(&changes), expected, "{changes:?}");
        }
    }
}
