//! The engine: verbs for the rep (`save`, `sync_now`), `on_*` for what arrives, and a [`Step`] out of each.

mod rescue;

pub use rescue::{RowFacts, TakenIn, row_facts};

use std::collections::{BTreeMap, BTreeSet};

use protocol::limits::{BACKOFF_MS_MAX, CLOCK_OFF_MS, STRIKES_MAX};
use protocol::message::{Diverged, PullRequest, PulseReply, PushReply, PushRequest, Receipt};
use protocol::schema::SCHEMA;
use protocol::{Change, DeviceId, Edit, How, Op, RecordId, TerritoryId};
use serde::{Deserialize, Serialize};

use crate::disk::{self, DiskError, FORMAT, Meta};
use crate::link::{Flight, InFlight, Link};
use crate::log::Log;
use crate::outbox::Outbox;
use crate::replica::Replica;
use crate::status::Facts;
use crate::step::{
    Batch, LinkError, News, Outgoing, Progress, Reply, Request, Save, Shown, Snapshot, Status, Step,
};

/// One user's records and saves on one device.
#[derive(Debug)]
pub struct Engine {
    pub(crate) meta: Meta,
    pub(crate) replica: Replica,
    pub(crate) outbox: Outbox,
    pub(crate) log: Log,
    pub(crate) link: Link,
    pub(crate) pull: Pull,
    /// The newest number of each feed, as the last pulse told.
    pub(crate) heads: BTreeMap<TerritoryId, u64>,
    /// Feeds that did not add up, until the server was told.
    pub(crate) diverged: Vec<Diverged>,
    /// How far this device's clock was ahead of the server's at its last answer, ms.
    pub(crate) clock_ahead: i64,
}

/// The pull that the rep asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pull {
    pub(crate) wanted: bool,
    pub(crate) total: u64,
    pub(crate) failures: u32,
    pub(crate) healed: bool,
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
                schema: SCHEMA,
                failures: 0,
                patience_until: 0,
            },
        };
        let key_last = snapshot.log.last().map_or(0, |(key, _)| *key);
        let mut log = Log::new(key_last, snapshot.log.len());
        let mut replica = match log.fold(snapshot.log) {
            Ok(replica) => replica,
            Err(_unreadable) => {
                commit.delete_upto = Some(key_last);
                meta.pulled_at = None;
                Replica::default()
            }
        };
        let entries: Result<Vec<_>, _> =
            snapshot.outbox.iter().map(|(number, row)| disk::decode_entry(*number, row)).collect();
        if (meta.format, meta.schema) != (FORMAT, SCHEMA) {
            // Pages that another version of the app read may lack what this one knows: they are read again.
            (meta.format, meta.schema, meta.reread) = (FORMAT, SCHEMA, meta.pulled_at.is_some());
            commit.meta = Some(disk::encode(&meta));
        }
        if snapshot.meta.is_none() || commit.delete_upto.is_some() {
            commit.strict = true;
            commit.meta = Some(disk::encode(&meta));
        }
        let void = meta.reread && replica.has_staged();
        if meta.reread {
            replica.restart_all();
        }
        // Before the outbox looks at the base: numbers of this life of the server say nothing of pages of another.
        replica.meet_epoch(meta.epoch);
        let outbox = Outbox::read(entries?, &replica);
        let mut link = Link::new(seed, now);
        link.resume(meta.failures, meta.patience_until, now);
        let (pull, heads, diverged) = (Pull::default(), BTreeMap::new(), Vec::new());
        let mut engine = Self { meta, replica, outbox, log, link, pull, heads, diverged, clock_ahead: 0 };
        let ids: BTreeSet<RecordId> = engine.replica.ids().chain(engine.outbox.touched()).collect();
        let mut step = Step { shown: engine.shown(ids), ..Step::default() };
        step.commit = (commit != Batch::default()).then_some(commit);
        if void {
            engine.append(&mut step, disk::discard_row());
        }
        engine.settle(&mut step, now);
        Ok((engine, step))
    }

    /// The rep saved: durable first, then visible, then on its way. A save may decide about earlier ones that needed
    /// a person; without edits it does only that.
    pub fn save(&mut self, save: Save, now: i64) -> Step {
        let mut edits = save.edits;
        for edit in &mut edits {
            edit.base = self.base_of(edit, &save.settles);
        }
        let number = self.meta.next_number.max(self.outbox.last_number() + 1);
        let mut touched: BTreeSet<RecordId> = edits.iter().map(|edit| edit.id).collect();
        let settles = self.outbox.settles(&save.settles, !edits.is_empty());
        let mut outbox_put = Vec::new();
        for (number, how) in save.settles {
            if self.outbox.decide(number, how, &self.replica) {
                outbox_put.push(self.outbox.row(number));
                touched.extend(self.outbox.records_of(&[number].into()));
            }
        }
        let change = Change { id: save.id, number, made_at: now, edits, settles };
        self.outbox.add(change, &self.replica);
        outbox_put.push(self.outbox.row(number));
        let commit = Batch { strict: true, outbox_put, draft_delete: save.draft, ..Batch::default() };
        let mut step = Step { commit: Some(commit), shown: self.shown(touched), ..Step::default() };
        self.link.retry_at = None;
        self.settle(&mut step, now);
        step
    }

    /// The rep has looked at what a save replaced, or lets stand what stands in its place.
    pub fn seen(&mut self, number: u64, now: i64) -> Step {
        let mut step = Step::default();
        if self.outbox.decide(number, How::Done, &self.replica) {
            let outbox_put = vec![self.outbox.row(number)];
            step.commit = Some(Batch { strict: true, outbox_put, ..Batch::default() });
            step.shown = self.shown(self.outbox.records_of(&[number].into()));
        }
        self.settle(&mut step, now);
        step
    }

    /// The version that an edit builds on: the one on the screen, and with a decision about an earlier save also what
    /// the rep was told of then. Where a save of this device lies over what others have saved since, the rep has not
    /// seen that: what is saved on top of it, or in its place once it is refused, builds on what that one built on.
    fn base_of(&self, edit: &Edit, settles: &[(u64, How)]) -> u64 {
        if matches!(edit.op, Op::Create(_)) {
            return 0;
        }
        let pulled = self.replica.record(edit.id).map(|record| record.version);
        let shown = pulled.into_iter().chain(self.outbox.bases_over(edit, settles, &self.replica)).min();
        let earlier = || settles.iter().filter_map(|(number, _)| self.outbox.entry(*number));
        let refused = earlier().filter(|entry| entry.refused()).flat_map(|entry| &entry.change.edits);
        if let Some(seen) = refused.filter(|it| it.id == edit.id).map(|it| it.base).min() {
            // In a later life of the server the record may be older than what was seen.
            return shown.map_or(seen, |shown| seen.min(shown));
        }
        let told = earlier().flat_map(|entry| {
            let bases = entry.change.edits.iter().filter(|it| it.id == edit.id).map(|it| it.base);
            let clashes = entry.receipt.iter().flat_map(|receipt| &receipt.clashes);
            bases.chain(clashes.filter(|it| it.record == edit.id).map(|it| it.version))
        });
        told.fold(shown.filter(|_| pulled.is_some()).unwrap_or(0), u64::max)
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
        let lost = self.link.deadline(now).is_some_and(|deadline| deadline <= now);
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
            replaced: self.outbox.replaced(),
            pulled_at: self.meta.pulled_at.filter(|_| !self.has_let_go() || self.replica.len() > 0),
            let_go: self.has_let_go(),
            records: self.replica.len(),
            pulling: self.pull.wanted.then_some(progress),
            updates_ready,
            retry_at: self.link.retry_at.filter(|_| waiting > 0),
            territories: self.replica.territories().map(|(id, name)| (id.clone(), name.to_owned())).collect(),
            own: self.replica.own().cloned(),
            clock_off: Some(self.clock_ahead)
                .filter(|ahead| ahead.unsigned_abs() > CLOCK_OFF_MS.unsigned_abs()),
            too_old: self.link.too_old,
        }
    }

    /// Saves that the web has not confirmed.
    pub fn unsent(&self) -> usize {
        self.outbox.waiting_len()
    }

    /// Whether a pull that the rep asked for is under way.
    pub fn is_pulling(&self) -> bool {
        self.pull.wanted
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

    pub(crate) fn shown(&self, ids: impl IntoIterator<Item = RecordId>) -> Vec<Shown> {
        ids.into_iter().map(|id| self.shown_record(id)).collect()
    }

    fn updates_ready(&self) -> u64 {
        let behind =
            |(territory, head): (_, &u64)| head.saturating_sub(self.replica.cursor(territory).unwrap_or(0));
        let behind = self.heads.iter().map(behind).fold(0, u64::saturating_add);
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
        self.keep_link(step);
        let server_now = match &reply {
            Reply::Push(reply) => reply.now,
            Reply::Pull(reply, _) => reply.now,
            Reply::Pulse(reply) => reply.now,
        };
        self.clock_ahead = now.saturating_sub(server_now);
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
            if self.is_forgotten(reply.last_number) {
                self.begin_anew(step, fresh);
            } else {
                self.rename(step, fresh);
            }
            self.link.back_off(0, now);
            return;
        }
        self.link.on_push_taken();
        let server_now = reply.now;
        let batch = step.commit.get_or_insert_default();
        let mut touched = BTreeSet::new();
        for receipt in reply.receipts {
            let number = receipt.number;
            if self.outbox.on_receipt(receipt, &self.replica, server_now) {
                batch.outbox_put.push(self.outbox.row(number));
                touched.insert(number);
            }
        }
        if touched.is_empty() {
            self.link.back_off(0, now);
        }
        let ids = self.outbox.records_of(&touched);
        step.shown.extend(self.shown(ids));
        self.on_decided(step, reply.decided, server_now);
    }

    /// What has become of changes that needed a person.
    pub(crate) fn on_decided(&mut self, step: &mut Step, receipts: Vec<Receipt>, now: i64) {
        let news = self.outbox.on_decided(receipts, &self.replica, now);
        if news.is_empty() {
            return;
        }
        let batch = step.commit.get_or_insert_default();
        for number in &news {
            batch.outbox_put.retain(|(put, _)| put != number);
            batch.outbox_put.push(self.outbox.row(*number));
        }
        step.shown.extend(self.shown(self.outbox.records_of(&news)));
    }

    fn on_pulse(&mut self, step: &mut Step, reply: PulseReply, fresh: DeviceId) {
        if self.meta.epoch != 0 {
            self.meet_epoch(step, reply.epoch, fresh);
        }
        self.link.signed_out = !reply.signed_in;
        self.link.too_old = reply.schema_min > SCHEMA;
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
        self.keep_link(step);
        self.link.too_old |= error == LinkError::TooOld;
        match what {
            Flight::Push(numbers) => {
                if matches!(error, LinkError::Failed | LinkError::TooLarge) {
                    self.link.on_push_failed(numbers.len());
                }
                if self.pull.wanted {
                    self.fail_pull(step, error);
                }
            }
            Flight::Pull => {
                self.pull.failures += 1;
                let begun = self.replica.has_staged() && error != LinkError::TooOld;
                if !begun || self.pull.failures >= PULL_TRIES {
                    self.fail_pull(step, error);
                }
            }
            Flight::Pulse => {}
        }
    }

    /// How long to wait outlives the app: an app that is opened again and again must not hammer a server in trouble.
    fn keep_link(&mut self, step: &mut Step) {
        let Link { failures, patience_until, .. } = self.link;
        if (self.meta.failures, self.meta.patience_until) != (failures, patience_until) {
            (self.meta.failures, self.meta.patience_until) = (failures, patience_until);
            step.commit.get_or_insert_default().meta = Some(disk::encode(&self.meta));
        }
    }

    pub(crate) fn fail_pull(&mut self, step: &mut Step, error: LinkError) {
        self.pull = Pull::default();
        step.news = Some(News::PullFailed(error));
    }

    /// Notes the server's life number. Answers whether it is another life than the one this device knew, in which case
    /// the device has begun anew.
    pub(crate) fn meet_epoch(&mut self, step: &mut Step, epoch: u64, fresh: DeviceId) -> bool {
        let known = std::mem::replace(&mut self.meta.epoch, epoch);
        if known == epoch {
            return false;
        }
        self.replica.meet_epoch(epoch);
        if known == 0 {
            step.commit.get_or_insert_default().meta = Some(disk::encode(&self.meta));
            return false;
        }
        self.begin_anew(step, fresh);
        true
    }

    /// Whether the server lacks changes that it has answered, in one and the same life: it lives from an older file,
    /// put in its place by hand or with its whole machine.
    pub(crate) fn is_forgotten(&self, last_number: Option<u64>) -> bool {
        last_number.is_some_and(|last| last < self.outbox.last_answered())
    }

    /// The device takes a new name, sends again all that it still has, and reads every feed from the start.
    pub(crate) fn begin_anew(&mut self, step: &mut Step, fresh: DeviceId) {
        self.meta.reread = true;
        self.rename(step, fresh);
        self.discard(step);
        self.replica.restart_all();
        self.heads.clear();
    }

    /// Takes a new device id; all changes are numbered from 1 and sent again.
    fn rename(&mut self, step: &mut Step, fresh: DeviceId) {
        self.meta.device = fresh;
        self.meta.next_number = 1;
        let mut touched: BTreeSet<RecordId> = self.outbox.touched().collect();
        let old = self.outbox.renumber(&self.replica);
        let batch = step.commit.get_or_insert_default();
        batch.strict = true;
        batch.outbox_delete = old;
        batch.outbox_put = self.outbox.numbers().map(|number| self.outbox.row(number)).collect();
        batch.meta = Some(disk::encode(&self.meta));
        touched.extend(self.outbox.touched());
        step.shown.extend(self.shown(touched));
    }

    pub(crate) fn discard(&mut self, step: &mut Step) {
        if self.replica.has_staged() {
            self.replica.discard();
            self.append(step, disk::discard_row());
        }
    }

    /// Decides what goes on the wire next and when to look again.
    fn settle(&mut self, step: &mut Step, now: i64) {
        step.send = self.next_request(now);
        let work = self.outbox.waiting_len() > 0 || self.pull.wanted;
        let due = match work && !self.link.signed_out {
            true if self.link.due(now) > i64::MIN => self.link.due(now),
            _ => self.link.pulse_due(now).max(self.link.due(now)),
        };
        step.wake_at = self.link.deadline(now).or(Some(due));
    }

    fn next_request(&mut self, now: i64) -> Option<Outgoing> {
        if !self.link.is_free(now) {
            return None;
        }
        let (what, request) = if self.outbox.waiting_len() > 0 && !self.link.signed_out {
            let changes = self.outbox.next_changes(self.link.push_count);
            let numbers: BTreeSet<u64> = changes.iter().map(|change| change.number).collect();
            let suspect = numbers.len() == 1 && self.link.strikes >= STRIKES_MAX;
            let Meta { device, epoch, .. } = self.meta;
            let open = self.outbox.undecided();
            let push = PushRequest { suspect, open, ..PushRequest::new(device, epoch, changes) };
            (Flight::Push(numbers), Request::Push(push))
        } else if self.pull.wanted && !self.link.signed_out {
            let Meta { device, epoch, .. } = self.meta;
            let (open, diverged) = (self.outbox.undecided(), std::mem::take(&mut self.diverged));
            let pull = PullRequest::new(device, epoch, self.replica.next_cursors());
            (Flight::Pull, Request::Pull(PullRequest { open, diverged, ..pull }))
        } else if self.link.pulse_due(now) <= now {
            (Flight::Pulse, Request::Pulse)
        } else {
            return None;
        };
        let token = self.link.take_off(what, now);
        Some(Outgoing { token, request })
    }
}

/// Tries for one page of a pull before the rep is told.
const PULL_TRIES: u32 = 4;
