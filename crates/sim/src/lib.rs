//! The world in one seed: the product's own engine on simulated devices, the product's own ledger on SQLite in
//! memory, and between them a network, disks and clocks that fail as the dice say.
//!
//! [`world`] runs; [`check`] judges after every step and knows nothing of how engine and ledger work; [`planted`] lists
//! bugs that the judge must find; [`shrink`] makes a failing world small; [`record`] keeps one device's life so that a
//! browser can live it again.

mod acts;
pub mod check;
pub mod device;
pub mod dice;
pub mod disk;
pub mod faults;
pub mod input;
pub mod office;
mod phone;
pub mod plan;
pub mod planted;
pub mod record;
pub mod regressions;
mod rep;
pub mod report;
pub mod shrink;
pub mod soak;
pub mod spare;
pub mod traces;
mod windows;
pub mod wire;
pub mod world;
