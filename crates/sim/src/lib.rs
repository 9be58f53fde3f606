//! The world in one seed: the product's own engine on simulated devices, the product's own ledger on SQLite in
//! memory, and between them a network, disks and clocks that fail as the dice say.
//!
//! [`world`] runs, [`check`] judges after every step and knows nothing of how the engine works, [`planted`] lists
//! bugs that the judge must find.

pub mod check;
pub mod device;
pub mod dice;
pub mod planted;
pub mod world;
