//! `cargo xtask soak`: live a million simulated worlds; goes on where the last call ended. Worlds count together only
//! when one and the same code lived them.

use std::process::ExitCode;

use anyhow::Result;
use lexopt::{Arg, ValueExt};

use crate::house::House;
use crate::process;
use crate::stamp::hash_inputs;

/// Reads the flags, builds the simulator for release and lets it live.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut worlds: u64 = 1_000_000;
    let mut anew = false;
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Value(number) => worlds = number.parse()?,
            Arg::Long("anew") => anew = true,
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let mut lived_by = hash_inputs(&house.root, &LIVED_BY)?;
    lived_by.truncate(12);
    println!("soak: the code {lived_by}");
    let state = house.cache.join(format!("soak-{lived_by}.json"));
    if anew && state.is_file() {
        std::fs::remove_file(&state)?;
    }
    let mut cargo = house.cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "sim", "--", "--soak", &worlds.to_string()]);
    process::run(cargo.arg("--state").arg(state))?;
    Ok(ExitCode::SUCCESS)
}

/// What a world is made of. Another version of it begins a soak of its own.
const LIVED_BY: [&str; 6] = [
    "crates/protocol/src",
    "crates/engine/src",
    "crates/server/src/ledger",
    "crates/server/src/ledger.rs",
    "crates/sim/src",
    "Cargo.lock",
];

const HELP: &str = "\
cargo xtask soak [WORLDS]: live so many simulated worlds (1000000) and say what happened in them

  --anew  begin with the first one; without it, go on where the last call ended
  --help  this text

Stop it at any time with Ctrl-C. How far it came is kept in the cache directory, for each version of protocol, engine,
ledger and simulator by itself.";
