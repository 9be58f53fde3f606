//! What goes into the engine and what comes out: plain data, performed by whoever drives it.

use std::rc::Rc;

use protocol::merge::Clash;
use protocol::message::{PullReply, PullRequest, PulseReply, PushReply, PushRequest};
use protocol::{ChangeId, Edit, How, Record, RecordId};
use serde::{Deserialize, Serialize};

/// What the world must do next. The order of the fields is the promise: durable, then visible, then on the wire,
/// then asleep.
#[derive(Debug, Default)]
pub struct Step {
    /// Write this in one transaction before anything else. If it fails, drop the engine and open it again from disk.
    pub commit: Option<Batch>,
    /// Records that look different now; for the screen.
    pub shown: Vec<Shown>,
    /// Something the rep should be told once, such as what a pull brought.
    pub news: Option<News>,
    /// Send this; the answer comes back through [`crate::Engine::on_reply`] with the same token.
    pub send: Option<Outgoing>,
    /// Call [`crate::Engine::on_wake`] at this time, ms since 1970; replaces any earlier wish. `None`: sleep.
    pub wake_at: Option<i64>,
}

/// One atomic difference of the device's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// True when the rep's own words are in it: the transaction must be `strict`.
    pub strict: bool,
    /// The new value of the one `meta` row.
    pub meta: Option<Vec<u8>>,
    /// Rows for the log, by key; keys only grow.
    pub append: Vec<(u64, Vec<u8>)>,
    /// Delete every log row with a key up to and including this one.
    pub delete_upto: Option<u64>,
    /// Outbox rows to write, by change number.
    pub outbox_put: Vec<(u64, Vec<u8>)>,
    /// Outbox rows to delete, by change number. Performed before `outbox_put`.
    pub outbox_delete: Vec<u64>,
    /// The form draft that this save came from; it goes with the same transaction.
    pub draft_delete: Option<String>,
}

/// All rows of the device's disk, as read at start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The one `meta` row.
    pub meta: Option<Vec<u8>>,
    /// The log, by ascending key.
    pub log: Vec<(u64, Vec<u8>)>,
    /// The outbox, by ascending change number.
    pub outbox: Vec<(u64, Vec<u8>)>,
}

/// The rep's act of saving: parsed, checked, with names that the world gave it.
#[derive(Clone, Debug)]
pub struct Save {
    /// A fresh change id (UUID v7).
    pub id: ChangeId,
    /// What to do; `base` is filled in by the engine.
    pub edits: Vec<Edit>,
    /// Earlier changes that needed a person, by number, and what the rep decided about each.
    pub settles: Vec<(u64, How)>,
    /// The draft this came from, if it was kept on disk.
    pub draft: Option<String>,
}

/// A request on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Given back with the answer; an answer with an old token is ignored.
    pub token: u64,
    /// What to send.
    pub request: Request,
}

/// What the engine can ask of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `POST /api/push`
    Push(PushRequest),
    /// `POST /api/pull`
    Pull(PullRequest),
    /// `GET /api/pulse`
    Pulse,
}

/// An answer that parsed and carried the protocol's mark.
#[derive(Clone, Debug)]
pub enum Reply {
    /// To [`Request::Push`].
    Push(PushReply),
    /// To [`Request::Pull`]: parsed, and the bytes it was parsed from, which become the log row.
    Pull(PullReply, Vec<u8>),
    /// To [`Request::Pulse`].
    Pulse(PulseReply),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkError {
    /// No connection, a time-out, a cut or foreign answer: whether the server acted is unknown.
    NoAnswer,
    /// The session has ended (401).
    SignedOut,
    /// This user may not (403).
    Denied,
    /// Too much at once (413).
    TooLarge,
    /// This version of the app may push and not pull (426).
    TooOld,
    /// The server asks for patience (429, 503), with its Retry-After in ms if it gave one.
    Busy(Option<i64>),
    /// The server failed (other 5xx) or did not understand us (other 4xx).
    Failed,
}

/// One record as the screen must show it from now on.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which one.
    pub id: RecordId,
    /// What it looks like; `None` once it is deleted or no longer on this phone.
    pub record: Option<Rc<Record>>,
    /// Where it is.
    pub place: Place,
}

/// Where a record's newest words are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// All of it is on the web.
    #[default]
    Web,
    /// It has a save that the web has not confirmed.
    Phone,
    /// It has a save that the web refused or set aside.
    NeedsYou,
}

/// What to tell the rep once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// A pull was published: how many records are new, changed and gone, but for what this device's own saves made so.
    Pulled {
        /// Records that were not on this phone before.
        new: usize,
        /// Records that look different.
        changed: usize,
        /// Records that left.
        gone: usize,
    },
    /// The rep asked for a pull and it could not be done.
    PullFailed(LinkError),
}

/// Everything the sync chip, Home and the outbox page say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// What the chip says.
    pub chip: Chip,
    /// Saves the web has not confirmed, oldest first.
    pub waiting: Vec<Waiting>,
    /// Saves that the web refused, or set aside in part, oldest first; with them those that wait for one of these.
    pub needs_you: Vec<NeedsYou>,
    /// Values of others that this device's saves replaced, and that the rep has not looked at, oldest first.
    pub replaced: Vec<Replaced>,
    /// When the shown data was pulled, ms since 1970 by this device's clock.
    pub pulled_at: Option<i64>,
    /// True when the phone had no room, and the pulled records left its disk so that saves could be kept.
    pub let_go: bool,
    /// Records on this phone.
    pub records: usize,
    /// A pull under way.
    pub pulling: Option<Progress>,
    /// How many updates wait on the web, as far as the last pulse told.
    pub updates_ready: u64,
    /// When the next attempt to send is due, ms since 1970, while one is waiting for it.
    pub retry_at: Option<i64>,
    /// The user's territories: short name and name; without the user's own.
    pub territories: Vec<(protocol::TerritoryId, String)>,
    /// The territory that only this user reads and writes, once a pull has brought it.
    pub own: Option<protocol::TerritoryId>,
    /// How far this device's clock is ahead of the server's (behind: negative), ms, when that is more than
    /// [`protocol::limits::CLOCK_OFF_MS`].
    pub clock_off: Option<i64>,
    /// True when this version of the app is too old to pull.
    pub too_old: bool,
}

/// The one always-visible word on where things are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chip {
    /// Nothing waits, as far as this phone knows.
    #[default]
    UpToDate,
    /// A push or a pull is under way.
    Sending,
    /// Saves wait for a connection.
    WaitingForSignal(usize),
    /// The web has news.
    UpdatesReady(u64),
    /// The session has ended while saves wait or a pull was asked for.
    SignInToSend,
    /// Saves were refused or set aside.
    NeedsYou(usize),
}

/// How far a pull has come. `received` never goes back and meets `total` only when the pull is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Records received.
    pub received: u64,
    /// Records expected in all.
    pub total: u64,
}

/// One save in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number on this device.
    pub number: u64,
    /// When the rep saved, ms since 1970 by this device's clock.
    pub made_at: i64,
    /// What it does.
    pub edits: Vec<Edit>,
    /// True while it is on its way.
    pub sending: bool,
}

/// One save that a person must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeedsYou {
    /// Its number on this device.
    pub number: u64,
    /// When the rep saved, ms since 1970 by this device's clock.
    pub made_at: i64,
    /// What it was to do.
    pub edits: Vec<Edit>,
    /// What the server said.
    pub receipt: protocol::message::Receipt,
    /// True once the office was asked to accept it.
    pub asked: bool,
}

/// A value of somebody else's that a save of this device replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The save's number on this device.
    pub number: u64,
    /// What was replaced, by what.
    pub clash: Clash,
}
