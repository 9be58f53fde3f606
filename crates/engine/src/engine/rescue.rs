//! When the disk is in trouble: letting go of what can be fetched again, and taking in saves that were kept elsewhere.

use std::collections::BTreeSet;

use protocol::{ChangeId, RecordId};

use super::{Engine, Pull};
use crate::disk::{self, Entry};
use crate::link::Flight;
use crate::step::{Batch, Shown, Step};

/// What came of rows that were kept elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Saves that this disk did not have.
    pub saves: usize,
    /// Rows that could not be read.
    pub unreadable: usize,
}

/// What an outbox row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowFacts {
    /// The change it holds.
    pub change: ChangeId,
    /// Whether the web has not answered it.
    pub is_unsent: bool,
}

/// What an outbox row is about; none where it cannot be read.
pub fn row_facts(row: &[u8]) -> Option<RowFacts> {
    let entry = disk::decode_row(row).ok()?;
    Some(RowFacts { change: entry.change.id, is_unsent: entry.receipt.is_none() })
}

impl Engine {
    /// Whether this device holds the change, confirmed or not.
    pub fn knows(&self, change: ChangeId) -> bool {
        self.outbox.change_ids().any(|known| known == change)
    }

    /// The outbox rows of the saves that the web has not answered, by number.
    pub fn unsent_rows(&self) -> impl Iterator<Item = (u64, ChangeId, Vec<u8>)> {
        self.outbox.unsent().map(|(number, change)| {
            let (number, row) = self.outbox.row(number);
            (number, change, row)
        })
    }

    /// Makes room for saves: what was pulled leaves the disk, the outbox stays. Memory, and so the screen, keep the
    /// records until the app is closed; the next pull reads every feed from the start. The batch only deletes, which
    /// needs no room.
    pub fn let_go(&mut self, now: i64) -> Step {
        // An answer to the old cursors would not fit any more.
        if self.link.in_flight.take_if(|flight| flight.what == Flight::Pull).is_some() {
            self.pull = Pull::default();
        }
        self.replica.restart_all();
        let commit = Some(Batch { delete_upto: Some(self.log.start_afresh()), ..Batch::default() });
        let mut step = Step { commit, ..Step::default() };
        self.settle(&mut step, now);
        step
    }

    /// The disk was opened again after its pulled records had to go: what `earlier` has of them in memory stays on the
    /// screen. Answers what to show; nothing where the disk still has its records.
    pub fn keep_base(&mut self, earlier: Self) -> Option<Vec<Shown>> {
        if !self.has_let_go() {
            return None;
        }
        self.replica = earlier.replica;
        self.outbox.close_settled(&self.replica);
        self.replica.restart_all();
        let ids: BTreeSet<RecordId> = self.replica.ids().chain(self.outbox.touched()).collect();
        Some(self.shown(ids))
    }

    /// Whether pulled records left the disk: a pull was published here, and its rows are gone.
    pub(super) const fn has_let_go(&self) -> bool {
        self.meta.pulled_at.is_some() && self.log.is_empty()
    }

    /// Takes in outbox rows of another disk of this user: saves that the web may not have, under new numbers and
    /// their own change ids, so that none has two effects. Those it knows already, and those that the web has
    /// confirmed, are left out; a row for a change that stands earlier in `rows` too.
    pub fn take_in(&mut self, rows: &[Vec<u8>], now: i64) -> (Step, TakenIn) {
        let mut taken = TakenIn::default();
        let mut known: BTreeSet<ChangeId> = self.outbox.change_ids().collect();
        let mut entries: Vec<Entry> = Vec::new();
        for row in rows {
            match disk::decode_row(row) {
                Ok(entry) if !known.insert(entry.change.id) || entry.is_confirmed() => {}
                Ok(entry) => entries.push(entry),
                Err(_) => taken.unreadable += 1,
            }
        }
        entries.sort_by_key(|entry| entry.change.number);
        taken.saves = entries.len();
        let mut step = Step::default();
        let mut touched: BTreeSet<RecordId> = BTreeSet::new();
        for Entry { mut change, .. } in entries {
            change.number = self.meta.next_number.max(self.outbox.last_number() + 1);
            touched.extend(change.edits.iter().map(|edit| edit.id));
            let number = change.number;
            self.outbox.add(change, &self.replica);
            let batch = step.commit.get_or_insert_default();
            batch.strict = true;
            batch.outbox_put.push(self.outbox.row(number));
        }
        step.shown = self.shown(touched);
        self.settle(&mut step, now);
        (step, taken)
    }
}
