//! Living many worlds on all cores, and what is told of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::plan::Plan;
use crate::world::{Counts, World};

/// What became of many worlds.
#[derive(Debug, Default)]
pub struct Report {
    /// How often each thing happened.
    pub counts: Counts,
    /// Plans in which a promise was broken, with the verdict.
    pub broken: BTreeMap<u64, String>,
}

impl Report {
    /// Adds another to this one.
    pub fn add(&mut self, other: Self) {
        other.counts.into_iter().for_each(|(what, n)| *self.counts.entry(what).or_default() += n);
        self.broken.extend(other.broken);
    }
}

/// Lives these worlds on all cores.
pub fn many(from: u64, seeds: u64) -> Report {
    let next = AtomicU64::new(from);
    let all = Mutex::new(Report::default());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut own = Report::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        break;
                    }
                    own.add(one(seed));
                }
                all.lock().unwrap_or_else(PoisonError::into_inner).add(own);
            });
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Lives the world of a seed; every so often also a second time (P28), and under other clocks (P16).
fn one(seed: u64) -> Report {
    let twice = seed.is_multiple_of(TWICE);
    let mut world = World::new(Plan { hashes: twice, shared: !twice, ..Plan::of(seed) });
    let mut verdict = whole(&mut world);
    let mut counts = std::mem::take(&mut world.counts);
    if twice && verdict.is_ok() {
        *counts.entry("world lived twice (P28), and under other clocks (P16)").or_default() += 1;
        verdict = again(seed, &mut world);
    }
    let broken = verdict.err().map(|verdict| (seed, verdict));
    if let Some((seed, verdict)) = &broken {
        println!("seed {seed}: {verdict}");
    }
    Report { counts, broken: broken.into_iter().collect() }
}

/// Lives a world through. A panic of engine or ledger is a broken promise too.
///
/// # Errors
/// The first broken promise.
pub fn whole(world: &mut World) -> Result<(), String> {
    let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.run()));
    lived.unwrap_or_else(|_| Err("P0: a panic".to_owned()))
}

fn again(seed: u64, first: &mut World) -> Result<(), String> {
    let plan = Plan { hashes: true, ..Plan::of(seed) };
    let mut second = World::new(plan.clone());
    second.run()?;
    if second.hash() != first.hash() {
        return Err("P28: the same seed gave another world".to_owned());
    }
    let mut skewed = World::new(Plan { skew: 7 * 24 * 3_600_000 + 1, ..plan });
    skewed.run()?;
    if skewed.server_hash() != first.server_hash() {
        return Err("P16: other clocks on the phones gave another server".to_owned());
    }
    Ok(())
}

/// Every so many worlds one is lived three times.
const TWICE: u64 = 50;
