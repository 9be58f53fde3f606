//! `cargo xtask mutants`: cargo-mutants on protocol, engine and ledger, each with the tests that must notice.

use std::process::ExitCode;

use anyhow::{Context, Result};
use lexopt::{Arg, ValueExt};

use crate::house::House;
use crate::process;
use crate::setup;

/// Reads which parts to try, sets up, and tries them. What this file does not know is passed on.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut chosen = Vec::new();
    let mut rest = Vec::new();
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Long("shard") => rest.extend(["--shard".into(), args.value()?]),
            Arg::Long("file") => rest.extend(["--file".into(), args.value()?]),
            Arg::Long("go-on") => rest.push("--iterate".into()),
            Arg::Long("list") => rest.push("--list".into()),
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Arg::Value(name) => chosen.push(part(&name.string()?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    if chosen.is_empty() {
        chosen.extend(&PARTS);
    }
    setup::cargo_mutants(house)?;
    let mut all_caught = true;
    for part in chosen {
        println!("\n── {}", part.name);
        let mut cargo = house.cargo();
        // Changed code must never be taken for the project's own by another build.
        cargo.env("CARGO_TARGET_DIR", house.cache.join("mutants/target"));
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").arg("mutants");
        cargo.arg("--output").arg(house.cache.join("mutants").join(part.name));
        cargo.args(part.mutated).args(&rest).arg("--").args(part.tests);
        std::fs::create_dir_all(house.cache.join("mutants").join(part.name))?;
        all_caught &= process::run(&mut cargo).is_ok();
    }
    Ok(if all_caught { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Code, and the tests that stand for it.
struct Part {
    name: &'static str,
    mutated: &'static [&'static str],
    tests: &'static [&'static str],
}

fn part(name: &str) -> Result<&'static Part> {
    let found = PARTS.iter().find(|part| part.name == name);
    found.with_context(|| format!("there is no part '{name}'; cargo xtask mutants --help names them"))
}

const PARTS: [Part; 3] = [
    Part {
        name: "engine",
        mutated: &["-p", "protocol", "-p", "engine", "--test-package", "protocol,engine"],
        tests: &["--lib", "--tests"],
    },
    Part {
        name: "ledger",
        mutated: &[
            "-p",
            "satchel-server",
            "--file",
            "crates/server/src/ledger/**",
            "--exclude",
            "**/{admin,backup,people}.rs",
            "--test-package",
            "satchel-server",
            // For building too: the other tests are not even linked.
            "--cargo-arg=--lib",
            "--cargo-arg=--test=ledger",
        ],
        tests: &[],
    },
    Part {
        name: "office",
        mutated: &[
            "-p",
            "satchel-server",
            "--file",
            "crates/server/src/ledger/**/{admin,backup,people}.rs",
            "--test-package",
            "satchel-server",
        ],
        tests: &[],
    },
];

const HELP: &str = "\
cargo xtask mutants [PART…]: change the code a little, many times, and see whether the tests notice

  engine       protocol and engine, by their own tests
  ledger       the server's ledger, by crates/server/tests/ledger
  office       what the ledger knows of people, and its backups, by all tests of the server

  --shard K/N  only the K-th of N parts of the mutants, counted from 0
  --file GLOB  only mutants of these files
  --go-on      leave out what an earlier call has caught already
  --list       only name the mutants
  --help       this text

What was missed is listed in $SATCHEL_CACHE/mutants/PART/mutants.out/missed.txt; mutants that cannot be told from the
original are explained in .cargo/mutants.toml.";
