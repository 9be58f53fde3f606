//! What the engine knows of the connection: what is on its way, and when to try again.

use std::collections::BTreeSet;

use protocol::limits::{BACKOFF_MS_MAX, BACKOFF_MS_MIN, PUSH_CHANGES_MAX, REQUEST_MS_MAX};

/// What is known of the connection.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) token_last: u64,
    pub(crate) in_flight: Option<InFlight>,
    pub(crate) signed_out: bool,
    /// Attempts that failed since the last answer.
    pub(crate) failures: u32,
    pub(crate) retry_at: Option<i64>,
    pub(crate) pulse_at: i64,
    /// How many changes the next push may hold; halved when the server fails on one, so that the guilty is found.
    pub(crate) push_count: usize,
    /// How often the server failed on the first waiting change alone.
    pub(crate) strikes: u32,
    /// Until when the server asked for patience; nothing but the rep's own wish goes before.
    pub(crate) patience_until: i64,
    /// This version of the app may push and not pull.
    pub(crate) too_old: bool,
    dice: u64,
}

#[derive(Debug)]
pub(crate) struct InFlight {
    pub(crate) token: u64,
    pub(crate) deadline: i64,
    pub(crate) what: Flight,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Flight {
    Push(BTreeSet<u64>),
    Pull,
    Pulse,
}

impl Link {
    pub(crate) const fn new(seed: u64, now: i64) -> Self {
        Self {
            token_last: 0,
            in_flight: None,
            signed_out: false,
            failures: 0,
            retry_at: None,
            pulse_at: now,
            push_count: PUSH_CHANGES_MAX,
            strikes: 0,
            patience_until: 0,
            too_old: false,
            dice: seed,
        }
    }

    /// As a start finds it: past failures still count, and so does what the server asked for. A clock that was set
    /// back does not make the wait longer than the longest pause.
    pub(crate) fn resume(&mut self, failures: u32, patience_until: i64, now: i64) {
        self.failures = failures;
        self.patience_until = patience_until.min(now + BACKOFF_MS_MAX);
    }

    /// Nothing is on its way and no pause is to be kept.
    pub(crate) fn is_free(&self, now: i64) -> bool {
        self.in_flight.is_none() && self.due(now) <= now
    }

    /// When the next attempt may be made.
    pub(crate) fn due(&self, now: i64) -> i64 {
        within(self.retry_at.unwrap_or(i64::MIN).max(self.patience_until), now, BACKOFF_MS_MAX)
    }

    /// When to ask whether the web has news.
    pub(crate) fn pulse_due(&self, now: i64) -> i64 {
        within(self.pulse_at, now, PULSE_MS)
    }

    /// When what is on its way counts as lost.
    pub(crate) fn deadline(&self, now: i64) -> Option<i64> {
        self.in_flight.as_ref().map(|flight| within(flight.deadline, now, IN_FLIGHT_MS_MAX))
    }

    /// Something goes on its way; answers its token.
    pub(crate) fn take_off(&mut self, what: Flight, now: i64) -> u64 {
        self.token_last += 1;
        self.pulse_at = now + PULSE_MS;
        let deadline = now + IN_FLIGHT_MS_MAX;
        self.in_flight = Some(InFlight { token: self.token_last, deadline, what });
        self.token_last
    }

    /// There is a connection.
    pub(crate) fn on_answer(&mut self, now: i64) {
        self.failures = 0;
        self.retry_at = None;
        self.patience_until = 0;
        self.pulse_at = self.pulse_at.max(now + PULSE_MS);
    }

    /// Ends the pause, but not the server's wish for patience.
    pub(crate) const fn try_now(&mut self) {
        self.failures = 0;
        self.retry_at = None;
    }

    /// An attempt failed: the next one comes no sooner than the server asked, and later each time.
    pub(crate) fn back_off(&mut self, asked: i64, now: i64) {
        self.failures += 1;
        self.retry_at = Some(now + self.pause());
        self.patience_until = now + asked;
    }

    /// The server failed on a push of so many changes: the next one holds half of them, until the guilty one is
    /// alone.
    pub(crate) fn on_push_failed(&mut self, changes: usize) {
        self.push_count = (changes / 2).max(1);
        if changes == 1 {
            self.strikes += 1;
        }
    }

    /// The server took a push; the next one may hold twice as many, as far as a push may.
    pub(crate) fn on_push_taken(&mut self) {
        self.push_count = (self.push_count * 2).min(PUSH_CHANGES_MAX);
        self.strikes = 0;
    }

    /// Full jitter: anywhere between the shortest pause and a bound that doubles with each failure.
    fn pause(&mut self) -> i64 {
        let doublings = self.failures.min(9);
        let bound = (BACKOFF_MS_MIN << doublings).min(BACKOFF_MS_MAX);
        // splitmix64 (Steele, Lea, Flood 2014).
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.dice;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        BACKOFF_MS_MIN + ((x ^ (x >> 31)) % (bound - BACKOFF_MS_MIN + 1) as u64) as i64
    }
}

/// A time further away than the longest wait was set before the clock was put back: it has come.
const fn within(at: i64, now: i64, ms_max: i64) -> i64 {
    if at > now.saturating_add(ms_max) { now } else { at }
}

/// How long an answer is waited for, should the driver never tell of it. Milliseconds.
const IN_FLIGHT_MS_MAX: i64 = 2 * REQUEST_MS_MAX as i64;
/// How often to ask whether the web has news while the app is open. Milliseconds.
const PULSE_MS: i64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_lie_between_the_shortest_and_a_bound_that_doubles_and_are_told_by_the_seed() {
        for (failures, bound) in
            [(1, 2_000), (2, 4_000), (5, 32_000), (8, 256_000), (9, 300_000), (99, 300_000)]
        {
            let mut link = Link::new(7, 0);
            link.failures = failures;
            let pauses: Vec<i64> = (0..400).map(|_| link.pause()).collect();
            let (min, max) = (pauses.iter().min().expect("400"), pauses.iter().max().expect("400"));
            assert!(
                (BACKOFF_MS_MIN..=bound).contains(min) && (bound * 9 / 10..=bound).contains(max),
                "{min} {max}"
            );
        }
        let mut link = Link::new(7, 0);
        let pauses = [(); 6].map(|()| {
            link.back_off(0, 0);
            link.retry_at.expect("there is a pause")
        });
        expect_test::expect!["[1310, 2953, 3444, 2431, 6122, 23705]"].assert_eq(&format!("{pauses:?}"));
    }

    #[test]
    fn nothing_is_sent_while_something_is_on_its_way_or_a_pause_is_kept() {
        let mut link = Link::new(7, 1_000);
        assert_eq!((link.is_free(1_000), link.due(1_000), link.deadline(1_000)), (true, 0, None));
        assert_eq!((link.take_off(Flight::Pulse, 1_000), link.is_free(99_000)), (1, false));
        assert_eq!((link.deadline(1_000), link.pulse_due(1_000)), (Some(61_000), 61_000));
        link.in_flight = None;
        link.back_off(5_000, 1_000);
        let retry_at = link.retry_at.expect("a pause");
        assert_eq!((link.failures, link.patience_until), (1, 6_000));
        assert_eq!(
            (link.due(1_000), link.is_free(5_999), link.is_free(6_000)),
            (6_000.max(retry_at), false, true)
        );
        link.try_now();
        assert_eq!((link.failures, link.retry_at, link.due(1_000)), (0, None, 6_000));
        link.on_answer(7_000);
        assert_eq!((link.patience_until, link.pulse_due(7_000)), (0, 67_000));
        assert_eq!(link.take_off(Flight::Pull, 7_000), 2);
    }

    #[test]
    fn a_clock_that_was_put_back_holds_nothing_up() {
        assert_eq!([within(9, 4, 5), within(10, 4, 5), within(3, 4, 5)], [9, 4, 3]);
        let mut link = Link::new(7, 0);
        link.resume(3, 900_000, 1_000);
        assert_eq!((link.failures, link.patience_until), (3, 301_000));
        link.resume(3, 2_000, 1_000);
        assert_eq!(link.patience_until, 2_000);
    }

    #[test]
    fn a_push_that_the_server_fails_on_is_halved_until_the_guilty_change_is_alone() {
        let mut link = Link::new(7, 0);
        let halved = [200, 100, 7, 2, 1, 1].map(|changes| {
            link.on_push_failed(changes);
            (link.push_count, link.strikes)
        });
        assert_eq!(halved, [(100, 0), (50, 0), (3, 0), (1, 0), (1, 1), (1, 2)]);
        let grown = [(); 9].map(|()| {
            link.on_push_taken();
            link.push_count
        });
        assert_eq!((grown, link.strikes), ([2, 4, 8, 16, 32, 64, 128, 200, 200], 0));
    }
}
