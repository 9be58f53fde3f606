//! A phone in one user's hands: a disk, windows of the app on it, a clock of its own and a connection of its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use engine::{Engine, Place, Shown};
use protocol::{Record, RecordId};

use crate::disk::Disk;

/// One user's app on one phone.
pub struct Device {
    /// Whose it is: a position in [`crate::world::World::users`].
    pub user: usize,
    /// The phone; two users may share one.
    pub phone: usize,
    /// What the browser keeps for this user.
    pub disk: Disk,
    /// Open windows, the oldest first.
    pub windows: Vec<Window>,
    /// The first and the last moment of the server that what this disk shows may be of; see [`crate::check`].
    pub cut: (usize, usize),
    /// No commit works before this time.
    pub full_until: i64,
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
    /// The engine, unless this window was stopped.
    pub engine: Engine,
    /// No two openings have the same; it is also the name under which this window may write.
    pub life: u64,
    /// What the screen was told, and nothing else.
    pub screen: BTreeMap<RecordId, (Rc<Record>, Place)>,
    /// When to wake it, by the world's clock.
    pub wake_at: Option<i64>,
    /// The system has stopped it; it knows nothing of it.
    pub frozen: bool,
    /// The base that the judge has looked at.
    pub judged: Vec<Rc<Record>>,
}

impl Device {
    /// A phone out of its box.
    pub fn new(user: usize, phone: usize) -> Self {
        let disk = Disk::default();
        Self { user, phone, disk, windows: Vec::new(), cut: (0, 0), full_until: 0 }
    }

    /// The window of this life.
    pub fn window(&mut self, life: u64) -> Option<&mut Window> {
        self.windows.iter_mut().find(|window| window.life == life)
    }

    /// The window that may write, if it is open and not frozen.
    pub fn front(&self) -> Option<&Window> {
        self.windows.iter().find(|window| window.life == self.disk.lease && !window.frozen)
    }
}

impl Window {
    /// A window that has shown nothing yet.
    pub fn new(engine: Engine, life: u64) -> Self {
        let (screen, judged) = (BTreeMap::new(), Vec::new());
        Self { engine, life, screen, wake_at: None, frozen: false, judged }
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
