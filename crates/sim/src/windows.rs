//! Several windows of one device, as `src/driver/windows.rs` has them: one leads, the others follow what it
//! commits, and whoever acts takes the lead without asking. A window commits only when it has seen the commit
//! before.

use engine::{Batch, Engine, Live, Step};

use crate::check::Verdict;
use crate::device::{Device, Window};
use crate::input::Input;
use crate::wire::{Body, Message};
use crate::world::World;

/// What a window tells the others.
#[derive(Clone)]
pub struct Told {
    /// The window that is told.
    window: u64,
    /// The number of the last commit.
    mark: u64,
    /// What was committed.
    batch: Option<Batch>,
    /// What the window that leads knows beside the disk.
    live: Option<Live>,
    /// The lock was taken away.
    robbed: bool,
}

impl World {
    /// Opens the app in a new window. It leads where no other window does.
    pub(crate) fn open(&mut self, index: usize) -> Verdict {
        self.note("open", index);
        let led = self.devices[index].front().is_some();
        let follows = led && self.dice.percent(50);
        let (mut window, step) = self.read(index)?;
        window.leads = !follows;
        let life = window.life;
        self.devices[index].windows.push(window);
        if !follows {
            self.rob(index, life);
        }
        self.perform(index, life, step, None)
    }

    /// An engine made anew from disk.
    fn read(&mut self, index: usize) -> Result<(Window, Step), String> {
        self.lives += 1;
        let (life, now) = (self.lives, self.local(index));
        let Device { user, phone, .. } = self.devices[index];
        self.phones[phone].session.get_or_insert(user);
        let (fresh, seed) = (self.fresh(), self.dice.roll());
        if let Some(recorder) = self.recorder.as_mut().filter(|_| index == 0) {
            recorder.on_open(fresh, seed, now);
        }
        let disk = &self.devices[index].disk;
        let (engine, step) =
            Engine::open(disk.snapshot().clone(), fresh, seed, now).map_err(|error| error.to_string())?;
        Ok((Window::new(engine, life, disk.mark()), step))
    }

    /// This window has the lock now; whoever had it hears of it, sooner or later.
    fn rob(&mut self, index: usize, life: u64) {
        self.devices[index].leader = life;
        let others = self.devices[index].windows.iter().filter(|it| it.leads && it.life != life);
        let robbed: Vec<u64> = others.map(|window| window.id).collect();
        for window in robbed {
            let late = if self.dice.percent(70) { 1 } else { self.dice.below(60_000) as i64 };
            self.say(index, late, Told { window, mark: 0, batch: None, live: None, robbed: true });
        }
    }

    /// This window takes the lead: it has every commit, and what another one had on its way counts as lost. Answers
    /// its new life.
    pub(crate) fn lead(&mut self, index: usize, life: u64) -> Result<u64, String> {
        let now = self.local(index);
        self.lives += 1;
        let new = self.lives;
        let mark = self.devices[index].disk.mark();
        let Some(window) = self.devices[index].window(life) else { return Ok(life) };
        if window.leads {
            // It never heard that it was robbed; whoever did that, if still there, is robbed in turn.
            if self.devices[index].leader != life {
                self.rob(index, life);
            }
            return Ok(life);
        }
        (window.leads, window.life) = (true, new);
        let (id, seen) = (window.id, window.seen);
        window.engine.lead(now);
        let behind = window.seen != mark;
        self.count("window took the lead");
        self.tell(|| format!("  window {id} of device {index} leads, has seen {seen} of {mark}"));
        self.rob(index, new);
        if behind { self.catch_up(index, new, false) } else { Ok(new) }
    }

    fn follow(&mut self, index: usize, id: u64) {
        self.lives += 1;
        let (life, now) = (self.lives, self.now);
        let Some(window) = self.devices[index].windows.iter_mut().find(|window| window.id == id) else {
            return;
        };
        (window.leads, window.life) = (false, life);
        window.wake_at = Some(now + QUIET_MS);
    }

    /// Another window committed what this one has not seen: it reads everything again, and goes on with a pull that
    /// was under way. Answers its new life.
    fn catch_up(&mut self, index: usize, life: u64, pulled: bool) -> Result<u64, String> {
        self.count("window read everything again");
        let now = self.local(index);
        let (mut new, step) = self.read(index)?;
        let new_life = new.life;
        let Some(old) = self.devices[index].window(life) else { return Ok(life) };
        (new.id, new.leads, new.frozen, new.inbox) =
            (old.id, old.leads, old.frozen, std::mem::take(&mut old.inbox));
        new.engine.on_live(if pulled { old.engine.live().pulling() } else { old.engine.live() });
        if new.leads {
            new.engine.lead(now);
        }
        let led = std::mem::replace(old, new).leads;
        if led && self.devices[index].leader == life {
            self.devices[index].leader = new_life;
        }
        self.perform(index, new_life, Step { send: None, wake_at: Some(now), ..step }, None)?;
        Ok(new_life)
    }

    /// A commit found another one before it that its window has not seen.
    pub(crate) fn on_behind(&mut self, index: usize, life: u64) -> Verdict {
        self.count("commit came too late");
        let pulled = self.devices[index].window(life).is_some_and(|window| window.pulled);
        let life = self.catch_up(index, life, pulled)?;
        let leader = self.devices[index].leader;
        if let Some(id) = self.devices[index].window(life).map(|window| window.id).filter(|_| leader != life)
        {
            self.follow(index, id);
        }
        Ok(())
    }

    /// Tells the other windows what was committed, and what is live.
    pub(crate) fn tell_others(&mut self, index: usize, life: u64, batch: Option<&Batch>) {
        let device = &mut self.devices[index];
        if device.windows.len() < 2 || batch.is_none() && self.dice.percent(50) {
            return;
        }
        let mark = device.disk.mark();
        let Some(window) = device.window(life) else { return };
        let live = window.leads.then(|| window.engine.live());
        let others: Vec<u64> = device.windows.iter().filter(|it| it.life != life).map(|it| it.id).collect();
        for window in others {
            let ms = self.dice.below(80) as i64;
            self.say(
                index,
                ms,
                Told { window, mark, batch: batch.cloned(), live: live.clone(), robbed: false },
            );
        }
    }

    fn say(&mut self, device: usize, ms: i64, told: Told) {
        let told_at = &mut self.devices[device].told_at;
        let at = (self.now + ms).max(*told_at + 1);
        *told_at = at;
        self.wire.push(Message { at, device, life: 0, token: 0, body: Body::Told(told) });
    }

    /// A window hears another one.
    pub(crate) fn on_told(&mut self, index: usize, told: Told) -> Verdict {
        let device = &mut self.devices[index];
        let leader = device.leader;
        let Some(window) = device.windows.iter_mut().find(|window| window.id == told.window) else {
            return Ok(());
        };
        if window.frozen {
            window.inbox.push(told);
            return Ok(());
        }
        let (id, mut life) = (window.id, window.life);
        if told.robbed {
            if life != leader {
                self.follow(index, id);
            }
            return Ok(());
        }
        if told.mark > window.seen {
            let next = told.batch.filter(|_| told.mark == window.seen + 1);
            let pulled = next.as_ref().is_some_and(|batch| !batch.append.is_empty());
            match next.map(|batch| window.engine.on_batch(&batch)) {
                Some(Ok(shown)) => {
                    window.show(shown);
                    window.seen = told.mark;
                    self.count("window followed a commit");
                    self.tell(|| format!("  window {id} of device {index} follows commit {}", told.mark));
                    self.judge_window(index, life, pulled)?;
                }
                Some(Err(error)) => return Err(format!("P18: a window cannot follow another: {error}")),
                None => life = self.catch_up(index, life, false)?,
            }
        }
        let now = self.now;
        if let (Some(window), Some(live)) = (self.devices[index].window(life), told.live)
            && !window.leads
        {
            window.engine.on_live(live);
            window.wake_at = Some(now + QUIET_MS);
        }
        Ok(())
    }

    /// Nothing was heard for a while: is there a window that leads?
    pub(crate) fn on_silence(&mut self, index: usize, life: u64) -> Verdict {
        let led = self.devices[index].front().is_some();
        let wake_at = Some(self.now + QUIET_MS);
        if let Some(window) = self.devices[index].window(life).filter(|_| led) {
            window.wake_at = wake_at;
            return Ok(());
        }
        let life = self.lead(index, life)?;
        self.act(index, life, Input::Hint)
    }
}

/// How long a window that follows goes without a word before it asks whether any leads; longer here than in the
/// product, where nothing else would happen meanwhile. Milliseconds.
const QUIET_MS: i64 = 120_000;
