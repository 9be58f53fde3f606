//! A phone: the real engine, the disk it writes, and the screen it was told to show.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::{Batch, DiskError, Engine, LinkError, Outgoing, Place, Reply, Request, Save, Snapshot, Step};
use protocol::{ChangeId, DeviceId, Edit, How, Record, RecordId};
use serde_json::Value;
use uuid::Uuid;

/// A phone that is on.
pub struct Phone {
    /// What decides.
    pub engine: Engine,
    /// What it has written.
    pub disk: Snapshot,
    /// What is on its way.
    pub flying: Option<Outgoing>,
    /// Its clock.
    pub now: i64,
    screen: BTreeMap<RecordId, (Rc<Record>, Place)>,
    last: Option<(u64, Reply)>,
    wake_at: Option<i64>,
    names: u128,
}

impl Phone {
    /// Switches on with this disk.
    ///
    /// # Errors
    /// The engine's.
    pub fn open(disk: Snapshot, now: i64) -> Result<Self, DiskError> {
        let (engine, step) = Engine::open(disk.clone(), device(1), 7, now)?;
        let (screen, flying, last, wake_at) = (BTreeMap::new(), None, None, None);
        let mut phone = Self { engine, disk, flying, now, screen, last, wake_at, names: 100 };
        phone.perform(step);
        Ok(phone)
    }

    /// Does what a step says, in its order.
    pub fn perform(&mut self, step: Step) {
        if let Some(batch) = &step.commit {
            apply(&mut self.disk, batch);
        }
        for shown in step.shown {
            match shown.record {
                Some(record) => self.screen.insert(shown.id, (record, shown.place)),
                None => self.screen.remove(&shown.id),
            };
        }
        self.flying = step.send.or(self.flying.take());
        self.wake_at = step.wake_at;
        self.engine.status();
    }

    /// The rep saves these edits, and settles what is said of earlier saves.
    pub fn save(&mut self, edits: Vec<Edit>, settles: Vec<(u64, How)>) {
        self.names += 1;
        let before = self.engine.unsent();
        let save = Save { id: ChangeId(Uuid::from_u128(self.names)), edits, settles, draft: None };
        let step = self.engine.save(save, self.now);
        let commit = step.commit.as_ref().expect("a save goes to disk");
        assert!(commit.strict && !commit.outbox_put.is_empty(), "a save is durable before it is shown");
        self.perform(step);
        assert_eq!(self.engine.unsent(), before + 1);
    }

    /// An answer in these words: what parses as one to the request on its way, or none.
    pub fn answer(&mut self, value: &Value) {
        let Some(Outgoing { request, .. }) = &self.flying else { return };
        let wire = serde_json::to_vec(value).expect("a value is JSON");
        let reply = match request {
            Request::Push(_) => serde_json::from_slice(&wire).map(Reply::Push),
            Request::Pull(_) => serde_json::from_slice(&wire).map(|page| Reply::Pull(page, wire)),
            Request::Pulse => serde_json::from_slice(&wire).map(Reply::Pulse),
        };
        self.on_reply(reply.map_err(|_foreign| LinkError::NoAnswer));
    }

    /// An answer to the request on its way.
    pub fn on_reply(&mut self, reply: Result<Reply, LinkError>) {
        let Some(Outgoing { token, .. }) = self.flying.take() else { return };
        if let Ok(reply) = &reply {
            self.last = Some((token, reply.clone()));
        }
        let step = self.engine.on_reply(token, reply, device(2), self.now);
        self.perform(step);
    }

    /// The last answer comes once more.
    pub fn answer_again(&mut self) {
        let Some((token, reply)) = self.last.clone() else { return };
        let step = self.engine.on_reply(token, Ok(reply), device(3), self.now);
        self.perform(step);
    }

    /// The time comes that the engine asked for.
    pub fn wake(&mut self) {
        self.now = self.now.max(self.wake_at.unwrap_or(self.now).min(CLOCK_MS_MAX));
        let step = self.engine.on_wake(self.now);
        self.perform(step);
    }

    /// Switches off and on; all of it must be there again.
    pub fn restart(&mut self) {
        let unsent = self.engine.unsent();
        self.assert_screen_is_told();
        let screen = std::mem::take(&mut self.screen);
        let again = Self::open(self.disk.clone(), self.now).expect("the engine reads its own disk");
        let (names, last) = (self.names, None);
        *self = Self { names, last, ..again };
        assert_eq!(self.engine.unsent(), unsent, "saves that wait");
        assert_eq!(self.screen, screen, "what is shown after a restart");
    }

    /// The steps so far told the screen all there is to show.
    fn assert_screen_is_told(&self) {
        let ids = self.engine.base().map(|record| record.id).chain(self.screen.keys().copied());
        for id in ids {
            let shown = self.engine.shown_record(id);
            let told = self.screen.get(&id);
            assert_eq!(shown.record.map(|record| (record, shown.place)).as_ref(), told, "{id:?}");
        }
    }
}

/// One transaction on the disk.
fn apply(disk: &mut Snapshot, batch: &Batch) {
    if let Some(meta) = &batch.meta {
        disk.meta = Some(meta.clone());
    }
    if let Some(upto) = batch.delete_upto {
        disk.log.retain(|(key, _)| *key > upto);
    }
    let key_last = disk.log.last().map_or(0, |(key, _)| *key);
    assert!(batch.append.iter().all(|(key, _)| *key > key_last), "keys only grow");
    disk.log.extend(batch.append.iter().cloned());
    disk.outbox.retain(|(number, _)| {
        !batch.outbox_delete.contains(number) && !batch.outbox_put.iter().any(|(put, _)| put == number)
    });
    disk.outbox.extend(batch.outbox_put.iter().cloned());
    disk.outbox.sort_by_key(|(number, _)| *number);
}

fn device(number: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(number))
}

/// The furthest a browser's clock can be, ms since 1970.
pub const CLOCK_MS_MAX: i64 = 8_640_000_000_000_000;
