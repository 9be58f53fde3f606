//! What happens to a phone: windows that open, freeze and die, a disk that fails, a clock that is wrong.

use std::collections::BTreeMap;

use engine::Step;
use protocol::{ChangeId, Edit, How, RecordId};

use crate::check::Verdict;
use crate::device::{Device, Link, Phone};
use crate::dice::Dice;
use crate::disk::Disk;
use crate::faults::{Fault, Faults};
use crate::input::Input;
use crate::plan::Plan;
use crate::planted::Planted;
use crate::world::World;

impl Phone {
    /// One of the phones of a world.
    pub fn new(seed: u64, phone: usize, plan: &Plan, faults: &Faults) -> Self {
        let mut dice = Dice::new(seed, CLOCKS + phone as u64);
        let off = dice.below(100) < faults.percent(Fault::ClockOff);
        let years = dice.below(200_000_000_000) as i64 - 100_000_000_000;
        let skew = plan.skew * (phone as i64 + 1) + if off { years } else { 0 };
        Self { skew, session: None, link: Link::Fine, link_until: 0 }
    }
}

impl World {
    /// Something happens to this phone.
    pub(crate) fn at_phone(&mut self, index: usize, fault: Fault) -> Verdict {
        self.note(fault.name(), index);
        self.count(fault.name());
        let phone = self.devices[index].phone;
        let front = self.devices[index].front().map(|window| window.life);
        match fault {
            Fault::Offline | Fault::Portal | Fault::HalfOpen => {
                self.phones[phone].link = match fault {
                    Fault::Offline => Link::Offline,
                    Fault::Portal => Link::Portal,
                    _ => Link::HalfOpen,
                };
                self.phones[phone].link_until = self.now + self.dice.below(1_800_000) as i64;
                Ok(())
            }
            Fault::SignedOut => {
                self.phones[phone].session = None;
                Ok(())
            }
            Fault::OtherSession => {
                let others = self.users.len() as u64;
                self.phones[phone].session = Some(self.dice.below(others) as usize);
                Ok(())
            }
            Fault::Killed => self.kill(index),
            Fault::PowerLost => {
                self.devices[index].disk.lose_power(&mut self.dice);
                self.kill(index)
            }
            Fault::DiskFull => {
                self.devices[index].full_until = self.now + self.dice.below(600_000) as i64;
                Ok(())
            }
            Fault::Evicted => {
                self.judge.on_erased(index);
                self.devices[index].disk = Disk::default();
                self.devices[index].territories = 0;
                self.kill(index)
            }
            Fault::LogBroken => {
                self.devices[index].disk.break_log(&mut self.dice);
                self.devices[index].territories = 0;
                self.kill(index)
            }
            Fault::Cloned if self.devices.len() < DEVICES_MAX => {
                let original = &self.devices[index];
                let (user, disk, cut) = (original.user, original.disk.clone(), original.cut);
                self.add_device(Device { disk, cut, ..Device::new(user, phone) }, Some(index))
            }
            Fault::ClockJump => {
                let hour = 3_600_000;
                let jump = *self.dice.one(&[-hour, hour, -30 * 24 * hour, 400 * 24 * hour, -9_000 * hour]);
                self.phones[phone].skew += jump;
                Ok(())
            }
            Fault::LongPause => {
                self.now += self.dice.below(4 * 24 * 3_600_000) as i64;
                Ok(())
            }
            Fault::SecondWindow => self.open(index),
            Fault::Frozen => match front.and_then(|life| self.devices[index].window(life)) {
                Some(window) => {
                    window.frozen = true;
                    Ok(())
                }
                None => self.thaw(index),
            },
            Fault::UserSwitch => {
                let same = |device: &Device| device.phone == phone;
                let Some(next) = (0..self.devices.len())
                    .find(|other| *other != index && self.plan.has(*other) && same(&self.devices[*other]))
                else {
                    return Ok(());
                };
                self.close(index);
                if self.saboteur.is(Planted::WipedOnSwitch) {
                    self.devices[index].disk = Disk::default();
                    self.judge.saves_are_held(index, &self.devices[index].disk)?;
                }
                if self.saboteur.is(Planted::DiskOfAnotherUser) {
                    self.devices[next].disk = self.devices[index].disk.clone();
                }
                self.phones[phone].session = Some(self.devices[next].user);
                self.open(next)
            }
            _ => Ok(()),
        }
    }

    /// The user signs in on this phone, where the session has ended or is another's.
    pub(crate) fn sign_in(&mut self, index: usize) -> Verdict {
        let Device { user, phone, .. } = self.devices[index];
        if self.devices[index].front().is_none() || self.phones[phone].session == Some(user) {
            return Ok(());
        }
        self.phones[phone].session = Some(user);
        self.at_front(index, Input::SignedIn)
    }

    fn kill(&mut self, index: usize) -> Verdict {
        self.close(index);
        self.judge.saves_are_held(index, &self.devices[index].disk)?;
        self.open(index)
    }

    fn close(&mut self, index: usize) {
        self.devices[index].windows.clear();
    }

    /// Frozen windows go on, knowing nothing.
    pub(crate) fn thaw(&mut self, index: usize) -> Verdict {
        let mut heard = Vec::new();
        for window in &mut self.devices[index].windows {
            window.frozen = false;
            heard.append(&mut window.inbox);
        }
        heard.into_iter().try_for_each(|told| self.on_told(index, told))
    }

    /// Does this in the window that the rep looks at; opens one where there is none.
    pub(crate) fn at_front(&mut self, index: usize, input: Input) -> Verdict {
        match self.looked_at(index)? {
            Some(life) => self.act(index, life, input),
            None if self.may_open(index) => self.open(index),
            None => Ok(()),
        }
    }

    /// The window that the rep looks at: mostly the one that leads; another one takes the lead.
    pub(crate) fn looked_at(&mut self, index: usize) -> Result<Option<u64>, String> {
        let front = self.devices[index].front().map(|window| window.life);
        let awake: Vec<u64> =
            self.devices[index].windows.iter().filter(|it| !it.frozen).map(|it| it.life).collect();
        if awake.is_empty() || front.is_some() && (awake.len() == 1 || self.dice.percent(75)) {
            return Ok(front);
        }
        let life = *self.dice.one(&awake);
        self.lead(index, life).map(Some)
    }

    /// A phone shows one user's app at a time.
    pub(crate) fn may_open(&self, index: usize) -> bool {
        let phone = self.devices[index].phone;
        let other = |(at, device): (usize, &Device)| {
            at != index && at < OWNED && device.phone == phone && !device.windows.is_empty()
        };
        self.healing || !self.devices.iter().enumerate().any(other)
    }

    /// Gives a window's engine an input, and performs what it says.
    pub(crate) fn act(&mut self, index: usize, life: u64, input: Input) -> Verdict {
        self.note(input.name(), index);
        if self.trace.is_some() && self.devices[index].windows.len() > 1 {
            let id = self.devices[index].window(life).map(|window| (window.id, window.leads));
            self.tell(|| format!("  in window {id:?}"));
        }
        let now = self.local(index);
        let saved = if let Input::Save(save) = &input { Some(save.id) } else { None };
        if let Some(recorder) = self.recorder.as_mut().filter(|_| index == 0) {
            recorder.on_input(&input, now);
        }
        let Some(window) = self.devices[index].window(life) else { return Ok(()) };
        if !window.leads && matches!(input, Input::Wake) {
            return self.on_silence(index, life);
        }
        window.pulled = window.engine.is_pulling();
        let step = input.apply(&mut window.engine, now);
        self.perform(index, life, step, saved)
    }

    /// Performs a step in its order: durable, then visible, then on the wire, then asleep. The app may die within, and
    /// the disk may say no.
    pub(crate) fn perform(
        &mut self,
        index: usize,
        life: u64,
        mut step: Step,
        saved: Option<ChangeId>,
    ) -> Verdict {
        self.saboteur.before_commit(&mut step);
        let dies = self.strikes(Fault::KilledInCommit);
        let before = self.dice.percent(50);
        if let Some(batch) = &step.commit {
            self.mix_batch(batch);
            let device = &mut self.devices[index];
            let mark = device.disk.mark();
            let behind = device.window(life).is_some_and(|window| window.seen != mark);
            if behind && !self.saboteur.is(Planted::MarkIgnored) {
                return self.on_behind(index, life);
            }
        }
        if let Some(change) = saved.filter(|_| self.saboteur.is(Planted::ToldTooEarly)) {
            self.judge.on_saved(change);
        }
        if dies && before {
            if let Some(half) = self.saboteur.torn(&step) {
                self.devices[index].disk.commit(&half, false);
            }
            self.uncommitted(index);
            return self.kill(index);
        }
        if let Some(batch) = &step.commit {
            let full = self.devices[index].full_until > self.now;
            if full || self.strikes(Fault::CommitFailed) {
                self.count("commit refused");
                self.uncommitted(index);
                return self.recover(index, life);
            }
            if !self.saboteur.loses_commit(&mut self.dice) {
                let lies = self.saboteur.is(Planted::StrictIsRelaxed);
                self.devices[index].disk.commit(batch, lies);
            }
            self.judge.receipts_are_true(index, &self.devices[index].disk, batch)?;
            let mark = self.devices[index].disk.mark();
            if let Some(window) = self.devices[index].window(life) {
                window.seen = mark;
            }
            if self.strikes(Fault::CommitUnsure) {
                return self.recover(index, life);
            }
        }
        if let Some(change) = saved {
            self.judge.on_saved(change);
        }
        if dies {
            return self.kill(index);
        }
        let (skew, now) = (self.phones[self.devices[index].phone].skew, self.now);
        let quiet = step.commit.is_none() && step.shown.is_empty() && step.news.is_none();
        let pulled = matches!(step.news, Some(engine::News::Pulled { .. }));
        let shows = self.saboteur.shows(&step);
        let timer_lost = self.saboteur.is(Planted::TimerLost);
        let Some(window) = self.devices[index].window(life) else { return Ok(()) };
        if shows {
            window.show(step.shown);
        }
        let leads = window.leads;
        if leads {
            window.wake_at = step.wake_at.map(|at| at - skew).filter(|_| !timer_lost);
        } else {
            window.wake_at = Some(now + 1_000);
        }
        self.tell_others(index, life, step.commit.as_ref());
        if let Some(outgoing) = step.send.filter(|_| leads) {
            self.send(index, life, outgoing);
        }
        if quiet { Ok(()) } else { self.judge_window(index, life, pulled) }
    }

    /// The disk failed: the engine is dropped and made anew from disk, if that can be written to.
    fn recover(&mut self, index: usize, life: u64) -> Verdict {
        self.devices[index].windows.retain(|window| window.life != life);
        let full = self.devices[index].full_until > self.now;
        if full { Ok(()) } else { self.open(index) }
    }

    fn uncommitted(&mut self, index: usize) {
        if let Some(recorder) = self.recorder.as_mut().filter(|_| index == 0) {
            recorder.on_uncommitted();
        }
    }

    /// Judges the disk, and a window that has seen all that is on it.
    pub(crate) fn judge_window(&mut self, index: usize, life: u64, pulled: bool) -> Verdict {
        let device = &mut self.devices[index];
        self.judge.saves_are_held(index, &device.disk)?;
        let mark = device.disk.mark();
        let current = device.window(life).is_some_and(|window| window.seen == mark);
        if self.trace.is_some() {
            let cut = device.cut;
            let window = device.window(life).map(|window| {
                let versions: Vec<u64> = window.engine.base().map(|record| record.version).collect();
                (window.id, versions, window.engine.status().pulled_at)
            });
            self.tell(|| format!("  base in {window:?}, cut {cut:?}, pulled {pulled}"));
        }
        let device = &mut self.devices[index];
        if current { self.judge.window_is_true(index, device, life, pulled) } else { Ok(()) }
    }

    /// The rep saves these edits in the window that works, and decides about these earlier saves.
    pub(crate) fn save_edits(&mut self, index: usize, edits: Vec<Edit>, settles: Vec<(u64, How)>) -> Verdict {
        let Some(window) = self.devices[index].front() else { return Ok(()) };
        let base: BTreeMap<RecordId, u64> =
            window.engine.base().map(|record| (record.id, record.version)).collect();
        let life = window.life;
        let change = ChangeId(self.dice.uuid());
        let told = |id: RecordId| {
            let rows = settles.iter().filter_map(|(number, _)| self.devices[index].disk.outbox().get(number));
            let clashes = rows.flat_map(|row| &row.receipt).flat_map(|receipt| &receipt.clashes);
            clashes.filter(|clash| clash.record == id).map(|clash| clash.version).max().unwrap_or(0)
        };
        // Of a field that an earlier save of this phone lies over, no more was seen than when that was made.
        let over = |edit: &Edit| {
            let decided = |number: &u64| settles.iter().any(|(settled, _)| settled == number);
            let rows = self.devices[index].disk.outbox().iter().filter(|(number, _)| !decided(number));
            let rows = rows.map(|(_, row)| row).filter(|row| row.lies_over());
            rows.filter_map(|row| self.judge.seen_for(row.change.id, edit)).min().unwrap_or(u64::MAX)
        };
        let pulled = |edit: &Edit| base.get(&edit.id).copied().unwrap_or(0);
        let seen = |edit: &Edit| pulled(edit).min(over(edit)).max(told(edit.id));
        let seen = edits.iter().map(|edit| (edit.clone(), seen(edit))).collect();
        let decided = settles.iter().filter(|(_, how)| *how == How::Done);
        let decided = decided.filter_map(|(number, _)| self.devices[index].disk.outbox().get(number));
        let decided: Vec<(ChangeId, bool)> = decided.map(|row| (row.change.id, row.refused())).collect();
        self.judge.on_try(index, self.devices[index].user, change, seen, &decided);
        if self.strikes(Fault::Poison) {
            self.poison.insert(change);
        }
        self.tell(|| format!("  {}: {} {settles:?}", change.0, words(&edits)));
        self.act(index, life, Input::Save(engine::Save { id: change, edits, settles, draft: None }))
    }

    fn mix_batch(&mut self, batch: &engine::Batch) {
        if self.plan.hashes {
            let rows = batch.append.iter().chain(&batch.outbox_put).map(|(_, row)| row);
            for row in rows.chain(&batch.meta) {
                self.mix(row);
            }
        }
    }
}

fn words(edits: &[Edit]) -> String {
    let one = |edit: &Edit| format!("{:?} {:?} {} {:?}", edit.op, edit.kind, edit.id.0, edit.set);
    edits.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Devices in a world, clones among them.
const DEVICES_MAX: usize = 7;
/// Devices that share no phone with their image.
const OWNED: usize = crate::world::OWNERS.len();
const CLOCKS: u64 = 1 << 45;
