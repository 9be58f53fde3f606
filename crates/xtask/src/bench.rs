//! `cargo xtask bench`: build for release, then let tests/e2e/bench.mjs measure in headless Chromium.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use lexopt::Arg;

use crate::house::House;
use crate::process;
use crate::test;

/// Reads the flags, builds and measures. What this file does not know is passed on.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut json: Option<PathBuf> = None;
    let mut rest = Vec::new();
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Long("json") => json = Some(env::current_dir()?.join(PathBuf::from(args.value()?))),
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Arg::Value(word) => rest.push(word),
            other => return Err(other.unexpected().into()),
        }
    }
    let mut node = test::with_browser(house)?;
    node.arg("tests/e2e/bench.mjs").args(rest);
    if let Some(file) = json {
        node.arg("--json").arg(file);
    }
    process::run(&mut node)?;
    Ok(ExitCode::SUCCESS)
}

const HELP: &str = "\
cargo xtask bench [WORKLOAD…]: measure Satchel beside hand-written IndexedDB in headless Chromium

  --json FILE  write the medians in ms and the ratios to this file
  --help       this text";
