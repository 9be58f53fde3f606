//! What every ledger must do, whatever database is under it.

mod contacts;
mod damage;
mod feeds;
mod import;
mod late;
mod merge;
mod moves;
mod pairs;
mod people;
mod push;
mod quarantine;
mod versions;
mod visit;
mod world;
