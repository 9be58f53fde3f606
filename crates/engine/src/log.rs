//! The log on the device's disk: how it is filled, read back, and written afresh when too much of it is garbage.

use crate::disk::{self, LogRow};
use crate::engine::Engine;
use crate::replica::{Published, Replica};
use crate::step::Step;

/// How the log is filled.
#[derive(Debug, Default)]
pub(crate) struct Log {
    key_last: u64,
    rows: usize,
    /// Records in the log that a later row replaced.
    garbage: usize,
}

impl Log {
    /// A log of so many rows, none of which is known to be garbage.
    pub(crate) const fn new(key_last: u64, rows: usize) -> Self {
        Self { key_last, rows, garbage: 0 }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The key of one more row.
    pub(crate) const fn next_key(&mut self) -> u64 {
        self.key_last += 1;
        self.rows += 1;
        self.key_last
    }

    /// All rows so far go; answers the last one's key.
    pub(crate) const fn start_afresh(&mut self) -> u64 {
        (self.rows, self.garbage) = (0, 0);
        self.key_last
    }

    pub(crate) const fn add_garbage(&mut self, records: usize) {
        self.garbage += records;
    }

    /// Whether it holds more garbage than half of what lives, or too many small rows.
    pub(crate) const fn is_wasteful(&self, live: usize) -> bool {
        self.rows > ROWS_MAX + live / 500 || self.garbage > GARBAGE_MIN + live / 2
    }

    /// Another window has appended a row of this key.
    pub(crate) const fn follow(&mut self, key: u64) {
        self.key_last = key;
        self.rows += 1;
    }

    /// Replays the rows. Pages after the last cut stay staged, so that an interrupted pull goes on where it was.
    pub(crate) fn fold(&mut self, rows: Vec<(u64, Vec<u8>)>) -> Result<Replica, String> {
        let mut replica = Replica::default();
        for (_, row) in rows {
            self.fold_row(&mut replica, &row)?;
        }
        Ok(replica)
    }

    /// Replays one row. A cut answers what it made different.
    pub(crate) fn fold_row(
        &mut self,
        replica: &mut Replica,
        row: &[u8],
    ) -> Result<Option<Published>, String> {
        match disk::decode_log(row)? {
            LogRow::Page(page) => replica.stage(page),
            LogRow::Cut(restarted) => {
                let records = replica.staged_records() as usize;
                let before = replica.len();
                let published = replica.replay_cut(&restarted);
                self.garbage += records.saturating_sub(replica.len().saturating_sub(before));
                return Ok(Some(published));
            }
            LogRow::Discard => replica.discard(),
        }
        Ok(None)
    }
}

impl Engine {
    pub(crate) fn append(&mut self, step: &mut Step, row: Vec<u8>) {
        let key = self.log.next_key();
        step.commit.get_or_insert_default().append.push((key, row));
    }

    /// Writes the log afresh, with nothing in it but what lives.
    pub(crate) fn compact(&mut self, step: &mut Step) {
        let batch = step.commit.get_or_insert_default();
        batch.append.clear();
        batch.delete_upto = Some(self.log.start_afresh());
        for page in self.replica.pages() {
            self.append(step, disk::page_row(disk::encode(&page)));
        }
        self.append(step, disk::cut_row(&[]));
    }
}

/// Rows in the log beside two for each thousand records.
const ROWS_MAX: usize = 128;
/// Garbage that is never worth a compaction. Records.
const GARBAGE_MIN: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::message::FeedPage;
    use protocol::{Fields, Kind, Record, RecordId, TerritoryId};
    use uuid::Uuid;

    #[test]
    fn a_log_is_written_afresh_for_too_many_rows_or_too_much_garbage_and_not_before() {
        let wasteful = |rows: usize, garbage: usize, live: usize| {
            let mut log = Log::new(9, rows);
            log.add_garbage(garbage);
            log.is_wasteful(live)
        };
        let cases = [
            (128, 0, 0, false),
            (129, 0, 0, true),
            (129, 0, 499, true),
            (129, 0, 500, false),
            (130, 0, 1_000, false),
            (0, 1_000, 1, false),
            (0, 1_001, 1, true),
            (0, 1_001, 2, false),
            (0, 2_001, 2_000, true),
            (0, 2_000, 2_000, false),
        ];
        for (rows, garbage, live, expected) in cases {
            assert_eq!(
                wasteful(rows, garbage, live),
                expected,
                "{rows} rows, {garbage} garbage, {live} live"
            );
        }
    }

    #[test]
    fn keys_grow_for_ever_whoever_appends() {
        let mut log = Log::new(7, 2);
        assert_eq!((log.next_key(), log.next_key(), log.rows), (8, 9, 4));
        log.follow(12);
        log.add_garbage(3);
        log.add_garbage(2);
        assert_eq!((log.next_key(), log.rows, log.garbage), (13, 6, 5));
        assert_eq!((log.start_afresh(), log.is_empty(), log.garbage, log.next_key()), (13, true, 0, 14));
        assert!(!log.is_empty());
    }

    #[test]
    fn folding_the_rows_counts_what_later_rows_replaced() {
        let territory = TerritoryId::new("north");
        let page = |ids: &[u128], version| {
            let record = |id: &u128| Record {
                id: RecordId(Uuid::from_u128(*id)),
                kind: Kind::Account,
                territory: territory.clone(),
                version,
                deleted: false,
                by: String::new(),
                at: 0,
                fields: Fields::new(),
            };
            let feed = FeedPage {
                territory: territory.clone(),
                name: String::new(),
                own: false,
                cursor: version,
                live: 0,
                digest: String::new(),
                records: ids.iter().map(record).collect(),
                left: Vec::new(),
            };
            disk::page_row(disk::encode(&protocol::message::PullReply::new(1, 0, vec![feed], 0)))
        };
        let rows = [
            page(&[1, 2, 3], 1),
            disk::cut_row(&[]),
            page(&[9], 7),
            disk::discard_row(),
            page(&[2, 3, 4], 2),
            disk::cut_row(&[]),
            page(&[5], 3),
        ];
        let mut log = Log::default();
        let replica = log.fold((1..).zip(rows).collect()).expect("all rows read");
        assert_eq!((replica.len(), replica.staged_records(), log.garbage), (4, 1, 2));
        assert!(Log::default().fold(vec![(1, b"x".to_vec())]).is_err());
    }
}
