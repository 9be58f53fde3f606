//! The pure heart of Satchel: it decides what a save and a sync do, and performs nothing.
//!
//! There is no clock, no randomness, no disk, no network and no browser here: time is an argument, names are made
//! outside, and every verb returns a [`Step`] for the driver to perform. The same code runs in the browser, in native
//! tests, and in the simulator against the real server ledger.

mod disk;
mod engine;
mod link;
mod log;
mod outbox;
mod pull;
mod replica;
mod status;
mod step;
mod windows;

pub use disk::{DiskError, FORMAT};
pub use engine::{Engine, RowFacts, TakenIn, row_facts};
pub use step::{
    Batch, Chip, LinkError, NeedsYou, News, Outgoing, Place, Progress, Replaced, Reply, Request, Save, Shown,
    Snapshot, Status, Step, Waiting,
};
pub use windows::Live;
