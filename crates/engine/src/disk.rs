//! What the rows on the device's disk look like. Everything is JSON; a log row's last byte says what it is, so that a
//! pulled page goes to disk as the very bytes that came over the wire.

use std::fmt;

use protocol::message::{PullReply, Receipt};
use protocol::{Change, DeviceId, TerritoryId};
use serde::{Deserialize, Serialize};

/// The one `meta` row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// The number of this row format.
    pub(crate) format: u32,
    pub(crate) device: DeviceId,
    /// A number that no change of this device has had; the outbox may hold higher ones.
    pub(crate) next_number: u64,
    /// The server's life number, 0 before its first answer.
    pub(crate) epoch: u64,
    /// When the shown data was pulled, ms since 1970.
    #[serde(default)]
    pub(crate) pulled_at: Option<i64>,
    /// True when the next pull must read every feed from the start, beside the old data.
    #[serde(default)]
    pub(crate) reread: bool,
    /// The field catalogue that the pulled pages were read with.
    #[serde(default)]
    pub(crate) schema: u32,
    /// Attempts to reach the server that failed since its last answer.
    #[serde(default)]
    pub(crate) failures: u32,
    /// Until when the server asked for patience, ms since 1970.
    #[serde(default)]
    pub(crate) patience_until: i64,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// One outbox row: a change, and the server's answer once there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) change: Change,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<Receipt>,
    /// When the receipt was given, ms since 1970 by the server's clock: a phone's may be years off, and the journal
    /// must not be shorter for it.
    #[serde(default)]
    pub(crate) confirmed_at: i64,
    /// The web has it in a territory that this device does not hold; the next pull says what is to be seen of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) beyond: bool,
    /// What the rep has decided about a receipt that needed a person.
    #[serde(default)]
    pub(crate) care: Care,
}

/// How far the rep has come with a receipt that needs a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Care {
    /// Nothing is decided.
    #[default]
    Open,
    /// The office is asked; its answer comes with a later push or pull.
    Asked,
    /// The rep has looked at what the save replaced or what stands in its place; nothing more is to be done.
    Seen,
    /// It was refused, and the rep has settled it: another change stands in its place, or nothing does.
    Done,
}

impl Care {
    /// Whether nobody has to look at it any more.
    pub(crate) const fn is_over(self) -> bool {
        matches!(self, Self::Seen | Self::Done)
    }
}

/// One row of the log.
#[derive(Debug)]
pub(crate) enum LogRow {
    /// A pulled page, staged until a cut follows.
    Page(PullReply),
    /// The staged pages are the base now. Feeds named here were read from the start: what they held before goes.
    Cut(Vec<TerritoryId>),
    /// The staged pages are void.
    Discard,
}

/// Why the disk cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskError {
    /// A newer version of the app wrote it, in this format: this one must write nothing more.
    Newer(u32),
    /// The `meta` row does not parse.
    Meta(String),
    /// An outbox row does not parse. It holds the rep's words, so nothing may be written over it.
    Outbox(u64, String),
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(format) => write!(f, "it has format {format}, this app knows {FORMAT}"),
            Self::Meta(why) => write!(f, "the device's own page cannot be read: {why}"),
            Self::Outbox(number, why) => write!(f, "save number {number} cannot be read: {why}"),
        }
    }
}

/// The number of the row format that this app writes; it reads all before. One that finds a higher number on disk
/// writes nothing more. With a new kind of record comes a new format: an app that does not know the kind would write a
/// save of it back without its kind.
pub const FORMAT: u32 = 2;

const PAGE: u8 = b'P';
const CUT: u8 = b'C';
const DISCARD: u8 = b'D';

/// A plain value as bytes.
pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("our own rows have text keys and no failing serialisers")
}

/// A page exactly as it came over the wire.
pub(crate) fn page_row(mut wire: Vec<u8>) -> Vec<u8> {
    wire.push(PAGE);
    wire
}

pub(crate) fn cut_row(restarted: &[TerritoryId]) -> Vec<u8> {
    let mut row = encode(&restarted);
    row.push(CUT);
    row
}

pub(crate) fn discard_row() -> Vec<u8> {
    vec![DISCARD]
}

/// Reads a log row; what does not parse is told in words.
pub(crate) fn decode_log(row: &[u8]) -> Result<LogRow, String> {
    let Some((tag, body)) = row.split_last() else { return Err("the row is empty".to_owned()) };
    let said = |error: serde_json::Error| error.to_string();
    match *tag {
        PAGE => serde_json::from_slice(body).map(LogRow::Page).map_err(said),
        CUT => serde_json::from_slice(body).map(LogRow::Cut).map_err(said),
        DISCARD => Ok(LogRow::Discard),
        other => Err(format!("rows of kind {other} are not known")),
    }
}

pub(crate) fn decode_meta(row: &[u8]) -> Result<Meta, DiskError> {
    let said = |error: serde_json::Error| DiskError::Meta(error.to_string());
    // The format alone first: what else a newer version writes may not read at all.
    let Format { format } = serde_json::from_slice(row).map_err(said)?;
    match format {
        1..=FORMAT => serde_json::from_slice(row).map_err(said),
        newer if newer > FORMAT => Err(DiskError::Newer(newer)),
        other => Err(DiskError::Meta(format!("it has format {other}, this app knows {FORMAT}"))),
    }
}

pub(crate) fn decode_entry(number: u64, row: &[u8]) -> Result<Entry, DiskError> {
    let entry = decode_row(row).map_err(|why| DiskError::Outbox(number, why))?;
    if entry.change.number == number {
        Ok(entry)
    } else {
        Err(DiskError::Outbox(number, format!("it says it is number {}", entry.change.number)))
    }
}

/// An outbox row, whatever its number.
pub(crate) fn decode_row(row: &[u8]) -> Result<Entry, String> {
    serde_json::from_slice(row).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_cannot_be_opened_says_why() {
        let why = || "half a row".to_owned();
        let sentences = [
            (DiskError::Newer(9), "it has format 9, this app knows 2"),
            (DiskError::Meta(why()), "the device's own page cannot be read: half a row"),
            (DiskError::Outbox(3, why()), "save number 3 cannot be read: half a row"),
        ];
        for (error, sentence) in sentences {
            assert_eq!(error.to_string(), sentence);
        }
    }

    #[test]
    fn only_a_newer_format_is_left_to_a_newer_app() {
        let meta = |format: u32| {
            let device = DeviceId(uuid::Uuid::nil());
            decode_meta(
                format!(r#"{{"format":{format},"device":"{}","next_number":1,"epoch":0}}"#, device.0)
                    .as_bytes(),
            )
        };
        for known in 1..=FORMAT {
            assert_eq!(meta(known).map(|meta| meta.next_number), Ok(1));
        }
        assert_eq!(meta(FORMAT + 1), Err(DiskError::Newer(FORMAT + 1)));
        assert_eq!(meta(0), Err(DiskError::Meta("it has format 0, this app knows 2".to_owned())));
        assert!(matches!(decode_meta(b"{"), Err(DiskError::Meta(_))));
        assert_eq!(decode_meta(br#"{"format":3,"all else":"differs"}"#), Err(DiskError::Newer(3)));
    }

    #[test]
    fn a_log_row_says_what_it_is_or_what_is_wrong_with_it() {
        let page = PullReply::new(1, 7, Vec::new(), 3);
        assert!(matches!(decode_log(&page_row(encode(&page))), Ok(LogRow::Page(read)) if read == page));
        let north = TerritoryId::new("north");
        let cut = decode_log(&cut_row(std::slice::from_ref(&north)));
        assert!(matches!(cut, Ok(LogRow::Cut(restarted)) if restarted == [north]));
        assert!(matches!(decode_log(&discard_row()), Ok(LogRow::Discard)));
        let wrong = |row: &[u8]| decode_log(row).expect_err("it is wrong");
        assert_eq!(
            (wrong(b""), wrong(b"x")),
            ("the row is empty".into(), "rows of kind 120 are not known".into())
        );
        assert!(!wrong(b"{P").is_empty() && !wrong(b"{C").is_empty());
    }

    #[test]
    fn a_save_stands_under_its_own_number() {
        let row =
            br#"{"change":{"id":"00000000-0000-0000-0000-000000000001","number":4,"made_at":0,"edits":[]}}"#;
        assert_eq!(decode_entry(4, row).map(|entry| entry.care), Ok(Care::Open));
        assert_eq!(decode_entry(5, row), Err(DiskError::Outbox(5, "it says it is number 4".to_owned())));
        assert!(matches!(decode_entry(4, b"{"), Err(DiskError::Outbox(4, _))));
    }

    #[test]
    fn what_is_seen_or_done_is_over() {
        let over = [Care::Open, Care::Asked, Care::Seen, Care::Done].map(Care::is_over);
        assert_eq!(over, [false, false, true, true]);
    }
}
