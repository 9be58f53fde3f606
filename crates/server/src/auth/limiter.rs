//! Slows down guessing of passwords: a bucket of attempts for each address and e-mail, refilled with time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Attempts left, by who asks for whom. Time is an argument.
#[derive(Debug, Default)]
pub struct Limiter(Mutex<HashMap<(IpAddr, String), Bucket>>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    attempts: f64,
    at: i64,
}

/// Failed attempts in [`WINDOW_MS`].
pub const ATTEMPTS_MAX: u32 = 10;
/// The time in which an empty bucket is full again.
pub const WINDOW_MS: i64 = 5 * 60 * 1000;
/// Buckets kept; beyond, the full ones are forgotten, and should none be full, all are.
const BUCKETS_MAX: usize = 10_000;

impl Limiter {
    /// Takes an attempt, or says after how many milliseconds there is one again.
    ///
    /// # Errors
    /// The time to wait.
    pub fn take(&self, ip: IpAddr, email: &str, now: i64) -> Result<(), i64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, bucket| bucket.at_time(now).attempts < f64::from(ATTEMPTS_MAX));
        }
        if buckets.len() >= BUCKETS_MAX {
            buckets.clear();
        }
        let full = Bucket { attempts: f64::from(ATTEMPTS_MAX), at: now };
        let bucket = buckets.entry((ip, email.to_lowercase())).or_insert(full);
        *bucket = bucket.at_time(now);
        if bucket.attempts < 1.0 {
            return Err(((1.0 - bucket.attempts) * MS_PER_ATTEMPT).ceil() as i64);
        }
        bucket.attempts -= 1.0;
        Ok(())
    }

    /// Gives back the attempts: who knows the password may sign in as often as they like.
    pub fn clear(&self, ip: IpAddr, email: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(ip, email.to_lowercase()));
    }
}

impl Bucket {
    fn at_time(self, now: i64) -> Self {
        let refill = (now - self.at).max(0) as f64 / MS_PER_ATTEMPT;
        Self { attempts: (self.attempts + refill).min(f64::from(ATTEMPTS_MAX)), at: now }
    }
}

const MS_PER_ATTEMPT: f64 = WINDOW_MS as f64 / ATTEMPTS_MAX as f64;

#[cfg(test)]
mod tests {
    use super::*;

    const IP: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

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
}
