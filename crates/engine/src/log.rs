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
        for page in self.replica.pages(self.meta.epoch) {
            self.append(step, disk::page_row(disk::encode(&page)));
        }
        self.append(step, disk::cut_row(&[]));
    }
}

/// Rows in the log beside two for each thousand records.
const ROWS_MAX: usize = 128;
/// Garbage that is never worth a compaction. Records.
const GARBAGE_MIN: usize = 1_000;
