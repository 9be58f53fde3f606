//! `cargo xtask test`: every check of the project, one named stage after another, and one line at the end.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use lexopt::{Arg, ValueExt};
use serde_json::json;

use crate::app;
use crate::counts::{self, Counts};
use crate::house::House;
use crate::ordeal;
use crate::process;
use crate::setup;

/// Reads which stages to run, runs them all however the earlier ones ended, and counts.
pub(crate) fn main(house: &House, mut args: lexopt::Parser) -> Result<ExitCode> {
    let mut chosen: Vec<&Stage> = Vec::new();
    while let Some(argument) = args.next()? {
        match argument {
            Arg::Value(name) => chosen.push(stage(&name.string()?)?),
            Arg::Long("list") => {
                STAGES.iter().for_each(|stage| println!("{:12} {}", stage.name, stage.what));
                return Ok(ExitCode::SUCCESS);
            }
            Arg::Short('h') | Arg::Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if chosen.is_empty() {
        chosen.extend(&STAGES);
    }
    let results: Vec<_> = chosen.into_iter().map(|stage| perform(house, stage)).collect();
    Ok(conclude(&results))
}

/// One named part of the checks.
struct Stage {
    name: &'static str,
    what: &'static str,
    perform: fn(&House) -> Result<Counts>,
}

/// How a stage went.
struct Outcome {
    name: &'static str,
    counts: Counts,
    took: Duration,
}

fn stage(name: &str) -> Result<&'static Stage> {
    let found = STAGES.iter().find(|stage| stage.name == name);
    found.with_context(|| format!("there is no stage '{name}'; cargo xtask test --list names them"))
}

fn perform(house: &House, stage: &Stage) -> Outcome {
    println!("\n── {}: {}", stage.name, stage.what);
    let start = Instant::now();
    let counts = (stage.perform)(house).unwrap_or_else(|error| {
        println!("{}: {error:#}", stage.name);
        Counts::FAIL
    });
    Outcome { name: stage.name, counts, took: start.elapsed() }
}

fn conclude(results: &[Outcome]) -> ExitCode {
    let mut sum = Counts::default();
    println!();
    for Outcome { name, counts, took } in results {
        let Counts { passed, failed } = counts;
        println!("{name:12} {passed:5} passed {failed:5} failed {:7.1} s", took.as_secs_f32());
        sum += *counts;
    }
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn format(house: &House) -> Result<Counts> {
    one(house.cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(house: &House) -> Result<Counts> {
    let scope = ["clippy", "--workspace", "--exclude", "satchel", "--all-targets"];
    one(house.cargo().args(scope).args(DENY_WARNINGS))
}

fn clippy_wasm(house: &House) -> Result<Counts> {
    setup::wasm_target(house)?;
    let scope = ["clippy", "--package", "satchel", "--target", "wasm32-unknown-unknown", "--all-targets"];
    one(house.cargo().args(scope).args(DENY_WARNINGS))
}

fn native(house: &House) -> Result<Counts> {
    let crates = ["test", "--workspace", "--exclude", "satchel", "--no-fail-fast"];
    // What of the app needs no browser. On its own, so that the server's features are not laid on it.
    let app = ["test", "--package", "satchel", "--lib", "--no-fail-fast"];
    let mut counts = Counts::default();
    for scope in [&crates[..], &app[..]] {
        let (succeeded, text) = process::tee(house.cargo().args(scope))?;
        counts += Counts::settled(counts::of_cargo(&text), succeeded);
    }
    Ok(counts)
}

fn wasm(house: &House) -> Result<Counts> {
    setup::wasm_target(house)?;
    setup::wasm_bindgen(house)?;
    setup::wasm_pack(house)?;
    let browser = setup::browser(house)?;
    let capabilities = house.cache.join("webdriver.json");
    let options = json!({ "goog:chromeOptions": { "args": QUIET_CHROMIUM, "binary": browser.chromium } });
    fs::write(&capabilities, options.to_string())?;

    let mut pack = house.command("wasm-pack");
    pack.args(["test", "--headless", "--chrome", "--mode", "no-install"]);
    pack.arg("--chromedriver").arg(&browser.driver);
    pack.env("CHROMEDRIVER", &browser.driver);
    pack.env("SATCHEL_RECORDINGS", recordings(house)?);
    pack.env("WASM_BINDGEN_TEST_TIMEOUT", "600").env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities);
    let (succeeded, text) = process::tee(&mut pack)?;
    Ok(Counts::settled(counts::of_cargo(&text), succeeded))
}

/// Lives of simulated devices, for tests/replay.rs to live again in the browser.
fn recordings(house: &House) -> Result<PathBuf> {
    let file = house.target.join("recordings.json");
    let mut cargo = house.cargo();
    cargo.args(["run", "--release", "--package", "sim", "--", "--seeds", RECORDINGS, "--traces"]);
    process::run(cargo.arg(&file))?;
    Ok(file)
}

fn sim(house: &House) -> Result<Counts> {
    let run = |what: &[&str]| {
        let mut cargo = house.cargo();
        process::tee(cargo.args(["run", "--release", "--package", "sim", "--"]).args(what))
    };
    let (succeeded, text) = run(&["--seeds", "20000"])?;
    let mut counts = Counts::settled(counts::of_sim(&text), succeeded);
    let (succeeded, text) = run(&["--planted"])?;
    counts += Counts::settled(counts::of_planted(&text), succeeded);
    Ok(counts)
}

fn build(house: &House) -> Result<Counts> {
    app::build_app(house)?;
    app::build_server(house)?;
    Ok(Counts::PASS)
}

fn e2e(house: &House) -> Result<Counts> {
    let files = e2e_files(house)?;
    let mut node = with_browser(house)?;
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]).args(files);
    let (succeeded, text) = process::tee(&mut node)?;
    Ok(Counts::settled(counts::of_node(&text), succeeded))
}

fn kills(house: &House) -> Result<Counts> {
    one(with_browser(house)?.args(["tests/e2e/kills.mjs", "--cycles", "8"]))
}

fn e2e_files(house: &House) -> Result<Vec<PathBuf>> {
    let dir = house.root.join("tests/e2e");
    let entries = fs::read_dir(&dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    if files.is_empty() {
        bail!("no file of tests/e2e ends in .test.mjs");
    }
    files.sort();
    Ok(files)
}

/// Node, with the app, the server and the browser built and named for it.
pub(crate) fn with_browser(house: &House) -> Result<Command> {
    let browser = setup::browser(house)?;
    setup::e2e_packages(house)?;
    let dist = app::build_app(house)?;
    let server = app::build_server(house)?;
    let mut node = house.command("node");
    node.env("SATCHEL_SERVER", server).env("SATCHEL_APP", dist).env("CHROMIUM", browser.chromium);
    Ok(node)
}

/// A program that is one check.
fn one(command: &mut Command) -> Result<Counts> {
    process::run(command)?;
    Ok(Counts::PASS)
}

const STAGES: [Stage; 10] = [
    Stage { name: "fmt", what: "the formatting of all Rust files", perform: format },
    Stage { name: "clippy", what: "lints of what runs natively, warnings denied", perform: clippy },
    Stage { name: "clippy-wasm", what: "lints of the app, warnings denied", perform: clippy_wasm },
    Stage { name: "native", what: "native tests and the import laws", perform: native },
    Stage { name: "sim", what: "20,000 simulated worlds, and each planted bug found", perform: sim },
    Stage { name: "wasm", what: "tests in headless Chromium through wasm-pack", perform: wasm },
    Stage { name: "build", what: "the app and the server, for release", perform: build },
    Stage { name: "ordeal", what: "real processes, a failing network and kill -9", perform: ordeal::short },
    Stage { name: "e2e", what: "the real app and the real server in real Chromium", perform: e2e },
    Stage { name: "kills", what: "the browser killed eight times while it works", perform: kills },
];

/// Devices whose lives the browser lives again.
const RECORDINGS: &str = "200";

const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// What Chromium would otherwise do by itself while it is being measured and counted.
const QUIET_CHROMIUM: [&str; 5] = [
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
];

const HELP: &str = "\
cargo xtask test [STAGE…]: set up what is missing, run the named stages (all of them by default),
and end with one line, 'N passed, N failed'

  --list  name the stages
  --help  this text";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_found_by_its_name_and_a_wrong_name_says_where_to_look() {
        assert_eq!(stage("e2e").map(|stage| stage.name).ok(), Some("e2e"));
        let sentence = stage("e3e").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(sentence.contains("--list"), "{sentence}");
    }

    #[test]
    fn every_stage_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = STAGES.iter().map(|stage| stage.name).collect();
        assert_eq!(names.len(), STAGES.len());
    }
}
