//! Slows down guessing of passwords: a bucket of attempts for each address and e-mail, and a larger one for each
//! address alone, refilled with time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// Attempts spent, by who asks for whom. Time is an argument.
#[derive(Debug, Default)]
pub struct Limiter(Mutex<HashMap<Key, Bucket>>);

/// Whose attempts are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    /// One address that asks for one e-mail.
    Pair(IpAddr, String),
    /// One address, whomever it asks for.
    Address(IpAddr),
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    spent: f64,
    at: i64,
}

/// Failed attempts in [`WINDOW_MS`] from one address for one e-mail.
pub const ATTEMPTS_MAX: u32 = 10;
/// Failed attempts in [`WINDOW_MS`] from one address: a whole office may share one.
pub const ATTEMPTS_OF_ADDRESS_MAX: u32 = 100;
/// The time in which an empty bucket is full again.
pub const WINDOW_MS: i64 = 5 * 60 * 1000;
/// Buckets kept; beyond, the full ones are forgotten, and then those that were longest untouched.
const BUCKETS_MAX: usize = 10_000;
/// How many are left then, so that not every attempt has to look through all of them.
const BUCKETS_LEFT: usize = BUCKETS_MAX / 10 * 9;

impl Limiter {
    /// Takes an attempt, or says after how many milliseconds there is one again.
    ///
    /// # Errors
    /// The time to wait.
    pub fn take(&self, ip: IpAddr, email: &str, now: i64) -> Result<(), i64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            make_room(&mut buckets, now);
        }
        let keys = keys(ip, email);
        for key in &keys {
            if let Some(bucket) = buckets.get_mut(key) {
                *bucket = bucket.at_time(key, now);
                bucket.has_one_left(key)?;
            }
        }
        for key in keys {
            buckets.entry(key).or_insert(Bucket { spent: 0.0, at: now }).spent += 1.0;
        }
        Ok(())
    }

    /// Gives back the attempts: who knows the password may sign in as often as they like. What else the address spent
    /// stays spent, for one known password must not buy guesses at the others.
    pub fn clear(&self, ip: IpAddr, email: &str) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ip = counted(ip);
        buckets.remove(&Key::Pair(ip, email.to_lowercase()));
        if let Some(bucket) = buckets.get_mut(&Key::Address(ip)) {
            bucket.spent = (bucket.spent - 1.0).max(0.0);
        }
    }
}

/// The narrower one first: it says how long to wait for this very e-mail.
fn keys(ip: IpAddr, email: &str) -> Vec<Key> {
    let ip = counted(ip);
    // Loopback is this machine, or everybody behind a proxy that does not say whom it speaks for.
    let address = (!ip.is_loopback()).then_some(Key::Address(ip));
    [Key::Pair(ip, email.to_lowercase())].into_iter().chain(address).collect()
}

/// Of an IPv6 address its network: one host has 2^64 of them to choose from.
fn counted(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) if !v6.is_loopback() => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        ip => ip,
    }
}

/// Never forgets all: whoever is being slowed down would be free again.
fn make_room(buckets: &mut HashMap<Key, Bucket>, now: i64) {
    buckets.retain(|key, bucket| bucket.at_time(key, now).spent > 0.0);
    if buckets.len() < BUCKETS_MAX {
        return;
    }
    let mut touched: Vec<_> = buckets.iter().map(|(key, bucket)| (bucket.at, key.clone())).collect();
    touched.sort_unstable_by_key(|(at, _)| *at);
    for (_, key) in &touched[..touched.len() - BUCKETS_LEFT] {
        buckets.remove(key);
    }
}

impl Key {
    const fn attempts_max(&self) -> u32 {
        match self {
            Self::Pair(..) => ATTEMPTS_MAX,
            Self::Address(_) => ATTEMPTS_OF_ADDRESS_MAX,
        }
    }

    fn ms_per_attempt(&self) -> f64 {
        WINDOW_MS as f64 / f64::from(self.attempts_max())
    }
}

impl Bucket {
    fn at_time(self, key: &Key, now: i64) -> Self {
        let refill = (now - self.at).max(0) as f64 / key.ms_per_attempt();
        Self { spent: (self.spent - refill).max(0.0), at: now }
    }

    fn has_one_left(&self, key: &Key) -> Result<(), i64> {
        let lacks = self.spent + 1.0 - f64::from(key.attempts_max());
        if lacks > 0.0 { Err((lacks * key.ms_per_attempt()).ceil() as i64) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IP: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn ip(number: u32) -> IpAddr {
        IpAddr::V4(std::net::Ipv4Addr::from_bits(0x0a00_0000 + number))
    }

    #[test]
    fn the_eleventh_failed_attempt_waits_half_a_minute() {
        let limiter = Limiter::default();
        for _ in 0..ATTEMPTS_MAX {
            assert_eq!(limiter.take(IP, "a@b", 0), Ok(()));
        }
        assert_eq!(limiter.take(IP, "A@B", 0), Err(30_000));
        assert_eq!(limiter.take(IP, "other@b", 0), Ok(()));
        assert_eq!(limiter.take(IP, "a@b", 30_000), Ok(()));
        assert_eq!(limiter.take(IP, "a@b", 30_000), Err(30_000));
        limiter.clear(IP, "a@b");
        assert_eq!(limiter.take(IP, "a@b", 30_000), Ok(()));
    }

    #[test]
    fn a_clock_that_jumps_back_frees_nobody() {
        let limiter = Limiter::default();
        for _ in 0..ATTEMPTS_MAX {
            assert_eq!(limiter.take(IP, "a@b", 1_000_000), Ok(()));
        }
        assert!(limiter.take(IP, "a@b", 0).is_err());
    }

    #[test]
    fn one_address_asks_for_so_many_people_and_no_more() {
        let limiter = Limiter::default();
        let ask = |ip, number: u32| limiter.take(ip, &format!("user{number}@b"), 0);
        for number in 0..ATTEMPTS_OF_ADDRESS_MAX {
            assert_eq!(ask(ip(1), number), Ok(()));
        }
        assert_eq!(ask(ip(1), 1_000), Err(3_000));
        assert_eq!(ask(ip(2), 1_000), Ok(()), "another address");
        assert_eq!(limiter.take(ip(1), "user1000@b", 3_000), Ok(()));
        assert!((0..1_000).all(|number| ask(IP, number).is_ok()), "loopback speaks for many");
    }

    #[test]
    fn one_known_password_buys_no_guesses_at_the_others() {
        let limiter = Limiter::default();
        for number in 0..ATTEMPTS_OF_ADDRESS_MAX - 1 {
            assert_eq!(limiter.take(ip(1), &format!("user{number}@b"), 0), Ok(()));
        }
        for _ in 0..1_000 {
            assert_eq!(limiter.take(ip(1), "mine@b", 0), Ok(()), "who knows it may come often");
            limiter.clear(ip(1), "mine@b");
        }
        assert_eq!(limiter.take(ip(1), "last@b", 0), Ok(()));
        assert!(limiter.take(ip(1), "one-more@b", 0).is_err());
    }

    #[test]
    fn a_host_has_one_address_however_many_it_writes() {
        let limiter = Limiter::default();
        let spent =
            |ip: &str| (0..=ATTEMPTS_MAX).any(|_| limiter.take(ip.parse().unwrap(), "a@b", 0).is_err());
        assert!(spent("2001:db8::1"));
        assert!(limiter.take("2001:db8::ffff:2".parse().unwrap(), "a@b", 0).is_err());
        assert!(limiter.take("2001:db8:0:1::1".parse().unwrap(), "a@b", 0).is_ok());
        assert!(spent("::ffff:10.0.0.1"));
        assert!(limiter.take(ip(1), "a@b", 0).is_err());
    }

    #[test]
    fn a_flood_of_addresses_frees_nobody_who_was_stopped_a_moment_ago() {
        let limiter = Limiter::default();
        let flood = BUCKETS_MAX as u32;
        for number in 0..flood {
            let now = i64::from(number) / 10;
            assert_eq!(limiter.take(ip(number), "someone@b", now), Ok(()));
            // All the while somebody keeps guessing.
            let stopped = limiter.take(IP, "a@b", now).is_err();
            assert_eq!(stopped, number >= ATTEMPTS_MAX, "at {number}");
        }
        let kept = limiter.0.lock().unwrap_or_else(PoisonError::into_inner).len();
        assert!((BUCKETS_LEFT..=BUCKETS_MAX + 1).contains(&kept), "{kept}");
    }
}
