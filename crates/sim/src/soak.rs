//! Living worlds by the hundred thousand, in pieces, with a small file that says how far it came.

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::report;

/// How far a soak has come.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// The next seed.
    next: u64,
    /// How often each thing happened.
    counts: std::collections::BTreeMap<String, u64>,
    /// What was broken, by seed.
    broken: std::collections::BTreeMap<u64, String>,
}

/// Lives worlds until so many were lived, those of earlier calls included, and says what happened in all of them.
/// Answers how many broke a promise.
///
/// # Errors
/// The file cannot be read or written.
pub fn soak(worlds: u64, file: &Path) -> Result<usize, String> {
    let said = |error: std::io::Error| format!("{}: {error}", file.display());
    let mut state = match fs::read(file) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", file.display()))?,
        Err(_) => State { next: FIRST, ..State::default() },
    };
    let (start, begun) = (Instant::now(), state.next);
    while state.next < FIRST + worlds {
        let seeds = PIECE.min(FIRST + worlds - state.next);
        let report = report::many(state.next, seeds);
        state.next += seeds;
        for (what, n) in report.counts {
            *state.counts.entry(what.to_owned()).or_default() += n;
        }
        state.broken.extend(report.broken);
        fs::write(file, serde_json::to_vec(&state).expect("plain values")).map_err(said)?;
        let a_second = (state.next - begun) as f64 / start.elapsed().as_secs_f64();
        let lived = state.next - FIRST;
        println!("{lived} of {worlds} worlds, {} violations, {a_second:.0} a second", state.broken.len());
    }
    for (what, n) in &state.counts {
        println!("{n:>12} {what}");
    }
    for (seed, verdict) in &state.broken {
        println!("seed {seed}: {verdict}");
    }
    println!("{} worlds, {} violations", state.next - FIRST, state.broken.len());
    Ok(state.broken.len())
}

/// Worlds between two words.
const PIECE: u64 = 5_000;
/// Where seeds begin that the ordinary run does not live.
const FIRST: u64 = 1_000_001;
