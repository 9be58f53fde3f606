//! `cargo xtask ordeal`: build the server and its ordeal for release, and let real processes suffer.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;
use lexopt::Arg;

use crate::app;
use crate::counts::Counts;
use crate::house::House;
use crate::process;

/// Reads what to run, builds and runs it. What this file does not know is passed on.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut words: Vec<OsString> = Vec::new();
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Arg::Value(word) => words.push(word),
            Arg::Long(name) => {
                words.push(format!("--{name}").into());
                words.push(args.value()?);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if words.is_empty() {
        let counts = all(house, &WHOLE)?;
        return Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    process::run(program(house)?.args(words))?;
    Ok(ExitCode::SUCCESS)
}

/// A little of everything, for the checks of every day.
pub(crate) fn short(house: &House) -> Result<Counts> {
    all(house, &SHORT)
}

fn all(house: &House, ordeals: &[&[&str]]) -> Result<Counts> {
    let mut counts = Counts::default();
    program(house)?;
    for words in ordeals {
        println!("ordeal {}", words.join(" "));
        match process::run(program(house)?.args(*words)) {
            Ok(()) => counts += Counts::PASS,
            Err(error) => {
                println!("ordeal: {error:#}");
                counts += Counts::FAIL;
            }
        }
    }
    Ok(counts)
}

fn program(house: &House) -> Result<Command> {
    let server = app::build_server(house)?;
    process::run(house.cargo().args(["build", "--quiet", "--release", "--package", "ordeal"]))?;
    let mut command = house.command(house.target.join("release").join(format!("ordeal{EXE_SUFFIX}")));
    command.env("SATCHEL_SERVER", server);
    Ok(command)
}

/// The figures that RELIABILITY.md gives.
const WHOLE: [&[&str]; 3] = [
    &["partitions", "--runs", "200", "--clients", "10"],
    &["restore", "--runs", "50", "--clients", "10"],
    &["kill-server", "--cycles", "1000", "--clients", "6"],
];
const SHORT: [&[&str]; 3] = [
    &["partitions", "--runs", "4", "--clients", "6"],
    &["restore", "--runs", "2", "--clients", "6"],
    &["kill-server", "--cycles", "20", "--clients", "4"],
];

const HELP: &str = "\
cargo xtask ordeal [partitions|restore|kill-server] [OPTION…]: clients of the real engine against the real server,
each a process of its own, with a failing network between them and kill -9 for everybody

  --seed N       the first run's seed
  --clients N    clients of each run
  --runs N       runs of partitions and restore
  --faults-ms N  how long the faults of a run last
  --cycles N     kills of kill-server
  --help         this text

Without a word all three run at the length of the published figures, about 20 minutes.";
