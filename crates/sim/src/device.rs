//! One simulated device: a disk that can lose what was not flushed, a screen, and the real engine between them.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::{Batch, Engine, Outgoing, Place, Shown, Snapshot, Step};
use protocol::{DeviceId, Record, RecordId};
use uuid::Uuid;

use crate::dice::Dice;
use crate::planted::Planted;

/// A phone.
pub struct Device {
    /// Whose it is.
    pub user: Uuid,
    /// Running, or not.
    pub engine: Option<Engine>,
    /// What the disk holds for a process that reads it now.
    pub disk: Disk,
    /// What the screen was told, and nothing else.
    pub screen: BTreeMap<RecordId, (Rc<Record>, Place)>,
    /// When the engine asked to be woken.
    pub wake_at: Option<i64>,
    /// Its clock minus the world's.
    pub skew: i64,
    /// The newest moment of the server that this device has shown; see [`crate::check`].
    pub cut: usize,
}

/// A disk under IndexedDB: relaxed transactions are lost when the power fails, strict ones never.
#[derive(Clone, Default)]
pub struct Disk {
    now: Snapshot,
    durable: Snapshot,
}

impl Disk {
    /// What a process reads.
    pub const fn snapshot(&self) -> &Snapshot {
        &self.now
    }

    /// One transaction.
    pub fn commit(&mut self, batch: &Batch, lies: bool) {
        apply(&mut self.now, batch);
        if batch.strict && !lies {
            self.durable = self.now.clone();
        }
    }

    /// The phone's battery is out: what was not flushed is gone.
    pub fn lose_power(&mut self) {
        self.now = self.durable.clone();
    }

    /// The system writes everything back in its own time.
    pub fn flush(&mut self) {
        self.durable = self.now.clone();
    }
}

fn apply(disk: &mut Snapshot, batch: &Batch) {
    if let Some(meta) = &batch.meta {
        disk.meta = Some(meta.clone());
    }
    if let Some(upto) = batch.delete_upto {
        disk.log.retain(|(key, _)| *key > upto);
    }
    disk.log.extend(batch.append.iter().cloned());
    disk.outbox.retain(|(number, _)| {
        !batch.outbox_delete.contains(number) && !batch.outbox_put.iter().any(|(put, _)| put == number)
    });
    disk.outbox.extend(batch.outbox_put.iter().cloned());
    disk.outbox.sort_by_key(|(number, _)| *number);
}

impl Device {
    /// A phone out of its box.
    pub fn new(user: Uuid, skew: i64) -> Self {
        Self {
            user,
            engine: None,
            disk: Disk::default(),
            screen: BTreeMap::new(),
            wake_at: None,
            skew,
            cut: 0,
        }
    }

    /// Starts the app: everything in memory is made anew from disk.
    ///
    /// # Errors
    /// The engine cannot read its own disk.
    pub fn open(&mut self, now: i64, dice: &mut Dice) -> Result<Option<Outgoing>, String> {
        let fresh = DeviceId(dice.uuid());
        let snapshot = self.disk.snapshot().clone();
        let (engine, step) =
            Engine::open(snapshot, fresh, dice.roll(), now + self.skew).map_err(|error| error.to_string())?;
        self.engine = Some(engine);
        self.screen.clear();
        Ok(self.perform(step, None))
    }

    /// Does what a step says, in its order; answers what goes on the wire.
    pub fn perform(&mut self, step: Step, planted: Option<Planted>) -> Option<Outgoing> {
        if let Some(batch) = &step.commit {
            self.disk.commit(batch, planted == Some(Planted::StrictIsRelaxed));
        }
        let receipts_only = step.commit.as_ref().is_some_and(|batch| batch.append.is_empty());
        if !(planted == Some(Planted::ScreenMissesShown) && receipts_only) {
            self.show(step.shown);
        }
        self.wake_at = step.wake_at.map(|at| at - self.skew);
        step.send
    }

    fn show(&mut self, shown: Vec<Shown>) {
        for Shown { id, record, place } in shown {
            match record {
                Some(record) => self.screen.insert(id, (record, place)),
                None => self.screen.remove(&id),
            };
        }
    }

    /// Takes the app away in the middle of whatever it did. With `power`, unflushed transactions go too.
    pub fn kill(&mut self, power: bool) {
        self.engine = None;
        self.screen.clear();
        self.wake_at = None;
        if power {
            self.disk.lose_power();
        }
    }
}
