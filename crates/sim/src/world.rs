//! A world: some users with some phones, one server, an admin, and everything that goes wrong between them.
//!
//! The rest of it is in [`rep`](crate::rep) (what people do), [`wire`](crate::wire), [`phone`](crate::phone) (what
//! happens to a phone) and [`office`](crate::office) (what happens to the server).

use std::collections::{BTreeMap, BTreeSet};

use protocol::{ChangeId, DeviceId, TerritoryId};
use server::ledger::own_territory;
use uuid::Uuid;

use crate::check::{Judge, Verdict};
use crate::device::{Device, Link, Phone};
use crate::dice::Dice;
use crate::faults::{Fault, Faults};
use crate::input::Input;
use crate::office::Backup;
use crate::plan::Plan;
use crate::planted::Saboteur;
use crate::record::Recorder;
use crate::spare;
use crate::wire::Message;

/// How often each thing happened, for the report.
pub type Counts = BTreeMap<&'static str, u64>;

/// One world.
pub struct World {
    pub(crate) plan: Plan,
    /// Chance for the step at hand.
    pub(crate) dice: Dice,
    pub(crate) now: i64,
    pub(crate) ledger: spare::Lent,
    pub(crate) organisation: Uuid,
    /// Ids and names.
    pub(crate) users: Vec<(Uuid, String)>,
    pub(crate) territories: Vec<TerritoryId>,
    pub(crate) devices: Vec<Device>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) lives: u64,
    pub(crate) wire: Vec<Message>,
    pub(crate) faults: Faults,
    pub(crate) judge: Judge,
    pub(crate) saboteur: Saboteur,
    pub(crate) backups: Vec<Backup>,
    pub(crate) poison: BTreeSet<ChangeId>,
    pub(crate) healing: bool,
    /// What fired, how often.
    pub counts: Counts,
    /// One line a step, where it is asked for.
    pub trace: Option<Vec<String>>,
    /// What the first device's engine is given, where it is asked for.
    pub recorder: Option<Recorder>,
    hash: u64,
}

impl World {
    /// The world of a plan.
    pub fn new(plan: Plan) -> Self {
        let seed = plan.seed;
        let mut dice = Dice::new(seed, GROUND);
        let (ledger, ground) = spare::take(!plan.shared);
        let faults = Faults::draw(seed, &plan.without);
        let names = ground.users.iter().map(|(_, name)| name.clone()).collect();
        let own = ground.users.iter().map(|(user, _)| own_territory(*user));
        let judge = Judge::new(ground.territories.iter().cloned().chain(own).collect(), names);
        let phones = (0..4).map(|phone| Phone::new(seed, phone, &plan, &faults)).collect();
        let devices = OWNERS.iter().map(|(user, phone)| Device::new(*user, *phone)).collect();
        let saboteur = Saboteur::new(plan.planted);
        let mut world = Self {
            plan,
            dice: dice.clone(),
            now: 1_800_000_000_000,
            ledger,
            organisation: ground.organisation,
            users: ground.users,
            territories: ground.territories,
            devices,
            phones,
            lives: 0,
            wire: Vec::new(),
            faults,
            judge,
            saboteur,
            backups: Vec::new(),
            poison: BTreeSet::new(),
            healing: false,
            counts: Counts::new(),
            trace: None,
            recorder: None,
            hash: 0xcbf2_9ce4_8422_2325,
        };
        for _ in 0..world.devices.len() {
            world.judge.on_device(None);
        }
        for user in 0..world.users.len() {
            world.judge.on_member(user, &own_territory(world.users[user].0), true, world.now);
            for territory in world.territories.clone() {
                if dice.percent(60) {
                    world.ledger.assign(world.users[user].0, &territory).expect("a known territory");
                    world.judge.on_member(user, &territory, true, world.now);
                }
            }
        }
        world
    }

    /// Lives the world through, judged after every step.
    ///
    /// # Errors
    /// The first broken promise.
    pub fn run(&mut self) -> Verdict {
        self.judge.on_written(&mut self.ledger, self.organisation)?;
        for index in (0..OWNERS.len() - 1).filter(|index| self.plan.has(*index)).collect::<Vec<_>>() {
            self.open(index)?;
        }
        for step in self.plan.steps.clone() {
            self.dice = Dice::new(self.plan.seed, STEPS + step as u64);
            self.step().map_err(|verdict| format!("{verdict} [step {step}]"))?;
        }
        self.dice = Dice::new(self.plan.seed, HEAL);
        self.heal()
    }

    /// A number that two runs of the same world share.
    pub const fn hash(&self) -> u64 {
        self.hash
    }

    /// What the first device's engine was given, where it was asked for.
    pub fn recording(&mut self) -> Vec<serde_json::Value> {
        let recorder = self.recorder.take();
        recorder.map_or_else(Vec::new, |recorder| recorder.finish(&self.devices[0]))
    }

    /// What the server holds in the end, as a number.
    pub fn server_hash(&mut self) -> u64 {
        let records = self.ledger.records(self.organisation).expect("the ledger reads its records");
        records.iter().map(crate::check::print).fold(0, u64::wrapping_add)
    }

    fn step(&mut self) -> Verdict {
        let index = self.dice.below(self.devices.len() as u64) as usize;
        match self.dice.below(100) {
            _ if !self.plan.has(index) => Ok(()),
            0..=23 => self.save(index),
            24..=31 => self.at_front(index, Input::SyncNow),
            32..=34 => self.at_front(index, Input::Hint),
            35 => self.at_front(index, Input::Offline),
            36..=37 => self.sign_in(index),
            38..=40 => self.decide(index),
            41..=52 => self.happening(index),
            _ => self.next_event(),
        }
    }

    /// Something of those that go wrong in this world goes wrong now.
    fn happening(&mut self, index: usize) -> Verdict {
        let on: Vec<Fault> = HAPPENINGS.into_iter().filter(|fault| self.faults.percent(*fault) > 0).collect();
        if on.is_empty() {
            return self.next_event();
        }
        let fault = *self.dice.one(&on);
        let percent = self.faults.percent(fault);
        if !self.dice.percent(percent.max(20)) {
            return self.next_event();
        }
        match fault {
            Fault::Restart
            | Fault::Restore
            | Fault::Gained
            | Fault::Lost
            | Fault::Moved
            | Fault::Split
            | Fault::Imported
            | Fault::Accepted => self.at_office(fault),
            fault => self.at_phone(index, fault),
        }
    }

    pub(crate) fn next_event(&mut self) -> Verdict {
        let message = self.wire.iter().enumerate().min_by_key(|(_, message)| message.at);
        let message = message.map(|(at, message)| (at, message.at));
        let mut wake: Option<(i64, usize, u64)> = None;
        for (index, device) in self.devices.iter().enumerate() {
            for window in device.windows.iter().filter(|window| !window.frozen) {
                if let Some(at) = window.wake_at.filter(|at| wake.is_none_or(|(first, ..)| *at < first)) {
                    wake = Some((at, index, window.life));
                }
            }
        }
        match (message, wake) {
            (Some((at, when)), wake) if wake.is_none_or(|(wake, ..)| when <= wake) => {
                self.now = self.now.max(when);
                let message = self.wire.swap_remove(at);
                self.deliver(message)
            }
            (_, Some((when, index, life))) => {
                self.now = self.now.max(when);
                self.act(index, life, Input::Wake)
            }
            _ => {
                // Nothing is under way, and nobody waits for anything.
                self.now += IDLE_MS;
                Ok(())
            }
        }
    }

    /// Faults stop. What can go goes by itself, and within three rounds every device shows the server as it is.
    fn heal(&mut self) -> Verdict {
        self.healing = true;
        let churn = self.faults.percent(Fault::Churn) > 0;
        self.faults = Faults::none();
        self.note("healed", 0);
        for phone in &mut self.phones {
            phone.link = Link::Fine;
        }
        for index in (0..self.devices.len()).filter(|index| self.plan.has(*index)).collect::<Vec<_>>() {
            self.devices[index].full_until = 0;
            self.thaw(index)?;
            if self.devices[index].windows.is_empty() {
                self.open(index)?;
            }
            let Device { user, phone, .. } = self.devices[index];
            let signed_out = self.devices[index].front().is_some_and(|it| it.engine.signed_out());
            if signed_out || self.phones[phone].session != Some(user) {
                self.at_front(index, Input::SignedIn)?;
            }
        }
        self.all_goes_by_itself()?;
        if churn {
            self.pull_while_others_write()?;
        }
        let newcomer = self.dice.percent(25);
        if newcomer {
            let user = self.dice.below(self.users.len() as u64) as usize;
            self.add_device(Device::new(user, 0), None)?;
        }
        for _round in 0..3 {
            for index in 0..self.devices.len() {
                self.at_front(index, Input::SyncNow)?;
            }
            self.live_until(3 * 60_000, |device| {
                device
                    .front()
                    .is_none_or(|it| it.engine.unsent() == 0 && it.engine.status().pulling.is_none())
            })?;
            if self.converged().is_ok() {
                break;
            }
        }
        self.converged()?;
        self.judge.audit(&mut self.ledger, self.organisation)
    }

    /// P24: with nobody to tell a device that the connection is back, and nobody to ask it.
    fn all_goes_by_itself(&mut self) -> Verdict {
        // What the server fails on is tried a few times alone before it is set aside, with a pause after each.
        let patience_ms = if self.poison_waits() { 10 * PATIENCE_MS } else { PATIENCE_MS };
        let sent = |device: &Device| {
            device.windows.is_empty() || device.front().is_some_and(|it| it.engine.unsent() == 0)
        };
        self.live_until(patience_ms, sent)?;
        match self.devices.iter().position(|device| !sent(device)) {
            Some(index) => Err(format!("P24: device {index} does not send by itself")),
            None => Ok(()),
        }
    }

    /// Whether a device still holds a save that the server fails on, and has no answer to.
    fn poison_waits(&mut self) -> bool {
        let rows = self.devices.iter().flat_map(|device| device.disk.outbox().values());
        let waiting: Vec<ChangeId> =
            rows.filter(|row| row.receipt.is_none()).map(|row| row.change.id).collect();
        waiting.into_iter().any(|change| self.fails_on(change))
    }

    fn converged(&mut self) -> Verdict {
        for (index, device) in self.devices.iter_mut().enumerate().filter(|(_, it)| !it.windows.is_empty()) {
            self.judge.converged(index, device)?;
        }
        Ok(())
    }

    /// P26: one device pulls in small pages while another never stops writing.
    fn pull_while_others_write(&mut self) -> Verdict {
        self.count(Fault::Churn.name());
        let pulled =
            |world: &Self| world.devices[0].front().is_none_or(|it| it.engine.status().pulling.is_none());
        self.at_front(0, Input::SyncNow)?;
        // The server may have asked it to wait.
        let until = self.now + BUSY_MS_MAX;
        let mut events = 0;
        while events < 400 || self.now < until {
            events += 1;
            if pulled(self) {
                return Ok(());
            }
            if self.plan.has(2) && self.dice.percent(20) {
                self.save(2)?;
            }
            self.next_event()?;
        }
        Err("P26: a pull never ends while others write".to_owned())
    }

    fn live_until(&mut self, patience_ms: i64, quiet: impl Fn(&Device) -> bool) -> Verdict {
        let until = self.now + patience_ms;
        while self.now < until && !self.devices.iter().all(&quiet) {
            self.next_event()?;
        }
        Ok(())
    }

    /// A new device of a user, out of its box or the image of another.
    pub(crate) fn add_device(&mut self, device: Device, image_of: Option<usize>) -> Verdict {
        self.judge.on_device(image_of);
        self.devices.push(device);
        self.open(self.devices.len() - 1)
    }

    /// The time that the device believes it is.
    pub(crate) fn local(&self, index: usize) -> i64 {
        self.now + self.phones[self.devices[index].phone].skew
    }

    pub(crate) fn fresh(&mut self) -> DeviceId {
        DeviceId(self.dice.uuid())
    }

    /// Whether this fault strikes now. Rolls the dice in any case, so that the world goes on the same without it.
    pub(crate) fn strikes(&mut self, fault: Fault) -> bool {
        let strikes = self.dice.below(100) < self.faults.percent(fault);
        if strikes {
            self.count(fault.name());
        }
        strikes
    }

    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(crate) fn note(&mut self, what: &'static str, index: usize) {
        self.mix(what.as_bytes());
        self.mix(&[index as u8]);
        self.mix(&self.now.to_le_bytes());
        self.tell(|| format!("device {index}: {what}"));
    }

    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>12} {}", self.now - 1_800_000_000_000, line()));
        }
    }

    /// Folds what happened into the world's hash.
    pub(crate) fn mix(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The devices of a world: whose, and on which phone. The last one is of a user who borrows a phone.
pub(crate) const OWNERS: [(usize, usize); 5] = [(0, 0), (0, 1), (1, 2), (2, 3), (2, 2)];

const HAPPENINGS: [Fault; 24] = [
    Fault::Offline,
    Fault::Portal,
    Fault::HalfOpen,
    Fault::SignedOut,
    Fault::Restart,
    Fault::Restore,
    Fault::Killed,
    Fault::PowerLost,
    Fault::DiskFull,
    Fault::Evicted,
    Fault::LogBroken,
    Fault::Cloned,
    Fault::ClockJump,
    Fault::LongPause,
    Fault::SecondWindow,
    Fault::Frozen,
    Fault::UserSwitch,
    Fault::OtherSession,
    Fault::Gained,
    Fault::Lost,
    Fault::Moved,
    Fault::Split,
    Fault::Imported,
    Fault::Accepted,
];

/// Longer than the server ever asks a phone to wait.
pub(crate) const BUSY_MS_MAX: i64 = 400_000;
/// How long a device may take until all that it holds is sent: two of its longest pauses, and the answers.
const PATIENCE_MS: i64 = 11 * 60_000;
/// How time passes where nothing happens.
const IDLE_MS: i64 = 1_000;
const GROUND: u64 = 1 << 42;
const STEPS: u64 = 1 << 43;
const HEAL: u64 = 1 << 44;
