//! A phone in one user's hands: a disk, windows of the app on it, a clock of its own and a connection of its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::{Engine, Place, Shown};
use protocol::{Kind, Record, RecordId};

use crate::disk::Disk;
use crate::windows::Told;

/// One user's app on one phone.
pub struct Device {
    /// Whose it is: a position in [`crate::world::World::users`].
    pub user: usize,
    /// The phone; two users may share one.
    pub phone: usize,
    /// What the browser keeps for this user.
    pub disk: Disk,
    /// The life of the window that has the lock.
    pub leader: u64,
    /// Open windows, the oldest first.
    pub windows: Vec<Window>,
    /// The first and the last moment of the server that what this disk shows may be of; see [`crate::check`].
    pub cut: (usize, usize),
    /// When what it shows was pulled, as the judge saw it last.
    pub pulled_at: Option<i64>,
    /// When the last word of one window to the others arrives: they arrive in their order.
    pub told_at: i64,
    /// The territories it showed last, as bits; see [`crate::check`].
    pub territories: u64,
    /// No commit works before this time.
    pub full_until: i64,
    /// What the rep deleted on it and may bring back, the last one last.
    pub deleted: Vec<(RecordId, Kind)>,
    /// What the rep filed at an account on it and may take away from there, the last one last.
    pub filed: Vec<(RecordId, Kind)>,
}

/// What two users of one phone share.
#[derive(Clone, Debug)]
pub struct Phone {
    /// Its clock minus the world's.
    pub skew: i64,
    /// Whose session the browser holds.
    pub session: Option<usize>,
    /// What its connection does, and until when.
    pub link: Link,
    /// See `link`.
    pub link_until: i64,
}

/// What a phone's connection does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Carries it.
    Fine,
    /// Drops it at once.
    Offline,
    /// Answers every request itself, with a page that is not ours.
    Portal,
    /// Carries requests and drops answers.
    HalfOpen,
}

/// One window of the app.
pub struct Window {
    /// Its name; no two windows have the same.
    pub id: u64,
    /// The engine.
    pub engine: Engine,
    /// One more whenever the engine is another, or talks to the server no more: answers to an earlier life are lost.
    pub life: u64,
    /// Whether it talks to the server.
    pub leads: bool,
    /// The last commit that it has seen.
    pub seen: u64,
    /// What the screen was told, and nothing else.
    pub screen: BTreeMap<RecordId, (Rc<Record>, Place)>,
    /// When to wake it, by the world's clock.
    pub wake_at: Option<i64>,
    /// The system has stopped it; it knows nothing of it.
    pub frozen: bool,
    /// What it will hear when it goes on.
    pub inbox: Vec<Told>,
    /// Whether a pull was under way before the step at hand.
    pub pulled: bool,
    /// Whether the judge has looked at it.
    pub looked_at: bool,
    /// The newest moment that its base may be of, where nobody saw it come.
    pub perhaps: usize,
    /// The base that the judge has looked at.
    pub judged: Vec<Rc<Record>>,
}

impl Device {
    /// A phone out of its box.
    pub fn new(user: usize, phone: usize) -> Self {
        let disk = Disk::default();
        let windows = Vec::new();
        Self {
            user,
            phone,
            disk,
            leader: 0,
            windows,
            cut: (0, 0),
            pulled_at: None,
            told_at: 0,
            territories: 0,
            full_until: 0,
            deleted: Vec::new(),
            filed: Vec::new(),
        }
    }

    /// The window of this life.
    pub fn window(&mut self, life: u64) -> Option<&mut Window> {
        self.windows.iter_mut().find(|window| window.life == life)
    }

    /// The window that leads, if it is open and not frozen.
    pub fn front(&self) -> Option<&Window> {
        self.windows.iter().find(|window| window.life == self.leader && !window.frozen)
    }
}

impl Window {
    /// A window that has shown nothing yet.
    pub fn new(engine: Engine, life: u64, seen: u64) -> Self {
        let (screen, judged) = (BTreeMap::new(), Vec::new());
        Self {
            id: life,
            engine,
            life,
            leads: false,
            seen,
            screen,
            wake_at: None,
            frozen: false,
            inbox: Vec::new(),
            pulled: false,
            looked_at: false,
            perhaps: 0,
            judged,
        }
    }

    /// Shows what a step made look different.
    pub fn show(&mut self, shown: Vec<Shown>) {
        for Shown { id, record, place } in shown {
            match record {
                Some(record) => self.screen.insert(id, (record, place)),
                None => self.screen.remove(&id),
            };
        }
    }
}
