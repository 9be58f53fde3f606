//! Several windows of one device. One leads: it commits, and talks to the server. The others follow: each holds an
//! engine of its own that takes in what the leading one committed.
//!
//! To follow, open an [`Engine`] from the same disk, perform nothing that its steps send or ask to be woken for, and
//! give it every batch of the leading engine in the order of the commits ([`Engine::on_batch`]), then what it knows
//! beside the disk ([`Engine::on_live`]). An engine that has missed a batch is opened again from disk and told the
//! last [`Live`] once more. To take the lead, an engine that has every batch calls [`Engine::lead`], then any verb.
//! A batch may be committed only by an engine that has every batch before it: whoever drives it compares the number
//! of the last commit within the transaction.

use std::collections::{BTreeMap, BTreeSet};

use protocol::message::Diverged;
use protocol::{RecordId, TerritoryId};
use serde::{Deserialize, Serialize};

use crate::disk::{self, DiskError};
use crate::engine::{Engine, Pull};
use crate::link::{Flight, InFlight};
use crate::replica::Replica;
use crate::step::{Batch, Shown};

/// What the leading engine knows beside the disk: what is on its way, and what the server said last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    sending: Option<BTreeSet<u64>>,
    signed_out: bool,
    too_old: bool,
    failures: u32,
    strikes: u32,
    push_count: usize,
    retry_at: Option<i64>,
    patience_until: i64,
    clock_ahead: i64,
    pull: Pull,
    restarted: Vec<TerritoryId>,
    diverged: Vec<Diverged>,
    heads: BTreeMap<TerritoryId, u64>,
}

impl Live {
    /// The same with a pull under way: the engine that this is of took it for done, or for failed, in a step whose
    /// commit came too late.
    #[must_use]
    pub fn pulling(mut self) -> Self {
        self.pull.wanted = true;
        self
    }
}

impl Engine {
    /// Takes in what another window of this device committed. Answers the records that look different now.
    ///
    /// # Errors
    /// A row does not read, as after an update of the app in the other window. The engine is of no use any more: it
    /// must be opened again from disk.
    pub fn on_batch(&mut self, batch: &Batch) -> Result<Vec<Shown>, DiskError> {
        let mut touched = BTreeSet::new();
        if self.link.in_flight.as_ref().is_some_and(|flight| flight.what == Flight::Pull) {
            // Asked before the other window committed, the answer may tell of an earlier moment than is shown now.
            self.link.in_flight = None;
        }
        if let Some(row) = &batch.meta {
            let meta = disk::decode_meta(row)?;
            if meta.reread && !self.meta.reread {
                self.replica.discard();
                self.replica.restart_all();
            }
            self.replica.meet_epoch(meta.epoch);
            self.meta = meta;
        }
        self.take_log(batch, &mut touched)?;
        for number in &batch.outbox_delete {
            touched.extend(self.outbox.remove(*number));
        }
        for (number, row) in &batch.outbox_put {
            let entry = disk::decode_entry(*number, row)?;
            touched.extend(self.outbox.remove(*number));
            touched.extend(entry.change.edits.iter().map(|edit| edit.id));
            self.outbox.put(entry, &self.replica);
        }
        Ok(self.shown(touched))
    }

    /// What an engine that follows must be told beside the batches.
    pub fn live(&self) -> Live {
        let sending = match &self.link.in_flight {
            Some(InFlight { what: Flight::Push(numbers), .. }) => Some(numbers.clone()),
            _ => None,
        };
        Live {
            sending,
            signed_out: self.link.signed_out,
            too_old: self.link.too_old,
            failures: self.link.failures,
            strikes: self.link.strikes,
            push_count: self.link.push_count,
            retry_at: self.link.retry_at,
            patience_until: self.link.patience_until,
            clock_ahead: self.clock_ahead,
            pull: self.pull,
            restarted: self.replica.restarted(),
            diverged: self.diverged.clone(),
            heads: self.heads.clone(),
        }
    }

    /// The leading window's engine knows this now; [`status`](Self::status) says it from here on.
    pub fn on_live(&mut self, live: Live) {
        let on_its_way = |numbers| InFlight { token: 0, deadline: i64::MAX, what: Flight::Push(numbers) };
        self.link.in_flight = live.sending.map(on_its_way);
        self.link.signed_out = live.signed_out;
        self.link.too_old = live.too_old;
        self.link.failures = live.failures;
        self.link.strikes = live.strikes;
        self.link.push_count = live.push_count;
        self.link.retry_at = live.retry_at;
        self.link.patience_until = live.patience_until;
        self.clock_ahead = live.clock_ahead;
        self.pull = live.pull;
        // Whoever says so may not have seen yet what the disk says.
        self.replica.set_restarted(live.restarted, self.meta.reread);
        self.diverged = live.diverged;
        self.heads = live.heads;
    }

    /// This window leads from now on: what another one had on its way counts as lost, a pull that it had begun goes
    /// on here. The next verb sends.
    pub fn lead(&mut self, now: i64) {
        self.link.in_flight = None;
        self.link.try_now();
        self.link.pulse_at = now;
    }

    fn take_log(&mut self, batch: &Batch, touched: &mut BTreeSet<RecordId>) -> Result<(), DiskError> {
        let unreadable = |why| DiskError::Meta(format!("another window's row: {why}"));
        if batch.delete_upto.is_some() && batch.append.is_empty() {
            // The pulled records made room for saves; this window too keeps what it has in memory.
            self.log.start_afresh();
            self.replica.restart_all();
            return Ok(());
        }
        let before = batch.delete_upto.map(|_| {
            self.log.start_afresh();
            std::mem::take(&mut self.replica)
        });
        let mut published = before.is_some();
        for (key, row) in &batch.append {
            self.log.follow(*key);
            if let Some(cut) = self.log.fold_row(&mut self.replica, row).map_err(unreadable)? {
                touched.extend(cut.new.iter().chain(&cut.changed).chain(&cut.gone));
                published = true;
            }
        }
        if let Some(before) = before {
            // The log was written afresh: most of it is what was there, and only the rest looks different.
            *touched = differing(&before, &self.replica);
        }
        if published {
            self.replica.meet_epoch(self.meta.epoch);
            // The rows that a pull changes come with the batch, from the engine that leads.
            touched.extend(self.outbox.on_published(&self.replica).0);
        }
        Ok(())
    }
}

fn differing(before: &Replica, after: &Replica) -> BTreeSet<RecordId> {
    let ids = before.ids().chain(after.ids());
    ids.filter(|id| before.record(*id) != after.record(*id)).collect()
}
