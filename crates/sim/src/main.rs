//! `sim --seeds N [--from SEED] [--steps N]`, `sim --seed N --trace`, `sim --planted`.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sim::planted::Planted;
use sim::world::{Counts, World};

const STEPS: usize = 120;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1)?.parse::<u64>().ok()
    };
    let steps = number("--steps").map_or(STEPS, |steps| steps as usize);
    if args.iter().any(|arg| arg == "--planted") {
        return planted(number("--seeds").unwrap_or(5_000), steps);
    }
    if let Some(seed) = number("--seed") {
        return one(seed, steps, args.iter().any(|arg| arg == "--trace"));
    }
    if let Some(seeds) = number("--seeds") {
        return many(number("--from").unwrap_or(1), seeds, steps);
    }
    eprintln!("sim --seeds N [--from SEED] [--steps N] | --seed N [--trace] | --planted [--seeds N]");
    ExitCode::from(2)
}

fn one(seed: u64, steps: usize, trace: bool) -> ExitCode {
    let mut world = World::new(seed, None);
    world.trace = trace.then(Vec::new);
    let verdict = world.run(steps);
    world.trace.iter().flatten().for_each(|line| println!("{line}"));
    match verdict {
        Ok(()) => println!("seed {seed}: every promise kept"),
        Err(broken) => {
            println!("seed {seed}: {broken}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn many(from: u64, seeds: u64, steps: usize) -> ExitCode {
    let next = AtomicU64::new(from);
    let broken = Mutex::new(BTreeMap::new());
    let counts = Mutex::new(Counts::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut own = Counts::new();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        break;
                    }
                    let mut world = World::new(seed, None);
                    if let Err(verdict) = world.run(steps) {
                        println!("seed {seed}: {verdict}");
                        broken.lock().unwrap_or_else(PoisonError::into_inner).insert(seed, verdict);
                    }
                    world.counts.iter().for_each(|(what, n)| *own.entry(what).or_default() += n);
                }
                let mut all = counts.lock().unwrap_or_else(PoisonError::into_inner);
                own.into_iter().for_each(|(what, n)| *all.entry(what).or_default() += n);
            });
        }
    });
    for (what, n) in counts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        println!("{n:>12} {what}");
    }
    let violations = broken.into_inner().unwrap_or_else(PoisonError::into_inner).len();
    println!("{seeds} worlds, {violations} violations");
    if violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every planted bug must be found; says after how many worlds.
fn planted(seeds: u64, steps: usize) -> ExitCode {
    let mut missed = 0;
    for (bug, promise) in Planted::ALL {
        let found = (1..=seeds).find_map(|seed| Some((seed, World::new(seed, Some(bug)).run(steps).err()?)));
        match found {
            Some((seed, verdict)) => println!("{bug:?} ({promise}): found in world {seed}: {verdict}"),
            None => {
                missed += 1;
                println!("{bug:?} ({promise}): NOT FOUND in {seeds} worlds");
            }
        }
    }
    println!("{} planted, {missed} missed", Planted::ALL.len());
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
