//! The simulator's command line; `sim` alone lists what it does.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use sim::plan::Plan;
use sim::planted::Planted;
use sim::shrink::shrink;
use sim::soak::soak;
use sim::world::World;
use sim::{regressions, report, traces};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| args.iter().any(|arg| arg == name);
    let text = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1));
    let number = |name: &str| text(name)?.parse::<u64>().ok();
    let only = text("--only").and_then(|name| Planted::named(name));
    if has("--only") && only.is_none() {
        return no_such_bug();
    }
    if has("--planted") {
        return planted(number("--seeds").unwrap_or(2_000), only);
    }
    let plan = number("--seed").map(Plan::of).or_else(|| text("--plan")?.parse().ok());
    if let Some(plan) = plan {
        return one(Plan { planted: only, ..plan }, has("--trace"), has("--shrink"));
    }
    if let (Some(file), Some(seeds)) = (text("--traces"), number("--seeds")) {
        return traces(Path::new(file), seeds);
    }
    if let Some(worlds) = number("--soak") {
        let file = text("--state").map_or("soak.json", String::as_str);
        return conclude(soak(worlds, Path::new(file)));
    }
    if let Some(seeds) = number("--seeds") {
        return many(number("--from").unwrap_or(1), seeds);
    }
    eprintln!("{HELP}");
    ExitCode::from(2)
}

fn one(plan: Plan, trace: bool, small: bool) -> ExitCode {
    let mut world = World::new(plan.clone());
    world.trace = trace.then(Vec::new);
    let verdict = world.run();
    world.trace.iter().flatten().for_each(|line| println!("{line}"));
    let Err(broken) = verdict else {
        println!("{plan}: every promise kept");
        return ExitCode::SUCCESS;
    };
    println!("{plan}: {broken}");
    if small {
        let (plan, lived) = shrink(&plan, &broken);
        println!("after {lived} worlds: {plan}");
    }
    ExitCode::FAILURE
}

fn many(from: u64, seeds: u64) -> ExitCode {
    let start = Instant::now();
    let kept = regressions::all();
    let report = report::many(from, seeds);
    for (what, n) in &report.counts {
        println!("{n:>12} {what}");
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{:.0} worlds a second", seeds as f64 / seconds);
    match &kept {
        Ok(lived) => println!("{lived} worlds that were once broken hold"),
        Err(verdict) => println!("{verdict}"),
    }
    let violations = report.broken.len() + usize::from(kept.is_err());
    println!("{seeds} worlds, {violations} violations");
    conclude(Ok(violations))
}

fn conclude(violations: Result<usize, String>) -> ExitCode {
    match violations {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(sentence) => {
            eprintln!("sim: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Writes recordings for the browser into one file.
fn traces(file: &Path, seeds: u64) -> ExitCode {
    let text = serde_json::to_vec(&traces::record(1, seeds as usize)).expect("plain values");
    let written = std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()));
    conclude(written.map(|()| 0))
}

/// Every planted bug must be found; says after how many worlds.
fn planted(seeds: u64, only: Option<Planted>) -> ExitCode {
    let (mut tried, mut missed) = (0, 0);
    let chosen = |bug: Planted| only.is_none_or(|only| only == bug);
    for (bug, promise, what) in Planted::ALL.into_iter().filter(|(bug, ..)| chosen(*bug)) {
        tried += 1;
        let world = |seed| report::whole(&mut World::new(Plan { planted: Some(bug), ..Plan::of(seed) }));
        match (1..=seeds).find_map(|seed| Some((seed, world(seed).err()?))) {
            Some((seed, verdict)) => println!("{promise:>4} {what}: world {seed}\n       {verdict}"),
            None => {
                missed += 1;
                println!("{promise:>4} {what}: NOT FOUND in {seeds} worlds ({bug:?})");
            }
        }
    }
    println!("{tried} planted, {missed} missed");
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A name that is mistyped must not look like a bug that was searched for.
fn no_such_bug() -> ExitCode {
    eprintln!("sim: --only takes one of these:");
    Planted::ALL.iter().for_each(|(bug, ..)| eprintln!("  {bug:?}"));
    ExitCode::from(2)
}

const HELP: &str = "\
sim --seeds N [--from SEED]         live N worlds, and say what happened in them
sim --seed N [--trace] [--shrink]   live one world, tell it step by step, make it small if it fails
sim --plan 'PLAN' [--trace]         live what a shrinking left of a world
sim --soak N [--state FILE]         live N worlds in all, and go on where the last call ended
sim --traces FILE --seeds N         record the first device of N worlds, for tests/replay.rs
sim --planted [--seeds N]           plant each known bug and say how many worlds it takes to find it
    [--only BUG]                    plant only this one, as `planted.rs` names it; also in one world";
