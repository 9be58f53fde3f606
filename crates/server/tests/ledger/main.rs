//! What every ledger must do, whatever database is under it.

mod feeds;
mod import;
mod merge;
mod push;
mod quarantine;
mod world;
