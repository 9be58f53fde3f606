//! The engine: verbs for the rep (`save`, `sync_now`), `on_*` for what arrives, and a [`Step`] out of each.

mod rescue;

pub use rescue::{RowFacts, TakenIn, row_facts};

use std::collections::{BTreeMap, BTreeSet};

use protocol::limits::{BACKOFF_MS_MAX, PUSH_CHANGES_MAX};
use protocol::message::{PullReply, PullRequest, PulseReply, PushReply, PushRequest};
use protocol::schema::SCHEMA;
use protocol::{Change, DeviceId, Op, RecordId, TerritoryId};

use crate::disk::{self, DiskError, FORMAT, LogRow, Meta};
use crate::link::{Flight, InFlight, Link};
use crate::outbox::Outbox;
use crate::replica::{Published, Replica};
use crate::status::Facts;
use crate::step::{
    Batch, LinkError, News, Outgoing, Progress, Reply, Request, Save, Shown, Snapshot, Status, Step,
};

/// One user's records and saves on one device.
#[derive(Debug)]
pub struct Engine {
    meta: Meta,
    replica: Replica,
    outbox: Outbox,
    log: Log,
    link: Link,
    pull: Pull,
    /// The newest number of each feed, as the last pulse told.
    heads: BTreeMap<TerritoryId, u64>,
}

/// How the log on disk is filled.
#[derive(Debug, Default)]
struct Log {
    key_last: u64,
    rows: usize,
    /// Records in the log that a later row replaced.
    garbage: usize,
}

/// The pull that the rep asked for.
#[derive(Debug, Default)]
struct Pull {
    wanted: bool,
    total: u64,
    failures: u32,
    healed: bool,
}

impl Engine {
    /// Opens a device's disk, empty or not. `fresh` names the device if it has no name yet; `seed` feeds the jitter.
    /// The step shows every record and may write the new name.
    ///
    /// # Errors
    /// The disk holds something that must not be written over. Pulled data that cannot be read is no error: it is
    /// dropped and read again from the web.
    pub fn open(snapshot: Snapshot, fresh: DeviceId, seed: u64, now: i64) -> Result<(Self, Step), DiskError> {
        let mut commit = Batch::default();
        let mut meta = match &snapshot.meta {
            Some(row) => disk::decode_meta(row)?,
            None => Meta {
                format: FORMAT,
                device: fresh,
                next_number: 1,
                epoch: 0,
                pulled_at: None,
                reread: false,
            },
        };
        let key_last = snapshot.log.last().map_or(0, |(key, _)| *key);
        let mut log = Log { key_last, rows: snapshot.log.len(), garbage: 0 };
        let replica = match fold(snapshot.log, &mut log) {
            Ok(replica) => replica,
            Err(_unreadable) => {
                commit.delete_upto = Some(key_last);
                meta.pulled_at = None;
                Replica::default()
            }
        };
        let entries: Result<Vec<_>, _> =
            snapshot.outbox.iter().map(|(number, row)| disk::decode_entry(*number, row)).collect();
        let outbox = Outbox::read(entries?, &replica);
        if snapshot.meta.is_none() || commit.delete_upto.is_some() {
            commit.strict = true;
            commit.meta = Some(disk::encode(&meta));
        }
        let link = Link::new(seed, now);
        let mut engine =
            Self { meta, replica, outbox, log, link, pull: Pull::default(), heads: BTreeMap::new() };
        let ids: BTreeSet<RecordId> = engine.replica.ids().chain(engine.outbox.touched()).collect();
        let mut step = Step { shown: engine.shown(ids), ..Step::default() };
        step.commit = (commit != Batch::default()).then_some(commit);
        if engine.meta.reread {
            engine.discard(&mut step);
            engine.replica.restart_all();
        }
        engine.settle(&mut step, now);
        Ok((engine, step))
    }

    /// The rep saved: durable first, then visible, then on its way.
    pub fn save(&mut self, save: Save, now: i64) -> Step {
        let mut edits = save.edits;
        for edit in &mut edits {
            edit.base = match edit.op {
                Op::Create(_) => 0,
                Op::Patch | Op::Delete => self.replica.record(edit.id).map_or(0, |record| record.version),
            };
        }
        let number = self.meta.next_number.max(self.outbox.last_number() + 1);
        let touched: BTreeSet<RecordId> = edits.iter().map(|edit| edit.id).collect();
        self.outbox.add(Change { id: save.id, number, made_at: now, edits }, &self.replica);
        let outbox_put = vec![self.outbox.row(number)];
        let commit = Batch { strict: true, outbox_put, draft_delete: save.draft, ..Batch::default() };
        let mut step = Step { commit: Some(commit), shown: self.shown(touched), ..Step::default() };
        self.link.retry_at = None;
        self.settle(&mut step, now);
        step
    }

    /// The rep asked for the web's news: push what waits, then pull.
    pub fn sync_now(&mut self, now: i64) -> Step {
        if !self.pull.wanted {
            self.pull = Pull { wanted: true, ..Pull::default() };
        }
        self.try_now(now)
    }

    /// The connection may be back, or the app came to the front: try at once. A hint, not a proof.
    pub fn on_hint(&mut self, now: i64) -> Step {
        self.link.pulse_at = now;
        self.try_now(now)
    }

    /// The browser thinks that the connection is gone. Nothing is given up; attempts go on at their own pace.
    pub fn on_offline(&mut self, now: i64) -> Step {
        self.quiet(now)
    }

    /// The user has signed in again.
    pub fn on_signed_in(&mut self, now: i64) -> Step {
        self.link.signed_out = false;
        self.link.pulse_at = now;
        self.try_now(now)
    }

    /// The time asked for has come.
    pub fn on_wake(&mut self, now: i64) -> Step {
        let lost = self.link.in_flight.as_ref().is_some_and(|flight| flight.deadline <= now);
        if lost {
            let token = self.link.token_last;
            let device = self.meta.device;
            return self.on_reply(token, Err(LinkError::NoAnswer), device, now);
        }
        self.quiet(now)
    }

    /// An answer came, or is known not to come. One with an old token is ignored. `fresh` names the device anew
    /// should the server not know it any more.
    pub fn on_reply(
        &mut self,
        token: u64,
        reply: Result<Reply, LinkError>,
        fresh: DeviceId,
        now: i64,
    ) -> Step {
        let Some(flight) = self.link.in_flight.take_if(|flight| flight.token == token) else {
            return self.quiet(now);
        };
        let mut step = Step::default();
        match reply {
            Ok(reply) => {
                self.on_answer(&mut step, reply, fresh, now);
            }
            Err(error) => self.on_failure(&mut step, &flight.what, error, now),
        }
        self.settle(&mut step, now);
        step
    }

    /// What the chip, Home and the outbox page say.
    pub fn status(&self) -> Status {
        let sending = match &self.link.in_flight {
            Some(InFlight { what: Flight::Push(numbers), .. }) => numbers.clone(),
            _ => BTreeSet::new(),
        };
        let updates_ready = self.updates_ready();
        let waiting = self.outbox.waiting_len();
        let facts = Facts {
            busy: self.link.failures == 0 && !sending.is_empty() || self.pull.wanted,
            signed_out: self.link.signed_out,
            pull_wanted: self.pull.wanted,
            waiting,
            needs_you: self.outbox.needs_you_len(),
            updates: updates_ready,
        };
        let received = self.replica.staged_records();
        let progress = Progress { received, total: self.pull.total.max(received) };
        Status {
            chip: facts.chip(),
            waiting: self.outbox.waiting(&sending),
            needs_you: self.outbox.needs_you(),
            pulled_at: self.meta.pulled_at.filter(|_| !self.has_let_go() || self.replica.len() > 0),
            let_go: self.has_let_go(),
            records: self.replica.len(),
            pulling: self.pull.wanted.then_some(progress),
            updates_ready,
            retry_at: self.link.retry_at.filter(|_| waiting > 0),
            territories: self.replica.territories().map(|(id, name)| (id.clone(), name.to_owned())).collect(),
        }
    }

    /// Saves that the web has not confirmed.
    pub fn unsent(&self) -> usize {
        self.outbox.waiting_len()
    }

    /// Whether the server's session has ended, as far as this device knows.
    pub fn signed_out(&self) -> bool {
        self.link.signed_out
    }

    /// This device's id.
    pub fn device(&self) -> DeviceId {
        self.meta.device
    }

    /// A record as the screen shows it.
    pub fn shown_record(&self, id: RecordId) -> Shown {
        let (record, place) = self.outbox.lay_over(id, &self.replica);
        Shown { id, record, place }
    }

    /// The records as last pulled, without this device's own saves.
    pub fn base(&self) -> impl Iterator<Item = &std::rc::Rc<protocol::Record>> {
        self.replica.ids().filter_map(|id| self.replica.record(id))
    }

    fn shown(&self, ids: impl IntoIterator<Item = RecordId>) -> Vec<Shown> {
        ids.into_iter().map(|id| self.shown_record(id)).collect()
    }

    fn updates_ready(&self) -> u64 {
        let behind =
            |(territory, head): (_, &u64)| head.saturating_sub(self.replica.cursor(territory).unwrap_or(0));
        let behind: u64 = self.heads.iter().map(behind).sum();
        behind.saturating_sub(self.outbox.own_updates(&self.replica))
    }

    fn try_now(&mut self, now: i64) -> Step {
        self.link.try_now();
        self.quiet(now)
    }

    fn quiet(&mut self, now: i64) -> Step {
        let mut step = Step::default();
        self.settle(&mut step, now);
        step
    }

    fn on_answer(&mut self, step: &mut Step, reply: Reply, fresh: DeviceId, now: i64) {
        self.link.on_answer(now);
        match reply {
            Reply::Push(reply) => self.on_push(step, reply, fresh, now),
            Reply::Pull(reply, wire) => self.on_pull(step, reply, wire, fresh, now),
            Reply::Pulse(reply) => self.on_pulse(step, reply, fresh),
        }
    }

    fn on_push(&mut self, step: &mut Step, reply: PushReply, fresh: DeviceId, now: i64) {
        let renamed = self.meet_epoch(step, reply.epoch, fresh);
        if renamed {
            return;
        }
        if reply.problem.is_some() {
            self.rename(step, fresh);
            self.link.back_off(0, now);
            return;
        }
        self.link.push_count = PUSH_CHANGES_MAX;
        let batch = step.commit.get_or_insert_default();
        let mut touched = BTreeSet::new();
        for receipt in reply.receipts {
            let number = receipt.number;
            if self.outbox.on_receipt(receipt, &self.replica, now) {
                batch.outbox_put.push(self.outbox.row(number));
                touched.insert(number);
            }
        }
        if touched.is_empty() {
            self.link.back_off(0, now);
        }
        let ids = self.outbox.records_of(&touched);
        step.shown.extend(self.shown(ids));
    }

    fn on_pull(&mut self, step: &mut Step, reply: PullReply, wire: Vec<u8>, fresh: DeviceId, now: i64) {
        let renamed = self.meet_epoch(step, reply.epoch, fresh);
        let stale = self.replica.staged_epoch().is_some_and(|epoch| epoch != reply.epoch);
        if renamed || stale {
            // The page answered cursors of another life; ask again from the start.
            self.discard(step);
            return;
        }
        if !self.pull.wanted {
            return;
        }
        self.pull.failures = 0;
        let remaining = reply.remaining;
        self.replica.stage(reply);
        self.pull.total = self.pull.total.max(self.replica.staged_records() + remaining);
        if remaining > 0 {
            self.append(step, disk::page_row(wire));
            return;
        }
        if self.replica.staged_is_empty() && self.log.rows > 0 {
            self.replica.discard();
            self.finish_pull(step, &Published::default(), now);
            return;
        }
        match self.replica.cut() {
            Ok(cut) => {
                self.append(step, disk::page_row(wire));
                let restarted = self.replica.restarted();
                self.append(step, disk::cut_row(&restarted));
                let published = self.replica.publish(cut);
                self.finish_pull(step, &published, now);
            }
            Err(wrong) => {
                self.discard(step);
                self.replica.restart(wrong);
                if std::mem::replace(&mut self.pull.healed, true) {
                    self.fail_pull(step, LinkError::Failed);
                }
            }
        }
    }

    fn finish_pull(&mut self, step: &mut Step, published: &Published, now: i64) {
        self.log.garbage += published.changed.len() + published.gone.len();
        self.pull = Pull::default();
        self.meta.pulled_at = Some(now);
        self.meta.reread = false;
        let mut touched = self.outbox.on_published(&self.replica);
        touched.extend(published.new.iter().chain(&published.changed).chain(&published.gone));
        let pruned = self.outbox.prune(&self.replica, now);
        if let Some(last) = pruned.last() {
            self.meta.next_number = self.meta.next_number.max(last + 1);
        }
        let heads =
            self.replica.territories().map(|(id, _)| (id.clone(), self.replica.cursor(id).unwrap_or(0)));
        self.heads = heads.collect();
        let (new, changed, gone) = (published.new.len(), published.changed.len(), published.gone.len());
        step.news = Some(News::Pulled { new, changed, gone });
        step.shown.extend(self.shown(touched));
        let batch = step.commit.get_or_insert_default();
        // Strict, and with it all pages before: what was shown once is never older after the battery ran out.
        batch.strict = !batch.append.is_empty();
        batch.outbox_delete.extend(pruned);
        batch.meta = Some(disk::encode(&self.meta));
        self.compact(step);
    }

    fn on_pulse(&mut self, step: &mut Step, reply: PulseReply, fresh: DeviceId) {
        if self.meta.epoch != 0 {
            self.meet_epoch(step, reply.epoch, fresh);
        }
        self.link.signed_out = !reply.signed_in;
        if reply.signed_in {
            self.heads = reply.heads;
        }
    }

    fn on_failure(&mut self, step: &mut Step, what: &Flight, error: LinkError, now: i64) {
        if error == LinkError::SignedOut {
            self.link.signed_out = true;
            return;
        }
        let asked = if let LinkError::Busy(Some(ms)) = error { ms.clamp(0, BACKOFF_MS_MAX) } else { 0 };
        self.link.back_off(asked, now);
        match what {
            Flight::Push(numbers) => {
                if matches!(error, LinkError::Failed | LinkError::TooLarge) {
                    self.link.push_count = (numbers.len() / 2).max(1);
                }
                if self.pull.wanted {
                    self.fail_pull(step, error);
                }
            }
            Flight::Pull => {
                self.pull.failures += 1;
                let begun = self.replica.has_staged();
                if !begun || self.pull.failures >= PULL_TRIES {
                    self.fail_pull(step, error);
                }
            }
            Flight::Pulse => {}
        }
    }

    fn fail_pull(&mut self, step: &mut Step, error: LinkError) {
        self.pull = Pull::default();
        step.news = Some(News::PullFailed(error));
    }

    /// Notes the server's life number. Answers whether it is another life than the one this device knew: then the
    /// device has taken a new name and will send again all that it still has, and read every feed anew.
    fn meet_epoch(&mut self, step: &mut Step, epoch: u64, fresh: DeviceId) -> bool {
        match self.meta.epoch {
            known if known == epoch => false,
            0 => {
                self.meta.epoch = epoch;
                step.commit.get_or_insert_default().meta = Some(disk::encode(&self.meta));
                false
            }
            _ => {
                self.meta.epoch = epoch;
                self.meta.reread = true;
                self.rename(step, fresh);
                self.discard(step);
                self.replica.restart_all();
                self.heads.clear();
                true
            }
        }
    }

    /// Takes a new device id; all changes are numbered from 1 and sent again.
    fn rename(&mut self, step: &mut Step, fresh: DeviceId) {
        self.meta.device = fresh;
        self.meta.next_number = 1;
        let old = self.outbox.renumber(&self.replica);
        let batch = step.commit.get_or_insert_default();
        batch.strict = true;
        batch.outbox_delete = old;
        batch.outbox_put = self.outbox.numbers().map(|number| self.outbox.row(number)).collect();
        batch.meta = Some(disk::encode(&self.meta));
        let touched: Vec<RecordId> = self.outbox.touched().collect();
        step.shown.extend(self.shown(touched));
    }

    fn discard(&mut self, step: &mut Step) {
        if self.replica.has_staged() {
            self.replica.discard();
            self.append(step, disk::discard_row());
        }
    }

    fn append(&mut self, step: &mut Step, row: Vec<u8>) {
        self.log.key_last += 1;
        self.log.rows += 1;
        step.commit.get_or_insert_default().append.push((self.log.key_last, row));
    }

    /// Writes the log afresh once it holds more garbage than half of what lives, or too many small rows.
    fn compact(&mut self, step: &mut Step) {
        let live = self.replica.len();
        let crowded = self.log.rows > ROWS_MAX + live / 500;
        let wasteful = self.log.garbage > GARBAGE_MIN + live / 2;
        if !crowded && !wasteful {
            return;
        }
        let batch = step.commit.get_or_insert_default();
        batch.append.clear();
        batch.delete_upto = Some(self.log.key_last);
        self.log.rows = 0;
        self.log.garbage = 0;
        for page in self.replica.pages(self.meta.epoch) {
            self.append(step, disk::page_row(disk::encode(&page)));
        }
        self.append(step, disk::cut_row(&[]));
    }

    /// Decides what goes on the wire next and when to look again.
    fn settle(&mut self, step: &mut Step, now: i64) {
        step.send = self.next_request(now);
        let flight = self.link.in_flight.as_ref().map(|flight| flight.deadline);
        let idle = self.link.pulse_at.max(self.link.retry_at.unwrap_or(i64::MIN));
        let work = self.outbox.waiting_len() > 0 || self.pull.wanted;
        let due = match (work, self.link.retry_at) {
            (true, Some(retry_at)) if !self.link.signed_out => retry_at,
            _ => idle,
        };
        step.wake_at = flight.or(Some(due));
    }

    fn next_request(&mut self, now: i64) -> Option<Outgoing> {
        if !self.link.is_free(now) {
            return None;
        }
        let (what, request) = if self.outbox.waiting_len() > 0 && !self.link.signed_out {
            let changes = self.outbox.next_changes(self.link.push_count);
            let numbers = changes.iter().map(|change| change.number).collect();
            let Meta { device, epoch, .. } = self.meta;
            (Flight::Push(numbers), Request::Push(PushRequest { device, epoch, schema: SCHEMA, changes }))
        } else if self.pull.wanted && !self.link.signed_out {
            let Meta { device, epoch, .. } = self.meta;
            let cursors = self.replica.next_cursors();
            (Flight::Pull, Request::Pull(PullRequest { device, epoch, schema: SCHEMA, cursors, limit: 0 }))
        } else if self.link.pulse_at <= now {
            (Flight::Pulse, Request::Pulse)
        } else {
            return None;
        };
        let token = self.link.take_off(what, now);
        Some(Outgoing { token, request })
    }
}

/// Replays the log. Pages after the last cut stay staged, so that an interrupted pull goes on where it was.
fn fold(rows: Vec<(u64, Vec<u8>)>, log: &mut Log) -> Result<Replica, String> {
    let mut replica = Replica::default();
    for (_, row) in rows {
        match disk::decode_log(&row)? {
            LogRow::Page(page) => replica.stage(page),
            LogRow::Cut(restarted) => {
                let records = replica.staged_records() as usize;
                let before = replica.len();
                replica.replay_cut(&restarted);
                log.garbage += records.saturating_sub(replica.len().saturating_sub(before));
            }
            LogRow::Discard => replica.discard(),
        }
    }
    Ok(replica)
}

/// Tries for one page of a pull before the rep is told.
const PULL_TRIES: u32 = 4;
/// Rows in the log beside two for each thousand records.
const ROWS_MAX: usize = 128;
/// Garbage that is never worth a compaction. Records.
const GARBAGE_MIN: usize = 1_000;
