//! A world: some users with some phones, one server, an admin, and everything that goes wrong between them.

use std::collections::{BTreeMap, BTreeSet};

use engine::{LinkError, Outgoing, Reply, Request, Save};
use protocol::limits::REQUEST_MS_MAX;
use protocol::message::{Outcome, PullReply, PushReply, PushRequest, Receipt};
use protocol::{ChangeId, DeviceId, Edit, Kind, Op, Record, RecordId, TerritoryId, digest::Digest};
use server::ledger::{Ledger, own_territory};
use uuid::Uuid;

use crate::check::{Judge, Verdict};
use crate::device::Device;
use crate::dice::Dice;
use crate::planted::Planted;

/// How often each thing happened, for the report.
pub type Counts = BTreeMap<&'static str, u64>;

/// One world.
pub struct World {
    dice: Dice,
    now: i64,
    ledger: Ledger,
    organisation: Uuid,
    users: Vec<Uuid>,
    territories: Vec<TerritoryId>,
    members: BTreeMap<Uuid, BTreeSet<TerritoryId>>,
    devices: Vec<Device>,
    lives: Vec<u64>,
    wire: Vec<Message>,
    faults: Faults,
    judge: Judge,
    planted: Option<Planted>,
    old_pulls: Vec<PullReply>,
    /// What fired, how often.
    pub counts: Counts,
    /// One line a step, where it is asked for.
    pub trace: Option<Vec<String>>,
}

/// What may go wrong in this world, in percent; each world draws its own (swarm testing, Groce et al. 2012).
#[derive(Clone, Copy, Debug, Default)]
struct Faults {
    request_lost: u64,
    answer_lost: u64,
    request_twice: u64,
    answer_twice: u64,
    slow: u64,
    crash: u64,
    power: u64,
    reassign: u64,
    signed_out: u64,
    busy: u64,
}

struct Message {
    at: i64,
    device: usize,
    life: u64,
    token: u64,
    body: Body,
}

enum Body {
    Request(Request),
    Answer(Result<Reply, LinkError>),
}

impl World {
    /// The world of a seed.
    pub fn new(seed: u64, planted: Option<Planted>) -> Self {
        let mut dice = Dice::new(seed);
        let mut ledger = Ledger::in_memory().expect("SQLite opens in memory");
        let organisation = ledger.add_organisation("World").expect("a new organisation");
        let territories: Vec<TerritoryId> = ["east", "north", "west"].map(TerritoryId::new).into();
        for territory in &territories {
            ledger.add_territory(organisation, territory, territory.as_str()).expect("a new territory");
        }
        let mut members = BTreeMap::new();
        let mut users = Vec::new();
        for name in ["ana", "ben", "cy"] {
            let email = format!("{name}@world.example");
            let user = ledger.add_user(organisation, &email, name, "rep", "-").expect("a new user");
            let mut own = BTreeSet::from([own_territory(user)]);
            for territory in &territories {
                if dice.percent(60) {
                    ledger.assign(user, territory).expect("a known territory");
                    own.insert(territory.clone());
                }
            }
            members.insert(user, own);
            users.push(user);
        }
        let devices: Vec<Device> = (0..4)
            .map(|at| {
                let skew =
                    if dice.percent(30) { dice.below(200_000_000_000) as i64 - 100_000_000_000 } else { 0 };
                Device::new(users[[0, 0, 1, 2][at]], skew)
            })
            .collect();
        let mut draw = |percent| if dice.percent(50) { dice.below(percent) } else { 0 };
        let faults = Faults {
            request_lost: draw(40),
            answer_lost: draw(40),
            request_twice: draw(30),
            answer_twice: draw(30),
            slow: draw(30),
            crash: draw(20),
            power: draw(60),
            reassign: draw(20),
            signed_out: draw(10),
            busy: draw(15),
        };
        let mut world = Self {
            dice,
            now: 1_800_000_000_000,
            ledger,
            organisation,
            users,
            territories,
            members,
            lives: vec![0; devices.len()],
            devices,
            wire: Vec::new(),
            faults,
            judge: Judge::default(),
            planted,
            old_pulls: Vec::new(),
            counts: Counts::new(),
            trace: None,
        };
        world.written();
        world
    }

    /// Lives the world through, judged after every step.
    ///
    /// # Errors
    /// The first broken promise.
    pub fn run(&mut self, steps: usize) -> Verdict {
        for index in 0..self.devices.len() {
            self.open(index)?;
        }
        for _ in 0..steps {
            self.step()?;
        }
        self.heal()
    }

    fn step(&mut self) -> Verdict {
        let index = self.dice.below(self.devices.len() as u64) as usize;
        match self.dice.below(100) {
            0..=24 => self.save(index),
            25..=34 => {
                self.act(index, "sync", |device, now| device.engine.as_mut().map(|it| it.sync_now(now)))
            }
            35..=37 => {
                self.act(index, "hint", |device, now| device.engine.as_mut().map(|it| it.on_hint(now)))
            }
            38..=40 if self.faults.reassign > 0 => self.reassign(),
            41..=43 if self.faults.crash > 0 => self.crash(index),
            44..=45 => {
                self.devices[index].disk.flush();
                Ok(())
            }
            _ => self.next_event(),
        }
    }

    fn next_event(&mut self) -> Verdict {
        let message = self.wire.iter().enumerate().min_by_key(|(_, message)| message.at);
        let message = message.map(|(at, message)| (at, message.at));
        let wakes =
            self.devices.iter().enumerate().filter_map(|(index, device)| Some((index, device.wake_at?)));
        let wake = wakes.min_by_key(|(_, at)| *at);
        match (message, wake) {
            (Some((at, when)), wake) if wake.is_none_or(|(_, wake)| when <= wake) => {
                self.now = self.now.max(when);
                let message = self.wire.swap_remove(at);
                self.deliver(message)
            }
            (_, Some((index, when))) => {
                self.now = self.now.max(when);
                self.act(index, "wake", |device, now| device.engine.as_mut().map(|it| it.on_wake(now)))
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, index: usize) -> Verdict {
        self.note("open", index);
        self.lives[index] += 1;
        let send = self.devices[index].open(self.now, &mut self.dice)?;
        self.send(index, send);
        self.judge_device(index)
    }

    fn crash(&mut self, index: usize) -> Verdict {
        let power = self.dice.percent(self.faults.power) || self.planted == Some(Planted::StrictIsRelaxed);
        self.note(if power { "power lost" } else { "killed" }, index);
        self.devices[index].kill(power);
        self.judge.saves_are_somewhere(index, &self.devices[index])?;
        self.open(index)
    }

    fn act(
        &mut self,
        index: usize,
        name: &'static str,
        act: impl FnOnce(&mut Device, i64) -> Option<engine::Step>,
    ) -> Verdict {
        self.note(name, index);
        let local = self.now + self.devices[index].skew;
        match act(&mut self.devices[index], local) {
            Some(step) => self.perform(index, step, None),
            None => self.open(index),
        }
    }

    /// Performs a step, unless the app dies before or within its commit.
    fn perform(&mut self, index: usize, step: engine::Step, saved: Option<ChangeId>) -> Verdict {
        let dies = self.dice.percent(self.faults.crash / 4);
        if dies && self.dice.percent(50) {
            self.note("killed before the commit", index);
            if self.planted == Some(Planted::TornCommit)
                && let Some(mut half) = step.commit
            {
                half.outbox_put.clear();
                half.append = half.append.split_off(half.append.len().min(1));
                self.devices[index].disk.commit(&half, false);
            }
            self.devices[index].kill(false);
            return self.open(index);
        }
        let send = self.devices[index].perform(step, self.planted);
        if let Some(change) = saved {
            self.judge.on_saved(index, change);
        }
        if dies {
            self.note("killed after the commit", index);
            self.devices[index].kill(self.faults.power > 30);
            self.judge.saves_are_somewhere(index, &self.devices[index])?;
            return self.open(index);
        }
        self.send(index, send);
        self.judge_device(index)
    }

    fn judge_device(&mut self, index: usize) -> Verdict {
        self.judge.saves_are_somewhere(index, &self.devices[index])?;
        self.judge.base_is_one_moment(index, &mut self.devices[index])?;
        self.judge.own_saves_are_seen(index, &self.devices[index])
    }

    fn save(&mut self, index: usize) -> Verdict {
        let Some(territories) = self.devices[index].engine.as_ref().map(|engine| engine.status().territories)
        else {
            return Ok(());
        };
        let accounts: Vec<(RecordId, TerritoryId)> = self.devices[index]
            .screen
            .values()
            .filter(|(record, _)| record.kind == Kind::Account)
            .map(|(record, _)| (record.id, record.territory.clone()))
            .collect();
        let roll = self.dice.below(100);
        let word = format!("{:x}", self.dice.below(4));
        let edit = if accounts.is_empty() || roll < 25 {
            let Some((territory, _)) = territories.first() else { return Ok(()) };
            let set = fields(&[("name", &word), ("city", "Reno")]);
            self.edit(None, Kind::Account, Op::Create(territory.clone()), set)
        } else {
            let (account, territory) = self.dice.one(&accounts).clone();
            match roll {
                25..=49 => {
                    let set = fields(&[("text", &word), ("account", &account.0.to_string())]);
                    self.edit(None, Kind::Note, Op::Create(territory), set)
                }
                50..=92 => {
                    let field = *self.dice.one(&["name", "city", "phone", "owner"]);
                    self.edit(Some(account), Kind::Account, Op::Patch, fields(&[(field, &word)]))
                }
                _ => self.edit(Some(account), Kind::Account, Op::Delete, BTreeMap::new()),
            }
        };
        let id = ChangeId(self.dice.uuid());
        let local = self.now + self.devices[index].skew;
        self.note("save", index);
        let save = Save { id, edits: vec![edit], settles: Vec::new(), draft: None };
        let Some(step) = self.devices[index].engine.as_mut().map(|engine| engine.save(save, local)) else {
            return Ok(());
        };
        self.perform(index, step, Some(id))
    }

    fn edit(
        &mut self,
        id: Option<RecordId>,
        kind: Kind,
        op: Op,
        set: BTreeMap<String, Option<String>>,
    ) -> Edit {
        Edit { id: id.unwrap_or_else(|| RecordId(self.dice.uuid())), kind, op, base: 0, set }
    }

    fn send(&mut self, index: usize, outgoing: Option<Outgoing>) {
        let Some(Outgoing { token, mut request }) = outgoing else { return };
        if self.planted == Some(Planted::FreshIdsOnResend)
            && let Request::Push(push) = &mut request
            && self.dice.percent(20)
        {
            push.changes.iter_mut().for_each(|change| change.id = ChangeId(self.dice.uuid()));
        }
        if self.planted == Some(Planted::ForgetOnSend)
            && let Request::Push(push) = &request
        {
            let outbox_delete = push.changes.iter().map(|change| change.number).collect();
            let batch = engine::Batch { outbox_delete, strict: true, ..engine::Batch::default() };
            self.devices[index].disk.commit(&batch, false);
        }
        let (device, life) = (index, self.lives[index]);
        let at = self.now + self.delay();
        if self.dice.percent(self.faults.request_lost) {
            self.count("request lost");
            let forged = self.planted == Some(Planted::ReceiptWithoutServer);
            let answer = match &request {
                Request::Push(push) if forged => Ok(Reply::Push(forge(push))),
                _ => Err(LinkError::NoAnswer),
            };
            let at = self.now + i64::from(REQUEST_MS_MAX);
            self.wire.push(Message { at, device, life, token, body: Body::Answer(answer) });
            return;
        }
        if self.dice.percent(self.faults.request_twice) {
            self.count("request twice");
            let again = self.now + self.delay();
            let body = Body::Request(request.clone());
            // The second copy's answer goes nowhere: its token is of no life.
            self.wire.push(Message { at: again, device, life: 0, token, body });
        }
        self.wire.push(Message { at, device, life, token, body: Body::Request(request) });
    }

    fn delay(&mut self) -> i64 {
        let slow = self.dice.percent(self.faults.slow);
        if slow { self.dice.below(90_000) as i64 } else { self.dice.below(400) as i64 }
    }

    fn deliver(&mut self, message: Message) -> Verdict {
        let Message { device, life, token, body, .. } = message;
        match body {
            Body::Request(request) => {
                let answer = self.serve(device, request)?;
                let at = self.now + self.delay();
                if self.dice.percent(self.faults.answer_lost) {
                    self.count("answer lost");
                    let at = self.now + i64::from(REQUEST_MS_MAX);
                    let body = Body::Answer(Err(LinkError::NoAnswer));
                    self.wire.push(Message { at, device, life, token, body });
                    return Ok(());
                }
                if self.dice.percent(self.faults.answer_twice)
                    && let Ok(reply) = &answer
                {
                    // Half of them come under the next request's token: a page twice must be as good as once.
                    self.count("answer twice");
                    let token = token + self.dice.below(2);
                    let body = Body::Answer(Ok(reply.clone()));
                    self.wire.push(Message { at: at + 600, device, life, token, body });
                }
                self.wire.push(Message { at, device, life, token, body: Body::Answer(answer) });
                Ok(())
            }
            Body::Answer(answer) if life == self.lives[device] => {
                let fresh = DeviceId(self.dice.uuid());
                let signed_out = matches!(answer, Err(LinkError::SignedOut));
                self.act(device, "answer", |device, now| {
                    device.engine.as_mut().map(|it| it.on_reply(token, answer, fresh, now))
                })?;
                if signed_out {
                    return self.act(device, "signed in again", |device, now| {
                        device.engine.as_mut().map(|it| it.on_signed_in(now))
                    });
                }
                Ok(())
            }
            Body::Answer(_) => Ok(()),
        }
    }

    fn serve(&mut self, device: usize, request: Request) -> Result<Result<Reply, LinkError>, String> {
        if self.dice.percent(self.faults.signed_out) {
            self.count("signed out");
            return Ok(Err(LinkError::SignedOut));
        }
        if self.dice.percent(self.faults.busy) {
            self.count("busy");
            return Ok(Err(LinkError::Busy(Some(2_000))));
        }
        let user = self.devices[device].user;
        let now = self.now;
        let failed = |error| format!("the ledger failed: {error:?}");
        Ok(Ok(match request {
            Request::Push(push) => {
                self.count("push");
                let reply = self.ledger.push(user, &push, now).map_err(failed)?;
                self.written();
                self.judge_push(&push)?;
                Reply::Push(reply)
            }
            Request::Pull(mut pull) => {
                self.count("pull");
                pull.limit = 1 + self.dice.below(4) as usize;
                let mut reply = self.ledger.pull(user, &pull, now).map_err(failed)?;
                self.spoil(&mut reply);
                let wire = serde_json::to_vec(&reply).expect("a reply is JSON");
                Reply::Pull(reply, wire)
            }
            Request::Pulse => Reply::Pulse(self.ledger.pulse(Some(user), now).map_err(failed)?),
        }))
    }

    /// What the ledger itself says of a push, whatever it answered.
    fn judge_push(&mut self, push: &PushRequest) -> Verdict {
        let failed = |error| format!("the ledger failed: {error:?}");
        for change in &push.changes {
            if self.ledger.answered(self.organisation, change.id).map_err(failed)? {
                self.judge.on_known(change.id);
            }
            for edit in &change.edits {
                let history = self.ledger.history(edit.id).map_err(failed)?;
                let changes: Vec<ChangeId> = history.iter().filter_map(|row| row.change).collect();
                self.judge.applied_at_most_once(edit.id, &changes)?;
            }
        }
        Ok(())
    }

    fn spoil(&mut self, reply: &mut PullReply) {
        match self.planted {
            Some(Planted::PageLosesRecord) => {
                for feed in &mut reply.feeds {
                    if feed.records.pop().is_some() {
                        refit(reply);
                        break;
                    }
                }
            }
            Some(Planted::MiddlePageAsLast) if reply.remaining > 0 => {
                reply.remaining = 0;
                refit(reply);
            }
            Some(Planted::OldVersionAfterNew) => {
                for feed in &mut reply.feeds {
                    if let Some(old) = feed.records.iter().find(|it| it.version > 1 && !it.deleted).cloned() {
                        let version = old.version - 1;
                        feed.records.push(Record { version, ..old });
                    }
                }
                refit(reply);
            }
            Some(Planted::OldAnswerAsNew) => {
                self.old_pulls.push(reply.clone());
                if self.dice.percent(30) {
                    *reply = self.dice.one(&self.old_pulls).clone();
                }
            }
            _ => {}
        }
    }

    fn reassign(&mut self) -> Verdict {
        let failed = |error| format!("the ledger failed: {error:?}");
        let user = *self.dice.one(&self.users);
        let territory = self.dice.one(&self.territories).clone();
        match self.dice.below(3) {
            0 => {
                self.count("territory gained");
                self.ledger.assign(user, &territory).map_err(failed)?;
                self.members.entry(user).or_default().insert(territory);
            }
            1 => {
                self.count("territory lost");
                self.ledger.unassign(user, &territory, self.now).map_err(failed)?;
                self.members.entry(user).or_default().remove(&territory);
            }
            _ => {
                let accounts = self.ledger.records(self.organisation).map_err(failed)?;
                let live: Vec<RecordId> = accounts
                    .iter()
                    .filter(|it| !it.deleted && it.kind == Kind::Account)
                    .map(|it| it.id)
                    .collect();
                if live.is_empty() {
                    return Ok(());
                }
                self.count("record moved");
                let record = *self.dice.one(&live);
                self.ledger.move_record(user, record, &territory, self.now).map_err(failed)?;
            }
        }
        self.written();
        Ok(())
    }

    /// Faults stop. Within a few rounds nothing waits and every device shows the server as it is.
    fn heal(&mut self) -> Verdict {
        self.faults = Faults::default();
        for _round in 0..3 {
            for index in 0..self.devices.len() {
                self.act(index, "hint", |device, now| device.engine.as_mut().map(|it| it.on_hint(now)))?;
                self.act(index, "sync", |device, now| device.engine.as_mut().map(|it| it.sync_now(now)))?;
            }
            let until = self.now + 700_000;
            while self.now < until {
                self.next_event()?;
            }
        }
        for index in 0..self.devices.len() {
            self.judge.converged(index, &mut self.devices[index])?;
        }
        Ok(())
    }

    fn written(&mut self) {
        let records = self.ledger.records(self.organisation).expect("the ledger reads its records");
        self.judge.on_written(records, self.members.clone());
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn note(&mut self, what: &'static str, index: usize) {
        self.count(what);
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{} device {index}: {what}", self.now));
        }
    }
}

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, Option<String>> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), Some((*text).to_owned()))).collect()
}

/// What a helpful machine in between might answer in the server's place.
fn forge(push: &PushRequest) -> PushReply {
    let receipt = |change: &protocol::Change| Receipt {
        number: change.number,
        change: change.id,
        outcome: Outcome::Accepted,
        at: BTreeMap::new(),
        clashes: Vec::new(),
    };
    let receipts = push.changes.iter().map(receipt).collect();
    PushReply::new(push.epoch.max(1), 0, receipts)
}

/// Makes digests fit what a spoiled first pull holds, so that only the judge can tell.
fn refit(reply: &mut PullReply) {
    for feed in &mut reply.feeds {
        let newest: BTreeMap<RecordId, &Record> = feed.records.iter().map(|it| (it.id, it)).collect();
        let digest = Digest::of(newest.into_values());
        (feed.live, feed.digest) = (digest.live, format!("{:x}", digest.sum));
    }
}
