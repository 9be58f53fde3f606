//! `cargo xtask fuzz`: odd bytes for every decoder, by cargo-fuzz and libFuzzer, and the inputs worth keeping.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, ValueExt};

use crate::house::House;
use crate::process;
use crate::setup;

/// Reads the flags, sets up, and fuzzes one target after another.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut minutes = 2.0;
    let mut chosen = Vec::new();
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Long("minutes") => minutes = args.value()?.parse()?,
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            Arg::Value(name) => chosen.push(target(&name.string()?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    if chosen.is_empty() {
        chosen.extend(TARGETS);
    }
    setup::cargo_fuzz(house)?;
    process::run(cargo_fuzz(house, "build").args(BUILD))?;
    let time = Duration::from_secs_f64(minutes * 60.0);
    let mut all_clean = true;
    for target in chosen {
        let found = Fuzz { house, target }.run(time)?;
        all_clean &= found.crash.is_none();
        println!("{found}");
    }
    Ok(if all_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn target(name: &str) -> Result<&'static str> {
    let found = TARGETS.into_iter().find(|target| *target == name);
    found.with_context(|| format!("there is no target '{name}'; there are {}", TARGETS.join(", ")))
}

fn cargo_fuzz(house: &House, verb: &str) -> Command {
    let mut cargo = house.cargo();
    // The instrumentation is behind a switch that only a nightly compiler has without this.
    cargo.env("RUSTC_BOOTSTRAP", "1").args(["fuzz", verb, "--fuzz-dir", "crates/fuzz", "--target-dir"]);
    cargo.arg(house.target.join("fuzz"));
    cargo
}

/// One target and its directories.
struct Fuzz<'a> {
    house: &'a House,
    target: &'static str,
}

impl Fuzz<'_> {
    /// Fuzzes for so long, and keeps of what was found the inputs that reach something no other reaches.
    fn run(&self, time: Duration) -> Result<Found> {
        println!("\n── {}: {:.1} minutes", self.target, time.as_secs_f32() / 60.0);
        let grown = self.grown();
        fs::create_dir_all(&grown)?;
        let mut limits: Vec<String> = LIMITS.map(str::to_owned).into();
        limits.push(format!("-max_total_time={}", time.as_secs()));
        let words = if self.target == "csv" { "csv.dict" } else { "json.dict" };
        let words = self.house.root.join("crates/fuzz/dictionaries").join(words);
        limits.push(format!("-dict={}", words.display()));
        let (is_clean, log) = self.fuzz(&[&grown, &self.home("corpus"), &self.home("seeds")], &limits)?;
        let found = Found::read(self.target, is_clean, &log);
        if is_clean {
            self.keep()?;
        }
        Ok(found)
    }

    /// What the corpus holds from now on: of all inputs the few that together reach every place that any reaches.
    fn keep(&self) -> Result<()> {
        let (corpus, fresh) = (self.home("corpus"), self.grown().with_extension("fresh"));
        let _first_time = fs::remove_dir_all(&fresh);
        fs::create_dir_all(&fresh)?;
        let merge = ["-merge=1", "-use_counters=0"].map(str::to_owned);
        let (is_clean, _) = self.fuzz(&[&fresh, &self.home("seeds"), &corpus, &self.grown()], &merge)?;
        if !is_clean {
            bail!("the corpus of {} could not be made smaller; see {}", self.target, self.log().display());
        }
        fs::remove_dir_all(&corpus)?;
        fs::create_dir_all(&corpus)?;
        for entry in fs::read_dir(&fresh)? {
            let entry = entry?;
            fs::copy(entry.path(), corpus.join(entry.file_name()))?;
        }
        Ok(())
    }

    /// Runs the target on these directories, the first of which it may fill; answers whether it ended well, and
    /// what it said.
    fn fuzz(&self, dirs: &[&Path], options: &[String]) -> Result<(bool, String)> {
        let log = self.log();
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut cargo = cargo_fuzz(self.house, "run");
        cargo.args(BUILD).arg(self.target).args(dirs).arg("--").args(options);
        let status = cargo.stderr(file.try_clone()?).stdout(file).status().context("cannot start cargo")?;
        let said = fs::read(&log)?;
        Ok((status.success(), String::from_utf8_lossy(&said).into_owned()))
    }

    fn home(&self, kind: &str) -> PathBuf {
        self.house.root.join("crates/fuzz").join(kind).join(self.target)
    }

    /// All inputs found so far, from one run to the next.
    fn grown(&self) -> PathBuf {
        self.house.cache.join("fuzz").join(self.target)
    }

    fn log(&self) -> PathBuf {
        self.house.cache.join("fuzz").join(format!("{}.log", self.target))
    }
}

/// What came of a target.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    target: &'static str,
    runs: u64,
    /// The file that brings the target down.
    crash: Option<String>,
}

impl Found {
    fn read(target: &'static str, is_clean: bool, log: &str) -> Self {
        let after = |mark: &str| {
            log.lines().rev().find_map(|line| line.split_once(mark)).map(|(_, rest)| rest.trim())
        };
        let runs = after("stat::number_of_executed_units:").and_then(|text| text.parse().ok()).unwrap_or(0);
        let file = || after("Test unit written to").unwrap_or("no file; see the log").to_owned();
        Self { target, runs, crash: (!is_clean).then(file) }
    }
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { target, runs, crash } = self;
        match crash {
            None => write!(f, "{target:8} {runs:>10} runs, clean"),
            Some(file) => write!(f, "{target:8} {runs:>10} runs, CRASH: {file}"),
        }
    }
}

const TARGETS: [&str; 5] = ["push", "pull", "rows", "csv", "backup"];

/// No sanitiser: there is no `unsafe` of ours, and SQLite's C is not built for one.
const BUILD: [&str; 4] = ["--sanitizer", "none", "--codegen-units", "16"];

/// Ten seconds for one input is a finding, and so are 3 GB.
const LIMITS: [&str; 5] =
    ["-timeout=10", "-rss_limit_mb=3000", "-max_len=16384", "-len_control=0", "-print_final_stats=1"];

const HELP: &str = "\
cargo xtask fuzz [--minutes N] [TARGET…]: odd bytes for every decoder (push, pull, rows, csv, backup)

  --minutes N  for each target; 2 unless said
  --help       this text

What a run finds is kept in the cache, and goes on from there the next time; crates/fuzz/corpus keeps the inputs that
reach what no other reaches. A crash is written to crates/fuzz/artifacts.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_tells_the_runs_and_the_file_that_crashes() {
        let log = "#5 DONE\nstat::number_of_executed_units: 1234\nstat::average_exec_per_sec: 9\n";
        assert_eq!(Found::read("push", true, log), Found { target: "push", runs: 1234, crash: None });
        let log = "artifact_prefix='a/'; Test unit written to a/crash-1\nstat::number_of_executed_units: 7\n";
        let found = Found::read("pull", false, log);
        assert_eq!((found.runs, found.crash.as_deref()), (7, Some("a/crash-1")));
        assert!(Found::read("csv", false, "error: it does not build").crash.is_some());
    }

    #[test]
    fn a_wrong_target_is_told_which_there_are() {
        let sentence = target("pusch").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(sentence.contains("push, pull"), "{sentence}");
    }
}
