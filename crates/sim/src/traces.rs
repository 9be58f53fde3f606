//! Recordings of one device's life for the browser: the same inputs must end in the same disk and the same screen.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::faults::Fault;
use crate::plan::Plan;
use crate::record::Recorder;
use crate::world::World;

/// Records the first device of these worlds; one JSON value a seed.
///
/// # Errors
/// A world that breaks a promise.
pub fn record(from: u64, seeds: u64) -> Result<Vec<Value>, String> {
    let mut traces = Vec::new();
    for seed in from..from + seeds {
        let without: BTreeSet<Fault> = NOT_IN_A_BROWSER.into();
        let mut world = World::new(Plan { without, ..Plan::of(seed) });
        world.recorder = Some(Recorder::default());
        world.run().map_err(|verdict| format!("seed {seed}: {verdict}"))?;
        traces.push(json!([seed, world.recording()]));
    }
    Ok(traces)
}

/// What a page cannot do to its own disk, or to another window of it.
const NOT_IN_A_BROWSER: [Fault; 6] = [
    Fault::PowerLost,
    Fault::Evicted,
    Fault::LogBroken,
    Fault::SecondWindow,
    Fault::Frozen,
    Fault::CommitUnsure,
];
