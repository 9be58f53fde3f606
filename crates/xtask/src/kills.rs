//! `cargo xtask kills`: build for release, then kill the browser again and again, or watch its file syncs.

use std::process::ExitCode;

use anyhow::Result;
use lexopt::Arg;

use crate::house::House;
use crate::process;
use crate::test;

/// Reads the flags, builds, and plays. What this file does not know is passed on.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut play = "tests/e2e/kills.mjs";
    let mut rest = Vec::new();
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Long("strace") => play = "tests/e2e/strace.mjs",
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Arg::Long(name @ ("cycles" | "seed" | "saves")) => {
                rest.push(format!("--{name}").into());
                rest.push(args.value()?);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    process::run(test::with_browser(house)?.arg(play).args(rest))?;
    Ok(ExitCode::SUCCESS)
}

const HELP: &str = "\
cargo xtask kills: kill the browser (SIGKILL) during saving, sending, pulling, updating and first opening;
every save that the screen called saved must be there afterwards, and on the web exactly once

  --cycles N  so many kills (default: 300)
  --seed N    the moments of an earlier run
  --strace    instead: watch with strace that each save is synced to the disk before the screen says so
  --saves N   with --strace: so many saves (default: 200)
  --help      this text";
