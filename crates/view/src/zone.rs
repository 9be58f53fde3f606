//! How far the clock on the wall is ahead of UTC, and when that changed: between winter and summer, and by law.

use protocol::schema::DateTime;

use crate::timeline::utc_of_ms;

/// A moment from which on the wall is so far ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The moment, in UTC.
    pub from: DateTime,
    /// Minutes that the wall is ahead of UTC; less than zero west of Greenwich.
    pub ahead_minutes: i32,
}

/// Where the wall is. It is asked for each note that was ever written, so that it is made once and lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Minutes ahead of UTC before the first change.
    before: i32,
    /// The oldest first.
    changes: &'static [Change],
}

impl Zone {
    /// A wall that is so many minutes ahead of UTC, and later as its changes say. The oldest of them is first.
    pub const fn new(ahead_minutes: i32, changes: &'static [Change]) -> Self {
        Self { before: ahead_minutes, changes }
    }

    /// Minutes that the wall was ahead at this moment in UTC.
    pub fn ahead_minutes(self, utc: DateTime) -> i32 {
        let later = self.changes.partition_point(|change| change.from <= utc);
        later.checked_sub(1).map_or(self.before, |last| self.changes[last].ahead_minutes)
    }
}

/// The changes from one minute since 1970 to another, of a wall of which can be asked how many minutes it is ahead at a
/// minute. Of two within two weeks none may be found: since 2010 no zone has had such.
pub fn changes(from: i64, to: i64, ahead_minutes: impl Fn(i64) -> i32) -> Vec<Change> {
    let mut found = Vec::new();
    let (mut at, mut ahead) = (from, ahead_minutes(from));
    while at < to {
        let next = (at + TWO_WEEKS).min(to);
        let ahead_then = ahead_minutes(next);
        if ahead_then != ahead {
            let (mut before, mut since) = (at, next);
            while since - before > 1 {
                let middle = i64::midpoint(before, since);
                if ahead_minutes(middle) == ahead { before = middle } else { since = middle }
            }
            found.push(Change { from: utc_of_ms(since * MINUTE_MS), ahead_minutes: ahead_then });
        }
        (at, ahead) = (next, ahead_then);
    }
    found
}

const TWO_WEEKS: i64 = 14 * 24 * 60;
const MINUTE_MS: i64 = 60_000;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The clocks of New York go forward on 8 March and back on 1 November 2026.
    pub(crate) const NEW_YORK: Zone = Zone::new(
        -5 * 60,
        &[
            Change { from: DateTime::constant(2026, 3, 8, 7, 0, 0, 0), ahead_minutes: -4 * 60 },
            Change { from: DateTime::constant(2026, 11, 1, 6, 0, 0, 0), ahead_minutes: -5 * 60 },
        ],
    );

    fn minute(utc: DateTime) -> i64 {
        utc.duration_since(utc_of_ms(0)).as_mins()
    }

    #[test]
    fn the_wall_is_as_far_ahead_as_it_was_at_that_moment() {
        for (utc, ahead) in [
            ("2020-07-01T12:00", -300),
            ("2026-03-08T06:59:59.999", -300),
            ("2026-03-08T07:00", -240),
            ("2026-07-01T12:00", -240),
            ("2026-11-01T05:59", -240),
            ("2026-11-01T06:00", -300),
            ("2030-07-01T12:00", -300),
        ] {
            assert_eq!(NEW_YORK.ahead_minutes(utc.parse().expect("a time")), ahead, "{utc}");
        }
        assert_eq!(Zone::new(90, &[]).ahead_minutes(DateTime::MAX), 90);
    }

    #[test]
    fn every_change_is_found_to_the_minute() {
        let year = [2026, 2027].map(|year| minute(DateTime::constant(year, 1, 1, 0, 0, 0, 0)));
        let of = |zone: Zone| move |minute: i64| zone.ahead_minutes(utc_of_ms(minute * MINUTE_MS));
        assert_eq!(changes(year[0], year[1], of(NEW_YORK)), NEW_YORK.changes);
        assert_eq!(changes(year[0], year[1], of(Zone::new(330, &[]))), []);
        // Wherever the two weeks begin.
        let change = minute(NEW_YORK.changes[0].from);
        for (from, to) in [(change - 1, change), (change - 1, year[1]), (change - TWO_WEEKS, change)] {
            assert_eq!(changes(from, to, of(NEW_YORK))[0], NEW_YORK.changes[0], "{from} {to}");
        }
        assert_eq!(changes(change, change + 1, of(NEW_YORK)), []);
    }
}
