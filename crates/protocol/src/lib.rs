//! What both ends of Satchel agree on. It knows no clock, no disk, no network and no randomness.
//!
//! Reading order: a [`Record`] holds [`Fields`]; a save makes a [`Change`] of [`Edit`]s; [`merge`] lays an edit over
//! a record; [`message`] is what travels; [`digest`] proves two ends hold the same; [`limits`] bounds everything.

pub mod change;
pub mod digest;
pub mod fields;
pub mod limits;
pub mod merge;
pub mod message;
pub mod record;
pub mod schema;

pub use change::{Change, Edit, How, Op, Settle};
pub use fields::Fields;
pub use record::{ChangeId, DeviceId, Kind, Record, RecordId, TerritoryId};
