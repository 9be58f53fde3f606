//! The days on which an event comes again.
//!
//! A series keeps the day of its first event. Where a month is too short for that day, its last day stands in: of the
//! 31st the 30th in April and the 28th or 29th in February, and of a yearly 29 February the 28th in common years. Every
//! weekday that begins on a weekend begins on the Monday after.

use protocol::Fields;
use protocol::schema::{self, Date};

use super::{days_between, later};

/// Which days those are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) first: Date,
    pub(crate) step: Step,
    pub(crate) until: Option<Date>,
}

/// How far it is from one to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Days(i64),
    Weekdays,
    Months(i64),
}

impl Step {
    /// Whether it comes on every day or weekday: then no other day can be meant.
    pub(crate) fn is_by_day(self) -> bool {
        matches!(self, Self::Days(1) | Self::Weekdays)
    }
}

impl Rule {
    /// None for an event that happens once; so does one that repeats by a word of a later list.
    pub(crate) fn read(event: &Fields, first: Date) -> Option<Self> {
        let step = match event.text("repeat")? {
            "daily" => Step::Days(1),
            "weekdays" => Step::Weekdays,
            "weekly" => Step::Days(7),
            "biweekly" => Step::Days(14),
            "monthly" => Step::Months(1),
            "yearly" => Step::Months(12),
            _ => return None,
        };
        let weekend = first.weekday().to_monday_zero_offset() - 4;
        let first =
            if step == Step::Weekdays && weekend > 0 { later(first, 3 - i64::from(weekend))? } else { first };
        Some(Self { first, step, until: event.text("until").and_then(schema::day) })
    }

    /// The day of this number, from zero, whatever the series leaves out; none past the end of the calendar.
    pub(crate) fn nth(self, n: i64) -> Option<Date> {
        match self.step {
            Step::Days(days) => later(self.first, days * n),
            Step::Weekdays => {
                let weekday = i64::from(self.first.weekday().to_monday_zero_offset());
                let weeks = (weekday + n).div_euclid(5);
                later(self.first, weeks * 7 + (weekday + n).rem_euclid(5) - weekday)
            }
            Step::Months(months) => {
                let month = months_of(self.first) + months * n;
                let year = i16::try_from(month.div_euclid(12)).ok()?;
                let begin = Date::new(year, month.rem_euclid(12) as i8 + 1, 1).ok()?;
                Date::new(year, begin.month(), self.first.day().min(begin.days_in_month())).ok()
            }
        }
    }

    /// The number of this day, if it is one of the series.
    pub(crate) fn number(self, day: Date) -> Option<i64> {
        let n = self.number_from(day);
        let is_within = self.until.is_none_or(|until| day <= until);
        (is_within && self.nth(n) == Some(day)).then_some(n)
    }

    /// Its days from one day to another, both included.
    pub(crate) fn days(self, from: Date, to: Date) -> impl Iterator<Item = Date> {
        let last = self.until.map_or(to, |until| until.min(to));
        (self.number_from(from)..).map_while(move |n| self.nth(n)).take_while(move |day| *day <= last)
    }

    /// The number of the first day that is not before this one.
    fn number_from(self, day: Date) -> i64 {
        if day <= self.first {
            return 0;
        }
        let days = days_between(self.first, day);
        match self.step {
            Step::Days(step) => (days + step - 1) / step,
            Step::Weekdays => {
                let weekday = i64::from(self.first.weekday().to_monday_zero_offset());
                let since_monday = days + weekday;
                since_monday / 7 * 5 + (since_monday % 7).min(5) - weekday
            }
            Step::Months(step) => {
                let n = (months_of(day) - months_of(self.first)) / step;
                if self.nth(n).is_some_and(|nth| nth < day) { n + 1 } else { n }
            }
        }
    }
}

fn months_of(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::shown;
    use protocol::Kind;

    fn rule(repeat: &str, first: &str, until: &str) -> Rule {
        let event = shown(Kind::Event, 1, &[("repeat", repeat), ("until", until)]).record.expect("is there");
        Rule::read(&event.fields, day(first)).expect("repeats")
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn check(rule: Rule, from: &str, to: &str, days: &str) {
        let found: Vec<String> = rule.days(day(from), day(to)).map(|day| day.to_string()).collect();
        assert_eq!(found.join(" "), days);
    }

    #[test]
    fn each_word_has_its_days() {
        check(
            rule("daily", "2026-11-25", ""),
            "2026-11-20",
            "2026-11-27",
            "2026-11-25 2026-11-26 2026-11-27",
        );
        check(rule("daily", "2026-11-25", ""), "2027-03-14", "2027-03-15", "2027-03-14 2027-03-15");
        check(rule("weekly", "2026-11-25", ""), "2026-11-26", "2026-12-10", "2026-12-02 2026-12-09");
        check(rule("biweekly", "2026-11-25", ""), "2026-11-26", "2026-12-25", "2026-12-09 2026-12-23");
        check(rule("monthly", "2026-11-25", ""), "2026-11-26", "2027-01-31", "2026-12-25 2027-01-25");
        check(rule("yearly", "2026-11-25", ""), "2026-11-26", "2028-12-31", "2027-11-25 2028-11-25");
        check(
            rule("weekdays", "2026-11-26", ""),
            "2026-11-01",
            "2026-12-01",
            "2026-11-26 2026-11-27 2026-11-30 2026-12-01",
        );
    }

    #[test]
    fn where_a_month_is_too_short_its_last_day_stands_in_and_the_day_is_not_forgotten() {
        check(
            rule("monthly", "2026-12-31", ""),
            "2026-12-01",
            "2027-05-31",
            "2026-12-31 2027-01-31 2027-02-28 2027-03-31 2027-04-30 2027-05-31",
        );
        check(rule("monthly", "2027-10-30", ""), "2028-02-01", "2028-03-31", "2028-02-29 2028-03-30");
        check(
            rule("yearly", "2028-02-29", ""),
            "2028-01-01",
            "2032-12-31",
            "2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29",
        );
    }

    #[test]
    fn it_ends_with_its_last_day_and_begins_with_its_first() {
        check(
            rule("weekly", "2026-11-25", "2026-12-09"),
            "2026-01-01",
            "2027-01-01",
            "2026-11-25 2026-12-02 2026-12-09",
        );
        check(rule("weekly", "2026-11-25", "2026-12-08"), "2026-12-01", "2027-01-01", "2026-12-02");
        check(rule("weekly", "2026-11-25", "2026-11-01"), "2026-01-01", "2027-01-01", "");
        check(rule("yearly", "2026-11-25", ""), "2020-01-01", "2026-11-24", "");
        check(rule("yearly", "9998-01-01", ""), "9999-01-02", "9999-12-31", "");
    }

    #[test]
    fn every_weekday_that_begins_on_a_weekend_begins_on_monday() {
        for weekend in ["2026-11-28", "2026-11-29"] {
            check(rule("weekdays", weekend, ""), "2026-11-01", "2026-12-01", "2026-11-30 2026-12-01");
        }
    }

    #[test]
    fn a_day_has_the_number_that_leads_to_it_and_any_window_shows_the_same_days() {
        for repeat in ["daily", "weekdays", "weekly", "biweekly", "monthly", "yearly"] {
            for first in ["2026-01-31", "2028-02-29", "2026-11-27"] {
                let rule = rule(repeat, first, "");
                let all: Vec<Date> = (0..300).filter_map(|n| rule.nth(n)).collect();
                assert!(all.is_sorted(), "{repeat} {first}");
                for (n, day) in (0..).zip(&all) {
                    assert_eq!(rule.number(*day), Some(n), "{repeat} {first} {day}");
                    assert_eq!(rule.days(*day, *day).collect::<Vec<_>>(), [*day]);
                }
                let week_after = later(all[100], 6).expect("a day");
                let seen: Vec<Date> = rule.days(all[100], week_after).collect();
                assert_eq!(
                    seen,
                    all[100..].iter().copied().take_while(|day| *day <= week_after).collect::<Vec<_>>()
                );
            }
        }
        assert_eq!(rule("weekly", "2026-11-25", "").number(day("2026-11-26")), None);
        assert_eq!(rule("weekly", "2026-11-25", "2026-11-30").number(day("2026-12-02")), None);
    }

    #[test]
    fn a_word_of_a_later_list_repeats_nothing() {
        let event = shown(Kind::Event, 1, &[("repeat", "fortnightly on Mondays")]).record.expect("is there");
        assert_eq!(Rule::read(&event.fields, day("2026-11-25")), None);
    }
}
