//! What travels between device and server. Every body carries the protocol's mark, so that a hotel's sign-in page
//! with status 200 is never taken for an answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::schema::SCHEMA;
use crate::{Change, ChangeId, DeviceId, Record, TerritoryId};

/// The protocol's mark and number: the first field of every answer.
pub const SATCHEL: u32 = 1;

/// The header in which a device says whose records it sends and fetches. Windows of one browser share the session's
/// cookie: when another user signs in, a request of the first one must not be answered with the second one's records.
pub const USER_HEADER: &str = "satchel-user";

/// This device's next changes, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushRequest {
    /// Who sends.
    pub device: DeviceId,
    /// The server's life number as the device knows it; 0 before the first answer.
    pub epoch: u64,
    /// The field catalogue the device was built with.
    pub schema: u32,
    /// At most [`crate::limits::PUSH_CHANGES_MAX`], by number, without holes.
    pub changes: Vec<Change>,
    /// The server has failed on this one change [`crate::limits::STRIKES_MAX`] times: should it fail again, it sets
    /// the change aside unread, so that the next ones can go.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspect: bool,
    /// Changes that wait for a person, at most [`crate::limits::OPEN_MAX`]: what has become of them?
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<ChangeId>,
}

impl PushRequest {
    /// These changes under this build's field catalogue; nothing is suspect and nothing open.
    pub const fn new(device: DeviceId, epoch: u64, changes: Vec<Change>) -> Self {
        Self { device, epoch, schema: SCHEMA, changes, suspect: false, open: Vec::new() }
    }
}

/// What became of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushReply {
    /// Always [`SATCHEL`].
    pub satchel: u32,
    /// The server's life number. Another than the device's: nothing was applied, read [`PullReply`] from the start.
    pub epoch: u64,
    /// The server's clock, ms since 1970 UTC.
    pub now: i64,
    /// One for each change sent, in the same order; none when `problem` is set.
    pub receipts: Vec<Receipt>,
    /// Receipts, as they are now, of the changes that the request calls open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<Receipt>,
    /// Set when the request as a whole cannot be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<PushProblem>,
    /// The highest number of this device's changes that the server had before this push.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_number: Option<u64>,
}

impl PushReply {
    /// An answer to every change that was sent.
    pub const fn new(epoch: u64, now: i64, receipts: Vec<Receipt>) -> Self {
        Self { satchel: SATCHEL, epoch, now, receipts, decided: Vec::new(), problem: None, last_number: None }
    }
}

/// Why a push as a whole was not taken; nothing of it was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PushProblem {
    /// The server was restored: the device takes a new id, numbers anew, and sends all it still has.
    Epoch,
    /// These numbers were used for other changes, or there is a hole: two devices share one image. As for `Epoch`.
    Forked,
}

/// The server's answer to one change. Sending the change again gives the same receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// The change's number on its device.
    pub number: u64,
    /// The change.
    pub change: ChangeId,
    /// What became of it.
    pub outcome: Outcome,
    /// Where the change stands in each territory's feed; once a pull has read this far, the base holds it.
    #[serde(default)]
    pub at: BTreeMap<TerritoryId, u64>,
    /// Values that did not win or that this change replaced; never dropped in silence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clashes: Vec<crate::merge::Clash>,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// On the web as saved.
    Accepted,
    /// On the web, laid over somebody else's newer version.
    Merged,
    /// On the web but for fields that wait for a person; see the receipt's clashes.
    Conflicted,
    /// Not on the web. Kept on the device and on the server, with the reason.
    Refused(Refusal),
}

/// Why a change was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Refusal {
    /// It breaks a rule; the text says which.
    Invalid(String),
    /// The record is not in one of the user's territories.
    Denied,
    /// The record was deleted on the web.
    Gone,
    /// An earlier change of this device about the same account was refused; it goes on once that is settled.
    Held,
    /// The server failed on it again and again.
    Failed,
}

/// How far this device has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PullRequest {
    /// Who asks.
    pub device: DeviceId,
    /// The server's life number as the device knows it; 0 before the first answer.
    pub epoch: u64,
    /// The field catalogue the device was built with.
    pub schema: u32,
    /// By territory, the newest number read. A territory not named is read from the start.
    pub cursors: BTreeMap<TerritoryId, u64>,
    /// At most this many records; the server may send fewer. Zero asks for the server's own choice.
    #[serde(default)]
    pub limit: usize,
    /// Changes that wait for a person, at most [`crate::limits::OPEN_MAX`]: what has become of them?
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<ChangeId>,
    /// Feeds whose pulled records did not add up to the server's digest and are read anew.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diverged: Vec<Diverged>,
}

impl PullRequest {
    /// What is new after these cursors, in pages of the server's choice, under this build's field catalogue.
    pub const fn new(device: DeviceId, epoch: u64, cursors: BTreeMap<TerritoryId, u64>) -> Self {
        Self { device, epoch, schema: SCHEMA, cursors, limit: 0, open: Vec::new(), diverged: Vec::new() }
    }
}

/// A feed that did not add up: what this device made of the pages it got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diverged {
    /// The territory.
    pub territory: TerritoryId,
    /// How far it was read.
    pub cursor: u64,
    /// How many records the device counted.
    pub live: u64,
    /// Their digest, in hexadecimal.
    pub digest: String,
}

/// One page. The state is complete, and one moment of the server's, when `remaining` is zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PullReply {
    /// Always [`SATCHEL`].
    pub satchel: u32,
    /// The server's life number. Another than the request's: the cursors were not used, reading starts anew.
    pub epoch: u64,
    /// The server's clock, ms since 1970 UTC.
    pub now: i64,
    /// Every territory of the user, with how far this page reads it. One that the device holds and that is not here
    /// was lost: its records go.
    pub feeds: Vec<FeedPage>,
    /// Records that are still to come after this page, over all feeds.
    pub remaining: u64,
    /// Receipts, as they are now, of the changes that the request calls open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided: Vec<Receipt>,
    /// The highest number of this device's changes that the server has. Lower than one it has confirmed: it lives from
    /// an older file, and the device sends again all that it still has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_number: Option<u64>,
}

impl PullReply {
    /// A page of these feeds, with nothing decided.
    pub const fn new(epoch: u64, now: i64, feeds: Vec<FeedPage>, remaining: u64) -> Self {
        Self { satchel: SATCHEL, epoch, now, feeds, remaining, decided: Vec::new(), last_number: None }
    }
}

/// A territory's part of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedPage {
    /// The territory.
    pub territory: TerritoryId,
    /// Its name as people say it.
    pub name: String,
    /// True for the feed that only this user reads and writes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// The newest number this page reads.
    pub cursor: u64,
    /// How many records live in the territory now.
    pub live: u64,
    /// Their digest now (see [`crate::digest`]), in hexadecimal: JSON numbers cannot hold it.
    pub digest: String,
    /// New versions in feed order, tombstones among them.
    #[serde(default)]
    pub records: Vec<Record>,
    /// Records that left this territory for another.
    #[serde(default)]
    pub left: Vec<crate::RecordId>,
}

/// A tiny answer that proves a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PulseReply {
    /// Always [`SATCHEL`].
    pub satchel: u32,
    /// The server's life number.
    pub epoch: u64,
    /// The server's clock, ms since 1970 UTC.
    pub now: i64,
    /// Whether the request was signed in.
    pub signed_in: bool,
    /// The newest number of each of the user's feeds.
    #[serde(default)]
    pub heads: BTreeMap<TerritoryId, u64>,
    /// The oldest field catalogue that may still pull; pushing is always welcome.
    pub schema_min: u32,
}

/// What a record was before: its versions, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionsReply {
    /// Always [`SATCHEL`].
    pub satchel: u32,
    /// At most [`crate::limits::VERSIONS_MAX`] of them. What a colleague wrote before it was shared is not among them.
    pub versions: Vec<VersionEntry>,
    /// Whether there are older ones: ask again with the number of the last one.
    pub more: bool,
}

/// One version of a record: who wrote it, and what it set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionEntry {
    /// The version, from 1.
    pub version: u64,
    /// What was done.
    pub op: VersionOp,
    /// Who wrote it; empty where no user did, as with a file that was imported.
    pub by: String,
    /// When the web took it, by the server's clock, ms since 1970 UTC.
    pub at: i64,
    /// The values it set; null takes one away.
    pub set: BTreeMap<String, Option<String>>,
    /// What those fields held before.
    #[serde(default)]
    pub before: BTreeMap<String, String>,
}

/// What made a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum VersionOp {
    /// The record was made.
    Create,
    /// Values of it were set.
    Patch,
    /// It was deleted.
    Delete,
    /// It came back.
    Restore,
    /// It went to another territory.
    Move,
    /// What this build does not know.
    #[serde(other)]
    Other,
}

/// The sign-in form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInRequest {
    /// The user's e-mail address.
    pub email: String,
    /// The password; it is never kept or logged.
    pub password: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Who {
    /// Always [`SATCHEL`].
    pub satchel: u32,
    /// The user's id; the device keeps one database a user.
    pub user: uuid::Uuid,
    /// The user's name as colleagues see it.
    pub name: String,
    /// The user's e-mail address.
    pub email: String,
    /// The organisation's name.
    pub organisation: String,
    /// `rep`, `manager` or `admin`.
    pub role: String,
}

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorReply {
    /// Always [`SATCHEL`].
    pub satchel: u32,
    /// A short name for programs, such as `signed_out`.
    pub error: String,
    /// A sentence for people: what is wrong and what to do.
    pub message: String,
}
