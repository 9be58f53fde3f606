//! The disk under IndexedDB: relaxed transactions may be lost when the battery is out, strict ones and all before them
//! never; each is there whole or not at all; and a window that has not seen the last one writes nothing.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::{Batch, Snapshot};
use protocol::Change;
use protocol::message::Receipt;
use serde::Deserialize;

use crate::dice::Dice;

/// One user's rows on one phone.
#[derive(Clone, Default)]
pub struct Disk {
    now: Snapshot,
    durable: Snapshot,
    /// Relaxed transactions that the system has not written back.
    pending: Vec<Batch>,
    /// The saves, as the judge reads them.
    outbox: BTreeMap<u64, Rc<Row>>,
    mark: u64,
}

/// An outbox row, read by nobody's code but this.
#[derive(Debug, Deserialize)]
pub struct Row {
    /// The save.
    pub change: Change,
    /// The server's answer, once it came.
    #[serde(default)]
    pub receipt: Option<Receipt>,
    /// How far the rep has come with it: `open`, `asked`, `seen` or `done`.
    #[serde(default)]
    pub care: String,
}

impl Disk {
    /// What a process reads.
    pub const fn snapshot(&self) -> &Snapshot {
        &self.now
    }

    /// The saves on it, by number.
    pub const fn outbox(&self) -> &BTreeMap<u64, Rc<Row>> {
        &self.outbox
    }

    /// The number of the last commit: whoever has not seen it may not write.
    pub const fn mark(&self) -> u64 {
        self.mark
    }

    /// One transaction. With `lies`, it says that it is durable and is not.
    pub fn commit(&mut self, batch: &Batch, lies: bool) {
        apply(&mut self.now, batch);
        self.mark += 1;
        for number in &batch.outbox_delete {
            self.outbox.remove(number);
        }
        for (number, row) in &batch.outbox_put {
            self.outbox.insert(*number, read(row));
        }
        self.pending.push(batch.clone());
        if batch.strict && !lies {
            self.flush();
        }
    }

    /// The battery is out: of what was not flushed, the first few transactions may have been written.
    pub fn lose_power(&mut self, dice: &mut Dice) {
        let kept = dice.below(self.pending.len() as u64 + 1) as usize;
        for batch in std::mem::take(&mut self.pending).iter().take(kept) {
            apply(&mut self.durable, batch);
        }
        self.now = self.durable.clone();
        self.mark += 1;
        self.outbox = self.now.outbox.iter().map(|(number, row)| (*number, read(row))).collect();
    }

    /// The system writes everything back in its own time.
    pub fn flush(&mut self) {
        for batch in self.pending.drain(..) {
            apply(&mut self.durable, &batch);
        }
    }

    /// Pulled data that cannot be read any more: one row of the log loses its end.
    pub fn break_log(&mut self, dice: &mut Dice) -> bool {
        self.flush();
        if self.now.log.is_empty() {
            return false;
        }
        let at = dice.below(self.now.log.len() as u64) as usize;
        self.now.log[at].1 = b"{\"satchel\":1,\"epo".to_vec();
        self.durable = self.now.clone();
        true
    }
}

fn read(row: &[u8]) -> Rc<Row> {
    Rc::new(serde_json::from_slice(row).expect("an outbox row is a change and perhaps a receipt"))
}

fn apply(disk: &mut Snapshot, batch: &Batch) {
    if let Some(meta) = &batch.meta {
        disk.meta = Some(meta.clone());
    }
    if let Some(upto) = batch.delete_upto {
        disk.log.retain(|(key, _)| *key > upto);
    }
    disk.log.extend(batch.append.iter().cloned());
    disk.outbox.retain(|(number, _)| !batch.outbox_delete.contains(number));
    for (number, row) in &batch.outbox_put {
        match disk.outbox.binary_search_by_key(number, |(number, _)| *number) {
            Ok(at) => disk.outbox[at].1.clone_from(row),
            Err(at) => disk.outbox.insert(at, (*number, row.clone())),
        }
    }
}
