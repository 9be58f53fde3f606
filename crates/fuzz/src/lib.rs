//! What each fuzz target does with its bytes: the real decoder, what stands behind it, and what must hold then.
//!
//! Four of the five targets read their bytes as lines of JSON, which [`lines`] knows how to mutate. A panic is a
//! finding. `cargo xtask fuzz` runs the targets; `tests/corpus.rs` replays what is kept without a fuzzer.

pub mod backup;
pub mod csv;
pub mod lines;
pub mod phone;
pub mod pull;
pub mod push;
pub mod rows;
pub mod world;
